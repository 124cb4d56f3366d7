package dev.virga.pds.mail;

import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.config.PdsConfig;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the mails of this server, one method for each purpose. */
public final class Letters {
  /** Where the app of the network takes a code that confirms an address. */
  private static final String CONFIRMATION_PAGE = "https://bsky.app/intent/verify-email?code=";

  private static final String FROM_OPERATOR = "Message via your PDS";
  private static final String NOT_YOU = "If it was not you who asked for this, ignore this mail: ";

  private final String server;
  private final String footer;
  private final boolean confirmationLink;

  /** Letters of the server that a configuration describes. */
  public Letters(PdsConfig config) {
    PdsConfig.Service service = config.service();
    this.server =
        service.name().map(name -> name.replaceAll("\\s+", " ")).orElse(service.hostname());
    this.footer =
        "Sent by "
            + server
            + ", "
            + service.publicUrl()
            + service.contactEmail().map(mail -> ". Questions: " + mail).orElse("");
    this.confirmationLink = config.mail().confirmationLink() && !service.devMode();
  }

  /**
   * Carries a token by which its reader proves that the address is theirs.
   *
   * @param to the address that is to be confirmed
   */
  public Mail confirmEmail(String to, Handle handle, String token) {
    List<Letter.Part> parts = new ArrayList<>();
    parts.add(
        paragraph(
            ("This address was given for the account @%s at %s. To confirm it, enter this code"
                    + " in your app:")
                .formatted(handle, server)));
    parts.add(new Letter.Part.Code(token));
    if (confirmationLink) {
      String code = URLEncoder.encode(token, StandardCharsets.UTF_8);
      parts.add(
          new Letter.Part.Link("Confirm in the Bluesky app", URI.create(CONFIRMATION_PAGE + code)));
    }
    parts.add(expiry(NOT_YOU + "nothing happens without the code."));
    return mail(to, "Confirm your e-mail address", parts, Mail.Purpose.CONFIRM_EMAIL);
  }

  /**
   * Carries a token that allows another address to take this one's place.
   *
   * @param to the address so far
   */
  public Mail updateEmail(String to, Handle handle, String token) {
    return withCode(
        to,
        "Change your e-mail address",
        "Somebody wants to replace the e-mail address of the account @%s. To allow it, enter this"
            + " code in your app:",
        handle,
        token,
        NOT_YOU + "the address stays as it is, but consider changing your password.",
        Mail.Purpose.UPDATE_EMAIL);
  }

  /** Carries a token that allows a new password to be set. */
  public Mail resetPassword(String to, Handle handle, String token) {
    return withCode(
        to,
        "Reset your password",
        "A new password was asked for, for the account @%s. To set one, enter this code in your"
            + " app:",
        handle,
        token,
        NOT_YOU + "your password stays as it is.",
        Mail.Purpose.RESET_PASSWORD);
  }

  /** Carries a token that allows the account to be deleted. */
  public Mail deleteAccount(String to, Handle handle, String token) {
    return withCode(
        to,
        "Delete your account",
        "Somebody wants to delete the account @%s with all its posts, likes, follows and files."
            + " This cannot be undone. To do it, enter this code together with your password:",
        handle,
        token,
        "If it was not you who asked for this, tell nobody the code and change your password.",
        Mail.Purpose.DELETE_ACCOUNT);
  }

  /** Carries a token that allows the account's identity to be signed over. */
  public Mail plcOperation(String to, Handle handle, String token) {
    return withCode(
        to,
        "Change your identity",
        "Somebody wants to change the identity of the account @%s in the PLC directory, as one does"
            + " to move to another server. Whoever has this code can take the account over for"
            + " good. To go on, enter it where you asked for it:",
        handle,
        token,
        "If it was not you who asked for this, tell nobody the code and change your password.",
        Mail.Purpose.PLC_OPERATION);
  }

  /**
   * What the operator or a moderator writes to an account's owner.
   *
   * @param subject empty for a general one
   * @param content HTML that is sent as it is, its writer being trusted; or text, of which blank
   *     lines make paragraphs
   * @throws dev.virga.atproto.syntax.SyntaxException if the subject is not one line
   */
  public Mail message(String to, Optional<String> subject, String content) {
    String line = subject.filter(given -> !given.isBlank()).orElse(FROM_OPERATOR);
    if (Html.isIn(content)) {
      return new Mail(
          to, line, Html.toText(content), content, Mail.Purpose.MESSAGE, Mail.Kind.MODERATION);
    }
    Letter letter = new Letter(line, paragraphs(content), footer);
    return new Mail(
        to, line, letter.text(), letter.html(), Mail.Purpose.MESSAGE, Mail.Kind.MODERATION);
  }

  private static List<Letter.Part> paragraphs(String content) {
    List<Letter.Part> parts = new ArrayList<>();
    StringBuilder paragraph = new StringBuilder();
    for (String line : content.lines().toList()) {
      if (!line.isBlank()) {
        paragraph.append(paragraph.isEmpty() ? "" : "\n").append(line.stripTrailing());
      } else if (!paragraph.isEmpty()) {
        parts.add(new Letter.Part.Paragraph(paragraph.toString()));
        paragraph.setLength(0);
      }
    }
    if (!paragraph.isEmpty()) {
      parts.add(new Letter.Part.Paragraph(paragraph.toString()));
    }
    return parts;
  }

  private Mail withCode(
      String to,
      String subject,
      String what,
      Handle handle,
      String token,
      String otherwise,
      Mail.Purpose purpose) {
    return mail(
        to,
        subject,
        List.of(paragraph(what.formatted(handle)), new Letter.Part.Code(token), expiry(otherwise)),
        purpose);
  }

  private static Letter.Part paragraph(String text) {
    return new Letter.Part.Paragraph(text);
  }

  private static Letter.Part expiry(String otherwise) {
    return new Letter.Part.Paragraph("The code is good for 15 minutes. " + otherwise);
  }

  private Mail mail(String to, String subject, List<Letter.Part> parts, Mail.Purpose purpose) {
    Letter letter = new Letter(subject, parts, footer);
    String line = subject + " (" + server + ")";
    return new Mail(to, line, letter.text(), letter.html(), purpose, Mail.Kind.SERVICE);
  }
}
