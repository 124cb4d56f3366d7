package dev.virga.pds.moderation;

import dev.virga.atproto.data.Cid;
import java.util.Optional;

/**
 * What holds of a {@link Subject}.
 *
 * @param takedown the moderator's reference if it is taken down
 * @param deactivated whether an account is switched off by its owner; empty for other subjects
 * @param cid of a record or blob
 */
public record SubjectStatus(
    Optional<String> takedown, Optional<Boolean> deactivated, Optional<Cid> cid) {}
