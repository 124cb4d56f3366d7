// Measures a host of ours and its peers in one run: after a warm-up of all, in rounds, each operation on one server after the other,
// each round beginning with another one; prints medians over the rounds, a table for each peer. Started by ./compare, which starts
// the servers. What a server refuses or cannot do is logged, and its cells stay empty.
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { heading, table } from './tables.mjs'

const arg = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : process.argv[at + 1]
}
const peers = path.resolve(arg('peers'))
const from = (file) => import(pathToFileURL(path.join(peers, 'lib', file)))
const { Xrpc, POST, createAccount, login, post, seed } = await from('xrpc.mjs')
const { OPS, getRepo } = await from('ops.mjs')
const { cpuMs, drive, median } = await from('stats.mjs')
const { subscribe, sleep } = await from('firehose.mjs')
const { buildRepoCar, createIdentity, moveIn } = await from('ghost.mjs')
const { memoryOf } = await from('proc.mjs')
const { cborDecodeMulti } = createRequire(path.join(peers, 'package.json'))('@atproto/common')

// A side with `given` is a single-user server: it has these accounts, each at its own address, and makes no others.
const sides = arg('sides', 'reference,virga').split(',').map((key) => {
  const name = { reference: 'reference', cirrus: 'Cirrus', virga: 'Virga' }[key]
  if (key !== 'cirrus') return { key, name, url: arg(key), pid: Number(arg(`${key}-pid`)), start: arg(`${key}-start`) }
  const { pid, workerd, start, accounts } = JSON.parse(arg(key))
  return { key, name, url: accounts[0].url, pid, memory: workerd, start, given: accounts }
})
const open = sides.filter((s) => !s.given)
const rounds = Number(arg('rounds', 3))
const seconds = Number(arg('seconds', 1.5))
const warm = Number(arg('warm', 3))
const sizes = arg('sizes', '1000,10000,50000').split(',').map(Number)
const deadline = Date.now() + Number(arg('minutes', 5.5 * sides.length)) * 60_000
const plc = arg('plc', 'http://localhost:2590')
const log = (...words) => console.error(new Date().toISOString().slice(11, 19), ...words)
const NAMES = new RegExp(arg('ops', '^(createRecord|putRecord|deleteRecord|applyWrites.100|getRecord|listRecords|sync.getRecord|sync.getLatestCommit|uploadBlob|getBlob)'))

const resident = (s) => memoryOf(s.memory ?? s.pid).rssMb
for (const s of sides) s.idle = resident(s)
const rows = []
const late = () => Date.now() > deadline

/** Does one thing on one side; what goes wrong is said and leaves nothing. */
async function attempt(name, s, run) {
  try {
    return await run()
  } catch (e) {
    log(`${s.name}, ${name}: ${e.message}`)
  }
}

/** Runs one measurement on every side in every round; take(side) answers { p50, p99, perSecond, cpu }. */
async function race(name, clients, take, among = sides) {
  const got = Object.fromEntries(sides.map((s) => [s.key, []]))
  for (let r = 0; r < rounds && !(late() && r > 0); r++) {
    const first = r % among.length
    for (const s of [...among.slice(first), ...among.slice(0, first)]) {
      const one = await attempt(name, s, () => take(s))
      if (one) got[s.key].push(one)
    }
  }
  const row = { name, clients, rounds: {} }
  for (const { key } of sides) {
    row.rounds[key] = got[key].length
    const of = (what) => median(got[key].map((g) => g[what]).filter((v) => v !== undefined && v !== null))
    row[key] = Object.fromEntries(['p50', 'p99', 'perSecond', 'cpu'].map((what) => [what, of(what)]))
  }
  rows.push(row)
  log(name, clients, JSON.stringify(row))
}
const timed = async (s, clients, n, run, first = 0) => {
  const g = await drive((i) => run(s, i), { n, concurrency: clients, maxMs: seconds * 1000, min: 2, first, pid: s.pid })
  s.next = g.next
  if (g.errors) throw new Error(JSON.stringify(g.errors))
  return { p50: g.p50, p99: g.p99, perSecond: g.opsPerSec, cpu: g.cpuMsPerOp }
}

/** An account that nobody uses yet: a new one, or the next of those that a single-user server came with. */
async function account(s) {
  if (!s.given) return createAccount(s.x ??= new Xrpc(s.url))
  const { url, handle, password } = s.given.shift()
  return login(new Xrpc(url), handle, password)
}

for (const s of sides) {
  s.acct = await account(s)
  s.x = s.acct.x
  s.eight = []
  for (let i = 0; i < 8 && !s.given; i++) s.eight.push(await createAccount(s.x))
  s.next = 0
}
const ops = OPS.filter((op) => op.name === 'createRecord' || NAMES.test(op.name)).map((op) => ({ ...op, among: sides }))
const create = ops.find((op) => op.name === 'createRecord')
const createInEight = {
  name: 'createRecord, 8 repositories', among: open,
  run: (s, i) => { const a = s.eight[i % 8]; return s.x.post('com.atproto.repo.createRecord', { repo: a.did, collection: POST, record: post(i) }, a.token) },
}
ops.splice(1, 0, createInEight)
const DELETED = 600
const limit = (op) => (op.name === 'deleteRecord' ? DELETED : 1e9)
const prepare = async (op, s) => {
  await op.prepare?.(s, DELETED)
  if (op.name === 'deleteRecord') s.next = 0
}

// All identities first, while nothing keeps this process so busy that the directory drops its connections.
const identity = async (i, attempts = 3) => {
  try {
    return await createIdentity(plc, { handle: `g${i}${Date.now().toString(36)}.test` })
  } catch (e) {
    if (attempts === 1) throw e
    return identity(i, attempts - 1)
  }
}
const ghosts = []
const firstImports = Math.max(3, Math.round(warm * 2)) // an import is rare, and compiled late
for (let i = 0; i < open.length * (rounds + firstImports); i++) ghosts.push(await identity(i))

log('warming up')
for (const op of ops) for (const s of op.among) await attempt(`warming up ${op.name}`, s, async () => {
  await prepare(op, s)
  const g = await drive((i) => op.run(s, i), { n: limit(op), concurrency: 8, maxMs: warm * 1000, min: 2, first: s.next })
  s.next = g.next
})
const AGAIN = 2_000
for (const op of ops) for (const clients of [1, 8]) {
  // Compilers settle on what ran last: each row begins with what it measures.
  for (const s of op.among) await attempt(`warming up ${op.name}`, s, async () => {
    await prepare(op, s)
    s.next = (await drive((i) => op.run(s, i), { n: limit(op), concurrency: clients, maxMs: AGAIN, min: 2, first: s.next })).next
  })
  await race(op.name, clients, async (s) => {
    await prepare(op, s)
    return timed(s, clients, limit(op), op.run, s.next)
  }, op.among)
}

for (const s of sides) {
  const acct = await account(s)
  s.big = { x: acct.x, acct }
}
let have = 0
for (const size of sizes) {
  for (const s of sides) await seed(s.big.acct, size - have, { from: have })
  have = size
  for (const s of sides) await drive(() => getRepo(s.big), { n: 60, concurrency: 1, maxMs: warm * 500, min: 1 })
  await race(`getRepo of ${size}`, 1, (s) => timed(s, 1, Math.max(2, 20_000 / size), () => getRepo(s.big)))
}

log('making repositories to import')
const repositories = []
for (const ghost of ghosts) repositories.push({ ghost, car: (await buildRepoCar(ghost.did, ghost.signing, 10_000)).car })
const take = async (s) => {
  const { ghost, car } = repositories.pop()
  const acct = await moveIn(s.x, ghost)
  return timed(s, 1, 1, async () => {
    const r = await s.x.raw('POST', 'com.atproto.repo.importRepo', { body: car, type: 'application/vnd.ipld.car', token: acct.token })
    if (r.status !== 200) throw new Error(`importRepo ${r.status} ${r.body.toString().slice(0, 200)}`)
  })
}
for (let i = 0; i < firstImports; i++) for (const s of open) await attempt('importRepo', s, () => take(s))
await race('importRepo of 10000', 1, take, open)

const subscribers = (s, count, options) => Promise.all(Array.from({ length: count }, () => subscribe(s.url, options).ready))
const closed = (subs) => Promise.all(subs.map((sub) => sub.close()))
const settled = async (subs, since, quiet) => {
  const last = () => Math.max(since, ...subs.map((sub) => sub.last))
  while (performance.now() - last() < quiet) await sleep(20)
  return last() - since
}
const subscribersOf = (count) => (count === 1 ? '1 subscriber' : `${count} subscribers`)
const frames = (subs) => subs.reduce((n, sub) => n + sub.frames, 0)
for (const [op, what] of [[createInEight, '20 subscribers'], [create, '20 subscribers, one repository']]) {
  await race(`firehose to ${what}, frames`, 8, async (s) => {
    const subs = await subscribers(s, 20)
    await sleep(300)
    const [cpu, t0] = [cpuMs(s.pid), performance.now()]
    const w = await drive((i) => op.run(s, i), { concurrency: 8, n: 1e9, maxMs: 2 * seconds * 1000 })
    const ms = await settled(subs, t0, 1000)
    const got = { perSecond: (frames(subs) / ms) * 1000, cpu: (cpuMs(s.pid) - cpu) / frames(subs) }
    if (frames(subs) !== w.n * 20) log(`${s.name} delivered ${frames(subs)} of ${w.n * 20}`)
    await closed(subs)
    return got
  }, op.among)
}
const replay = async (s, count) => {
  const [cpu, t0] = [cpuMs(s.pid), performance.now()]
  const subs = await subscribers(s, count, { cursor: 0 })
  const ms = await settled(subs, t0, 1200)
  const got = { perSecond: (frames(subs) / ms) * 1000, cpu: (cpuMs(s.pid) - cpu) / frames(subs) }
  await closed(subs)
  return got
}
// Warmed up alike, as all operations were: for the same time, not the same number of times.
for (const s of open) for (const t0 = performance.now(); performance.now() - t0 < warm * 1000;) await replay(s, 1)
for (const count of [1, 20]) await race(`replay from the start, ${subscribersOf(count)}, frames`, count, (s) => replay(s, count), open)

// Cirrus replays no more than this to a subscriber, so this much is replayed by all, over and over, from the same kind of events.
const REPLAYED = 1000
for (const s of sides) {
  const frame = new Promise((onFrame) => { s.listener = subscribe(s.url, { onFrame }) })
  await s.listener.ready
  await create.run(s, 0)
  s.cursor = cborDecodeMulti(await frame)[1].seq
  await s.listener.close()
  const g = await drive((i) => create.run(s, i), { concurrency: 8, n: REPLAYED, maxMs: 600_000 })
  if (g.n !== REPLAYED) log(`${s.name} made ${g.n} events`)
}
for (const count of [1, 20]) await race(`replay of ${REPLAYED} events, ${subscribersOf(count)}, frames`, count, async (s) => {
  const [cpu, got] = [cpuMs(s.pid), { frames: 0, ms: 0 }]
  while (got.ms < seconds * 1000) {
    const t0 = performance.now()
    const subs = await subscribers(s, count, { cursor: s.cursor })
    while (frames(subs) < REPLAYED * count) {
      await sleep(2)
      if (performance.now() - t0 > 60_000) throw new Error(`replayed ${frames(subs)} of ${REPLAYED * count}`)
    }
    got.ms += Math.max(...subs.map((sub) => sub.last)) - t0
    got.frames += frames(subs)
    await closed(subs)
  }
  return { perSecond: (got.frames / got.ms) * 1000, cpu: (cpuMs(s.pid) - cpu) / got.frames }
})

console.log(heading(arg('commit', '?'), rounds))
for (const peer of sides.filter((s) => s.key !== 'virga')) console.log(`\n${table(rows, peer, rounds)}`)
for (const s of sides) console.log(`\n${s.name}: first answer after ${s.start} s; resident ${s.idle} MB idle, ${resident(s)} MB at the end`)
process.exit(0)
