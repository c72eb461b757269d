// Tells the server now and then how far the film was watched, so that another evening, or another
// device, can go on from there.

const EVERY_MS = 15000

/** Keeps the position of whatever film `filmOf()` says is open. */
export function keepProgress({ video, stream, filmOf }) {
  let lastAt = -1
  let lastSent = 0

  const send = keepalive => {
    const { history } = filmOf()
    const at = Math.floor(stream.position)
    if (!history || !Number.isFinite(video.duration) || at === lastAt || at === 0) return
    lastAt = at
    lastSent = performance.now()
    fetch(history, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      keepalive,
      body: JSON.stringify({ position_s: at, duration_s: Math.round(video.duration) }),
    }).catch(() => {})
  }

  video.addEventListener('timeupdate', () => {
    if (!video.paused && performance.now() - lastSent > EVERY_MS) send(false)
  })
  video.addEventListener('pause', () => send(false))
  addEventListener('pagehide', () => send(true))
}

/** Where to begin: where it was left, unless that is the very beginning or the end. */
export function beginningOf(film) {
  const at = film.resume_s ?? 0
  const end = film.duration_s ?? Infinity
  return at > 10 && at < end * 0.96 ? at : 0
}
