// Moves the focus with the arrow keys to the nearest element in that direction, so that a remote control
// with four arrows and one button reaches everything. Tab works as usual; menus and the video keep their own arrow
// keys, and text fields keep those that move within their text.

const FOCUSABLE =
  'a[href]:not(.skip), button:not(:disabled, [tabindex="-1"]), input:not([type=hidden]), select, textarea, ' +
  'summary, pre[tabindex], [role=slider]'
const KEEPS_ARROWS = 'video, dialog, [role=menu]'
const TICKABLE = 'input[type=checkbox], input[type=radio]'
const FIRST = '.films a, .folders a, .drives a, .bar button'
const CARD = '.film, .folder, .file'

const DIRECTIONS = {
  ArrowLeft: { axis: 'x', sign: -1 },
  ArrowRight: { axis: 'x', sign: 1 },
  ArrowUp: { axis: 'y', sign: -1 },
  ArrowDown: { axis: 'y', sign: 1 },
}

/** Handles the arrow keys of `root`. */
export function enableSpatialNavigation(root) {
  root.addEventListener('keydown', event => {
    const direction = DIRECTIONS[event.key]
    if (!direction || event.defaultPrevented) return
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    const from = document.activeElement
    if (from?.matches?.(KEEPS_ARROWS) || from?.closest?.('dialog:not(.page-dialog), [role=menu]')) return
    if (from && movesWithin(from, direction)) return
    const isUnfocused = !from || from === document.body || from.id === 'main'
    const target = isUnfocused
      ? firstVisible(direction)
      : (targetInCard(from, event.key) ?? nearest(from, direction))
    if (!target) return
    event.preventDefault()
    target.focus({ preventScroll: true })
    target.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  })
  // Enter, the one button of a remote control, ticks a box and opens a list as the space bar does.
  root.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.defaultPrevented) return
    const { target } = event
    if (target.matches?.(TICKABLE)) target.click()
    else if (target.matches?.('select') && target.showPicker && !isOpen(target)) target.showPicker()
    else return
    event.preventDefault()
  })
}

/** Returns true if an arrow key moves something inside the focused field: the caret, or the choice in an open list. */
function movesWithin(field, { axis, sign }) {
  if (field.matches('select')) return isOpen(field)
  if (!field.matches('input, textarea') || field.matches(TICKABLE) || field.readOnly) return false
  if (field.matches('input') && axis === 'y') return false
  const { selectionStart: start, selectionEnd: end, value } = field
  // Fields for numbers, colours and times have no caret.
  if (start === null) return true
  const isRightToLeft = axis === 'x' && getComputedStyle(field).direction === 'rtl'
  const isForward = sign > 0 !== isRightToLeft
  return start !== end || start !== (isForward ? value.length : 0)
}

function isOpen(list) {
  // Browsers that lack the selector handle the keys of an open list themselves.
  return CSS.supports('selector(:open)') && list.matches(':open')
}

/** Returns where an arrow key leads inside a card, or `null`: its tools lie above its link. */
function targetInCard(from, key) {
  const card = from.closest?.(CARD)
  if (!card?.querySelector('.tools')) return null
  if (key === 'ArrowUp' && from.matches('.film > a, .folder > a'))
    return card.querySelector('.tools input, .tools a')
  if (key === 'ArrowDown' && from.closest('.tools')) return card.querySelector(':scope > a')
  return null
}

/**
 * Returns the first card on the screen. Without one, up and down lead to the first control of the page, or of its frame: left
 * and right leaf through pictures.
 */
function firstVisible({ axis }) {
  const controls = axis === 'y' ? [`main :is(${FOCUSABLE})`, FOCUSABLE] : []
  for (const element of [FIRST, ...controls].flatMap(it => [...document.querySelectorAll(it)])) {
    const box = element.getBoundingClientRect()
    if (box.height > 0 && box.bottom > 0 && box.top < innerHeight && isShown(element)) return element
  }
  return null
}

/**
 * Returns the focusable element nearest to `from` in `direction`, or `null`. Straight ahead is preferred, but up and down
 * skip no line: what lies wholly between comes first.
 */
export function nearest(from, direction) {
  const start = from.getBoundingClientRect()
  const found = []
  // The focus stays inside an open dialog.
  const scope = document.querySelector('dialog.page-dialog[open]') ?? document
  for (const element of scope.querySelectorAll(FOCUSABLE)) {
    if (element === from) continue
    // Long folders have thousands of cards, which are not laid out while they are far away. Measuring
    // what is inside them would lay out all of them, so cards more than a screen away are skipped.
    const card = element.closest(CARD)
    if (card && isFar(card.getBoundingClientRect())) continue
    const box = element.getBoundingClientRect()
    if (box.width === 0) continue
    const cost = costOf(start, box, direction)
    if (cost < Infinity) found.push({ element, box, cost })
  }
  found.sort((a, b) => a.cost - b.cost)
  let best = found.find(({ element }) => isShown(element))
  for (let next = best; next && direction.axis === 'y'; ) {
    best = next
    next = found.find(
      ({ element, box }) => isBetween(start, box, best.box, direction.sign) && isShown(element),
    )
  }
  return best?.element ?? null
}

/** Returns true if `box` lies wholly between `start` and `end`, from top to bottom. */
export function isBetween(start, box, end, sign) {
  const [near, far] = sign > 0 ? ['top', 'bottom'] : ['bottom', 'top']
  return (box[near] - start[far]) * sign >= 0 && (end[near] - box[far]) * sign >= 0
}

function isFar(box) {
  return box.bottom < -innerHeight || box.top > 2 * innerHeight
}

/** Returns the cost of moving from `start` to `box`, in weighted pixels; infinite off the direction. */
export function costOf(start, box, { axis, sign }) {
  const [near, far, low, high] =
    axis === 'x' ? ['left', 'right', 'top', 'bottom'] : ['top', 'bottom', 'left', 'right']
  const ahead = sign > 0 ? box[near] - start[far] : start[near] - box[far]
  // Neighbours with outlines or shadows overlap a little.
  if (ahead < -4) return Infinity
  const aside = Math.max(0, box[low] - start[high], start[low] - box[high])
  const offset = Math.abs(box[low] + box[high] - start[low] - start[high]) / 2
  // Left and right stay in the row.
  if (axis === 'x' && aside > 0) return Infinity
  return Math.max(0, ahead) * 2 + aside + offset * 0.3
}

function isShown(element) {
  return element.checkVisibility
    ? element.checkVisibility({ visibilityProperty: true })
    : element.offsetParent !== null
}
