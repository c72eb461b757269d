// A button with a menu of choices of which one is current: quality, speed, subtitles. Arrow keys move inside
// it; Escape or a click beside it closes it.

import { icon, make } from './elements.js'

export class Menu {
  #label
  #button
  #value = make('span', { className: 'menu-value' })
  #detail = make('span', { className: 'menu-detail' })
  #list
  #onChoose
  #onOpen
  /** Values of items with their elements. */
  #elements = new Map()

  /**
   * `onChoose(value)` is called with the value of an item, `onOpen()` before the menu opens; `iconName` replaces the
   * button's text.
   */
  constructor(id, label, onChoose, iconName, onOpen) {
    this.#label = label
    this.#onChoose = onChoose
    this.#onOpen = onOpen
    this.#list = make('div', {
      id: `${id}-menu`,
      className: 'menu-list',
      hidden: true,
      attributes: { role: 'menu', 'aria-label': label },
    })
    this.#button = make(
      'button',
      {
        type: 'button',
        id: `${id}-button`,
        attributes: { 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-controls': `${id}-menu` },
      },
      ...(iconName ? [icon(iconName)] : [this.#value, ' ', this.#detail]),
    )
    this.element = make('div', { className: 'menu' }, this.#button, this.#list)
    this.#button.addEventListener('click', () => (this.#list.hidden ? this.#open() : this.#close(true)))
    this.#list.addEventListener('keydown', event => this.#onKey(event))
    this.element.addEventListener('focusout', event => {
      if (event.relatedTarget && !this.element.contains(event.relatedTarget)) this.#close(false)
    })
    document.addEventListener('pointerdown', event => {
      if (!this.element.contains(event.target)) this.#close(false)
    })
  }

  /**
   * Shows `items` (`{value, label, note?, data?, disabled?, isAction?}`), marks `chosen`, and writes `summary` on the
   * button, and `detail` where there is room. An action is no choice, and never current.
   */
  show(items, chosen, summary, detail = '') {
    this.#value.textContent = summary
    this.#detail.textContent = detail
    const name = `${this.#label}: ${[summary, detail].filter(Boolean).join(' ')}`
    this.#button.ariaLabel = name
    this.#button.title = name
    // Items stay the same elements: a press is lost if its item is replaced meanwhile, and so is the focus.
    const wanted = items.map(item => this.#item(item, item.value === chosen))
    for (const element of [...this.#list.children]) if (!wanted.includes(element)) element.remove()
    for (const [at, element] of wanted.entries())
      if (this.#list.children[at] !== element)
        this.#list.insertBefore(element, this.#list.children[at] ?? null)
  }

  /** Returns the element of an item, brought up to date. */
  #item(item, isChosen) {
    const element = this.#elements.get(item.value) ?? this.#createItem(item)
    element.disabled = Boolean(item.disabled)
    if (!item.isAction) element.setAttribute('aria-checked', String(isChosen))
    const texts = [make('span', { textContent: item.label })]
    if (item.note) texts.push(make('span', { className: 'menu-note', textContent: item.note }))
    const isSame =
      texts.length === element.children.length &&
      texts.every((it, at) => it.isEqualNode(element.children[at]))
    if (!isSame) element.replaceChildren(...texts)
    return element
  }

  #createItem(item) {
    const element = make('button', {
      type: 'button',
      attributes: {
        role: item.isAction ? 'menuitem' : 'menuitemradio',
        tabindex: '-1',
        'data-value': item.value,
        ...item.data,
      },
    })
    element.addEventListener('click', () => {
      this.#close(true)
      this.#onChoose(item.value)
    })
    this.#elements.set(item.value, element)
    return element
  }

  #items() {
    return [...this.#list.querySelectorAll('button:not(:disabled)')]
  }

  #open() {
    this.#onOpen?.()
    this.#list.hidden = false
    this.#button.setAttribute('aria-expanded', 'true')
    const chosen = this.#list.querySelector('[aria-checked=true]:not(:disabled)')
    ;(chosen ?? this.#items()[0])?.focus({ preventScroll: true })
  }

  #close(focusesButton) {
    if (this.#list.hidden) return
    this.#list.hidden = true
    this.#button.setAttribute('aria-expanded', 'false')
    if (focusesButton) this.#button.focus({ preventScroll: true })
  }

  #onKey(event) {
    const items = this.#items()
    const at = items.indexOf(document.activeElement)
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }
    if (event.key in moves) {
      items[(moves[event.key] + items.length) % items.length]?.focus()
    } else if (event.key === 'Escape' || event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      this.#close(true)
    } else {
      return
    }
    event.preventDefault()
    event.stopPropagation()
  }
}
