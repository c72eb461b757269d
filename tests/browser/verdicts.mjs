// Shows on the page why a film cannot be played, and starts it by itself when the problem is temporary.

import { assert, encoded, home, more, plays, state, until, upstream, visit } from './harness.mjs'

const film = `${home}/watch/films${encoded('/Tidal Light.mp4')}`
const [, scenario] = more
const EXPECTED = /status of 4\d\d|status of 5\d\d/

const scenarios = {
  async transcoding(page) {
    await upstream('faults', { route: 'streaming', fault: { errno: 31341 } })
    await upstream('faults', { route: 'original', fault: { status: 500 } })
    await page.goto(film)
    await shows(page, 'transcoding', /making the streaming version/)
    await page.click('#bar [data-act=play]')
    await until(page, 'it counts down', () =>
      /\d+ s|Looking/.test(document.getElementById('error-overlay').innerText),
    )
    await upstream('faults')
    await until(
      page,
      'it starts by itself',
      () => document.getElementById('error-overlay').hidden,
      undefined,
      30_000,
    )
    await plays(page, 1)
  },

  async transcoding_with_original(page) {
    await upstream('faults', { route: 'streaming', fault: { errno: 31341 } })
    await playsTheOriginal(page, /making the streaming version/)
  },

  async signed_out(page) {
    await upstream('expire', { access_tokens: true, refresh_tokens: true })
    await page.goto(film)
    assert.match(await page.innerText('main'), /signed out/i)
    await page.goto(home)
    assert.match(await page.innerText('.drives'), /signed out/i)
  },

  async signed_out_later(page) {
    // The film is cached; the session ends before it is played.
    await page.goto(`${home}/api/v1/entries/films${encoded('/Tidal Light.mp4')}`)
    await upstream('expire', { access_tokens: true, refresh_tokens: true })
    await page.goto(film)
    await shows(page, 'signed_out', /session with the drive has ended/)
  },

  async preview(page) {
    await upstream('faults', { route: 'streaming', fault: { preview: 2 } })
    await playsTheOriginal(page, /only the beginning/)
  },

  async gone(page) {
    await upstream('faults', { route: 'streaming', fault: { errno: 31396 } })
    await page.goto(film)
    await shows(page, 'gone', /has been removed/)
  },

  async missing(page) {
    const reply = await page.goto(`${home}/watch/films/nowhere.mp4`)
    assert.equal(reply.status(), 404)
    assert.match(await page.innerText('main'), /nothing at this address/)
  },

  async verification(page) {
    await upstream('faults', { route: 'streaming', fault: { errno: 400210 } })
    await page.goto(film)
    await shows(page, 'verification_required', /check that only its owner can pass/)
  },

  async trouble_on_the_way(page) {
    // Cut, expired, refused once: the viewer notices nothing.
    for (const fault of [
      { cut_after_bytes: 5000 },
      { expired: true },
      { status: 503 },
      { html_body: true },
    ]) {
      await upstream('faults', { route: 'segment', times: 2, fault })
    }
    await page.goto(film)
    await until(page, 'ready', () => document.getElementById('video').readyState >= 1)
    await page.click('#bar [data-act=play]')
    await plays(page, 3)
    await upstream('expire', { urls: true, access_tokens: true })
    await page.evaluate(() => (document.getElementById('video').currentTime = 50))
    await plays(page, 52)
  },
}

/** The page says why there is no stream, and plays the original. */
async function playsTheOriginal(page, words) {
  await page.goto(film)
  await until(page, 'it says so', () => /the original plays/.test(document.body.innerText))
  const reservation = await page.$('.reservation')
  if (reservation) assert.match(await reservation.innerText(), words)
  await page.click('#bar [data-act=play]')
  await plays(page, 2)
  assert.equal((await state(page)).quality, 'original')
  assert.ok(await page.isHidden('#error-overlay'))
}

async function shows(page, code, words) {
  await until(
    page,
    `the overlay for ${code}`,
    wanted => {
      const box = document.getElementById('error-overlay')
      return box && !box.hidden && (box.dataset.code === wanted || box.innerText.length > 20)
    },
    code,
  )
  const text = await page.innerText('#error-overlay')
  assert.match(text, words)
  await until(
    page,
    'the player has found out, too',
    wanted => document.getElementById('error-overlay').dataset.code === wanted,
    code,
  )
  assert.match(await page.innerText('#error-overlay'), words)
}

await visit(async (page, watch) => {
  // The browser itself writes a line for each failed request.
  watch.allow(EXPECTED)
  await scenarios[scenario](page)
})
