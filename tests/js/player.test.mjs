// The parts of the player that need no page: times, the position to resume at, renditions, and retry times.

import assert from 'node:assert/strict'
import test from 'node:test'
import { formatClock } from '../../static/player/clock.js'
import { sentenceOf } from '../../static/player/error-overlay.js'
import { localLabel } from '../../static/player/language-names.js'
import { parseRetryAfter } from '../../static/player/problem.js'
import { resumePosition } from '../../static/player/progress.js'
import { renditionNames, renditionOf } from '../../static/player/renditions.js'

test('a clock has as many places as it needs', () => {
  const cases = [
    [[0], '0:00'],
    [[65.9], '1:05'],
    [[3599], '59:59'],
    [[3600], '1:00:00'],
    [[3723.4], '1:02:03'],
    [[-3], '0:00'],
    [[65, 7200], '0:01:05'],
    [[65, 3599], '1:05'],
    [[360_000], '100:00:00'],
  ]
  for (const [given, words] of cases) assert.equal(formatClock(...given), words)
})

test('the language of a track is named in the language of the page', () => {
  const cases = [
    [['German', 'de', 'de'], 'Deutsch'],
    [['German (forced)', 'de', 'fr'], 'Allemand (forced)'],
    [['English, Signs', 'eng', 'de'], 'Englisch, Signs'],
    [['Signs & Songs', 'en', 'de'], 'Signs & Songs'],
    [['Germanic', 'de', 'de'], 'Germanic'],
    [['Sound 1', undefined, 'de'], 'Sound 1'],
    [['Sound 1', 'not a tag', 'de'], 'Sound 1'],
  ]
  for (const [given, label] of cases) assert.equal(localLabel(...given), label)
})

test('a film resumes where it was left, but not at its beginning or its end', () => {
  assert.equal(resumePosition({}), 0)
  assert.equal(resumePosition({ resume_s: 10, duration_s: 100 }), 0)
  assert.equal(resumePosition({ resume_s: 11, duration_s: 100 }), 11)
  assert.equal(resumePosition({ resume_s: 91, duration_s: 100 }), 91)
  assert.equal(resumePosition({ resume_s: 92, duration_s: 100 }), 0, 'a film counts as watched from 92 %')
  assert.equal(resumePosition({ resume_s: 5000 }), 5000, 'the length is not known')
})

test('a level is named after its playlist, or else by its lines', () => {
  assert.equal(renditionOf({ url: ['/play/x/films/a.mp4/720p.m3u8'], height: 700 }), '720p')
  assert.equal(renditionOf({ uri: 'https://example.org/480p.m3u8' }), '480p')
  assert.equal(renditionOf({ url: ['/other.m3u8'], height: 1080, width: 1920 }), '1080p')
  assert.equal(renditionOf({ url: ['/other.m3u8'], height: 1920, width: 1080 }), '1080p', 'upright')
  assert.equal(renditionOf({ url: ['/other.m3u8'], height: 360 }), '360p')
  assert.equal(renditionOf({ url: ['/sound.m3u8'] }), 'audio')
  assert.equal(renditionOf(undefined), '')
})

test('renditions come best first, each once, and only those with a picture', () => {
  const listed = [{ name: '480p' }, { name: 'audio' }, { name: '1080p' }]
  const levels = [{ height: 720, width: 1280 }, { height: 480, width: 854 }, { url: ['/audio.m3u8'] }]
  assert.deepEqual(renditionNames(listed, levels), ['1080p', '720p', '480p'])
  assert.deepEqual(renditionNames([], []), [])
})

test('Retry-After is a number of seconds or a date, within limits', () => {
  const now = Date.parse('Fri, 27 Nov 2026 12:00:00 GMT')
  const cases = [
    [null, 10],
    ['', 10],
    ['7', 7],
    ['0', 1],
    ['86400', 300],
    ['Fri, 27 Nov 2026 12:00:30 GMT', 30],
    ['Fri, 27 Nov 2026 11:00:00 GMT', 1],
    ['soon', 10],
  ]
  for (const [header, seconds] of cases) assert.equal(parseRetryAfter(header, now), seconds, String(header))
})

test('the sentence of a reply is shown rather than the general one of its code', () => {
  const words = { sentence: 'It failed.', step: 'Try again.' }
  const code = 'upstream_failed'
  assert.equal(
    sentenceOf({ code, detail: 'Nothing listens there. Try again.' }, words),
    'Nothing listens there.',
  )
  assert.equal(
    sentenceOf({ code, detail: 'Something else. Do that.' }, words),
    'It failed.',
    'with another step',
  )
  assert.equal(sentenceOf({ code }, words), 'It failed.')
  assert.equal(sentenceOf({ code: 'new', detail: 'Of a later server.' }, undefined), 'Of a later server.')
})
