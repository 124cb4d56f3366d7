package dev.virga.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
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
import dev.virga.functions.server.ActivateAccount;
import dev.virga.functions.server.CheckAccountStatus;
import dev.virga.functions.server.ConfirmEmail;
import dev.virga.functions.server.CreateAccount;
import dev.virga.functions.server.CreateAppPassword;
import dev.virga.functions.server.CreateInviteCode;
import dev.virga.functions.server.CreateInviteCodes;
import dev.virga.functions.server.CreateSession;
import dev.virga.functions.server.DeactivateAccount;
import dev.virga.functions.server.DeleteAccount;
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
import dev.virga.functions.server.ServerDescription;
import dev.virga.functions.server.SessionAnswers;
import dev.virga.functions.server.UpdateEmail;
import dev.virga.functions.xrpc.HeaderAuthenticator;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.functions.xrpc.Unrouted;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.pds.account.AccountDeletion;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.TokenMails;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.config.Secret;
import dev.virga.pds.mail.Letters;
import dev.virga.pds.mail.Mail;
import dev.virga.pds.repo.RepoCounts;
import dev.virga.pds.sync.EventLog;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The methods about accounts as a client sees them, without a network; on ports in memory. */
public final class AccountServer {
  private static final Pattern TOKEN = Pattern.compile("[A-Z2-7]{5}-[A-Z2-7]{5}");

  public static final Did MODERATION = Did.parse("did:web:mod.test");

  public final AccountFixture pds;
  public final ServiceTokens serviceTokens;
  public final List<Mail> mails = new ArrayList<>();
  public final Queue<Runnable> background = new ArrayDeque<>();
  private final XrpcDispatcher dispatcher;

  public AccountServer() {
    this(new AccountFixture());
  }

  public AccountServer(AccountFixture pds) {
    this(pds, List.of());
  }

  /** With methods of other chapters beside those of accounts. */
  public AccountServer(AccountFixture pds, List<XrpcHandler> more) {
    this.pds = pds;
    this.serviceTokens =
        new ServiceTokens(pds.clock, pds.random, AccountFixture.SERVICE, pds.dids::key);
    HeaderAuthenticator authenticator =
        new HeaderAuthenticator(pds.tokens, serviceTokens, Secret.of("adminpw"), MODERATION);
    this.dispatcher =
        new XrpcDispatcher(
            Stream.concat(handlers().stream(), more.stream()).toList(),
            Lexicons.bundled(),
            authenticator,
            RateLimiter.NONE,
            Unrouted.refusing(authenticator));
  }

  private List<XrpcHandler> handlers() {
    ServerDescription description =
        new ServerDescription(
            AccountFixture.SERVICE,
            AccountFixture.DOMAINS,
            false,
            5_000_000,
            Optional.of(URI.create("https://pds.test/privacy")),
            Optional.empty(),
            Optional.of("admin@pds.test"));
    SessionAnswers answers = new SessionAnswers(pds.dids, false);
    Identities identities = new Identities(pds.dids, pds.handles);
    TokenMails tokenMails = new TokenMails(pds.mailTokens, new Letters(config()), mails::add);
    TidClock blobTids = new TidClock(pds.clock, 3);
    Blobs blobs =
        new Blobs(pds.index, pds.objects, blobTids, did -> pds.heads.fence(did, blobTids));
    return List.of(
        new DescribeServer(description),
        new CreateAccount(pds.signUp, pds.moveIn, answers),
        new CreateSession(pds.signIn, answers),
        new GetSession(pds.accounts, answers),
        new RefreshSession(pds.accounts, pds.sessions, answers),
        new DeleteSession(pds.sessions),
        new CreateAppPassword(pds.accounts, pds.appPasswords),
        new ListAppPasswords(pds.accounts, pds.appPasswords),
        new RevokeAppPassword(pds.appPasswords),
        new ReserveSigningKey(pds.reservedKeys),
        new GetServiceAuth(pds.accounts, pds.keys, serviceTokens, pds.clock),
        new CreateInviteCode(pds.invites),
        new CreateInviteCodes(pds.invites),
        new CheckAccountStatus(
            pds.accounts, pds.didChecks, pds.heads, new RepoCounts(pds.index), blobs),
        new RequestEmailConfirmation(pds.accounts, tokenMails),
        new ConfirmEmail(pds.accounts, pds.mailProofs),
        new RequestEmailUpdate(pds.accounts, tokenMails),
        new UpdateEmail(pds.accounts, pds.admission, pds.mailProofs),
        new RequestPasswordReset(pds.accounts, tokenMails, background::add),
        new ResetPassword(pds.mailProofs),
        new RequestAccountDelete(pds.accounts, tokenMails),
        new DeleteAccount(pds.signIn, pds.mailTokens, deletion()),
        new GetAccountInviteCodes(pds.accounts, pds.invites, pds.earnedInvites),
        new ActivateAccount(pds.accounts, pds.didChecks, pds.changes),
        new DeactivateAccount(pds.changes, pds.clock),
        new ResolveHandle(pds.handles),
        new ResolveDid(pds.dids),
        new ResolveIdentity(identities),
        new RefreshIdentity(identities),
        new UpdateHandle(pds.accounts, pds.handlePolicy, pds.handleChanges),
        new GetRecommendedDidCredentials(pds.accounts, pds.keys, pds.identities),
        new RequestPlcOperationSignature(pds.accounts, tokenMails),
        new SignPlcOperation(pds.accounts, pds.mailTokens, pds.identities),
        new SubmitPlcOperation(pds.accounts, pds.keys, pds.identities, pds.changes, pds.dids));
  }

  private AccountDeletion deletion() {
    return new AccountDeletion(
        pds.index,
        pds.objects,
        pds.accounts,
        pds.heads,
        pds.keys,
        pds.invites,
        pds.mailTokens,
        new EventLog(pds.index, pds.clock, Duration.ofDays(3)),
        pds.dids,
        new TidClock(pds.clock, 4));
  }

  /** The configuration that letters are written by. */
  private static PdsConfig config() {
    String hex = "11".repeat(32);
    return PdsConfig.parse(
        Map.of(
            PdsConfig.JWT_SECRET, "jwt",
            PdsConfig.ADMIN_PASSWORD, "adminpw",
            PdsConfig.ROTATION_KEY, hex,
            PdsConfig.KEY_SEALING_SECRET, hex,
            PdsConfig.DPOP_SECRET, hex));
  }

  /** The token in the last mail, which must be to this address. */
  public String mailed(String address) {
    Mail last = mails.getLast();
    assertThat(last.to()).isEqualTo(address);
    Matcher token = TOKEN.matcher(last.text());
    assertThat(token.find()).isTrue();
    return token.group();
  }

  /** An answer: status, and JSON where there is any. */
  public record Answer(int status, Value.Obj json) {
    public String text(String name) {
      return json.text(name).orElseThrow(() -> new AssertionError(name + " is not in " + json));
    }

    /** The name of the error, or {@code ok}. */
    public String error() {
      return status == 200 ? "ok" : status + " " + text("error");
    }
  }

  /** The header of somebody who holds a token. */
  public static String bearer(String token) {
    return "Bearer " + token;
  }

  /** The operator's header. */
  public static String admin(String password) {
    byte[] pair = ("admin:" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  public Answer get(String method, String query, @Nullable String authorization) {
    return send("GET", method, query, null, authorization);
  }

  public Answer post(String method, @Nullable String json, @Nullable String authorization) {
    return send("POST", method, "", json, authorization);
  }

  private Answer send(
      String verb,
      String method,
      String query,
      @Nullable String json,
      @Nullable String authorization) {
    Map<String, List<String>> headers = new HashMap<>();
    if (authorization != null) {
      headers.put("authorization", List.of(authorization));
    }
    byte[] body = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
    if (json != null) {
      headers.put("content-type", List.of("application/json"));
    }
    headers.put("content-length", List.of(Integer.toString(body.length)));
    InputStream in = new ByteArrayInputStream(body);
    HttpResponse response =
        dispatcher.dispatch(
            new HttpRequest(verb, "/xrpc/" + method, query, headers, in, "192.0.2.1"));
    byte[] content = ((HttpResponse.Body.Bytes) response.body()).content();
    Value.Obj answer = content.length == 0 ? Value.Obj.EMPTY : (Value.Obj) DataJson.parse(content);
    if (response.status() == 200) {
      Lexicons.bundled().method(Nsid.parse(method)).orElseThrow().validateOutput(answer);
    }
    return new Answer(response.status(), answer);
  }

  /** Signs somebody up by name; the answer has the tokens. */
  public Answer signUp(String name) {
    return post(
        "com.atproto.server.createAccount",
        "{\"handle\":\"%s.pds.test\",\"email\":\"%s@example.org\",\"password\":\"%s\"}"
            .formatted(name, name, AccountFixture.PASSWORD),
        null);
  }
}
