package dev.virga.pds.config;

/** A setting that is missing or makes no sense; the message names the variable. */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String variable, String complaint) {
    super(variable + " " + complaint);
  }
}
