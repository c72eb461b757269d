// Pastes a message with links, enters a password, browses, watches, saves, and removes the shares.

import { fits, isNamed, PHONE } from './checks.mjs'
import { assert, home, more, plays, until, visit } from './harness.mjs'

const { shares } = await (await fetch(`${more[0]}/_sandbox/shares`)).json()
const link = name => shares.find(share => share.name === name)
const field = '.share-form textarea'
const send = '.share-form button.button:not(.quiet)'

async function paste(page, text) {
  await page.goto(home)
  await page.fill(field, text)
  await page.click(send)
}

async function watches(page) {
  await page.waitForSelector('#player')
  await until(page, 'ready', () => document.getElementById('video').readyState >= 1)
  await page.evaluate(() => document.getElementById('video').play())
  await plays(page, 0.5)
}

await visit(async (page, watch) => {
  // Without a link: a sentence.
  await paste(page, 'just words')
  await page.waitForSelector('[role=alert]')
  await isNamed(page)

  // A film behind a password.
  await paste(page, link('password').url)
  await page.waitForSelector('input[name=password]')
  await isNamed(page)
  await page.fill('input[name=password]', 'aaaa')
  await page.keyboard.press('Enter')
  await page.waitForSelector('input[aria-invalid=true]')
  await page.fill('input[name=password]', link('password').password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/watch/~1*/**')
  await watches(page)

  // A whole message.
  await paste(
    page,
    `One: ${link('film').url}\nTwo: ${link('second password').url} | password: ${link('second password').password}\nThree: ${link('cancelled').url}`,
  )
  await page.waitForSelector('.link-card')
  assert.equal(await page.locator('.link-card').count(), 3)
  assert.equal(await page.locator('.link-card.is-open').count(), 2)
  await isNamed(page)

  // A folder: browse, play, save.
  await paste(page, link('series').url)
  await page.waitForURL('**/browse/~1*')
  await page.click('.folders a:has-text("Paper Atlas")')
  await page.waitForSelector('.folders a:has-text("Season 1")')
  await isNamed(page)
  await page.click('.share-save summary')
  const chosen = page.locator('.choices input')
  for (const box of await chosen.all()) await box.uncheck()
  await page.check('.choices label:has-text("Trailer.mp4") input')
  await page.fill('.save-to input[name=folder]', '/Series')
  await page.click('.save-to button')
  await page.waitForSelector('h1:has-text("1 of 1 saved")')
  await page.click('.ways a:has-text("Go to films")')
  await page.click('.films a:has-text("Trailer.mp4")')
  await watches(page)

  // A film that is being transcoded plays its original meanwhile, and says so.
  await paste(page, link('transcoding').url)
  await page.waitForSelector('#player')
  await until(page, 'it says what plays', () => /the original plays/.test(document.body.innerText))
  await watches(page)

  // Shares that have expired, were revoked, or are cut short report that.
  watch.allow(/status of (403|410)/)
  for (const [name, words] of [
    ['expired', 'gone'],
    ['cancelled', 'gone'],
  ]) {
    await paste(page, link(name).url)
    await page.waitForSelector('[role=alert], h1')
    await until(page, name, words => document.body.innerText.toLowerCase().includes(words), words)
    await isNamed(page)
  }
  await paste(page, link('preview').url)
  await page.waitForSelector('#player')
  await until(page, 'it says that it is a preview', () =>
    /preview/i.test(document.getElementById('error-overlay').innerText),
  )
  await paste(page, link('mixed').url)
  await page.waitForURL('**/browse/~1*')
  await isNamed(page)

  // Removes the share.
  await page.goto(home)
  const before = await page.locator('.shares .file').count()
  await page.click('.shares .file button >> nth=0')
  await until(
    page,
    'one less',
    count => document.querySelectorAll('.shares .file').length === count,
    before - 1,
  )
})

await visit(async page => {
  await paste(page, link('series').url)
  await fits(page)
  await page.click('.folders a:has-text("Paper Atlas")')
  await page.waitForSelector('.share-save')
  await page.click('.share-save summary')
  await fits(page)
  await page.goto(
    `${home}/share?link=${encodeURIComponent(`${link('password').url} ${link('cancelled').url}`)}`,
  )
  await fits(page)
  if (process.env.SHOTS)
    await page.screenshot({ path: `${process.env.SHOTS}/share-phone.png`, fullPage: true })
}, PHONE)
