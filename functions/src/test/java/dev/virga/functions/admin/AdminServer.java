package dev.virga.functions.admin;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.functions.actor.GetPreferences;
import dev.virga.functions.actor.PutPreferences;
import dev.virga.functions.temp.CheckSignupQueue;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.mail.Configs;
import dev.virga.pds.mail.Letters;
import dev.virga.pds.mail.Mail;
import dev.virga.pds.mail.Mailer;
import dev.virga.pds.moderation.ModerationFixture;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods for moderators as these see them, and everybody who is none. */
public final class AdminServer {
  public static final String ADMIN = AccountServer.admin("adminpw");

  private static final String PREFIX = "com.atproto.admin.";

  public final ModerationFixture moderation;
  public final AccountFixture pds;
  public final AccountServer server;

  /** The mails that were sent. */
  public final List<Mail> sent = new ArrayList<>();

  /** What takes mails; a test may put something else here. */
  public Mailer mailer = sent::add;

  private final PrivateKey moderationKey;

  public AdminServer() {
    this(new AccountFixture());
  }

  public AdminServer(AccountFixture accounts) {
    pds = accounts;
    moderation = new ModerationFixture(accounts);
    moderationKey = PrivateKey.generate(Curve.K256, pds.random);
    server = new AccountServer(pds, handlers());
    know(AccountServer.MODERATION, moderationKey);
  }

  private List<XrpcHandler> handlers() {
    AccountViews views = new AccountViews(pds.invites);
    return List.of(
        new GetAccountInfo(pds.accounts, views),
        new GetAccountInfos(pds.accounts, views),
        new SearchAccounts(moderation.search, views),
        new GetSubjectStatus(pds.accounts, moderation.decisions),
        new UpdateSubjectStatus(pds.accounts, moderation.decisions),
        new GetInviteCodes(pds.invites),
        new DisableInviteCodes(pds.invites),
        new EnableAccountInvites(pds.accounts, pds.changes),
        new DisableAccountInvites(pds.accounts, pds.changes),
        new UpdateAccountHandle(pds.accounts, pds.handleChanges),
        new UpdateAccountEmail(pds.accounts, moderation.emails),
        new UpdateAccountPassword(pds.accounts, pds.changes, pds.passwords),
        new DeleteAccount(pds.accounts, moderation.deletion),
        new SendEmail(pds.accounts, new Letters(Configs.with()), mail -> mailer.send(mail)),
        new CheckSignupQueue(),
        new GetPreferences(pds.accounts, moderation.preferences),
        new PutPreferences(pds.accounts, moderation.preferences));
  }

  /** Puts a DID document with one key where the resolver remembers those it has seen. */
  public void know(Did did, PrivateKey key) {
    String document =
        """
        {"id":"%s","verificationMethod":[{"id":"%s#atproto","type":"Multikey","controller":"%s",\
        "publicKeyMultibase":"%s"}]}\
        """
            .formatted(did, did, did, key.publicKey().multibase());
    Item item =
        Item.builder()
            .bytes("document", document.getBytes(StandardCharsets.UTF_8))
            .number("fetchedAt", pds.clock.instant().toEpochMilli())
            .build();
    pds.memory.batchPut(List.of(new Entry(new Key("diddoc#" + did, "document"), item)));
  }

  /** The moderation service's header for a method. */
  public String moderator(String method) {
    return service(AccountServer.MODERATION, moderationKey, method);
  }

  /** The header of a service for a method. */
  public String service(Did issuer, PrivateKey key, String method) {
    return AccountServer.bearer(
        server.serviceTokens.issue(
            issuer,
            key,
            AccountFixture.SERVICE.text(),
            Nsid.parse(method),
            pds.clock.instant().plus(Duration.ofMinutes(1))));
  }

  /** The header of an account with a session of some scope. */
  public String session(Did did, SessionScope scope) {
    return AccountServer.bearer(pds.sessions.unrecorded(did, scope).accessJwt());
  }

  public Answer get(String method, String query) {
    return server.get(PREFIX + method, query, ADMIN);
  }

  public Answer post(String method, Value.Obj body) {
    return post(method, body, ADMIN);
  }

  public Answer post(String method, Value.Obj body, @Nullable String authorization) {
    return server.post(PREFIX + method, DataJson.toText(body), authorization);
  }
}
