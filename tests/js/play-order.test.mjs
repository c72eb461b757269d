// The order in which the songs of a queue play.

import assert from 'node:assert/strict'
import test from 'node:test'
import { neighbours, playOrder, startShuffle } from '../../static/player/play-order.js'

const songs = ['/1', '/2', '/3', '/4']

test('a queue plays as it stands, once', () => {
  const cases = [
    ['/1', null, '/2'],
    ['/2', '/1', '/3'],
    ['/4', '/3', null],
    ['/elsewhere', null, null],
  ]
  for (const [current, previous, next] of cases)
    assert.deepEqual(neighbours(songs, current), { previous, next, repeats: false }, current)
})

test('all of it is repeated from its end, and back from its beginning', () => {
  const repeat = 'all'
  assert.deepEqual(neighbours(songs, '/4', { repeat }), { previous: '/3', next: '/1', repeats: false })
  assert.deepEqual(neighbours(songs, '/1', { repeat }), { previous: '/4', next: '/2', repeats: false })
})

test('a song that is repeated can still be left', () => {
  const repeat = 'one'
  assert.deepEqual(neighbours(songs, '/2', { repeat }), { previous: '/1', next: '/3', repeats: true })
  assert.deepEqual(neighbours(songs, '/4', { repeat }), { previous: '/3', next: null, repeats: true })
})

test('a queue of one song is repeated as that song', () => {
  for (const [repeat, repeats] of [
    ['off', false],
    ['all', true],
    ['one', true],
  ])
    assert.deepEqual(neighbours(['/1'], '/1', { repeat }), { previous: null, next: null, repeats }, repeat)
  assert.deepEqual(neighbours([], '', { repeat: 'all' }), { previous: null, next: null, repeats: true })
})

test('a shuffled queue begins with the song at which it was shuffled, and has every song once', () => {
  const shuffle = startShuffle('/3', () => 0.25)
  const order = playOrder(songs, shuffle)
  assert.equal(order[0], '/3')
  assert.deepEqual([...order].sort(), songs)
  assert.deepEqual(playOrder(songs, shuffle), order)
  assert.deepEqual(playOrder([...songs].reverse(), shuffle), order)
  for (const [at, song] of order.entries()) {
    const expected = { previous: order[at - 1] ?? null, next: order[at + 1] ?? null, repeats: false }
    assert.deepEqual(neighbours(songs, song, { shuffle }), expected)
  }
})

test('every order of a shuffled queue occurs about as often', () => {
  const counts = new Map()
  for (let seed = 0; seed < 6_000; seed += 1) {
    const order = playOrder(songs, { first: '/1', seed }).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  assert.equal(counts.size, 6)
  for (const [order, count] of counts) assert.ok(count > 850 && count < 1_150, `${order}: ${count}`)
})

test('songs that came into the folder are shuffled among the others', () => {
  const shuffle = startShuffle('/3', () => 0.5)
  const before = playOrder(songs, shuffle)
  const after = playOrder([...songs, '/5'], shuffle)
  assert.deepEqual(
    after.filter(song => song !== '/5'),
    before,
  )
  assert.deepEqual(playOrder(['/1', '/2'], shuffle).sort(), ['/1', '/2'])
})
