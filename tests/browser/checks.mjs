// Checks for every page: it fits the screen, and everything on it has a name.

import { assert } from './harness.mjs'

export const PHONE = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
}

/** Nothing reaches beyond the right edge. */
export async function fits(page) {
  const { beyond, culprits } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const culprits = [...document.querySelectorAll('body *')]
      .filter(element => element.getBoundingClientRect().right > width + 1)
      .slice(0, 5)
      .map(element => element.outerHTML.slice(0, 120))
    return { beyond: document.documentElement.scrollWidth - width, culprits }
  })
  assert.ok(beyond <= 0, `${page.url()} is ${beyond} px too wide: ${culprits.join('\n')}`)
}

/** One heading, a language, and a name for whatever can be pressed, filled in or seen. */
export async function isNamed(page) {
  const wrong = await page.evaluate(() => {
    const found = []
    const say = (what, element) => found.push(`${what}: ${element?.outerHTML?.slice(0, 120) ?? ''}`)
    if (document.querySelectorAll('h1').length !== 1) say(`${document.querySelectorAll('h1').length} h1`)
    if (!document.documentElement.lang) say('no lang')
    if (!document.title.trim()) say('no title')
    if (document.querySelectorAll('main').length !== 1) say('not one main')
    for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) say('no alt', image)
    const labelOf = element =>
      element.getAttribute('aria-label') ??
      element.labels?.[0]?.textContent ??
      document.getElementById(element.getAttribute('aria-labelledby'))?.textContent ??
      ''
    for (const button of document.querySelectorAll('button, a[href], summary')) {
      if (!(labelOf(button) || button.textContent || button.title).trim()) say('no name', button)
    }
    for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
      if (!labelOf(field).trim()) say('no label', field)
    }
    const ids = [...document.querySelectorAll('[id]')].map(element => element.id)
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) say(`id ${id} twice`)
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')]
      .filter(heading => heading.checkVisibility())
      .map(heading => Number(heading.tagName[1]))
    levels.reduce((before, level) => {
      if (level > before + 1) say(`heading ${before} → ${level}`)
      return level
    }, 1)
    for (const list of document.querySelectorAll('ul, ol')) {
      for (const child of list.children)
        if (!['LI', 'SCRIPT', 'TEMPLATE'].includes(child.tagName)) say('not an li', child)
    }
    for (const element of document.querySelectorAll(
      '[aria-controls], [aria-labelledby], [aria-describedby]',
    )) {
      for (const name of ['aria-controls', 'aria-labelledby', 'aria-describedby']) {
        for (const id of (element.getAttribute(name) ?? '').split(/\s+/).filter(Boolean)) {
          if (!document.getElementById(id)) say(`${name} to nothing`, element)
        }
      }
    }
    return found
  })
  assert.deepEqual(wrong, [], page.url())
}
