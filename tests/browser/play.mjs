// From the home page to the film by clicks, and every action on a film while it plays.

import { assert, choose, home, plays, showsQuality, state, until, visit } from './harness.mjs'

await visit(async page => {
  await page.goto(home)
  await page.click('.drives a.drive-name')
  await page.click('.films a:has-text("Tidal Light")')
  await page.waitForSelector('#player')
  await until(page, 'a picture or a length', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await plays(page, 5)
  const first = await state(page)
  assert.ok(first.frames > 60, `frames are decoded: ${JSON.stringify(first)}`)
  assert.ok(Math.abs(first.length - 66) < 1.5, `the whole film: ${first.length}`)
  assert.equal(first.state, 'playing')

  for (const [name, height] of [
    ['480p', 480],
    ['1080p', 1080],
    ['720p', 720],
  ]) {
    const before = await state(page)
    await choose(page, name)
    await showsQuality(page, name)
    await until(
      page,
      `${height} lines`,
      lines => document.getElementById('video').videoHeight === lines,
      height,
    )
    await plays(page, before.at + 1)
    const after = await state(page)
    assert.ok(after.at < before.at + 20, `${name}: the position is kept (${before.at} → ${after.at})`)
  }

  // Four fifths of the way.
  const began = Date.now()
  await page.evaluate(() => {
    document.activeElement.blur()
  })
  await page.keyboard.press('8')
  await until(page, 'it plays there', () => {
    const video = document.getElementById('video')
    return !video.seeking && video.readyState > 2 && !video.paused && video.currentTime > 52.8
  })
  const took = Date.now() - began
  assert.ok(took < 2000, `seeking took ${took} ms`)

  await page.keyboard.press('1')
  await choose(page, 'original')
  await showsQuality(page, 'original')
  const atOriginal = await state(page)
  await plays(page, Math.max(atOriginal.at, 6.6) + 1)
  assert.equal((await state(page)).height, 1080)

  await choose(page, 'audio')
  await showsQuality(page, 'audio')
  const atAudio = await state(page)
  await plays(page, atAudio.at + 2)

  await choose(page, 'auto')
  await until(page, 'a picture again', () => /^\d+p$/.test(document.getElementById('player').dataset.quality))
  const atAuto = await state(page)
  await plays(page, atAuto.at + 1)
})
