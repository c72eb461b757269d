// The film after this one: offered at the end, and shown in place, so that full screen, speed, volume
// and quality stay as they are.

import { make } from './elements.js'

const OFFER_S = 10

/** A box that offers the next film; `go` is called when it is taken or the time is up. */
export function offerNext(next, go) {
  let left = OFFER_S
  const play = make('button', { type: 'button', className: 'button' })
  const stay = make('button', { type: 'button', className: 'button quiet', textContent: 'Stay here' })
  const title = make('span', { className: 'name', textContent: next.title, dir: 'auto' })
  const box = make(
    'div',
    { className: 'offer', attributes: { role: 'group', 'aria-label': 'Next film' } },
    make('span', { className: 'which', textContent: 'Next' }),
    title,
    make('p', { className: 'ways' }, play, stay),
  )
  const label = () => (play.textContent = `Play now (${left})`)
  const timer = setInterval(() => {
    if (document.hidden) return
    left -= 1
    label()
    if (left <= 0) take()
  }, 1000)
  const close = () => {
    clearInterval(timer)
    box.remove()
  }
  const take = () => {
    close()
    go()
  }
  play.onclick = take
  stay.onclick = close
  label()
  return { box, play, close }
}

/** Fetches another watch page and puts what is around its player in place; returns its film. */
export async function turnTo(href) {
  const reply = await fetch(href, { headers: { accept: 'text/html' }, credentials: 'same-origin' })
  if (!reply.ok) throw new Error(`status ${reply.status}`)
  const page = new DOMParser().parseFromString(await reply.text(), 'text/html')
  const film = filmOn(page)
  if (!film) throw new Error('not a watch page')
  document.getElementById('about').replaceWith(document.adoptNode(page.getElementById('about')))
  document.title = page.title
  history.pushState(null, '', href)
  return { film, tracks: [...page.querySelectorAll('#video track')] }
}

/** The film of a watch page; `null` where there is none. */
export function filmOn(page) {
  return JSON.parse(page.getElementById('film')?.textContent ?? 'null')
}
