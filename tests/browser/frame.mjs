// Shows the upstream's login page in a frame: its message signs the drive in, and a message from any other
// origin does not.

import { assert, home, more, until, visit } from './harness.mjs'

const [upstream] = more

await visit(async (page, watch) => {
  watch.allow(new RegExp(`request to ${new URL(upstream).host}`))
  // Held back, so that a message from another origin can come first.
  let letIn
  const waiting = new Promise(resolve => (letIn = resolve))
  await page.route(`${upstream}/**`, async route => {
    await waiting
    await route.continue()
  })
  const calls = []
  page.on('request', request => request.url().endsWith('/sign-in/code') && calls.push(request.url()))
  await page.goto(`${home}/account/films`)
  await page.getByRole('link', { name: 'With the drive’s login page' }).click()
  await page.waitForSelector('iframe', { state: 'attached' })
  await page.evaluate(() => postMessage(JSON.stringify({ event: 'teraboxOauth', code: 'forged' }), '*'))
  await page.evaluate(() => new Promise(resolve => setTimeout(resolve, 0)))
  assert.deepEqual(calls, [], 'a message of another origin is not heard')
  letIn()
  await page.getByRole('link', { name: 'Films and files' }).waitFor()
  await until(page, 'the frame is gone', () => !document.querySelector('iframe'))
  assert.equal(calls.length, 1)
})
