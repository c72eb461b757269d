// Arrow keys move the focus to the nearest thing in that direction, so that a remote control with four
// arrows and one button reaches everything. Tab goes on working as ever; text fields, menus and the
// film itself keep their arrows.

const REACHABLE =
  'a[href]:not(.skip), button:not(:disabled, [tabindex="-1"]), input:not([type=hidden]), summary, pre[tabindex], [role=slider]'
const OWN_ARROWS = 'textarea, select, video, dialog, [role=menu]'
const TICKED = 'input[type=checkbox], input[type=radio]'
const FIRST = '.films a, .folders a, .drives a, .bar button'

const STEPS = {
  ArrowLeft: { along: 'x', sign: -1 },
  ArrowRight: { along: 'x', sign: 1 },
  ArrowUp: { along: 'y', sign: -1 },
  ArrowDown: { along: 'y', sign: 1 },
}

/** Serves the arrow keys of `root`. */
export function watchArrowKeys(root) {
  root.addEventListener('keydown', event => {
    const step = STEPS[event.key]
    if (!step || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey)
      return
    const from = document.activeElement
    if (from?.matches?.(OWN_ARROWS) || from?.closest?.('dialog:not(.sheet-dialog), [role=menu]')) return
    if (from?.matches?.('input') && !from.matches(TICKED) && step.along === 'x') return
    const goal =
      !from || from === document.body || from.id === 'main'
        ? firstCard()
        : (withinCard(from, event.key) ?? nearest(from, step))
    if (!goal) return
    event.preventDefault()
    goal.focus({ preventScroll: true })
    goal.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  })
  // The one button of a remote control ticks a box, as the space bar does.
  root.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || !event.target.matches?.(TICKED)) return
    event.preventDefault()
    event.target.click()
  })
}

/** The tools of a card lie over its link: up leads to them, down back to the link. */
function withinCard(from, key) {
  const card = from.closest?.('.film, .folder, .file')
  if (!card?.querySelector('.tools')) return null
  if (key === 'ArrowUp' && from.matches('.film > a, .folder > a'))
    return card.querySelector('.tools input, .tools a')
  if (key === 'ArrowDown' && from.closest('.tools')) return card.querySelector(':scope > a')
  return null
}

function firstCard() {
  for (const card of document.querySelectorAll(FIRST)) {
    const box = card.getBoundingClientRect()
    if (box.height > 0 && box.bottom > 0 && box.top < innerHeight) return card
  }
  return null
}

/** The reachable element nearest to `from` in the direction of `step`; what lies straight ahead wins. */
export function nearest(from, step) {
  const start = from.getBoundingClientRect()
  let best = null
  let bestCost = Infinity
  // A dialog is a room of its own.
  const room = document.querySelector('dialog.sheet-dialog[open]') ?? document
  for (const element of room.querySelectorAll(REACHABLE)) {
    if (element === from) continue
    // Long folders have thousands of cards, not laid out while they are far away: asking for what is
    // inside them would have all of them laid out. A screen away is far enough.
    const card = element.closest('.film, .folder, .file')
    if (card && isFar(card.getBoundingClientRect())) continue
    const box = element.getBoundingClientRect()
    if (box.width === 0) continue
    const cost = costOf(start, box, step)
    if (cost < bestCost && isShown(element)) {
      best = element
      bestCost = cost
    }
  }
  return best
}

function isFar(box) {
  return box.bottom < -innerHeight || box.top > 2 * innerHeight
}

function costOf(start, box, { along, sign }) {
  const [near, far, low, high] =
    along === 'x' ? ['left', 'right', 'top', 'bottom'] : ['top', 'bottom', 'left', 'right']
  const ahead = sign > 0 ? box[near] - start[far] : start[near] - box[far]
  // A little overlap is normal between neighbours with outlines or shadows.
  if (ahead < -4) return Infinity
  const aside = Math.max(0, box[low] - start[high], start[low] - box[high])
  const drift = Math.abs(box[low] + box[high] - start[low] - start[high]) / 2
  // Sideways, one stays in the row.
  if (along === 'x' && aside > 0) return Infinity
  return Math.max(0, ahead) * 2 + aside + drift * 0.3
}

function isShown(element) {
  return element.checkVisibility
    ? element.checkVisibility({ visibilityProperty: true })
    : element.offsetParent !== null
}
