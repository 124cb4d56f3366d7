package dev.virga.host.plc;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.identity.PlcException;
import dev.virga.atproto.identity.PlcLog;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.identity.DirectoryException;
import dev.virga.pds.identity.PlcDirectory;
import dev.virga.pds.store.StoreException;
import java.util.Optional;

/** The {@link PlcLedger} of this process as the directory that its own services use. */
public final class LocalPlcDirectory implements PlcDirectory {
  private final PlcLedger ledger;

  public LocalPlcDirectory(PlcLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void submit(Did did, PlcOperation operation) throws DirectoryException {
    try {
      ledger.append(did, operation);
    } catch (PlcException | PlcLedger.LedgerException e) {
      throw DirectoryException.refused("PLC directory refused: " + e.getMessage());
    } catch (StoreException e) {
      throw DirectoryException.unanswered("PLC directory cannot be reached", e);
    }
  }

  @Override
  public Optional<Value.Obj> document(Did did) throws DirectoryException {
    return read(did).state().map(state -> DidDocument.of(did, state).toValue());
  }

  @Override
  public Optional<PlcOperation> last(Did did) throws DirectoryException {
    return read(did).last().map(PlcLog.Entry::operation);
  }

  private PlcLog read(Did did) throws DirectoryException {
    try {
      return ledger.read(did);
    } catch (StoreException e) {
      throw DirectoryException.unanswered("PLC directory cannot be reached", e);
    }
  }
}
