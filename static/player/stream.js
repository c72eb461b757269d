// One film in one <video>: through hls.js, through the browser's own HLS (Safari), or as the original
// file. Changing the quality or the way keeps the position, the speed and whether it plays.
//
// Speaks to the rest by events: `rungs` (what can be chosen has changed), `quality` (another rung is
// on the screen), `trouble` (detail: a problem with a code; nothing plays until `open` or `choose`),
// `remark` (detail: a sentence; playing goes on).

import { askWhy } from './problem.js'

const HLS_TYPE = 'application/vnd.apple.mpegurl'
const RECOVERY_PAUSE_MS = 5000
const RESTART_PAUSE_MS = 30000
const QUESTION_PAUSE_MS = 5000
// hls.js tries these again for a while; asking the viewer would be too early.
const MAY_PASS = new Set(['upstream_failed', 'upstream_timeout', 'rate_limited', 'offline'])
const FORMAT_ERRORS = new Set([
  'manifestIncompatibleCodecsError',
  'bufferAddCodecError',
  'bufferIncompatibleCodecsError',
])

// The page has the film's subtitles as files, so hls.js leaves those of the ladder alone.
const OWN_SUBTITLES = {
  subtitleStreamController: null,
  subtitleTrackController: null,
  timelineController: null,
}

export class Stream extends EventTarget {
  #video
  #film = null
  #hls = null
  #Hls = null
  #levels = []
  #audioUrl = null
  #chosen = 'auto'
  #quality = ''
  #way = 'none'
  #pendingAt = null
  #pendingPlay = null
  #tracks = []
  #lastRecovery = -Infinity
  #lastRestart = -Infinity
  #lastQuestion = -Infinity
  #turn = 0

  constructor(video) {
    super()
    this.#video = video
    video.addEventListener('error', () => this.#onVideoError())
    for (const name of ['seeked', 'playing']) {
      video.addEventListener(name, () => (this.#pendingAt = null))
    }
    for (const name of ['playing', 'pause']) {
      video.addEventListener(name, () => (this.#pendingPlay = null))
    }
  }

  /** What the viewer asked for: `auto`, a rung such as `720p`, `original` or `audio`. */
  get chosen() {
    return this.#chosen
  }

  /** What is on the screen: a rung, `original`, `audio`, or nothing yet. */
  get quality() {
    return this.#quality
  }

  /** Where the film is, also while it is being reopened. */
  get position() {
    return this.#pendingAt ?? this.#video.currentTime
  }

  /** Whether it plays, or will when it is open again. */
  get isPlaying() {
    return this.#pendingPlay ?? (!this.#video.paused && !this.#video.ended)
  }

  /** What can be chosen, best first: `[{name, offered}]`. */
  get choices() {
    const rungs = this.#rungNames().map(name => ({ name, offered: this.#offers(name) }))
    const choices = this.#film?.hls ? [{ name: 'auto', offered: true }, ...rungs] : []
    if (this.#film?.original) choices.push({ name: 'original', offered: true })
    if (this.#film?.hls && this.#film.kind !== 'audio') {
      choices.push({ name: 'audio', offered: Boolean(this.#audioAddress()) })
    }
    return choices
  }

  /** Opens a film. */
  async open(film, { quality = 'auto', at = 0, play = false } = {}) {
    this.#film = film
    this.#tracks = [...this.#video.querySelectorAll('track')]
    this.#levels = []
    this.#audioUrl = null
    this.#chosen = film.hls ? quality : 'original'
    // Its streams are the same pictures; a browser that cannot play the file goes on with them.
    if (this.#chosen === 'auto' && film.direct) this.#chosen = 'original'
    await this.#attach(at, play)
  }

  /** Opens the same film once more, where it was. */
  async reopen({ play = true } = {}) {
    await this.#attach(this.position, play)
  }

  /** Changes the quality. */
  async choose(name) {
    if (name === this.#chosen && this.#way !== 'none') return
    this.#chosen = name
    if (this.#way === 'master' && (name === 'auto' || this.#levelOf(name) >= 0)) {
      this.#steer(name)
      return
    }
    await this.#attach(this.position, this.isPlaying)
  }

  /** Lets go of everything. */
  close() {
    this.#turn += 1
    this.#way = 'none'
    this.#hls?.destroy()
    this.#hls = null
    this.#setQuality('')
  }

  // Opening ------------------------------------------------------------------------------------

  async #attach(at, play) {
    this.close()
    const turn = this.#turn
    const video = this.#video
    const { playbackRate } = video
    this.#pendingAt = at > 0 ? at : null
    this.#pendingPlay = play

    if (this.#chosen === 'original') {
      this.#openPlain(this.#film.original, 'original', at)
    } else if (prefersOwnHls(video)) {
      const href = this.#addressOf(this.#chosen) ?? this.#film.hls
      this.#openOwnHls(href, this.#chosen === 'auto' ? '' : this.#chosen, at)
    } else {
      const Hls = await this.#library()
      if (turn !== this.#turn) return
      // Somebody may have pressed play meanwhile; opening would forget it.
      if (!video.paused) this.#pendingPlay = true
      if (Hls?.isSupported()) {
        this.#openHls(Hls, at)
      } else if (video.canPlayType(HLS_TYPE)) {
        this.#openOwnHls(this.#film.hls, '', at)
      } else if (this.#film.original) {
        this.#chosen = 'original'
        this.#openPlain(this.#film.original, 'original', at)
      } else {
        this.#trouble({ code: 'undecodable' })
        return
      }
    }
    video.defaultPlaybackRate = playbackRate
    video.playbackRate = playbackRate
    if (this.#pendingPlay) video.play().catch(() => {})
    this.dispatchEvent(new Event('rungs'))
  }

  async #library() {
    try {
      this.#Hls ??= (await import('../vendor/hls.min.mjs')).default
    } catch {
      this.#Hls = null
    }
    return this.#Hls
  }

  #openOwnHls(href, quality, at) {
    this.#openPlain(href, quality, at)
    this.#way = 'native'
    // The ladder brings its subtitles itself, also to a TV by AirPlay: nobody shall see them twice.
    if (href === this.#film.hls) for (const track of this.#tracks) track.remove()
  }

  #bringTracksBack() {
    // Moving one that is there would turn it off.
    this.#video.append(...this.#tracks.filter(track => !track.isConnected))
  }

  #openPlain(href, quality, at) {
    const video = this.#video
    this.#way = 'plain'
    this.#bringTracksBack()
    video.preload = 'metadata'
    video.src = href
    if (at > 0) {
      video.addEventListener('loadedmetadata', () => (video.currentTime = at), { once: true })
    }
    this.#setQuality(quality)
  }

  #openHls(Hls, at) {
    const audioOnly = this.#chosen === 'audio'
    const url = audioOnly ? this.#audioAddress() : this.#film.hls
    if (!url) {
      // The address of the sound is learnt from the master playlist: play that, and say so.
      this.#chosen = 'auto'
      this.#remark('There is no audio-only stream of this film.')
      this.#openHls(Hls, at)
      return
    }
    const hls = new Hls({
      workerPath: new URL('../vendor/hls.worker.js', import.meta.url).href,
      startPosition: at > 0 ? at : -1,
      backBufferLength: 90,
      maxBufferLength: 30,
      maxMaxBufferLength: 120,
      capLevelToPlayerSize: true,
      lowLatencyMode: false,
      ...OWN_SUBTITLES,
    })
    this.#bringTracksBack()
    this.#hls = hls
    this.#way = audioOnly ? 'audio' : 'master'
    hls.on(Hls.Events.ERROR, (_, data) => this.#onHlsError(data))
    if (audioOnly) {
      this.#setQuality('audio')
    } else {
      hls.on(Hls.Events.MANIFEST_LOADED, (_, data) => this.#learnAudio(data.levels))
      hls.on(Hls.Events.MANIFEST_PARSED, () => this.#onLevels())
      hls.on(Hls.Events.LEVELS_UPDATED, () => this.#onLevels())
      hls.on(Hls.Events.LEVEL_SWITCHED, (_, data) => this.#setQuality(nameOf(hls.levels[data.level])))
    }
    this.#video.removeAttribute('src')
    hls.attachMedia(this.#video)
    hls.loadSource(url)
  }

  /** hls.js leaves out the variants without a picture; the master still names them. */
  #learnAudio(variants) {
    const sound = variants.find(
      level =>
        !level.height &&
        !level.videoCodec &&
        /mp4a|ac-3|ec-3|opus/i.test(level.audioCodec ?? level.attrs?.CODECS ?? 'mp4a'),
    )
    if (sound && variants.length > 1) this.#audioUrl = sound.url
  }

  #onLevels() {
    this.#levels = this.#hls?.levels ?? []
    if (this.#chosen !== 'auto') {
      if (this.#levelOf(this.#chosen) >= 0) {
        this.#hls.startLevel = this.#levelOf(this.#chosen)
        this.#hls.loadLevel = this.#levelOf(this.#chosen)
      } else {
        this.#chosen = 'auto'
      }
    }
    this.dispatchEvent(new Event('rungs'))
  }

  #steer(name) {
    const hls = this.#hls
    if (name === 'auto') {
      hls.loadLevel = -1
    } else {
      hls.currentLevel = this.#levelOf(name)
    }
    this.dispatchEvent(new Event('rungs'))
  }

  // What there is to choose --------------------------------------------------------------------

  #rungNames() {
    const known = (this.#film?.renditions ?? []).map(rendition => rendition.name)
    const found = this.#levels.filter(level => level.height).map(nameOf)
    const names = new Set([...known, ...found].filter(name => /^\d+p$/.test(name)))
    return [...names].sort((a, b) => parseInt(b, 10) - parseInt(a, 10))
  }

  #levelOf(name) {
    return this.#levels.findIndex(level => nameOf(level) === name)
  }

  #addressOf(name) {
    return this.#film.renditions?.find(rendition => rendition.name === name)?.href ?? null
  }

  #audioAddress() {
    return this.#audioUrl ?? this.#addressOf('audio')
  }

  #offers(name) {
    return this.#levels.length > 0 ? this.#levelOf(name) >= 0 : Boolean(this.#addressOf(name))
  }

  // When it fails ------------------------------------------------------------------------------

  #onHlsError(data) {
    if (!data.fatal) {
      if (data.type === 'networkError') this.#onStumble(data)
    } else if (FORMAT_ERRORS.has(data.details)) {
      this.#trouble({ code: 'undecodable', format: data.mimeType ?? data.sourceBufferName })
    } else if (data.type === 'networkError') {
      this.#onNetworkError(data)
    } else if (data.type === 'mediaError' && performance.now() - this.#lastRecovery > RECOVERY_PAUSE_MS) {
      this.#lastRecovery = performance.now()
      this.#hls.recoverMediaError()
    } else {
      this.#trouble({ code: data.type === 'mediaError' ? 'undecodable' : 'upstream_failed' })
    }
  }

  /** hls.js goes on trying: find out whether that makes sense, and whether the viewer should know. */
  async #onStumble(data) {
    if (performance.now() - this.#lastQuestion < QUESTION_PAUSE_MS) return
    this.#lastQuestion = performance.now()
    const turn = this.#turn
    const url = addressIn(data)
    const problem = url ? await askWhy(url) : null
    if (turn !== this.#turn || !problem) return
    if (data.details.startsWith('levelLoad') && this.#levelOf(this.#chosen) >= 0) {
      this.#giveUpRung(problem)
    } else if (this.#video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) {
      if (MAY_PASS.has(problem.code)) this.#remark('The drive stumbles. Trying again …')
      else this.#trouble(problem)
    }
  }

  async #onNetworkError(data) {
    const turn = this.#turn
    const url = addressIn(data) ?? this.#film.hls
    const problem = await askWhy(url)
    const isOneOfMany = this.#chosen !== 'auto' && (await this.#masterIsFine(url))
    if (turn !== this.#turn) return
    if (isOneOfMany && problem && !MAY_PASS.has(problem.code)) {
      this.#giveUpRung(problem)
    } else if (problem) {
      this.#trouble(problem)
    } else if (performance.now() - this.#lastRestart > RESTART_PAUSE_MS) {
      this.#lastRestart = performance.now()
      if (this.#levels.length > 0) this.#hls.startLoad()
      else await this.reopen({ play: this.isPlaying })
    } else {
      this.#trouble({ code: 'upstream_failed' })
    }
  }

  /** The chosen rung cannot be had, others can. */
  async #giveUpRung({ code }) {
    const name = this.#chosen === 'audio' ? 'Audio only' : this.#chosen
    const why = code === 'transcoding' ? 'is still being prepared' : 'cannot be had at the moment'
    this.#remark(`${name} ${why}: back to Auto.`)
    this.#chosen = 'auto'
    if (this.#way === 'master') this.#steer('auto')
    else await this.reopen({ play: this.isPlaying })
  }

  async #masterIsFine(failed) {
    const master = new URL(this.#film.hls, location.href).href
    return failed !== master && (await askWhy(master)) === null
  }

  async #onVideoError() {
    const { error } = this.#video
    // hls.js reports its own; an element without a source has nothing to say.
    if (!error || (this.#way !== 'plain' && this.#way !== 'native')) return
    const turn = this.#turn
    const wasOriginal = this.#chosen === 'original'
    const problem = await askWhy(this.#video.currentSrc || this.#video.src)
    if (turn !== this.#turn) return
    if (wasOriginal && this.#film.hls) {
      this.#remark('This browser cannot play the original: back to the stream. VLC plays it.')
      this.#chosen = 'auto'
      await this.reopen({ play: true })
    } else {
      this.#trouble(problem ?? { code: 'undecodable', format: this.#film.original_type })
    }
  }

  #trouble(problem) {
    const at = this.position
    this.close()
    this.#pendingAt = at
    this.dispatchEvent(new CustomEvent('trouble', { detail: problem }))
  }

  #remark(sentence) {
    this.dispatchEvent(new CustomEvent('remark', { detail: sentence }))
  }

  #setQuality(name) {
    if (name === this.#quality) return
    this.#quality = name
    this.dispatchEvent(new Event('quality'))
  }
}

/** Which address failed. */
function addressIn(data) {
  return data.frag?.url ?? data.context?.url ?? data.url ?? null
}

/** Safari's own player brings AirPlay and system subtitles; only WebKit has both of these. */
function prefersOwnHls(video) {
  return 'ManagedMediaSource' in window && video.canPlayType(HLS_TYPE) !== ''
}

/** A level's rung: the name of its playlist where that is one, its lines otherwise. */
function nameOf(level) {
  if (!level) return ''
  const [, name] = /\/(\d+p)\.m3u8$/.exec(level.url?.[0] ?? level.uri ?? '') ?? []
  return name ?? (level.height ? `${Math.min(level.height, level.width || level.height)}p` : 'audio')
}
