// Goes through the pictures of a folder by keys, by swipes and without scripts.

import { PHONE } from './checks.mjs'
import { assert, home, until, visit } from './harness.mjs'

const FOLDER = '/browse/home/Pictures'

const shows = (page, name) =>
  until(
    page,
    `the picture ${name}`,
    wanted => document.querySelector('h1')?.textContent === wanted && document.images[1]?.naturalWidth > 0,
    name,
  )

/** Moves a finger over the picture. */
const swipe = (page, from, to) =>
  page.evaluate(
    ([from, to]) => {
      const target = document.getElementById('picture')
      const touch = x => new Touch({ identifier: 1, target, clientX: x, clientY: 300 })
      target.dispatchEvent(new TouchEvent('touchstart', { touches: [touch(from)] }))
      target.dispatchEvent(new TouchEvent('touchend', { changedTouches: [touch(to)] }))
    },
    [from, to],
  )

await visit(async page => {
  await page.goto(home + FOLDER)
  await page.getByRole('link', { name: '1.jpg', exact: true }).click()
  await shows(page, '1')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowRight')
  await shows(page, '2 & more')
  await page.keyboard.press('ArrowRight')
  await shows(page, '10')
  await page.keyboard.press('ArrowLeft')
  await shows(page, '2 & more')
  await page.goBack()
  await page.waitForURL(`**${FOLDER}`)
  await page.getByRole('link', { name: '10.jpg', exact: true }).click()
  await shows(page, '10')
  await page.keyboard.press('Escape')
  await page.waitForURL(`**${FOLDER}`)
})

await visit(async page => {
  await page.goto(`${home}/watch/home/Pictures/1.jpg`)
  await swipe(page, 300, 60)
  await shows(page, '2 & more')
  await swipe(page, 60, 300)
  await shows(page, '1')
}, PHONE)

await visit(
  async page => {
    await page.goto(`${home}/watch/home/Pictures/1.jpg`)
    await page.getByRole('link', { name: /^Next/ }).click()
    await page.waitForURL('**/2%20%26%20more.jpg')
    assert.equal(await page.innerText('h1'), '2 & more')
    await page.getByRole('link', { name: 'Back to the folder' }).click()
    await page.waitForURL(`**${FOLDER}`)
  },
  { javaScriptEnabled: false },
)
