package dev.virga.functions.xrpc;

import static dev.virga.functions.xrpc.Limits.Subject.ACCOUNT;
import static dev.virga.functions.xrpc.Limits.Subject.ADDRESS;
import static dev.virga.functions.xrpc.Limits.Subject.IDENTIFIER_AND_ADDRESS;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.pds.limit.Limit;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The table of how often each method may be called, and by whom: the reference's limits.
 *
 * <p>What guards a secret, an account or a mailbox is counted exactly, the rest roughly (see {@link
 * dev.virga.pds.limit}).
 */
final class Limits {
  /** Whose uses are counted together. */
  enum Subject {
    /** Of an IP address, or a network of IPv6 addresses. */
    ADDRESS,
    /** Of the account that asks. */
    ACCOUNT,
    /** Of an address that tries to sign in as somebody. */
    IDENTIFIER_AND_ADDRESS
  }

  /**
   * A limit of some methods.
   *
   * @param cost points that a request uses up
   */
  record Rule(Limit limit, Subject subject, ToLongFunction<XrpcRequest> cost) {}

  private static final Duration MINUTES = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  private static final long CREATE = 3;
  private static final long UPDATE = 2;
  private static final long DELETE = 1;

  /** All requests of an address but those for whole repositories, which have their own limit. */
  static final Limit EVERYTHING = Limit.rough("global-ip", 3_000, MINUTES);

  static final Nsid GET_REPO = Nsid.parse("com.atproto.sync.getRepo");
  static final Limit WHOLE_REPOS = Limit.rough("getRepo-ip", 6_000, MINUTES);

  private static final Limit WRITES_HOUR = Limit.rough("repo-write-hour", 5_000, HOUR);
  private static final Limit WRITES_DAY = Limit.rough("repo-write-day", 35_000, DAY);

  private static final Map<Nsid, List<Rule>> BY_METHOD = new Table().build();

  private Limits() {}

  /** The limits of a method, none for most. */
  static List<Rule> of(Nsid method) {
    return BY_METHOD.getOrDefault(method, List.of());
  }

  private static final class Table {
    private final Map<Nsid, List<Rule>> rules = new HashMap<>();

    Map<Nsid, List<Rule>> build() {
      writes("com.atproto.repo.createRecord", request -> CREATE);
      writes("com.atproto.repo.putRecord", request -> UPDATE);
      writes("com.atproto.repo.deleteRecord", request -> DELETE);
      writes("com.atproto.repo.applyWrites", Limits::batch);
      add("com.atproto.repo.uploadBlob", once(Limit.rough("uploadBlob-day", 1_000, DAY), ADDRESS));
      add(
          "com.atproto.server.createSession",
          once(Limit.exact("createSession", 30, MINUTES), IDENTIFIER_AND_ADDRESS),
          once(Limit.exact("createSession-day", 300, DAY), IDENTIFIER_AND_ADDRESS));
      add(
          "com.atproto.server.createAccount",
          once(Limit.exact("createAccount", 100, MINUTES), ADDRESS));
      add(
          "com.atproto.server.deleteAccount",
          once(Limit.exact("deleteAccount", 50, MINUTES), ADDRESS));
      add(
          "com.atproto.server.resetPassword",
          once(Limit.exact("resetPassword", 50, MINUTES), ADDRESS));
      add(
          "com.atproto.server.requestPasswordReset",
          once(Limit.exact("requestPasswordReset-hour", 15, HOUR), ADDRESS),
          once(Limit.exact("requestPasswordReset-day", 50, DAY), ADDRESS));
      mail("requestAccountDelete");
      mail("requestEmailConfirmation");
      mail("requestEmailUpdate");
      add(
          "com.atproto.identity.updateHandle",
          once(Limit.exact("updateHandle", 10, MINUTES), ACCOUNT),
          once(Limit.exact("updateHandle-day", 50, DAY), ACCOUNT));
      return Map.copyOf(rules);
    }

    private void writes(String method, ToLongFunction<XrpcRequest> cost) {
      add(method, new Rule(WRITES_HOUR, ACCOUNT, cost), new Rule(WRITES_DAY, ACCOUNT, cost));
    }

    /** A method that sends the account a mail. */
    private void mail(String name) {
      add(
          "com.atproto.server." + name,
          once(Limit.exact(name + "-hour", 5, HOUR), ACCOUNT),
          once(Limit.exact(name + "-day", 15, DAY), ACCOUNT));
    }

    private static Rule once(Limit limit, Subject subject) {
      return new Rule(limit, subject, request -> 1);
    }

    private void add(String method, Rule... limits) {
      rules.put(Nsid.parse(method), List.of(limits));
    }
  }

  /** What the writes of a batch cost together; what is none will be refused later. */
  private static long batch(XrpcRequest request) {
    Optional<Value> writes = request.input().get("writes");
    if (!(writes.orElse(null) instanceof Value.Array(List<Value> items))) {
      return 0;
    }
    long points = 0;
    for (Value item : items) {
      String type = item instanceof Value.Obj write ? write.text("$type").orElse("") : "";
      points +=
          switch (type.substring(type.indexOf('#') + 1)) {
            case "create" -> CREATE;
            case "update" -> UPDATE;
            case "delete" -> DELETE;
            default -> 0;
          };
    }
    return points;
  }
}
