// Repository exports: fetching, the order of their blocks, and the trees that @atproto/repo computes for the same keys.
import assert from 'node:assert/strict'
import { decode } from '@atproto/lex-cbor'
import { parseCid } from '@atproto/lex-data'
import { MST, MemoryBlockstore, def, readCar, readCarStream } from '@atproto/repo'

export async function fetchCar(account, method, query) {
  const answer = await fetch(`${account.server}/xrpc/com.atproto.sync.${method}?${new URLSearchParams(query)}`)
  assert.equal(answer.status, 200, `${method}: ${answer.status}`)
  assert.equal(answer.headers.get('content-type'), 'application/vnd.ipld.car')
  return new Uint8Array(await answer.arrayBuffer())
}

export const exportRepo = (account, since) => fetchCar(account, 'getRepo', { did: account.did, ...(since && { since }) })

/** The blocks of a CAR in the order in which they arrive. */
export async function blocksInOrder(car) {
  const { roots, blocks } = await readCarStream([car])
  assert.equal(roots.length, 1)
  const list = []
  for await (const block of blocks) list.push({ cid: String(block.cid), bytes: block.bytes })
  return { root: String(roots[0]), list }
}

/** The order that lets a reader verify while it reads: commit, then the tree in pre-order with records where they hang. */
export function preorder(root, list) {
  const bytes = new Map(list.map((block) => [block.cid, block.bytes]))
  const order = [root]
  const visit = (cid) => {
    order.push(cid)
    const node = decode(bytes.get(cid))
    if (node.l) visit(String(node.l))
    for (const entry of node.e) {
      order.push(String(entry.v))
      if (entry.t) visit(String(entry.t))
    }
  }
  visit(String(decode(bytes.get(root)).data))
  return [...new Set(order)]
}

/** The tree root of the repository's newest commit, read over XRPC. */
export async function currentRoot(account) {
  const latest = await account.agent.com.atproto.sync.getLatestCommit({ did: account.did })
  const { blocks } = await readCar(await fetchCar(account, 'getBlocks', { did: account.did, cids: latest.data.cid }))
  const commit = await new MemoryBlockstore(blocks).readObj(parseCid(latest.data.cid), def.commit)
  assert.equal(commit.rev, latest.data.rev)
  return String(commit.data)
}

/** The root that @atproto/repo computes for a Map of path → CID text. */
export async function rootOf(records) {
  let tree = await MST.create(new MemoryBlockstore())
  for (const [path, cid] of records) tree = await tree.add(path, parseCid(cid))
  return String(await tree.getPointer())
}
