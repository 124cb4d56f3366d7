// Starts Cirrus under workerd for ./compare: one runtime that holds two single-user servers, one for the operations and one whose
// repository is filled to known sizes. Prints one JSON line when both answer, then runs until killed.
//   node start-cirrus.mjs --from CLONE --data DIR --port 2585
// The worker is bundled as for a deployment, and its sockets are workerd's own: no proxy of a development server is in between.
import { execFileSync } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const arg = (name) => process.argv[process.argv.indexOf(`--${name}`) + 1]
const pds = path.resolve(arg('from'), 'packages/pds')
const data = path.resolve(arg('data'))
const port = Number(arg('port'))

const cirrus = createRequire(path.join(pds, 'package.json'))
const { Miniflare } = createRequire(cirrus.resolve('wrangler'))('miniflare')
const { Secp256k1Keypair } = cirrus('@atproto/crypto')
const bcrypt = cirrus('bcryptjs')

const compatibility = { date: '2025-12-02', flags: ['nodejs_compat'] } // those of the template that Cirrus comes with
fs.mkdirSync(data, { recursive: true })
fs.writeFileSync(path.join(data, 'wrangler.json'), JSON.stringify({
  name: 'cirrus', main: path.join(pds, 'dist/index.js'), compatibility_date: compatibility.date, compatibility_flags: compatibility.flags,
}))
execFileSync(path.join(pds, 'node_modules/.bin/wrangler'), ['deploy', '--dry-run', '--outdir', 'bundle', '-c', 'wrangler.json'], {
  cwd: data, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false' },
})
const script = fs.readFileSync(path.join(data, 'bundle/index.js'), 'utf8')

const secret = () => crypto.randomBytes(24).toString('base64url')
const accounts = ['cirrus', 'sized'].map((name, i) => ({ name, url: `http://localhost:${port + i}`, handle: `${name}.test`, password: secret() }))
const worker = async ({ name, handle, password }, i) => {
  const key = await Secp256k1Keypair.create({ exportable: true })
  return {
    name, script, modules: true, compatibilityDate: compatibility.date, compatibilityFlags: compatibility.flags,
    durableObjects: { ACCOUNT: { className: 'AccountDurableObject', useSQLite: true } },
    r2Buckets: { BLOBS: `${name}-blobs` },
    unsafeDirectSockets: [{ host: '127.0.0.1', port: port + i }],
    bindings: {
      DID: `did:web:${handle}`, HANDLE: handle, PDS_HOSTNAME: handle, AUTH_TOKEN: secret(), JWT_SECRET: secret(),
      PASSWORD_HASH: await (bcrypt.default ?? bcrypt).hash(password, 10),
      SIGNING_KEY: Buffer.from(await key.export()).toString('hex'), SIGNING_KEY_PUBLIC: key.did().replace('did:key:', ''),
    },
  }
}
const workers = await Promise.all(accounts.map(worker))

const begun = performance.now()
const runtime = new Miniflare({
  workers, host: '127.0.0.1', port: 0, cf: false, durableObjectsPersist: path.join(data, 'objects'), r2Persist: path.join(data, 'r2'),
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => runtime.dispose().finally(() => process.exit(0)))
await runtime.ready
for (const { url } of accounts) {
  const health = await fetch(`${url}/xrpc/_health`) // opens the Durable Object
  if (!health.ok) throw new Error(`${url}: ${health.status} ${await health.text()}`)
}
const children = fs.readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').map(Number)
const workerd = children.find((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('workerd'))
console.log(JSON.stringify({ pid: process.pid, workerd, start: Math.round((performance.now() - begun) / 10) / 100, accounts }))
