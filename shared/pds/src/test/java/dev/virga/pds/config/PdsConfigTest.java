package dev.virga.pds.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Did;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PdsConfigTest {
  private static final String HEX = "11".repeat(32);
  private static final Map<String, String> SECRETS =
      Map.of(
          PdsConfig.JWT_SECRET, "jwt-secret",
          PdsConfig.ADMIN_PASSWORD, "admin-password",
          PdsConfig.ROTATION_KEY, HEX,
          PdsConfig.KEY_SEALING_SECRET, HEX,
          PdsConfig.DPOP_SECRET, HEX);

  @Test
  void aLaptopNeedsNothing() {
    PdsConfig config = parse();
    assertThat(config.service().hostname()).isEqualTo("localhost");
    assertThat(config.service().port()).isEqualTo(2583);
    assertThat(config.service().publicUrl()).isEqualTo(URI.create("http://localhost:2583"));
    assertThat(config.service().did()).isEqualTo(Did.parse("did:web:localhost"));
    assertThat(config.service().devMode()).isTrue();
    assertThat(config.identity().plcUrl()).isEmpty();
    assertThat(config.identity().handleDomains()).containsExactly(".test");
    assertThat(config.invites().required()).isFalse();
    assertThat(config.network().ssrfProtection()).isFalse();
  }

  @Test
  void aHostnameBringsTheDefaultsOfTheReference() {
    PdsConfig config = parse("PDS_HOSTNAME", "PDS.example.com");
    assertThat(config.service().hostname()).isEqualTo("pds.example.com");
    assertThat(config.service().publicUrl()).isEqualTo(URI.create("https://pds.example.com"));
    assertThat(config.service().did()).isEqualTo(Did.parse("did:web:pds.example.com"));
    assertThat(config.service().devMode()).isFalse();
    assertThat(config.identity().plcUrl()).contains(URI.create("https://plc.directory"));
    assertThat(config.identity().handleDomains()).containsExactly(".pds.example.com");
    assertThat(config.identity().cacheStaleAfter()).isEqualTo(Duration.ofHours(1));
    assertThat(config.identity().cacheDropAfter()).isEqualTo(Duration.ofDays(1));
    assertThat(config.invites().required()).isTrue();
    assertThat(config.blobs().uploadLimit()).isEqualTo(5 * 1024 * 1024);
    assertThat(config.network().ssrfProtection()).isTrue();
    assertThat(config.rateLimits().enabled()).isTrue();
    assertThat(config.firehose().crawlers()).isEmpty();
    assertThat(config.upstreams().appView()).isEmpty();
  }

  @Test
  void anExistingEnvFileWorks() {
    Map<String, String> env =
        EnvFile.parse(
            """
            # written by the installer
            PDS_HOSTNAME=pds.example.com
            PDS_JWT_SECRET=abc123
            PDS_ADMIN_PASSWORD='pass word'
            export PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX=%s
            PDS_DATA_DIRECTORY=/pds
            PDS_BLOBSTORE_DISK_LOCATION=/pds/blocks
            PDS_BLOB_UPLOAD_LIMIT=104857600
            PDS_DID_PLC_URL=https://plc.directory
            PDS_BSKY_APP_VIEW_URL=https://api.bsky.app
            PDS_BSKY_APP_VIEW_DID=did:web:api.bsky.app
            PDS_REPORT_SERVICE_URL=https://mod.bsky.app
            PDS_REPORT_SERVICE_DID=did:plc:ar7c4by46qjdydhdevvrndac
            PDS_CRAWLERS=https://bsky.network, https://relay.example
            LOG_ENABLED=true

            PDS_EMAIL_SMTP_URL="smtps://user:pa%%20ss@mail.example:465/"
            PDS_EMAIL_FROM_ADDRESS=pds@example.com
            """
                .formatted(HEX));
    Map<String, String> all = new HashMap<>(SECRETS);
    all.putAll(env);
    PdsConfig config = PdsConfig.parse(all);
    assertThat(config.secrets().jwt().text()).isEqualTo("abc123");
    assertThat(config.secrets().adminPassword().matches("pass word")).isTrue();
    assertThat(config.secrets().adminPassword().matches("password")).isFalse();
    assertThat(config.blobs().uploadLimit()).isEqualTo(104_857_600);
    assertThat(config.upstreams().appView().orElseThrow().did())
        .isEqualTo(Did.parse("did:web:api.bsky.app"));
    assertThat(config.upstreams().reports().orElseThrow().url())
        .isEqualTo(URI.create("https://mod.bsky.app"));
    assertThat(config.upstreams().moderation()).isEmpty();
    assertThat(config.firehose().crawlers())
        .containsExactly(URI.create("https://bsky.network"), URI.create("https://relay.example"));
    assertThat(config.mail().from()).contains(Sender.parse("pds@example.com"));
    SmtpServer smtp = config.mail().smtp().orElseThrow();
    assertThat(smtp.host()).isEqualTo("mail.example");
    assertThat(smtp.login().orElseThrow().password().text()).isEqualTo("pa ss");
  }

  @Test
  void reportsGoToTheModerationServiceUnlessSaidOtherwise() {
    PdsConfig config =
        parse(
            "PDS_MOD_SERVICE_URL",
            "https://mod.example",
            "PDS_MOD_SERVICE_DID",
            "did:web:mod.example");
    assertThat(config.upstreams().reports()).isEqualTo(config.upstreams().moderation()).isPresent();
  }

  @Test
  void anEmptyValueCountsAsAbsent() {
    assertThat(parse("PDS_PORT", " ", "PDS_HOSTNAME", "").service().port()).isEqualTo(2583);
  }

  @Test
  void aLaptopFollowsThePortThatTheSystemChose() {
    PdsConfig config = parse("PDS_PORT", "0").atPort(4711);
    assertThat(config.service().publicUrl()).isEqualTo(URI.create("http://localhost:4711"));
    assertThat(parse("PDS_HOSTNAME", "pds.example.com").atPort(4711).service().publicUrl())
        .isEqualTo(URI.create("https://pds.example.com"));
  }

  @ParameterizedTest
  @CsvSource({
    "PDS_PORT,http",
    "PDS_PORT,65536",
    "PDS_PORT,-1",
    "PDS_HOSTNAME,https://pds.example.com",
    "PDS_HOSTNAME,pds.example.com:443",
    "PDS_SERVICE_DID,pds.example.com",
    "PDS_DID_PLC_URL,plc.directory",
    "PDS_DID_PLC_URL,ftp://plc.directory",
    "PDS_SERVICE_HANDLE_DOMAINS,example.com",
    "PDS_SERVICE_HANDLE_DOMAINS,.exam ple",
    "PDS_INVITE_REQUIRED,yes",
    "PDS_INVITE_INTERVAL,soon",
    "PDS_BLOB_UPLOAD_LIMIT,0",
    "PDS_BLOB_UPLOAD_LIMIT,5MB",
    "PDS_RECOVERY_DID_KEY,did:key:xyz",
    "PDS_CRAWLERS,bsky.network",
    "PDS_DID_CACHE_STALE_TTL,-1",
    "PDS_DEV_MODE,2",
    "PDS_EMAIL_SMTP_URL,mail.example",
    "PDS_EMAIL_FROM_ADDRESS,nobody",
    "PDS_BSKY_APP_VIEW_DID,api.bsky.app",
    "PDS_MAX_SUBSCRIPTION_BUFFER,0",
    "PDS_RATE_LIMIT_BYPASS_IPS,localhost",
    "PDS_RATE_LIMIT_BYPASS_IPS,10.0.0.0/8",
    "PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX,zz",
    "PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX,0000000000000000000000000000000000000000000000000000000000000000",
    "VIRGA_KEY_SEALING_SECRET,1234",
  })
  void aBadValueIsRefusedByName(String name, String value) {
    assertThatThrownBy(() -> parse(name, value))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(name + " ");
  }

  @Test
  void aBadSecretIsNotRepeatedInTheMessage() {
    assertThatThrownBy(() -> parse(PdsConfig.DPOP_SECRET, "hunter2"))
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> parse("PDS_EMAIL_SMTP_URL", "http://user:hunter2@mail.example"))
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @CsvSource({
    "PDS_BSKY_APP_VIEW_URL,https://api.bsky.app,PDS_BSKY_APP_VIEW_DID",
    "PDS_MOD_SERVICE_DID,did:web:mod.example,PDS_MOD_SERVICE_URL",
    "PDS_EMAIL_SMTP_URL,smtp://mail.example,PDS_EMAIL_FROM_ADDRESS",
    "PDS_MODERATION_EMAIL_SMTP_URL,smtp://mail.example,PDS_MODERATION_EMAIL_ADDRESS",
  })
  void whatBelongsTogetherMustComeTogether(String name, String value, String missing) {
    assertThatThrownBy(() -> parse(name, value)).hasMessageStartingWith(missing + " is needed");
  }

  @ParameterizedTest
  @CsvSource({"PDS_JWT_SECRET", "PDS_ADMIN_PASSWORD", "VIRGA_KEY_SEALING_SECRET"})
  void aMissingSecretIsNamed(String name) {
    Map<String, String> env = new HashMap<>(SECRETS);
    env.remove(name);
    assertThatThrownBy(() -> PdsConfig.parse(env)).hasMessage(name + " is missing");
  }

  @Test
  void secretsDoNotShow() {
    assertThat(parse().toString()).doesNotContain("jwt-secret", "admin-password", HEX);
  }

  @Test
  void anEnvFileNamesTheLineThatIsWrong() {
    assertThatThrownBy(() -> EnvFile.parse("A=1\n\nwhat is this"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("line 3 ");
  }

  private static PdsConfig parse(String... namesAndValues) {
    Map<String, String> env = new HashMap<>(SECRETS);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      env.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return PdsConfig.parse(env);
  }
}
