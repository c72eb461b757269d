// Seeks in originals, and reads the number that is in the picture which is shown then: twelve blocks of 16 pixels in two
// rows of eight, white for a set bit.

import { assert, home, more, plays, until, visit } from './harness.mjs'

const [list, ...films] = more
const times = list.split(',').map(Number)

await visit(async page => {
  for (const film of films) {
    await page.goto(home + film)
    await page.waitForSelector('#player')
    await page.click('#quality-button')
    await page.click('#quality-menu [data-value=original]')
    await page.click('#bar [data-act=play]')
    await plays(page, 0.5)
    await page.evaluate(() => document.getElementById('video').pause())
    for (const seconds of times) {
      await page.evaluate(at => (document.getElementById('video').currentTime = at), seconds)
      await until(page, `a seek to ${seconds}`, () => {
        const video = document.getElementById('video')
        return !video.seeking && video.readyState >= 2
      })
      const wanted = Math.floor(seconds * 25)
      // The picture may come a moment after the seek has ended.
      await until(page, `picture ${wanted} of ${film} at ${seconds}`, shows, wanted)
    }
  }
  assert.ok(films.length > 0)
})

/**
 * Returns true if the picture that is shown has this number. The stream begins by two pictures later than the film, since no
 * decode time is negative.
 */
function shows(wanted) {
  const canvas = document.createElement('canvas')
  canvas.width = 128
  canvas.height = 32
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context.drawImage(document.getElementById('video'), 0, 0, 128, 32)
  let number = 0
  for (let bit = 0; bit < 12; bit += 1) {
    const [red] = context.getImageData((bit % 8) * 16 + 8, Math.floor(bit / 8) * 16 + 8, 1, 1).data
    if (red > 126) number |= 1 << bit
  }
  return number >= wanted - 3 && number <= wanted + 1
}
