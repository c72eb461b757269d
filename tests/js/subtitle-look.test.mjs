// The look of subtitles: applied to the cues as they come, and kept for the next film; their time for each film by itself.

import assert from 'node:assert/strict'
import test from 'node:test'
import { SubtitleLook } from '../../static/player/subtitle-look.js'
import { useStorage } from './storage.mjs'

const storage = useStorage()

const cue = (startTime, endTime, line = 'auto') => ({ startTime, endTime, line })

function videoOf(...cues) {
  const video = new EventTarget()
  const textTracks = Object.assign(new EventTarget(), {
    *[Symbol.iterator]() {
      // A track that is off has no cues.
      yield { cues: null }
      yield { cues }
    },
  })
  return Object.assign(video, { dataset: {}, textTracks })
}

const lookOf = (video, history = '/api/v1/history/films/a.mp4') =>
  new SubtitleLook({ video, getFilm: () => ({ history }) })

test('at first, subtitles are as their file has them', () => {
  const video = videoOf(cue(1, 2), cue(3, 4, 0))
  lookOf(video)
  assert.deepEqual(video.dataset, { subtitleSize: 'normal', subtitleColor: 'white' })
  assert.deepEqual([...video.textTracks][1].cues, [cue(1, 2), cue(3, 4, 0)])
})

test('a choice changes what is shown, and is kept', () => {
  const cues = [cue(1, 2), cue(3, 4, 0)]
  const look = lookOf(videoOf(...cues))
  look.set('size', 'huge')
  look.set('place', 'raised')
  // One that has a place of its own stays there.
  assert.deepEqual(cues, [cue(1, 2, -4), cue(3, 4, 0)])
  const next = videoOf(cue(5, 6))
  const again = lookOf(next, '/api/v1/history/films/b.mp4')
  assert.equal(next.dataset.subtitleSize, 'huge')
  assert.equal(again.get('place'), 'raised')
  again.set('place', 'bottom')
  assert.deepEqual([...next.textTracks][1].cues, [cue(5, 6)])
})

test('the time of a film is its own', () => {
  const cues = [cue(0.2, 1), cue(3, 4)]
  const look = lookOf(videoOf(...cues))
  const told = []
  look.addEventListener('delay', () => told.push(look.delay))
  look.delay += 0.5
  look.delay -= 1
  assert.deepEqual(told, [0.5, -0.5])
  assert.deepEqual(cues, [cue(0, 0.5), cue(2.5, 3.5)], 'counted from the file, and never before the film')
  assert.equal(lookOf(videoOf()).delay, -0.5)
  assert.equal(lookOf(videoOf(), '/api/v1/history/films/b.mp4').delay, 0)
  look.delay = 0
  assert.deepEqual(cues, [cue(0.2, 1), cue(3, 4)])
  look.delay = 1e9
  assert.equal(look.delay, 600)
})

test('cues that load later are placed, too', () => {
  const cues = []
  const video = videoOf()
  const look = lookOf(video)
  look.set('place', 'top')
  cues.push(cue(1, 2))
  video.textTracks[Symbol.iterator] = function* () {
    yield { cues }
  }
  video.dispatchEvent(new Event('load'))
  assert.deepEqual(cues, [cue(1, 2, 0)])
})

test('rubbish in the storage counts as nothing', () => {
  for (const rubbish of [
    { subtitleLook: 7, subtitleDelays: 7 },
    { subtitleLook: { size: 'x' }, subtitleDelays: [null, ['a']] },
  ]) {
    storage.items.set('drivein.player', JSON.stringify(rubbish))
    const look = lookOf(videoOf(cue(1, 2)))
    assert.deepEqual([look.get('size'), look.delay], ['normal', 0])
  }
})

test('the times of the last films alone are kept', () => {
  for (let film = 0; film < 25; film++) lookOf(videoOf(), `film ${film}`).delay = 1
  assert.equal(lookOf(videoOf(), 'film 4').delay, 0)
  assert.equal(lookOf(videoOf(), 'film 5').delay, 1)
})
