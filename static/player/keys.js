// Handles the keys of the player, and creates the dialog that lists them.
//
// The keys work where nothing else handles them: not in text fields or menus, and not while a control is
// visibly focused, where arrows lead to the next control and space presses it.

import { player as texts } from '../texts.js'
import { make } from './elements.js'

/** Handles the keys of the player; `queue` is that of music, `null` for films. */
export function watchKeys({ video, actions, queue = null }) {
  const handlers = {
    ' ': actions.togglePlay,
    k: actions.togglePlay,
    j: () => actions.seekBy(-10),
    l: () => actions.seekBy(10),
    ArrowLeft: () => actions.seekBy(-5),
    ArrowRight: () => actions.seekBy(5),
    ArrowUp: () => actions.changeVolume(0.05),
    ArrowDown: () => actions.changeVolume(-0.05),
    m: actions.toggleMute,
    f: actions.toggleFullScreen,
    p: actions.togglePictureInPicture,
    c: actions.toggleSubtitles,
    '<': () => actions.changeSpeed(-1),
    '>': () => actions.changeSpeed(1),
    '?': actions.showHelp,
    // The focus moves to the play button, where a remote control continues.
    Enter: () => {
      actions.togglePlay()
      document.querySelector('#bar [data-act=play]')?.focus({ preventScroll: true })
    },
  }
  if (queue) {
    handlers.s = () => queue.toggleShuffle()
    handlers.r = () => queue.changeRepeat()
  }
  // The capture phase comes before the browser's own controls, where there are some, or both would act.
  document.addEventListener(
    'keydown',
    event => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
      const handler = /^\d$/.test(key) ? () => actions.seekToPart(Number(key)) : handlers[key]
      if (!handler || !isPlayerKey(key, video)) return
      event.preventDefault()
      event.stopPropagation()
      handler()
    },
    true,
  )
}

function isPlayerKey(key, video) {
  const focused = document.activeElement
  const isOnPicture = focused?.id === 'video'
  if (!focused || focused === document.body || isOnPicture || focused.id === 'main') {
    // Before the film has started, a remote control must be able to leave it.
    const isIdle = video.paused && video.played.length === 0 && !isOnPicture
    return !(isIdle && (key === 'ArrowDown' || key === 'ArrowUp')) && !(key === 'Enter' && isOnPicture)
  }
  if (focused.matches('input, textarea, select') || focused.closest('dialog[open], [role=menu]')) return false
  const moves = key === ' ' || key === 'Enter' || key.startsWith('Arrow')
  if (key === 'Enter' || key === ' ') return false
  return !moves || !focused.matches(':focus-visible')
}

/** Creates the dialog with the list of keys; `isMusic` adds those of the queue. */
export function createHelpDialog(isMusic = false) {
  const list = [
    [`${texts.keySpace}, K`, texts.keyPlay],
    ['J, L', texts.keyTenSeconds],
    ['←, →', texts.keyFiveSeconds],
    ['↑, ↓', texts.keyVolume],
    ['M', texts.keyMute],
    ['0 … 9', texts.keyTenth],
    ['<, >', texts.keySpeed],
    ['C', texts.subtitles],
    ['F', texts.fullScreen],
    ['P', texts.pictureInPicture],
    ...(isMusic
      ? [
          ['S', texts.shuffle],
          ['R', texts.keyRepeat],
        ]
      : []),
    ['?', texts.keyList],
  ]
  const rows = list.map(([keys, action]) =>
    make('div', {}, make('dt', { textContent: keys }), make('dd', { textContent: action })),
  )
  const close = make('button', { type: 'submit', className: 'button', textContent: texts.close })
  return make(
    'dialog',
    { className: 'help', attributes: { 'aria-label': texts.keys } },
    make('h2', { textContent: texts.keys }),
    make('dl', {}, ...rows),
    make('form', { method: 'dialog' }, close),
  )
}
