// Subtitles that the drive itself has for a film. It is asked only when a viewer opens the menu: few films have them, and
// asking costs a call.

import { make } from './elements.js'

/** Appends the tracks to `video` that it does not have, once for each film. */
export async function loadMoreSubtitles(video, film) {
  const { more_subtitles: href } = film
  if (!href) return
  film.more_subtitles = null
  const base = new URL(href, location.href)
  try {
    const reply = await fetch(base, { credentials: 'same-origin' })
    if (!reply.ok) throw new Error(`status ${reply.status}`)
    const { subtitles } = await reply.json()
    const present = new Set([...video.querySelectorAll('track')].map(track => track.src))
    for (const { label, language, src } of subtitles) {
      const url = new URL(src, base).href
      if (present.has(url)) continue
      video.append(make('track', { kind: 'subtitles', label, srclang: language ?? '', src: url }))
    }
  } catch {
    // The menu is opened again to ask again.
    film.more_subtitles = href
  }
}
