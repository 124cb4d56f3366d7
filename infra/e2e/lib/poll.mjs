// Waiting for something that happens elsewhere, with a deadline and without fixed sleeps.
import { setTimeout as pause } from 'node:timers/promises'

const DEADLINE_MS = 60_000 // on an overloaded machine the first calls of a fresh JVM take long

/** The first truthy answer of `ask`; throws once the deadline has passed. */
export async function poll(what, ask, deadlineMs = DEADLINE_MS) {
  const end = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await pause(20)
  }
}
