// Measures how fast a transfer goes and how long it still takes, averaged over the last seconds so that
// the numbers do not flicker.

const WINDOW_MS = 8000
const MIN_SPAN_S = 0.5

/** Measures one transfer of `total` bytes. */
export class TransferRate {
  #total
  #samples = []

  constructor(total) {
    this.#total = total
  }

  /**
   * Records that `done` bytes have arrived at `now` (ms). Returns the percentage, the speed in bytes per
   * second (0 while it is unknown), and the seconds left, or `null` while they are unknown.
   */
  record(done, now) {
    this.#samples.push({ done, now })
    while (this.#samples.length > 2 && now - this.#samples[0].now > WINDOW_MS) this.#samples.shift()
    const first = this.#samples[0]
    const span = (now - first.now) / 1000
    const speed = span > MIN_SPAN_S ? Math.max(0, (done - first.done) / span) : 0
    const percent = this.#total > 0 ? (done / this.#total) * 100 : 0
    return { percent, speed, left: speed > 0 ? (this.#total - done) / speed : null }
  }
}

// The decimal sign is that of the page's language.
const tenths = new Intl.NumberFormat(globalThis.document?.documentElement.lang || 'en', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  numberingSystem: 'latn',
})

/** Formats bytes in decimal units, as the server does: `8.5 MB`. */
export function formatSize(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit > 0 && value < 9.95 ? tenths.format(value) : Math.round(value)} ${units[unit]}`
}

/** Formats seconds: `8 s`, `3 min`, `2 h`. */
export function formatDuration(seconds) {
  if (seconds < 100) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`
  return `${Math.round(seconds / 3600)} h`
}
