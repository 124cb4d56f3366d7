// Uses a PDS as an account's owner would, from outside: the same against a laptop, an emulator and the cloud.
// Usage: node smoke.mjs URL [--events WS-URL | none] [--binary] [--admin-password PASSWORD] [--keep] [--patience SECONDS]
// Needs Node 20 or newer and no packages; exits with 0 if every step passed, 1 if one failed, 2 if misused.
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'

const usage = 'Usage: smoke.mjs URL [--events WS-URL | none] [--binary] [--admin-password PASSWORD] [--keep] [--patience SECONDS]'
let given
try {
  given = parseArgs({
    allowPositionals: true,
    options: {
      events: { type: 'string' },
      binary: { type: 'boolean', default: false },
      'admin-password': { type: 'string' },
      keep: { type: 'boolean', default: false },
      patience: { type: 'string', default: '20' },
    },
  })
} catch (error) {
  console.error(`${error.message}\n${usage}`)
  process.exit(2)
}
const [base] = given.positionals
if (given.positionals.length !== 1 || !URL.canParse(base)) {
  console.error(usage)
  process.exit(2)
}
const options = given.values
const root = base.replace(/\/$/, '')
const patience = Number(options.patience) * 1000
const adminPassword = options['admin-password'] ?? process.env.PDS_ADMIN_PASSWORD

class Failure extends Error {}
class Skipped extends Error {}

function expect(condition, complaint) {
  if (!condition) throw new Failure(complaint)
}

/** Calls a method; what is no 2xx fails unless `status` says that it is expected. */
async function call(nsid, { query = {}, json, bytes, type, token, admin, status = 200 } = {}) {
  const url = new URL(`${root}/xrpc/${nsid}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value)
  const headers = {}
  if (token) headers.authorization = `Bearer ${token}`
  if (admin) headers.authorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`
  if (json || bytes) headers['content-type'] = type ?? 'application/json'
  const response = await fetch(url, {
    method: json || bytes !== undefined || type === 'none' ? 'POST' : 'GET',
    headers,
    body: json ? JSON.stringify(json) : bytes,
    signal: AbortSignal.timeout(patience * 3),
  })
  const body = new Uint8Array(await response.arrayBuffer())
  if (response.status !== status) {
    throw new Failure(`${nsid} answered ${response.status}: ${new TextDecoder().decode(body.subarray(0, 300))}`)
  }
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json')
  return isJson && body.length > 0 ? JSON.parse(new TextDecoder().decode(body)) : { headers: response.headers, bytes: body }
}

/** Where events are told in Jetstream's format. */
function jetstream() {
  if (options.events === 'none') throw new Skipped('there is no WebSocket API here')
  return new URL(options.events ?? `${root.replace(/^http/, 'ws')}/subscribe`)
}

/** The event in a frame, which must be text unless told otherwise; nothing in another one. */
function event(data) {
  if (typeof data === 'string') return JSON.parse(data)
  return options.binary ? JSON.parse(new TextDecoder().decode(data)) : {}
}

/** Opens a WebSocket and hands out its messages one by one. */
async function subscribe(url) {
  if (typeof WebSocket === 'undefined') throw new Skipped('this Node has no WebSocket (22 has)')
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  const waiting = []
  const arrived = []
  socket.onmessage = ({ data }) => (waiting.length ? waiting.shift()(data) : arrived.push(data))
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Failure(`${url} could not be subscribed to`))
    setTimeout(() => reject(new Failure(`${url} did not open in time`)), patience).unref()
  })
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    close: () => socket.close(),
    async find(wanted) {
      const end = Date.now() + patience
      while (Date.now() < end) {
        const left = end - Date.now()
        const timer = new Promise((resolve) => setTimeout(resolve, left).unref())
        const data = arrived.length ? arrived.shift() : await Promise.race([new Promise((r) => waiting.push(r)), timer])
        if (data !== undefined && wanted(data)) return data
      }
      throw new Failure(`nothing of the kind arrived in ${patience / 1000} s`)
    },
  }
}

const me = {}
const post = (text) => ({ $type: 'app.bsky.feed.post', text, createdAt: new Date().toISOString() })
const create = (record, collection = 'app.bsky.feed.post') =>
  call('com.atproto.repo.createRecord', { token: me.token, json: { repo: me.did, collection, record } })

const steps = {
  async 'says what it is'() {
    const server = await call('com.atproto.server.describeServer')
    expect(server.did?.startsWith('did:'), 'no DID')
    expect(server.availableUserDomains?.length > 0, 'no domain for handles')
    me.domain = server.availableUserDomains[0]
    me.needsInvite = server.inviteCodeRequired === true
  },
  async 'is healthy'() {
    expect((await call('_health')).version, 'no version')
  },
  async 'takes in an account'() {
    const name = `smoke-${randomBytes(4).toString('hex')}`
    const json = { handle: name + me.domain, email: `${name}@example.com`, password: (me.password = randomBytes(12).toString('hex')) }
    if (me.needsInvite) {
      if (!adminPassword) throw new Failure('needs an invite code: give --admin-password or PDS_ADMIN_PASSWORD')
      const { code } = await call('com.atproto.server.createInviteCode', { admin: true, json: { useCount: 1 } })
      json.inviteCode = code
    }
    const account = await call('com.atproto.server.createAccount', { json })
    Object.assign(me, { did: account.did, handle: account.handle, token: account.accessJwt })
  },
  async 'signs it in and renews the session'() {
    const session = await call('com.atproto.server.createSession', { json: { identifier: me.handle, password: me.password } })
    const renewed = await call('com.atproto.server.refreshSession', { token: session.refreshJwt, type: 'none' })
    expect(renewed.did === me.did, 'another account')
    me.token = renewed.accessJwt
    expect((await call('com.atproto.server.getSession', { token: me.token })).did === me.did, 'another session')
  },
  async 'refuses a wrong password'() {
    await call('com.atproto.server.createSession', { json: { identifier: me.handle, password: 'wrong' }, status: 401 })
  },
  async 'keeps a record'() {
    const { uri, cid } = await create(post('It evaporates before it reaches the ground.'))
    me.rkey = uri.split('/').at(-1)
    const query = { repo: me.did, collection: 'app.bsky.feed.post', rkey: me.rkey }
    const read = await call('com.atproto.repo.getRecord', { query })
    expect(read.cid === cid && read.value.text.startsWith('It evaporates'), 'another record')
  },
  async 'changes several records at once'() {
    const writes = [1, 2, 3].map((n) => ({
      $type: 'com.atproto.repo.applyWrites#create', collection: 'app.bsky.feed.post', value: post(`Number ${n}`),
    }))
    await call('com.atproto.repo.applyWrites', { token: me.token, json: { repo: me.did, writes } })
    await call('com.atproto.repo.putRecord', {
      token: me.token,
      json: { repo: me.did, collection: 'app.bsky.actor.profile', rkey: 'self', record: { $type: 'app.bsky.actor.profile', displayName: 'Smoke' } },
    })
    const { records } = await call('com.atproto.repo.listRecords', { query: { repo: me.did, collection: 'app.bsky.feed.post' } })
    expect(records.length === 4, `${records.length} posts instead of 4`)
  },
  async 'keeps a blob'() {
    const bytes = new Uint8Array(randomBytes(100_000))
    const { blob } = await call('com.atproto.repo.uploadBlob', { token: me.token, bytes, type: 'image/png' })
    expect(blob.size === bytes.length, 'another size')
    await create({ ...post('A picture'), embed: { $type: 'app.bsky.embed.images', images: [{ alt: '', image: blob }] } })
    const read = await call('com.atproto.sync.getBlob', { query: { did: me.did, cid: blob.ref.$link } })
    expect(Buffer.compare(Buffer.from(read.bytes), Buffer.from(bytes)) === 0, 'other bytes')
  },
  async 'exports the repository'() {
    const { cid } = await call('com.atproto.sync.getLatestCommit', { query: { did: me.did } })
    const car = Buffer.from((await call('com.atproto.sync.getRepo', { query: { did: me.did } })).bytes)
    expect(car.length > 1000 && car.includes('version'), 'no CAR')
    expect(cid.startsWith('bafyrei'), 'no commit')
    expect(car.includes('It evaporates before'), 'the record is missing')
  },
  async 'tells Jetstream subscribers'() {
    const url = jetstream()
    url.searchParams.set('wantedDids', me.did)
    const events = await subscribe(url.href)
    try {
      const text = `Heard of ${randomBytes(4).toString('hex')}`
      await create(post(text))
      await events.find((data) => event(data).commit?.record?.text === text)
    } finally {
      events.close()
    }
  },
  async 'lets subscribers say what they want'() {
    const url = jetstream()
    // Nothing comes before the first message, and then from the cursor on.
    url.searchParams.set('requireHello', 'true')
    url.searchParams.set('cursor', String((Date.now() - 1000) * 1000))
    const wants = (payload) => events.send({ type: 'options_update', payload })
    const events = await subscribe(url.href)
    let changing
    try {
      const { cid } = await create(post('Hello'))
      wants({ wantedDids: [me.did], wantedCollections: ['app.bsky.feed.post'] })
      await events.find((data) => event(data).commit?.cid === cid)
      wants({ wantedDids: [me.did], wantedCollections: ['app.bsky.actor.*'] })
      // Nobody says when that is heeded: what is changed too soon is not told.
      const profile = () => ({ $type: 'app.bsky.actor.profile', displayName: randomBytes(4).toString('hex') })
      const change = () =>
        call('com.atproto.repo.putRecord', {
          token: me.token,
          json: { repo: me.did, collection: 'app.bsky.actor.profile', rkey: 'self', record: profile() },
        }).catch(() => {})
      await change()
      changing = setInterval(change, 2000)
      await events.find((data) => event(data).commit?.collection === 'app.bsky.actor.profile')
    } finally {
      clearInterval(changing)
      events.close()
    }
  },
  async 'tells relays'() {
    const path = '/xrpc/com.atproto.sync.subscribeRepos'
    // A plain request is told to upgrade (426) where there is a firehose.
    const plain = await fetch(root + path, { signal: AbortSignal.timeout(patience) })
    await plain.arrayBuffer()
    if (plain.status !== 426) throw new Skipped(`no firehose here (${plain.status})`)
    const frames = await subscribe(root.replace(/^http/, 'ws') + path)
    try {
      await create(post('For relays'))
      await frames.find((data) => typeof data !== 'string' && Buffer.from(data).includes(me.did))
    } finally {
      frames.close()
    }
  },
  async 'forgets a record'() {
    const at = { repo: me.did, collection: 'app.bsky.feed.post', rkey: me.rkey }
    await call('com.atproto.repo.deleteRecord', { token: me.token, json: at })
    await call('com.atproto.repo.getRecord', { query: at, status: 400 })
  },
  async 'lets the account go'() {
    if (options.keep) throw new Skipped('it is to be kept')
    if (!adminPassword) throw new Skipped('no admin password')
    await call('com.atproto.admin.deleteAccount', { admin: true, json: { did: me.did } })
    await call('com.atproto.sync.getLatestCommit', { query: { did: me.did }, status: 400 })
  },
}

const totals = { passed: 0, failed: 0, skipped: 0 }
for (const [name, step] of Object.entries(steps)) {
  const began = performance.now()
  try {
    await step()
    totals.passed++
    console.log(`  ok       ${name} (${Math.round(performance.now() - began)} ms)`)
  } catch (error) {
    const skipped = error instanceof Skipped
    totals[skipped ? 'skipped' : 'failed']++
    const reason = error instanceof Failure || skipped ? error.message : `${error.message} ${error.cause?.message ?? ''}`
    console.log(`  ${skipped ? 'skipped' : 'FAILED '}  ${name}: ${reason}`)
    // Without an account nothing further can be tried.
    if (!me.did && !skipped && name === 'takes in an account') break
  }
}
console.log(`${root}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exit(totals.failed === 0 ? 0 : 1)
