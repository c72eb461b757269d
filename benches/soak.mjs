// Watches the memory of Drive-In while many viewers play, seek and leave, for half an hour: one server with a disk cache and one
// without, 200 viewers each over 50 films. Prints a table and writes the curve as a picture.
//
//   node benches/soak.mjs target/release/drivein Film.mp4 [SECONDS [CURVE.svg]]
//
// The film is given 50 names in a folder of the emulated cloud; one of 1 to 2 Mbit/s keeps two cores at a fraction of their
// load. Replies that ask to come again (503, 504: the pace of the account is kept) are counted and repeated; any other one
// that is no success ends the run with an error. All traffic stays on this machine.

import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { cpuOf, freePort, memoryOf, run, stopAll, until } from './processes.mjs'

const FILMS = 50
const VIEWERS = 200
const CACHE_MIB = 256
// Beside `cache.memory`.
const ALLOWED_MIB = 100
const SEGMENT_S = 6
const SAMPLE_MS = 1000

const [program, filmPath, seconds = '1800', curvePath = 'benches/soak.svg'] = process.argv.slice(2)
if (!program || !filmPath) {
  console.error('usage: node benches/soak.mjs PROGRAM FILM [SECONDS [CURVE.svg]]')
  process.exit(2)
}
const film = resolve(filmPath)
// Beside the film, since a name can be given only on its own file system.
const folder = mkdtempSync(join(dirname(film), 'drivein-soak-'))
const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
let isOver = false

try {
  const films = join(folder, 'films')
  mkdirSync(films)
  for (let n = 0; n < FILMS; n++) linkSync(film, join(films, `Film ${n}.mp4`))
  const cloudPort = await freePort()
  const cloud = run(resolve(program), ['sandbox', '--root', films, '--listen', `127.0.0.1:${cloudPort}`])
  const network = await until('the emulated cloud', () => /\[network\][^]*?(?=\n\n[A-Z])/.exec(cloud.text)?.[0])
  const servers = [
    await start('without a disk cache', network, ''),
    await start('with a disk cache', network, `disk = "2 GiB"\n`),
  ]
  const watching = servers.flatMap(server => Array.from({ length: VIEWERS }, (_, n) => watch(server, n)))
  const begin = performance.now()
  const sampling = (async () => {
    while (!isOver) {
      for (const server of servers) server.curve.push([(performance.now() - begin) / 1000, memoryOf(server.pid, 'VmRSS') / 2 ** 20])
      await sleep(SAMPLE_MS)
    }
  })()
  await Promise.race([sleep(Number(seconds) * 1000), Promise.all(watching)])
  isOver = true
  await Promise.all([sampling, ...watching])
  console.log(`${FILMS} films of ${(statSync(film).size / 1e6).toFixed(0)} MB, ${VIEWERS} viewers, ${seconds} s\n`)
  console.log('| server | replies | repeated | GB sent | CPU s | MiB after a tenth | at half | at the end | at most |')
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|')
  for (const { name, curve, replies, repeated, bytes, pid } of servers) {
    const at = part => curve[Math.floor((curve.length - 1) * part)][1].toFixed(0)
    const most = Math.max(...curve.map(([, mib]) => mib)).toFixed(0)
    const cells = [name, replies, repeated, (bytes / 1e9).toFixed(1), cpuOf(pid).toFixed(0), at(0.1), at(0.5), at(1), most]
    console.log(`| ${cells.join(' | ')} |`)
  }
  writeFileSync(curvePath, picture(servers))
} finally {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)

async function start(name, network, cache) {
  const port = await freePort()
  const config = join(folder, `${port}.toml`)
  const settings = `listen = "127.0.0.1:${port}"\ndata_dir = "${join(folder, `state-${port}`)}"\n`
  writeFileSync(config, `${settings}[cache]\nmemory = "${CACHE_MIB} MiB"\n${cache}${network}\n`)
  const { child } = run(resolve(program), ['serve', '--config', config])
  const home = `http://127.0.0.1:${port}`
  const listing = `${home}/api/v1/entries/films?limit=${FILMS}`
  const entries = await until(name, async () => (await (await fetch(listing)).json()).children)
  const plays = entries.map(entry => new URL(new URL(entry.play.original).pathname, home).href)
  return { name, pid: child.pid, plays, curve: [], replies: 0, repeated: 0, bytes: 0 }
}

/** Plays films one after the other: as streams, or as files by range; with seeks; and leaves each one in the middle of a reply. */
async function watch(server, n) {
  const random = randomNumbers(n + 1)
  await sleep(random() * 60_000)
  while (!isOver) {
    const play = server.plays[Math.floor(random() * server.plays.length)]
    const until = performance.now() + 20_000 + random() * 100_000
    const next = n % 4 === 0 ? await byRange(server, play) : await bySegments(server, play)
    let at = random()
    while (!isOver && performance.now() < until) {
      if (random() < 0.1) at = random()
      const begin = performance.now()
      at = (await next(at)) % 1
      await sleep(Math.max(0, SEGMENT_S * 1000 - (performance.now() - begin)))
    }
    await next(at, 50_000)
  }
}

async function bySegments(server, play) {
  const lists = []
  for (const stream of ['source-video', 'sound-1']) {
    const url = `${play}/${stream}.m3u8`
    const text = (await read(server, url)).toString()
    lists.push(text.split('\n').filter(line => line && !line.startsWith('#')).map(line => new URL(line, url).href))
  }
  return async (at, most) => {
    const n = Math.floor(at * lists[0].length)
    for (const list of lists) if (list[n]) await read(server, list[n], {}, most)
    return (n + 1.5) / lists[0].length
  }
}

async function byRange(server, play) {
  const size = statSync(film).size
  const length = Math.floor(size / 100)
  return async (at, most) => {
    const start = Math.floor(at * (size - length))
    await read(server, play, { range: `bytes=${start}-${start + length - 1}` }, most)
    return (start + length) / (size - length)
  }
}

/** Reads a reply to its end, or up to `most` bytes; again if it asks for that. */
async function read(server, url, headers = {}, most = Infinity) {
  for (;;) {
    const bytes = await readOnce(server, url, headers, most)
    if (bytes || isOver) return bytes ?? Buffer.alloc(0)
    server.repeated++
    await sleep(3000)
  }
}

/** Returns the bytes of a list, an empty buffer for others; `null` for a reply that asks to come again. */
function readOnce(server, url, headers, most) {
  return new Promise((done, fail) => {
    const request = get(url, { agent, headers }, reply => {
      if (reply.statusCode === 503 || reply.statusCode === 504) {
        reply.resume()
        done(null)
        return
      }
      if (reply.statusCode !== 200 && reply.statusCode !== 206) {
        fail(new Error(`${reply.statusCode} for ${url}`))
        return
      }
      server.replies++
      const chunks = []
      let bytes = 0
      reply.on('data', chunk => {
        server.bytes += chunk.length
        bytes += chunk.length
        if (url.endsWith('.m3u8')) chunks.push(chunk)
        if (bytes > most) {
          request.destroy()
          done(Buffer.alloc(0))
        }
      })
      reply.on('end', () => done(Buffer.concat(chunks)))
      reply.on('error', error => (bytes > most ? done(Buffer.alloc(0)) : fail(error)))
    })
    request.on('error', fail)
  })
}

/** Returns a generator of numbers in [0, 1): the same ones in each run (mulberry32). */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Draws resident memory over time. */
function picture(servers) {
  const [width, height, left, bottom] = [800, 320, 50, 40]
  const end = servers[0].curve.at(-1)[0]
  const top = CACHE_MIB + ALLOWED_MIB + 44
  const x = second => (left + ((width - left - 10) * second) / end).toFixed(1)
  const y = mib => ((height - bottom) * (1 - mib / top)).toFixed(1)
  const colours = ['#2563eb', '#d97706']
  const lines = servers.map(({ curve }, n) => {
    const points = curve.map(([second, mib]) => `${x(second)},${y(mib)}`).join(' ')
    return `<polyline fill="none" stroke="${colours[n]}" stroke-width="1.5" points="${points}"/>`
  })
  const names = servers.map(({ name }, n) => `<text x="${left + 220 * n}" y="${height - 5}" fill="${colours[n]}">${name}</text>`)
  const rows = [0, 100, 200, CACHE_MIB, 300, CACHE_MIB + ALLOWED_MIB].map(
    mib => `<text x="${left - 8}" y="${y(mib)}" text-anchor="end" dominant-baseline="middle">${mib}</text>
<line x1="${left}" x2="${width - 10}" y1="${y(mib)}" y2="${y(mib)}" stroke="${mib === CACHE_MIB + ALLOWED_MIB ? '#dc2626' : '#ddd'}"/>`,
  )
  const minutes = [0, 0.25, 0.5, 0.75, 1].map(
    part => `<text x="${x(end * part)}" y="${height - bottom + 16}" text-anchor="middle">${((end * part) / 60).toFixed(0)} min</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>Resident memory in MiB; the red line is the limit</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${[...rows, ...minutes, ...lines, ...names].join('\n')}
</svg>
`
}
