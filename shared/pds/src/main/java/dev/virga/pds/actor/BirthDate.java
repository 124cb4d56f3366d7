package dev.virga.pds.actor;

import java.time.LocalDate;
import java.time.Period;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The day somebody says to be born on: a part of {@link Preferences}. */
record BirthDate(LocalDate day) {
  private static final int DATE_LENGTH = "0000-00-00".length();

  /** The date of a datetime, as its owner wrote it; empty if there is none in it. */
  static Optional<BirthDate> parse(String datetime) {
    if (datetime.length() < DATE_LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BirthDate(LocalDate.parse(datetime.substring(0, DATE_LENGTH))));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Whole years on a day. */
  int ageOn(LocalDate today) {
    return Period.between(day, today).getYears();
  }
}
