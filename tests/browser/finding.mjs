// Searches several drives at once, one of which is down: the page shows the results of the others, and names
// the one that is missing.

import { isNamed } from './checks.mjs'
import { assert, home, plays, until, visit } from './harness.mjs'

await visit(async page => {
  await page.goto(home)
  await page.fill('header input[type=search]', 'tidal')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.note.warn')
  const warnings = await page.locator('.note.warn').allInnerTexts()
  assert.equal(warnings.length, 1)
  assert.match(warnings[0], /“second” could not be searched/)
  await isNamed(page)
  assert.ok(await page.locator('.files :text("Tidal notes.txt")').count())
  await page.click('.films a[href*="/watch/"]:has-text("Tidal Light")')
  await page.waitForSelector('#player')
  await until(page, 'ready', () => document.getElementById('video').readyState >= 1)
  await page.evaluate(() => document.getElementById('video').play())
  await plays(page, 0.5)
})
