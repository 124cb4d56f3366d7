package dev.virga.pds.store;

import dev.virga.atproto.data.Cid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists of CIDs as one attribute of an {@link Item}: their bytes one after the other. */
public final class PackedCids {
  private PackedCids() {}

  /** The attribute, 36 bytes for each CID; null, so none at all, for an empty list. */
  public static byte @Nullable [] pack(Collection<Cid> cids) {
    if (cids.isEmpty()) {
      return null;
    }
    byte[] bytes = new byte[cids.size() * Cid.LENGTH];
    int at = 0;
    for (Cid cid : cids) {
      cid.copyTo(bytes, at);
      at += Cid.LENGTH;
    }
    return bytes;
  }

  /** The list that is in an attribute, in order; empty if there is no such attribute. */
  public static List<Cid> unpack(Item item, String attribute) {
    byte[] bytes = item.bytes(attribute).orElse(new byte[0]);
    List<Cid> cids = new ArrayList<>(bytes.length / Cid.LENGTH);
    for (int at = 0; at < bytes.length; at += Cid.LENGTH) {
      cids.add(Cid.fromBytes(bytes, at, Cid.LENGTH));
    }
    return cids;
  }
}
