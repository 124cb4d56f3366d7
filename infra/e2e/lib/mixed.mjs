// Random writes of every kind to one repository, with the model of what it must hold afterwards.
import assert from 'node:assert/strict'
import { FOLLOW, LIKE, NOTE, POST, create, noteRecord, now, pathOf, postRecord, remove, tid, update } from './records.mjs'

const MAKE = {
  [POST]: (n) => postRecord(`post ${n}`, { langs: ['de'], tags: [`t${n}`] }),
  [LIKE]: (n) => ({ $type: LIKE, subject: { uri: `at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/${POST}/${n}`, cid: 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a' }, createdAt: now() }),
  [FOLLOW]: (n) => ({ $type: FOLLOW, subject: `did:web:n${n}.example.com`, createdAt: now() }),
  [NOTE]: (n) => noteRecord(n, { list: [n, { n }], bytes: { $bytes: Buffer.from(String(n)).toString('base64').replace(/=/g, '') } }),
}
const COLLECTIONS = Object.keys(MAKE)

/** Writes to an account and remembers in `records` (path → { cid, value }) and `revs` what must come of it. */
export class MixedWriter {
  records = new Map()
  commits = []
  #account
  #random
  #count = 0

  constructor(account, random) {
    this.#account = account
    this.#random = random
  }

  /** Makes `calls` calls of createRecord, putRecord and deleteRecord. */
  async singles(calls) {
    for (let i = 0; i < calls; i++) {
      const existing = [...this.records.keys()]
      const kind = existing.length < 5 ? 0 : this.#random.below(10)
      if (kind < 5) await this.#create()
      else if (kind < 8) await this.#put(kind === 7 ? undefined : this.#random.pick(existing))
      else await this.#delete(this.#random.pick(existing))
    }
  }

  /** One applyWrites of `size` creates, updates and deletes, no two of the same record. */
  async batch(size) {
    const free = [...this.records.keys()]
    const writes = Array.from({ length: size }, () => {
      const kind = this.#random.below(4)
      if (kind < 2 || free.length === 0) return create(...this.#fresh())
      const [path] = free.splice(this.#random.below(free.length), 1)
      const [collection, rkey] = path.split('/')
      return kind === 2 ? update(collection, rkey, this.#value(collection)) : remove(collection, rkey)
    })
    const { data } = await this.#repo.applyWrites({ repo: this.#account.did, writes })
    assert.equal(data.results.length, size)
    data.results.forEach((result, i) => {
      const { collection, rkey, value } = writes[i]
      if (value) this.#remember(`${collection}/${rkey}`, result, value)
      else this.records.delete(`${collection}/${rkey}`)
    })
    this.commits.push(data.commit)
  }

  /** Path → CID, in the order of the tree. */
  cids() {
    const byPath = ([a], [b]) => (a < b ? -1 : 1)
    return new Map([...this.records].map(([path, { cid }]) => [path, cid]).sort(byPath))
  }

  get #repo() {
    return this.#account.agent.com.atproto.repo
  }

  #value(collection) {
    return MAKE[collection](this.#count++)
  }

  #fresh() {
    const collection = this.#random.pick(COLLECTIONS)
    const rkey = collection === NOTE ? this.#random.text(1 + this.#random.below(20), 'abc:._-~') + this.#count : tid()
    return [collection, rkey, this.#value(collection)]
  }

  #remember(path, { uri, cid }, value) {
    assert.equal(pathOf(uri), path)
    this.records.set(path, { cid, value })
  }

  async #create() {
    const [collection, rkey, record] = this.#fresh()
    const { data } = await this.#repo.createRecord({ repo: this.#account.did, collection, rkey, record })
    this.#remember(`${collection}/${rkey}`, data, record)
    this.commits.push(data.commit)
  }

  async #put(path) {
    const [collection, rkey, record] = path ? [...path.split('/'), this.#value(path.split('/')[0])] : this.#fresh()
    const { data } = await this.#repo.putRecord({ repo: this.#account.did, collection, rkey, record })
    this.#remember(`${collection}/${rkey}`, data, record)
    this.commits.push(data.commit)
  }

  async #delete(path) {
    const [collection, rkey] = path.split('/')
    const { data } = await this.#repo.deleteRecord({ repo: this.#account.did, collection, rkey })
    this.records.delete(path)
    this.commits.push(data.commit)
  }
}
