package dev.virga.pds.verify;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Key;
import dev.virga.pds.verify.Finding.Code;
import dev.virga.pds.verify.Finding.Severity;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is found of one account, or of the server as a whole, while it is being looked at. */
final class Findings {
  /** More than that of one account help nobody. */
  private static final int MOST = 1_000;

  private final @Nullable Did did;
  private final Instant settled;
  private final Set<Finding> found = new LinkedHashSet<>();
  private Tally tally = Tally.NONE;

  /**
   * @param did null for the server as a whole
   * @param settled what was begun after this may still be under way
   */
  Findings(@Nullable Did did, Instant settled) {
    this.did = did;
    this.settled = settled;
  }

  void damage(Code code, Key key, String detail) {
    add(code, Severity.DAMAGE, name(key), detail);
  }

  void damage(Code code, String what, String detail) {
    add(code, Severity.DAMAGE, what, detail);
  }

  void underWay(Code code, String what, String detail) {
    add(code, Severity.UNDER_WAY, what, detail);
  }

  /** Something that nobody refers to, which whoever wrote it may still be about to do. */
  void leftover(Code code, String what, Instant written, String detail) {
    add(code, written.isAfter(settled) ? Severity.UNDER_WAY : Severity.LEFTOVER, what, detail);
  }

  void leftover(Code code, Key key, Tid written, String detail) {
    leftover(code, name(key), instant(written), detail);
  }

  void add(Code code, Severity severity, String what, String detail) {
    if (found.size() < MOST) {
      found.add(new Finding(code, severity, Optional.ofNullable(did), what, detail));
    }
  }

  void count(Tally more) {
    tally = tally.plus(more);
  }

  Tally tally() {
    return tally;
  }

  List<Finding> found() {
    return List.copyOf(found);
  }

  static Instant instant(Tid tid) {
    return Instant.ofEpochMilli(tid.micros() / 1_000);
  }

  static String name(Key key) {
    return Finding.name(key);
  }
}
