// Reaches everything on a page with the arrow keys of a remote control: each link, button, field and folded part is reached from
// where the first key leads.
//
//   five-keys.mjs URL PATH…

import { assert, home, more, visit } from './harness.mjs'

const KEYS = ['ArrowDown', 'ArrowRight', 'ArrowUp', 'ArrowLeft']
const TV = { viewport: { width: 1920, height: 1080 } }

/** Opens what is folded, and numbers what can be focused. */
function number() {
  for (const folded of document.querySelectorAll('details')) folded.open = true
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')
  const shown = [...all].filter(element => {
    const isOff = element.disabled || element.tabIndex < 0 || element.matches('[type=hidden], .skip, video')
    return (
      !isOff && element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0
    )
  })
  // One of a group of choices is focused by the others.
  globalThis.reachable = shown
  return shown.map(element => `${element.outerHTML.slice(0, 90)}`)
}

/** Waits until the scripts of the page have added nothing for a while. Its events keep the network busy for good. */
function isComplete() {
  return new Promise(resolve => {
    const end = () => {
      changes.disconnect()
      resolve()
    }
    let quiet = setTimeout(end, 400)
    const changes = new MutationObserver(() => {
      clearTimeout(quiet)
      quiet = setTimeout(end, 400)
    })
    changes.observe(document, { subtree: true, childList: true })
    setTimeout(end, 3000)
  })
}

/** Returns the number of the element with the focus; -1 for none of them. */
const focused = page => page.evaluate(() => globalThis.reachable.indexOf(document.activeElement))

await visit(async (page, watch) => {
  watch.allow(/status of 404/)
  for (const path of more) {
    await page.goto(home + path)
    await page.evaluate(isComplete)
    const names = await page.evaluate(number)
    await page.evaluate(() => document.activeElement?.blur())
    await page.keyboard.press('ArrowDown')
    const first = await focused(page)
    assert.notEqual(first, -1, `${path}: the first key leads nowhere`)
    const reached = new Set([first])
    const waiting = [first]
    while (waiting.length > 0 && reached.size < names.length) {
      const from = waiting.shift()
      for (const key of KEYS) {
        const presses = await page.evaluate(at => {
          const element = globalThis.reachable[at]
          element.focus()
          if (document.activeElement !== element) return 0
          return element.role === 'slider' ? 25 : 1
        }, from)
        // A slider is left at its ends.
        let to = from
        for (let press = 0; press < presses && to === from; press += 1) {
          await page.keyboard.press(key)
          to = await focused(page)
        }
        if (to === -1 || reached.has(to)) continue
        reached.add(to)
        waiting.push(to)
      }
    }
    const missed = names.filter((_, at) => !reached.has(at))
    assert.deepEqual(missed, [], `${path}: reached ${reached.size} of ${names.length}`)
    console.log(`${path}: ${names.length}`)
  }
}, TV)
