// Names the renditions of a film: those that its page lists, and the levels that hls.js has found.

import { player as texts } from '../texts.js'

const QUALITIES = {
  auto: texts.qualityAuto,
  original: texts.qualityOriginal,
  audio: texts.qualityAudio,
}

/** Returns the text for a quality: `Auto`, `1080p`. */
export function qualityLabel(name) {
  return QUALITIES[name] ?? name
}

/** The playlists of the repackaged original in a master playlist. */
const SOURCE_PLAYLIST = /\/source(-video)?\.m3u8$/

/** Returns the rendition of a level: the name of its playlist, or else its number of lines; `''` for none. */
export function renditionOf(level) {
  if (!level) return ''
  if (isSourceUrl(level.url?.[0] ?? level.uri ?? '')) return 'original'
  const [, name] = /\/(\d+p)\.m3u8$/.exec(level.url?.[0] ?? level.uri ?? '') ?? []
  return name ?? (level.height ? `${Math.min(level.height, level.width || level.height)}p` : 'audio')
}

/** Returns true for the URL of a playlist of the repackaged original. */
export function isSourceUrl(url) {
  return SOURCE_PLAYLIST.test(url)
}

/** Returns the names of the `listed` renditions and of the `levels` with a picture, best first. */
export function renditionNames(listed, levels) {
  const known = listed.map(rendition => rendition.name)
  const found = levels.filter(level => level.height).map(renditionOf)
  const names = new Set([...known, ...found].filter(name => /^\d+p$/.test(name)))
  return [...names].sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
}
