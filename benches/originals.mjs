// Compares ways to stream an original as HLS without decoding its picture, in one run: Drive-In, `ffmpeg -c copy -f hls`, and
// mediaflow-proxy, if it is installed. Prints a table: time to the first segment, bytes read upstream, CPU and memory.
//
//   node benches/originals.mjs target/release/drivein Film.mkv
//
// ffmpeg and mediaflow-proxy read the film from a server of this script, Drive-In from its emulated cloud, which is a process
// of its own; all traffic stays on this machine. mediaflow-proxy is a module of the `python3` on the PATH
// (`pip install mediaflow-proxy`). The load of the machine is printed, since no figure means anything without it.

import { copyFileSync, createReadStream, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { cpuOf, freePort, memoryOf, run, stopAll, until } from './processes.mjs'

const [program, filmPath] = process.argv.slice(2)
if (!program || !filmPath) {
  console.error('usage: node benches/originals.mjs PROGRAM FILM')
  process.exit(2)
}
const film = resolve(filmPath)
const filmBytes = statSync(film).size
const folder = mkdtempSync(join(tmpdir(), 'drivein-originals-'))

try {
  console.log(`${basename(film)}, ${(filmBytes / 1e6).toFixed(1)} MB; load ${loadavg().map(it => it.toFixed(2)).join(' ')}\n`)
  const rows = []
  for (const way of ['source.m3u8', 'picture and sound in turn', 'the file itself']) rows.push(await measureDriveIn(way))
  rows.push(await measureFfmpeg())
  const mediaflow = await measureMediaflow().catch(error => console.log(`mediaflow-proxy: ${error.message}\n`))
  if (mediaflow) rows.push(mediaflow)
  console.log('| system | first segment, ms | bytes upstream / film | CPU s per GB | memory, MB |')
  console.log('|---|---:|---:|---:|---:|')
  for (const { name, firstMs, upstream, cpu, rss } of rows) {
    const ratio = upstream === null ? '–' : (upstream / filmBytes).toFixed(3)
    console.log(
      `| ${name} | ${firstMs.toFixed(0)} | ${ratio} | ${(cpu / (filmBytes / 1e9)).toFixed(2)} | ${(rss / 1e6).toFixed(0)} |`,
    )
  }
} finally {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
}

/** Plays the film in one of three ways. Each one has a server, a cloud, and an empty cache of 64 MiB of its own. */
async function measureDriveIn(way) {
  const cloudPort = await freePort()
  const port = await freePort()
  const films = mkdtempSync(join(folder, 'films-'))
  copyFileSync(film, join(films, basename(film)))
  const cloud = run(resolve(program), ['sandbox', '--root', films, '--listen', `127.0.0.1:${cloudPort}`])
  const section = await until('the emulated cloud', () => /\[network\][^]*?(?=\n\n[A-Z])/.exec(cloud.text)?.[0])
  const config = join(folder, 'drivein.toml')
  const state = mkdtempSync(join(folder, 'state-'))
  const settings = `listen = "127.0.0.1:${port}"\ndata_dir = "${state}"\n[cache]\nmemory = "64 MiB"\n`
  writeFileSync(config, `${settings}${section}\n`)
  const server = run(resolve(program), ['serve', '--config', config])
  const home = `http://127.0.0.1:${port}`
  const path = encodeURIComponent(basename(film))
  const entry = await until('Drive-In', async () => {
    const reply = await fetch(`${home}/api/v1/entries/films/${path}`)
    return reply.ok && (await reply.json()).entry
  })
  const address = name => new URL(new URL(name).pathname, home).href
  const source = address(entry.play.source)
  const cpuBefore = cpuOf(server.child.pid)
  let firstMs
  if (way === 'source.m3u8') firstMs = await playAll([source])
  else if (way === 'the file itself') firstMs = await readAll(address(entry.play.original))
  else firstMs = await playAll(['source-video.m3u8', 'sound-1.m3u8'].map(name => source.replace('source.m3u8', name)))
  const counts = await (await fetch(`http://127.0.0.1:${cloudPort}/_sandbox/counters`)).json()
  const cpu = cpuOf(server.child.pid) - cpuBefore
  const rss = memoryOf(server.child.pid, 'VmHWM')
  for (const { child } of [server, cloud]) child.kill('SIGKILL')
  return { name: `Drive-In, ${way}`, firstMs, upstream: counts.original?.bytes ?? null, cpu, rss }
}

async function measureFfmpeg() {
  const origin = await startOrigin()
  const list = join(folder, 'ffmpeg.m3u8')
  const begin = performance.now()
  const options = ['-map', '0:v:0', '-map', '0:a:0?', '-c', 'copy', '-f', 'hls', '-hls_time', '6']
  const more = ['-hls_segment_type', 'fmp4', '-hls_playlist_type', 'event', list]
  const ffmpeg = run('ffmpeg', ['-v', 'error', '-nostdin', '-i', origin.url, ...options, ...more])
  let firstMs = 0
  let cpu = 0
  let rss = 0
  while (ffmpeg.child.exitCode === null) {
    if (!firstMs && existsSync(list)) firstMs = performance.now() - begin
    // The last reading before its end counts.
    cpu = cpuOf(ffmpeg.child.pid) || cpu
    rss = memoryOf(ffmpeg.child.pid, 'VmHWM') || rss
    await sleep(5)
  }
  origin.server.close()
  return { name: 'ffmpeg -c copy', firstMs: firstMs || performance.now() - begin, upstream: origin.sent(), cpu, rss }
}

async function measureMediaflow() {
  const port = await freePort()
  const app = ['-m', 'uvicorn', 'mediaflow_proxy.main:app', '--host', '127.0.0.1', '--port', String(port)]
  const server = run('python3', [...app, '--log-level', 'warning'], { API_PASSWORD: 'bench' })
  const home = `http://127.0.0.1:${port}`
  const hasEnded = () => server.failed || server.child.exitCode !== null
  await until('mediaflow-proxy', async () => hasEnded() || (await fetch(`${home}/health`)).ok)
  if (hasEnded()) return null
  const origin = await startOrigin()
  const cpuBefore = cpuOf(server.child.pid)
  const query = new URLSearchParams({ d: origin.url, api_password: 'bench' })
  const firstMs = await playAll([`${home}/proxy/transcode/playlist.m3u8?${query}`])
  origin.server.close()
  return {
    name: 'mediaflow-proxy',
    firstMs,
    upstream: origin.sent(),
    cpu: cpuOf(server.child.pid) - cpuBefore,
    rss: memoryOf(server.child.pid, 'VmHWM'),
  }
}

/** Reads media playlists and everything in them, a segment of each in turn. Returns the time from the first request to the first segment. */
async function playAll(urls) {
  const begin = performance.now()
  const lists = []
  for (const url of urls) {
    const reply = await fetch(url)
    const list = await reply.text()
    if (!reply.ok) throw new Error(`${url}: ${reply.status} ${list}`)
    const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(list)?.[1]
    const segments = list.split('\n').filter(line => line && !line.startsWith('#'))
    if (init) await readAll(new URL(init, url))
    lists.push(segments.map(name => new URL(name, url)))
  }
  let firstMs = 0
  for (let n = 0; n < lists[0].length; n++) {
    for (const segments of lists) if (segments[n]) await readAll(segments[n])
    firstMs ||= performance.now() - begin
  }
  return firstMs
}

/** Reads a reply. Returns the time to its first bytes. */
async function readAll(url) {
  const begin = performance.now()
  const reply = await fetch(url)
  if (!reply.ok) throw new Error(`${url}: ${reply.status}`)
  let firstMs = 0
  for await (const _ of reply.body) firstMs ||= performance.now() - begin
  return firstMs
}

/** Serves the film with ranges, and counts what it sends. */
async function startOrigin() {
  let sent = 0
  const server = createServer((request, response) => {
    const [, first, last] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
    const start = Number(first ?? 0)
    const end = last ? Math.min(Number(last), filmBytes - 1) : filmBytes - 1
    const headers = { 'accept-ranges': 'bytes', 'content-length': end - start + 1 }
    if (first !== undefined) headers['content-range'] = `bytes ${start}-${end}/${filmBytes}`
    response.writeHead(first === undefined ? 200 : 206, headers)
    if (request.method === 'HEAD') return response.end()
    const file = createReadStream(film, { start, end })
    file.on('data', chunk => (sent += chunk.length))
    response.on('close', () => file.destroy())
    return file.pipe(response)
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${server.address().port}/${encodeURIComponent(basename(film))}`
  return { server, url, sent: () => sent }
}
