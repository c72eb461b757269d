// The parts of the player for originals that need no page: chapter marks, and sounds that a browser lacks.

import assert from 'node:assert/strict'
import test from 'node:test'
import { chapterAt, parseChapters } from '../../static/player/chapters.js'
import { codecName } from '../../static/player/codecs.js'
import { DecodingCheck, explanation } from '../../static/player/decoding.js'
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
  const track = (name, groupId) => ({ name, lang: name.slice(0, 2).toLowerCase(), groupId })
  const supports = codec => codec.startsWith('mp4a')
  const levels = [
    level('avc1.64001f,ac-3', 'ac3'),
    level('avc1.64001f,dtsc', 'dts'),
    level('avc1.64001f,mp4a.40.2', 'aac'),
  ]
  const tracks = [track('English', 'ac3'), track('German', 'dts'), track('English', 'aac')]
  assert.deepEqual(lackingSounds({ levels, audioTracks: tracks }, supports), [
    { name: 'German', lang: 'ge', codec: 'dtsc' },
  ])
  const all = lackingSounds({ levels, audioTracks: tracks }, () => true)
  assert.deepEqual(all, [])
  assert.deepEqual(lackingSounds({ levels: [{}] }, supports), [], 'rungs of a cloud have no groups')
  assert.equal(codecName('dtsc'), 'DTS')
  assert.equal(codecName('hvc1.2.4.L93.B0'), 'HEVC')
})

/** A `<video>` that plays as far as a test says. */
class Video extends EventTarget {
  currentTime = 0
  paused = false
  seeking = false
  videoWidth = 320
  frames = 100
  webkitAudioDecodedByteCount = 5000

  getVideoPlaybackQuality() {
    return { totalVideoFrames: this.frames }
  }

  playTo(seconds) {
    for (; this.currentTime < seconds; this.currentTime += 0.25) this.dispatchEvent(new Event('timeupdate'))
  }
}

test('a picture or a sound that is not decoded is noticed once, after some seconds', () => {
  globalThis.document ??= { hidden: false }
  const cases = [
    [{}, null],
    [{ frames: 0 }, { picture: true, sound: false }],
    [{ videoWidth: 0 }, { picture: true, sound: false }],
    [{ webkitAudioDecodedByteCount: 0 }, { picture: false, sound: true }],
    [{ webkitAudioDecodedByteCount: undefined }, null],
  ]
  for (const [state, expected] of cases) {
    const video = Object.assign(new Video(), state)
    const found = []
    const check = new DecodingCheck(video, lacking => found.push(lacking))
    check.start(true)
    video.playTo(2)
    assert.deepEqual(found, [])
    video.playTo(60)
    assert.deepEqual(found, expected ? [expected] : [], JSON.stringify(state))
  }
  const recording = Object.assign(new Video(), { videoWidth: 0, frames: 0 })
  const check = new DecodingCheck(recording, () => assert.fail('a recording has no picture'))
  check.start(false)
  recording.playTo(60)
})

test('a missing part is explained by the codecs of the original', () => {
  const original = (codecs, group) =>
    `#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="${codecs}",AUDIO="sound-${group}"\nsource-video.m3u8\n`
  const supports = codec => /^(avc1|mp4a)/.test(codec)
  const explain = (lacking, master) => explanation(lacking, `#EXTM3U\n${master}`, supports)
  const silent = { picture: false, sound: true }
  const black = { picture: true, sound: false }
  const ac3 = original('avc1.64001f,ac-3', 'ac3')
  assert.deepEqual(explain(silent, ac3), { codecs: 'AC-3', hasStream: false })
  const decoded = ac3 + original('avc1.64001f,mp4a.40.2', 'aac')
  assert.deepEqual(explain(silent, decoded), { codecs: 'AC-3', hasStream: true })
  const hevc = original('hvc1.1.6.L93.B0,mp4a.40.2', 'aac')
  assert.deepEqual(explain(black, hevc), { codecs: 'HEVC', hasStream: false })
  const rung = '#EXT-X-STREAM-INF:BANDWIDTH=9\n720p.m3u8\n'
  assert.deepEqual(explain(black, rung + hevc), { codecs: 'HEVC', hasStream: true })
  const mute = '#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.64001f"\nsource.m3u8\n'
  assert.equal(explain(silent, mute), null)
})
