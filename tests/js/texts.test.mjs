// The interface texts: none is empty, and every one is used by a script.

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
  const check = (value, path) => {
    if (typeof value === 'string') assert.notEqual(value.trim(), '', path)
    else if (typeof value === 'function') assert.notEqual(value('x', 'y').trim(), '', path)
    else for (const [key, inner] of Object.entries(value)) check(inner, `${path}.${key}`)
  }
  for (const [area, values] of Object.entries(texts)) check(values, area)
})

test('every text is used', () => {
  for (const [area, values] of Object.entries(texts)) {
    const users = scripts.filter(script =>
      new RegExp(`import \\{[^}]*\\b${area}\\b[^}]*\\} from '[./]*texts\\.js'`).test(script),
    )
    assert.ok(users.length > 0, `${area} is imported`)
    for (const key of Object.keys(values)) {
      const isUsed = users.some(script =>
        new RegExp(`texts\\.${key}\\b|\\{[^}]*\\b${key}\\b[^}]*\\} = `).test(script),
      )
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
