/** The site around the methods: plain pages, well-known documents, cross-origin rules, 404. */
@NullMarked
package dev.virga.functions.site;

import org.jspecify.annotations.NullMarked;
