// Shared parts of every scenario in a browser: a fresh Chromium, a page that is monitored, and short calls for
// waiting and asserting. A scenario is called with the server's URL and, after it, its own arguments; it exits
// with success or throws.
//
// Monitored means: nothing in the console, no exception, no violation of the content policy, and no request to
// any host but ours.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export { assert }
export const [home, ...more] = process.argv.slice(2)

const ARGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
]

/** Runs `act(page, watch)` in a new browser and fails if anything went wrong on the way. */
export async function visit(act, options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'drivein-browser-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: '/usr/bin/chromium',
    headless: false,
    ignoreDefaultArgs: ['--enable-automation'],
    args: ARGS,
    viewport: { width: 1280, height: 800 },
    ...options,
  })
  const watch = new Watch()
  try {
    await watch.over(context)
    const page = context.pages()[0] ?? (await context.newPage())
    page.setDefaultTimeout(20_000)
    waitForSlowDrives(page)
    await act(page, watch)
    await watch.settle(page)
  } catch (error) {
    error.message += `\n  seen before: ${watch.seen.join('\n    ')}`
    throw error
  } finally {
    await context.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Makes `page.goto` wait for the reload of a page that came without what a slow drive has not answered yet. */
function waitForSlowDrives(page) {
  const open = page.goto.bind(page)
  page.goto = async (url, options) => {
    const reply = await open(url, options)
    if (reply?.headers().refresh?.endsWith('waited=1')) await page.waitForURL(/[?&]waited=1/)
    return reply
  }
}

class Watch {
  seen = []
  #allowed = []

  async over(context) {
    const ours = new URL(home).host
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', event => {
        console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`)
      })
    })
    context.on('request', request => {
      const url = new URL(request.url())
      if (url.protocol.startsWith('http') && url.host !== ours) this.seen.push(`request to ${url.host}`)
    })
    context.on('console', message => {
      if (['error', 'warning'].includes(message.type()))
        this.seen.push(`console: ${message.text()} (${message.location().url})`)
    })
    context.on('weberror', error => this.seen.push(`exception: ${error.error().stack}`))
  }

  /** Says that this is expected: a failure that the scenario itself has caused. */
  allow(...patterns) {
    this.#allowed.push(...patterns)
  }

  async settle(page) {
    // Everything that the page has logged so far has arrived once it has answered.
    await page.evaluate(() => 0).catch(() => {})
    const wrong = this.seen.filter(line => !this.#allowed.some(pattern => pattern.test(line)))
    assert.deepEqual(wrong, [])
  }
}

/** Waits until `ask` in the page answers with something true. */
export async function until(page, what, ask, argument, patience = 20_000) {
  try {
    return await page.waitForFunction(ask, argument, { timeout: patience, polling: 50 })
  } catch (error) {
    const state = await page.evaluate(stateOf).catch(() => 'no page')
    throw new Error(`never: ${what}; ${JSON.stringify(state)}`, { cause: error })
  }
}

/** Where the player is. */
export function stateOf() {
  const player = document.getElementById('player')
  const video = document.getElementById('video')
  if (!player) return { address: location.href, title: document.title }
  const verdict = document.getElementById('error-overlay')
  return {
    state: player.dataset.state,
    quality: player.dataset.quality,
    at: video.currentTime,
    paused: video.paused,
    length: video.duration,
    ready: video.readyState,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    height: video.videoHeight,
    error: video.error?.message,
    verdict: verdict.hidden ? null : verdict.innerText,
  }
}

export const state = page => page.evaluate(stateOf)

/** Waits until the film has come past `seconds`, and plays. */
export function plays(page, seconds) {
  return until(
    page,
    `plays past ${seconds} s`,
    past => {
      const video = document.getElementById('video')
      return video && !video.paused && video.readyState > 2 && video.currentTime > past
    },
    seconds,
    30_000,
  )
}

/** Chooses an entry of the quality menu, and waits until it is what plays. */
export async function choose(page, name) {
  await page.click('#quality-button')
  await page.click(`#quality-menu [data-quality="${name}"]`)
}

export async function showsQuality(page, name) {
  await until(
    page,
    `quality ${name}`,
    wanted => document.getElementById('player').dataset.quality === wanted,
    name,
    30_000,
  )
}

/** Asks the upstream's control, whose address comes after the server's. */
export async function upstream(call, body) {
  const reply = await fetch(`${more[0]}/_sandbox/${call}`, {
    method: body === undefined ? 'DELETE' : 'POST',
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  assert.ok(reply.ok, `${call}: ${reply.status}`)
}

export const encoded = path => path.split('/').map(encodeURIComponent).join('/')
