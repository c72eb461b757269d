// A Matroska film with two sounds, in a folder of this machine: the original plays, and its sound is changed in mid-play.

import { assert, home, more, plays, state, until, visit } from './harness.mjs'

await visit(async page => {
  await page.goto(home + more[0])
  await page.waitForSelector('#player')
  await page.click('#quality-button')
  await page.click('#quality-menu [data-value=original]')
  await page.click('#bar [data-act=play]')
  await plays(page, 2)
  const first = await state(page)
  assert.ok(first.frames > 5, `frames are decoded: ${JSON.stringify(first)}`)
  const quality = await page.evaluate(() => document.getElementById('player').dataset.quality)
  assert.equal(quality, 'original')

  const names = await page.$$eval('#sounds-menu button', items => items.map(item => item.textContent))
  assert.deepEqual(names, ['English', 'German (Kommentar)'])
  await page.click('#sounds-button')
  await page.click('#sounds-menu button:has-text("German")')
  await until(
    page,
    'the other sound',
    () => document.querySelector('#sounds-menu [data-value="1"]').getAttribute('aria-checked') === 'true',
  )
  const before = await state(page)
  await plays(page, before.at + 2)

  await page.evaluate(() => document.activeElement.blur())
  await page.keyboard.press('8')
  await until(page, 'it plays after a seek', () => {
    const video = document.getElementById('video')
    return !video.seeking && video.readyState > 2 && !video.paused && video.currentTime > 16
  })
})
