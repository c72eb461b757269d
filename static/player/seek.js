// Where the film is: the time, the line that can be dragged, what is loaded already, and the length.

import { make } from './elements.js'
import { Slider } from './slider.js'

/** The line of one player; it follows whatever film `filmOf()` says is open. */
export function seekLine({ video, stream, deeds, filmOf }) {
  let film = null
  let length = 0
  const now = make('span', { className: 'time', textContent: clock(0) })
  const end = make('span', { className: 'time' })
  const slider = new Slider('seek', 'Position', {
    words: (at, max) => (max ? `${clock(at)} of ${clock(max)}` : clock(at)),
    pick: deeds.seekTo,
    step: by => deeds.seekBy(5 * by),
    press: deeds.togglePlay,
  })

  const show = () => {
    // While another quality is opened the element has no length for a moment; the film has.
    if (film !== filmOf()) {
      film = filmOf()
      length = film.duration_s ?? 0
    }
    if (Number.isFinite(video.duration)) length = video.duration
    const at = length > 0 ? Math.min(stream.position, length) : stream.position
    now.textContent = clock(at, length)
    end.textContent = length > 0 ? clock(length) : '–:––'
    slider.show(at, length)
  }
  const shade = () => {
    const { buffered } = video
    slider.shade(Array.from({ length: buffered.length }, (_, n) => [buffered.start(n), buffered.end(n)]))
  }

  for (const event of ['timeupdate', 'seeking', 'seeked', 'durationchange', 'loadedmetadata', 'emptied'])
    video.addEventListener(event, show)
  for (const event of ['progress', 'seeked', 'timeupdate', 'emptied']) video.addEventListener(event, shade)
  stream.addEventListener('rungs', show)
  show()
  return make('div', { className: 'seek-line' }, now, slider.element, end)
}

/** `1:02:03`, with as many places as `longest` needs. */
export function clock(seconds, longest = seconds) {
  const whole = Math.max(0, Math.floor(seconds))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = number => String(number).padStart(2, '0')
  if (h > 0 || longest >= 3600) return `${h}:${two(m)}:${two(s)}`
  return `${m}:${two(s)}`
}
