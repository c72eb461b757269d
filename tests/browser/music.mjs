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
  // Near the end the next song is opened in a second element, which has data before the first one ends.
  const seekBeforeEnd = seconds =>
    page.evaluate(before => {
      const video = document.getElementById('video')
      video.currentTime = video.duration - before
    }, seconds)
  assert.equal(await page.locator('video').count(), 1)
  await seekBeforeEnd(15)
  await until(page, 'the next song has data', () => document.querySelector('[data-next]')?.readyState >= 3)
  await page.evaluate(() => {
    window.order = []
    const first = document.getElementById('video')
    const next = document.querySelector('[data-next]')
    const note = what =>
      window.order.push(`${what}: ${next.readyState >= 3} ${next.paused} ${next.currentTime === 0}`)
    first.addEventListener('ended', () => note('ended'), true)
    next.addEventListener('playing', () => window.order.push('playing'))
    window.nextElement = next
  })
  await seekBeforeEnd(0.5)
  await shows(page, '2 Wind')
  await plays(page, 0.2)
  assert.deepEqual(await page.evaluate(() => window.order), ['ended: true true true', 'playing'])
  assert.ok(await page.evaluate(() => document.getElementById('video') === window.nextElement))
  assert.equal(await page.locator('video').count(), 1)
  assert.equal(await page.locator('.offer').count(), 0)
  // The bar belongs to the song that plays.
  await page.click('#bar [data-act=play]')
  await until(page, 'a pause', () => window.nextElement.paused)
  assert.equal(await page.getAttribute('#player', 'data-state'), 'paused')
  await page.keyboard.press('k')
  await plays(page, 0.3)
  // Tags take the place of names as rows come into view.
  await page.locator('#queue').scrollIntoViewIfNeeded()
  await until(page, 'the tags', () =>
    document.querySelector('#queue')?.textContent.includes('The Fog · Weather'),
  )
  await page.evaluate(() => window.commands.nexttrack())
  await shows(page, 'Fog Bank')
  await page.evaluate(() => window.commands.previoustrack())
  await shows(page, '2 Wind')
  await page.locator('#queue a', { hasText: '1 Rain' }).click()
  await plays(page, 0.2)
  await shows(page, '1 Rain')

  // Repeated: the last song comes before the first one, and one song begins again at its end.
  const pressed = () =>
    page.$$eval('[aria-labelledby=queue-title] button', buttons =>
      buttons.filter(button => button.ariaPressed === 'true').map(button => button.textContent),
    )
  const button = name => page.locator('[aria-labelledby=queue-title] button', { hasText: name })
  assert.deepEqual(await pressed(), [])
  await button('Repeat all').click()
  assert.deepEqual(await pressed(), ['Repeat all'])
  await page.evaluate(() => window.commands.previoustrack())
  await shows(page, 'Fog Bank')
  assert.deepEqual(await pressed(), ['Repeat all'])
  await page.evaluate(() => window.commands.nexttrack())
  await shows(page, '1 Rain')
  await page.keyboard.press('r')
  assert.deepEqual(await pressed(), ['Repeat this song'])
  await seekBeforeEnd(0.5)
  await until(page, 'the beginning of the same song', () => {
    const video = document.getElementById('video')
    return !video.paused && video.currentTime < 10
  })
  await shows(page, '1 Rain')
  assert.equal(await page.locator('video').count(), 1)
  await page.keyboard.press('r')
  assert.deepEqual(await pressed(), [])

  // Shuffled, by the five keys of a remote control: every song once, and the choice is remembered.
  await page.locator('#bar [data-act=play]').focus()
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim())
  for (let presses = 0; presses < 12 && !/^(Shuffle|Repeat)/.test(await focused()); presses += 1)
    await page.keyboard.press('ArrowDown')
  for (let presses = 0; presses < 3 && (await focused()) !== 'Shuffle'; presses += 1)
    await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  assert.deepEqual(await pressed(), ['Shuffle'])
  const heard = ['1 Rain']
  for (let more = 0; more < 2; more += 1) {
    const before = heard.at(-1)
    await page.evaluate(() => window.commands.nexttrack())
    await until(
      page,
      `a song after ${before}`,
      title => navigator.mediaSession.metadata.title !== title,
      before,
    )
    heard.push(await page.evaluate(() => navigator.mediaSession.metadata.title))
    assert.equal(await focused(), 'Shuffle', 'the focus stays')
  }
  assert.deepEqual([...heard].sort(), ['1 Rain', '2 Wind', 'Fog Bank'])
  await until(page, 'no song is left', () => window.commands.nexttrack === null)
  await page.reload()
  await until(page, 'the button of before', () =>
    document.querySelector('[aria-labelledby=queue-title] button[aria-pressed=true]'),
  )
  assert.deepEqual(await pressed(), ['Shuffle'])
})
