// A PLC directory and a reference PDS on loopback that asks it, for the tests that move accounts between the two kinds.
// Prints {"pds","plc","adminPassword"} once both answer, and {"mail":{"to","html"}} for each mail the PDS would send.
// Its only argument is a folder of its own; it ends when its standard input does.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

process.env.NODE_ENV ??= 'production'
const { PDS, envToCfg, envToSecrets } = await import('@atproto/pds')
const { PlcServer, Database } = createRequire(import.meta.url)('@did-plc/server')

const folder = path.resolve(process.argv[2])
const say = (message) => process.stdout.write(JSON.stringify(message) + '\n')
const onLoopback = async (server, port = 0) => {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}

/** A port that was free a moment ago: the PDS has to know its own before it listens. */
async function freePort() {
  const probe = http.createServer()
  const port = await onLoopback(probe)
  probe.close()
  await once(probe, 'close')
  return port
}

const directory = PlcServer.create({ db: Database.mock() })
const plc = `http://localhost:${await onLoopback(http.createServer(directory.app))}`

const port = await freePort()
const secret = () => createHash('sha256').update(randomBytes(32)).digest('hex')
for (const name of ['actors', 'blobs', 'blobs-new']) mkdirSync(path.join(folder, name), { recursive: true })
const settings = {
  port,
  hostname: 'localhost',
  serviceDid: `did:web:localhost%3A${port}`,
  devMode: true,
  disableSsrfProtection: true,
  dataDirectory: folder,
  actorStoreDirectory: path.join(folder, 'actors'),
  blobstoreDiskLocation: path.join(folder, 'blobs'),
  blobstoreDiskTmpLocation: path.join(folder, 'blobs-new'),
  didPlcUrl: plc,
  // Nobody answers there, but without an AppView it does not even serve preferences.
  bskyAppViewUrl: 'http://localhost:1',
  bskyAppViewDid: 'did:web:appview.test',
  serviceHandleDomains: ['.test'],
  handleBackupNameservers: [],
  trustedOAuthClients: [],
  rateLimitBypassIps: [],
  crawlers: [],
  inviteRequired: false,
  rateLimitsEnabled: false,
  jwtSecret: secret(),
  dpopSecret: secret(),
  adminPassword: secret(),
  plcRotationKeyK256PrivateKeyHex: secret(),
}
const pds = await PDS.create(envToCfg(settings), envToSecrets(settings))
// Without SMTP the reference composes its mails and drops them.
const transport = pds.ctx.mailer.transporter
const send = transport.sendMail.bind(transport)
transport.sendMail = (mail) => {
  say({ mail: { to: mail.to, html: mail.html } })
  return send(mail)
}
const listen = pds.app.listen.bind(pds.app)
pds.app.listen = (p, ...rest) => listen(p, '127.0.0.1', ...rest)
await pds.start()
say({ pds: `http://localhost:${port}`, plc, adminPassword: settings.adminPassword })

process.stdin.resume()
await once(process.stdin, 'end')
process.exit(0)
