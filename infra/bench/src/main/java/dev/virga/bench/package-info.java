/** Benchmarks: outside the product and its tests, built only when they are asked for. */
package dev.virga.bench;
