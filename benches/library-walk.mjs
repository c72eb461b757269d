// Walks a drive of 20,000 films on a WebDAV server that answers after 200 ms and refuses more than five requests a second
// (429). The server is killed in the middle of the walk. Prints how long the walk took, what was refused, and how long
// somebody waits who presses play meanwhile, and without a walk.
//
//   node benches/library-walk.mjs PROGRAM [FOLDER]
//
// The WebDAV server is in this program. All traffic stays on this machine.

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { freePort, run, stopAll, until } from './processes.mjs'

const FOLDERS = 200
const FILMS_PER_FOLDER = 100
const DELAY_MS = 200
const REQUESTS_PER_S = 5
const FILM = Buffer.alloc(100_000, 7)
const PLAYS = 12
const PLAY_INTERVAL_MS = 1500
// Of a walk that nothing slows, four times.
const TIMEOUT_MS = (4 * FOLDERS * 1000) / REQUESTS_PER_S

const [program, parent = tmpdir()] = process.argv.slice(2)
if (!program) {
  console.error('usage: node benches/library-walk.mjs PROGRAM [FOLDER]')
  process.exit(2)
}
const folder = mkdtempSync(join(resolve(parent), 'drivein-walk-'))
const seen = { listed: 0, refused: 0, times: [] }

try {
  const upstream = createServer(answer)
  await new Promise(done => upstream.listen(0, '127.0.0.1', done))
  const drive = `[[drive]]\nname = "dav"\nkind = "webdav"\nbase_url = "http://127.0.0.1:${upstream.address().port}"\n`
  const head = `data_dir = ${JSON.stringify(join(folder, 'state'))}\n[network]\nallow_hosts = ["127.0.0.1"]\n`
  const config = walks => {
    const path = join(folder, `${walks}.toml`)
    writeFileSync(path, `${head}[library]\nwalk = ${walks}\n${drive}`)
    return path
  }
  let server = await serve(config(false))
  const alone = await waits(server, 0, PLAYS)
  await kill(server)

  // A walk goes on after a restart where walks are on.
  server = await serve(config(true))
  const before = { ...seen }
  const begin = performance.now()
  await call(server, 'POST', 'library/walks/dav')
  await reached(server, walk => walk.seen > (FOLDERS * FILMS_PER_FOLDER) / 10)
  const meanwhile = await waits(server, PLAYS, PLAYS)
  await reached(server, walk => walk.seen > (FOLDERS * FILMS_PER_FOLDER) / 2)
  const listed = seen.listed
  await kill(server)
  server = await serve(config(true))
  const done = await reached(server, walk => walk.state === 'done')
  const seconds = (performance.now() - begin) / 1000

  const again = seen.listed - before.listed - FOLDERS
  console.log('| walk | listings | more than once | refused (429) | films found |')
  console.log('|---:|---:|---:|---:|---:|')
  console.log(`| ${seconds.toFixed(0)} s | ${seen.listed - before.listed} | ${again} | ${seen.refused - before.refused} | ${done.found} |`)
  console.log(`\nIt was killed after ${listed - before.listed} listings, and went on.\n`)
  console.log('| first byte of a film | median, ms | longest, ms |')
  console.log('|---|---:|---:|')
  for (const [name, times] of [
    ['without a walk', alone],
    ['during the walk', meanwhile],
  ]) {
    console.log(`| ${name} | ${times[times.length >> 1].toFixed(0)} | ${times.at(-1).toFixed(0)} |`)
  }
} finally {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)

/** Answers as a WebDAV server of folders of films. */
async function answer(request, response) {
  const path = decodeURIComponent(new URL(request.url, 'http://host').pathname)
  const now = performance.now()
  seen.times = seen.times.filter(time => time > now - 1000)
  const isRefused = seen.times.length >= REQUESTS_PER_S
  if (!isRefused) seen.times.push(now)
  request.resume()
  await sleep(DELAY_MS)
  if (isRefused) {
    seen.refused += 1
    response.writeHead(429, { 'retry-after': '1' }).end()
    return
  }
  const [, number, film] = /^\/(?:Folder (\d+)\/?)?(.+\.mkv)?$/.exec(path) ?? []
  const isThere = path === '/' || (number && Number(number) < FOLDERS)
  if (!isThere) {
    response.writeHead(404).end()
  } else if (request.method === 'PROPFIND') {
    const children = request.headers.depth === '1' && !film
    if (children) seen.listed += 1
    const entries = [path, ...(children ? names(path, number) : [])].map(entryOf)
    response.writeHead(207, { 'content-type': 'application/xml' })
    response.end(`<?xml version="1.0"?><multistatus xmlns="DAV:">${entries.join('')}</multistatus>`)
  } else if (film) {
    const [, from = 0, last = ''] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
    const bytes = FILM.subarray(Number(from), last === '' ? FILM.length : Number(last) + 1)
    const range = { 'content-range': `bytes ${from}-${Number(from) + bytes.length - 1}/${FILM.length}` }
    const head = { etag: etagOf(path), 'accept-ranges': 'bytes', 'content-length': bytes.length }
    response.writeHead(request.headers.range ? 206 : 200, request.headers.range ? { ...head, ...range } : head)
    response.end(bytes)
  } else {
    response.writeHead(405, { dav: '1' }).end()
  }
}

function names(path, number) {
  if (path === '/') return Array.from({ length: FOLDERS }, (_, index) => `/Folder ${index}/`)
  const film = index => `Film ${number} of ${index} (${1950 + (index % 70)}).mkv`
  return Array.from({ length: FILMS_PER_FOLDER }, (_, index) => `/Folder ${number}/${film(index)}`)
}

function entryOf(path) {
  const href = path.split('/').map(encodeURIComponent).join('/')
  const film = `<resourcetype/><getcontentlength>${FILM.length}</getcontentlength><getetag>${etagOf(path).replaceAll('"', '&quot;')}</getetag>`
  const kind = path.endsWith('.mkv') ? film : '<resourcetype><collection/></resourcetype>'
  return `<response><href>${href}</href><propstat><prop>${kind}</prop><status>HTTP/1.1 200 OK</status></propstat></response>`
}

function etagOf(path) {
  return `"${createHash('md5').update(path).digest('hex')}"`
}

/** Presses play for `count` films, each in another folder from the end, and returns the times to the first byte, sorted. */
async function waits(server, from, count) {
  const times = []
  for (let number = from; number < from + count; number++) {
    const place = FOLDERS - 1 - number
    const path = `/Folder ${place}/Film ${place} of 0 (1950).mkv`
    const begin = performance.now()
    const { entry } = await call(server, 'GET', `entries/dav${path.split('/').map(encodeURIComponent).join('/')}`)
    const reply = await fetch(new URL(new URL(entry.play.original).pathname, server.home))
    if (!reply.ok) throw new Error(`${path}: ${reply.status}`)
    await reply.body.getReader().read()
    times.push(performance.now() - begin)
    await sleep(PLAY_INTERVAL_MS)
  }
  return times.sort((a, b) => a - b)
}

async function reached(server, isThere) {
  const end = performance.now() + TIMEOUT_MS
  while (performance.now() < end) {
    const walk = await call(server, 'GET', 'library/walks/dav')
    if (isThere(walk) || walk.state === 'done') return walk
    await sleep(200)
  }
  throw new Error('the walk does not get there')
}

async function serve(config) {
  const port = await freePort()
  const { child } = run(resolve(program), ['serve', '--config', config, '--listen', `127.0.0.1:${port}`])
  const server = { child, home: `http://127.0.0.1:${port}` }
  await until('the server', () => call(server, 'GET', 'drives'))
  return server
}

async function kill(server) {
  server.child.kill('SIGKILL')
  await new Promise(done => server.child.once('exit', done))
}

async function call(server, method, path) {
  const reply = await fetch(`${server.home}/api/v1/${path}`, { method })
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
  return reply.json()
}
