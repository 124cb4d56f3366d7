// The server under test and accounts on it.
import crypto from 'node:crypto'
import { AtpAgent } from '@atproto/api'
import { IdResolver, MemoryCache } from '@atproto/identity'

/** The shared server, e.g. http://localhost:2583. */
export const url = process.env.VIRGA_E2E_URL?.replace(/\/$/, '')

/** Test options for what Virga answers better than the reference (its bugs are listed in the behaviour notes, §19). */
export const better = process.env.VIRGA_E2E_TARGET === 'reference' ? { skip: 'the reference answers otherwise' } : {}

/** Where DID documents are read: the server itself unless told otherwise. */
export const plcOf = (server = url) => process.env.VIRGA_E2E_PLC_URL ?? server

/** Resolves DIDs from the directory and handles from the server itself, as DNS knows nothing of them. */
export function identityResolver(server = url) {
  const resolver = new IdResolver({ plcUrl: plcOf(server), fetch: globalThis.fetch, didCache: new MemoryCache() })
  resolver.handle.resolve = async (handle) => {
    try {
      const answer = await new AtpAgent({ service: server }).resolveHandle({ handle })
      return answer.data.did
    } catch (failure) {
      // As DNS would say: other files change handles and delete accounts whose events are replayed here.
      if (failure.error === 'HandleNotFound') return undefined
      throw failure
    }
  }
  return resolver
}

export const randomName = () => `e${crypto.randomBytes(6).toString('hex')}`

/** A new account with a signed-in official agent. */
export async function newAccount(server = url) {
  const agent = new AtpAgent({ service: server })
  const about = await agent.com.atproto.server.describeServer()
  const name = randomName()
  const handle = name + about.data.availableUserDomains[0]
  const email = `${name}@example.com`
  const password = crypto.randomBytes(9).toString('base64url')
  const made = await agent.createAccount({ handle, email, password })
  return { server, agent, did: made.data.did, handle, email, password, token: made.data.accessJwt, refresh: made.data.refreshJwt }
}

/** One more signed-in client of the same account. */
export async function anotherClient(account) {
  const agent = new AtpAgent({ service: account.server })
  await agent.login({ identifier: account.handle, password: account.password })
  return agent
}

/** The account's public key (did:key), as its DID document gives it to the world. */
export const signingKeyOf = (account) => identityResolver(account.server).did.resolveAtprotoKey(account.did, true)
