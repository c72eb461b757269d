// Files that play silent or black, since Chromium lacks one of their codecs: the player notices it while it plays, and
// changes to the stream or says where it plays.

import { assert, home, more, plays, state, until, visit } from './harness.mjs'

const [silent, black] = more

await visit(async (page, watch) => {
  watch.allow(/MEDIA_ELEMENT_ERROR|DEMUXER|decode|hvc1/i)
  // The sound is AC-3: the stream has it as AAC.
  await page.goto(home + silent)
  await page.waitForSelector('#player')
  const hasSound = await page.evaluate(() => MediaSource.isTypeSupported('audio/mp4; codecs="ac-3"'))
  assert.ok(!hasSound, 'this Chromium decodes AC-3: choose another codec for this test')
  await page.click('#bar [data-act=play]')
  await says(page, /no AC-3.*plays no sound.*stream plays instead/)
  await until(
    page,
    'it is heard',
    () => document.getElementById('video').webkitAudioDecodedByteCount > 10_000,
  )
  await plays(page, 4)
  assert.ok((await state(page)).frames > 0)

  // The picture is HEVC, which nothing here decodes.
  await page.goto(home + black)
  await page.waitForSelector('#player')
  const hasPicture = await page.evaluate(() =>
    MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L60.90"'),
  )
  if (hasPicture) return
  await page.click('#bar [data-act=play]')
  await says(page, /HEVC/)
  await until(page, 'the next step is named', () => /VLC/.test(document.body.innerText))
})

/** Waits until the page says something, in a notice or over the picture. */
function says(page, words) {
  return until(
    page,
    `says ${words}`,
    source => new RegExp(source, 's').test(document.body.innerText),
    words.source,
    30_000,
  )
}
