// Made of locales/en/scripts.ftl by src/web/locale/script_texts.rs.

const rules = new Intl.PluralRules('en')
const choose = (value, variants, other) =>
  variants[value] ?? variants[typeof value === 'number' ? rules.select(value) : ''] ?? other

export const account = {
  signedIn: `Signed in.`,
  signingIn: `Signing in…`,
  codeExpired: `The code has run out. Here comes a new one…`,
  waitingForPhone: `Waiting for your phone…`,
  driveSilent: `The drive does not answer. Asking again…`,
  offlineRetrying: `No connection to Drive-In. Asking again…`,
  offline: `No connection to Drive-In. Try again.`,
}

export const cast = {
  failed: `The Chromecast did not take it. Can it reach this server?`,
}

export const copy = {
  copied: `Copied`,
  pressKeys: `Press Ctrl+C`,
}

export const dialog = {
  close: `Close`,
  failed: `That did not work`,
  offline: `No connection to Drive-In. Try again.`,
}

export const errors = {
  title: `This film does not play`,
  sentence: `The server did not say why.`,
  step: `Try again in a moment.`,
  undecodable: ({ format }) => `This browser cannot decode ${format}. The film itself is fine.`,
  retryIn: ({ seconds }) => `Next look in ${seconds} s`,
  retrying: `Looking…`,
  tryAgain: `Try again`,
  playOriginal: `Play the original`,
  openInVlc: `Open in VLC`,
}

export const listing = {
  loading: `Loading…`,
  loaded: ({ count }) => `${count} more loaded`,
  failed: `That did not work. Try again`,
  selected: ({ count }) => `${choose(count, { 'one': `${count} entry:` }, `${count} entries:`)}`,
}

export const passkeys = {
  unsupported: `This browser has no passkeys.`,
  cancelled: `The device has not agreed, or was not asked in time. Try again.`,
  known: `That device has a passkey for this server already.`,
}

export const player = {
  play: `Play`,
  pause: `Pause`,
  back: `10 seconds back`,
  ahead: `10 seconds ahead`,
  position: `Position`,
  positionOf: ({ at, length }) => `${at} of ${length}`,
  volume: `Volume`,
  volumeAt: ({ percent }) => `Volume ${percent}%`,
  soundOff: `Sound off`,
  soundOn: `Sound on`,
  quality: `Quality`,
  qualityAuto: `Auto`,
  qualityOriginal: `Original`,
  qualityAudio: `Audio only`,
  notOffered: `not offered`,
  speed: `Speed`,
  speedNormal: `Normal speed`,
  speedAt: ({ rate }) => `Speed ${rate}×`,
  normal: `Normal`,
  sounds: `Sound track`,
  soundNotHere: ({ codec }) => `${codec}: in VLC`,
  subtitles: `Subtitles`,
  subtitlesNone: `No subtitles`,
  subtitlesOff: `Subtitles off`,
  subtitlesOn: `Subtitles on`,
  subtitlesOf: ({ track }) => `Subtitles: ${track}`,
  off: `Off`,
  track: ({ number }) => `Track ${number}`,
  look: `Look and time of subtitles`,
  lookSize: `Size`,
  lookSmall: `Small`,
  lookLarge: `Large`,
  lookHuge: `Very large`,
  lookColor: `Colour`,
  lookWhite: `White`,
  lookYellow: `Yellow`,
  lookGreen: `Green`,
  lookCyan: `Light blue`,
  lookPlace: `Place`,
  lookBottom: `Bottom`,
  lookRaised: `Higher`,
  lookTop: `Top`,
  lookTime: `Time`,
  lookEarlier: `Half a second earlier`,
  lookLater: `Half a second later`,
  lookBy: ({ seconds }) => `${seconds} s`,
  lookStyled: `Subtitles with a look of their own keep it, and follow the time alone.`,
  airPlay: `AirPlay`,
  pictureInPicture: `Picture in picture`,
  pictureInPictureFailed: `No small picture at the moment`,
  fullScreen: `Full screen`,
  leaveFullScreen: `Leave full screen`,
  fullScreenFailed: `Full screen is not allowed here`,
  close: `Close`,
  keys: `Keys`,
  keysHint: `Keys (?)`,
  keySpace: `Space`,
  keyPlay: `Play or pause`,
  keyTenSeconds: `10 seconds back, ahead`,
  keyFiveSeconds: `5 seconds back, ahead`,
  keyVolume: `Louder, quieter`,
  keyMute: `Sound off and on`,
  keyTenth: `To that tenth of the film`,
  keySpeed: `Slower, faster`,
  keyList: `This list`,
  shuffle: `Shuffle`,
  shuffleOn: `Shuffle on`,
  shuffleOff: `Shuffle off`,
  repeatAll: `Repeat all`,
  repeatOne: `Repeat this song`,
  repeatOff: `Repeat off`,
  keyRepeat: `Repeat all, this song, nothing`,
  skipIntro: `Skip intro`,
  introStarts: `The intro starts here. Now mark its end.`,
  introMarked: `Marked for the whole season`,
  introRemoved: `The mark is removed`,
  introFailed: `That could not be marked`,
  nextFilm: `Next film`,
  next: `Next`,
  playNow: ({ seconds }) => `Play now (${seconds})`,
  stayHere: `Stay here`,
}

export const stream = {
  originalInstead: `The drive has no stream of this film at the moment: the original plays.`,
  noAudioOnly: `There is no audio-only stream of this film.`,
  stumbling: `The drive stumbles. Trying again …`,
  originalFailed: `This browser cannot play the original: back to the stream. VLC plays it.`,
  noPicture: ({ codecs, plays }) => `${choose(plays, { 'stream': `This browser has no ${codecs}, so the file shows no picture: the stream plays instead.` }, `This browser has no ${codecs}, so the file shows no picture. VLC plays it: open it there.`)}`,
  noSound: ({ codecs, plays }) => `${choose(plays, { 'stream': `This browser has no ${codecs}, so the file plays no sound: the stream plays instead.` }, `This browser has no ${codecs}, so the file plays no sound. VLC plays it: open it there.`)}`,
  pictureMissing: ({ plays }) => `${choose(plays, { 'stream': `This browser shows no picture of the file: the stream plays instead.` }, `This browser shows no picture of the file. VLC plays it: open it there.`)}`,
  soundMissing: ({ plays }) => `${choose(plays, { 'stream': `This browser plays no sound of the file: the stream plays instead.` }, `This browser plays no sound of the file. VLC plays it: open it there.`)}`,
  lacksCodec: ({ codec, quality }) => `This browser has no ${codec}: ${quality} plays, or open it in VLC.`,
  transcoding: ({ quality }) => `${quality} is still being prepared: back to Auto.`,
  notThere: ({ quality }) => `${quality} cannot be had at the moment: back to Auto.`,
}

export const uploads = {
  title: `Uploads`,
  choose: `Files to upload`,
  progressOf: ({ name }) => `Upload of ${name}`,
  buttonFor: ({ label, name }) => `${label}: ${name}`,
  waiting: `Waiting`,
  checking: `Asking the drive…`,
  done: ({ size }) => `Done, ${size}`,
  cancelled: `Cancelled`,
  skipped: `Left as it is`,
  nameTaken: `There is one of that name already.`,
  cancel: `Cancel`,
  replace: `Replace`,
  keepBoth: `Keep both`,
  skip: `Skip`,
  tryAgain: `Try again`,
  timeLeft: ({ time }) => `${time} left`,
  offline: `The connection broke off. What has arrived is not sent again.`,
  refused: ({ status }) => `The server answered with ${status}.`,
}
