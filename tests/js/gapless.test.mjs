// The object that stands for the element that plays, while songs follow one another in elements of their own.

import assert from 'node:assert/strict'
import test from 'node:test'
import { createStandIn } from '../../static/player/gapless.js'

class Song extends EventTarget {
  #title
  volume = 1

  constructor(title) {
    super()
    this.#title = title
  }

  get title() {
    return this.#title
  }

  describe() {
    return `${this.#title} at ${this.volume}`
  }
}

test('properties and methods are those of the target that is in use', () => {
  const [first, second] = [new Song('Rain'), new Song('Wind')]
  const { object, use } = createStandIn(first)
  object.volume = 0.5
  assert.deepEqual([object.title, object.describe(), first.volume], ['Rain', 'Rain at 0.5', 0.5])
  use(second)
  assert.deepEqual([object.title, object.describe()], ['Wind', 'Wind at 1'])
})

test('listeners follow to the next target, but for those that are called once', () => {
  const [first, second] = [new Song('Rain'), new Song('Wind')]
  const { object, use, emit } = createStandIn(first)
  const heard = []
  object.addEventListener('playing', ({ target }) => heard.push(target?.title ?? 'none'))
  object.addEventListener('playing', () => heard.push('once'), { once: true })
  first.dispatchEvent(new Event('playing'))
  use(second)
  first.dispatchEvent(new Event('playing'))
  second.dispatchEvent(new Event('playing'))
  emit('playing')
  emit('ended')
  assert.deepEqual(heard, ['Rain', 'once', 'Wind', 'none'])
})
