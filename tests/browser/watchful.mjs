// Tests the monitoring itself: it detects each kind of problem.

import { assert, home, until, visit } from './harness.mjs'

const deeds = {
  'request to elsewhere.invalid': page => page.goto('http://elsewhere.invalid/').catch(() => {}),
  'content policy: connect-src': page =>
    page.evaluate(() => fetch('http://elsewhere.invalid/').catch(() => {})),
  'content policy: script-src': page =>
    page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.head.append(script)
    }),
  'content policy: style-src': page =>
    page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<p style="color: red">x</p>')),
  'console: trouble': page => page.evaluate(() => console.error('trouble')),
  'exception: Error: late': page =>
    page
      .evaluate(() => {
        setTimeout(() => {
          window.done = true
          throw new Error('late')
        })
      })
      .then(() => until(page, 'thrown', () => window.done)),
}

for (const [sign, deed] of Object.entries(deeds)) {
  await assert.rejects(
    visit(async page => {
      await page.goto(home)
      await deed(page)
      await until(
        page,
        'a moment has passed',
        () => new Promise(pass => requestAnimationFrame(() => pass(true))),
      )
    }),
    error => error.message.includes(sign),
    sign,
  )
}
