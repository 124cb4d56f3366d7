package dev.virga.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.config.PdsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretFileTest {
  @TempDir Path directory;

  @Test
  void whatItMakesUpIsEnoughForAConfiguration() throws IOException {
    assertThat(PdsConfig.parse(file(1).complete(Map.of())).secrets().jwt().text()).hasSize(64);
  }

  @Test
  void secretsStayTheSame() throws IOException {
    Map<String, String> first = file(1).complete(Map.of());
    assertThat(file(2).complete(Map.of())).isEqualTo(first);
  }

  @Test
  void onlyTheOwnerCanRead() throws IOException {
    file(1).complete(Map.of());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(1).path())))
        .isEqualTo("rw-------");
  }

  @Test
  void whatIsGivenWinsAndIsNotKept() throws IOException {
    Map<String, String> all =
        file(1).complete(Map.of(PdsConfig.ADMIN_PASSWORD, "mine", "PDS_PORT", "1"));
    assertThat(all).containsEntry(PdsConfig.ADMIN_PASSWORD, "mine").containsEntry("PDS_PORT", "1");
    assertThat(Files.readString(file(1).path())).doesNotContain("mine").contains("PDS_JWT_SECRET=");
  }

  @Test
  void aSecretThatIsNewToThisVersionIsAddedToTheOthers() throws IOException {
    Files.writeString(file(1).path(), "PDS_JWT_SECRET=kept\n");
    assertThat(file(1).complete(Map.of())).containsEntry("PDS_JWT_SECRET", "kept");
    assertThat(Files.readString(file(1).path()))
        .contains("PDS_JWT_SECRET=kept", "PDS_DPOP_SECRET=");
  }

  @Test
  void nothingIsWrittenWhenAllIsGiven() throws IOException {
    Map<String, String> all = file(1).complete(Map.of());
    Files.delete(file(1).path());
    assertThat(file(2).complete(all)).isEqualTo(all);
    assertThat(file(2).path()).doesNotExist();
  }

  @Test
  void aDamagedFileStopsTheStart() throws IOException {
    Files.writeString(file(1).path(), "garbage");
    assertThatThrownBy(() -> file(1).complete(Map.of())).hasMessageContaining("line 1");
  }

  private SecretFile file(long seed) {
    return new SecretFile(directory, new Random(seed));
  }
}
