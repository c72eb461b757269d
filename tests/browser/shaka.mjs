// shaka-player plays the master playlist of a Matroska film: picture and both sounds, the other one in mid-play, and a
// seek. The argument is the master playlist.

import { assert, home, more, until, visit } from './harness.mjs'

const SHAKA = 'node_modules/shaka-player/dist/shaka-player.compiled.js'

await visit(
  async page => {
    // A page of the same origin, without pictures.
    await page.goto(`${home}/status`)
    await page.addScriptTag({ path: SHAKA })
    const languages = await page.evaluate(async master => {
      document.body.innerHTML = '<video id="shaka" muted></video>'
      const video = document.getElementById('shaka')
      window.shaka.polyfill.installAll()
      const player = new window.shaka.Player()
      await player.attach(video)
      // The sounds of the original have languages, those of an upstream's renditions have none.
      player.configure({ abr: { enabled: false }, preferredAudio: [{ language: 'en' }] })
      await player.load(master)
      window.shakaPlayer = player
      await video.play()
      return [...new Set(player.getVariantTracks().map(track => track.language))].sort()
    }, more[0])
    assert.ok(
      ['de', 'en'].every(language => languages.includes(language)),
      languages.join(),
    )
    await playsUntil(page, 2)
    await page.evaluate(() => {
      const tracks = window.shakaPlayer.getVariantTracks()
      window.shakaPlayer.selectVariantTrack(
        tracks.find(track => track.language === 'de'),
        true,
      )
    })
    await playsUntil(page, 4)
    await page.evaluate(() => (document.getElementById('shaka').currentTime = 15))
    await playsUntil(page, 16)
    const state = await page.evaluate(() => ({
      language: window.shakaPlayer.getVariantTracks().find(track => track.active).language,
      frames: document.getElementById('shaka').getVideoPlaybackQuality().totalVideoFrames,
    }))
    assert.equal(state.language, 'de')
    assert.ok(state.frames > 50, JSON.stringify(state))
    await page.evaluate(() => window.shakaPlayer.destroy())
  },
  // The script is not one of ours.
  { bypassCSP: true },
)

function playsUntil(page, at) {
  return until(
    page,
    `it plays at ${at} s`,
    at => {
      const video = document.getElementById('shaka')
      return !video.paused && !video.seeking && video.currentTime >= at
    },
    at,
  )
}
