// Fills the library with films of a folder, and prints how long its pages take: the first page and a search by the API with
// 100,000 films, and the first paint of the home page in Chromium with 10,000.
//
//   node benches/library-pages.mjs PROGRAM [FOLDER]
//
// The films are empty files. Chromium, as of the tests, is at /usr/bin/chromium. All traffic stays on this machine.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { chromium } from 'playwright-core'
import { freePort, memoryOf, run, stopAll, until } from './processes.mjs'

const FILMS_PER_FOLDER = 1000
const CACHE_MIB = 64
const REQUESTS = 200
const LOADS = 20
const BEGUN = 20
const MAX_PAGE_MS = 50
const MAX_PAINT_MS = 300
const MAX_MIB = 200
const WORDS =
  'Night Harbour Paper Moon Silent River Last Summer Iron Garden Winter Road Glass Letter Island Storm Golden Window Distant Fire'.split(' ')

const [program, parent = tmpdir()] = process.argv.slice(2)
if (!program) {
  console.error('usage: node benches/library-pages.mjs PROGRAM [FOLDER]')
  process.exit(2)
}
const folder = mkdtempSync(join(resolve(parent), 'drivein-library-'))
let failed = false

try {
  const large = await serve(100_000)
  console.log(`100,000 films, walked in ${large.seconds.toFixed(0)} s\n`)
  console.log('| request | median, ms | 99 of 100, ms |')
  console.log('|---|---:|---:|')
  for (const [name, call] of [
    ['first page', 'library/films?limit=100'],
    ['recently added', 'library/recent?limit=100'],
    ['search for two words', 'library/films?limit=100&q=harbour%20wint'],
    ['search for one word of a twentieth of them', 'library/films?limit=100&q=harbour'],
  ]) {
    const times = await timesOf(REQUESTS, () => large.call('GET', call))
    failed ||= times.median > MAX_PAGE_MS
    console.log(`| ${name} | ${times.median.toFixed(1)} | ${times.late.toFixed(1)} |`)
  }
  const mib = field => Math.round(memoryOf(large.pid, field) / 2 ** 20)
  console.log(`\n${mib('VmRSS')} MiB at the end, ${mib('VmHWM')} MiB at most; \`cache.memory\` is ${CACHE_MIB} MiB`)
  failed ||= mib('VmHWM') > MAX_MIB
  large.stop()

  const small = await serve(10_000)
  const { items } = await small.call('GET', `library/films?limit=${BEGUN}`)
  for (const { versions } of items) {
    const path = versions[0].path.split('/').map(encodeURIComponent).join('/')
    await small.call('PUT', `history/films${path}`, { position_s: 30, duration_s: 100 })
  }
  const { paint, page } = await paintOf(small.home)
  console.log(`\n10,000 films: the home page paints after ${paint.median.toFixed(0)} ms (99 of 100: ${paint.late.toFixed(0)} ms) in an`)
  console.log(`empty browser; its first byte comes after ${page.median.toFixed(1)} ms`)
  failed ||= paint.median > MAX_PAINT_MS
} finally {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)

/** Starts a server over so many films, and waits until they are in its library. */
async function serve(count) {
  const films = join(folder, `films-${count}`)
  for (let number = 0; number < count; number++) {
    const below = join(films, `Films ${Math.floor(number / FILMS_PER_FOLDER)}`)
    if (number % FILMS_PER_FOLDER === 0) mkdirSync(below, { recursive: true })
    const words = [number % 20, Math.floor(number / 20) % 20].map(index => WORDS[index])
    writeFileSync(join(below, `${words.join(' ')} ${number} (${1950 + (number % 70)}).mkv`), '')
  }
  const config = join(folder, `${count}.toml`)
  const drive = `[[drive]]\nname = "films"\nkind = "local"\npath = ${JSON.stringify(films)}\n`
  const state = JSON.stringify(join(folder, `state-${count}`))
  writeFileSync(config, `data_dir = ${state}\n[cache]\nmemory = "${CACHE_MIB} MiB"\n[library]\nwalk = false\n${drive}`)
  const home = `http://127.0.0.1:${await freePort()}`
  const { child } = run(resolve(program), ['serve', '--config', config, '--listen', new URL(home).host])
  const call = async (method, path, body) => {
    const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const reply = await fetch(`${home}/api/v1/${path}`, { method, ...json })
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
    return reply.status === 204 ? null : reply.json()
  }
  await until('the server', () => call('GET', 'drives'))
  const begin = performance.now()
  await call('POST', 'library/walks/films')
  for (;;) {
    const walk = await call('GET', 'library/walks/films')
    if (walk.state === 'done') break
    if (walk.state !== 'running') throw new Error(JSON.stringify(walk))
    await sleep(200)
  }
  const seconds = (performance.now() - begin) / 1000
  return { pid: child.pid, home, call, seconds, stop: () => child.kill('SIGTERM') }
}

async function timesOf(count, act) {
  const times = []
  for (let number = 0; number < count; number++) {
    const begin = performance.now()
    await act()
    times.push(performance.now() - begin)
  }
  return spread(times)
}

/** Returns when the home page was first painted, each time by a browser that has nothing of it. */
async function paintOf(home) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  })
  const [paints, pages] = [[], []]
  for (let number = 0; number < LOADS; number++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await page.goto(home)
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
    const [paint, first] = await page.evaluate(() => [
      performance.getEntriesByName('first-contentful-paint')[0].startTime,
      performance.getEntriesByType('navigation')[0].responseStart,
    ])
    // The pictures of this load do not run into the next one.
    await page.waitForLoadState('networkidle').catch(() => {})
    // The first load starts parts of the browser, too.
    if (number > 0) paints.push(paint) && pages.push(first)
    await context.close()
  }
  await browser.close()
  return { paint: spread(paints), page: spread(pages) }
}

function spread(times) {
  times.sort((a, b) => a - b)
  const at = part => times[Math.min(times.length - 1, Math.floor(times.length * part))]
  return { median: at(0.5), late: at(0.99) }
}
