import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isInIntro } from '../../static/player/intro.js'

test('the button is shown from the beginning of the intro to just before its end', () => {
  const intro = { start_s: 30, end_s: 90 }
  assert.deepEqual(
    [29, 30, 60, 88.9, 89, 95].map(at => isInIntro(intro, at)),
    [false, true, true, true, false, false],
  )
  assert.equal(isInIntro(null, 40), false)
  assert.equal(isInIntro(undefined, 40), false)
})
