// A slider for a mouse, a finger, the keyboard and a remote control: left and right move it, and lead on at its ends; up and
// down lead to the next control. A tooltip shows the value under the pointer, or at the knob while keys move it.

import { make } from './elements.js'

export class Slider {
  #fill = make('span', { className: 'slider-fill' })
  #tooltip = make('span', { className: 'slider-tooltip', attributes: { 'aria-hidden': 'true' } })
  #picture = make('img', { className: 'slider-picture', alt: '', hidden: true })
  #marks = make('span', { className: 'slider-marks' })
  #callbacks
  #value = 0
  #max = 0
  #held = null

  /**
   * `format(value, max)` returns the text of a value, for the tooltip and screen readers; `onChange(value)`
   * is called when the slider is released, and with `isLive` while it is dragged; `onStep(by)` moves it by a
   * number of steps; `onPress()` handles Enter and space; `pictureAt(value)` returns the URL of a picture above the
   * tooltip.
   */
  constructor(id, label, { format, onChange, onStep, onPress, pictureAt = () => undefined, isLive = false }) {
    this.#callbacks = { format, onChange, onStep, onPress, pictureAt, isLive }
    const knob = make('span', { className: 'slider-knob' })
    const track = make('span', { className: 'slider-track' }, this.#fill, this.#marks)
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
      this.#picture,
      this.#tooltip,
    )
    this.element.addEventListener('pointerdown', event => this.#onPointerDown(event))
    this.element.addEventListener('pointermove', event => this.#onPointerMove(event))
    this.element.addEventListener('pointerleave', () => {
      delete this.element.dataset.pointed
      this.#draw()
    })
    this.element.addEventListener('pointerup', () => this.#release(true))
    this.element.addEventListener('pointercancel', () => this.#release(false))
    this.element.addEventListener('keydown', event => this.#onKey(event))
  }

  /** Shows `value` of `max`. A slider of 0 cannot be moved. */
  show(value, max) {
    this.#value = value
    this.#max = max
    const { element } = this
    element.ariaDisabled = max > 0 ? null : 'true'
    element.ariaValueMax = String(round(max))
    element.ariaValueNow = String(round(value))
    element.ariaValueText = this.#callbacks.format(value, max)
    this.#draw()
  }

  /** Shades the ranges `[from, to]` that are buffered. */
  shade(ranges) {
    const stops = ranges.map(
      ([from, to]) =>
        `transparent ${this.#percent(from)}, var(--buffered) 0 ${this.#percent(to)}, transparent 0`,
    )
    this.element.style.setProperty(
      '--ranges',
      stops.length > 0 ? `linear-gradient(to right, ${stops.join(', ')})` : 'none',
    )
  }

  /** Draws marks at these values, besides one at the start. */
  mark(values) {
    const marks = values.filter(value => value > 0)
    this.#marks.replaceChildren(
      ...marks.map(value => {
        const mark = make('span', { className: 'slider-mark' })
        mark.style.setProperty('--at', this.#percent(value))
        return mark
      }),
    )
  }

  #draw() {
    const value = this.#held ?? this.#value
    this.element.style.setProperty('--at', this.#percent(value))
    if (!('pointed' in this.element.dataset)) this.#moveTooltip(value)
  }

  #moveTooltip(value) {
    this.element.style.setProperty('--tooltip-at', this.#percent(value))
    this.#tooltip.textContent = this.#callbacks.format(value)
    const picture =
      'pointed' in this.element.dataset || this.#held !== null ? this.#callbacks.pictureAt(value) : undefined
    this.#picture.hidden = !picture
    if (picture && this.#picture.src !== picture) this.#picture.src = picture
  }

  #percent(value) {
    return this.#max > 0 ? `${Math.min(Math.max(value / this.#max, 0), 1) * 100}%` : '0%'
  }

  #valueAt({ clientX }) {
    const { left, width } = this.element.getBoundingClientRect()
    return Math.min(Math.max((clientX - left) / width, 0), 1) * this.#max
  }

  #onPointerDown(event) {
    if (event.button !== 0 || this.#max === 0) return
    this.element.setPointerCapture(event.pointerId)
    this.#hold(this.#valueAt(event))
  }

  #onPointerMove(event) {
    if (this.#max === 0) return
    const value = this.#valueAt(event)
    if (event.pointerType !== 'touch') {
      this.element.dataset.pointed = ''
      this.#moveTooltip(value)
    }
    if (this.#held !== null) this.#hold(value)
  }

  #hold(value) {
    this.#held = value
    this.element.dataset.held = ''
    this.#draw()
    if (this.#callbacks.isLive) this.#callbacks.onChange(value)
  }

  #release(isCommitted) {
    if (this.#held === null) return
    const value = this.#held
    this.#held = null
    delete this.element.dataset.held
    if (isCommitted) {
      this.#callbacks.onChange(value)
      this.#value = value
    }
    this.#draw()
  }

  #onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const { onStep, onChange, onPress } = this.#callbacks
    const handlers = {
      ArrowLeft: () => onStep(-1),
      ArrowRight: () => onStep(1),
      PageDown: () => onChange(Math.max(this.#value - this.#max / 10, 0)),
      PageUp: () => onChange(Math.min(this.#value + this.#max / 10, this.#max)),
      Home: () => onChange(0),
      End: () => onChange(this.#max),
      Enter: onPress,
      ' ': onPress,
    }
    if (!Object.hasOwn(handlers, event.key)) return
    // At its end, an arrow leads to the next control.
    const end = { ArrowLeft: 0, ArrowRight: this.#max }[event.key]
    if (this.#max > 0 && round(this.#value) === end) return
    event.preventDefault()
    if (this.#max > 0) handlers[event.key]()
  }
}

function round(value) {
  return Math.round(value * 100) / 100
}
