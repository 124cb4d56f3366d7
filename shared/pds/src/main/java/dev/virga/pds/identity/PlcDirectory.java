package dev.virga.pds.identity;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import java.util.Optional;

/** A directory of did:plc: the public one, or the one on a laptop. */
public interface PlcDirectory {
  /**
   * Hands in an operation.
   *
   * @throws DirectoryException if it was refused, or the directory's answer is unknown
   */
  void submit(Did did, PlcOperation operation) throws DirectoryException;

  /**
   * The DID document; empty if the DID is unknown or was taken out of use.
   *
   * @throws DirectoryException if the directory could not tell
   */
  Optional<Value.Obj> document(Did did) throws DirectoryException;

  /**
   * The last operation in force, which may be a tombstone; empty if the DID is unknown.
   *
   * @throws DirectoryException if the directory could not tell
   */
  Optional<PlcOperation> last(Did did) throws DirectoryException;
}
