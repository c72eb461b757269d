// The owner creates a guest link; a person without a login opens it, sees the card, and watches.

import { fits, isNamed } from './checks.mjs'
import { assert, home, plays, state, until, visit } from './harness.mjs'

const FILM = '/watch/films/Tidal%20Light.mp4'

async function signIn(page, path) {
  await page.goto(home + path)
  await page.fill('#password', 'open sesame')
  await page.click('.login-form button')
}

let address
await visit(async page => {
  await signIn(page, FILM)
  await page.click('a:has-text("Guest link")')
  await isNamed(page)
  await fits(page)
  await page.fill('#name', 'Aunt Mia')
  await page.selectOption('#until', 'day')
  await page.click('button:has-text("Create link")')
  await page.waitForSelector('.qr')
  address = await page.inputValue('.ticket .copy-line input')
  await isNamed(page)
  await fits(page)
  const wide = await page.evaluate(() => document.querySelector('.qr').naturalWidth)
  assert.ok(wide > 0, 'the QR code is a picture')
})
assert.ok(address.startsWith(`${home}/guest/`), address)

await visit(async page => {
  await page.goto(address)
  const card = await page.getAttribute('meta[property="og:image"]', 'content')
  assert.equal(await page.getAttribute('meta[property="og:title"]', 'content'), 'Tidal Light.mp4')
  const size = await page.evaluate(async src => {
    const picture = new Image()
    picture.src = src
    await picture.decode()
    return [picture.naturalWidth, picture.naturalHeight]
  }, card)
  assert.deepEqual(size, [1200, 630])
  assert.equal(await page.locator('.nav, .search-box').count(), 0, 'nothing of the owner’s')
  await isNamed(page)
  await fits(page)
  await until(page, 'a length', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await plays(page, 3)
  assert.ok((await state(page)).frames > 30, 'frames are decoded')
  // The site's name links to the root of the guest link, not to the owner's home page.
  await page.click('.brand')
  await page.waitForSelector('#player')
  assert.equal(page.url(), address)
})

await visit(async (page, watch) => {
  await signIn(page, '/devices')
  await isNamed(page)
  await fits(page)
  assert.match(await page.innerText('.ticket-row'), /Aunt Mia[\s\S]*Guest link[\s\S]*Used just now/)
  await page.click('.ticket-row button')
  await page.waitForSelector('text=None yet')
  watch.allow(/status of 410/)
  await page.goto(address)
  assert.match(await page.innerText('main'), /Nothing plays here/)
  assert.ok(!(await page.content()).includes('Tidal'))
})
