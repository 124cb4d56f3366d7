package dev.virga.functions;

import dev.virga.pds.account.SignIn;
import dev.virga.pds.identity.PlcDirectory;
import dev.virga.pds.identity.TxtLookup;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * What {@link Services} stand on, and what differs between Lambda, the host and tests.
 *
 * @param background runs what nobody waits for
 * @param scratch a directory on this machine for what is too large for memory, gone with a restart
 */
public record Surroundings(
    Index index,
    Objects objects,
    PlcDirectory plc,
    VettedFetcher fetcher,
    TxtLookup dns,
    InstantSource clock,
    SecureRandom random,
    SignIn.Pause pause,
    Executor background,
    Path scratch) {}
