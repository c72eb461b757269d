// Codecs that this browser decodes, by their RFC 6381 names, and their usual names.

const CODEC_NAMES = {
  hvc1: 'HEVC',
  hev1: 'HEVC',
  dvh1: 'Dolby Vision',
  dvhe: 'Dolby Vision',
  av01: 'AV1',
  vp09: 'VP9',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  dtsc: 'DTS',
  dtse: 'DTS',
  mlpa: 'TrueHD',
  fLaC: 'FLAC',
  alac: 'ALAC',
  avc1: 'H.264',
}

/** Returns true if the browser decodes a codec, or several that are separated by commas, in fragmented MP4. */
export function isSupported(codecs) {
  return MediaSource.isTypeSupported(`video/mp4; codecs="${codecs}"`)
}

/** Returns the usual name of a codec: `HEVC` for `hvc1.2.4.L93.B0`. */
export function codecName(codec) {
  return CODEC_NAMES[codec.split('.')[0]] ?? codec
}

/** Returns the names of the codecs in `codecs` that the browser lacks. */
export function lackingCodecs(codecs = '') {
  const lacking = codecs.split(',').filter(codec => codec && !isSupported(codec))
  return lacking.map(codecName).join(', ') || codecs
}
