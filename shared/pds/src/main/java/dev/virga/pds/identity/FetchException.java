package dev.virga.pds.identity;

import java.io.IOException;

/** A fetch from elsewhere that was not allowed or did not work; the message is fit to show. */
public final class FetchException extends IOException {
  private static final long serialVersionUID = 1L;

  public FetchException(String message) {
    super(message);
  }

  FetchException(String message, Throwable cause) {
    super(message, cause);
  }
}
