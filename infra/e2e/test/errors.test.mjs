import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import http from 'node:http'
import { before, suite, test } from 'node:test'
import { assertError, exchange, get, post } from '../lib/http.mjs'
import { POST, postRecord } from '../lib/records.mjs'
import { better, newAccount } from '../lib/world.mjs'

const CREATE = 'com.atproto.repo.createRecord'
const jwtSecret = process.env.VIRGA_E2E_JWT_SECRET

suite('a bad request', () => {
  let account
  before(async () => { account = await newAccount() })
  const body = (change) => ({ repo: account.did, collection: POST, record: postRecord(), ...change })

  test('with the wrong verb is InvalidRequest', async () => {
    assertError(await post('com.atproto.server.describeServer', {}), 400, 'InvalidRequest')
    assertError(await get(CREATE), 400, 'InvalidRequest')
    for (const verb of ['PUT', 'DELETE', 'PATCH']) {
      assertError(await exchange(verb, '/xrpc/com.atproto.server.describeServer'), 400, 'InvalidRequest')
    }
  })

  test('for a malformed method name is InvalidRequest', async () => {
    for (const path of ['', 'com.atproto..repo', '.com.atproto.repo', '%zz', 'com.atproto.repo.getRecord/x']) {
      assertError(await exchange('GET', `/xrpc/${path}`), 400, 'InvalidRequest')
    }
  })

  test('for an unknown method is AuthMissing without credentials', async () => {
    assertError(await get('com.example.unknownMethod'), 401, 'AuthMissing')
    assertError(await post('com.example.unknownMethod', {}), 401, 'AuthMissing')
  })

  test('for an unknown method is a named error with credentials', better, async () => {
    const answer = await get('com.example.unknownMethod', {}, { token: account.token })
    assert.ok([400, 404, 501].includes(answer.status), answer.text)
    assert.equal(typeof answer.json.error, 'string')
  })

  test('with a missing or broken parameter is InvalidRequest', async () => {
    const { did } = account
    const cases = [
      ['com.atproto.sync.getRepo', {}, /did/],
      ['com.atproto.repo.getRecord', { repo: did, collection: POST }, /rkey/],
      ['com.atproto.sync.getRepo', { did: 'nonsense' }],
      ['com.atproto.repo.listRecords', { repo: did, collection: 'no nsid' }],
      ['com.atproto.repo.listRecords', { repo: did, collection: POST, limit: 'many' }],
      ['com.atproto.repo.listRecords', { repo: did, collection: POST, limit: '0' }],
      ['com.atproto.repo.listRecords', { repo: did, collection: POST, limit: '101' }],
      ['com.atproto.repo.listRecords', { repo: did, collection: POST, reverse: 'maybe' }],
      ['com.atproto.sync.listRepos', { limit: '1001' }],
      ['com.atproto.sync.listRepos', { cursor: 'nonsense' }, /cursor/i],
    ]
    for (const [nsid, query, message] of cases) assertError(await get(nsid, query), 400, 'InvalidRequest', message)
  })

  test('with a broken body is InvalidRequest', async () => {
    const { token } = account
    assertError(await post(CREATE, undefined, token), 400, 'InvalidRequest')
    assertError(await post(CREATE, '{}', token), 400, 'InvalidRequest') // no Content-Type
    assertError(await post(CREATE, '{}', token, { type: 'text/plain' }), 400, 'InvalidRequest')
    assertError(await post(CREATE, '{}', token, { type: 'application/cbor' }), 400, 'InvalidRequest')
    assertError(await post(CREATE, {}, token), 400, 'InvalidRequest', /repo/)
    assertError(await post(CREATE, body({ repo: 7 }), token), 400, 'InvalidRequest', /repo/)
    assertError(await post(CREATE, body({ record: 'text' }), token), 400, 'InvalidRequest', /record/)
    assertError(await post(CREATE, body({ validate: 'yes' }), token), 400, 'InvalidRequest', /validate/)
  })

  test('with malformed JSON is InvalidRequest', better, async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    for (const text of ['{', '{"repo":', '[}', '{"a":1}{"b":2}', 'nonsense', '{"a":\u0001}', deep, `{"record":${deep}}`]) {
      assertError(await post(CREATE, text, account.token, { type: 'application/json' }), 400, 'InvalidRequest')
    }
  })

  test('with a body above the limit is PayloadTooLarge', better, async () => {
    const large = postRecord('x', { padding: 'x'.repeat(1_000_000) })
    assertError(await post(CREATE, body({ record: large }), account.token), 413, 'PayloadTooLarge')
    const password = 'x'.repeat(150 * 1024)
    assertError(await post('com.atproto.server.createSession', { identifier: account.handle, password }), 413, 'PayloadTooLarge')
  })

  test('leaves the connection usable', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set()
    for (const bad of [
      () => exchange('PUT', '/xrpc/com.atproto.server.describeServer', { agent }),
      () => exchange('GET', '/xrpc/foo', { agent }),
      () => post(CREATE, '{', account.token, { type: 'application/json', agent }),
      () => post(CREATE, body(), 'garbage', { agent }),
      () => get('com.atproto.sync.getRepo', {}, { agent }),
    ]) {
      const answer = await bad()
      assert.ok(answer.status >= 400 && answer.status < 500, answer.text)
      const good = await get('com.atproto.server.describeServer', {}, { agent })
      assert.equal(good.status, 200)
      ports.add(answer.port).add(good.port)
    }
    agent.destroy()
    assert.equal(ports.size, 1, 'one connection served all')
  })

  test('for the firehose without an upgrade is 426', better, async () => {
    const answer = await get('com.atproto.sync.subscribeRepos')
    assert.equal(answer.status, 426, answer.text)
    assert.equal(answer.headers.upgrade?.toLowerCase(), 'websocket')
  })

  test('names a repository that is not here', async () => {
    const did = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'
    const cid = 'bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm'
    for (const [nsid, query] of [
      ['getRepo', {}], ['getLatestCommit', {}], ['getRepoStatus', {}], ['listBlobs', {}],
      ['getBlocks', { cids: cid }], ['getRecord', { collection: POST, rkey: 'x' }], ['getBlob', { cid }],
    ]) assertError(await get(`com.atproto.sync.${nsid}`, { did, ...query }), 400, 'RepoNotFound')
    assertError(await get('com.atproto.repo.listRecords', { repo: did, collection: POST }), 400, 'InvalidRequest')
    assertError(await get('com.atproto.repo.describeRepo', { repo: did }), 400, 'RepoNotFound')
  })

  test('names a record or block that is not here', async () => {
    const query = { repo: account.did, collection: POST, rkey: 'missing' }
    assertError(await get('com.atproto.repo.getRecord', query), 400, 'RecordNotFound')
  })

  test('names a block that is not here', better, async () => {
    const cids = 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a'
    assertError(await get('com.atproto.sync.getBlocks', { did: account.did, cids }), 400, 'BlockNotFound')
  })
})

suite('a credential', () => {
  let account
  before(async () => { account = await newAccount() })
  const session = (token) => get('com.atproto.server.getSession', {}, { token })

  test('is demanded', async () => assertError(await session(), 401, 'AuthMissing'))

  test('that is garbage or of another scheme is InvalidToken', async () => {
    const [head, claims, signature] = account.token.split('.')
    const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, 'base64url')), sub: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' })).toString('base64url')
    const none = Buffer.from(JSON.stringify({ typ: 'at+jwt', alg: 'none' })).toString('base64url')
    for (const token of ['garbage', 'a.b.c', 'Basic YTpi', `${head}.${forged}.${signature}`, `${none}.${claims}.`, `${none}.${claims}.${signature}`]) {
      assertError(await session(token), 400, 'InvalidToken')
    }
  })

  test('of the wrong kind is InvalidToken', async () => {
    assertError(await session(account.refresh), 400, 'InvalidToken')
    assertError(await post('com.atproto.server.refreshSession', undefined, account.token), 400, 'InvalidToken')
    assertError(await post('com.atproto.server.deleteSession', undefined, account.token), 400, 'InvalidToken')
  })

  test('that has expired is ExpiredToken', { skip: !jwtSecret && 'the secret is not known' }, async () => {
    const [head, claims, signature] = account.token.split('.')
    const sign = (text) => createHmac('sha256', jwtSecret).update(text).digest('base64url')
    assert.equal(sign(`${head}.${claims}`), signature, 'tokens are signed with PDS_JWT_SECRET')
    const early = { ...JSON.parse(Buffer.from(claims, 'base64url')), iat: 1_600_000_000, exp: 1_600_007_200 }
    const text = `${head}.${Buffer.from(JSON.stringify(early)).toString('base64url')}`
    assertError(await session(`${text}.${sign(text)}`), 400, 'ExpiredToken')
  })

  test('is demanded for every write', async () => {
    const { did: repo } = account
    for (const [nsid, body] of [
      [CREATE, { repo, collection: POST, record: postRecord() }],
      ['com.atproto.repo.putRecord', { repo, collection: POST, rkey: 'x', record: postRecord() }],
      ['com.atproto.repo.deleteRecord', { repo, collection: POST, rkey: 'x' }],
      ['com.atproto.repo.applyWrites', { repo, writes: [] }],
    ]) assertError(await post(nsid, body), 401, 'AuthMissing')
    assertError(await post('com.atproto.repo.uploadBlob', 'bytes', undefined, { type: 'text/plain' }), 401, 'AuthMissing')
    assertError(await get('com.atproto.repo.listMissingBlobs'), 401, 'AuthMissing')
  })
})
