// The buttons that shuffle and repeat the queue of a folder of music, and the songs before and after the one that plays.
// Both choices are remembered. A page that is opened anew is shuffled from its song on.

import { player as texts } from '../texts.js'
import { make } from './elements.js'
import { neighbours, startShuffle } from './play-order.js'
import { loadPreferences, savePreferences } from './preferences.js'

const REPETITIONS = ['off', 'all', 'one']

/** The queue of the songs on the page; `onChange` is called when their order was changed. */
export class SongQueue {
  #repeat
  #shuffle = null
  #buttons = {}
  #group
  #focused = null
  #showToast
  #onChange

  constructor({ showToast, onChange }) {
    this.#showToast = showToast
    this.#onChange = onChange
    const { shuffle, repeat } = loadPreferences()
    this.#repeat = REPETITIONS.includes(repeat) ? repeat : 'off'
    if (shuffle) this.#shuffle = startShuffle(currentSong())
    const button = (name, act) => {
      const properties = { type: 'button', className: 'button quiet', textContent: texts[name] }
      this.#buttons[name] = make('button', { ...properties, onclick: act })
    }
    button('shuffle', () => this.toggleShuffle())
    button('repeatAll', () => this.#setRepeat(this.#repeat === 'all' ? 'off' : 'all'))
    button('repeatOne', () => this.#setRepeat(this.#repeat === 'one' ? 'off' : 'one'))
    const properties = {
      className: 'actions',
      attributes: { role: 'group', 'aria-labelledby': 'queue-title' },
    }
    this.#group = make('div', properties, ...Object.values(this.#buttons))
    this.#showPressed()
  }

  /** Puts the buttons above the queue on the page, which another song has brought with it. */
  attach() {
    document.getElementById('queue')?.before(this.#group)
    this.#focused?.focus({ preventScroll: true })
  }

  /** Remembers which button has the focus, before the page around it is replaced. */
  detach() {
    this.#focused = this.#group.contains(document.activeElement) ? document.activeElement : null
  }

  /**
   * Returns `{previous, next, repeats}` of the song that plays, as `neighbours` does, with their pages and titles; `repeats`
   * alone without a queue.
   */
  around() {
    const rows = songRows()
    if (rows.size === 0) return { repeats: this.#repeat !== 'off' }
    const order = { shuffle: this.#shuffle, repeat: this.#repeat }
    const { previous, next, repeats } = neighbours([...rows.keys()], currentSong(), order)
    const describe = href => href && { href, title: rows.get(href).querySelector('.name')?.textContent ?? '' }
    return { previous: describe(previous), next: describe(next), repeats }
  }

  toggleShuffle() {
    this.#shuffle = this.#shuffle ? null : startShuffle(currentSong())
    this.#showToast(this.#shuffle ? texts.shuffleOn : texts.shuffleOff)
    this.#changed()
  }

  /** Repeats all, then this song, then nothing. */
  changeRepeat() {
    this.#setRepeat(REPETITIONS[(REPETITIONS.indexOf(this.#repeat) + 1) % REPETITIONS.length])
  }

  #setRepeat(repeat) {
    this.#repeat = repeat
    this.#showToast({ off: texts.repeatOff, all: texts.repeatAll, one: texts.repeatOne }[repeat])
    this.#changed()
  }

  #changed() {
    savePreferences({ shuffle: Boolean(this.#shuffle), repeat: this.#repeat })
    this.#showPressed()
    this.#onChange()
  }

  #showPressed() {
    const pressed = {
      shuffle: Boolean(this.#shuffle),
      repeatAll: this.#repeat === 'all',
      repeatOne: this.#repeat === 'one',
    }
    for (const [name, button] of Object.entries(this.#buttons)) button.ariaPressed = String(pressed[name])
  }
}

/** Returns the rows of the queue by the URLs of their pages, without the mark that starts one. */
function songRows() {
  const rows = document.querySelectorAll('#queue a')
  return new Map([...rows].map(row => [pageOf(row), row]))
}

function currentSong() {
  const row = document.querySelector('#queue [aria-current]')
  return row ? pageOf(row) : ''
}

function pageOf(row) {
  return row.getAttribute('href').split('#')[0]
}
