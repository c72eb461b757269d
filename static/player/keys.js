// The keys of the player, and the dialog that lists them.
//
// They hold while nothing else wants them: not in text fields or menus, and not while a control is
// visibly focused, where arrows move on to the next control and space presses it.

import { make } from './elements.js'

const LIST = [
  ['Space, K', 'Play or pause'],
  ['J, L', '10 seconds back, ahead'],
  ['←, →', '5 seconds back, ahead'],
  ['↑, ↓', 'Louder, quieter'],
  ['M', 'Sound off and on'],
  ['0 … 9', 'To that tenth of the film'],
  ['<, >', 'Slower, faster'],
  ['C', 'Subtitles'],
  ['F', 'Full screen'],
  ['P', 'Picture in picture'],
  ['?', 'This list'],
]

/** Listens for the keys of the player. */
export function watchKeys({ video, deeds }) {
  const acts = {
    ' ': deeds.togglePlay,
    k: deeds.togglePlay,
    j: () => deeds.seekBy(-10),
    l: () => deeds.seekBy(10),
    ArrowLeft: () => deeds.seekBy(-5),
    ArrowRight: () => deeds.seekBy(5),
    ArrowUp: () => deeds.changeVolume(0.05),
    ArrowDown: () => deeds.changeVolume(-0.05),
    m: deeds.toggleMute,
    f: deeds.toggleFullScreen,
    p: deeds.togglePictureInPicture,
    c: deeds.toggleSubtitles,
    '<': () => deeds.changeSpeed(-1),
    '>': () => deeds.changeSpeed(1),
    '?': deeds.showHelp,
    // A remote control goes on from there.
    Enter: () => {
      deeds.togglePlay()
      document.querySelector('#bar [data-act=play]')?.focus({ preventScroll: true })
    },
  }
  // Before the browser's own controls, where there are some, see the key, or both would act.
  document.addEventListener(
    'keydown',
    event => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
      const act = /^\d$/.test(key) ? () => deeds.seekToPart(Number(key)) : acts[key]
      if (!act || !isOurs(key, video)) return
      event.preventDefault()
      event.stopPropagation()
      act()
    },
    true,
  )
}

function isOurs(key, video) {
  const focused = document.activeElement
  if (!focused || focused === document.body || focused === video || focused.id === 'main') {
    // Before the film has begun, a remote control must be able to leave it.
    const isIdle = video.paused && video.currentTime === 0 && focused !== video
    return !(isIdle && (key === 'ArrowDown' || key === 'ArrowUp')) && !(key === 'Enter' && focused === video)
  }
  if (focused.matches('input, textarea, select') || focused.closest('dialog[open], [role=menu]')) return false
  const moves = key === ' ' || key === 'Enter' || key.startsWith('Arrow')
  if (key === 'Enter' || key === ' ') return false
  return !moves || !focused.matches(':focus-visible')
}

/** The dialog with the list of keys. */
export function helpDialog() {
  const rows = LIST.map(([keys, deed]) =>
    make('div', {}, make('dt', { textContent: keys }), make('dd', { textContent: deed })),
  )
  const close = make('button', { type: 'submit', className: 'button', textContent: 'Close' })
  return make(
    'dialog',
    { className: 'help', attributes: { 'aria-label': 'Keys' } },
    make('h2', { textContent: 'Keys' }),
    make('dl', {}, ...rows),
    make('form', { method: 'dialog' }, close),
  )
}
