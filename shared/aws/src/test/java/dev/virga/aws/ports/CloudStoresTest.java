package dev.virga.aws.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.LocalServers;
import dev.virga.aws.dynamodb.Checkpoints;
import dev.virga.aws.dynamodb.StreamPoller;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CloudStoresTest {
  private final Map<String, String> variables =
      new HashMap<>(LocalServers.environmentOfNewStores());
  private final AwsEnvironment environment = AwsEnvironment.of(variables, List.of());

  @AfterEach
  void close() {
    environment.close();
  }

  private CloudStores open() {
    return CloudStores.open(environment, new SecureRandom());
  }

  private void refuses(String name, String value, String complaint) {
    variables.put(name, value);
    try (AwsEnvironment wrong = AwsEnvironment.of(variables, List.of())) {
      assertThatThrownBy(
              () -> {
                try (CloudStores stores = CloudStores.open(wrong, new SecureRandom())) {
                  stores.check();
                }
              })
          .hasMessageContaining(complaint);
    }
  }

  @Test
  void opensBothPorts() throws Exception {
    try (CloudStores stores = open()) {
      assertThatCode(stores::check).doesNotThrowAnyException();
      Key key = new Key("a", "b");
      Item item = Item.builder().text("name", "virga").build();
      stores.index().transact(List.of(Write.put(key, item)));
      assertThat(stores.index().get(key)).contains(item);

      byte[] content = {1, 2, 3};
      assertThat(stores.objects().putIfAbsent("a/b", content, Objects.Metadata.NONE)).isTrue();
      assertThat(stores.objects().get("a/b")).contains(content);
    }
  }

  @Test
  void readsTheTablesStream() throws Exception {
    LinkedBlockingQueue<Change> changes = new LinkedBlockingQueue<>();
    Key key = new Key("did:plc:a", "outbox#1");
    try (CloudStores stores = open();
        StreamPoller poller = stores.poller(changes::addAll, Checkpoints.inMemory())) {
      poller.start();
      stores.index().transact(List.of(Write.put(new Key("did:plc:a", "other"), Item.EMPTY)));
      stores.index().transact(List.of(Write.put(key, Item.EMPTY)));
      Change change = changes.poll(30, TimeUnit.SECONDS);
      assertThat(change).isNotNull();
      assertThat(change.key()).isEqualTo(key);
    }
  }

  @Test
  void namesTheVariableThatIsMissing() {
    refuses("VIRGA_TABLE", "", "VIRGA_TABLE is missing");
    variables.put("VIRGA_TABLE", "some-table");
    refuses("VIRGA_BUCKET", "", "VIRGA_BUCKET is missing");
  }

  @Test
  void saysWhichVariableNamesAStoreThatIsNotThere() {
    refuses("VIRGA_BUCKET", "there-is-no-such-bucket", "(VIRGA_BUCKET) cannot be used");
    refuses("VIRGA_TABLE", "there-is-no-such-table", "(VIRGA_TABLE) cannot be used");
  }

  @Test
  void failsWithTheExceptionOfTheStores() {
    variables.put("VIRGA_TABLE", "there-is-no-such-table");
    try (AwsEnvironment wrong = AwsEnvironment.of(variables, List.of());
        CloudStores stores = CloudStores.open(wrong, new SecureRandom())) {
      assertThatThrownBy(stores::streamArn).isInstanceOf(StoreException.class);
    }
  }
}
