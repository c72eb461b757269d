// The rate of an upload, and its text.

import assert from 'node:assert/strict'
import test from 'node:test'
import { formatDuration, formatSize, TransferRate } from '../../static/files/transfer-rate.js'

test('the first half second has no speed', () => {
  const rate = new TransferRate(1000)
  assert.deepEqual(rate.record(0, 0), { percent: 0, speed: 0, left: null })
  assert.deepEqual(rate.record(100, 500), { percent: 10, speed: 0, left: null })
})

test('speed and time left follow from the bytes and the time', () => {
  const rate = new TransferRate(10_000)
  rate.record(0, 0)
  assert.deepEqual(rate.record(2000, 2000), { percent: 20, speed: 1000, left: 8 })
})

test('only the last seconds count', () => {
  const rate = new TransferRate(100_000)
  for (let second = 0; second <= 10; second += 1) rate.record(second * 1000, second * 1000)
  // Ten times as fast from here on: nine seconds later nothing of the earlier rate is left in the average.
  let last
  for (let second = 1; second <= 9; second += 1)
    last = rate.record(10_000 + second * 10_000, 10_000 + second * 1000)
  assert.equal(last.speed, 10_000)
  assert.equal(last.left, 0)
})

test('a transfer that starts again from less is not negative', () => {
  const rate = new TransferRate(1000)
  rate.record(500, 0)
  assert.equal(rate.record(100, 1000).speed, 0)
})

test('an empty file is at 0 %', () => {
  assert.equal(new TransferRate(0).record(0, 0).percent, 0)
})

test('sizes are written in decimal units with two figures at least', () => {
  const cases = [
    [0, '0 bytes'],
    [999, '999 bytes'],
    [999.5, '1.0 kB'],
    [8_540_000, '8.5 MB'],
    [9_950_000, '10 MB'],
    [50_000_000, '50 MB'],
    [1_200_000_000, '1.2 GB'],
    [3_000_000_000_000_000, '3000 TB'],
  ]
  for (const [bytes, words] of cases) assert.equal(formatSize(bytes), words)
})

test('times are written in the unit that fits', () => {
  const cases = [
    [0, '1 s'],
    [8.4, '8 s'],
    [99, '99 s'],
    [100, '2 min'],
    [5999, '100 min'],
    [7200, '2 h'],
  ]
  for (const [seconds, words] of cases) assert.equal(formatDuration(seconds), words)
})
