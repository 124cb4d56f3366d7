package dev.virga.pds.moderation;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.FetchException;
import dev.virga.pds.identity.HttpAnswer;
import dev.virga.pds.identity.VettedFetcher;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Passes reports of accounts on to the moderation service of their choice or of ours, signed in the
 * account's name. Source: behaviour §4.6, §8.
 */
public final class Reports {
  private static final Nsid METHOD = Nsid.parse("com.atproto.moderation.createReport");
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(1);

  /** An answer repeats the report, which is 150 KB at most. */
  private static final VettedFetcher.Limits LIMITS =
      new VettedFetcher.Limits(512 * 1024, Duration.ofSeconds(30));

  /** Characters of what another server calls its error. */
  private static final int MAX_MESSAGE = 2_000;

  private static final Pattern ERROR_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,100}");
  private static final Pattern SERVICE_ID = Pattern.compile("[A-Za-z0-9._~-]{1,200}");

  /** A service that takes reports. */
  public record Service(URI url, Did did) {}

  private final @Nullable Service ours;
  private final DidResolver dids;
  private final VettedFetcher fetcher;
  private final ServiceTokens tokens;
  private final SigningKeys keys;
  private final InstantSource clock;

  /**
   * Reports of a server's accounts.
   *
   * @param ours the service for whoever names no other; null for none
   */
  public Reports(
      @Nullable Service ours,
      DidResolver dids,
      VettedFetcher fetcher,
      ServiceTokens tokens,
      SigningKeys keys,
      InstantSource clock) {
    this.ours = ours;
    this.dids = dids;
    this.fetcher = fetcher;
    this.tokens = tokens;
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * Passes a report on.
   *
   * @param wanted the service that the client names, as {@code did#id}; empty for ours
   * @return what the service answers
   * @throws XrpcException 400 InvalidRequest if there is no such service; 502 UpstreamFailure if it
   *     does not answer, or not properly; otherwise what the service refuses with
   */
  public Value.Obj send(Did account, Value.Obj report, Optional<String> wanted) {
    Service service = wanted.map(this::find).orElseGet(this::requireOurs);
    String token =
        tokens.issue(
            account,
            keys.of(account),
            service.did().text(),
            METHOD,
            clock.instant().plus(TOKEN_LIFE));
    String base = service.url().toString().replaceAll("/+$", "");
    VettedFetcher.Request request =
        VettedFetcher.Request.post(URI.create(base + "/xrpc/" + METHOD), DataJson.toJson(report))
            .withHeader("Authorization", "Bearer " + token);
    try {
      return read(fetcher.fetch(request, LIMITS));
    } catch (FetchException e) {
      throw upstream("The report service could not be reached");
    }
  }

  private Service requireOurs() {
    if (ours == null) {
      throw XrpcException.invalidRequest("No service configured for " + METHOD);
    }
    return ours;
  }

  private Service find(String wanted) {
    int hash = wanted.indexOf('#');
    String id = wanted.substring(hash + 1);
    if (hash < 0 || !SERVICE_ID.matcher(id).matches()) {
      throw XrpcException.invalidRequest("atproto-proxy must be did#service");
    }
    try {
      Did did = Did.parse(wanted.substring(0, hash));
      DidDocument document =
          dids.resolve(did)
              .orElseThrow(() -> XrpcException.invalidRequest("could not resolve proxy did"));
      return document
          .service(id)
          .map(found -> new Service(found.endpoint(), did))
          .orElseThrow(
              () -> XrpcException.invalidRequest("could not resolve proxy did service url"));
    } catch (SyntaxException e) {
      throw XrpcException.invalidRequest("atproto-proxy must begin with a did");
    } catch (FetchException e) {
      throw XrpcException.invalidRequest("could not resolve proxy did");
    }
  }

  private static Value.Obj read(HttpAnswer answer) {
    Optional<Value.Obj> body = body(answer);
    if (answer.isSuccess()) {
      return body.orElseThrow(() -> upstream("The report service gave no proper answer"));
    }
    if (answer.status() < 400 || answer.status() == 500) {
      throw upstream("The report service failed");
    }
    String error =
        body.flatMap(found -> found.text("error"))
            .filter(name -> ERROR_NAME.matcher(name).matches())
            .orElse(answer.status() < 500 ? "InvalidRequest" : "UpstreamFailure");
    String message =
        body.flatMap(found -> found.text("message")).orElse("The report service refused");
    Map<String, String> headers =
        answer
            .header("retry-after")
            .filter(after -> after.matches("[ -~]{1,100}"))
            .map(after -> Map.of("Retry-After", after))
            .orElse(Map.of());
    throw new XrpcException(
        Math.min(answer.status(), 599),
        error,
        message.substring(0, Math.min(message.length(), MAX_MESSAGE)),
        headers);
  }

  private static Optional<Value.Obj> body(HttpAnswer answer) {
    try {
      return DataJson.parse(answer.body()) instanceof Value.Obj object
          ? Optional.of(object)
          : Optional.empty();
    } catch (DataException e) {
      return Optional.empty();
    }
  }

  private static XrpcException upstream(String message) {
    return new XrpcException(502, "UpstreamFailure", message);
  }
}
