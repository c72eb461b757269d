// Tests the button for a Chromecast, with a replacement of Google's script that records the commands it gets.

import { assert, home, plays, until, visit } from './harness.mjs'

const SENDER = `
  window.told = [];
  window.devices = 0;
  const listeners = [];
  class Thing { constructor(...given) { this.given = given; } }
  const session = { loadMedia: async (request) => { window.told.push(request); } };
  const context = {
    setOptions(options) { window.options = options; },
    getCastState: () => (window.devices ? 'NOT_CONNECTED' : 'NO_DEVICES_AVAILABLE'),
    addEventListener: (name, listener) => listeners.push(listener),
    requestSession: async () => { if (window.refusal) throw window.refusal; },
    getCurrentSession: () => session,
  };
  window.appear = () => { window.devices = 1; listeners.forEach((listener) => listener()); };
  window.cast = { framework: {
    CastContext: { getInstance: () => context },
    CastState: { NO_DEVICES_AVAILABLE: 'NO_DEVICES_AVAILABLE' },
    CastContextEventType: { CAST_STATE_CHANGED: 'caststatechanged' },
  } };
  (window.chrome ??= {}).cast = {
    AutoJoinPolicy: { ORIGIN_SCOPED: 'origin_scoped' },
    ErrorCode: { CANCEL: 'cancel' },
    Image: Thing,
    media: {
      DEFAULT_MEDIA_RECEIVER_APP_ID: 'CC1AD845',
      HlsSegmentFormat: { TS: 'ts' },
      GenericMediaMetadata: Thing,
      MediaInfo: Thing,
      LoadRequest: Thing,
    },
  };
  window.__onGCastApiAvailable(true);
`

await visit(async (page, watch) => {
  watch.allow(/^request to www\.gstatic\.com$/)
  await page.route('https://www.gstatic.com/**', route =>
    route.fulfill({ contentType: 'text/javascript', body: SENDER }),
  )
  await page.goto(`${home}/watch/films/Tidal%20Light.mp4`)
  await until(page, 'the sender is there', () => window.options !== undefined)
  assert.equal(await page.evaluate(() => window.options.receiverApplicationId), 'CC1AD845')
  assert.equal(await page.isVisible('#cast'), false)

  // A device becomes available.
  await page.evaluate(() => window.appear())
  await page.waitForSelector('#cast:visible')
  await until(page, 'a picture or a length', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await plays(page, 1)

  // The list of devices is closed again: no message. A device fails: a message.
  await page.evaluate(() => {
    window.refusal = 'cancel'
  })
  await page.click('#cast')
  await page.evaluate(() => {
    window.refusal = 'session_error'
  })
  await page.click('#cast')
  await page.waitForSelector('#cast-status:has-text("did not take it")')
  assert.equal(await page.evaluate(() => document.getElementById('video').paused), false)

  await page.evaluate(() => {
    window.refusal = undefined
  })
  await page.click('#cast')
  await until(page, 'the film is told of', () => window.told.length === 1)
  await until(page, 'the film rests here', () => document.getElementById('video').paused)
  assert.equal(await page.innerText('#cast-status'), '')
  const told = await page.evaluate(() => {
    const [load] = window.told
    const [media] = load.given
    return {
      media: media.given,
      at: load.currentTime,
      title: media.metadata.title,
      format: media.hlsSegmentFormat,
      poster: media.metadata.images[0].given[0],
    }
  })
  const [address, type] = told.media
  assert.ok(
    address.startsWith(`${home}/play/`) && address.endsWith('/films/Tidal%20Light.mp4/master.m3u8'),
    address,
  )
  assert.equal(type, 'application/vnd.apple.mpegurl')
  assert.ok(told.at >= 1, `${told.at} s`)
  assert.equal(told.title, 'Tidal Light')
  assert.equal(told.format, 'ts')
  // The device fetches the media without a cookie, from any network.
  for (const [url, wanted] of [
    [address, type],
    [told.poster, 'image/'],
  ]) {
    const reply = await fetch(url, { headers: { origin: 'https://www.gstatic.com' } })
    assert.equal(reply.status, 200)
    assert.ok(reply.headers.get('content-type').startsWith(wanted), url)
    assert.equal(reply.headers.get('access-control-allow-origin'), '*')
  }
})
