// Two consumers of com.atproto.sync.subscribeRepos: a bare one that keeps every frame, and the official verifying one.
import assert from 'node:assert/strict'
import { Firehose } from '@atproto/sync'
import { Frame } from '@atproto/xrpc-server'
import WebSocket from 'ws'
import { poll } from './poll.mjs'
import { identityResolver, url } from './world.mjs'

const METHOD = 'com.atproto.sync.subscribeRepos'
const socketUrl = (server) => server.replace(/^http/, 'ws')

/** Keeps every frame, in order, as { type, body, header, bytes }; an error frame has the type 'error'. */
export class Subscriber {
  frames = []
  closed = undefined // { code, reason } once the server has closed
  #socket

  constructor({ server = url, cursor } = {}) {
    const query = cursor === undefined ? '' : `?cursor=${cursor}`
    this.#socket = new WebSocket(`${socketUrl(server)}/xrpc/${METHOD}${query}`)
    this.opened = new Promise((resolve, reject) => {
      this.#socket.on('open', () => resolve(this))
      this.#socket.on('error', reject)
    })
    this.opened.catch(() => {}) // whoever waits for it hears of it
    this.#socket.on('message', (bytes, binary) => {
      assert.ok(binary, 'every message is binary')
      const frame = Frame.fromBytes(bytes)
      this.frames.push({ type: frame.isError() ? 'error' : frame.type, header: frame.header, body: frame.body, bytes })
    })
    this.#socket.on('close', (code, reason) => { this.closed = { code, reason: String(reason) } })
  }

  static async open(options) {
    return new Subscriber(options).opened
  }

  get lastSeq() {
    return this.frames.at(-1)?.body.seq
  }

  /** Waits for the frame that `matches`. */
  async until(what, matches) {
    let seen = 0
    return poll(`the firehose to show ${what}`, () => {
      for (; seen < this.frames.length; seen++) if (matches(this.frames[seen])) return this.frames[seen]
      if (this.closed) throw new Error(`the firehose was closed: ${JSON.stringify(this.closed)}`)
    })
  }

  untilCommit(cid) {
    return this.until(`commit ${cid}`, (frame) => frame.type === '#commit' && String(frame.body.commit) === String(cid))
  }

  untilClosed() {
    return poll('the firehose to be closed', () => this.closed)
  }

  close() {
    this.#socket.terminate()
  }
}

/** @atproto/sync's consumer: verifies each commit's signature and proofs; collects what it accepts and what it refuses. */
export class Verifier {
  events = []
  errors = []
  #firehose

  constructor({ server = url, cursor } = {}) {
    this.#firehose = new Firehose({
      service: socketUrl(server),
      idResolver: identityResolver(server),
      getCursor: () => cursor,
      handleEvent: (event) => { this.events.push(event) },
      onError: (error) => { this.errors.push(error) },
    })
    this.#firehose.start()
  }

  async untilSeq(seq) {
    await poll(`the verifying consumer to reach ${seq}`, () => {
      if (this.errors.length) throw this.errors[0]
      return this.events.some((event) => event.seq >= seq)
    }, 60_000)
  }

  close() {
    return this.#firehose.destroy()
  }
}

/** What the verifying consumer should make of bare frames up to a seq: one line per operation or event. */
export function expectedEvents(frames, from, to) {
  const lines = []
  for (const { type, body } of frames) {
    if (!(body.seq >= from && body.seq <= to)) continue
    if (type === '#commit') for (const op of body.ops) lines.push(`${body.seq} ${op.action} at://${body.repo}/${op.path} ${op.cid ?? ''}`)
    else lines.push(`${body.seq} ${type.slice(1)} ${body.did}`)
  }
  return lines.sort()
}

export function acceptedEvents(events, from, to) {
  const line = (event) => event.uri
    ? `${event.seq} ${event.event} ${event.uri} ${event.cid ?? ''}`
    : `${event.seq} ${event.event} ${event.did}`
  return events.filter(({ seq }) => seq >= from && seq <= to).map(line).sort()
}
