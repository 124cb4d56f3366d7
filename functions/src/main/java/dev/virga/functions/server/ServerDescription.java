package dev.virga.functions.server;

import dev.virga.atproto.syntax.Did;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What this server says of itself by {@link DescribeServer}.
 *
 * @param handleDomains each with its leading dot
 * @param blobUploadLimit in bytes
 */
public record ServerDescription(
    Did did,
    List<String> handleDomains,
    boolean inviteRequired,
    long blobUploadLimit,
    Optional<URI> privacyPolicy,
    Optional<URI> termsOfService,
    Optional<String> contactEmail) {
  public ServerDescription {
    handleDomains = List.copyOf(handleDomains);
  }
}
