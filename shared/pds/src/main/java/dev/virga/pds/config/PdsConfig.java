package dev.virga.pds.config;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.syntax.Did;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Everything the operator decides, in types: the settings of one PDS.
 *
 * <p>Source of names, meanings and defaults: the reference's configuration; section headings as
 * there. Without {@code PDS_HOSTNAME}, or with {@code localhost}, the defaults are those of a
 * laptop: handles under {@code .test}, open sign-up, development mode, a PLC directory of our own.
 */
public record PdsConfig(
    Service service,
    Identity identity,
    Invites invites,
    Mail mail,
    Blobs blobs,
    Firehose firehose,
    Upstreams upstreams,
    RateLimits rateLimits,
    Network network,
    Branding branding,
    Captcha captcha,
    Secrets secrets) {

  /**
   * How this server is found and what it says of itself.
   *
   * @param hostname without a port, lower case
   * @param publicUrl the origin that clients and other servers use
   * @param did the service's own DID
   * @param devMode lets plain http and private addresses pass where production would not
   * @param maxImportSize the most bytes of an imported repository
   */
  public record Service(
      int port,
      String hostname,
      URI publicUrl,
      Did did,
      Optional<String> name,
      Optional<URI> homeUrl,
      Optional<URI> logoUrl,
      Optional<URI> privacyPolicyUrl,
      Optional<URI> termsOfServiceUrl,
      Optional<URI> supportUrl,
      Optional<String> contactEmail,
      boolean acceptingImports,
      Optional<Long> maxImportSize,
      boolean devMode) {
    /** The same at another port, once the system chose it; the URL of a laptop follows. */
    public Service atPort(int chosen) {
      URI url = isLocal(hostname) ? URI.create("http://localhost:" + chosen) : publicUrl;
      return new Service(
          chosen,
          hostname,
          url,
          did,
          name,
          homeUrl,
          logoUrl,
          privacyPolicyUrl,
          termsOfServiceUrl,
          supportUrl,
          contactEmail,
          acceptingImports,
          maxImportSize,
          devMode);
    }
  }

  /**
   * DIDs and handles.
   *
   * @param plcUrl the PLC directory; empty for the one in this process
   * @param handleDomains each with its leading dot, lower case
   * @param backupNameservers asked for handles when the system's do not know
   */
  public record Identity(
      Optional<URI> plcUrl,
      Duration cacheStaleAfter,
      Duration cacheDropAfter,
      Duration resolverTimeout,
      Optional<PublicKey> recoveryKey,
      List<String> handleDomains,
      List<String> backupNameservers,
      boolean didDocWithSession) {}

  /**
   * Invite codes.
   *
   * @param interval how often an account earns one; empty for never
   * @param epochMillis accounts made before count from then
   */
  public record Invites(boolean required, Optional<Duration> interval, long epochMillis) {}

  /**
   * Outgoing mail; without an SMTP server mails are written to the log.
   *
   * @param from there if {@code smtp} is
   * @param moderationSmtp of moderators' mails; empty for the same
   */
  public record Mail(
      Optional<SmtpServer> smtp,
      Optional<Sender> from,
      Optional<SmtpServer> moderationSmtp,
      Optional<Sender> moderationFrom,
      boolean confirmationLink) {}

  /** Uploads. */
  public record Blobs(long uploadLimit) {}

  /**
   * The event stream.
   *
   * @param buffer the most frames that wait for one subscriber
   * @param window how far back a cursor may reach
   * @param crawlers relays that are told of news
   * @param host another process that serves the stream and is told of news; empty for none
   */
  public record Firehose(int buffer, Duration window, List<URI> crawlers, Optional<URI> host) {}

  /** A service that requests are passed on to. */
  public record Upstream(URI url, Did did) {}

  /** Where requests go that this server does not answer itself. */
  public record Upstreams(
      Optional<Upstream> appView,
      Optional<String> cdnUrlPattern,
      Optional<Upstream> moderation,
      Optional<Upstream> reports) {}

  /** Limits per caller and account, on unless switched off. */
  public record RateLimits(
      boolean enabled, Optional<Secret> bypassKey, List<InetAddress> bypassIps) {}

  /** What outgoing requests may cost. */
  public record Network(
      boolean ssrfProtection,
      long fetchMaxResponse,
      Duration proxyHeadersTimeout,
      Duration proxyBodyTimeout,
      long proxyMaxResponse,
      boolean proxyPreferCompressed,
      List<String> trustedClients,
      Optional<Did> lexiconAuthority) {}

  /** The looks of the pages. */
  public record Branding(
      Optional<String> primaryColor,
      Optional<String> errorColor,
      Optional<String> warningColor,
      Optional<String> infoColor,
      Optional<String> successColor,
      Optional<URI> backgroundLight,
      Optional<URI> backgroundDark) {}

  /** hCaptcha at sign-up, when all three are set. */
  public record Captcha(
      Optional<String> siteKey, Optional<Secret> secretKey, Optional<Secret> tokenSalt) {}

  /**
   * What nobody else may know.
   *
   * @param jwt signs session tokens
   * @param rotationKey signs PLC operations
   * @param keySealing 32 bytes under which signing keys are stored
   * @param dpop 32 bytes from which DPoP nonces are made
   */
  public record Secrets(
      Secret jwt, Secret adminPassword, PrivateKey rotationKey, Secret keySealing, Secret dpop) {
    @Override
    public String toString() {
      return "(secrets)";
    }
  }

  /** Names of the secrets, which whoever has none may make up. */
  public static final String JWT_SECRET = "PDS_JWT_SECRET";

  public static final String ADMIN_PASSWORD = "PDS_ADMIN_PASSWORD";
  public static final String ROTATION_KEY = "PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX";
  public static final String KEY_SEALING_SECRET = "VIRGA_KEY_SEALING_SECRET";
  public static final String DPOP_SECRET = "PDS_DPOP_SECRET";

  private static final long MIB = 1024 * 1024;
  private static final Pattern HOSTNAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  /**
   * Reads the settings, filling in defaults.
   *
   * @throws ConfigException for the first variable that is missing or invalid
   */
  public static PdsConfig parse(Map<String, String> variables) {
    Environment env = new Environment(variables);
    Service service = service(env);
    boolean laptop = isLocal(service.hostname());
    return new PdsConfig(
        service,
        identity(env, service.hostname(), laptop),
        new Invites(
            env.flag("PDS_INVITE_REQUIRED", !laptop),
            env.millis("PDS_INVITE_INTERVAL"),
            env.number("PDS_INVITE_EPOCH", 0, Long.MAX_VALUE, 0)),
        mail(env),
        new Blobs(env.number("PDS_BLOB_UPLOAD_LIMIT", 1, 1L << 40, 5 * MIB)),
        new Firehose(
            (int) env.number("PDS_MAX_SUBSCRIPTION_BUFFER", 1, 1_000_000, 500),
            env.millis("PDS_REPO_BACKFILL_LIMIT_MS", Duration.ofDays(3)),
            env.urls("PDS_CRAWLERS"),
            env.url("VIRGA_FIREHOSE_URL")),
        upstreams(env),
        new RateLimits(
            env.flag("PDS_RATE_LIMITS_ENABLED", !laptop),
            env.text("PDS_RATE_LIMIT_BYPASS_KEY").map(Secret::of),
            env.addresses("PDS_RATE_LIMIT_BYPASS_IPS")),
        network(env, service.devMode()),
        branding(env),
        new Captcha(
            env.text("PDS_HCAPTCHA_SITE_KEY"),
            env.text("PDS_HCAPTCHA_SECRET_KEY").map(Secret::of),
            env.text("PDS_HCAPTCHA_TOKEN_SALT").map(Secret::of)),
        secrets(env));
  }

  /** The same, served at another port. */
  public PdsConfig atPort(int chosen) {
    return new PdsConfig(
        service.atPort(chosen),
        identity,
        invites,
        mail,
        blobs,
        firehose,
        upstreams,
        rateLimits,
        network,
        branding,
        captcha,
        secrets);
  }

  private static boolean isLocal(String hostname) {
    return hostname.equals("localhost");
  }

  private static Service service(Environment env) {
    String hostname = env.text("PDS_HOSTNAME", "localhost").toLowerCase(Locale.ROOT);
    if (hostname.length() > 253 || !HOSTNAME.matcher(hostname).matches()) {
      throw new ConfigException("PDS_HOSTNAME", "is '" + hostname + "', not a bare hostname");
    }
    boolean laptop = isLocal(hostname);
    int port = (int) env.number("PDS_PORT", 0, 65_535, 2583);
    return new Service(
        port,
        hostname,
        URI.create(laptop ? "http://localhost:" + port : "https://" + hostname),
        env.did("PDS_SERVICE_DID").orElseGet(() -> Did.parse("did:web:" + hostname)),
        env.text("PDS_SERVICE_NAME"),
        env.url("PDS_HOME_URL"),
        env.url("PDS_LOGO_URL"),
        env.url("PDS_PRIVACY_POLICY_URL"),
        env.url("PDS_TERMS_OF_SERVICE_URL"),
        env.url("PDS_SUPPORT_URL"),
        env.text("PDS_CONTACT_EMAIL_ADDRESS"),
        env.flag("PDS_ACCEPTING_REPO_IMPORTS", true),
        env.number("PDS_MAX_REPO_IMPORT_SIZE", 1, 1L << 40),
        env.flag("PDS_DEV_MODE", laptop));
  }

  private static Identity identity(Environment env, String hostname, boolean laptop) {
    Optional<URI> plcUrl = env.url("PDS_DID_PLC_URL");
    if (plcUrl.isEmpty() && !laptop) {
      plcUrl = Optional.of(URI.create("https://plc.directory"));
    }
    List<String> domains =
        env.list("PDS_SERVICE_HANDLE_DOMAINS").stream().map(PdsConfig::handleDomain).toList();
    if (domains.isEmpty()) {
      domains = List.of(laptop ? ".test" : "." + hostname);
    }
    return new Identity(
        plcUrl,
        env.millis("PDS_DID_CACHE_STALE_TTL", Duration.ofHours(1)),
        env.millis("PDS_DID_CACHE_MAX_TTL", Duration.ofDays(1)),
        env.millis("PDS_ID_RESOLVER_TIMEOUT", Duration.ofSeconds(3)),
        env.parsed("PDS_RECOVERY_DID_KEY", "is not a did:key", PublicKey::parseDidKey),
        domains,
        env.list("PDS_HANDLE_BACKUP_NAMESERVERS"),
        env.flag("PDS_ENABLE_DID_DOC_WITH_SESSION", false));
  }

  private static String handleDomain(String text) {
    String domain = text.toLowerCase(Locale.ROOT);
    if (!domain.startsWith(".") || !HOSTNAME.matcher(domain.substring(1)).matches()) {
      throw new ConfigException(
          "PDS_SERVICE_HANDLE_DOMAINS", "has '" + text + "', which is not like .example.com");
    }
    return domain;
  }

  private static Mail mail(Environment env) {
    Optional<SmtpServer> smtp = env.smtp("PDS_EMAIL_SMTP_URL");
    Optional<Sender> from = sender(env, "PDS_EMAIL_FROM_ADDRESS");
    Optional<SmtpServer> moderationSmtp = env.smtp("PDS_MODERATION_EMAIL_SMTP_URL");
    Optional<Sender> moderationFrom = sender(env, "PDS_MODERATION_EMAIL_ADDRESS");
    if (smtp.isPresent() && from.isEmpty()) {
      throw new ConfigException("PDS_EMAIL_FROM_ADDRESS", "is needed with PDS_EMAIL_SMTP_URL");
    }
    if (moderationSmtp.isPresent() && moderationFrom.or(() -> from).isEmpty()) {
      throw new ConfigException(
          "PDS_MODERATION_EMAIL_ADDRESS", "is needed with PDS_MODERATION_EMAIL_SMTP_URL");
    }
    return new Mail(
        smtp,
        from,
        moderationSmtp,
        moderationFrom,
        !env.flag("PDS_EMAIL_DISABLE_CONFIRMATION_LINK", false));
  }

  private static Optional<Sender> sender(Environment env, String name) {
    return env.parsed(name, "is not an e-mail address", Sender::parse);
  }

  private static Upstreams upstreams(Environment env) {
    Optional<Upstream> moderation = upstream(env, "PDS_MOD_SERVICE");
    return new Upstreams(
        upstream(env, "PDS_BSKY_APP_VIEW"),
        env.text("PDS_BSKY_APP_VIEW_CDN_URL_PATTERN"),
        moderation,
        upstream(env, "PDS_REPORT_SERVICE").or(() -> moderation));
  }

  private static Optional<Upstream> upstream(Environment env, String prefix) {
    Optional<URI> url = env.url(prefix + "_URL");
    Optional<Did> did = env.did(prefix + "_DID");
    if (url.isPresent() != did.isPresent()) {
      String missing = url.isPresent() ? "_DID" : "_URL";
      throw new ConfigException(prefix + missing, "is needed as well, or neither of the two");
    }
    return url.map(at -> new Upstream(at, did.orElseThrow()));
  }

  private static Network network(Environment env, boolean devMode) {
    return new Network(
        !env.flag("PDS_DISABLE_SSRF_PROTECTION", devMode),
        env.number("PDS_FETCH_MAX_RESPONSE_SIZE", 1, 1L << 30, 512 * 1024),
        env.millis("PDS_PROXY_HEADERS_TIMEOUT", Duration.ofSeconds(10)),
        env.millis("PDS_PROXY_BODY_TIMEOUT", Duration.ofSeconds(30)),
        env.number("PDS_PROXY_MAX_RESPONSE_SIZE", 1, 1L << 30, 10 * MIB),
        env.flag("PDS_PROXY_PREFER_COMPRESSED", false),
        env.list("PDS_OAUTH_TRUSTED_CLIENTS"),
        env.did("PDS_LEXICON_AUTHORITY_DID"));
  }

  private static Branding branding(Environment env) {
    return new Branding(
        env.text("PDS_PRIMARY_COLOR"),
        env.text("PDS_ERROR_COLOR"),
        env.text("PDS_WARNING_COLOR"),
        env.text("PDS_INFO_COLOR"),
        env.text("PDS_SUCCESS_COLOR"),
        env.url("PDS_BACKGROUND_LIGHT_URL"),
        env.url("PDS_BACKGROUND_DARK_URL"));
  }

  private static Secrets secrets(Environment env) {
    return new Secrets(
        secretText(env, JWT_SECRET),
        secretText(env, ADMIN_PASSWORD),
        rotationKey(env),
        secretBytes(env, KEY_SEALING_SECRET),
        secretBytes(env, DPOP_SECRET));
  }

  private static Secret secretText(Environment env, String name) {
    return env.text(name)
        .map(Secret::of)
        .orElseThrow(() -> new ConfigException(name, "is missing"));
  }

  private static Secret secretBytes(Environment env, String name) {
    return env.hex(name, 32)
        .map(Secret::of)
        .orElseThrow(() -> new ConfigException(name, "is missing"));
  }

  private static PrivateKey rotationKey(Environment env) {
    byte[] bytes =
        env.hex(ROTATION_KEY, 32)
            .orElseThrow(() -> new ConfigException(ROTATION_KEY, "is missing"));
    try {
      return PrivateKey.fromBytes(Curve.K256, bytes);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(ROTATION_KEY, "is not a secp256k1 private key");
    }
  }
}
