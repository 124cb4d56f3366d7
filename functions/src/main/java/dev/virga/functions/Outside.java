package dev.virga.functions;

import dev.virga.pds.identity.PlcDirectory;
import dev.virga.pds.identity.TxtLookup;
import dev.virga.pds.identity.VettedFetcher;
import java.util.concurrent.Executor;

/**
 * The world around a PDS, as its tests may replace it.
 *
 * @param plc the directory of did:plc
 * @param fetcher everything else that is fetched
 * @param dns TXT records of handles
 * @param background where work goes that nobody waits for
 */
public record Outside(
    PlcDirectory plc, VettedFetcher fetcher, TxtLookup dns, Executor background) {}
