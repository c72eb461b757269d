// Plays from a drive without renditions: a film that is its file, opened by clicks and seeked; and one that was
// uploaded in pieces. The arguments are the drive, the film, and the folder of the other one.

import { assert, home, more, plays, state, until, visit } from './harness.mjs'

const [drive, film, folder] = more

async function seeks(page) {
  const first = await state(page)
  assert.ok(Math.abs(first.length - 66) < 1.5, `the whole film: ${JSON.stringify(first)}`)
  await page.evaluate(() => document.activeElement.blur())
  await page.keyboard.press('8')
  await until(page, 'it plays there', () => {
    const video = document.getElementById('video')
    return !video.seeking && video.readyState > 2 && !video.paused && video.currentTime > 52.8
  })
  const after = await state(page)
  assert.ok(after.frames > 0 && after.verdict === null, JSON.stringify(after))
}

await visit(async page => {
  await page.goto(home)
  await page.click(`.drives a.drive-name:has-text("${drive}")`)
  await page.click(`.films a:has-text("${film}")`)
  await page.waitForSelector('#player')
  await until(page, 'a picture or a length', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await plays(page, 3)
  assert.equal((await state(page)).height, 1080)
  await seeks(page)

  await page.goto(`${home}/browse/${drive}/${encodeURIComponent(folder)}`)
  await page.click('.films a')
  await page.waitForSelector('#player')
  await until(page, 'a picture or a length', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await plays(page, 3)
  assert.equal((await state(page)).height, 720)
  await seeks(page)
})
