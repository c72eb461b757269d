// The look of subtitles (size, colour, place), which this browser keeps, and their time, which it keeps for each film. What
// libass draws has a look of its own, and follows the time alone.

import { player as texts } from '../texts.js'
import { make, setLabel } from './elements.js'
import { loadPreferences, savePreferences } from './preferences.js'

/** The values of each choice, the first one being that of a browser that has kept none. */
export const CHOICES = {
  size: ['normal', 'small', 'large', 'huge'],
  color: ['white', 'yellow', 'green', 'cyan'],
  place: ['bottom', 'raised', 'top'],
}

const STEP_S = 0.5
const MAX_DELAY_S = 600
// Films whose time is kept.
const MAX_DELAYS = 20
// Lines of cues that have no place of their own (WebVTT §3.1): from the top, or from the bottom if negative.
const LINES = { bottom: 'auto', raised: -4, top: 0 }

/** The look of the subtitles of `video`. Announces `delay` when their time has changed. */
export class SubtitleLook extends EventTarget {
  #video
  #getFilm
  // Cues as their file has them.
  #made = new WeakMap()

  constructor({ video, getFilm }) {
    super()
    this.#video = video
    this.#getFilm = getFilm
    // Cues of a file are there when it has loaded; that event of an element inside does not bubble.
    video.addEventListener('load', () => this.#apply(), true)
    video.textTracks?.addEventListener('change', () => this.#apply())
    this.#apply()
  }

  /** Returns what is chosen of `size`, `color` or `place`. */
  get(name) {
    const kept = loadPreferences().subtitleLook?.[name]
    return CHOICES[name].includes(kept) ? kept : CHOICES[name][0]
  }

  /** Chooses and keeps one of the values of `size`, `color` or `place`. */
  set(name, value) {
    savePreferences({ subtitleLook: { ...loadPreferences().subtitleLook, [name]: value } })
    this.#apply()
  }

  /** The seconds by which the subtitles of this film come later than their file says; earlier if negative. */
  get delay() {
    return keptDelays().find(([film]) => film === this.#film)?.[1] ?? 0
  }

  set delay(seconds) {
    const delay = Math.min(Math.max(seconds, -MAX_DELAY_S), MAX_DELAY_S)
    const others = keptDelays().filter(([film]) => film !== this.#film)
    const own = delay === 0 ? [] : [[this.#film, delay]]
    savePreferences({ subtitleDelays: [...others, ...own].slice(-MAX_DELAYS) })
    this.#apply()
    this.dispatchEvent(new Event('delay'))
  }

  get #film() {
    return this.#getFilm().history ?? location.pathname
  }

  #apply() {
    this.#video.dataset.subtitleSize = this.get('size')
    this.#video.dataset.subtitleColor = this.get('color')
    const [line, delay] = [LINES[this.get('place')], this.delay]
    for (const track of this.#video.textTracks ?? [])
      for (const cue of track.cues ?? []) {
        if (!this.#made.has(cue))
          this.#made.set(cue, { start: cue.startTime, end: cue.endTime, line: cue.line })
        change(cue, placed(this.#made.get(cue), line, delay))
      }
  }
}

/** Returns times and line of a cue that its file has as `made`: one with a place of its own stays there. */
export function placed({ start, end, line }, chosenLine, delay) {
  return {
    startTime: Math.max(start + delay, 0),
    endTime: Math.max(end + delay, 0),
    line: line === 'auto' ? chosenLine : line,
  }
}

function change(cue, values) {
  for (const [name, value] of Object.entries(values)) if (cue[name] !== value) cue[name] = value
}

function keptDelays() {
  const { subtitleDelays } = loadPreferences()
  if (!Array.isArray(subtitleDelays)) return []
  return subtitleDelays.filter(kept => Array.isArray(kept) && Number.isFinite(kept[1]))
}

/** Creates the dialog in which the look is chosen. */
export function createLookDialog(look) {
  const named = {
    size: [texts.lookSize, [texts.normal, texts.lookSmall, texts.lookLarge, texts.lookHuge]],
    color: [texts.lookColor, [texts.lookWhite, texts.lookYellow, texts.lookGreen, texts.lookCyan]],
    place: [texts.lookPlace, [texts.lookBottom, texts.lookRaised, texts.lookTop]],
  }
  const rows = Object.entries(named).map(([name, [label, labels]]) => {
    const options = CHOICES[name].map((value, at) =>
      make('option', { value, textContent: labels[at], selected: value === look.get(name) }),
    )
    const select = make('select', { name, onchange: () => look.set(name, select.value) }, ...options)
    return make('label', {}, make('span', { textContent: label }), select)
  })
  const amount = make('output')
  const step = (text, label, by) => {
    const onclick = () => (look.delay += by)
    const button = make('button', { type: 'button', className: 'button quiet', textContent: text, onclick })
    setLabel(button, label)
    return button
  }
  const number = new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: 1,
    signDisplay: 'exceptZero',
  })
  const showDelay = () => (amount.textContent = texts.lookBy({ seconds: number.format(look.delay) }))
  look.addEventListener('delay', showDelay)
  const time = make(
    'div',
    { attributes: { role: 'group', 'aria-label': texts.lookTime } },
    make('span', { textContent: texts.lookTime }),
    make(
      'span',
      { className: 'look-time' },
      step('−', texts.lookEarlier, -STEP_S),
      amount,
      step('+', texts.lookLater, STEP_S),
    ),
  )
  const close = make('button', { type: 'submit', className: 'button', textContent: texts.close })
  const dialog = make(
    'dialog',
    { className: 'help look', attributes: { 'aria-label': texts.look } },
    make('h2', { textContent: texts.look }),
    ...rows,
    time,
    make('p', { className: 'note', textContent: texts.lookStyled }),
    make('form', { method: 'dialog' }, close),
  )
  return {
    dialog,
    open: () => {
      // The film may be another one than before.
      showDelay()
      dialog.showModal()
    },
  }
}
