// Measures the reference PDS and a host of ours in one run: after a warm-up of both, in rounds, each operation on one server and
// then on the other, in turn first; prints medians over the rounds. Started by ./compare, which starts the servers.
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const arg = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : process.argv[at + 1]
}
const peers = path.resolve(arg('peers'))
const from = (file) => import(pathToFileURL(path.join(peers, 'lib', file)))
const { Xrpc, POST, createAccount, post, seed } = await from('xrpc.mjs')
const { OPS, getRepo } = await from('ops.mjs')
const { cpuMs, drive, median, round } = await from('stats.mjs')
const { subscribe, sleep } = await from('firehose.mjs')
const { buildRepoCar, createIdentity, moveIn } = await from('ghost.mjs')
const { memoryOf } = await from('proc.mjs')
createRequire(path.join(peers, 'package.json'))

const rounds = Number(arg('rounds', 3))
const seconds = Number(arg('seconds', 1.5))
const warm = Number(arg('warm', 3))
const sizes = arg('sizes', '1000,10000,50000').split(',').map(Number)
const deadline = Date.now() + Number(arg('minutes', 11)) * 60_000
const plc = arg('plc', 'http://localhost:2570')
const log = (...words) => console.error(new Date().toISOString().slice(11, 19), ...words)
const NAMES = new RegExp(arg('ops', '^(createRecord|putRecord|deleteRecord|applyWrites.100|getRecord|listRecords|sync.getRecord|sync.getLatestCommit|uploadBlob|getBlob)'))

const side = (key, name) => ({ key, name, url: arg(key), pid: Number(arg(`${key}-pid`)), start: arg(`${key}-start`), x: new Xrpc(arg(key)) })
const sides = [side('reference', 'reference'), side('virga', 'Virga')]
for (const s of sides) s.idle = memoryOf(s.pid).rssMb
const inTurn = (r) => (r % 2 ? [...sides].reverse() : sides)
const rows = []
const late = () => Date.now() > deadline

/** Runs one measurement on both sides in every round; take(side, round) answers { p50, p99, perSecond, cpu }. */
async function race(name, clients, take) {
  const got = { reference: [], virga: [] }
  for (let r = 0; r < rounds && !(late() && r > 0); r++) for (const s of inTurn(r)) got[s.key].push(await take(s, r))
  const of = (key, what) => median(got[key].map((g) => g[what]).filter((v) => v !== undefined && v !== null))
  const row = { name, clients, rounds: got.virga.length }
  for (const key of ['reference', 'virga']) for (const what of ['p50', 'p99', 'perSecond', 'cpu']) row[`${key}.${what}`] = of(key, what)
  rows.push(row)
  log(name, clients, JSON.stringify(row))
}
const timed = async (s, clients, n, run, first = 0) => {
  const g = await drive((i) => run(s, i), { n, concurrency: clients, maxMs: seconds * 1000, min: 2, first, pid: s.pid })
  if (g.errors) throw new Error(`${s.name}: ${JSON.stringify(g.errors)}`)
  s.next = g.next
  return { p50: g.p50, p99: g.p99, perSecond: g.opsPerSec, cpu: g.cpuMsPerOp }
}

for (const s of sides) {
  s.acct = await createAccount(s.x)
  s.eight = []
  for (let i = 0; i < 8; i++) s.eight.push(await createAccount(s.x))
  s.next = 0
}
const ops = OPS.filter((op) => op.name === 'createRecord' || NAMES.test(op.name))
ops.splice(1, 0, {
  name: 'createRecord, 8 repositories',
  run: (s, i) => { const a = s.eight[i % 8]; return s.x.post('com.atproto.repo.createRecord', { repo: a.did, collection: POST, record: post(i) }, a.token) },
})
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
const firstImports = 3
for (let i = 0; i < 2 * (rounds + firstImports); i++) ghosts.push(await identity(i))

log('warming up')
for (const op of ops) for (const s of sides) {
  await prepare(op, s)
  await drive((i) => op.run(s, i), { n: limit(op), concurrency: 8, maxMs: warm * 1000, min: 2, first: s.next }).then((g) => { s.next = g.next })
}
for (const op of ops) for (const clients of [1, 8]) {
  await race(op.name, clients, async (s) => {
    await prepare(op, s)
    return timed(s, clients, limit(op), op.run, s.next)
  })
}

for (const s of sides) s.big = { x: s.x, acct: await createAccount(s.x) }
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
for (let i = 0; i < firstImports; i++) for (const s of sides) await take(s)
await race('importRepo of 10000', 1, take)

const settled = async (subs, since, quiet) => {
  const last = () => Math.max(since, ...subs.map((sub) => sub.last))
  while (performance.now() - last() < quiet) await sleep(20)
  return last() - since
}
const frames = (subs) => subs.reduce((n, sub) => n + sub.frames, 0)
await race('firehose to 20 subscribers, frames', 8, async (s) => {
  const subs = await Promise.all(Array.from({ length: 20 }, () => subscribe(s.url).ready))
  await sleep(300)
  const [cpu, t0] = [cpuMs(s.pid), performance.now()]
  const w = await drive((i) => ops[1].run(s, i), { concurrency: 8, n: 1e9, maxMs: 2 * seconds * 1000 })
  const ms = await settled(subs, t0, 1000)
  const got = { perSecond: (frames(subs) / ms) * 1000, cpu: (cpuMs(s.pid) - cpu) / frames(subs) }
  if (frames(subs) !== w.n * 20) log(`${s.name} delivered ${frames(subs)} of ${w.n * 20}`)
  await Promise.all(subs.map((sub) => sub.close()))
  return got
})
for (const count of [1, 20]) await race(`replay from the start, ${count} subscribers, frames`, count, async (s) => {
  const [cpu, t0] = [cpuMs(s.pid), performance.now()]
  const subs = await Promise.all(Array.from({ length: count }, () => subscribe(s.url, { cursor: 0 }).ready))
  const ms = await settled(subs, t0, 1200)
  const got = { perSecond: (frames(subs) / ms) * 1000, cpu: (cpuMs(s.pid) - cpu) / frames(subs) }
  await Promise.all(subs.map((sub) => sub.close()))
  return got
})

const n = (v) => (v === undefined || Number.isNaN(v) ? '–' : v >= 100 ? Math.round(v).toLocaleString('en-US') : String(v < 0.1 ? Math.round(v * 1000) / 1000 : round(v)))
const ratio = (a, b) => (a && b ? `${n(a / b)}×` : '–')
console.log(`${new Date().toISOString().slice(0, 16)}Z, ${os.cpus().length} cores (${os.cpus()[0].model}), load average ${os.loadavg().map(round).join(' ')}, Virga ${arg('commit', '?')}, medians of ${rounds} interleaved rounds after a warm-up\n`)
console.log('| operation | clients | reference: p50 · p99 ms | Virga: p50 · p99 ms | reference: per s · CPU ms | Virga: per s · CPU ms | throughput | CPU |\n| --- | --- | --- | --- | --- | --- | --- | --- |')
for (const r of rows) {
  const cells = (key) => [`${n(r[`${key}.p50`])} · ${n(r[`${key}.p99`])}`, `${n(r[`${key}.perSecond`])} · ${n(r[`${key}.cpu`])}`]
  const [a, b] = [cells('reference'), cells('virga')]
  console.log(`| ${r.name}${r.rounds < rounds ? ` (${r.rounds} rounds)` : ''} | ${r.clients} | ${a[0]} | ${b[0]} | ${a[1]} | ${b[1]} | ${ratio(r['virga.perSecond'], r['reference.perSecond'])} | ${ratio(r['reference.cpu'], r['virga.cpu'])} |`)
}
for (const s of sides) console.log(`\n${s.name}: first answer after ${s.start} s; resident ${s.idle} MB idle, ${memoryOf(s.pid).rssMb} MB at the end`)
process.exit(0)
