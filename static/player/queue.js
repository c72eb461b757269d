// The tags of songs: title, artist, album, length and cover. The page comes with the names of files; the tags of a row are
// requested when it comes into view, those of the song that plays at once.

import { formatClock } from './clock.js'
import { make } from './elements.js'

const MAX_CONCURRENT = 3

const requests = new Map()
const waiting = []
let running = 0

/** Requests the tags at a URL, once for all callers; `null` if they cannot be read now. */
export function loadTags(url) {
  if (!requests.has(url)) requests.set(url, loadInTurn(url))
  return requests.get(url)
}

async function loadInTurn(url) {
  if (running >= MAX_CONCURRENT) await new Promise(resolve => waiting.push(resolve))
  running += 1
  try {
    const reply = await fetch(url, { credentials: 'same-origin' })
    if (reply.ok) return await reply.json()
  } catch {
    // The name of the file stays.
  } finally {
    running -= 1
    waiting.shift()?.()
  }
  requests.delete(url)
  return null
}

/** Fills the rows of the queue on the page as they come into view. */
export function watchQueue() {
  const rows = document.querySelectorAll('#queue [data-tags]')
  if (rows.length === 0) return
  const observer = new IntersectionObserver(entries => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      observer.unobserve(target)
      fillRow(target)
    }
  })
  for (const row of rows) observer.observe(row)
}

async function fillRow(row) {
  const { tags: url } = row.dataset
  const tags = await loadTags(url)
  if (!tags) return
  if (tags.title) row.querySelector('.name').textContent = tags.title
  row.querySelector('.detail').textContent = describe(tags)
  if (tags.length_s) row.querySelector('.song-length').textContent = formatClock(Math.round(tags.length_s))
  if (tags.has_picture) {
    const src = new URL('poster-small.jpg', new URL(url, location.href)).href
    row.querySelector('.cover').replaceChildren(make('img', { src, alt: '', loading: 'lazy' }))
  }
}

/** Returns `Artist · Album`, as far as they are known. */
export function describe({ artist, album }) {
  return [artist, album].filter(Boolean).join(' · ')
}

/** Adds the tags of a song to its film, and returns true if it has some. */
export async function addTags(film) {
  const tags = film.tags ? await loadTags(film.tags) : null
  if (!tags) return false
  film.title = tags.title ?? film.title
  film.artist = tags.artist
  film.album = tags.album
  return Boolean(tags.title || tags.artist || tags.album)
}

/** Shows title, artist and album of the song that plays. */
export function showSong(film) {
  const heading = document.querySelector('#about h1')
  document.title = document.title.replace(heading.textContent, film.title)
  heading.textContent = film.title
  const text = describe(film)
  let line = document.getElementById('song')
  if (!text && !line) return
  if (!line) {
    line = make('p', { id: 'song', className: 'subtitle', dir: 'auto' })
    heading.after(line)
  }
  line.textContent = text
}
