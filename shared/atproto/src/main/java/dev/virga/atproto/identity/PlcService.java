package dev.virga.atproto.identity;

/** Where a service of an account is to be found; a part of {@link PlcData}. */
public record PlcService(String type, String endpoint) {}
