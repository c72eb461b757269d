// The sound tracks of a film that hls.js plays. The chosen language is kept for the next film.

import { loadPreferences, savePreferences } from './preferences.js'

export class Sounds {
  #hls = null
  #onChange
  #isRestored = false

  constructor(onChange) {
    this.#onChange = onChange
  }

  /** The tracks: `[{value, label}]`. */
  get items() {
    return (this.#hls?.audioTracks ?? []).map((track, at) => ({ value: String(at), label: track.name }))
  }

  /** The value of the track that plays. */
  get chosen() {
    return String(this.#hls?.audioTrack ?? -1)
  }

  /** Plays another track. */
  choose(value) {
    const track = this.#hls?.audioTracks[Number(value)]
    if (!track) return
    savePreferences({ sound: track.lang || track.name })
    this.#hls.audioTrack = Number(value)
  }

  /** Follows the tracks of `hls`. */
  follow(hls, Hls) {
    this.#hls = hls
    this.#isRestored = false
    hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, () => {
      this.#restore()
      this.#onChange()
    })
    hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, () => this.#onChange())
  }

  /** Forgets the tracks of a film that is closed. */
  release() {
    this.#hls = null
    this.#onChange()
  }

  #restore() {
    const { sound } = loadPreferences()
    const tracks = this.#hls.audioTracks
    if (!sound || this.#isRestored || tracks.length === 0) return
    this.#isRestored = true
    const at = tracks.findIndex(track => (track.lang || track.name) === sound)
    if (at >= 0 && at !== this.#hls.audioTrack) this.#hls.audioTrack = at
  }
}
