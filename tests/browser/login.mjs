// Signs in: from the requested page to the form, a wrong password, and then back to that page.

import { fits, isNamed, PHONE } from './checks.mjs'
import { assert, home, visit } from './harness.mjs'

await visit(async (page, watch) => {
  watch.allow(/status of 403/)
  await page.goto(`${home}/browse/films`)
  assert.equal(new URL(page.url()).pathname, '/login')
  await page.fill('#password', 'wrong')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=alert]')
  await isNamed(page)
  assert.equal(await page.getAttribute('#password', 'aria-invalid'), 'true')
  await page.fill('#password', 'open sesame')
  await page.click('main button[type=submit]')
  await page.waitForURL('**/browse/films')
  await page.click('.films a:has-text("Tidal Light")')
  await page.waitForSelector('#player')
  await page.click('button:has-text("Sign out")')
  await page.waitForURL('**/login')
  await page.goto(home)
  assert.equal(new URL(page.url()).pathname, '/login')
})

await visit(async page => {
  await page.goto(home)
  await fits(page)
}, PHONE)
