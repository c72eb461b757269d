// Shows what plays on lock screens and on the keys of keyboards and headphones, and takes their commands
// (https://www.w3.org/TR/mediasession/).

/**
 * Handles the media session; `getFilm()` returns what is open, and `open(neighbour)` opens another one. `show()` of the
 * result shows what is known of it now.
 */
export function handleMediaSession({ video, actions, getFilm, open }) {
  const session = navigator.mediaSession
  if (!session) return { show() {} }

  const show = () => {
    const film = getFilm()
    const { title, artist = '', album } = film
    const artwork = film.poster ? [{ src: new URL(film.poster, location.href).href }] : []
    session.metadata = new MediaMetadata({
      title,
      artist: artist ?? '',
      album: album ?? film.folder ?? '',
      artwork,
    })
    handle('previoustrack', film.previous && (() => open(film.previous)))
    handle('nexttrack', film.next && (() => open(film.next)))
  }
  // A browser refuses commands that it does not have.
  const handle = (command, act) => {
    try {
      session.setActionHandler(command, act || null)
    } catch {}
  }
  const showPosition = () => {
    const { duration, playbackRate, currentTime } = video
    if (!Number.isFinite(duration) || duration <= 0) return
    try {
      session.setPositionState({ duration, playbackRate, position: Math.min(currentTime, duration) })
    } catch {}
  }

  handle('seekbackward', ({ seekOffset }) => actions.seekBy(-(seekOffset ?? 10)))
  handle('seekforward', ({ seekOffset }) => actions.seekBy(seekOffset ?? 10))
  handle('seekto', ({ seekTime }) => (video.currentTime = seekTime))
  for (const event of ['loadedmetadata', 'playing']) video.addEventListener(event, show)
  for (const event of ['playing', 'seeked', 'ratechange', 'pause'])
    video.addEventListener(event, showPosition)
  return { show }
}
