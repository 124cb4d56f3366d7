package dev.virga.pds.identity;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.identity.DidWeb;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Finds DID documents, of did:plc and did:web, and remembers them in the Index for all processes.
 *
 * <p>A document is served from memory for an hour; then it is served once more while a fresh one is
 * fetched behind the scenes; after a day it is dropped.
 */
public final class DidResolver {
  /**
   * How long documents are kept.
   *
   * @param stale after which they are fetched again in the background
   * @param dropped after which they are not served any more
   */
  public record Lifetimes(Duration stale, Duration dropped) {
    public static final Lifetimes USUAL = new Lifetimes(Duration.ofHours(1), Duration.ofDays(1));
  }

  private final Index index;
  private final PlcDirectory plc;
  private final VettedFetcher fetcher;
  private final InstantSource clock;
  private final Executor background;
  private final Lifetimes lifetimes;
  private final Duration timeout;

  /**
   * A resolver.
   *
   * @param background runs the refreshing of stale documents
   * @param timeout for fetching one document
   */
  public DidResolver(
      Index index,
      PlcDirectory plc,
      VettedFetcher fetcher,
      InstantSource clock,
      Executor background,
      Lifetimes lifetimes,
      Duration timeout) {
    this.index = index;
    this.plc = plc;
    this.fetcher = fetcher;
    this.clock = clock;
    this.background = background;
    this.lifetimes = lifetimes;
    this.timeout = timeout;
  }

  /**
   * The document of a DID, at most a day old.
   *
   * @return empty if the DID does not exist, or is of a method that is not supported
   * @throws FetchException if whoever could tell did not
   */
  public Optional<DidDocument> resolve(Did did) throws FetchException {
    Instant now = clock.instant();
    Optional<Item> kept =
        index
            .getStale(key(did))
            .filter(item -> now.isBefore(fetchedAt(item).plus(lifetimes.dropped())));
    if (kept.isEmpty()) {
      return refresh(did);
    }
    if (!now.isBefore(fetchedAt(kept.get()).plus(lifetimes.stale()))) {
      background.execute(() -> refreshQuietly(did));
    }
    return Optional.of(document(kept.get()));
  }

  /**
   * The document of a DID, fetched now.
   *
   * @return as {@link #resolve}
   * @throws FetchException as {@link #resolve}
   */
  public Optional<DidDocument> refresh(Did did) throws FetchException {
    Optional<DidDocument> document = fetch(did);
    if (document.isPresent()) {
      keep(did, document.get());
    } else {
      forget(did);
    }
    return document;
  }

  /**
   * Whether a DID existed and was taken out of use; only of did:plc can that be told.
   *
   * @throws FetchException if the directory did not tell
   */
  public boolean isDeactivated(Did did) throws FetchException {
    try {
      return did.method().equals("plc")
          && plc.last(did).map(operation -> operation.state().isEmpty()).orElse(false);
    } catch (DirectoryException e) {
      throw new FetchException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Forgets what is remembered of a DID. */
  public void forget(Did did) {
    index.batchDelete(List.of(key(did)));
  }

  /** A key out of a document; empty also if the document cannot be had now. */
  public Optional<PublicKey> key(Did did, String fragment, boolean fresh) {
    try {
      Optional<DidDocument> document = fresh ? refresh(did) : resolve(did);
      return document.flatMap(found -> found.verificationKey(fragment));
    } catch (FetchException e) {
      return Optional.empty();
    }
  }

  private void refreshQuietly(Did did) {
    try {
      Optional<DidDocument> _ = refresh(did);
    } catch (FetchException e) {
      // The stale one is served until it is a day old.
    }
  }

  private Optional<DidDocument> fetch(Did did) throws FetchException {
    try {
      Optional<DidDocument> document =
          switch (did.method()) {
            case "plc" -> plc.document(did).map(DidDocument::parse);
            case "web" -> fetchWeb(did);
            default -> Optional.<DidDocument>empty();
          };
      if (document.isPresent() && !document.get().did().equals(did)) {
        throw new FetchException("DID document is another DID's");
      }
      return document;
    } catch (DirectoryException e) {
      throw new FetchException(String.valueOf(e.getMessage()), e);
    } catch (DataException e) {
      throw new FetchException("DID document is malformed: " + e.getMessage(), e);
    }
  }

  private Optional<DidDocument> fetchWeb(Did did) throws FetchException {
    URI uri;
    try {
      uri = DidWeb.documentUri(did);
    } catch (SyntaxException e) {
      return Optional.empty();
    }
    HttpAnswer answer =
        fetcher.fetch(
            VettedFetcher.Request.get(uri),
            new VettedFetcher.Limits(DidDocument.MAX_BYTES, timeout));
    if (answer.status() == 404 || answer.status() == 410) {
      return Optional.empty();
    }
    if (!answer.isSuccess()) {
      throw new FetchException("DID document: answered " + answer.status());
    }
    if (DataJson.parse(answer.body()) instanceof Value.Obj object) {
      return Optional.of(DidDocument.parse(object));
    }
    throw new FetchException("DID document is not an object");
  }

  private void keep(Did did, DidDocument document) {
    Instant now = clock.instant();
    Item item =
        Item.builder()
            .bytes("document", DataJson.toJson(document.toValue()))
            .number("fetchedAt", now.toEpochMilli())
            .build();
    index.batchPut(List.of(new Entry(key(did), item, now.plus(lifetimes.dropped()))));
  }

  private static DidDocument document(Item item) {
    return DidDocument.parse((Value.Obj) DataJson.parse(item.requireBytes("document")));
  }

  private static Instant fetchedAt(Item item) {
    return Instant.ofEpochMilli(item.requireNumber("fetchedAt"));
  }

  private static Key key(Did did) {
    return new Key("diddoc#" + did, "document");
  }
}
