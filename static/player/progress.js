// Reports to the server how far the film was watched, so that another visit or another device resumes there.

const REPORT_INTERVAL_MS = 15_000
const MIN_RESUME_S = 10
const MAX_RESUME_PART = 0.92

/** Reports the position of the open film, which `getFilm()` returns. */
export function reportProgress({ video, stream, getFilm }) {
  let lastPosition = -1
  let lastSent = 0

  const send = keepalive => {
    const { history } = getFilm()
    const position = Math.floor(stream.position)
    if (!history || !Number.isFinite(video.duration) || position === lastPosition || position === 0) return
    lastPosition = position
    lastSent = performance.now()
    fetch(history, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      keepalive,
      body: JSON.stringify({ position_s: position, duration_s: Math.round(video.duration) }),
    }).catch(() => {})
  }

  video.addEventListener('timeupdate', () => {
    if (!video.paused && performance.now() - lastSent > REPORT_INTERVAL_MS) send(false)
  })
  video.addEventListener('pause', () => send(false))
  addEventListener('pagehide', () => send(true))
}

/** Returns where to start, in seconds: where the viewer left off, unless near the beginning or the end. */
export function resumePosition(film) {
  const position = film.resume_s ?? 0
  const length = film.duration_s ?? Infinity
  return position > MIN_RESUME_S && position < length * MAX_RESUME_PART ? position : 0
}
