// The sound tracks of a film that hls.js plays, and those that this browser lacks a decoder for. The chosen language is
// kept for the next film.

import { player as texts } from '../texts.js'
import { codecName, isSupported } from './codecs.js'
import { localLabel } from './language-names.js'
import { loadPreferences, savePreferences } from './preferences.js'

export class Sounds {
  #hls = null
  #onChange
  #isRestored = false
  #lacking = []

  constructor(onChange) {
    this.#onChange = onChange
  }

  /** The tracks: `[{value, label, note?, disabled?}]`. */
  get items() {
    const tracks = this.#hls?.audioTracks ?? []
    return [
      ...tracks.map((track, at) => ({ value: String(at), label: localLabel(track.name, track.lang) })),
      ...this.#lacking.map(({ name, lang, codec }) => ({
        value: `lacking ${name}`,
        label: localLabel(name, lang),
        note: texts.soundNotHere({ codec: codecName(codec) }),
        disabled: true,
      })),
    ]
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
    // The track that plays goes on until the other one has arrived.
    this.#hls.nextAudioTrack = Number(value)
  }

  /** Follows the tracks of `hls`. */
  follow(hls, Hls) {
    this.#hls = hls
    this.#isRestored = false
    this.#lacking = []
    hls.on(Hls.Events.MANIFEST_LOADED, (_, data) => (this.#lacking = lackingSounds(data, isSupported)))
    hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, () => {
      this.#restore()
      this.#onChange()
    })
    hls.on(Hls.Events.AUDIO_TRACK_SWITCHING, () => this.#onChange())
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

/**
 * Returns the sounds of a master playlist that cannot be decoded in any of their groups: `[{name, lang, codec}]`. Data are
 * those of hls.js: `levels` with their attributes, and `audioTracks`.
 */
export function lackingSounds({ levels, audioTracks = [] }, isSupported) {
  const codecs = new Map()
  for (const { attrs = {} } of levels) {
    // The codec of the picture is the first, those of the sounds follow.
    const [, ...sounds] = (attrs.CODECS ?? '').split(',')
    if (attrs.AUDIO) codecs.set(attrs.AUDIO, sounds)
  }
  const lacking = new Map()
  const isPlayable = track => (codecs.get(track.groupId) ?? []).every(isSupported)
  const playable = new Set(audioTracks.filter(isPlayable).map(track => track.name))
  for (const track of audioTracks) {
    const codec = (codecs.get(track.groupId) ?? []).find(codec => !isSupported(codec))
    if (codec && !playable.has(track.name))
      lacking.set(track.name, { name: track.name, lang: track.lang, codec })
  }
  return [...lacking.values()]
}
