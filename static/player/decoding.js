// Notices a film that plays without its picture or without its sound: a browser that lacks one of two codecs of a file
// plays the other one and reports no error.

import { codecName, isSupported } from './codecs.js'
import { isSourceUrl } from './renditions.js'

// Seconds of the film that are played before its picture or its sound counts as missing.
const SAMPLE_S = 3

export class DecodingCheck {
  #video
  #onLacking
  #played = 0
  #last = null
  #isDone = true

  /** `onLacking({picture, sound})` is called once for each film that was opened, if one of them is missing. */
  constructor(video, onLacking) {
    this.#video = video
    this.#onLacking = onLacking
    video.addEventListener('timeupdate', () => this.#onTime())
    video.addEventListener('seeking', () => (this.#last = null))
  }

  /** Starts to watch what is opened now; `hasPicture` is false for recordings. */
  start(hasPicture) {
    this.#played = 0
    this.#last = null
    this.#isDone = false
    this.hasPicture = hasPicture
  }

  /** Ends watching. */
  stop() {
    this.#isDone = true
  }

  #onTime() {
    const video = this.#video
    // A page in the background may leave out its pictures.
    if (this.#isDone || video.paused || video.seeking || document.hidden) return
    const { currentTime } = video
    if (this.#last !== null) this.#played += Math.min(Math.max(currentTime - this.#last, 0), 1)
    this.#last = currentTime
    if (this.#played < SAMPLE_S) return
    this.#isDone = true
    const lacking = lackingParts(video, this.hasPicture)
    if (lacking.picture || lacking.sound) this.#onLacking(lacking)
  }
}

/** Returns which parts of what plays have not been decoded. Only Chromium counts the bytes of its sound. */
export function lackingParts(video, hasPicture) {
  const { totalVideoFrames } = video.getVideoPlaybackQuality()
  return {
    picture: hasPicture && (video.videoWidth === 0 || totalVideoFrames === 0),
    sound: video.webkitAudioDecodedByteCount === 0,
  }
}

/**
 * Finds out from the master playlist of a film why a part is missing: `{codecs, hasStream}`, the names of the codecs that the
 * browser lacks, and whether the playlist has a variant that it decodes. `null` for a file that is silent rightly.
 */
export async function explainLacking(lacking, url) {
  const reply = url ? await fetch(url).catch(() => null) : null
  return explanation(lacking, reply?.ok ? await reply.text() : '', isSupported)
}

/** Returns the same from the text of a master playlist. */
export function explanation({ picture }, master, isSupported) {
  const lines = master.split('\n')
  const variants = lines.flatMap((line, at) =>
    line.startsWith('#EXT-X-STREAM-INF:')
      ? [{ url: `/${lines[at + 1]}`, codecs: (/CODECS="([^"]*)"/.exec(line)?.[1] ?? '').split(',') }]
      : [],
  )
  const originals = variants.filter(({ url }) => isSourceUrl(url))
  // The codec of the picture is the first, those of the sounds follow.
  const sounds = originals.flatMap(({ codecs }) => codecs.slice(1))
  if (!picture && sounds.length === 0) return null
  const parts = picture ? originals.flatMap(({ codecs }) => codecs.slice(0, 1)) : sounds
  const names = parts.filter(codec => codec && !isSupported(codec)).map(codecName)
  const isPlayable = ({ url, codecs }) => !isSourceUrl(url) || codecs.every(isSupported)
  return { codecs: [...new Set(names)].join(', '), hasStream: variants.some(isPlayable) }
}
