// Shows over the picture why nothing plays, and what to do. The texts come with the page, by problem code;
// a code without texts is shown as the server described it.

import { errors as texts } from '../texts.js'
import { make } from './elements.js'

export class ErrorOverlay {
  #box
  #parts = {}
  #timer = null

  constructor(box) {
    this.#box = box
    for (const part of box.querySelectorAll('[data-part]')) this.#parts[part.dataset.part] = part
  }

  /** Shows `problem` with the page's `words` for its code, if any, and `buttons` to choose from. */
  show(problem, words, buttons) {
    this.hide()
    this.#parts.title.textContent = words?.title ?? problem.title ?? texts.title
    this.#parts.sentence.textContent = sentenceOf(problem, words)
    this.#parts.step.textContent = words?.step ?? texts.step
    const link = words?.way
      ? make('a', { className: 'button', href: words.way.href, textContent: words.way.label })
      : null
    this.#parts.ways.replaceChildren(...[link, ...buttons].filter(Boolean))
    this.#box.dataset.code = problem.code
    this.#box.hidden = false
  }

  /** Counts down `seconds` in the overlay, then calls `onElapsed`. */
  countDown(seconds, onElapsed) {
    clearTimeout(this.#timer)
    this.#parts.wait.textContent = texts.retryIn({ seconds })
    this.#timer = setTimeout(() => {
      if (seconds > 1) {
        this.countDown(seconds - 1, onElapsed)
      } else {
        this.#parts.wait.textContent = texts.retrying
        onElapsed()
      }
    }, 1000)
  }

  get isHidden() {
    return this.#box.hidden
  }

  hide() {
    clearTimeout(this.#timer)
    this.#parts.wait.textContent = ''
    this.#box.hidden = true
    delete this.#box.dataset.code
  }
}

/** Returns the sentence of a problem: that of the reply, which may give the reason, else that of its code. */
export function sentenceOf(problem, words) {
  if (problem.code === 'undecodable' && problem.format) return texts.undecodable({ format: problem.format })
  // A reply ends with the step, which is shown below.
  if (words && problem.detail?.endsWith(words.step)) return problem.detail.slice(0, -words.step.length).trim()
  return words?.sentence ?? problem.detail ?? texts.sentence
}
