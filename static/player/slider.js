// A slider for a mouse, a finger, the keyboard and a remote control: left and right belong to it, up and
// down lead on to the next control. A small sign shows the value under the pointer, or under the knob
// while keys move it.

import { make } from './elements.js'

export class Slider {
  #fill = make('span', { className: 'slider-fill' })
  #sign = make('span', { className: 'slider-sign', attributes: { 'aria-hidden': 'true' } })
  #ask
  #value = 0
  #max = 0
  #held = null

  /**
   * `words(value)` names a value, for the sign and for those who listen; `pick(value)` is called when the
   * slider is let go, and with `isLive` all the way; `step(by)` moves it by so many steps; `press()`
   * answers Enter and space.
   */
  constructor(id, label, { words, pick, step, press, isLive = false }) {
    this.#ask = { words, pick, step, press, isLive }
    const knob = make('span', { className: 'slider-knob' })
    const track = make('span', { className: 'slider-track' }, this.#fill)
    this.element = make(
      'div',
      {
        id,
        className: 'slider',
        tabIndex: 0,
        attributes: { role: 'slider', 'aria-label': label, 'aria-valuemin': '0' },
      },
      track,
      knob,
      this.#sign,
    )
    this.element.addEventListener('pointerdown', event => this.#onDown(event))
    this.element.addEventListener('pointermove', event => this.#onMove(event))
    this.element.addEventListener('pointerleave', () => delete this.element.dataset.pointed)
    this.element.addEventListener('pointerup', () => this.#letGo(true))
    this.element.addEventListener('pointercancel', () => this.#letGo(false))
    this.element.addEventListener('keydown', event => this.#onKey(event))
  }

  /** Shows `value` of `max`; 0 of 0 cannot be moved. */
  show(value, max) {
    this.#value = value
    this.#max = max
    const { element } = this
    element.ariaDisabled = max > 0 ? null : 'true'
    element.ariaValueMax = String(round(max))
    element.ariaValueNow = String(round(value))
    element.ariaValueText = this.#ask.words(value, max)
    this.#draw()
  }

  /** Shades the parts `[from, to]` that are there already. */
  shade(parts) {
    const stops = parts.map(
      ([from, to]) =>
        `transparent ${this.#percent(from)}, var(--there) 0 ${this.#percent(to)}, transparent 0`,
    )
    this.element.style.setProperty(
      '--parts',
      stops.length > 0 ? `linear-gradient(to right, ${stops.join(', ')})` : 'none',
    )
  }

  #draw() {
    const value = this.#held ?? this.#value
    this.element.style.setProperty('--at', this.#percent(value))
    if (!('pointed' in this.element.dataset)) this.#point(value)
  }

  #point(value) {
    this.element.style.setProperty('--sign-at', this.#percent(value))
    this.#sign.textContent = this.#ask.words(value)
  }

  #percent(value) {
    return this.#max > 0 ? `${Math.min(Math.max(value / this.#max, 0), 1) * 100}%` : '0%'
  }

  #valueAt({ clientX }) {
    const { left, width } = this.element.getBoundingClientRect()
    return Math.min(Math.max((clientX - left) / width, 0), 1) * this.#max
  }

  #onDown(event) {
    if (event.button !== 0 || this.#max === 0) return
    this.element.setPointerCapture(event.pointerId)
    this.#hold(this.#valueAt(event))
  }

  #onMove(event) {
    if (this.#max === 0) return
    const value = this.#valueAt(event)
    if (event.pointerType !== 'touch') {
      this.element.dataset.pointed = ''
      this.#point(value)
    }
    if (this.#held !== null) this.#hold(value)
  }

  #hold(value) {
    this.#held = value
    this.element.dataset.held = ''
    this.#draw()
    if (this.#ask.isLive) this.#ask.pick(value)
  }

  #letGo(isMeant) {
    if (this.#held === null) return
    const value = this.#held
    this.#held = null
    delete this.element.dataset.held
    if (isMeant) {
      this.#ask.pick(value)
      this.#value = value
    }
    this.#draw()
  }

  #onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const { step, pick, press } = this.#ask
    const acts = {
      ArrowLeft: () => step(-1),
      ArrowRight: () => step(1),
      PageDown: () => pick(Math.max(this.#value - this.#max / 10, 0)),
      PageUp: () => pick(Math.min(this.#value + this.#max / 10, this.#max)),
      Home: () => pick(0),
      End: () => pick(this.#max),
      Enter: press,
      ' ': press,
    }
    if (!Object.hasOwn(acts, event.key)) return
    event.preventDefault()
    if (this.#max > 0) acts[event.key]()
  }
}

function round(value) {
  return Math.round(value * 100) / 100
}
