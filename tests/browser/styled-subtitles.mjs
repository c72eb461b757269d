// Shows SubStation subtitles as they were made: at their time, at their place and in their colour; and none at other times.
// The argument is the page's path. The line is yellow, in the upper left, from second 2 to 4.

import { assert, home, more, until, visit } from './harness.mjs'

const [path] = more

const seek = (page, seconds) =>
  page.evaluate(at => {
    document.getElementById('video').currentTime = at
  }, seconds)

/** Gives the page `drawnBox()`: where the canvas over the picture is drawn on, in parts of its size; `null` if nowhere. */
function measure() {
  window.drawnBox = () => {
    const canvas = document.querySelector('.libassjs-canvas')
    if (!canvas?.width || document.getElementById('video').seeking) return undefined
    const { width, height } = canvas
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height)
    const box = { left: 1, top: 1, right: 0, bottom: 0, isYellow: true }
    for (let at = 0; at < width * height; at++) {
      const [red, green, blue, alpha] = data.subarray(at * 4, at * 4 + 4)
      if (alpha < 128) continue
      const [x, y] = [(at % width) / width, Math.floor(at / width) / height]
      Object.assign(box, { left: Math.min(box.left, x), right: Math.max(box.right, x) })
      Object.assign(box, { top: Math.min(box.top, y), bottom: Math.max(box.bottom, y) })
      box.isYellow &&= red > 200 && green > 200 && blue < 60
    }
    return box.right === 0 ? null : box
  }
}

const isDrawn = () => window.drawnBox()?.right > 0
const isEmpty = () => window.drawnBox() === null

await visit(async (page, watch) => {
  // The library looks at its canvas more than once, and so does this test.
  watch.allow(/Canvas2D: Multiple readback operations/)
  await page.goto(home + path)
  await page.evaluate(measure)
  await until(page, 'a length', () => document.getElementById('video').readyState >= 1)
  assert.equal(await page.locator('.libassjs-canvas').count(), 0, 'nothing is loaded before it is chosen')
  await seek(page, 3)
  await page.evaluate(() => {
    const styled = [...document.querySelectorAll('track')].find(track => track.dataset.styled)
    styled.track.mode = 'showing'
  })
  await until(page, 'libass draws', () =>
    document.getElementById('player').classList.contains('draws-subtitles'),
  )
  await until(page, 'the line is drawn', isDrawn)
  const box = await page.evaluate(() => window.drawnBox())
  assert.ok(box.isYellow, JSON.stringify(box))
  assert.ok(box.top < 0.2 && box.bottom < 0.5 && box.left < 0.1, JSON.stringify(box))
  await seek(page, 6)
  await until(page, 'nothing is drawn after the line', isEmpty)
  await seek(page, 2.5)
  await until(page, 'the line is drawn again', isDrawn)
  await page.keyboard.press('c')
  await until(page, 'no canvas without subtitles', () => !document.querySelector('.libassjs-canvas'))
})
