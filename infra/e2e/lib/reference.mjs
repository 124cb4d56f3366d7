// The reference PDS beside a PLC directory: installed once into ../reference, then started as a child of the test.
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { poll } from './poll.mjs'

const folder = path.resolve(import.meta.dirname, '../reference')
const lock = path.join(folder, 'package-lock.json')
const installed = path.join(folder, 'node_modules/.installed-lock.json')
const INSTALL_DEADLINE_MS = 600_000
const TOKEN = /\b[A-Z2-7]{5}-[A-Z2-7]{5}\b/

/** Why the reference cannot take part, or false once it is installed. */
export function noReference() {
  if (process.env.VIRGA_E2E_REFERENCE !== '1') return 'VIRGA_E2E_REFERENCE=1 was not given'
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lock, 'utf8')) return false
  const nodeHome = path.resolve(process.execPath, '../..')
  // Headers beside our own Node spare node-gyp a download.
  const env = { ...process.env, ...(existsSync(path.join(nodeHome, 'include/node')) && { npm_config_nodedir: nodeHome }) }
  try {
    // The only package whose install script is needed is the native one.
    for (const args of [['ci', '--ignore-scripts'], ['rebuild', 'better-sqlite3']]) {
      execFileSync('npm', [...args, '--silent', '--no-fund', '--no-audit'], { cwd: folder, env, timeout: INSTALL_DEADLINE_MS, stdio: ['ignore', 'pipe', 'pipe'] })
    }
    execFileSync(process.execPath, ['-e', 'new (require("better-sqlite3"))(":memory:")'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    return `the reference could not be installed: ${String(error.stderr || error.message).trim().slice(-500)}`
  }
  copyFileSync(lock, installed)
  return false
}

export class Reference {
  static async start() {
    const reference = new Reference()
    await reference.#start()
    return reference
  }

  url = undefined
  plc = undefined
  adminPassword = undefined
  #mails = []
  #errors = ''
  #directory = mkdtempSync(path.join(os.tmpdir(), 'virga-e2e-reference-'))
  #child

  /** The token in the newest mail to an address. */
  tokenFor(address) {
    return poll(`a token for ${address}`, () => TOKEN.exec(this.#mails.findLast(({ to }) => to === address)?.html)?.[0])
  }

  async destroy() {
    this.#child.kill('SIGKILL')
    await poll('the reference to end', () => this.#ended)
    rmSync(this.#directory, { recursive: true, force: true })
  }

  get #ended() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  async #start() {
    // It ends with its standard input, so it cannot outlive us.
    this.#child = spawn(process.execPath, ['start.mjs', this.#directory], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr.setEncoding('utf8').on('data', (chunk) => { this.#errors = (this.#errors + chunk).slice(-8_192) })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(line))
    await poll('the reference to be ready', () => {
      if (this.#ended) throw new Error(`The reference ended before it was ready:\n${this.#errors}`)
      return this.url
    }, 60_000)
  }

  #hear(line) {
    let said
    try {
      said = JSON.parse(line)
    } catch {
      return // not ours: a library's own words
    }
    if (said.mail) this.#mails.push(said.mail)
    if (said.pds) [this.url, this.plc, this.adminPassword] = [said.pds, said.plc, said.adminPassword]
  }
}
