// Copies a file of 2 GB from a folder to each of three drives (an emulated cloud, a WebDAV server, another folder), kills the
// server twice in the middle of each copy, and prints how long it took and how much memory the server had at most. Ends with
// an error if a copy is not the same file, or if a server had more memory than it may.
//
//   node benches/copies.mjs PROGRAM [MB [FOLDER]]
//
// rclone is the WebDAV server; without it, that drive is left out. The folder takes four times the file; all of it is deleted
// at the end. All traffic stays on this machine.

import { createHash, randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { freePort, memoryOf, run, stopAll, until } from './processes.mjs'

const CACHE_MIB = 64
// Beside `cache.memory`.
const ALLOWED_MIB = 100
const COPY_TIMEOUT_MS = 30 * 60_000
const SAMPLE_MS = 50
const NAME = 'large.mp4'

const [program, mb = '2000', parent = tmpdir()] = process.argv.slice(2)
if (!program) {
  console.error('usage: node benches/copies.mjs PROGRAM [MB [FOLDER]]')
  process.exit(2)
}
const folder = mkdtempSync(join(resolve(parent), 'drivein-copies-'))
const at = name => join(folder, name)
let failed = false

try {
  for (const name of ['source', 'cloud', 'dav', 'target']) mkdirSync(at(name))
  const expected = writeSource(at(`source/${NAME}`), Number(mb) * 1e6)
  const davPort = await freePort()
  const dav = run('rclone', ['serve', 'webdav', at('dav'), '--addr', `127.0.0.1:${davPort}`, '--config', at('none.conf')])
  await sleep(500)
  const targets = ['films', ...(dav.failed ? [] : ['dav']), 'target']
  console.log(`${mb} MB, killed twice\n`)
  console.log('| to | first kill | second kill | seconds | MiB before | MiB at most | same file |')
  console.log('|---|---|---|---:|---:|---:|---|')
  for (const target of targets) {
    // The cloud keeps its files in a folder of its own, which ends with it.
    const cloudPort = await freePort()
    const cloud = run(resolve(program), ['sandbox', '--root', at('cloud'), '--listen', `127.0.0.1:${cloudPort}`], { TMPDIR: folder })
    const network = await until('the emulated cloud', () => /\[network\][^]*?(?=\n\n[A-Z])/.exec(cloud.text)?.[0])
    const config = at(`${target}.toml`)
    writeConfig(config, network, davPort)
    await measure(target, config, expected)
    cloud.child.kill('SIGTERM')
    for (const name of ['cloud', 'dav', 'target', 'state']) rmSync(at(name), { recursive: true, force: true })
    for (const name of ['cloud', 'dav', 'target']) mkdirSync(at(name))
  }
} finally {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)

/** Copies the file to a drive, and prints a line of the table. */
async function measure(target, config, expected) {
  let server = await serve(config)
  const before = memoryOf(server.pid, 'VmRSS')
  const begin = performance.now()
  const body = { place: 'source', paths: [`/${NAME}`], to: { place: target, path: '/' } }
  const { task } = await call(server, 'files/copy', body)
  let most = 0
  const kills = []
  // While the file is received, and after that, while it is sent on; a folder has the first alone.
  for (const part of [0.4, target === 'target' ? 0.8 : 1]) {
    const reached = await follow(server, task.id, part, before => (most = Math.max(most, before)))
    if (reached.state !== 'running') throw new Error(`${target}: ${JSON.stringify(reached)} before the kill`)
    kills.push(`${Math.round((100 * reached.done_bytes) / reached.total_bytes)} %`)
    server.child.kill('SIGKILL')
    await new Promise(done => server.child.once('exit', done))
    server = await serve(config)
  }
  const done = await follow(server, task.id, Infinity, now => (most = Math.max(most, now)))
  const seconds = (performance.now() - begin) / 1000
  if (done.state !== 'done') throw new Error(`${target}: ${JSON.stringify(done)}`)
  const entry = (await call(server, `entries/${target}/${NAME}`)).entry
  const play = new URL(new URL(entry.play.original).pathname, server.home).href
  const same = (await hashOf((await fetch(play)).body)) === expected
  const mib = bytes => Math.round(bytes / 2 ** 20)
  failed ||= !same || mib(most) > CACHE_MIB + ALLOWED_MIB
  const cells = [target, ...kills, seconds.toFixed(0), mib(before), mib(most), same ? 'yes' : 'NO']
  console.log(`| ${cells.join(' | ')} |`)
  server.child.kill('SIGTERM')
}

/** Waits until a part of the file has been received, or the task has ended. `sample` gets the most memory of the server. */
async function follow(server, id, part, sample) {
  const end = performance.now() + COPY_TIMEOUT_MS
  while (performance.now() < end) {
    const task = await call(server, `tasks/${id}`)
    sample(memoryOf(server.pid, 'VmHWM'))
    const isOpen = ['queued', 'running'].includes(task.state)
    if (!isOpen || (task.total_bytes && task.done_bytes >= part * task.total_bytes)) return task
    await sleep(SAMPLE_MS)
  }
  throw new Error('the copy does not end')
}

async function serve(config) {
  const port = await freePort()
  const { child } = run(resolve(program), ['serve', '--config', config, '--listen', `127.0.0.1:${port}`])
  const server = { child, pid: child.pid, home: `http://127.0.0.1:${port}` }
  await until('the server', () => call(server, 'drives'))
  return server
}

async function call(server, path, body) {
  const request = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const reply = await fetch(`${server.home}/api/v1/${path}`, request)
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
  return reply.json()
}

function writeConfig(path, network, davPort) {
  const drive = settings => `\n[[drive]]\n${Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join('')}`
  const head = `data_dir = "${at('state')}"\n[cache]\nmemory = "${CACHE_MIB} MiB"\n[library]\nwalk = false\n${network}\n`
  const drives = [
    { name: 'source', kind: 'local', path: at('source') },
    { name: 'target', kind: 'local', path: at('target'), write: true },
    { name: 'dav', kind: 'webdav', base_url: `http://127.0.0.1:${davPort}` },
  ]
  writeFileSync(path, head + drives.map(drive).join(''))
}

/** Writes a file of no repetitions, and returns its hash. */
function writeSource(path, bytes) {
  const [file, hash] = [openSync(path, 'w'), createHash('sha256')]
  for (let left = bytes; left > 0; ) {
    const piece = randomBytes(Math.min(left, 8 << 20))
    writeSync(file, piece)
    hash.update(piece)
    left -= piece.length
  }
  closeSync(file)
  return hash.digest('hex')
}

async function hashOf(stream) {
  const hash = createHash('sha256')
  for await (const piece of stream) hash.update(piece)
  return hash.digest('hex')
}
