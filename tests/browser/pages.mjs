// Loads every page without scripts, on a phone, with the names that screen readers need, and with names that
// contain special characters.

import { fits, isNamed, PHONE } from './checks.mjs'
import { assert, encoded, home, more, plays, until, visit } from './harness.mjs'

const [scenario] = more
const AWKWARD = [
  ['Nature & Light', 'Waves & Wind.mp4'],
  ['Nature & Light', 'Hills + Mist = Morning.mp4'],
  ['Nature & Light', "What's that; who's there?.mp4"],
  ['Nature & Light', 'The "Quiet" Hour.mp4'],
  ['Nature & Light', '50% off, take #1.mp4'],
  ['Nature & Light', 'already%20encoded%2Fname.mp4'],
  ['Season 1 #finale 100%', 'Chapter #2 & last.mp4'],
  ['映画 🌊', '静かな山 🌙.mp4'],
]
const PAGES = [
  '/',
  '/status',
  '/browse/films',
  `/browse/films${encoded('/Nature & Light')}`,
  `/browse/films${encoded('/Nature & Light/Empty folder')}`,
  `/browse/films${encoded('/Long names')}`,
  '/search?q=light',
  '/search?q=nothing+of+that+name',
  '/search',
  `/watch/films${encoded('/Tidal Light.mp4')}`,
  `/watch/films${encoded('/Nature & Light/Waves & Wind.mp3')}`,
  `/watch/films${encoded('/映画 🌊/三つの月 (再編集版).mp4')}`,
  '/no/such/page',
]
const EXPECTED_404 = /status of 404.*no\/such\/page/

function longest() {
  const name = 'A film whose name goes on and on '.repeat(7).trimEnd()
  return `/watch/films${encoded(`/Long names/${name}.mp4`)}`
}

const scenarios = {
  async awkward() {
    await visit(async page => {
      for (const [folder, name] of AWKWARD) {
        await page.goto(home)
        await page.click('.drives a.drive-name')
        await page.locator('.folders a', { has: page.getByText(folder, { exact: true }) }).click()
        await page.locator('.films a', { has: page.getByText(name, { exact: true }) }).click()
        await page.waitForSelector('#player')
        // The title of a film is its name without the extension.
        assert.equal(await page.innerText('h1'), name.replace(/\.\w+$/, ''))
        await until(page, `${name} is ready`, () => document.getElementById('video').readyState >= 1)
        await page.evaluate(() => document.getElementById('video').play())
        await plays(page, 0.2)
      }
    })
  },

  async without_scripts() {
    await visit(
      async page => {
        await page.goto(home)
        await page.click('.drives a.drive-name')
        await page.click('.films a:has-text("Tidal Light")')
        const video = page.locator('video')
        await video.waitFor()
        const source = await video.getAttribute('src')
        const reply = await page.request.get(`${home}${source}`, { headers: { range: 'bytes=4-7' } })
        assert.equal((await reply.body()).toString(), 'ftyp', 'the original itself')
        assert.ok((await video.getAttribute('controls')) !== null)
        assert.match(await page.innerText('noscript, .note'), /Without JavaScript/)
        assert.ok(await page.locator('#error-overlay').isHidden())
        await page.goto(`${home}/search?q=moons`)
        await page.click('.films a[href*="/watch/"]')
        await page.locator('video').waitFor()
      },
      { javaScriptEnabled: false },
    )
  },

  async phone() {
    await visit(async (page, watch) => {
      watch.allow(EXPECTED_404)
      for (const path of [...PAGES, longest()]) {
        await page.goto(home + path)
        if (path.includes('/watch/'))
          await until(page, 'the bar', () => !document.getElementById('bar').hidden)
        await fits(page)
      }
    }, PHONE)
  },

  async names_and_headings() {
    await visit(async (page, watch) => {
      watch.allow(EXPECTED_404)
      for (const path of [...PAGES, longest()]) {
        await page.goto(home + path)
        if (path.includes('/watch/'))
          await until(page, 'the bar', () => !document.getElementById('bar').hidden)
        await isNamed(page)
      }
    })
  },

  async first() {
    const look = async page => {
      await page.goto(home)
      assert.match(await page.innerText('main'), /bring a film/)
      assert.ok(await page.getByLabel('Client secret').isVisible(), 'the form is at hand')
      assert.match(await page.textContent('pre'), /kind = "terabox"/)
      await fits(page)
      await isNamed(page)
    }
    await visit(look)
    await visit(look, PHONE)
  },

  async ten_thousand() {
    await visit(async page => {
      await page.goto(`${home}/browse/films${encoded('/Ten thousand')}`)
      const count = () => page.locator('#films > li').count()
      assert.equal(await count(), 100)
      for (let n = 2; n <= 4; n += 1) {
        await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
        await until(
          page,
          `${n} pages`,
          least => document.querySelectorAll('#films > li').length >= least,
          n * 100,
        )
      }
      const names = await page.locator('#films .name').allTextContents()
      assert.equal(new Set(names).size, names.length, 'each film once')
    })
  },
}

await scenarios[scenario]()
