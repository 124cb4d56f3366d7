// Waiting for something that happens elsewhere, with a deadline and without fixed sleeps.
import { setTimeout as pause } from 'node:timers/promises'

/** The first truthy answer of `ask`; throws once the deadline has passed. */
export async function poll(what, ask, deadlineMs = 20_000) {
  const end = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await pause(20)
  }
}
