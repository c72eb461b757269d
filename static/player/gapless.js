// Lets one song follow another without a pause: shortly before the end of a song the next one is opened in a second
// element. It starts when the first one ends, and takes its place on the page.

import { fetchWatchPage, readFilm } from './next.js'
import { loadPreferences } from './preferences.js'
import { Stream } from './stream.js'

const PREFETCH_S = 20

/**
 * Creates an object that stands for `first`, or later for another target like it: `object` forwards properties, methods
 * and listeners, `use(next)` changes the target, `emit(type)` calls the listeners for what the target did before.
 */
export function createStandIn(first) {
  let target = first
  const listeners = []
  const addEventListener = (type, listener, options) => {
    if (!options?.once) listeners.push({ type, listener, options })
    target.addEventListener(type, listener, options)
  }
  const object = new Proxy(
    {},
    {
      get(_, name) {
        if (name === 'addEventListener') return addEventListener
        const value = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
      set: (_, name, value) => Reflect.set(target, name, value, target),
    },
  )
  const use = next => {
    for (const { type, listener, options } of listeners) {
      target.removeEventListener(type, listener, options)
      next.addEventListener(type, listener, options)
    }
    target = next
  }
  const emit = type => {
    for (const { type: wanted, listener } of listeners) if (wanted === type) listener(new Event(type))
  }
  return { object, use, emit }
}

/** The songs of a queue, each played in an element of its own. */
export class GaplessPlayer {
  #element
  #stream
  #videos
  #streams
  #next = null

  constructor(element) {
    this.#element = element
    this.#stream = new Stream(element)
    this.#videos = createStandIn(element)
    this.#streams = createStandIn(this.#stream)
  }

  /** Stands for the element of the song that plays. */
  get video() {
    return this.#videos.object
  }

  /** Stands for its stream. */
  get stream() {
    return this.#streams.object
  }

  /** Opens the next song, whose page is `href`, once the end of this one is near. */
  prefetchNearEnd(href) {
    const { duration, currentTime, paused } = this.#element
    if (paused || !(duration - currentTime < PREFETCH_S) || this.#next?.href === href) return
    this.#release()
    this.#prefetch(href)
  }

  async #prefetch(href) {
    const element = document.createElement('video')
    Object.assign(element, { playsInline: true, preload: 'auto', hidden: true })
    element.dataset.next = ''
    const next = { href, element, stream: new Stream(element, { preload: 'auto' }), film: null, page: null }
    this.#next = next
    try {
      const page = await fetchWatchPage(href)
      const film = readFilm(page)
      if (this.#next !== next || film?.kind !== 'audio') return
      if (film.poster) element.poster = film.poster
      this.#element.after(element)
      Object.assign(next, { film, page })
      await next.stream.open(film, { quality: loadPreferences().quality ?? 'auto' })
    } catch {
      // The song is opened when it is its turn.
    }
  }

  /**
   * Starts the song with the page `href` if it was opened and has data, in place of the one that played. `onStart({film,
   * page})` is called before the listeners of the player. Returns false if it was not, or may not be started without a click.
   */
  async start(href, onStart) {
    const next = this.#next
    if (next?.href !== href || !next.film || next.element.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) {
      this.#release()
      return false
    }
    const before = { element: this.#element, stream: this.#stream }
    for (const name of ['volume', 'muted', 'controls', 'defaultPlaybackRate', 'playbackRate'])
      next.element[name] = before.element[name]
    try {
      await next.element.play()
    } catch {
      this.#release()
      return false
    }
    this.#next = null
    this.#element = next.element
    this.#stream = next.stream
    this.#videos.use(next.element)
    this.#streams.use(next.stream)
    before.element.pause()
    before.stream.close()
    unload(before.element)
    delete next.element.dataset.next
    next.element.id = before.element.id
    next.element.hidden = false
    onStart({ film: next.film, page: next.page })
    for (const type of ['renditions', 'quality', 'sounds']) this.#streams.emit(type)
    for (const type of ['durationchange', 'loadedmetadata', 'play', 'playing']) this.#videos.emit(type)
    return true
  }

  #release() {
    if (!this.#next) return
    const { element, stream } = this.#next
    this.#next = null
    stream.close()
    unload(element)
  }
}

/** Removes an element, and ends its requests. */
function unload(element) {
  element.removeAttribute('src')
  element.load()
  element.remove()
}
