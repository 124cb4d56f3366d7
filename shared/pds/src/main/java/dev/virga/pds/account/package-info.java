/**
 * Accounts: who they are, what state they are in, how one begins and ends.
 *
 * <p>Terms: a <i>claim</i> is the item that makes a handle, an e-mail address or an invite code one
 * account's own; the <i>epoch</i> of an account counts the changes that end all its sessions; an
 * <i>intent</i> is the note that a sign-up is under way.
 *
 * <p>A sign-up is a saga, since the PLC directory takes no part in our transactions:
 *
 * <ol>
 *   <li>everything that can be refused is refused, without a trace;
 *   <li>one transaction writes the intent and reserves handle and address;
 *   <li>the genesis operation goes to the PLC directory;
 *   <li>one transaction writes the account, its key, its empty repository, its events and its first
 *       session, makes the reservations claims, and removes the intent, on condition that the
 *       intent is still open.
 * </ol>
 *
 * <p>Whatever goes wrong after step 2 is undone by {@link dev.virga.pds.account.SignUpIntents}: the
 * intent is closed first, which bars step 4 for ever, then the DID is tombstoned if the directory
 * knows it, then the reservations and at last the intent go. Each of these can be repeated, so a
 * process that dies leaves an intent that {@code recover} finishes, at the latest when somebody
 * else wants the same handle.
 */
@NullMarked
package dev.virga.pds.account;

import org.jspecify.annotations.NullMarked;
