import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test } from 'node:test'
import { currentRoot, rootOf } from '../lib/exports.mjs'
import { Random } from '../lib/random.mjs'
import { create, remove } from '../lib/records.mjs'
import { newAccount } from '../lib/world.mjs'

const EMPTY = 'bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm'
const KEY_CHARACTERS = 'abcXYZ019.:_~-'

/** The layer of a key in the tree: its hash's leading zero bits, two to a layer. */
function layer(path) {
  const bits = [...createHash('sha256').update(path).digest()].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return Math.floor(bits.indexOf('1') / 2)
}

function keysOf(count, make, fits = () => true) {
  const keys = new Set()
  for (let i = 0; keys.size < count; i++) {
    const key = make(i)
    if (fits(key)) keys.add(key)
  }
  return [...keys]
}

const random = new Random()
const SETS = {
  'one key': () => ['com.example.a/only'],
  'two keys that share all but the end': () => [`com.example.a/${'x'.repeat(511)}a`, `com.example.a/${'x'.repeat(511)}b`],
  'one key high above the others': () => [
    ...keysOf(20, (i) => `com.example.a/low${i}`, (key) => layer(key) === 0),
    ...keysOf(1, (i) => `com.example.a/high${i}`, (key) => layer(key) >= 5),
  ],
  'keys of the lowest layer only': () => keysOf(100, (i) => `com.example.a/${i}`, (key) => layer(key) === 0),
  'keys of the even layers only': () => keysOf(60, (i) => `com.example.b/${i}`, (key) => layer(key) % 2 === 0 && layer(key) > 0),
  'rising numbers': () => keysOf(400, (i) => `com.example.c/${String(i).padStart(6, '0')}`),
  'random keys in several collections': () => keysOf(500, () =>
    `com.example.${random.pick(['a', 'aB', 'ab', 'z.z', 'a-b.c'])}/${random.text(1 + random.below(40), KEY_CHARACTERS)}`, (key) => !/\/\.\.?$/.test(key)),
}

suite(`the tree's root (seed ${random.seed})`, () => {
  for (const [name, make] of Object.entries(SETS)) {
    test(`is what @atproto/repo computes for ${name}, growing and shrinking`, async () => {
      const account = await newAccount()
      const { did: repo, agent } = account
      assert.equal(await currentRoot(account), EMPTY)
      const keys = make()
      const records = new Map()
      for (let i = 0; i < keys.length; i += 200) {
        const writes = keys.slice(i, i + 200).map((key, n) => create(...key.split('/'), { n }))
        const { data } = await agent.com.atproto.repo.applyWrites({ repo, writes })
        data.results.forEach((result, n) => records.set(keys[i + n], result.cid))
        assert.equal(await currentRoot(account), await rootOf(records))
      }
      for (let round = 0; records.size > 0; round++) {
        const doomed = [...records.keys()].filter((_, i) => round > 1 || i % 2 === 0).slice(0, 200)
        await agent.com.atproto.repo.applyWrites({ repo, writes: doomed.map((key) => remove(...key.split('/'))) })
        for (const key of doomed) records.delete(key)
        assert.equal(await currentRoot(account), await rootOf(records))
      }
      assert.equal(await currentRoot(account), EMPTY)
    })
  }
})
