package dev.virga.pds.identity;

import org.jspecify.annotations.Nullable;

/** A PLC directory that did not do what it was asked. */
public final class DirectoryException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean open;

  private DirectoryException(String message, boolean open, @Nullable Throwable cause) {
    super(message, cause);
    this.open = open;
  }

  /** The directory said no. */
  public static DirectoryException refused(String message) {
    return new DirectoryException(message, false, null);
  }

  /** The directory said nothing that could be understood: it may have done it or not. */
  public static DirectoryException unanswered(String message, @Nullable Throwable cause) {
    return new DirectoryException(message, true, cause);
  }

  /** Whether it may have happened all the same. */
  public boolean isOpen() {
    return open;
  }
}
