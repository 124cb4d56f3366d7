// A Jetstream client as app developers use it, that keeps every event.
import { Jetstream } from '@skyware/jetstream'
import WebSocket from 'ws'
import { poll } from './poll.mjs'
import { url } from './world.mjs'

export const endpoint = (server = url) => `${server.replace(/^http/, 'ws')}/subscribe`

export class Listener {
  events = []
  client

  constructor({ server = url, ...options } = {}) {
    this.client = new Jetstream({ ws: WebSocket, endpoint: endpoint(server), ...options })
    for (const kind of ['commit', 'identity', 'account']) this.client.on(kind, (event) => this.events.push(event))
    this.opened = new Promise((resolve, reject) => {
      this.client.on('open', () => resolve(this))
      this.client.on('error', (error) => reject(error))
    })
    this.opened.catch(() => {}) // whoever waits for it hears of it
    this.client.start()
  }

  static async open(options) {
    return new Listener(options).opened
  }

  /** Waits for the events of a record that `matches`, at least `times` of them. */
  async until(what, matches, times = 1) {
    return poll(`Jetstream to show ${what}`, () => {
      const found = this.events.filter(matches)
      return found.length >= times && found
    })
  }

  untilRecord(rkey, times) {
    return this.until(`record ${rkey}`, ({ commit }) => commit?.rkey === rkey, times)
  }

  /** What commits did, in order: operation, path and CID. */
  operations() {
    return this.events.filter(({ kind }) => kind === 'commit').map(({ commit }) => `${commit.operation} ${commit.collection}/${commit.rkey} ${commit.cid ?? ''}`)
  }

  close() {
    this.client.close()
  }
}

/** The status with which a request for the stream is refused. */
export function refusal(query, headers = {}) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(endpoint() + query, { headers })
    socket.on('unexpected-response', (request, response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve({ status: response.statusCode, json: JSON.parse(Buffer.concat(chunks)) }))
    })
    socket.on('open', () => reject(new Error(`${query} was not refused`)))
    socket.on('error', reject)
  })
}
