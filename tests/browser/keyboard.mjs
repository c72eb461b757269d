// Uses a keyboard alone, as with a remote control: from the home page to a playing film, and its keys.

import { assert, home, plays, state, until, visit } from './harness.mjs'

async function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement
    return {
      href: element.getAttribute?.('href') ?? '',
      text: (element.innerText ?? '').trim(),
      shown: element.matches(':focus-visible'),
    }
  })
}

/** Presses `key` until the focus is on something that `fits`. */
async function press(page, key, fits, most = 60) {
  const seen = []
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press(key)
    const now = await focused(page)
    seen.push(now.text || now.href)
    if (fits(now)) {
      assert.ok(now.shown, 'the focus can be seen')
      return
    }
  }
  throw new Error(`${key} does not lead there: ${seen.join(' | ')}`)
}

await visit(async page => {
  await page.goto(home)
  await press(page, 'Tab', ({ href }) => href === '/browse/films')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/browse/films')
  // Arrow keys move over the cards.
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  assert.ok((await focused(page)).href.startsWith('/'), 'an arrow has reached a card')
  await press(page, 'Tab', ({ href }) => href.endsWith('/Three%20Moons.mp4'))
  // The viewer is faster than the network: play is pressed while the player is still loading.
  let arrive
  const arrival = new Promise(resolve => (arrive = resolve))
  await page.route('**/hls.min.mjs', async route => {
    await arrival
    await route.continue()
  })
  await page.keyboard.press('Enter')
  await page.waitForURL('**/watch/**')
  await until(page, 'the player is there', () => !document.getElementById('bar').hidden)
  await page.evaluate(() => document.activeElement.blur())
  await page.keyboard.press('Space')
  await until(page, 'play was heard', () => !document.getElementById('video').paused)
  arrive()
  await until(page, 'the stream is there', () =>
    /^\d+p$/.test(document.getElementById('player').dataset.quality),
  )
  await plays(page, 1)

  await page.keyboard.press('k')
  await until(page, 'paused', () => document.getElementById('video').paused)
  const paused = await state(page)
  await page.keyboard.press('ArrowRight')
  await until(
    page,
    'five seconds on',
    at => Math.abs(document.getElementById('video').currentTime - at - 5) < 1,
    paused.at,
  )
  await page.keyboard.press('l')
  await until(
    page,
    'ten seconds on',
    at => Math.abs(document.getElementById('video').currentTime - at - 15) < 1,
    paused.at,
  )
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('j')
  await until(
    page,
    'back again',
    at => Math.abs(document.getElementById('video').currentTime - at) < 1,
    paused.at,
  )
  await page.keyboard.press('ArrowDown')
  await until(page, 'quieter', () => document.getElementById('video').volume < 1)
  await page.keyboard.press('ArrowUp')
  await until(page, 'louder', () => document.getElementById('video').volume === 1)
  await page.keyboard.press('m')
  await until(page, 'no sound', () => document.getElementById('video').muted)
  await page.keyboard.press('>')
  await until(page, 'faster', () => document.getElementById('video').playbackRate > 1)
  await page.keyboard.press('?')
  await page.waitForSelector('dialog.help[open]')
  await page.keyboard.press('Escape')
  await until(page, 'closed, and the focus has left it', () => document.activeElement === document.body)
  await page.keyboard.press('k')
  await plays(page, paused.at + 1)

  // The quality menu: opened, walked and chosen by keys.
  await page.focus('#quality-button')
  await page.keyboard.press('Enter')
  await page.keyboard.press('End')
  await page.keyboard.press('Home')
  await page.keyboard.press('Escape')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'quality-button')
})
