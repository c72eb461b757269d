// Prints how long the server takes from its start to the first answer: with an empty state, and with a history of 10,000
// films and 100 links for guests.
//
//   node benches/start.mjs PROGRAM [STARTS]
//
// The films are empty files of a folder. All traffic stays on this machine.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { freePort, run, stopAll, until } from './processes.mjs'

const FILMS = 10_000
const FILMS_PER_FOLDER = 1000
const LINKS = 100
const CONCURRENT = 8
const MAX_MS = 150

const [program, starts = '20'] = process.argv.slice(2)
if (!program) {
  console.error('usage: node benches/start.mjs PROGRAM [STARTS]')
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'drivein-start-'))
let failed = false

try {
  const films = join(folder, 'films')
  for (let number = 0; number < FILMS; number++) {
    const below = join(films, `Films ${Math.floor(number / FILMS_PER_FOLDER)}`)
    if (number % FILMS_PER_FOLDER === 0) mkdirSync(below, { recursive: true })
    writeFileSync(join(below, `Film ${number}.mp4`), '')
  }
  const port = await freePort()
  const home = `http://127.0.0.1:${port}`
  const config = join(folder, 'drivein.toml')
  const local = `[[drive]]\nname = "folder"\nkind = "local"\npath = "${films}"\n`
  writeFileSync(config, `listen = "127.0.0.1:${port}"\ndata_dir = "${folder}/state"\n${local}`)

  console.log('| state | first answer: median, ms | longest | home page: median, ms | longest |')
  console.log('|---|---:|---:|---:|---:|')
  const first = start(config)
  await until('Drive-In', async () => (await fetch(`${home}/readyz`)).ok)
  await stop(first)
  report('empty', await measure(config, home))
  const server = start(config)
  await until('Drive-In', async () => (await fetch(`${home}/readyz`)).ok)
  await fill(home)
  await stop(server)
  report(`${FILMS.toLocaleString('en')} films in the history, ${LINKS} links`, await measure(config, home))
} finally {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)

function start(config) {
  return run(resolve(program), ['serve', '--config', config])
}

async function stop({ child }) {
  const ended = new Promise(done => child.on('exit', done))
  child.kill('SIGTERM')
  await ended
}

/** Stores a position of each film, and makes the links. */
async function fill(home) {
  const call = async (method, path, body) => {
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch(`${home}/api/v1/${path}`, { method, headers, body: JSON.stringify(body) })
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
    return reply.status === 204 ? undefined : reply.json()
  }
  const each = async (count, act) => {
    let next = 0
    const work = async () => {
      while (next < count) await act(next++)
    }
    await Promise.all(Array.from({ length: CONCURRENT }, work))
  }
  await each(FILMS, number => {
    const path = `Films%20${Math.floor(number / FILMS_PER_FOLDER)}/Film%20${number}.mp4`
    return call('PUT', `history/folder/${path}`, { position_s: 600 + number, duration_s: 6000 + number })
  })
  await each(LINKS, number => {
    const path = `/Films ${Math.floor(number / FILMS_PER_FOLDER)}/Film ${number}.mp4`
    return call('POST', 'tickets', { name: `Guest ${number}`, scope: { place: 'folder', path } })
  })
}

/** Starts the server again and again. Returns the times of its first answer and of its home page, from each start. */
async function measure(config, home) {
  const times = { answer: [], page: [] }
  for (let round = 0; round < Number(starts); round++) {
    const begun = performance.now()
    const server = start(config)
    await answer(`${home}/healthz`)
    times.answer.push(performance.now() - begun)
    await answer(home)
    times.page.push(performance.now() - begun)
    await stop(server)
  }
  return times
}

/** Asks every two milliseconds until there is an answer. */
async function answer(url) {
  for (;;) {
    try {
      const reply = await fetch(url)
      await reply.arrayBuffer()
      if (reply.ok) return
    } catch {
      // Nobody listens yet.
    }
    await sleep(2)
  }
}

function report(state, times) {
  const [answered, page] = [times.answer, times.page].map(all => all.sort((a, b) => a - b))
  const median = all => all[Math.floor(all.length / 2)].toFixed(0)
  const longest = all => all.at(-1).toFixed(0)
  failed ||= answered[Math.floor(answered.length / 2)] > MAX_MS
  console.log(`| ${state} | ${median(answered)} | ${longest(answered)} | ${median(page)} | ${longest(page)} |`)
}
