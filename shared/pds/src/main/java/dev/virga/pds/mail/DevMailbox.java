package dev.virga.pds.mail;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mails of a laptop: kept in memory, the last {@value #CAPACITY}, for whoever looks. */
public final class DevMailbox implements Mailer {
  private static final Logger LOG = LoggerFactory.getLogger(DevMailbox.class);
  private static final int CAPACITY = 200;

  private final InstantSource clock;
  private final ArrayDeque<Delivered> mails = new ArrayDeque<>();
  private long last;

  public DevMailbox(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * A mail in the box.
   *
   * @param id counts from 1
   */
  public record Delivered(long id, Instant time, Mail mail) {}

  @Override
  public void send(Mail mail) {
    LOG.info("Mail for {}: {} (see /dev/mail)", mail.to(), mail.subject());
    synchronized (this) {
      last++;
      mails.addFirst(new Delivered(last, clock.instant(), mail));
      if (mails.size() > CAPACITY) {
        mails.removeLast();
      }
    }
  }

  /** All mails, the latest first. */
  public synchronized List<Delivered> all() {
    return List.copyOf(mails);
  }

  /** The mails to an address in any case, the latest first. */
  public List<Delivered> to(String address) {
    return all().stream().filter(one -> one.mail().to().equalsIgnoreCase(address)).toList();
  }

  public Optional<Delivered> find(long id) {
    return all().stream().filter(one -> one.id() == id).findFirst();
  }
}
