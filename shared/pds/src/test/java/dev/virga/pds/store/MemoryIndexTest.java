package dev.virga.pds.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryIndexTest extends IndexContract {
  @Override
  protected Index open() {
    return new MemoryIndex();
  }

  @Override
  protected boolean sweep(Instant now) {
    ((MemoryIndex) index).sweep(now);
    return true;
  }

  @Test
  void deliversWhatIsPendingOnTheCallingThread() throws Exception {
    MemoryIndex memory = new MemoryIndex();
    for (int i = 0; i < 250; i++) {
      memory.batchPut(List.of(new Entry(key("p", "k" + i), item("v"))));
    }
    assertThatThrownBy(
            () ->
                memory.pump(
                    _ -> {
                      throw new IllegalStateException("not yet");
                    }))
        .hasMessage("not yet");

    List<Change> delivered = new ArrayList<>();
    assertThat(memory.pump(delivered::addAll)).isEqualTo(250);
    assertThat(memory.pump(delivered::addAll)).isZero();
    assertThat(delivered).hasSize(250).first().extracting(Change::key).isEqualTo(key("p", "k0"));
  }
}
