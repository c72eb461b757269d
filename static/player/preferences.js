// Keeps each viewer's last choices (speed, volume, quality, subtitles) in the browser's local storage. Where
// the browser has none (private windows, blocked storage), nothing is kept and nothing fails.

/** Returns the key of the page's viewer; the owner's is the plain one. */
function key() {
  const viewer = globalThis.document?.documentElement.dataset.viewer
  return viewer ? `drivein.player.${viewer}` : 'drivein.player'
}

/** Returns the stored preferences; `{}` where there are none or they cannot be read. */
export function loadPreferences() {
  try {
    const stored = JSON.parse(localStorage.getItem(key()))
    return stored && typeof stored === 'object' ? stored : {}
  } catch {
    return {}
  }
}

/** Merges `changes` into the stored preferences. */
export function savePreferences(changes) {
  try {
    localStorage.setItem(key(), JSON.stringify({ ...loadPreferences(), ...changes }))
  } catch {
    // The browser stores nothing.
  }
}
