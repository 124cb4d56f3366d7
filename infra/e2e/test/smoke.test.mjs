import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { suite, test } from 'node:test'

const SCRIPT = path.resolve(import.meta.dirname, '../../smoke/smoke.mjs')

suite('the smoke test', () => {
  test('passes against this host', async () => {
    const { code, output } = await new Promise((resolve) => {
      execFile(process.execPath, [SCRIPT, process.env.VIRGA_E2E_URL], (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, output: stdout + stderr })
      })
    })
    assert.equal(code, 0, output)
    assert.match(output, /ok +tells Jetstream subscribers/)
    assert.match(output, /ok +tells relays/)
  })
})
