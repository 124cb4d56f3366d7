package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.HandleResolver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which handles this server gives out, and which ones of elsewhere it accepts.
 *
 * <p>Under a service domain: one label of 3 to 18 characters that is neither reserved nor a slur.
 * Under any other domain: whatever that domain itself assigns to the account. Source: behaviour
 * §10.
 */
public final class HandlePolicy {
  private static final int MIN_LABEL = 3;
  private static final int MAX_LABEL = 18;

  private static final Set<String> DISALLOWED_TLDS =
      Set.of("local", "arpa", "invalid", "localhost", "internal", "example", "alt", "onion");

  private final List<String> domains;
  private final Set<String> reserved;
  private final SlurFilter slurs;
  private final HandleResolver resolver;

  /**
   * A policy.
   *
   * @param domains each with its leading dot
   */
  public HandlePolicy(List<String> domains, HandleResolver resolver) {
    this.domains = List.copyOf(domains);
    this.reserved = Set.copyOf(WordList.load("reserved-handles.txt"));
    this.slurs = SlurFilter.bundled();
    this.resolver = resolver;
  }

  /**
   * Reads a handle that somebody wants and demands that it may be had, whether or not it is taken.
   *
   * @param account that must be what an outside domain says; null for an account still without a
   *     DID, which cannot have such a handle
   * @throws XrpcException 400 InvalidHandle, HandleNotAvailable (reserved), UnsupportedDomain or
   *     InvalidRequest (not assigned to the account by its domain)
   */
  public Handle accept(String text, @Nullable Did account) {
    Handle handle = parse(text);
    requireTopLevelDomain(handle);
    if (slurs.matches(handle.text())) {
      throw XrpcException.badRequest("InvalidHandle", "Inappropriate language in handle");
    }
    Optional<String> domain = domains.stream().filter(handle.text()::endsWith).findFirst();
    if (domain.isPresent()) {
      requireLabel(handle.text().substring(0, handle.text().length() - domain.get().length()));
    } else {
      requireAssigned(handle, account);
    }
    return handle;
  }

  /**
   * Reads a handle that the operator assigns: only its syntax counts.
   *
   * @throws XrpcException 400 InvalidHandle
   */
  public static Handle parse(String text) {
    try {
      return Handle.parse(text.strip());
    } catch (SyntaxException e) {
      throw XrpcException.badRequest("InvalidHandle", "Input/handle must be a valid handle");
    }
  }

  private static void requireTopLevelDomain(Handle handle) {
    String tld = handle.text().substring(handle.text().lastIndexOf('.') + 1);
    if (DISALLOWED_TLDS.contains(tld)) {
      throw XrpcException.badRequest("InvalidHandle", "Handle TLD is invalid or disallowed");
    }
  }

  private void requireLabel(String label) {
    if (label.indexOf('.') >= 0) {
      throw XrpcException.badRequest("InvalidHandle", "Invalid characters in handle");
    }
    if (label.length() < MIN_LABEL) {
      throw XrpcException.badRequest("InvalidHandle", "Handle too short");
    }
    if (label.length() > MAX_LABEL) {
      throw XrpcException.badRequest("InvalidHandle", "Handle too long");
    }
    if (reserved.contains(label)) {
      throw XrpcException.badRequest("HandleNotAvailable", "Reserved handle");
    }
  }

  private void requireAssigned(Handle handle, @Nullable Did account) {
    if (account == null) {
      throw XrpcException.badRequest("UnsupportedDomain", "Not a supported handle domain");
    }
    Optional<Did> assigned = resolver.resolveElsewhere(handle);
    if (!assigned.equals(Optional.of(account))) {
      throw XrpcException.invalidRequest("External handle did not resolve to DID");
    }
  }
}
