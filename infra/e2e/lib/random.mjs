// Seeded randomness, the same in every run; VIRGA_SEED looks elsewhere.
import { createHash } from 'node:crypto'

export class Random {
  #state

  constructor(seed = Number(process.env.VIRGA_SEED ?? 1)) {
    this.seed = seed
    this.#state = createHash('sha256').update(String(seed)).digest().readUInt32LE(0)
  }

  /** An integer from 0 up to but excluding n (the mulberry32 generator). */
  below(n) {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n)
  }

  pick(list) {
    return list[this.below(list.length)]
  }

  text(length, alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789') {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('')
  }
}
