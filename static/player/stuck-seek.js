// Repeats a seek that does not end although its bytes are here. WebKitGTK forgets one now and then where a source
// buffer is emptied meanwhile, as a change of the sound track does; the picture would stand still for good.

const PATIENCE_MS = 4000
// WebKitGTK ignores a seek to the same position.
const STEP_S = 0.05

/** Watches the seeks of a <video>. */
export function repeatStuckSeeks(video) {
  let timer = null
  const watch = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (!video.seeking) return
      if (isBuffered(video.buffered, video.currentTime)) video.currentTime += STEP_S
      watch()
    }, PATIENCE_MS)
  }
  video.addEventListener('seeking', watch)
  for (const name of ['seeked', 'emptied']) video.addEventListener(name, () => clearTimeout(timer))
}

/** Returns true if `ranges` contains a position and half a second behind it. */
export function isBuffered(ranges, position) {
  for (let index = 0; index < ranges.length; index += 1) {
    if (ranges.start(index) <= position && ranges.end(index) >= position + 0.5) return true
  }
  return false
}
