// Holds every sentence that a script shows, so that a translation has one place to replace. Texts with
// values are functions. Problem texts that come from the server (`problem.detail`, the film's `verdicts`)
// and the labels of the templates are not in here.

export const account = {
  signedIn: 'Signed in.',
  signingIn: 'Signing in…',
  codeExpired: 'The code has run out. Here comes a new one…',
  waitingForPhone: 'Waiting for your phone…',
  driveSilent: 'The drive does not answer. Asking again…',
  offlineRetrying: 'No connection to Drive-In. Asking again…',
  offline: 'No connection to Drive-In. Try again.',
}

export const cast = {
  failed: 'The Chromecast did not take it. Can it reach this server?',
}

export const copy = {
  copied: 'Copied',
  pressKeys: 'Press Ctrl+C',
}

export const dialog = {
  close: 'Close',
  failed: 'That did not work',
  offline: 'No connection to Drive-In. Try again.',
}

export const listing = {
  loading: 'Loading…',
  loaded: count => `${count} more loaded`,
  failed: 'That did not work. Try again',
  selected: count => (count === 1 ? '1 entry:' : `${count} entries:`),
}

export const uploads = {
  title: 'Uploads',
  choose: 'Files to upload',
  progressOf: name => `Upload of ${name}`,
  buttonFor: (label, name) => `${label}: ${name}`,
  waiting: 'Waiting',
  checking: 'Asking the drive…',
  done: size => `Done, ${size}`,
  cancelled: 'Cancelled',
  skipped: 'Left as it is',
  nameTaken: 'There is one of that name already.',
  cancel: 'Cancel',
  replace: 'Replace',
  keepBoth: 'Keep both',
  skip: 'Skip',
  tryAgain: 'Try again',
  timeLeft: time => `${time} left`,
  offline: 'The connection broke off. What has arrived is not sent again.',
  refused: status => `The server answered with ${status}.`,
}

export const passkeys = {
  unsupported: 'This browser has no passkeys.',
  cancelled: 'The device has not agreed, or was not asked in time. Try again.',
  known: 'That device has a passkey for this server already.',
}

export const player = {
  play: 'Play',
  pause: 'Pause',
  back: '10 seconds back',
  ahead: '10 seconds ahead',
  position: 'Position',
  positionOf: (at, length) => `${at} of ${length}`,
  inChapter: (clock, title) => `${clock} · ${title}`,
  unknownLength: '–:––',
  volume: 'Volume',
  volumeAt: percent => `Volume ${percent}%`,
  soundOff: 'Sound off',
  soundOn: 'Sound on',
  quality: 'Quality',
  qualities: { auto: 'Auto', original: 'Original', audio: 'Audio only' },
  notOffered: 'not offered',
  speed: 'Speed',
  speedAt: rate => (rate === 1 ? 'Normal speed' : `Speed ${rate}×`),
  speedLabel: rate => (rate === 1 ? 'Normal' : `${rate}×`),
  sounds: 'Sound track',
  soundNotHere: codec => `${codec}: in VLC`,
  subtitles: 'Subtitles',
  subtitlesNone: 'No subtitles',
  subtitlesOff: 'Subtitles off',
  subtitlesOn: track => `Subtitles: ${track || 'on'}`,
  off: 'Off',
  track: number => `Track ${number}`,
  airPlay: 'AirPlay',
  pictureInPicture: 'Picture in picture',
  pictureInPictureFailed: 'No small picture at the moment',
  fullScreen: 'Full screen',
  leaveFullScreen: 'Leave full screen',
  fullScreenFailed: 'Full screen is not allowed here',
  close: 'Close',
  keys: 'Keys',
  keysHint: 'Keys (?)',
  keyList: [
    ['Space, K', 'Play or pause'],
    ['J, L', '10 seconds back, ahead'],
    ['←, →', '5 seconds back, ahead'],
    ['↑, ↓', 'Louder, quieter'],
    ['M', 'Sound off and on'],
    ['0 … 9', 'To that tenth of the film'],
    ['<, >', 'Slower, faster'],
    ['C', 'Subtitles'],
    ['F', 'Full screen'],
    ['P', 'Picture in picture'],
    ['?', 'This list'],
  ],
  skipIntro: 'Skip intro',
  introStarts: 'The intro starts here. Now mark its end.',
  introMarked: isMarked => (isMarked ? 'Marked for the whole season' : 'The mark is removed'),
  introFailed: 'That could not be marked',
  nextFilm: 'Next film',
  next: 'Next',
  playNow: seconds => `Play now (${seconds})`,
  stayHere: 'Stay here',
}

export const errors = {
  title: 'This film does not play',
  sentence: 'The server did not say why.',
  step: 'Try again in a moment.',
  undecodable: format => `This browser cannot decode ${format}. The film itself is fine.`,
  retryIn: seconds => `Next look in ${seconds} s`,
  retrying: 'Looking…',
  tryAgain: 'Try again',
  playOriginal: 'Play the original',
  openInVlc: 'Open in VLC',
}

export const stream = {
  originalInstead: 'The drive has no stream of this film at the moment: the original plays.',
  noAudioOnly: 'There is no audio-only stream of this film.',
  stumbling: 'The drive stumbles. Trying again …',
  originalFailed: 'This browser cannot play the original: back to the stream. VLC plays it.',
  partMissing: (isPicture, codecs, hasStream) => {
    const part = isPicture ? 'shows no picture' : 'plays no sound'
    const reason = codecs
      ? `This browser has no ${codecs}, so the file ${part}`
      : `This browser ${part} of the file`
    return hasStream ? `${reason}: the stream plays instead.` : `${reason}. VLC plays it: open it there.`
  },
  lacksCodec: (codec, other) => `This browser has no ${codec}: ${other} plays, or open it in VLC.`,
  codecNames: {
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
  },
  backToAuto: (name, isTranscoding) =>
    `${name} ${isTranscoding ? 'is still being prepared' : 'cannot be had at the moment'}: back to Auto.`,
}
