// Plays a folder of music: one song after the other, by the queue, and by the keys of the system.

import { assert, home, plays, until, visit } from './harness.mjs'

const shows = (page, title) =>
  until(
    page,
    `the song ${title}`,
    wanted =>
      document.querySelector('h1')?.textContent === wanted &&
      document.querySelector('#queue [aria-current]')?.textContent.includes(wanted) &&
      navigator.mediaSession.metadata?.title === wanted,
    title,
  )

await visit(async (page, watch) => {
  // These songs have no cover.
  watch.allow(/status of 404.*poster\.jpg/)
  await page.addInitScript(() => {
    const handlers = {}
    window.commands = handlers
    const set = MediaSession.prototype.setActionHandler
    MediaSession.prototype.setActionHandler = function (command, act) {
      handlers[command] = act
      set.call(this, command, act)
    }
  })
  await page.goto(`${home}/watch/home/Music/1%20Rain.mp3#play`)
  await plays(page, 0.2)
  await shows(page, '1 Rain')
  assert.equal(await page.evaluate(() => navigator.mediaSession.metadata.album), 'Music')
  assert.equal(await page.evaluate(() => window.commands.previoustrack), null)
  // The next song follows at once.
  await page.evaluate(() => {
    const video = document.getElementById('video')
    video.currentTime = video.duration - 0.5
  })
  await shows(page, '2 Wind')
  await plays(page, 0.2)
  assert.equal(await page.locator('.offer').count(), 0)
  await page.evaluate(() => window.commands.nexttrack())
  await shows(page, '10 Fog')
  await page.evaluate(() => window.commands.previoustrack())
  await shows(page, '2 Wind')
  await page.locator('#queue a', { hasText: '1 Rain' }).click()
  await plays(page, 0.2)
  await shows(page, '1 Rain')
})
