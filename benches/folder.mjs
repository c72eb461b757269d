// Compares a folder of this machine as served by Drive-In and by OpenList, in one run, in alternation: an original over one
// connection, seeks in it, and all entries of a large folder by API. Prints a table of times, CPU and memory.
//
//   node benches/folder.mjs target/release/drivein [openlist [ROUNDS]]
//
// OpenList is built from its sources (`go build`). Both have the same folder: a file of 1 GiB and 3,000 small ones. The viewer is
// curl. The load of the machine is printed, since no figure means anything without it.

import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

import { cpuOf, freePort, memoryOf, run, stopAll, until } from './processes.mjs'

const MIB = 1 << 20
const FILE_MIB = 1024
const SMALL_FILES = 3000
const SEEKS = 200
const PASSWORD = 'folder-benchmark'

const [program, openlist, rounds = '5'] = process.argv.slice(2)
if (!program) {
  console.error('usage: node benches/folder.mjs PROGRAM [OPENLIST [ROUNDS]]')
  process.exit(2)
}
const execute = promisify(execFile)
const work = mkdtempSync(join(tmpdir(), 'drivein-folder-'))

try {
  const films = makeFolder()
  const systems = [await startDriveIn(films)]
  if (openlist) systems.push(await startOpenList(films))
  console.log(`${rounds} rounds; load ${loadavg().map(it => it.toFixed(2)).join(' ')}\n`)
  for (const system of systems) {
    system.times = {}
    // Once before the first round: the folder is read, the file is in the kernel's cache.
    for (const work of works(system)) await work.act()
  }
  for (let round = 0; round < Number(rounds); round++)
    for (const system of systems) for (const work of works(system)) await measure(system, work)
  report(systems)
} finally {
  stopAll()
  rmSync(work, { recursive: true, force: true })
}

/** Makes the folder. The bytes of the file are random: none of them is a hole. */
function makeFolder() {
  const films = join(work, 'films')
  mkdirSync(join(films, 'many'), { recursive: true })
  const file = openSync(join(films, 'film.mp4'), 'w')
  for (let written = 0; written < FILE_MIB; written += 16) writeSync(file, randomBytes(16 * MIB))
  closeSync(file)
  for (let n = 0; n < SMALL_FILES; n++) writeFileSync(join(films, 'many', `Clip ${n}.mp4`), 'clip')
  return films
}

async function startDriveIn(films) {
  const port = await freePort()
  const config = join(work, 'drivein.toml')
  const drive = `[[drive]]\nname = "home"\nkind = "local"\npath = "${films}"\n`
  const settings = `listen = "127.0.0.1:${port}"\ndata_dir = "${join(work, 'state')}"\n[cache]\nmemory = "32 MiB"\n`
  writeFileSync(config, settings + drive)
  const { child } = run(resolve(program), ['serve', '--config', config])
  const home = `http://127.0.0.1:${port}`
  const entry = await until('Drive-In', async () => {
    const reply = await fetch(`${home}/api/v1/entries/home/film.mp4`)
    return reply.ok && (await reply.json()).entry
  })
  const file = new URL(new URL(entry.play.original).pathname, home).href
  return { name: 'Drive-In', pid: child.pid, file, list: () => listOfDriveIn(home) }
}

async function listOfDriveIn(home) {
  let [count, bytes, cursor] = [0, 0, '']
  do {
    const query = new URLSearchParams({ limit: '1000', ...(cursor && { cursor }) })
    const reply = await fetch(`${home}/api/v1/entries/home/many?${query}`)
    const text = await reply.text()
    const page = JSON.parse(text)
    bytes += text.length
    count += page.children.length
    cursor = page.next
  } while (cursor)
  return { count, bytes }
}

async function startOpenList(films) {
  const port = await freePort()
  const data = join(work, 'openlist')
  mkdirSync(data)
  const settings = { scheme: { address: '127.0.0.1', http_port: port, https_port: -1 }, jwt_secret: 'benchmark' }
  writeFileSync(join(data, 'config.json'), JSON.stringify(settings))
  const options = { stdio: 'ignore', cwd: work }
  execFileSync(resolve(openlist), ['admin', 'set', PASSWORD, '--data', data], options)
  const { child } = run(resolve(openlist), ['server', '--data', data])
  const home = `http://127.0.0.1:${port}`
  let token = ''
  const call = async (path, body) => {
    const headers = { 'content-type': 'application/json', authorization: token }
    const reply = await fetch(home + path, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await reply.text()
    const { code, message, data } = JSON.parse(text)
    if (code !== 200) throw new Error(`OpenList: ${path}: ${message}`)
    return { data, bytes: text.length }
  }
  const login = () => call('/api/auth/login', { username: 'admin', password: PASSWORD })
  token = (await until('OpenList', login)).data.token
  const addition = JSON.stringify({ root_folder_path: films, thumbnail: false, show_hidden: true, mkdir_perm: '777' })
  await call('/api/admin/storage/create', { mount_path: '/home', driver: 'Local', addition })
  const { raw_url } = (await call('/api/fs/get', { path: '/home/film.mp4' })).data
  const list = async () => {
    const { data, bytes } = await call('/api/fs/list', { path: '/home/many', page: 1, per_page: 0 })
    return { count: data.content.length, bytes }
  }
  return { name: 'OpenList', pid: child.pid, file: raw_url, list }
}

/** Returns what is measured: each work checks that it got all. */
function works(system) {
  const sinks = ['-sf', '-o', '/dev/null', '-w', '%{size_download}\n']
  const read = async args => {
    const { stdout } = await execute('curl', args, { maxBuffer: MIB })
    return stdout.split('\n').reduce((sum, size) => sum + Number(size), 0)
  }
  return [
    { name: 'original of 1 GiB', bytes: FILE_MIB * MIB, act: () => read([...sinks, system.file]) },
    { name: `${SEEKS} seeks of 1 MiB`, bytes: SEEKS * MIB, act: () => seek(system.file, read) },
    {
      name: `${SMALL_FILES} entries by API`,
      act: async () => {
        const { count, bytes } = await system.list()
        if (count !== SMALL_FILES) throw new Error(`${system.name} lists ${count} entries`)
        system.listBytes = bytes
      },
    },
  ]
}

/** Reads 1 MiB at positions all over the file, over one connection. */
function seek(file, read) {
  const config = join(work, 'seeks')
  const one = n => {
    const start = ((n * 389) % (FILE_MIB - 1)) * MIB + 12_345
    return `url = "${file}"\nrange = ${start}-${start + MIB - 1}\noutput = "/dev/null"\nwrite-out = "%{size_download}\\n"\n`
  }
  writeFileSync(config, `silent\nfail\n${Array.from({ length: SEEKS }, (_, n) => one(n)).join('next\nsilent\nfail\n')}`)
  return read(['-K', config])
}

async function measure(system, { name, bytes, act }) {
  const cpu = cpuOf(system.pid)
  const begin = performance.now()
  const got = await act()
  const ms = performance.now() - begin
  if (bytes && got !== bytes) throw new Error(`${system.name}: ${name}: ${got} bytes`)
  ;(system.times[name] ??= []).push({ ms, cpu: cpuOf(system.pid) - cpu })
}

function report(systems) {
  const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
  console.log('| work | system | ms | CPU s of all rounds | fastest and slowest, ms |')
  console.log('|---|---|---:|---:|---:|')
  for (const name of Object.keys(systems[0].times))
    for (const { name: system, times } of systems) {
      const ms = times[name].map(it => it.ms)
      const cpu = times[name].reduce((sum, it) => sum + it.cpu, 0)
      const range = `${Math.min(...ms).toFixed(0)}, ${Math.max(...ms).toFixed(0)}`
      console.log(`| ${name} | ${system} | ${median(ms).toFixed(1)} | ${cpu.toFixed(2)} | ${range} |`)
    }
  console.log()
  for (const { name, pid, listBytes } of systems) {
    const resident = (memoryOf(pid, 'VmHWM') / MIB).toFixed(0)
    console.log(`${name}: at most ${resident} MiB resident; ${listBytes} bytes of entries`)
  }
}
