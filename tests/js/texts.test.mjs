// The interface texts in `static/texts.js`, which is made of the messages of `locales/en/scripts.ftl`: none is empty, and
// every one is used by a script.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const texts = { ...(await import('../../static/texts.js')) }
const folder = fileURLToPath(new URL('../../static', import.meta.url))
const scripts = readdirSync(folder, { recursive: true })
  .filter(name => name.endsWith('.js') && name !== 'texts.js')
  .map(name => readFileSync(join(folder, name), 'utf8'))

test('no text is empty', () => {
  for (const [area, values] of Object.entries(texts)) {
    for (const [key, value] of Object.entries(values)) {
      const text = typeof value === 'function' ? value({}) : value
      assert.notEqual(text.trim(), '', `${area}.${key}`)
    }
  }
})

test('values stand in their texts, and numbers choose plural forms', () => {
  assert.equal(texts.listing.selected({ count: 1 }), '1 entry:')
  assert.equal(texts.listing.selected({ count: 2 }), '2 entries:')
  assert.equal(texts.player.positionOf({ at: '0:01', length: '1:00' }), '0:01 of 1:00')
  assert.equal(
    texts.stream.noPicture({ codecs: 'HEVC', plays: 'stream' }),
    'This browser has no HEVC, so the file shows no picture: the stream plays instead.',
  )
})

test('every text is used', () => {
  for (const [area, values] of Object.entries(texts)) {
    const users = scripts.filter(script =>
      new RegExp(`import \\{[^}]*\\b${area}\\b[^}]*\\} from '[./]*texts\\.js'`).test(script),
    )
    assert.ok(users.length > 0, `${area} is imported`)
    for (const key of Object.keys(values)) {
      const isUsed = users.some(script => new RegExp(`texts\\.${key}\\b`).test(script))
      assert.ok(isUsed, `${area}.${key} is used`)
    }
  }
})

test('every text that a script asks for is there', () => {
  for (const script of scripts) {
    const [, imported] = /import \{([^}]*)\} from '[./]*texts\.js'/.exec(script) ?? []
    if (!imported) continue
    const area = /(\w+) as texts/.exec(imported)?.[1]
    if (!area) continue
    for (const [, key] of script.matchAll(/(?<!\/)\btexts\.(\w+)/g))
      assert.ok(key in texts[area], `${area}.${key}`)
  }
})
