// Starts one host for all test files (unless a URL is given), runs the files with node:test and sums up.
// A child of the bash script `run`; the exit code is 0 only if something passed and nothing failed.
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { startCloud } from './cloud.mjs'
import { Host } from './host.mjs'

// A hung server must not hang the build.
const TEST_DEADLINE_MS = 120_000
const SUITE_DEADLINE_MS = 900_000

const folder = path.resolve(import.meta.dirname, '../test')
const files = process.argv.length > 2
  ? process.argv.slice(2).map((file) => path.resolve(file))
  : readdirSync(folder).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => path.join(folder, name))

let host, cloud
async function stop(code) {
  await host?.destroy()
  cloud?.stop()
  process.exit(code)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(130))

if (!process.env.VIRGA_E2E_URL) {
  try {
    if (process.env.VIRGA_E2E_BACKEND === 'cloud') cloud = await startCloud()
    host = await Host.start()
  } catch (error) {
    console.error(error.message)
    console.log('0 passed, 1 failed')
    await stop(1)
  }
  process.env.VIRGA_E2E_URL = host.url
  process.env.VIRGA_E2E_JWT_SECRET = host.jwtSecret
  process.env.VIRGA_E2E_OWN_HOST = 'yes'
}

const totals = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const stream = run({
  files,
  concurrency: cloud ? 1 : 2, // DynamoDB Local works off one request after the other
  signal: AbortSignal.timeout(SUITE_DEADLINE_MS),
  execArgv: ['--test-force-exit', `--test-timeout=${TEST_DEADLINE_MS}`],
})
const leaf = (data) => data.details?.type !== 'suite'
stream.on('test:pass', (data) => {
  if (leaf(data)) totals[data.skip !== undefined || data.todo !== undefined ? 'skipped' : 'passed']++
})
stream.on('test:fail', (data) => {
  if (!leaf(data)) return
  totals.failed++
  failures.push({ file: path.basename(data.file ?? ''), test: data.name, error: String(data.details.error?.cause?.message ?? data.details.error?.message) })
})
const output = stream.compose(spec)
output.pipe(process.stdout, { end: false })
output.on('end', async () => {
  // A host that fell over on the way is a failure even when each test got what it wanted.
  if (host && !host.alive) {
    totals.failed++
    failures.push({ file: '', test: 'the shared host', error: 'died during the tests' })
    console.log(host.log())
  }
  const good = totals.failed === 0 && totals.passed > 0
  if (host && !good) console.log(`The end of the host's output:\n${host.log()}`)
  if (cloud && !good) console.log(`The end of the local cloud's output:\n${cloud.log()}`)
  if (process.env.VIRGA_E2E_REPORT) {
    writeFileSync(process.env.VIRGA_E2E_REPORT, JSON.stringify({ ...totals, failures }, null, 2) + '\n')
  }
  console.log(`${totals.passed} passed, ${totals.failed} failed`)
  await stop(good ? 0 : 1)
})
