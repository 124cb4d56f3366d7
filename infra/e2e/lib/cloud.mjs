// DynamoDB Local and S3Proxy for hosts on the cloud backend; one process for a whole run of the suite.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { poll } from './poll.mjs'

const READY = /^Local cloud is ready at (http:\/\/\S+)$/m
const START_DEADLINE_MS = 120_000

/** Where new stores are to be had; undefined if hosts are to keep everything in their own directories. */
export const cloudUrl = () => process.env.VIRGA_E2E_CLOUD

/** Why a test that needs the cloud backend cannot run, or false. */
export const noCloud = !cloudUrl() && 'no cloud backend: VIRGA_E2E_BACKEND=cloud'

/** Starts the servers; they end with this process. */
export async function startCloud() {
  const child = spawn(path.resolve(import.meta.dirname, '../local-cloud'), { stdio: ['pipe', 'pipe', 'pipe'] })
  let output = '', errors = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => { output += chunk })
  child.stderr.setEncoding('utf8').on('data', (chunk) => { errors = (errors + chunk).slice(-16_384) })
  child.stdin.on('error', () => {}) // it is gone, which whoever asks it notices
  process.env.VIRGA_E2E_CLOUD = await poll('the local cloud to be ready', () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The local cloud ended:\n${errors}`)
    return READY.exec(output)?.[1]
  }, START_DEADLINE_MS)
  return { stop: () => child.stdin.end(), log: () => errors }
}

/** The variables of a new, empty table and bucket. */
export async function newStores() {
  const answer = await fetch(`${cloudUrl()}/stores`, { method: 'POST' })
  if (!answer.ok) throw new Error(`The local cloud made no stores: ${answer.status}`)
  const lines = (await answer.text()).trim().split('\n')
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}
