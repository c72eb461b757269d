// Compares the state in PostgreSQL with SQLite: what a page and a play take longer. Two servers over one emulated cloud, the
// same request to each in turn, over one connection each. Prints a table of medians.
//
//   node benches/state-cost.mjs target/release/drivein 'postgres://user@%2Ffolder%2Fof%2Fsocket/empty_database' [TIMES]
//
// The database must be empty; on the same machine, the network between is not counted. The load of the machine is printed.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { cpuOf, freePort, run, stopAll, until } from './processes.mjs'

const [program, stateUrl, times = '200'] = process.argv.slice(2)
if (!program || !stateUrl) {
  console.error('usage: node benches/state-cost.mjs PROGRAM POSTGRES_URL [TIMES]')
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'drivein-state-'))

try {
  const cloudPort = await freePort()
  const cloud = run(resolve(program), ['sandbox', '--listen', `127.0.0.1:${cloudPort}`])
  const network = await until('the emulated cloud', () => /\[network\][^]*?(?=\n\n[A-Z])/.exec(cloud.text)?.[0])
  const servers = [await start('', network), await start(`state_url = "${stateUrl}"\n`, network)]
  const requests = [
    ['home page', 'GET', () => '/'],
    ['page of a folder', 'GET', ({ place }) => `/browse/${place}/`],
    ['watch page', 'GET', ({ place, path }) => `/watch/${place}${path}`],
    ['master playlist', 'GET', ({ play }) => `${play}/master.m3u8`],
    ['segment', 'GET', ({ segment }) => segment],
    ['position stored', 'PUT', ({ place, path }) => `/api/v1/history/${place}${path}`, { position_s: 1, duration_s: 100 }],
  ]
  console.log(`${times} requests each; load ${loadavg().map(it => it.toFixed(2)).join(' ')}\n`)
  console.log('| request | SQLite, ms | PostgreSQL, ms | more, ms | CPU ms, SQLite | CPU ms, PostgreSQL |')
  console.log('|---|---:|---:|---:|---:|---:|')
  for (const [name, method, pathOf, body] of requests) {
    const spent = servers.map(() => [])
    const before = servers.map(({ pid }) => cpuOf(pid))
    for (let n = 0; n < Number(times); n++) {
      for (const [at, server] of servers.entries()) {
        const began = performance.now()
        const reply = await server.ask(method, pathOf(server), body)
        spent[at].push(performance.now() - began)
        if (reply.status >= 300) throw new Error(`${name}: ${reply.status} ${reply.text}`)
      }
    }
    const [sqlite, postgres] = spent.map(all => all.sort((a, b) => a - b)[Math.floor(all.length / 2)])
    const cpu = servers.map(({ pid }, at) => (((cpuOf(pid) - before[at]) / Number(times)) * 1000).toFixed(1))
    const cells = [name, sqlite.toFixed(2), postgres.toFixed(2), (postgres - sqlite).toFixed(2), ...cpu]
    console.log(`| ${cells.join(' | ')} |`)
  }
} finally {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)

/** Starts a server, and waits until it has walked the cloud, so that its home page has rows of films and series. */
async function start(state, network) {
  const port = await freePort()
  const config = join(folder, `${port}.toml`)
  const settings = `listen = "127.0.0.1:${port}"\ndata_dir = "${join(folder, `state-${port}`)}"\n${state}`
  writeFileSync(config, `${settings}${network}\n`)
  const server = run(resolve(program), ['serve', '--config', config])
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (method, path, body) => send(agent, port, method, path, body)
  const get = async path => JSON.parse((await ask('GET', path)).text)
  const { drives } = await until('the server', () => get('/api/v1/drives')).catch(error => {
    throw new Error(`${error.message}: ${server.text}`)
  })
  const [{ name: place }] = drives
  await ask('POST', `/api/v1/library/walks/${place}`)
  await until('the walk', async () => (await get(`/api/v1/library/walks/${place}`)).state === 'done')
  const { items } = await get('/api/v1/library/films?limit=1')
  const path = encodeURI(items[0].versions[0].path)
  const { entry } = await get(`/api/v1/entries/${place}${path}`)
  const play = new URL(entry.play.original, 'http://host').pathname
  const list = `${play}/720p.m3u8`
  const segment = (await ask('GET', list)).text.split('\n').find(line => line && line[0] !== '#')
  return { ask, pid: server.child.pid, place, path, play, segment: new URL(segment, `http://host${list}`).pathname }
}

function send(agent, port, method, path, body) {
  return new Promise((done, fail) => {
    const headers = body ? { 'content-type': 'application/json', origin: `http://127.0.0.1:${port}` } : {}
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, reply => {
      const chunks = []
      reply.on('data', chunk => chunks.push(chunk))
      reply.on('end', () => done({ status: reply.statusCode, text: Buffer.concat(chunks).toString() }))
      reply.on('error', fail)
    })
    sent.on('error', fail)
    sent.end(body && JSON.stringify(body))
  })
}
