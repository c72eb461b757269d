// Opens a link without a signed-in account, through a paid service, from the paste to a seek; then a folder, an
// account's page with its reports, and a link on trial.

import { fits, isNamed, PHONE } from './checks.mjs'
import { assert, home, more, plays, state, until, visit } from './harness.mjs'

const [film, folder] = more
const send = '.share-form button.button:not(.quiet)'

async function paste(page, text) {
  await page.goto(home)
  await page.fill('.share-form textarea', text)
  await page.click(send)
}

await visit(async page => {
  await paste(page, `Have a look: ${film}`)
  await page.waitForURL('**/watch/~1*/**')
  await page.waitForSelector('#player')
  await until(page, 'ready', () => document.getElementById('video').readyState >= 1)
  await page.evaluate(() => document.getElementById('video').play())
  await plays(page, 1)
  const first = await state(page)
  assert.ok(first.frames > 5, `frames are decoded: ${JSON.stringify(first)}`)
  assert.equal(first.height, 480, 'it is the stream that plays')
  await page.evaluate(() => {
    document.activeElement.blur()
  })
  await page.keyboard.press('8')
  await until(page, 'it plays there', () => {
    const video = document.getElementById('video')
    return (
      !video.seeking && video.readyState > 2 && !video.paused && video.currentTime > video.duration * 0.75
    )
  })
  await isNamed(page)

  await paste(page, folder)
  await page.waitForURL('**/browse/~1*')
  await page.click('.films a:has-text("Episode 7.mp4")')
  await page.waitForSelector('#player')
  await until(page, 'ready', () => document.getElementById('video').readyState >= 1)
  await page.evaluate(() => document.getElementById('video').play())
  await plays(page, 0.5)

  await page.goto(home)
  await page.click('.drives a:has-text("resolver")')
  await page.waitForURL('**/account/resolver')
  await isNamed(page)
  await page.click('#usage ~ .ways a:has-text("Usage by day")')
  await page.waitForSelector('.report table')
  await isNamed(page)
  await page.click('a:has-text("resolver")')
  await page.click('summary:has-text("Try a link")')
  await page.fill('#link', film)
  await page.click('button:has-text("Try it")')
  await page.waitForSelector('td:has-text("Harbour & Light #1.mp4")')
  await isNamed(page)
})

await visit(async page => {
  for (const path of [
    '/account/resolver',
    '/account/resolver/reports/usage',
    '/account/resolver/reports/requests',
  ]) {
    await page.goto(home + path)
    await fits(page)
  }
}, PHONE)
