// What a viewer chose last time: speed, volume, quality, subtitles. Kept in the browser, and only
// there; a browser that keeps nothing (private windows, blocked storage) simply forgets.

const KEY = 'drivein.player'

/** Everything that is remembered. */
export function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY))
    return kept && typeof kept === 'object' ? kept : {}
  } catch {
    return {}
  }
}

/** Remembers some more. */
export function remember(choices) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...recall(), ...choices }))
  } catch {
    // Nothing is kept here.
  }
}
