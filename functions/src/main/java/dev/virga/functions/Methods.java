package dev.virga.functions;

import dev.virga.functions.actor.GetPreferences;
import dev.virga.functions.actor.PutPreferences;
import dev.virga.functions.admin.AccountViews;
import dev.virga.functions.admin.DeleteAccount;
import dev.virga.functions.admin.DisableAccountInvites;
import dev.virga.functions.admin.DisableInviteCodes;
import dev.virga.functions.admin.EnableAccountInvites;
import dev.virga.functions.admin.GetAccountInfo;
import dev.virga.functions.admin.GetAccountInfos;
import dev.virga.functions.admin.GetInviteCodes;
import dev.virga.functions.admin.GetSubjectStatus;
import dev.virga.functions.admin.SearchAccounts;
import dev.virga.functions.admin.SendEmail;
import dev.virga.functions.admin.UpdateAccountEmail;
import dev.virga.functions.admin.UpdateAccountHandle;
import dev.virga.functions.admin.UpdateAccountPassword;
import dev.virga.functions.admin.UpdateSubjectStatus;
import dev.virga.functions.identity.GetRecommendedDidCredentials;
import dev.virga.functions.identity.Identities;
import dev.virga.functions.identity.RefreshIdentity;
import dev.virga.functions.identity.RequestPlcOperationSignature;
import dev.virga.functions.identity.ResolveDid;
import dev.virga.functions.identity.ResolveHandle;
import dev.virga.functions.identity.ResolveIdentity;
import dev.virga.functions.identity.SignPlcOperation;
import dev.virga.functions.identity.SubmitPlcOperation;
import dev.virga.functions.identity.UpdateHandle;
import dev.virga.functions.moderation.CreateReport;
import dev.virga.functions.repo.ApplyWrites;
import dev.virga.functions.repo.CreateRecord;
import dev.virga.functions.repo.DeleteRecord;
import dev.virga.functions.repo.DescribeRepo;
import dev.virga.functions.repo.ImportRepo;
import dev.virga.functions.repo.ListMissingBlobs;
import dev.virga.functions.repo.ListRecords;
import dev.virga.functions.repo.PutRecord;
import dev.virga.functions.repo.UploadBlob;
import dev.virga.functions.server.ActivateAccount;
import dev.virga.functions.server.CheckAccountStatus;
import dev.virga.functions.server.ConfirmEmail;
import dev.virga.functions.server.CreateAccount;
import dev.virga.functions.server.CreateAppPassword;
import dev.virga.functions.server.CreateInviteCode;
import dev.virga.functions.server.CreateInviteCodes;
import dev.virga.functions.server.CreateSession;
import dev.virga.functions.server.DeactivateAccount;
import dev.virga.functions.server.DeleteSession;
import dev.virga.functions.server.DescribeServer;
import dev.virga.functions.server.GetAccountInviteCodes;
import dev.virga.functions.server.GetServiceAuth;
import dev.virga.functions.server.GetSession;
import dev.virga.functions.server.ListAppPasswords;
import dev.virga.functions.server.RefreshSession;
import dev.virga.functions.server.RequestAccountDelete;
import dev.virga.functions.server.RequestEmailConfirmation;
import dev.virga.functions.server.RequestEmailUpdate;
import dev.virga.functions.server.RequestPasswordReset;
import dev.virga.functions.server.ReserveSigningKey;
import dev.virga.functions.server.ResetPassword;
import dev.virga.functions.server.RevokeAppPassword;
import dev.virga.functions.server.UpdateEmail;
import dev.virga.functions.sync.GetBlob;
import dev.virga.functions.sync.GetBlocks;
import dev.virga.functions.sync.GetCheckout;
import dev.virga.functions.sync.GetHead;
import dev.virga.functions.sync.GetLatestCommit;
import dev.virga.functions.sync.GetRepo;
import dev.virga.functions.sync.GetRepoStatus;
import dev.virga.functions.sync.ListBlobs;
import dev.virga.functions.sync.ListRepos;
import dev.virga.functions.temp.CheckSignupQueue;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.pds.repo.RepoCounts;
import java.util.List;
import java.util.stream.Stream;

/** The table of all methods that this server answers: a handler for each NSID. */
public final class Methods {
  private Methods() {}

  /** All handlers, chapter by chapter. */
  public static List<XrpcHandler> all(Services on) {
    return Stream.of(server(on), repo(on), sync(on), identity(on), admin(on), others(on))
        .flatMap(List::stream)
        .toList();
  }

  private static List<XrpcHandler> server(Services on) {
    return List.of(
        new DescribeServer(on.description),
        new CreateAccount(on.signUp, on.moveIn, on.sessionAnswers),
        new CreateSession(on.signIn, on.sessionAnswers),
        new GetSession(on.accounts, on.sessionAnswers),
        new RefreshSession(on.accounts, on.sessions, on.sessionAnswers),
        new DeleteSession(on.sessions),
        new CreateAppPassword(on.accounts, on.appPasswords),
        new ListAppPasswords(on.accounts, on.appPasswords),
        new RevokeAppPassword(on.appPasswords),
        new GetServiceAuth(on.accounts, on.keys, on.serviceTokens, on.on.clock()),
        new ReserveSigningKey(on.reservedKeys),
        new CreateInviteCode(on.invites),
        new CreateInviteCodes(on.invites),
        new CheckAccountStatus(
            on.accounts, on.didChecks, on.heads, new RepoCounts(on.on.index()), on.blobs),
        new RequestEmailConfirmation(on.accounts, on.tokenMails),
        new ConfirmEmail(on.accounts, on.mailProofs),
        new RequestEmailUpdate(on.accounts, on.tokenMails),
        new UpdateEmail(on.accounts, on.admission, on.mailProofs),
        new RequestPasswordReset(on.accounts, on.tokenMails, on.on.background()),
        new ResetPassword(on.mailProofs),
        new RequestAccountDelete(on.accounts, on.tokenMails),
        new dev.virga.functions.server.DeleteAccount(on.signIn, on.mailTokens, on.accountDeletion),
        new GetAccountInviteCodes(on.accounts, on.invites, on.earnedInvites),
        new ActivateAccount(on.accounts, on.didChecks, on.accountChanges),
        new DeactivateAccount(on.accountChanges, on.on.clock()));
  }

  private static List<XrpcHandler> repo(Services on) {
    return List.of(
        new CreateRecord(on.repos, on.newRecords, on.writer),
        new PutRecord(on.repos, on.newRecords, on.writer),
        new DeleteRecord(on.repos, on.writer),
        new ApplyWrites(on.repos, on.newRecords, on.writer),
        new dev.virga.functions.repo.GetRecord(on.repos, on.reader),
        new ListRecords(on.repos, on.reader),
        new DescribeRepo(on.repos, on.reader, on::didDocument),
        new UploadBlob(on.blobs, on.config.blobs().uploadLimit()),
        new ListMissingBlobs(on.blobs),
        new ImportRepo(
            on.accounts,
            on.repoImport,
            on.config.service().acceptingImports(),
            on.config.service().maxImportSize()));
  }

  private static List<XrpcHandler> sync(Services on) {
    return List.of(
        new GetRepo(on.repos, on.reader, on.export),
        new GetBlob(on.repos, on.reader, on.blobs),
        new GetBlocks(on.repos, on.reader),
        new dev.virga.functions.sync.GetRecord(on.repos, on.reader),
        new GetLatestCommit(on.repos, on.reader),
        new GetRepoStatus(on.repos, on.reader),
        new ListRepos(on.repos, on.reader),
        new ListBlobs(on.repos, on.reader, on.blobs),
        new GetHead(on.repos, on.reader),
        new GetCheckout(on.repos, on.reader, on.export));
  }

  private static List<XrpcHandler> identity(Services on) {
    Identities identities = new Identities(on.dids, on.handleResolver);
    return List.of(
        new ResolveHandle(on.handleResolver),
        new ResolveDid(on.dids),
        new ResolveIdentity(identities),
        new RefreshIdentity(identities),
        new UpdateHandle(on.accounts, on.handlePolicy, on.handleChanges),
        new GetRecommendedDidCredentials(on.accounts, on.keys, on.identities),
        new RequestPlcOperationSignature(on.accounts, on.tokenMails),
        new SignPlcOperation(on.accounts, on.mailTokens, on.identities),
        new SubmitPlcOperation(on.accounts, on.keys, on.identities, on.accountChanges, on.dids));
  }

  private static List<XrpcHandler> admin(Services on) {
    AccountViews views = new AccountViews(on.invites);
    return List.of(
        new GetAccountInfo(on.accounts, views),
        new GetAccountInfos(on.accounts, views),
        new SearchAccounts(on.accountSearch, views),
        new GetSubjectStatus(on.accounts, on.decisions),
        new UpdateSubjectStatus(on.accounts, on.decisions),
        new GetInviteCodes(on.invites),
        new DisableInviteCodes(on.invites),
        new EnableAccountInvites(on.accounts, on.accountChanges),
        new DisableAccountInvites(on.accounts, on.accountChanges),
        new SendEmail(on.accounts, on.letters, on.mail),
        new UpdateAccountHandle(on.accounts, on.handleChanges),
        new UpdateAccountEmail(on.accounts, on.emailChanges),
        new UpdateAccountPassword(on.accounts, on.accountChanges, on.passwords),
        new DeleteAccount(on.accounts, on.accountDeletion));
  }

  private static List<XrpcHandler> others(Services on) {
    return List.of(
        new CreateReport(on.accounts, on.reports),
        new CheckSignupQueue(),
        new GetPreferences(on.accounts, on.preferences),
        new PutPreferences(on.accounts, on.preferences));
  }
}
