// The box over the picture that says why nothing plays, and what to do: the words come with the page,
// by code; a code without words is shown as the server described it.

import { make } from './elements.js'

export class VerdictBox {
  #box
  #parts = {}
  #timer = null

  constructor(box) {
    this.#box = box
    for (const part of box.querySelectorAll('[data-part]')) this.#parts[part.dataset.part] = part
  }

  /** Shows a problem; `ways` are elements to choose from. */
  show(problem, words, ways) {
    this.hide()
    this.#parts.title.textContent = words?.title ?? problem.title ?? 'This film does not play'
    this.#parts.sentence.textContent = sentenceOf(problem, words)
    this.#parts.step.textContent = words?.step ?? 'Try again in a moment.'
    const way = words?.way
      ? make('a', { className: 'button', href: words.way.href, textContent: words.way.label })
      : null
    this.#parts.ways.replaceChildren(...[way, ...ways].filter(Boolean))
    this.#box.dataset.code = problem.code
    this.#box.hidden = false
  }

  /** Counts down and calls `then`. */
  wait(seconds, then) {
    clearTimeout(this.#timer)
    this.#parts.wait.textContent = `Next look in ${seconds} s`
    this.#timer = setTimeout(() => {
      if (seconds > 1) {
        this.wait(seconds - 1, then)
      } else {
        this.#parts.wait.textContent = 'Looking…'
        then()
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

function sentenceOf(problem, words) {
  if (problem.code === 'undecodable' && problem.format) {
    return `This browser cannot decode ${problem.format}. The film itself is fine.`
  }
  return words?.sentence ?? problem.detail ?? 'The server did not say why.'
}
