/**
 * Mails to the owners of accounts: {@link dev.virga.pds.mail.Letters} writes them, {@link
 * dev.virga.pds.mail.PostOffice} sends them by SMTP, or shows them where there is none.
 *
 * <p>Traps: sending blocks for as long as the mail server takes, up to a minute and a half, and
 * fails with a {@link dev.virga.pds.mail.MailException}; a caller whose answer must not tell
 * whether there was a mail to send, does that in the background. A mail holds tokens, so it does
 * not show itself in logs; without an SMTP server the log is the mailbox, on purpose. The SMTP
 * library is loaded with the first mail only: nothing but {@code SmtpDelivery} may name it, and its
 * {@code META-INF} (mailcap, services) must survive the making of a single jar. This package knows
 * nothing of accounts, which know it.
 */
@NullMarked
package dev.virga.pds.mail;

import org.jspecify.annotations.NullMarked;
