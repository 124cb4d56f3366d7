// Records as clients write them.
export const POST = 'app.bsky.feed.post'
export const LIKE = 'app.bsky.feed.like'
export const FOLLOW = 'app.bsky.graph.follow'
export const PROFILE = 'app.bsky.actor.profile'
export const NOTE = 'com.example.note' // nobody publishes this lexicon

export const now = () => new Date().toISOString()
export const postRecord = (text = 'hello', extra = {}) => ({ $type: POST, text, createdAt: now(), ...extra })
export const noteRecord = (value, extra = {}) => ({ $type: NOTE, value, ...extra })
export const pathOf = (uri) => uri.split('/').slice(3).join('/')

const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz'
let last = 0n
/** A record key of the TID kind, rising within this process. */
export function tid() {
  const micros = BigInt(Date.now()) * 1000n
  last = micros > last ? micros : last + 1n
  let rest = (last << 10n) | BigInt(process.pid & 1023)
  let text = ''
  for (let i = 0; i < 13; i++, rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text
  return text
}

export const create = (collection, rkey, value) => ({ $type: 'com.atproto.repo.applyWrites#create', collection, rkey, value })
export const update = (collection, rkey, value) => ({ $type: 'com.atproto.repo.applyWrites#update', collection, rkey, value })
export const remove = (collection, rkey) => ({ $type: 'com.atproto.repo.applyWrites#delete', collection, rkey })
