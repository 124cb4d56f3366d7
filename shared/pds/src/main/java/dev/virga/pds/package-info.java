/** The service on top of two ports; knows neither Lambda nor an HTTP server. */
@NullMarked
package dev.virga.pds;

import org.jspecify.annotations.NullMarked;
