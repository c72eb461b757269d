// From the home page to the page of a film of the library and to the playing film, with the five keys of a remote
// control, and without scripts.

import { assert, home, more, plays, until, visit } from './harness.mjs'

const [filmPage] = more
const TV = { viewport: { width: 1920, height: 1080 } }

const focused = page =>
  page.evaluate(() => ({
    href: document.activeElement.getAttribute('href') ?? '',
    text: document.activeElement.textContent.trim(),
    row: document.activeElement.closest('section')?.getAttribute('aria-labelledby') ?? '',
  }))

/** Presses `key` until the focus is where `fits` says. */
async function press(page, key, fits, most = 24) {
  const seen = []
  for (let n = 0; n < most; n += 1) {
    const now = await focused(page)
    if (fits(now)) return
    seen.push(now.text || now.href)
    await page.keyboard.press(key)
  }
  throw new Error(`${key} does not lead there: ${seen.join(' | ')}`)
}

await visit(async page => {
  await page.goto(home)
  const browser = await page.context().newCDPSession(page)
  const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors')
  assert.deepEqual(installabilityErrors, [], 'it can be installed')
  await press(page, 'ArrowDown', ({ row }) => row === 'films')
  await page.keyboard.press('ArrowDown')
  await press(page, 'ArrowRight', ({ href }) => href === filmPage)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**${filmPage}*`)
  assert.equal(await page.innerText('h1'), 'Tidal Light')
  await until(page, 'the focus is on Play', () => document.activeElement.textContent === 'Play')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/watch/**')
  await plays(page, 1)
  assert.equal(new URL(page.url()).hash, '', 'a reload does not start it again')
}, TV)

await visit(
  async page => {
    await page.goto(home + filmPage)
    await page.getByRole('link', { name: /^Play (1080p|MP4)/ }).click()
    await page.locator('video[controls]').waitFor()
    await page.goto(home + filmPage)
    await page.getByRole('button', { name: /^Mark as watched/ }).click()
    await page.getByRole('button', { name: /^Not watched/ }).waitFor()
    await page.getByRole('link', { name: 'Show files' }).click()
    await page.locator('.films a').first().waitFor()
  },
  { javaScriptEnabled: false },
)
