package dev.virga.pds.repo;

import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The blocks of one commit as a CAR, as they are stored and as they stand in the firehose event.
 *
 * @param name under which the CAR is stored
 * @param note what is stored with it
 * @param bytes the CAR
 * @param offsets where in it each block's bytes begin
 */
@SuppressWarnings("ArrayRecordComponent")
record Pack(String name, PackNote note, byte[] bytes, Map<Cid, Long> offsets) {

  /** A pack of the commit and of blocks in the order given, none twice. */
  static Pack of(
      String name, PackNote note, Cid commit, byte[] commitBlock, List<Map<Cid, byte[]>> blocks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(8_192);
    Map<Cid, Long> offsets = new HashMap<>();
    try {
      CarWriter car = new CarWriter(out, List.of(commit));
      add(car, out, offsets, commit, commitBlock);
      for (Map<Cid, byte[]> group : blocks) {
        for (Map.Entry<Cid, byte[]> block : group.entrySet()) {
          add(car, out, offsets, block.getKey(), block.getValue());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Pack(name, note, out.toByteArray(), offsets);
  }

  private static void add(
      CarWriter car, ByteArrayOutputStream out, Map<Cid, Long> offsets, Cid cid, byte[] block)
      throws IOException {
    if (!offsets.containsKey(cid)) {
      car.write(cid, block);
      offsets.put(cid, (long) out.size() - block.length);
    }
  }

  long offset(Cid cid) {
    Long offset = offsets.get(cid);
    if (offset == null) {
      throw new IllegalArgumentException("not in the pack: " + cid);
    }
    return offset;
  }
}
