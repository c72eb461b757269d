// Stored preferences of a viewer, in a storage that works, contains invalid data, or refuses access.

import assert from 'node:assert/strict'
import test from 'node:test'
import { loadPreferences, savePreferences } from '../../static/player/preferences.js'
import { useStorage } from './storage.mjs'

const storage = useStorage()

test('nothing is stored at first', () => {
  assert.deepEqual(loadPreferences(), {})
})

test('changes are merged into what is stored', () => {
  savePreferences({ rate: 1.5, volume: 0.5 })
  savePreferences({ volume: 1 })
  assert.deepEqual(loadPreferences(), { rate: 1.5, volume: 1 })
})

test('rubbish in the storage counts as nothing', () => {
  for (const rubbish of ['{', '"text"', '7', 'null']) {
    storage.items.set('drivein.player', rubbish)
    assert.deepEqual(loadPreferences(), {}, rubbish)
  }
})

test('a storage that refuses is no failure', () => {
  const refuse = () => {
    throw new Error('storage is blocked')
  }
  globalThis.localStorage = { getItem: refuse, setItem: refuse }
  assert.doesNotThrow(() => savePreferences({ rate: 2 }))
  assert.deepEqual(loadPreferences(), {})
})
