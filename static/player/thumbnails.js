// The pictures over the seek bar: one for every ten seconds of a film. The page draws those that are missing while the
// film plays, and sends them.

const INTERVAL_S = 10
const WIDTH = 240
const QUALITY = 0.6

/** Returns the URLs of the pictures in a WebVTT list by their number; `base` is the URL of the list. */
export function parseThumbnails(text, base) {
  const pictures = new Map()
  for (const [, name, number] of text.matchAll(/^(thumbnails\/(\d+)\.webp)$/gm))
    pictures.set(Number(number), new URL(name, base).href)
  return pictures
}

/** The pictures of the open film, which `getFilm()` returns. */
export class Thumbnails {
  #video
  #getFilm
  #film = null
  #pictures = new Map()
  #isSending = false

  constructor({ video, getFilm }) {
    this.#video = video
    this.#getFilm = getFilm
    video.addEventListener('loadedmetadata', () => this.#load())
    video.addEventListener('timeupdate', () => this.#capture())
  }

  /** Returns the URL of the picture at a time; `undefined` if there is none. */
  at(seconds) {
    return this.#film === this.#getFilm() ? this.#pictures.get(Math.floor(seconds / INTERVAL_S)) : undefined
  }

  async #load() {
    const film = this.#getFilm()
    if (this.#film === film) return
    this.#film = film
    this.#pictures = new Map()
    if (!film.thumbnails) return
    const base = new URL(film.thumbnails, location.href)
    const reply = await fetch(base).catch(() => null)
    if (!reply?.ok) return
    const pictures = parseThumbnails(await reply.text(), base)
    if (this.#film === film) this.#pictures = new Map([...pictures, ...this.#pictures])
  }

  async #capture() {
    const video = this.#video
    const film = this.#getFilm()
    const number = Math.floor(video.currentTime / INTERVAL_S)
    const isShown = !video.seeking && video.readyState >= 2 && video.videoWidth > 0
    if (!film.send_thumbnails || this.#film !== film || this.#isSending || !isShown) return
    if (this.#pictures.has(number)) return
    this.#isSending = true
    try {
      const canvas = document.createElement('canvas')
      canvas.width = WIDTH
      canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth)
      canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height)
      const body = await new Promise(resolve => canvas.toBlob(resolve, 'image/webp', QUALITY))
      if (!body) return
      this.#pictures.set(number, canvas.toDataURL('image/webp', QUALITY))
      await fetch(`${film.send_thumbnails}?number=${number}`, {
        method: 'PUT',
        body,
        credentials: 'same-origin',
      })
    } catch {
      // The film plays without that picture.
    } finally {
      this.#isSending = false
    }
  }
}
