// Offers to skip the intro of an episode, and marks it by hand: once for all episodes of the season.

import { player as texts } from '../texts.js'
import { make } from './elements.js'

/** Returns true where a button to skip the intro helps. */
export function isInIntro(intro, position) {
  return Boolean(intro) && position >= intro.start_s && position < intro.end_s - 1
}

/** Shows the button while the intro plays, and handles the marks around the player. */
export function watchIntro({ player, video, actions, getFilm, showToast }) {
  let start = null
  const skip = make('button', {
    type: 'button',
    className: 'button skip-intro',
    textContent: texts.skipIntro,
    hidden: true,
  })
  skip.onclick = () => actions.seekTo(getFilm().intro.end_s)
  player.append(skip)
  const show = () => (skip.hidden = !isInIntro(getFilm().intro, video.currentTime))
  for (const event of ['timeupdate', 'seeked', 'emptied']) video.addEventListener(event, show)

  const mark = async (method, intro) => {
    const film = getFilm()
    const reply = await fetch(film.mark_intro, {
      method,
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: intro && JSON.stringify(intro),
    }).catch(() => null)
    if (reply?.ok) film.intro = intro
    showToast(reply?.ok ? (intro ? texts.introMarked : texts.introRemoved) : texts.introFailed)
    show()
  }
  document.addEventListener('click', ({ target }) => {
    const kind = target.closest?.('[data-intro]')?.dataset.intro
    if (kind === 'start') {
      start = video.currentTime
      showToast(texts.introStarts)
    } else if (kind === 'end') {
      mark('PUT', { start_s: start ?? 0, end_s: video.currentTime })
    } else if (kind === 'none') {
      mark('DELETE', null)
    }
  })
}
