// A `localStorage` for tests: a new one before each, and none behind it.

import { afterEach, beforeEach } from 'node:test'

/** Gives each test of the file an empty storage. Returns an object whose `items` are its keys and values. */
export function useStorage() {
  const storage = { items: new Map() }
  beforeEach(() => {
    storage.items = new Map()
    globalThis.localStorage = {
      getItem: key => storage.items.get(key) ?? null,
      setItem: (key, value) => storage.items.set(key, value),
    }
  })
  afterEach(() => {
    delete globalThis.localStorage
  })
  return storage
}
