// The parts of the player for originals that need no page: chapter marks, and sounds that a browser lacks.

import assert from 'node:assert/strict'
import test from 'node:test'
import { chapterAt, parseChapters } from '../../static/player/chapters.js'
import { codecName } from '../../static/player/codecs.js'
import { lackingSounds } from '../../static/player/sounds.js'

test('chapter marks are the cues of a text file', () => {
  const text =
    'WEBVTT\n\n00:00:00.000 --> 00:01:01.500\nArrival\n\n00:01:01.500 --> 01:00:00.000\nFire &amp; &lt;Ice&gt; &amp;lt;\n'
  const chapters = parseChapters(text)
  assert.deepEqual(chapters, [
    { at: 0, title: 'Arrival' },
    { at: 61.5, title: 'Fire & <Ice> &lt;' },
  ])
  const cases = [
    [-1, ''],
    [0, 'Arrival'],
    [61.4, 'Arrival'],
    [61.5, 'Fire & <Ice> &lt;'],
    [9999, 'Fire & <Ice> &lt;'],
  ]
  for (const [at, title] of cases) assert.equal(chapterAt(chapters, at), title, String(at))
  assert.deepEqual(parseChapters('WEBVTT\n'), [])
})

test('a sound is lacking if none of its groups can be decoded', () => {
  const level = (CODECS, AUDIO) => ({ attrs: { CODECS, AUDIO } })
  const track = (name, groupId) => ({ name, groupId })
  const supports = codec => codec.startsWith('mp4a')
  const levels = [
    level('avc1.64001f,ac-3', 'ac3'),
    level('avc1.64001f,dtsc', 'dts'),
    level('avc1.64001f,mp4a.40.2', 'aac'),
  ]
  const tracks = [track('English', 'ac3'), track('German', 'dts'), track('English', 'aac')]
  assert.deepEqual(lackingSounds({ levels, audioTracks: tracks }, supports), [
    { name: 'German', codec: 'dtsc' },
  ])
  const all = lackingSounds({ levels, audioTracks: tracks }, () => true)
  assert.deepEqual(all, [])
  assert.deepEqual(lackingSounds({ levels: [{}] }, supports), [], 'rungs of a cloud have no groups')
  assert.equal(codecName('dtsc'), 'DTS')
  assert.equal(codecName('hvc1.2.4.L93.B0'), 'HEVC')
})
