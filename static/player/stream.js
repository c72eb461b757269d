// Plays one film in one <video>: with hls.js, with the browser's native HLS (Safari), or as the original
// file. A change of the quality or of the mode keeps the position, the speed and whether it plays.
//
// Dispatches events: `renditions` (the choices have changed), `quality` (another rendition is shown),
// `problem` (detail: a problem with a code; nothing plays until `open` or `choose`), `notice` (detail: a
// sentence; playing goes on), `sounds` (the sound tracks or the chosen one have changed).

import { stream as texts } from '../texts.js'
import { isSupported, lackingCodecs } from './codecs.js'
import { DecodingCheck, explainLacking } from './decoding.js'
import { fetchProblem } from './problem.js'
import { isSourceUrl, qualityLabel, renditionNames, renditionOf } from './renditions.js'
import { Sounds } from './sounds.js'
import { repeatStuckSeeks } from './stuck-seek.js'

const HLS_TYPE = 'application/vnd.apple.mpegurl'
const MIN_RECOVERY_INTERVAL_MS = 5000
const MIN_RESTART_INTERVAL_MS = 30000
const MIN_PROBE_INTERVAL_MS = 5000
// Problems that hls.js retries for a while; they are no reason to stop yet.
const TRANSIENT_CODES = new Set(['upstream_failed', 'upstream_timeout', 'rate_limited', 'offline'])
const FORMAT_ERRORS = new Set([
  'manifestIncompatibleCodecsError',
  'bufferAddCodecError',
  'bufferIncompatibleCodecsError',
])

// The page has the film's subtitles as files, so hls.js ignores those of the master playlist.
const WITHOUT_SUBTITLES = {
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
  #mode = 'none'
  #pendingAt = null
  #pendingPlay = null
  #tracks = []
  #sounds = new Sounds(() => this.dispatchEvent(new Event('sounds')))
  #lastRecovery = -Infinity
  #lastRestart = -Infinity
  #lastProbe = -Infinity
  #generation = 0
  #isSourceMissing = false
  #decoding
  #preload

  /** Creates the stream of an element. `preload` is the hint for files: `auto` for one that is to start without a pause. */
  constructor(video, { preload = 'metadata' } = {}) {
    super()
    this.#video = video
    this.#preload = preload
    this.#decoding = new DecodingCheck(video, lacking => this.#onLacking(lacking))
    repeatStuckSeeks(video)
    video.addEventListener('error', () => this.#onVideoError())
    for (const name of ['seeked', 'playing']) {
      video.addEventListener(name, () => (this.#pendingAt = null))
    }
    for (const name of ['playing', 'pause']) {
      video.addEventListener(name, () => (this.#pendingPlay = null))
    }
  }

  /** The chosen quality: `auto`, a rendition such as `720p`, `original` or `audio`. */
  get chosen() {
    return this.#chosen
  }

  /** The quality that is shown: a rendition, `original`, `audio`, or `''` before the first. */
  get quality() {
    return this.#quality
  }

  /** The position in seconds, also while the film is being reopened. */
  get position() {
    return this.#pendingAt ?? this.#video.currentTime
  }

  /** True if the film plays, or will when it is open again. */
  get isPlaying() {
    return this.#pendingPlay || (!this.#video.paused && !this.#video.ended)
  }

  /** The sound tracks of the film, where it is played with a choice of them. */
  get sounds() {
    return this.#sounds
  }

  /** The qualities to choose from, best first: `[{name, offered}]`. */
  get choices() {
    const renditions = renditionNames(this.#film?.renditions ?? [], this.#levels).map(name => ({
      name,
      offered: this.#isOffered(name),
    }))
    const choices = this.#film?.hls ? [{ name: 'auto', offered: true }, ...renditions] : []
    if (this.#film?.original) choices.push({ name: 'original', offered: true })
    if (this.#film?.hls && this.#film.kind !== 'audio') {
      choices.push({ name: 'audio', offered: Boolean(this.#audioPlaylistUrl()) })
    }
    return choices
  }

  /** Opens a film. */
  async open(film, { quality = 'auto', at = 0, play = false } = {}) {
    this.#film = film
    this.#tracks = [...this.#video.querySelectorAll('track')]
    this.#levels = []
    this.#audioUrl = null
    this.#isSourceMissing = false
    this.#chosen = film.hls ? quality : 'original'
    // Its streams have the same pictures; a browser that cannot play the file falls back to them.
    if (this.#chosen === 'auto' && film.direct) this.#chosen = 'original'
    await this.#attach(at, play)
  }

  /** Opens the same film again at its position. */
  async reopen({ play = true } = {}) {
    await this.#attach(this.position, play)
  }

  /** Changes the quality. */
  async choose(name) {
    if (name === this.#chosen && this.#mode !== 'none') return
    const isOtherContainer = name === 'original' || this.#chosen === 'original'
    this.#chosen = name
    if (this.#mode === 'master' && !isOtherContainer && (name === 'auto' || this.#levelIndex(name) >= 0)) {
      this.#switchLevel(name)
      return
    }
    await this.#attach(this.position, this.isPlaying)
  }

  /** Stops and releases the stream. */
  close() {
    this.#generation += 1
    this.#mode = 'none'
    this.#hls?.destroy()
    this.#hls = null
    this.#sounds.release()
    this.#decoding.stop()
    this.#setQuality('')
  }

  // Opening ------------------------------------------------------------------------------------

  async #attach(at, play) {
    this.close()
    const generation = this.#generation
    const video = this.#video
    const { playbackRate } = video
    this.#pendingAt = at > 0 ? at : null
    this.#pendingPlay = play

    const isRepackaged = this.#film.source && !this.#isSourceMissing && !prefersNativeHls(video)
    if (this.#chosen === 'original' && !isRepackaged) {
      this.#openFile(this.#film.original, 'original', at)
    } else if (prefersNativeHls(video)) {
      const href = this.#urlOf(this.#chosen) ?? this.#film.hls
      this.#openNativeHls(href, this.#chosen === 'auto' ? '' : this.#chosen, at)
    } else {
      const Hls = await this.#loadHls()
      if (generation !== this.#generation) return
      // Play may have been pressed meanwhile, which opening would undo.
      if (!video.paused) this.#pendingPlay = true
      if (Hls?.isSupported()) {
        this.#openHls(Hls, at)
      } else if (video.canPlayType(HLS_TYPE)) {
        this.#openNativeHls(this.#film.hls, '', at)
      } else if (this.#film.original) {
        this.#chosen = 'original'
        this.#openFile(this.#film.original, 'original', at)
      } else {
        this.#fail({ code: 'undecodable' })
        return
      }
    }
    video.defaultPlaybackRate = playbackRate
    video.playbackRate = playbackRate
    if (this.#pendingPlay) video.play().catch(() => {})
    if (this.#mode === 'file' || this.#mode === 'native') this.#decoding.start(this.#film.kind !== 'audio')
    this.dispatchEvent(new Event('renditions'))
  }

  async #loadHls() {
    try {
      this.#Hls ??= (await import('../vendor/hls.min.mjs')).default
    } catch {
      this.#Hls = null
    }
    return this.#Hls
  }

  #openNativeHls(href, quality, at) {
    this.#openFile(href, quality, at)
    this.#mode = 'native'
    // The master playlist has the subtitles, also for a TV by AirPlay: the page's would be shown twice.
    if (href === this.#film.hls) for (const track of this.#tracks) track.remove()
  }

  #restoreTracks() {
    // Only missing tracks are appended: moving one would turn it off.
    this.#video.append(...this.#tracks.filter(track => !track.isConnected))
  }

  #openFile(href, quality, at) {
    const video = this.#video
    this.#mode = 'file'
    this.#restoreTracks()
    video.preload = this.#preload
    video.src = href
    if (at > 0) {
      video.addEventListener('loadedmetadata', () => (video.currentTime = at), { once: true })
    }
    this.#setQuality(quality)
  }

  #openHls(Hls, at) {
    const audioOnly = this.#chosen === 'audio'
    const url = audioOnly ? this.#audioPlaylistUrl() : this.#film.hls
    if (!url) {
      // The URL of the audio rendition is in the master playlist, so that is played instead, with a notice.
      this.#chosen = 'auto'
      this.#notify(texts.noAudioOnly)
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
      ...WITHOUT_SUBTITLES,
    })
    this.#restoreTracks()
    this.#hls = hls
    this.#mode = audioOnly ? 'audio' : 'master'
    hls.on(Hls.Events.ERROR, (_, data) => this.#onHlsError(data))
    this.#sounds.follow(hls, Hls)
    if (audioOnly) {
      this.#setQuality('audio')
    } else {
      hls.on(Hls.Events.MANIFEST_LOADED, (_, data) => {
        this.#findAudioUrl(data.levels)
        this.#checkSource(data.levels)
      })
      hls.on(Hls.Events.MANIFEST_PARSED, () => {
        this.#dropSound()
        this.#onLevels()
      })
      hls.on(Hls.Events.LEVELS_UPDATED, () => this.#onLevels())
      hls.on(Hls.Events.LEVEL_SWITCHED, (_, data) => this.#setQuality(renditionOf(hls.levels[data.level])))
    }
    this.#video.removeAttribute('src')
    hls.attachMedia(this.#video)
    hls.loadSource(url)
  }

  /** Keeps the URL of the variant without a picture, which hls.js leaves out of its levels. */
  #findAudioUrl(variants) {
    const sound = variants.find(
      level =>
        !level.height &&
        !level.videoCodec &&
        !/^\d+p$/.test(renditionOf({ url: [level.url] })) &&
        /mp4a|ac-3|ec-3|opus/i.test(level.audioCodec ?? level.attrs?.CODECS ?? 'mp4a'),
    )
    if (sound && variants.length > 1) this.#audioUrl = sound.url
  }

  /** Finds out whether the browser decodes the original before it is played, or says what it lacks. */
  #checkSource(variants) {
    const sources = variants.filter(level => isSourceUrl(level.url))
    const others = variants.filter(level => !isSourceUrl(level.url))
    if (sources.length > 0 && others.length === 0 && this.#film.renditions?.some(({ href }) => href)) {
      this.#notify(texts.originalInstead)
    }
    if (sources.length === 0 || (this.#chosen !== 'original' && others.length > 0)) return
    const codecs = sources.map(level => level.attrs?.CODECS ?? '')
    if (codecs.some(it => !it || isSupported(it))) return
    const lacking = lackingCodecs(codecs[0])
    const [best] = renditionNames([], others)
    if (best) {
      this.#notify(texts.lacksCodec({ codec: lacking, quality: best }))
      this.#chosen = 'auto'
    } else {
      this.#fail({ code: 'undecodable', format: lacking })
    }
  }

  /** Removes the variant without a picture, which hls.js keeps where no variant tells the size of its picture. */
  #dropSound() {
    const { levels } = this.#hls
    const sound = levels.findIndex(level => renditionOf(level) === 'audio')
    if (sound >= 0 && levels.length > 1) this.#hls.removeLevel(sound)
  }

  #onLevels() {
    this.#levels = this.#hls?.levels ?? []
    // The original is chosen, not stumbled into: its bit rate may be ten times that of the rung below.
    const highest = this.#levels.findLastIndex(level => renditionOf(level) !== 'original')
    if (this.#chosen !== 'original') this.#hls.autoLevelCapping = highest
    if (this.#chosen !== 'auto') {
      if (this.#levelIndex(this.#chosen) >= 0) {
        this.#hls.startLevel = this.#levelIndex(this.#chosen)
        this.#hls.loadLevel = this.#levelIndex(this.#chosen)
      } else if (this.#chosen === 'original') {
        this.#playFile()
        return
      } else {
        this.#chosen = 'auto'
      }
    }
    this.dispatchEvent(new Event('renditions'))
  }

  #switchLevel(name) {
    const hls = this.#hls
    if (name === 'auto') {
      hls.loadLevel = -1
    } else {
      hls.currentLevel = this.#levelIndex(name)
    }
    this.dispatchEvent(new Event('renditions'))
  }

  // Choices --------------------------------------------------------------------

  #levelIndex(name) {
    return this.#levels.findIndex(level => renditionOf(level) === name)
  }

  #urlOf(name) {
    return this.#film.renditions?.find(rendition => rendition.name === name)?.href ?? null
  }

  #audioPlaylistUrl() {
    return this.#audioUrl ?? this.#urlOf('audio')
  }

  #isOffered(name) {
    return this.#levels.length > 0 ? this.#levelIndex(name) >= 0 : Boolean(this.#urlOf(name))
  }

  // Failures ------------------------------------------------------------------------------

  /** Plays the file itself where the original cannot be had from the master playlist. */
  #playFile() {
    this.#isSourceMissing = true
    this.reopen({ play: this.isPlaying })
  }

  #onHlsError(data) {
    if (this.#chosen === 'original' && data.type === 'networkError' && this.#levels.length === 0) {
      this.#playFile()
    } else if (!data.fatal) {
      if (data.type === 'networkError') this.#onRetry(data)
    } else if (FORMAT_ERRORS.has(data.details)) {
      this.#fail({ code: 'undecodable', format: data.mimeType ?? data.sourceBufferName })
    } else if (data.type === 'networkError') {
      this.#onNetworkError(data)
    } else if (
      data.type === 'mediaError' &&
      performance.now() - this.#lastRecovery > MIN_RECOVERY_INTERVAL_MS
    ) {
      this.#lastRecovery = performance.now()
      this.#hls.recoverMediaError()
    } else {
      this.#fail({ code: data.type === 'mediaError' ? 'undecodable' : 'upstream_failed' })
    }
  }

  /** Probes a URL that hls.js is retrying: a lasting problem stops it, a transient one is a notice. */
  async #onRetry(data) {
    if (performance.now() - this.#lastProbe < MIN_PROBE_INTERVAL_MS) return
    this.#lastProbe = performance.now()
    const generation = this.#generation
    const url = failedUrl(data)
    const problem = url ? await fetchProblem(url) : null
    if (generation !== this.#generation || !problem) return
    if (data.details.startsWith('levelLoad') && this.#levelIndex(this.#chosen) >= 0) {
      this.#giveUpRendition(problem)
    } else if (this.#video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) {
      if (TRANSIENT_CODES.has(problem.code)) this.#notify(texts.stumbling)
      else this.#fail(problem)
    }
  }

  async #onNetworkError(data) {
    const generation = this.#generation
    const url = failedUrl(data) ?? this.#film.hls
    const problem = await fetchProblem(url)
    const othersLoad = this.#chosen !== 'auto' && (await this.#masterLoads(url))
    if (generation !== this.#generation) return
    if (othersLoad && problem && !TRANSIENT_CODES.has(problem.code)) {
      this.#giveUpRendition(problem)
    } else if (problem) {
      this.#fail(problem)
    } else if (performance.now() - this.#lastRestart > MIN_RESTART_INTERVAL_MS) {
      this.#lastRestart = performance.now()
      if (this.#levels.length > 0) this.#hls.startLoad()
      else await this.reopen({ play: this.isPlaying })
    } else {
      this.#fail({ code: 'upstream_failed' })
    }
  }

  /** Returns to `auto` where the chosen rendition fails and others load. */
  async #giveUpRendition({ code }) {
    const name = qualityLabel(this.#chosen)
    this.#notify(
      code === 'transcoding' ? texts.transcoding({ quality: name }) : texts.notThere({ quality: name }),
    )
    this.#chosen = 'auto'
    if (this.#mode === 'master') this.#switchLevel('auto')
    else await this.reopen({ play: this.isPlaying })
  }

  async #masterLoads(failed) {
    const master = new URL(this.#film.hls, location.href).href
    return failed !== master && (await fetchProblem(master)) === null
  }

  /** Changes from a file of which the browser decodes one part only to the stream, or says what is missing. */
  async #onLacking(lacking) {
    const generation = this.#generation
    const found = await explainLacking(lacking, this.#film.hls)
    if (generation !== this.#generation || !found) return
    const hasStream = this.#mode === 'file' && found.hasStream
    this.#notify(partMissing(lacking.picture, found.codecs, hasStream))
    if (!hasStream) return
    this.#chosen = 'auto'
    await this.reopen({ play: true })
  }

  async #onVideoError() {
    const { error } = this.#video
    // hls.js reports its own errors, and an element without a source has none.
    if (!error || (this.#mode !== 'file' && this.#mode !== 'native')) return
    const generation = this.#generation
    const wasOriginal = this.#chosen === 'original'
    const problem = await fetchProblem(this.#video.currentSrc || this.#video.src)
    if (generation !== this.#generation) return
    if (wasOriginal && this.#film.hls) {
      this.#notify(texts.originalFailed)
      this.#chosen = 'auto'
      await this.reopen({ play: true })
    } else {
      this.#fail(problem ?? { code: 'undecodable', format: this.#film.original_type })
    }
  }

  #fail(problem) {
    const at = this.position
    this.close()
    this.#pendingAt = at
    this.dispatchEvent(new CustomEvent('problem', { detail: problem }))
  }

  #notify(sentence) {
    this.dispatchEvent(new CustomEvent('notice', { detail: sentence }))
  }

  #setQuality(name) {
    if (name === this.#quality) return
    this.#quality = name
    this.dispatchEvent(new Event('quality'))
  }
}

/** Returns the sentence about a file of which the browser decodes one part only. */
function partMissing(isPicture, codecs, hasStream) {
  const plays = hasStream ? 'stream' : 'nothing'
  if (!codecs) return isPicture ? texts.pictureMissing({ plays }) : texts.soundMissing({ plays })
  return isPicture ? texts.noPicture({ codecs, plays }) : texts.noSound({ codecs, plays })
}

/** Returns the URL that failed, or `null` where hls.js does not report it. */
function failedUrl(data) {
  return data.frag?.url ?? data.context?.url ?? data.url ?? null
}

/** Returns true for Safari, the only one with both APIs: it plays HLS with AirPlay and system subtitles. */
function prefersNativeHls(video) {
  return 'ManagedMediaSource' in window && video.canPlayType(HLS_TYPE) !== ''
}
