// Opens the menu of subtitles on the page of a film whose drive has more than the page. The argument is the page's path.

import { assert, home, more, until, visit } from './harness.mjs'

const [path] = more
const labels = page => page.locator('#subtitles-menu [role=menuitemradio]').allTextContents()

await visit(async (page, watch) => {
  // The film was just uploaded, and the drive has no picture of it.
  watch.allow(/status of 404.*poster\.jpg/)
  await page.goto(home + path)
  await until(
    page,
    'a menu of subtitles',
    () => !document.getElementById('subtitles-button')?.parentElement.hidden,
  )
  assert.equal((await labels(page)).length, 2)
  await page.hover('#player')
  await page.click('#subtitles-button')
  await until(
    page,
    'one more',
    () => document.querySelectorAll('#subtitles-menu [role=menuitemradio]').length === 3,
  )
  assert.equal((await labels(page)).at(-1), 'English')
  await page.click('#subtitles-menu [role=menuitemradio]:nth-child(3)')
  await until(page, 'its words', () => {
    const shown = [...document.getElementById('video').textTracks].filter(track => track.mode === 'showing')
    return shown.length === 1 && shown[0].cues?.[0]?.text === 'Of the drive'
  })
  // It is asked once.
  await page.click('#subtitles-button')
  assert.equal((await labels(page)).length, 3)
})
