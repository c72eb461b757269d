// Handles gestures on the picture: a click plays and pauses, a tap shows and hides the controls, a double
// click fills the screen, a double tap at a side seeks. While the film plays without input, the player is
// idle (`data-idle`), and the style sheet decides where that hides the controls. A tap or a key press while
// they are hidden only shows them.

import { player as texts } from '../texts.js'
import { icon, make, setLabel } from './elements.js'

const IDLE_TIMEOUT_MS = 3000

/** Handles the gestures on `player`; `bar` holds the controls. */
export function watchGestures({ player, video, bar, actions }) {
  const screen = video.parentElement
  const isPicture = target => target === screen || target.id === 'video'
  const isBarHidden = () => getComputedStyle(bar).opacity < 0.5
  let isTouch = false
  let isWakingTap = false
  const isBusy = () =>
    bar.querySelector('[aria-expanded=true], [data-held]') || (!isTouch && bar.querySelector(':hover'))
  const idle = watchIdle(player, isBusy)

  screen.insertBefore(bigPlayButton(video, actions), video.nextSibling)

  player.addEventListener(
    'pointerdown',
    event => {
      isTouch = event.pointerType === 'touch'
      isWakingTap = isTouch && isBarHidden()
      player.classList.toggle('by-touch', isTouch)
      if (isWakingTap) event.stopPropagation()
      idle.wake()
    },
    true,
  )
  player.addEventListener(
    'click',
    event => {
      if (!isWakingTap) return
      isWakingTap = false
      event.stopPropagation()
      event.preventDefault()
    },
    true,
  )
  screen.addEventListener('click', ({ target }) => {
    if (!isPicture(target)) return
    if (!isTouch) actions.togglePlay()
    else if (!video.paused) idle.toggle()
  })
  screen.addEventListener('dblclick', ({ target, clientX }) => {
    if (!isPicture(target)) return
    if (!isTouch) return void actions.toggleFullScreen()
    const { left, width } = screen.getBoundingClientRect()
    const part = (clientX - left) / width
    if (part < 0.35) actions.seekBy(-10)
    if (part > 0.65) actions.seekBy(10)
  })
  player.addEventListener(
    'keydown',
    event => {
      const isUnseenPress =
        event.key.startsWith('Arrow') || (event.key === 'Enter' && event.target.dataset.act !== 'play')
      if (isUnseenPress && bar.contains(event.target) && isBarHidden()) {
        event.preventDefault()
        event.stopPropagation()
      }
      idle.wake()
    },
    true,
  )
}

/** Creates the button in the middle of the picture; keys and screen readers use the one in the bar. */
function bigPlayButton(video, actions) {
  const button = make('button', {
    type: 'button',
    className: 'big-play',
    tabIndex: -1,
    onclick: () => actions.togglePlay(),
  })
  const show = () => {
    button.replaceChildren(icon(video.paused ? 'play' : 'pause'))
    setLabel(button, video.paused ? texts.play : texts.pause)
  }
  for (const event of ['play', 'pause', 'ended', 'emptied']) video.addEventListener(event, show)
  show()
  return button
}

function watchIdle(player, isBusy) {
  let timer = null
  const sleep = () => {
    clearTimeout(timer)
    if (isBusy()) wake()
    else player.dataset.idle = ''
  }
  const wake = () => {
    delete player.dataset.idle
    clearTimeout(timer)
    timer = setTimeout(sleep, IDLE_TIMEOUT_MS)
  }
  const toggle = () => ('idle' in player.dataset ? wake() : sleep())
  // A browser reports a move when the picture changes under a resting mouse; only a distance counts.
  player.addEventListener(
    'pointermove',
    ({ pointerType, movementX, movementY }) => (pointerType === 'touch' || movementX || movementY) && wake(),
    { passive: true },
  )
  player.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && sleep(), {
    passive: true,
  })
  player.addEventListener('focusin', wake)
  document.addEventListener('keydown', wake, { capture: true, passive: true })
  document.addEventListener('fullscreenchange', wake)
  wake()
  return { wake, toggle }
}
