package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A {@link BlockSource} that reads many blocks in one go, and one block the same way. */
public interface BatchSource extends BlockSource {
  @Override
  default byte[] load(Cid cid) {
    byte[] bytes = loadAll(List.of(cid)).get(cid);
    if (bytes == null) {
      throw new MissingBlockException(cid);
    }
    return bytes;
  }

  @Override
  Map<Cid, byte[]> loadAll(Collection<Cid> cids);
}
