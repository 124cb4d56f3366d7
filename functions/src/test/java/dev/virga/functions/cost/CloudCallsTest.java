package dev.virga.functions.cost;

import dev.virga.functions.PdsServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloudCallsTest {
  @TempDir private static Path scratch;

  @Test
  void probe() {
    try (CloudPds pds = new CloudPds(scratch)) {
      CloudPds.Process process = pds.start();
      PdsServer.User alice = process.client.signUp("alice");
      Workload load = new Workload(pds, alice);
      load.fill(process.client, 2_000);
      process.sequence(10);
      load.post(process.client);
      process.sequence(1);
      pds.counter.reset();
      int n = 100;
      for (int i = 0; i < n; i++) load.post(process.client);
      print("post warm x100", pds);
      process.sequence(1);
      print("events 1", pds);
      for (int i = 0; i < n; i++) load.post(process.client);
      pds.counter.reset();
      process.sequence(10);
      print("events 10", pds);
      for (int i = 0; i < n; i++) load.mixed(process.client);
      print("mixed warm x100", pds);
      process.sequence(1);
      print("mixed events 1", pds);
      CloudPds.Process cold = pds.start();
      load.post(cold.client);
      print("post cold", pds);
      load.post(cold.client);
      print("post warm", pds);
      load.like(cold.client);
      print("like warm", pds);
      load.like(pds.start().client);
      print("like cold", pds);
      for (String q :
          new String[] {
            "com.atproto.repo.getRecord?repo="
                + alice.did()
                + "&collection=app.bsky.feed.post&rkey="
                + load.lastPost(),
            "com.atproto.repo.getRecord?repo=alice.test&collection=app.bsky.feed.post&rkey="
                + load.lastPost(),
            "com.atproto.repo.listRecords?limit=100&repo="
                + alice.did()
                + "&collection=app.bsky.feed.post",
            "com.atproto.sync.getRecord?did="
                + alice.did()
                + "&collection=app.bsky.feed.post&rkey="
                + load.lastPost(),
            "com.atproto.sync.getLatestCommit?did=" + alice.did(),
            "com.atproto.sync.getRepo?did=" + alice.did()
          }) {
        CloudPds.Process p = pds.start();
        System.out.println(q + " -> " + p.client.get(q, null).body().length);
        print("cold " + q, pds);
        p.client.get(q, null);
        print("warm " + q, pds);
        load.post(p.client);
        pds.counter.reset();
        p.client.get(q, null);
        print("warm writer " + q, pds);
      }
    }
  }

  static void print(String what, CloudPds pds) {
    System.out.println(
        what + ": rounds " + pds.counter.roundTrips() + " bytes " + pds.counter.bytes());
    pds.counter.costs().forEach((op, cost) -> System.out.println("    " + op + " " + cost));
    pds.counter.reset();
  }
}
