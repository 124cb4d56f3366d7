/**
 * The end of every {@code org.slf4j} logger: one line per event on standard error, as JSON for
 * machines or plain for people. Chosen by SLF4J through {@code META-INF/services}; nobody else
 * names these classes.
 *
 * <p>{@code LOG_LEVEL} (trace to error, [info]) and {@code LOG_ENABLED} [true] mean what they mean
 * to the reference; {@code VIRGA_LOG_FORMAT} is {@code json} or {@code plain} [json under Lambda].
 */
@NullMarked
package dev.virga.pds.log;

import org.jspecify.annotations.NullMarked;
