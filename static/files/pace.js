// How fast something goes and how long it still takes: an average over the last seconds, so that the
// words do not flicker.

const WINDOW_MS = 8000

/** The pace of something that has `total` bytes. */
export class Pace {
  #total
  #marks = []

  constructor(total) {
    this.#total = total
  }

  /** With so many bytes done at `now` (ms): percent, bytes per second, and seconds left or null. */
  at(done, now) {
    this.#marks.push({ done, now })
    while (this.#marks.length > 2 && now - this.#marks[0].now > WINDOW_MS) this.#marks.shift()
    const first = this.#marks[0]
    const spent = (now - first.now) / 1000
    const speed = spent > 0.5 ? Math.max(0, (done - first.done) / spent) : 0
    const percent = this.#total > 0 ? (done / this.#total) * 100 : 0
    return { percent, speed, left: speed > 0 ? (this.#total - done) / speed : null }
  }
}

/** Bytes in decimal units, as the server writes them. */
export function size(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** Seconds in words: `8 s`, `3 min`, `2 h`. */
export function time(seconds) {
  if (seconds < 100) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`
  return `${Math.round(seconds / 3600)} h`
}
