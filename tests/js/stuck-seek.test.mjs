// Seeks that never end are repeated.

import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'

import { isBuffered, repeatStuckSeeks } from '../../static/player/stuck-seek.js'

class Video extends EventTarget {
  currentTime = 2
  seeking = false
  buffered = ranges([0.1, 20])

  seek() {
    this.seeking = true
    this.dispatchEvent(new Event('seeking'))
  }

  end() {
    this.seeking = false
    this.dispatchEvent(new Event('seeked'))
  }
}

function ranges(...pairs) {
  return { length: pairs.length, start: index => pairs[index][0], end: index => pairs[index][1] }
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))

function watched() {
  const video = new Video()
  repeatStuckSeeks(video)
  video.seek()
  return video
}

test('a seek into buffered bytes that does not end is repeated until it does', () => {
  const video = watched()
  mock.timers.tick(4000)
  assert.ok(video.currentTime > 2)
  const first = video.currentTime
  mock.timers.tick(4000)
  assert.ok(video.currentTime > first)
  const second = video.currentTime
  video.end()
  mock.timers.tick(60_000)
  assert.equal(video.currentTime, second)
  mock.timers.reset()
})

test('a seek whose bytes have not arrived waits for them', () => {
  const video = watched()
  video.buffered = ranges([10, 20])
  mock.timers.tick(40_000)
  assert.equal(video.currentTime, 2)
  video.buffered = ranges([0, 5], [10, 20])
  mock.timers.tick(4000)
  assert.ok(video.currentTime > 2)
  mock.timers.reset()
})

test('a position is buffered if half a second behind it is, too', () => {
  assert.ok(isBuffered(ranges([0, 1], [2, 3]), 2.5))
  assert.ok(!isBuffered(ranges([0, 1], [2, 3]), 2.6))
  assert.ok(!isBuffered(ranges([0, 1], [2, 3]), 1.5))
  assert.ok(!isBuffered(ranges(), 0))
})
