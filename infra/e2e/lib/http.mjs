// Bare HTTP, for what the official client would never send: wrong verbs, broken bodies, foreign Host headers.
import assert from 'node:assert/strict'
import http from 'node:http'
import { url } from './world.mjs'

const ANSWER_DEADLINE_MS = 60_000

/** One exchange. A body that is neither bytes nor text is sent as JSON; Content-Type is sent only if given or JSON. */
export function exchange(method, path, { body, type, token, headers = {}, agent, server = url } = {}) {
  const sent = { ...headers }
  let bytes = body
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    bytes = JSON.stringify(body)
    sent['content-type'] = 'application/json'
  }
  if (type) sent['content-type'] = type
  if (token) sent.authorization = token.includes(' ') ? token : `Bearer ${token}`
  if (bytes !== undefined) sent['content-length'] = Buffer.byteLength(bytes)
  return new Promise((resolve, reject) => {
    const request = http.request(server + path, { method, headers: sent, agent }, (response) => {
      const chunks = []
      const port = response.socket.localPort
      response.on('error', reject)
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => {
        const content = Buffer.concat(chunks)
        resolve({ status: response.statusCode, headers: response.headers, bytes: content, text: content.toString(), json: parsed(content), port })
      })
    })
    request.on('error', reject)
    request.setTimeout(ANSWER_DEADLINE_MS, () => request.destroy(new Error(`no answer to ${method} ${path}`)))
    request.end(bytes)
  })
}

function parsed(content) {
  try {
    return JSON.parse(content.toString())
  } catch {
    return undefined
  }
}

export const get = (nsid, query = {}, options) => {
  const search = new URLSearchParams(query).toString()
  return exchange('GET', `/xrpc/${nsid}${search && '?' + search}`, options)
}
export const post = (nsid, body, token, options) => exchange('POST', `/xrpc/${nsid}`, { body, token, ...options })

/** Asserts that an answer is the named XRPC error: JSON with exactly `error` and `message`. */
export function assertError(answer, status, error, message) {
  const seen = `${answer.status} ${answer.text.slice(0, 300)}`
  assert.equal(answer.status, status, seen)
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/, seen)
  assert.equal(answer.json?.error, error, seen)
  assert.equal(typeof (answer.json.message ?? ''), 'string', seen)
  for (const name of Object.keys(answer.json)) assert.ok(['error', 'message'].includes(name), seen)
  if (message) assert.match(answer.json.message, message)
}

/** Asserts that a call of the official client fails with the named XRPC error. */
export async function rejects(promise, status, error) {
  await assert.rejects(promise, (thrown) => {
    assert.equal(`${thrown.status} ${thrown.error}`, `${status} ${error}`, thrown.stack)
    return true
  })
}
