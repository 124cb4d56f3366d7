package dev.virga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.host.Mode;
import dev.virga.pds.config.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LaunchTest {
  @Test
  void isALaptopsUnlessSaidOtherwise() {
    assertThat(Launch.of(Map.of())).isEqualTo(new Launch(false, Mode.ALL));
    assertThat(Launch.of(Map.of("VIRGA_BACKEND", "", "VIRGA_MODE", " ")))
        .isEqualTo(new Launch(false, Mode.ALL));
  }

  @Test
  void aTableMeansTheCloud() {
    Map<String, String> cloud = Map.of("VIRGA_TABLE", "Some-Table", "VIRGA_MODE", "firehose");
    assertThat(Launch.of(cloud)).isEqualTo(new Launch(true, Mode.FIREHOSE));
  }

  @Test
  void whatIsSaidWinsOverTheTable() {
    assertThat(Launch.of(Map.of("VIRGA_TABLE", "t", "VIRGA_BACKEND", "embedded")).cloud())
        .isFalse();
    assertThat(Launch.of(Map.of("VIRGA_BACKEND", "Cloud")).cloud()).isTrue();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> Launch.of(Map.of("VIRGA_BACKEND", "mainframe")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("VIRGA_BACKEND is 'mainframe', not embedded or cloud");
    assertThatThrownBy(() -> Launch.of(Map.of("VIRGA_MODE", "some")))
        .hasMessage("VIRGA_MODE is 'some', not all or firehose");
  }

  @Test
  void aFirehoseHostNeedsTheLogOfOthers() {
    assertThatThrownBy(() -> Launch.of(Map.of("VIRGA_MODE", "firehose")))
        .hasMessageContaining("needs a cloud backend");
  }
}
