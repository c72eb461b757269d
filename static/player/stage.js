// The picture itself: a click plays and pauses, a tap shows and hides the controls, two of them fill the
// screen or jump. While the film plays and nobody moves, the controls leave (`data-idle`); the style
// decides where they do. A tap or an arrow that finds them gone only calls them back.

import { icon, make, name } from './elements.js'

const AWAKE_MS = 3000

/** Serves the picture of `player`; `bar` holds the controls. */
export function watchStage({ player, video, bar, deeds }) {
  const screen = video.parentElement
  const isGone = () => getComputedStyle(bar).opacity < 0.5
  let isTouch = false
  let isCall = false
  const isBusy = () =>
    bar.querySelector('[aria-expanded=true], [data-held]') || (!isTouch && bar.querySelector(':hover'))
  const idle = watchIdle(player, isBusy)

  screen.insertBefore(bigPlay(video, deeds), video.nextSibling)

  player.addEventListener(
    'pointerdown',
    event => {
      isTouch = event.pointerType === 'touch'
      isCall = isTouch && isGone()
      player.classList.toggle('by-touch', isTouch)
      if (isCall) event.stopPropagation()
      idle.wake()
    },
    true,
  )
  player.addEventListener(
    'click',
    event => {
      if (!isCall) return
      isCall = false
      event.stopPropagation()
      event.preventDefault()
    },
    true,
  )
  screen.addEventListener('click', ({ target }) => {
    if (target !== video && target !== screen) return
    if (!isTouch) deeds.togglePlay()
    else if (!video.paused) idle.toggle()
  })
  screen.addEventListener('dblclick', ({ target, clientX }) => {
    if (target !== video && target !== screen) return
    if (!isTouch) return void deeds.toggleFullScreen()
    const { left, width } = screen.getBoundingClientRect()
    const part = (clientX - left) / width
    if (part < 0.35) deeds.seekBy(-10)
    if (part > 0.65) deeds.seekBy(10)
  })
  player.addEventListener(
    'keydown',
    event => {
      const isBlind =
        event.key.startsWith('Arrow') || (event.key === 'Enter' && event.target.dataset.act !== 'play')
      if (isBlind && bar.contains(event.target) && isGone()) {
        event.preventDefault()
        event.stopPropagation()
      }
      idle.wake()
    },
    true,
  )
}

/** The button in the middle of the picture. The one in the bar does the same for keys and for those who listen. */
function bigPlay(video, deeds) {
  const button = make('button', {
    type: 'button',
    className: 'big-play',
    tabIndex: -1,
    onclick: () => deeds.togglePlay(),
  })
  const show = () => {
    button.replaceChildren(icon(video.paused ? 'play' : 'pause'))
    name(button, video.paused ? 'Play' : 'Pause')
  }
  for (const event of ['play', 'pause', 'ended', 'emptied']) video.addEventListener(event, show)
  show()
  return button
}

function watchIdle(player, isBusy) {
  let timer = null
  const rest = () => {
    clearTimeout(timer)
    if (isBusy()) wake()
    else player.dataset.idle = ''
  }
  const wake = () => {
    delete player.dataset.idle
    clearTimeout(timer)
    timer = setTimeout(rest, AWAKE_MS)
  }
  const toggle = () => ('idle' in player.dataset ? wake() : rest())
  // A browser reports a move when the picture changes under a resting mouse; only a way counts.
  player.addEventListener(
    'pointermove',
    ({ pointerType, movementX, movementY }) => (pointerType === 'touch' || movementX || movementY) && wake(),
    { passive: true },
  )
  player.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && rest(), {
    passive: true,
  })
  player.addEventListener('focusin', wake)
  document.addEventListener('keydown', wake, { capture: true, passive: true })
  document.addEventListener('fullscreenchange', wake)
  wake()
  return { wake, toggle }
}
