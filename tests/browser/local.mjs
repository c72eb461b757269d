// Plays films of this machine, from the home page to a seek: one that the browser can open itself, one whose samples are
// sent in another container, and one that ffmpeg copies.

import { assert, home, plays, state, until, visit } from './harness.mjs'

async function watches(page, name, quality) {
  await page.goto(home)
  await page.click('.drives a.drive-name')
  await page.click(`.films a:has-text("${name}")`)
  await page.waitForSelector('#player')
  await until(page, 'ready', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await plays(page, 1)
  const first = await state(page)
  assert.ok(first.frames > 5, `${name}: frames are decoded: ${JSON.stringify(first)}`)
  assert.ok(Math.abs(first.length - 30) < 1, `${name}: the whole film: ${first.length}`)
  const shown = await page.evaluate(() => document.getElementById('player').dataset.quality)
  assert.equal(shown, quality, name)

  // Four fifths of the way, back to the beginning, and forward again.
  for (const [key, from] of [
    ['8', 24],
    ['0', 0],
    ['5', 15],
  ]) {
    await page.evaluate(() => document.activeElement.blur())
    await page.keyboard.press(key)
    await until(
      page,
      `it plays from ${from}`,
      at => {
        const video = document.getElementById('video')
        return (
          !video.seeking &&
          video.readyState > 2 &&
          !video.paused &&
          video.currentTime > at + 0.2 &&
          video.currentTime < at + 5
        )
      },
      from,
    )
  }
}

await visit(async page => {
  await watches(page, 'As it is.mp4', 'original')
  await watches(page, 'In a box.mkv', 'original')
  await watches(page, 'Recorded.flv', '360p')
})
