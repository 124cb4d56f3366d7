import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { AtpAgent, CredentialSession } from '@atproto/api'
import { assertError, exchange, get, post, rejects } from '../lib/http.mjs'
import { better, identityResolver, newAccount, plcOf, randomName, signingKeyOf, url } from '../lib/world.mjs'

suite('an account', () => {
  let account
  before(async () => { account = await newAccount() })

  test('is offered by describeServer', async () => {
    const { data } = await new AtpAgent({ service: url }).com.atproto.server.describeServer()
    assert.match(data.did, /^did:web:/)
    assert.ok(data.availableUserDomains.every((domain) => domain.startsWith('.')))
    assert.notEqual(data.inviteCodeRequired, true)
    assert.ok(data.blobUploadLimit > 0)
  })

  test('has a did:plc whose document names its handle, key and server', async () => {
    assert.match(account.did, /^did:plc:[a-z2-7]{24}$/)
    const answer = await fetch(`${plcOf()}/${account.did}`)
    assert.equal(answer.status, 200)
    const document = await answer.json()
    assert.equal(document.id, account.did)
    assert.deepEqual(document.alsoKnownAs, [`at://${account.handle}`])
    const [service] = document.service
    assert.deepEqual([service.id, service.type], ['#atproto_pds', 'AtprotoPersonalDataServer'])
    assert.equal(new URL(service.serviceEndpoint).origin, new URL(url).origin)
    assert.match(await signingKeyOf(account), /^did:key:zQ3s/)
  })

  test('is understood by the official identity resolver', async () => {
    const data = await identityResolver().did.resolveAtprotoData(account.did)
    assert.equal(data.handle, account.handle)
    assert.equal(new URL(data.pds).origin, new URL(url).origin)
  })

  test('has an audit log in the directory that begins with its genesis', async () => {
    const log = await (await fetch(`${plcOf()}/${account.did}/log/audit`)).json()
    assert.equal(log.length, 1)
    assert.deepEqual([log[0].did, log[0].nullified, log[0].operation.prev], [account.did, false, null])
    const data = await (await fetch(`${plcOf()}/${account.did}/data`)).json()
    assert.equal(data.verificationMethods.atproto, await signingKeyOf(account))
  })

  test('is found by its handle, in whatever case', async () => {
    const { agent } = account
    assert.equal((await agent.resolveHandle({ handle: account.handle })).data.did, account.did)
    assert.equal((await agent.resolveHandle({ handle: account.handle.toUpperCase() })).data.did, account.did)
    const domain = account.handle.slice(account.handle.indexOf('.'))
    assertError(await get('com.atproto.identity.resolveHandle', { handle: `nobody-here${domain}` }), 400, 'HandleNotFound')
    assertError(await get('com.atproto.identity.resolveHandle', { handle: 'not a handle' }), 400, 'InvalidRequest')
  })

  test('proves its handle at /.well-known/atproto-did of that host', async () => {
    const mine = await exchange('GET', '/.well-known/atproto-did', { headers: { host: account.handle } })
    assert.deepEqual([mine.status, mine.text.trim()], [200, account.did])
    assert.match(mine.headers['content-type'], /^text\/plain/)
    assert.equal((await exchange('GET', '/.well-known/atproto-did', { headers: { host: `nobody.${account.handle}` } })).status, 404)
  })

  test('has an empty repository that describes itself', async () => {
    const { data } = await account.agent.com.atproto.repo.describeRepo({ repo: account.handle })
    assert.deepEqual([data.did, data.handle, data.handleIsCorrect, data.collections], [account.did, account.handle, true, []])
    assert.equal(data.didDoc.id, account.did)
  })

  test('cannot be made twice or with unusable values', async () => {
    const domain = account.handle.slice(account.handle.indexOf('.'))
    const make = (change) => post('com.atproto.server.createAccount', {
      handle: randomName() + domain, email: `${randomName()}@example.com`, password: 'correct horse', ...change,
    })
    assertError(await make({ handle: account.handle }), 400, 'InvalidRequest', /taken/i)
    assertError(await make({ email: account.email }), 400, 'InvalidRequest', /mail/i)
    assertError(await make({ email: undefined }), 400, 'InvalidRequest', /mail/i)
    assertError(await make({ email: 'nonsense' }), 400, 'InvalidRequest', /mail/i)
    assertError(await make({ handle: `a_b${domain}` }), 400, 'InvalidRequest')
    assertError(await make({ handle: `ab${domain}` }), 400, 'InvalidHandle')
    assertError(await make({ handle: `${'a'.repeat(19)}${domain}` }), 400, 'InvalidHandle')
    assertError(await make({ handle: `one.two${domain}` }), 400, 'InvalidHandle')
    assertError(await make({ handle: `admin${domain}` }), 400, 'HandleNotAvailable')
    assertError(await make({ handle: 'someone.example.com' }), 400, 'UnsupportedDomain')
    assertError(await make({ password: 'x'.repeat(257) }), 400, 'InvalidRequest')
    assertError(await make({ did: account.did }), 401, 'AuthenticationRequired')
    assertError(await make({ plcOp: {} }), 400, 'InvalidRequest')
  })
})

suite('a session', () => {
  let account
  before(async () => { account = await newAccount() })
  const session = async (identifier = account.handle) => {
    const credentials = new CredentialSession(new URL(url))
    await credentials.login({ identifier, password: account.password })
    return credentials
  }

  test('opens with handle, DID or e-mail address', async () => {
    for (const identifier of [account.handle, account.handle.toUpperCase(), account.did, account.email]) {
      const { data } = await new AtpAgent({ service: url }).com.atproto.server.createSession({ identifier, password: account.password })
      assert.deepEqual([data.did, data.handle, data.email, data.emailConfirmed, data.active], [account.did, account.handle, account.email, false, true])
    }
  })

  test('does not tell a wrong password from an unknown account', async () => {
    const wrong = await post('com.atproto.server.createSession', { identifier: account.handle, password: 'wrong' })
    const unknown = await post('com.atproto.server.createSession', { identifier: `x${account.handle}`, password: 'wrong' })
    assertError(wrong, 401, 'AuthenticationRequired')
    assert.equal(wrong.text, unknown.text)
    assertError(await post('com.atproto.server.createSession', { identifier: account.handle, password: 'x'.repeat(513) }), 401, 'AuthenticationRequired')
  })

  test('is described by getSession', async () => {
    const agent = new AtpAgent(await session())
    const { data } = await agent.com.atproto.server.getSession()
    assert.deepEqual([data.did, data.handle, data.email, data.emailConfirmed, data.active], [account.did, account.handle, account.email, false, true])
  })

  test('is resumed and refreshed by the official client', async () => {
    const credentials = await session()
    const first = { ...credentials.session }
    await credentials.refreshSession()
    assert.notEqual(credentials.session.refreshJwt, first.refreshJwt)
    const resumed = new CredentialSession(new URL(url))
    await resumed.resumeSession({ ...credentials.session })
    assert.equal((await new AtpAgent(resumed).com.atproto.server.getSession()).data.did, account.did)
  })

  test('gives a client that lost the answer to a refresh the same successor', async () => {
    const { session: { refreshJwt } } = await session()
    const id = (answer) => JSON.parse(Buffer.from(answer.json.refreshJwt.split('.')[1], 'base64url')).jti
    const first = await post('com.atproto.server.refreshSession', undefined, refreshJwt)
    const again = await post('com.atproto.server.refreshSession', undefined, refreshJwt)
    assert.deepEqual([first.status, again.status], [200, 200])
    assert.equal(id(first), id(again))
    assert.deepEqual([again.json.did, again.json.handle, again.json.active], [account.did, account.handle, true])
  })

  test('ends with deleteSession: its refresh token is dead', async () => {
    const credentials = await session()
    const { refreshJwt } = credentials.session
    await credentials.logout()
    assertError(await post('com.atproto.server.refreshSession', undefined, refreshJwt), 400, 'ExpiredToken')
  })

  test('issues tokens of the documented form', async () => {
    const { session: { accessJwt, refreshJwt } } = await session()
    const part = (jwt, i) => JSON.parse(Buffer.from(jwt.split('.')[i], 'base64url'))
    assert.deepEqual([part(accessJwt, 0).typ, part(accessJwt, 0).alg], ['at+jwt', 'HS256'])
    assert.deepEqual([part(refreshJwt, 0).typ, part(refreshJwt, 0).alg], ['refresh+jwt', 'HS256'])
    const [access, refresh] = [part(accessJwt, 1), part(refreshJwt, 1)]
    assert.deepEqual([access.scope, access.sub, access.exp - access.iat], ['com.atproto.access', account.did, 120 * 60])
    assert.deepEqual([refresh.scope, refresh.sub, refresh.exp - refresh.iat], ['com.atproto.refresh', account.did, 90 * 86_400])
    assert.deepEqual([access.aud, refresh.aud.startsWith('did:web:'), typeof refresh.jti], [refresh.aud, true, 'string'])
  })

  test('does not reach into another account', async () => {
    const other = await newAccount()
    const record = { $type: 'app.bsky.feed.post', text: 'mine', createdAt: new Date().toISOString() }
    await rejects(other.agent.com.atproto.repo.createRecord({ repo: account.did, collection: record.$type, record }), 401, 'AuthenticationRequired')
  })
})

suite('the server itself', () => {
  test('says it is healthy, greets and lets robots in', async () => {
    const health = await exchange('GET', '/xrpc/_health')
    assert.deepEqual([health.status, typeof health.json.version], [200, 'string'])
    const front = await exchange('GET', '/')
    assert.equal(front.status, 200)
    assert.match(front.headers['content-type'], /^text\/plain/)
    const robots = await exchange('GET', '/robots.txt')
    assert.equal(robots.status, 200)
    assert.match(robots.text, /^User-agent: \*$/im)
    assert.doesNotMatch(robots.text, /^Disallow: ?\/$/im)
  })

  test('serves the document of its own did:web', better, async () => {
    const about = await get('com.atproto.server.describeServer')
    const answer = await exchange('GET', '/.well-known/did.json')
    assert.equal(answer.status, 200)
    assert.equal(answer.json.id, about.json.did)
    assert.equal(new URL(answer.json.service[0].serviceEndpoint).origin, new URL(url).origin)
  })

  test('lets browsers in from everywhere', async () => {
    const asked = { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' }
    const preflight = await exchange('OPTIONS', '/xrpc/com.atproto.repo.createRecord', { headers: asked })
    assert.equal(preflight.status, 204)
    assert.equal(preflight.headers['access-control-allow-origin'], '*')
    assert.equal(preflight.headers['access-control-max-age'], '86400')
    assert.match(preflight.headers['access-control-allow-methods'], /POST/)
    assert.deepEqual(preflight.headers['access-control-allow-headers'].toLowerCase().split(/, ?/).sort(), ['authorization', 'content-type'])
    const failed = await get('com.atproto.repo.getRecord', {}, { headers: { origin: 'https://app.example' } })
    assert.deepEqual([failed.status, failed.headers['access-control-allow-origin']], [400, '*'])
  })
})
