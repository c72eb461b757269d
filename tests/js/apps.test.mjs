// The links to players of the viewer's device: the one that was used last comes first.

import assert from 'node:assert/strict'
import test, { afterEach, beforeEach } from 'node:test'
import { rememberApps, sortApps } from '../../static/player/apps.js'

beforeEach(() => {
  const stored = new Map()
  globalThis.localStorage = {
    getItem: key => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, value),
  }
})
afterEach(() => {
  delete globalThis.localStorage
})

/** A page with links to these players, in their order. */
function page(...ids) {
  const links = []
  const parentElement = {
    prepend: link => links.unshift(...links.splice(links.indexOf(link), 1)),
  }
  links.push(...ids.map(app => ({ dataset: { app }, parentElement })))
  let listener
  return {
    querySelectorAll: () => links,
    addEventListener: (_, called) => (listener = called),
    press: id => listener({ target: { closest: () => links.find(link => link.dataset.app === id) } }),
    order: () => links.map(link => link.dataset.app),
  }
}

test('the player that was opened last comes first from then on', () => {
  const first = page('vlc', 'mpv', 'infuse')
  rememberApps(first)
  sortApps(first)
  assert.deepEqual(first.order(), ['vlc', 'mpv', 'infuse'])
  first.press('mpv')
  first.press('no-link')
  const second = page('vlc', 'mpv', 'infuse')
  sortApps(second)
  assert.deepEqual(second.order(), ['mpv', 'vlc', 'infuse'])
  const elsewhere = page('vlc', 'infuse')
  sortApps(elsewhere)
  assert.deepEqual(elsewhere.order(), ['vlc', 'infuse'])
})
