// Codecs that this browser decodes, by their RFC 6381 names, and their usual names.

import { stream as texts } from '../texts.js'

/** Returns true if the browser decodes a codec, or several that are separated by commas, in fragmented MP4. */
export function isSupported(codecs) {
  return MediaSource.isTypeSupported(`video/mp4; codecs="${codecs}"`)
}

/** Returns the usual name of a codec: `HEVC` for `hvc1.2.4.L93.B0`. */
export function codecName(codec) {
  return texts.codecNames[codec.split('.')[0]] ?? codec
}

/** Returns the names of the codecs in `codecs` that the browser lacks. */
export function lackingCodecs(codecs = '') {
  const lacking = codecs.split(',').filter(codec => codec && !isSupported(codec))
  return lacking.map(codecName).join(', ') || codecs
}
