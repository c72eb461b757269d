// Creates elements without markup, so that no title of a film can become HTML.

/** Creates an element with properties, `data-`/`aria-` attributes (`attributes`) and children. */
export function make(tag, { attributes = {}, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children.filter(child => child !== null && child !== undefined))
  return element
}

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg'

// Paths on a 24 by 24 grid.
const ICON_PATHS = {
  play: 'M7 4.5v15l13-7.5z',
  pause: 'M6 4.5h4.2v15H6zM13.8 4.5H18v15h-4.2z',
  back: 'M12 5V1.5L6.5 6 12 10.5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z',
  ahead: 'M12 5V1.5L17.5 6 12 10.5V7a6 6 0 1 0 6 6h2a8 8 0 1 1-8-8z',
  next: 'M5 5v14l10-7zM16.5 5H19v14h-2.5z',
  small: 'M3 5h18v14H3zM5 7v10h14V7zm7 4.5h5.5v4H12z',
  full: 'M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z',
  less: 'M8 4h2v6H4V8h4zM14 4h2v4h4v2h-6zM4 14h6v6H8v-4H4zM14 14h6v2h-4v4h-2z',
  sound:
    'M3.5 9v6h4l5 4.5v-15L7.5 9zM15 7.2v1.9a3.2 3.2 0 0 1 0 5.8v1.9a5 5 0 0 0 0-9.6zM15 3.6v1.9a6.8 6.8 0 0 1 0 13v1.9a8.7 8.7 0 0 0 0-16.8z',
  silence:
    'M3.5 9v6h4l5 4.5v-15L7.5 9zM15.5 9.9 17 8.4l2.1 2.1 2.1-2.1 1.5 1.5-2.1 2.1 2.1 2.1-1.5 1.5-2.1-2.1-2.1 2.1-1.5-1.5 2.1-2.1z',
  words:
    'M3 5h18v14H3zM5 7v10h14V7zM7 10.6h4v1.7H7zM12.5 10.6H17v1.7h-4.5zM7 13.7h6v1.7H7zM14.5 13.7H17v1.7h-2.5z',
  tracks: 'M9 17.5a2.5 2.5 0 1 1-1.6-2.3V4.5L19 2.5v12.9a2.5 2.5 0 1 1-1.6-2.3V6.4L9 7.9z',
  airplay: 'M3 4h18v12h-4v-2h2V6H5v8h2v2H3zM12 13.5l5.5 6.5h-11z',
}

// The seconds inside the arrow.
const ICON_NUMBERS = { back: '10', ahead: '10' }

/** Creates the icon `name`. */
export function icon(name) {
  const svg = document.createElementNS(SVG_NAMESPACE, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG_NAMESPACE, 'path')
  path.setAttribute('d', ICON_PATHS[name])
  path.setAttribute('fill-rule', 'evenodd')
  svg.append(path)
  if (name in ICON_NUMBERS) svg.append(iconText(ICON_NUMBERS[name]))
  return svg
}

function iconText(digits) {
  const text = document.createElementNS(SVG_NAMESPACE, 'text')
  const attributes = { x: '12', y: '15.4', 'text-anchor': 'middle', 'font-size': '6.6', 'font-weight': '700' }
  for (const [name, value] of Object.entries(attributes)) text.setAttribute(name, value)
  text.textContent = digits
  return text
}

/** Creates a button with the icon `shape` that calls `act`. */
export function iconButton(shape, label, act) {
  const element = make(
    'button',
    { type: 'button', onclick: () => act(), attributes: { 'data-act': shape } },
    icon(shape),
  )
  setLabel(element, label)
  return element
}

/** Sets the accessible name and the tooltip of a button without text. */
export function setLabel(element, label) {
  element.ariaLabel = label
  element.title = label
}
