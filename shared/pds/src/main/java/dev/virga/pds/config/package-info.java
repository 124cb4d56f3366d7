/**
 * What the operator decides, read once from the environment into types.
 *
 * <p>Names that begin with {@code PDS_} mean what they mean to the reference server, so its {@code
 * pds.env} works here; what only Virga knows begins with {@code VIRGA_}. An empty value counts as
 * absent. Pure: no file, no clock and no randomness is touched.
 */
@NullMarked
package dev.virga.pds.config;

import org.jspecify.annotations.NullMarked;
