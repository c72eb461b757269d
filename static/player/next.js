// Offers the next film at the end, and shows it on the same page, so that full screen, speed, volume and
// quality stay as they are.

import { patientUrl } from '../page/patient.js'
import { player as texts } from '../texts.js'
import { sortApps } from './apps.js'
import { make } from './elements.js'

const COUNT_DOWN_S = 10

/** Creates the box that offers `next`; `onAccept` is called when it is accepted or the time is up. */
export function offerNext(next, onAccept) {
  let left = COUNT_DOWN_S
  const play = make('button', { type: 'button', className: 'button' })
  const stay = make('button', { type: 'button', className: 'button quiet', textContent: texts.stayHere })
  const box = make(
    'div',
    { className: 'offer', attributes: { role: 'group', 'aria-label': texts.nextFilm } },
    make('span', { className: 'which', textContent: texts.next }),
    make('span', { className: 'name', textContent: next.title, dir: 'auto' }),
    make('p', { className: 'ways' }, play, stay),
  )
  const showLeft = () => (play.textContent = texts.playNow({ seconds: left }))
  const timer = setInterval(() => {
    if (document.hidden) return
    left -= 1
    showLeft()
    if (left <= 0) accept()
  }, 1000)
  const close = () => {
    clearInterval(timer)
    box.remove()
  }
  const accept = () => {
    close()
    onAccept()
  }
  play.onclick = accept
  stay.onclick = close
  showLeft()
  return { box, play, close }
}

/** Fetches another watch page. */
export async function fetchWatchPage(href) {
  const reply = await fetch(patientUrl(href), {
    headers: { accept: 'text/html' },
    credentials: 'same-origin',
  })
  if (!reply.ok) throw new Error(`status ${reply.status}`)
  return new DOMParser().parseFromString(await reply.text(), 'text/html')
}

/** Replaces what is around the player with that of another watch page. */
export function showWatchPage(page, href) {
  document.getElementById('about').replaceWith(document.adoptNode(page.getElementById('about')))
  sortApps(document)
  document.title = page.title
  history.pushState(null, '', href)
}

/** Fetches another watch page and replaces what is around the player. Returns its film and its tracks. */
export async function loadWatchPage(href) {
  const page = await fetchWatchPage(href)
  const film = readFilm(page)
  if (!film) throw new Error('not a watch page')
  showWatchPage(page, href)
  return { film, tracks: [...page.querySelectorAll('#video track')] }
}

/** Returns the film that a watch page describes; `null` on other pages. */
export function readFilm(page) {
  return JSON.parse(page.getElementById('film')?.textContent ?? 'null')
}
