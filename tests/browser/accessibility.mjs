// Checks every kind of page with axe: no violation of WCAG 2.2 A and AA, nor of its best practices.

import { readFile } from 'node:fs/promises'
import { fits, isNamed, PHONE } from './checks.mjs'
import { assert, encoded, home, more, until, visit } from './harness.mjs'

const [scenario, ...titles] = more
const AXE = await readFile(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

/** The rules that depend on colours. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block']

/** Asserts that axe finds nothing on the page as it is now, by all of its rules or by these alone. */
async function isAccessible(page, runOnly) {
  // Evaluated by the debugger, so the content policy of the page stays as it is.
  await page.evaluate(AXE)
  const violations = await page.evaluate(async runOnly => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'], runOnly })
    return violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.map(node => `${node.target} ${node.failureSummary}`).join(' | ')}`,
    )
  }, runOnly)
  assert.deepEqual(violations, [], page.url())
}

async function watch(page, path) {
  await page.goto(home + path)
  await until(page, 'the bar', () => !document.getElementById('bar').hidden)
}

const scenarios = {
  async pages(page, watched) {
    watched.allow(/status of 404.*no\/such\/page/)
    const paths = [
      '/',
      '/status',
      '/browse/films',
      `/browse/films${encoded('/Nature & Light/Empty folder')}`,
      '/search?q=light',
      '/search?q=nothing+of+that+name',
      '/account/films',
      '/account/films/shares',
      '/connect',
      '/devices',
      '/sessions',
      '/drives',
      '/drives/cinema',
      '/tasks',
      '/viewers',
      '/folder-settings/films',
      `/organize?place=films&do=rename${['/Tidal Light.mp4', '/Series'].map(it => `&path=${encodeURIComponent(it)}`).join('')}`,
      `/organize?place=films&do=guest&path=${encodeURIComponent('/Tidal Light.mp4')}`,
      '/no/such/page',
    ]
    for (const path of paths) {
      await page.goto(home + path)
      await isAccessible(page)
    }
  },

  async film(page) {
    for (const film of ['/Tidal Light.mp4', '/Nature & Light/Waves & Wind.mp3']) {
      await watch(page, `/watch/films${encoded(film)}`)
      await isAccessible(page)
    }
    await page.click('#quality-button')
    await isAccessible(page)
    await page.keyboard.press('Escape')
    await page.evaluate(() => document.activeElement.blur())
    await page.keyboard.press('?')
    await page.waitForSelector('dialog.help[open]')
    await isAccessible(page)
  },

  async dialogs(page) {
    await page.goto(`${home}/browse/films`)
    await page.getByRole('link', { name: 'What to do with Tidal Light.mp4', exact: true }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.locator('dialog.page-dialog')
    for (const name of ['Rename…', 'Move…', 'Delete…', 'Share…']) {
      await dialog.getByRole('button', { name, exact: true }).click()
      await until(page, name, () => !document.querySelector('dialog.page-dialog .dialog-menu'))
      await isAccessible(page)
      await dialog.getByRole('link', { name: 'Cancel', exact: true }).click()
      await page.getByRole('link', { name: 'What to do with Tidal Light.mp4', exact: true }).focus()
      await page.keyboard.press('Enter')
      await dialog.locator('.dialog-menu').waitFor()
    }
    await isAccessible(page)
  },

  async login(page, watched) {
    watched.allow(/status of 403/)
    await page.goto(home)
    await isAccessible(page)
    await page.fill('#password', 'wrong')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[role=alert]')
    await isAccessible(page)
    await page.fill('#password', 'open sesame')
    await page.click('main button[type=submit]')
    await page.click('.drives a.drive-name')
    await page.click('a:has-text("Guest link")')
    await isAccessible(page)
    await page.click('button:has-text("Create link")')
    await page.waitForSelector('.qr')
    const link = await page.inputValue('.ticket .copy-line input')
    await isAccessible(page)
    await page.goto(link)
    await isAccessible(page)
    for (const path of ['/sessions/second-factor', '/sessions/passkeys']) {
      await page.goto(home + path)
      await isAccessible(page)
    }
  },

  /** Pages of films, series and files, whose addresses come after the name of the scenario. */
  async titles(page, watched) {
    // A song without a cover.
    watched.allow(/status of 404.*mp3\/poster\.jpg/)
    for (const path of titles) {
      for (const colorScheme of ['dark', 'light']) {
        await page.emulateMedia({ colorScheme })
        await page.goto(home + path)
        await isAccessible(page, colorScheme === 'light' ? OF_COLOURS : undefined)
        await fits(page)
        await isNamed(page)
      }
    }
  },

  async first(page) {
    await page.goto(home)
    await isAccessible(page)
  },
}

await visit(scenarios[scenario])
await visit(scenarios[scenario], PHONE)
