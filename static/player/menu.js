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
  #shown = ''

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
    // A press of an item is lost if it is replaced meanwhile.
    const shown = JSON.stringify([items, chosen])
    if (shown === this.#shown) return
    this.#shown = shown
    const focused = document.activeElement?.dataset?.value
    const hadFocus = this.#list.contains(document.activeElement)
    this.#list.replaceChildren(...items.map(item => this.#createItem(item, item.value === chosen)))
    if (hadFocus)
      this.#items()
        .find(item => item.dataset.value === focused)
        ?.focus()
  }

  #createItem(item, isChosen) {
    const button = make(
      'button',
      {
        type: 'button',
        disabled: Boolean(item.disabled),
        attributes: {
          ...(item.isAction
            ? { role: 'menuitem' }
            : { role: 'menuitemradio', 'aria-checked': String(isChosen) }),
          tabindex: '-1',
          'data-value': item.value,
          ...item.data,
        },
      },
      make('span', { textContent: item.label }),
      item.note ? make('span', { className: 'menu-note', textContent: item.note }) : null,
    )
    button.addEventListener('click', () => {
      this.#close(true)
      this.#onChoose(item.value)
    })
    return button
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
