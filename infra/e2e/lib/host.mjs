// A PDS process of our own on a data directory or cloud stores of our own: start, stop, kill, start again on the same port.
import { spawn } from 'node:child_process'
import crypto from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { cloudUrl, newStores } from './cloud.mjs'
import { poll } from './poll.mjs'

const READY = /^Virga is ready at (http:\/\/\S+)$/m
const READY_DEADLINE_MS = 300_000 // `virga run` may have to build first
const STOP_DEADLINE_MS = 20_000
const LOG_BYTES = 16_384

const command = process.env.VIRGA_E2E_COMMAND ?? '../../virga run'
const tool = process.env.VIRGA_E2E_TOOL ?? '../../virga'

/** Why a test that needs its own host cannot run, or false. */
export const noOwnHost = process.env.VIRGA_E2E_URL && !process.env.VIRGA_E2E_OWN_HOST && 'only a URL was given'

/** What a laptop makes up for itself but processes on the same stores must agree on. */
const sharedSecrets = () => {
  const names = ['PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX', 'VIRGA_KEY_SEALING_SECRET', 'PDS_DPOP_SECRET']
  return Object.fromEntries(names.map((name) => [name, crypto.randomBytes(32).toString('hex')]))
}

export class Host {
  /** Starts a host, `beside` another on the same stores if one is given; `settings` are further variables. */
  static async start(settings = {}, beside = undefined) {
    const host = new Host()
    if (beside) Object.assign(host, { adminPassword: beside.adminPassword, jwtSecret: beside.jwtSecret })
    host.#stores = beside ? beside.#stores : cloudUrl() ? { ...await newStores(), ...sharedSecrets() } : {}
    host.#settings = settings
    return host.#begin()
  }

  /** Starts a host on a backend of its own, `cloud` or `laptop`, with secrets of which others may know. */
  static async startOn(backend) {
    const host = await new Host().#furnish(backend, sharedSecrets())
    return host.#begin()
  }

  /** Stops this host for good and gives the one that takes its place: empty, and not started yet. */
  async successor(backend) {
    await this.stop()
    const host = new Host()
    Object.assign(host, { adminPassword: this.adminPassword, jwtSecret: this.jwtSecret, port: this.port })
    return host.#furnish(backend, this.#settings)
  }

  async #furnish(backend, secrets) {
    this.#settings = secrets
    this.#stores = backend === 'cloud' ? await newStores() : {}
    return this
  }

  async #begin() {
    process.on('exit', () => this.#signal('SIGKILL'))
    if (!process.listenerCount('SIGTERM')) process.once('SIGTERM', () => process.exit(143)) // the runner's time limit
    await this.restart()
    return this
  }

  directory = mkdtempSync(path.join(os.tmpdir(), 'virga-e2e-'))
  adminPassword = crypto.randomBytes(12).toString('hex')
  jwtSecret = crypto.randomBytes(16).toString('hex')
  port = 0
  url = undefined
  #stores = {}
  #settings = {}
  #child = undefined
  #output = ''

  get alive() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What the process printed last. */
  log() {
    return this.#output.slice(-LOG_BYTES)
  }

  /** Starts the process; the first time on a free port, later on the same one. */
  async restart() {
    if (this.alive) throw new Error('the host is running')
    const args = ['--port', String(this.port), '--data-directory', this.directory]
    this.#output = ''
    // Its own process group: a start script and the server below it die together.
    this.#child = spawn('bash', ['-c', `exec ${command} "$@"`, 'host', ...args], {
      cwd: path.resolve(import.meta.dirname, '..'),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#environment(),
    })
    const keep = (chunk) => { this.#output = (this.#output + chunk).slice(-4 * LOG_BYTES) }
    this.#child.stdout.setEncoding('utf8').on('data', keep)
    this.#child.stderr.setEncoding('utf8').on('data', keep)
    this.url = await poll('the host to be ready', async () => {
      if (!this.alive) throw new Error(`The host ended before it was ready:\n${this.log()}`)
      return READY.exec(this.#output)?.[1]
    }, READY_DEADLINE_MS)
    this.port = Number(new URL(this.url).port)
    const health = await fetch(`${this.url}/xrpc/_health`)
    if (health.status !== 200) throw new Error(`The host is ready but not healthy: ${health.status}`)
  }

  /** Runs a command of the operator's on the stores of this host, e.g. `backup`; resolves with its exit code and output. */
  async operate(...words) {
    const child = spawn('bash', ['-c', `exec ${tool} "$@"`, 'virga', ...words, '--data-directory', this.directory], {
      cwd: path.resolve(import.meta.dirname, '..'),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#environment(),
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => { output += chunk })
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
    return { code, output }
  }

  #environment() {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(PDS_|AWS_|VIRGA_(?!JAVA_OPTS|JIT_LEVEL)|NODE_TEST)/.test(name))
    return { ...Object.fromEntries(inherited), PDS_ADMIN_PASSWORD: this.adminPassword, PDS_JWT_SECRET: this.jwtSecret, ...this.#stores, ...this.#settings }
  }

  /** Asks the process to end, as an operator would. */
  async stop() {
    if (!this.alive) return
    this.#signal('SIGTERM')
    try {
      await poll('the host to stop', () => !this.alive, STOP_DEADLINE_MS)
    } finally {
      await this.kill()
    }
  }

  /** kill -9: the process gets no chance to finish anything. */
  async kill() {
    this.#signal('SIGKILL')
    await poll('the host to die', () => !this.alive, STOP_DEADLINE_MS)
    await poll('the process group to be gone', () => !this.#signal(0), STOP_DEADLINE_MS)
  }

  /** Kills the process and removes its data. */
  async destroy() {
    await this.kill()
    rmSync(this.directory, { recursive: true, force: true })
  }

  #signal(signal) {
    try {
      return this.#child !== undefined && process.kill(-this.#child.pid, signal)
    } catch {
      return false // nobody is left in the group
    }
  }
}
