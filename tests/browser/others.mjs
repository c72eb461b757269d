// Firefox or WebKitGTK plays originals of a folder: H.264 and AAC from Matroska, VP9 and Opus from WebM. Its subtitles are
// changed in mid-play, in Firefox its sound, too, and it seeks. With a third film, it changes from a rung of a cloud to the original and
// back.
//
// Arguments: the browser (`firefox`, `webkit`), then watch pages: a Matroska film, a WebM film, and perhaps a film with rungs.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { start } from './webdriver.mjs'

const TIMEOUT_MS = 60_000
const [home, name, matroska, webm, withRungs] = process.argv.slice(2)

const browser = await start(name)
try {
  await playOriginal(matroska)
  const sounds = await browser.evaluate(() =>
    [...document.querySelectorAll('#sounds-menu button')].map(item => item.textContent),
  )
  assert.deepEqual(sounds, ['English', 'German (Kommentar)'])
  if (name !== 'webkit') {
    // WebKitGTK empties a buffer while GStreamer waits for its data, and the page is blocked for good, one time in five
    // (WebPlatformForEmbedded/WPEWebKit#1367 is the same wait).
    await choose('sounds', '1')
    await playsOn(1)
  }
  await choose('subtitles', '0')
  await until('the first line is shown', () => {
    const [track] = [...document.getElementById('video').textTracks].filter(it => it.mode === 'showing')
    return track?.cues?.[0]?.text === 'Hello'
  })
  await browser.evaluate(() => (document.getElementById('video').currentTime = 12.5))
  await playsOn(1, 12.5)
  await until(
    'there are marks of chapters',
    () => document.querySelectorAll('#seek .slider-mark').length === 1,
  )

  await playOriginal(webm)
  await browser.evaluate(() => (document.getElementById('video').currentTime = 15))
  await playsOn(1, 15)

  if (withRungs) await playOriginal(withRungs)
  for (const quality of withRungs ? ['480p', 'original', '720p'] : []) {
    await choose('quality', quality)
    await until(
      `the quality ${quality}`,
      wanted => document.getElementById('player').dataset.quality === wanted,
      quality,
    )
    await playsOn(2)
  }
} finally {
  await browser.close()
}

async function playOriginal(page) {
  await browser.open(home + page)
  await until('the page is ready', () =>
    ['ready', 'playing'].includes(document.getElementById('player')?.dataset.state),
  )
  await choose('quality', 'original')
  await until(
    'the original',
    () =>
      document.getElementById('player').dataset.quality === 'original' &&
      document.getElementById('video').readyState >= 2,
  )
  await browser.click('#bar [data-act=play]')
  await playsOn(2)
}

async function choose(menu, value) {
  await browser.click(`#${menu}-button`)
  await browser.click(`#${menu}-menu [data-value="${value}"]`)
}

/** Waits until `seconds` more have been played, at `from` or later, and their pictures decoded. */
async function playsOn(seconds, from = 0) {
  await until('it is there', from => document.getElementById('video').currentTime >= from, from)
  const at = await browser.evaluate(() => document.getElementById('video').currentTime)
  await until(
    `it plays on for ${seconds} s`,
    wanted => {
      const video = document.getElementById('video')
      return !video.paused && !video.seeking && video.currentTime >= wanted
    },
    at + seconds,
  )
  // WebKitGTK counts anew after a seek.
  await until(
    'frames are decoded',
    () => document.getElementById('video').getVideoPlaybackQuality().totalVideoFrames > 5,
  )
}

async function until(what, fn, ...args) {
  const end = performance.now() + TIMEOUT_MS
  while (!(await browser.evaluate(fn, ...args))) {
    if (performance.now() > end) {
      const seen = await browser.evaluate(() => {
        const video = document.getElementById('video')
        const { state, quality } = document.getElementById('player')?.dataset ?? {}
        return JSON.stringify({
          state,
          quality,
          chosen: document.querySelector('#quality-menu [aria-checked=true]')?.dataset.value,
          isOpen: !document.getElementById('quality-menu')?.hidden,
          at: video?.currentTime,
          ready: video?.readyState,
          paused: video?.paused,
          seeking: video?.seeking,
          buffered: Array.from({ length: video?.buffered.length ?? 0 }, (_, i) => [
            video.buffered.start(i),
            video.buffered.end(i),
          ]),
          error: video?.error?.message,
          words: document.getElementById('error-overlay')?.innerText,
        })
      })
      throw new Error(`never: ${what}. ${seen}`)
    }
    await sleep(100)
  }
}
