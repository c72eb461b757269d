import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseThumbnails } from '../../static/player/thumbnails.js'

test('a list of pictures is read by their numbers, with addresses beside it', () => {
  const text =
    'WEBVTT\n\n00:00:00.000 --> 00:00:10.000\nthumbnails/0.webp\n\n00:01:00.000 --> 00:01:10.000\nthumbnails/6.webp\n'
  const found = parseThumbnails(text, 'http://h/play/t/films/a%20b.mkv/thumbnails.vtt')
  assert.deepEqual(
    [...found],
    [
      [0, 'http://h/play/t/films/a%20b.mkv/thumbnails/0.webp'],
      [6, 'http://h/play/t/films/a%20b.mkv/thumbnails/6.webp'],
    ],
  )
  assert.equal(parseThumbnails('WEBVTT\n', 'http://h/x').size, 0)
})
