// Shows subtitles on the page of a film: chosen, visible, kept over a change of quality and to the next visit.
// Then subtitles in the stream, as parsed by hls.js for players without a page. The argument is the page's
// path.

import { assert, choose, home, more, plays, showsQuality, until, visit } from './harness.mjs'

const [path] = more

const shows = (page, words) =>
  until(
    page,
    words,
    expected => {
      const shown = [...document.getElementById('video').textTracks].filter(track => track.mode === 'showing')
      return shown.length === 1 && [...(shown[0].activeCues ?? [])].some(cue => cue.text === expected)
    },
    words,
  )

const seek = (page, seconds) =>
  page.evaluate(at => {
    document.getElementById('video').currentTime = at
  }, seconds)

await visit(async page => {
  await page.goto(home + path)
  assert.equal(await page.locator('track').count(), 1)
  await until(page, 'a length', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await plays(page, 1)
  await page.hover('#player')
  await until(
    page,
    'a menu of subtitles',
    () => !document.getElementById('subtitles-button').parentElement.hidden,
  )
  const offered = await page.evaluate(() => document.getElementById('video').textTracks.length)
  assert.equal(offered, 1, 'nobody is offered them twice')

  await page.keyboard.press('c')
  await seek(page, 11)
  await shows(page, 'Tidal Light, second 10')
  // A cue of the middle appears at its own time, not at that of the stream's clock.
  await seek(page, 36.2)
  await shows(page, 'Tidal Light, second 35')
  await seek(page, 34.5)
  await until(page, 'no cue between two', () => {
    const [track] = document.getElementById('video').textTracks
    return !document.getElementById('video').seeking && (track.activeCues?.length ?? 0) === 0
  })

  await choose(page, '480p')
  await showsQuality(page, '480p')
  await seek(page, 21)
  await shows(page, 'Tidal Light, second 20')
  await choose(page, 'original')
  await showsQuality(page, 'original')
  await plays(page, 22)
  await seek(page, 31)
  await shows(page, 'Tidal Light, second 30')

  await page.keyboard.press('c')
  await until(page, 'none', () =>
    [...document.getElementById('video').textTracks].every(track => track.mode !== 'showing'),
  )
  await page.keyboard.press('c')

  await page.reload()
  await until(page, 'a length', () => document.getElementById('video').readyState >= 1)
  await page.click('#bar [data-act=play]')
  await seek(page, 16)
  await shows(page, 'Tidal Light, second 15')

  // The look is chosen in a dialog, and their time; both are kept.
  const looks = () =>
    page.evaluate(() => {
      const video = document.getElementById('video')
      const [cue] = video.textTracks[0].cues
      const { subtitleSize, subtitleColor } = video.dataset
      return [subtitleSize, subtitleColor, cue.line, cue.startTime]
    })
  const before = await looks()
  assert.deepEqual(before.slice(0, 3), ['normal', 'white', 'auto'])
  await page.hover('#player')
  await page.click('#subtitles-button')
  await page.click('#subtitles-menu [data-value=look]')
  await page.selectOption('.look select[name=size]', 'large')
  await page.selectOption('.look select[name=color]', 'yellow')
  await page.selectOption('.look select[name=place]', 'top')
  await page.click('.look-time button:last-child')
  assert.equal(await page.textContent('.look-time output'), '+0.5 s')
  await page.keyboard.press('Escape')
  const after = ['large', 'yellow', 0, before[3] + 0.5]
  assert.deepEqual(await looks(), after)
  await page.reload()
  await until(page, 'cues', () => document.getElementById('video').textTracks[0]?.cues?.length > 0)
  assert.deepEqual(await looks(), after)

  const cues = await page.evaluate(async () => {
    const player = document.querySelector('script[src$="/player.js"]').src
    const { default: Hls } = await import(new URL('vendor/hls.min.mjs', player).href)
    const { hls: ladder } = JSON.parse(document.getElementById('film').textContent)
    const hls = new Hls({ renderTextTracksNatively: false, enableWorker: false })
    const read = new Promise(resolve => {
      hls.on(Hls.Events.CUES_PARSED, (_, data) =>
        resolve(data.cues.map(cue => [cue.startTime, cue.endTime, cue.text])),
      )
    })
    hls.once(Hls.Events.FRAG_BUFFERED, () => {
      hls.subtitleDisplay = true
      hls.subtitleTrack = 0
    })
    hls.attachMedia(document.createElement('video'))
    hls.loadSource(ladder)
    const cues = await read
    hls.destroy()
    return cues
  })
  assert.equal(cues.length, 13)
  cues.forEach(([start, end, words], n) => {
    assert.equal(words, `Tidal Light, second ${n * 5}`)
    // hls.js begins with the first frame that is decoded, which is some frames before the first that is shown.
    // Without the mapping to the stream's clock the difference would be more than a second.
    assert.ok(
      Math.abs(start - n * 5) < 0.2 && Math.abs(end - n * 5 - 4) < 0.2,
      `${start} to ${end}: ${words}`,
    )
  })
})
