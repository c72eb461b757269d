// Takes a picture of every page at the size of a phone, a laptop and a TV, for docs/pictures. Addresses and times of this run
// are replaced, so that the pictures change with the pages alone.
//
//   page-pictures.mjs URL FOLDER LANGUAGE FIELDS [SIZE…]
//
// FIELDS are those of the form that connects a drive, as JSON.

import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, encoded, home, more, plays, until, visit } from './harness.mjs'

const [folder, language, fields, ...wanted] = more

const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  laptop: { viewport: { width: 1440, height: 900 } },
  tv: { viewport: { width: 1920, height: 1080 } },
}
// Pictures of a TV are shown smaller.
const MAX_WIDTH = 1280
const QUALITY = 58

const FILM = '/Films/Tidal Light (2021)/Tidal Light (2021) - 1080p.mp4'
const EPISODE = '/Series/Harbour Lights (2022)/Season 1/Harbour Lights - S01E02 - The Pilot.mp4'
const SONG = '/Music/Weather Reports/02 Wind over water.mp3'

/** Calls the API as the page that is open. */
function api(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const headers = { 'content-type': 'application/json' }
      const reply = await fetch(`/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) })
      if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
      return reply.status === 204 ? null : reply.json()
    },
    [method, path, body],
  )
}

async function signIn(page) {
  await page.goto(home)
  await page.fill('#password', 'open sesame')
  await page.click('main button[type=submit]')
  await page.waitForURL(url => !url.pathname.startsWith('/login'))
  if (page.url().includes('/viewers/choose')) await page.click('button.viewer >> nth=0')
  await page.waitForSelector('.drives')
}

/** Walks the drives and begins some films, once. */
async function fill(page) {
  for (const drive of ['films', 'home']) {
    await api(page, 'POST', `library/walks/${drive}`)
    const isDone = async () => (await api(page, 'GET', `library/walks/${drive}`)).state === 'done'
    while (!(await isDone())) await page.waitForTimeout(200)
  }
  for (const [path, position_s] of [
    [FILM, 25],
    ['/Films/Paper Mountains (2019)/Paper Mountains (2019).mp4', 12],
    [EPISODE.replace('S01E02 - The Pilot', 'S01E01 - Low Water'), 64],
  ]) {
    await api(page, 'PUT', `history/films${encoded(path)}`, { position_s, duration_s: 66 })
  }
  const { viewers } = await api(page, 'GET', 'viewers')
  if (viewers.length > 1) return
  // Only a drive that was connected in the browser has a form of its settings.
  await page.evaluate(async fields => {
    const body = new URLSearchParams({ ...Object.fromEntries(fields), name: 'cinema' })
    const reply = await fetch('/connect', { method: 'POST', body })
    if (!reply.ok) throw new Error(`connect: ${reply.status}`)
  }, JSON.parse(fields))
  await api(page, 'POST', 'viewers', { name: 'Ida', colour: '#8ddba6' })
  await api(page, 'POST', 'viewers', { name: 'Bo', colour: '#e0a458', pin: '2468' })
  await page.goto(`${home}/viewers/choose`)
  await page.click('button.viewer >> nth=0')
  await page.waitForSelector('.drives')
}

/** Finds the page of a title. */
async function titlePage(page, list, title) {
  const { items } = await api(page, 'GET', `library/${list}?limit=100`)
  const item = items.filter(item => item.title === title)
  const one = item.find(({ year }) => year) ?? item[0]
  assert.ok(one, `${title} is among the ${list}`)
  return `/library/items/${one.id}`
}

const withPaths = (action, paths) =>
  `/organize?place=films&do=${action}${paths.map(path => `&path=${encodeURIComponent(path)}`).join('')}`

/** The pages by the names of their pictures. A function opens a page that has no address of its own. */
async function pagesOf(page) {
  return {
    home: '/',
    films: '/library/films',
    series: '/library/series',
    film: await titlePage(page, 'films', 'Tidal Light'),
    episodes: await titlePage(page, 'series', 'Harbour Lights'),
    watch: () => showFilm(page, `/watch/films${encoded(FILM)}`),
    'next-episodes': () => showEpisode(page),
    music: () => showSong(page),
    picture: `/watch/home${encoded('/Pictures/2 Three moons.jpg')}`,
    folder: '/browse/films',
    'folder-settings': '/folder-settings/films',
    search: '/search?q=light',
    'search-nothing': '/search?q=nothing+of+that+name',
    rename: withPaths('rename', ['/Tidal Light.mp4', '/Series']),
    'guest-link': withPaths('guest', ['/Tidal Light.mp4']),
    guest: () => showGuest(page),
    share: '/share',
    account: '/account/films',
    shares: '/account/films/shares',
    trash: '/account/films/trash',
    drives: '/drives',
    'drive-settings': '/drives/cinema',
    connect: '/connect',
    devices: '/devices',
    'device-added': () => addDevice(page),
    viewers: '/viewers',
    'choose-viewer': '/viewers/choose',
    tasks: '/tasks',
    sessions: '/sessions',
    'second-factor': '/sessions/second-factor',
    passkeys: '/sessions/passkeys',
    status: '/status',
    missing: '/no/such/page',
  }
}

/** Plays a film for a moment, and rests in the middle of it. */
async function showFilm(page, path) {
  await page.goto(home + path)
  await until(page, 'the bar', () => !document.getElementById('bar').hidden)
  await until(page, 'a length', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await plays(page, 0.5)
  await page.evaluate(() => {
    const video = document.getElementById('video')
    video.pause()
    video.currentTime = 30
  })
  await until(page, 'the picture', () => {
    const video = document.getElementById('video')
    return !video.seeking && Math.abs(video.currentTime - 30) < 1 && video.readyState >= 2
  })
}

/** Shows what is below the player of an episode. */
async function showEpisode(page) {
  await page.goto(`${home}/watch/films${encoded(EPISODE)}`)
  await until(page, 'a length', () => document.getElementById('video').readyState >= 1)
  await page.evaluate(() => document.getElementById('about').scrollIntoView())
}

async function showSong(page) {
  await page.goto(`${home}/watch/home${encoded(SONG)}`)
  const rows = () => document.querySelectorAll('#queue .detail:not(:empty)').length
  await page.locator('#queue').scrollIntoViewIfNeeded()
  await until(page, 'the tags of the queue', rows)
  await page.evaluate(() => scrollTo(0, 0))
}

async function showGuest(page) {
  const ticket = await api(page, 'POST', 'tickets', {
    name: 'Mia',
    scope: { place: 'films', path: '/Three Moons.mp4' },
  })
  await showFilm(page, `/guest/${ticket.ticket}/films/Three%20Moons.mp4`)
}

async function addDevice(page) {
  await page.goto(`${home}/devices`)
  await page.fill('main form [name=name]', 'Living room')
  await page.click('main form:has([name=name]) button[type=submit]')
  await page.waitForSelector('.qr')
}

/** Replaces what differs from run to run: addresses, tickets, and times of this hour. */
function replaceAddresses() {
  const host = location.host
  const plain = text =>
    text
      .replaceAll(host, 'drive-in.home')
      .replaceAll(/127\.0\.0\.1:\d+/g, 'tera.example')
      .replaceAll(/\b(play|guest)\/[^/\s]{20,}/g, '$1/b7a2…')
      .replaceAll(/\/tmp\/\.tmp\w+/g, '/srv/media')
      .replaceAll(/\b[A-Z2-7]{32}\b/g, 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')
      .replaceAll(/\b[0-9a-f]{16}\b/g, '5d1c0b7e9a3f2468')
      .replace(new RegExp(`^${location.port}$`), '7373')
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) walker.currentNode.data = plain(walker.currentNode.data)
  for (const field of document.querySelectorAll('input')) field.value = plain(field.value)
  for (const picture of document.querySelectorAll('.qr')) picture.style.filter = 'blur(3px)'
}

function store(png, name) {
  const scale = `scale='min(${MAX_WIDTH},iw)':-2:flags=lanczos`
  const output = ['-vf', scale, '-c:v', 'libwebp', '-quality', `${QUALITY}`, join(folder, `${name}.webp`)]
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-y', '-f', 'png_pipe', '-i', '-', ...output], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  ffmpeg.stdin.end(png)
  return new Promise((resolve, reject) =>
    ffmpeg.on('close', code => (code === 0 ? resolve() : reject(new Error(`ffmpeg: ${code}`)))),
  )
}

/** Takes a picture of the links for other players. */
async function takeLinks(page) {
  await page.goto(`${home}/watch/films${encoded(FILM)}`)
  await page.click('.other-device summary')
  await page.evaluate(replaceAddresses)
  await store(await page.locator('.elsewhere').screenshot({ animations: 'disabled' }), 'elsewhere')
}

async function take(page, name) {
  // A page that listens for events is never idle.
  await page.waitForLoadState('networkidle', { timeout: 4000 }).catch(() => {})
  await page.evaluate(() => document.activeElement?.blur())
  await page.mouse.move(0, 0)
  await page.evaluate(replaceAddresses)
  await store(await page.screenshot({ animations: 'disabled' }), name)
}

await mkdir(folder, { recursive: true })
for (const [size, options] of Object.entries(SIZES)) {
  if (wanted.length > 0 && !wanted.includes(size)) continue
  const settings = { locale: language, timezoneId: 'UTC', colorScheme: 'dark', reducedMotion: 'reduce' }
  await visit(
    async (page, watch) => {
      watch.allow(/status of 404/, /status of 409/)
      await page.goto(home)
      await take(page, `login-${size}`)
      await signIn(page)
      await fill(page)
      for (const [name, open] of Object.entries(await pagesOf(page))) {
        if (typeof open === 'function') await open()
        else await page.goto(home + open)
        await take(page, `${name}-${size}`)
      }
      if (size === 'laptop') await takeLinks(page)
    },
    { ...settings, ...options },
  )
}
