// Plays films, from the home page to a seek. Each argument is one, as JSON: the drive, the name, the quality that plays, and
// the length in seconds.

import { assert, home, more, plays, state, until, visit } from './harness.mjs'

async function watches(page, [drive, name, quality, length]) {
  await page.goto(home)
  await page.click(`.drives a.drive-name:has-text("${drive}")`)
  await page.click(`.films a:has-text("${name}")`)
  await page.waitForSelector('#player')
  await until(page, 'ready', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await plays(page, 1)
  const first = await state(page)
  assert.ok(first.frames > 5, `${name}: frames are decoded: ${JSON.stringify(first)}`)
  assert.ok(Math.abs(first.length - length) < 1, `${name}: the whole film: ${first.length}`)
  const shown = await page.evaluate(() => document.getElementById('player').dataset.quality)
  assert.equal(shown, quality, name)

  // Four fifths of the way, back to the beginning, and forward again.
  for (const [key, from] of [
    ['8', length * 0.8],
    ['0', 0],
    ['5', length / 2],
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
  for (const film of more) await watches(page, JSON.parse(film))
})
