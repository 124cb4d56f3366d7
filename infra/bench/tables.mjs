// The rows that compare.mjs measured, as tables in Markdown: one for each peer, Virga beside it.
import os from 'node:os'

const number = (v) => {
  if (v === undefined || v === null || Number.isNaN(v)) return '–'
  if (v >= 100) return Math.round(v).toLocaleString('en-US')
  return String(Math.round(v * (v < 0.1 ? 1000 : 100)) / (v < 0.1 ? 1000 : 100))
}
const ratio = (a, b) => (a && b ? `${number(a / b)}×` : '–')

/** What was measured, where, when and how. */
export function heading(commit, rounds) {
  const [processor] = os.cpus()
  const load = os.loadavg().map((l) => l.toFixed(2)).join(' ')
  return `${new Date().toISOString().slice(0, 16)}Z, ${os.cpus().length} cores (${processor.model}), load average ${load}, Virga ${commit}, medians of ${rounds} interleaved rounds after a warm-up`
}

/** A row is { name, clients, rounds: {side: count}, [side]: { p50, p99, perSecond, cpu } }; a side that refused has no numbers. */
export function table(rows, peer, rounds) {
  const lines = [
    `| operation | clients | ${peer.name}: p50 · p99 ms | Virga: p50 · p99 ms | ${peer.name}: per s · CPU ms | Virga: per s · CPU ms | throughput | CPU |`,
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ]
  for (const row of rows) {
    const [a, b] = [row[peer.key], row.virga]
    const took = Math.min(...[peer.key, 'virga'].map((key) => row.rounds[key]).filter((count) => count > 0))
    const cells = [
      took < rounds ? `${row.name} (${took} of ${rounds} rounds)` : row.name, row.clients,
      ...[a, b].map((side) => `${number(side.p50)} · ${number(side.p99)}`),
      ...[a, b].map((side) => `${number(side.perSecond)} · ${number(side.cpu)}`),
      ratio(b.perSecond, a.perSecond), ratio(a.cpu, b.cpu),
    ]
    lines.push(`| ${cells.join(' | ')} |`)
  }
  return lines.join('\n')
}
