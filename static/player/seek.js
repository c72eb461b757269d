// Creates the seek line: the time, the slider with what is buffered and the chapter marks, and the length.

import { player as texts } from '../texts.js'
import { chapterAt, loadChapters } from './chapters.js'
import { formatClock } from './clock.js'
import { make } from './elements.js'
import { Slider } from './slider.js'
import { Thumbnails } from './thumbnails.js'

const SHOW_EVENTS = ['timeupdate', 'seeking', 'seeked', 'durationchange', 'loadedmetadata', 'emptied']
const SHADE_EVENTS = ['progress', 'seeked', 'timeupdate', 'emptied']

/** Creates the seek line of a player; it follows the open film, which `getFilm()` returns. */
export function createSeekLine({ video, stream, actions, getFilm }) {
  let film = null
  let length = 0
  let chapters = []
  const now = make('span', { className: 'time', textContent: formatClock(0) })
  const end = make('span', { className: 'time' })
  const thumbnails = new Thumbnails({ video, getFilm })
  const slider = new Slider('seek', texts.position, {
    format: (at, max) => {
      const clock = max
        ? texts.positionOf({ at: formatClock(at), length: formatClock(max) })
        : formatClock(at)
      const chapter = chapterAt(chapters, at)
      return chapter ? `${clock} · ${chapter}` : clock
    },
    onChange: actions.seekTo,
    onStep: by => actions.seekBy(5 * by),
    onPress: actions.togglePlay,
    pictureAt: at => thumbnails.at(at),
  })

  const show = () => {
    // While another quality is being opened the element has no length for a moment; the film has.
    if (film !== getFilm()) {
      film = getFilm()
      length = film.duration_s ?? 0
    }
    if (Number.isFinite(video.duration)) length = video.duration
    const at = length > 0 ? Math.min(stream.position, length) : stream.position
    now.textContent = formatClock(at, length)
    end.textContent = length > 0 ? formatClock(length) : '–:––'
    slider.show(at, length)
  }
  // Not before the film itself is open: its index is read for it anyway.
  const mark = async () => {
    const opened = getFilm()
    const found = opened.chapters ? await loadChapters(opened.chapters) : []
    if (opened !== getFilm()) return
    chapters = found.length > 1 ? found : []
    slider.mark(chapters.map(chapter => chapter.at))
    show()
  }
  let marked = null
  video.addEventListener('loadedmetadata', () => {
    if (marked === getFilm()) return
    marked = getFilm()
    chapters = []
    slider.mark([])
    mark()
  })
  const shade = () => {
    const { buffered } = video
    slider.shade(Array.from({ length: buffered.length }, (_, n) => [buffered.start(n), buffered.end(n)]))
  }

  for (const event of SHOW_EVENTS) video.addEventListener(event, show)
  for (const event of SHADE_EVENTS) video.addEventListener(event, shade)
  stream.addEventListener('renditions', show)
  show()
  return make('div', { className: 'seek-line' }, now, slider.element, end)
}
