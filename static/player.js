// Runs on the watch page: reads the film from the page's data block, opens it, and updates what is around
// the picture. `data-state` and `data-quality` on the player show its state.

import { createActions, persistPlaybackSettings } from './player/actions.js'
import { rememberApps, sortApps } from './player/apps.js'
import { fillBar } from './player/bar.js'
import { make } from './player/elements.js'
import { ErrorOverlay } from './player/error-overlay.js'
import { watchGestures } from './player/gestures.js'
import { watchIntro } from './player/intro.js'
import { createHelpDialog, watchKeys } from './player/keys.js'
import { handleMediaSession } from './player/media-session.js'
import { loadWatchPage, offerNext, readFilm, showWatchPage } from './player/next.js'
import { loadPreferences } from './player/preferences.js'
import { fetchProblem } from './player/problem.js'
import { reportProgress, resumePosition } from './player/progress.js'
import { Stream } from './player/stream.js'
import { SubtitleLook } from './player/subtitle-look.js'
import { errors as texts } from './texts.js'

// Problems that end without the viewer: the player checks again after a while.
const TRANSIENT_CODES = new Set(['transcoding', 'rate_limited', 'offline'])
// Problems that another way to play the same film may avoid.
const AVOIDABLE_CODES = new Set([
  'transcoding',
  'preview_only',
  'plan_required',
  'unsupported',
  'undecodable',
  'upstream_failed',
  'upstream_timeout',
])

const player = document.getElementById('player')
const element = document.getElementById('video')
const film = readFilm(document)
// Modules of music alone are loaded for music.
const music = film?.kind === 'audio' ? await import('./player/music.js') : null
if (player && element && film) start(film)
rememberApps(document)
sortApps(document)

function start(first) {
  let film = first
  let offer = null
  let isPlayWanted = false
  let isDrawing = false

  const help = player.appendChild(createHelpDialog(first.kind === 'audio'))
  // All songs of a queue have pages of one kind, so a page of music stays one.
  const gapless = music && new music.GaplessPlayer(element)
  const video = gapless?.video ?? element
  const stream = gapless?.stream ?? new Stream(element)
  const overlay = new ErrorOverlay(document.getElementById('error-overlay'))
  const showToast = createToast(document.getElementById('toast'))
  const actions = createActions({ player, video, stream, showToast, help })
  const queue = music && new music.SongQueue({ showToast, onChange: followQueue })

  const setState = state => (player.dataset.state = state)

  function adopt(next) {
    film = next
    if (queue) Object.assign(film, queue.around())
    queue?.attach()
    player.classList.toggle('is-audio', film.kind === 'audio')
    overlay.hide()
    if (music) showTags(film)
  }

  function followQueue() {
    Object.assign(film, queue.around())
    session.show()
  }

  async function showTags(song) {
    music.watchQueue()
    if (!(await music.addTags(song)) || song !== film) return
    music.showSong(song)
    session.show()
  }

  async function open(next, play, at = resumePosition(next)) {
    adopt(next)
    if (film.poster) video.poster = film.poster
    else video.removeAttribute('poster')
    setState('loading')
    const quality = stream.chosen === 'audio' ? 'audio' : (loadPreferences().quality ?? 'auto')
    await stream.open(film, { quality, at, play })
  }

  function onProblem(problem) {
    // The drive has no stream of it, but the file itself may play.
    if (problem.code === 'unsupported' && film.original && stream.chosen !== 'original') {
      stream.choose('original')
      return
    }
    video.pause()
    setState(problem.code === 'transcoding' ? 'transcoding' : 'error')
    overlay.show(problem, film.verdicts[problem.code], recoveryButtons(problem))
    if (TRANSIENT_CODES.has(problem.code)) overlay.countDown(problem.wait_s ?? 10, checkAgain)
  }

  async function checkAgain() {
    const problem = await fetchProblem(film.hls ?? film.original)
    if (problem) {
      onProblem(problem)
      return
    }
    await retry()
  }

  async function retry() {
    overlay.hide()
    setState('loading')
    await stream.reopen({ play: isPlayWanted })
  }

  function recoveryButtons({ code }) {
    const buttons = []
    const button = (textContent, onclick) =>
      make('button', { type: 'button', className: 'button quiet', textContent, onclick })
    if (!TRANSIENT_CODES.has(code)) buttons.push(button(texts.tryAgain, retry))
    if (!AVOIDABLE_CODES.has(code)) return buttons
    if (film.original && film.hls && stream.chosen !== 'original')
      buttons.push(button(texts.playOriginal, playOriginal))
    const vlc = document.getElementById('vlc')
    if (vlc)
      buttons.push(make('a', { className: 'button quiet', href: vlc.href, textContent: texts.openInVlc }))
    return buttons
  }

  async function playOriginal() {
    overlay.hide()
    setState('loading')
    isPlayWanted = true
    await stream.choose('original')
    video.play().catch(() => {})
  }

  async function playNeighbour({ href }) {
    const onStart = ({ film: next, page }) => {
      queue?.detach()
      showWatchPage(page, href)
      adopt(next)
    }
    if (await gapless?.start(href, onStart)) return
    queue?.detach()
    try {
      const { film: next, tracks } = await loadWatchPage(href)
      for (const track of video.querySelectorAll('track')) track.remove()
      video.append(...tracks.map(track => document.adoptNode(track)))
      // A song that follows another one begins at its beginning.
      await open(next, true, next.kind === 'audio' ? 0 : undefined)
    } catch {
      location.assign(href)
    }
  }

  async function drawStyledSubtitles() {
    if (isDrawing || !video.querySelector('track[data-styled]')) return
    isDrawing = true
    const { watchStyledSubtitles } = await import('./player/styled-subtitles.js')
    watchStyledSubtitles({ player, video, getFilm, look })
  }

  function playAgain() {
    video.currentTime = 0
    video.play().catch(() => {})
  }

  // Events of the film ---------------------------------------------------------------------

  // While the overlay is shown, it alone sets the state.
  const on = (name, act) => video.addEventListener(name, () => overlay.isHidden && act())
  on('canplay', () => player.dataset.state === 'loading' && setState(video.paused ? 'ready' : 'playing'))
  on('playing', () => setState('playing'))
  on('waiting', () => setState('waiting'))
  on('pause', () => {
    if (video.ended || player.dataset.state === 'loading') return
    isPlayWanted = false
    setState('paused')
  })
  on('ended', () => {
    setState('ended')
    if (film.repeats) return void playAgain()
    if (!film.next) return
    offer?.close()
    // Music goes on at once.
    if (film.kind === 'audio') return void playNeighbour(film.next)
    offer = offerNext(film.next, () => playNeighbour(film.next))
    player.append(offer.box)
    offer.play.focus({ preventScroll: true })
  })
  video.addEventListener('play', () => {
    isPlayWanted = true
    offer?.close()
  })
  if (gapless)
    video.addEventListener('timeupdate', () => {
      if (film.next && !film.repeats) gapless.prefetchNearEnd(film.next.href)
    })
  video.addEventListener('loadedmetadata', () => restoreSubtitles(actions))
  stream.addEventListener('quality', () => (player.dataset.quality = stream.quality))
  stream.addEventListener('problem', event => onProblem(event.detail))
  stream.addEventListener('notice', event => showToast(event.detail, 6000))
  addEventListener('online', () => player.dataset.state === 'error' && checkAgain())
  addEventListener('popstate', () => location.reload())

  const bar = document.getElementById('bar')
  const getFilm = () => film
  // If only a <video> can fill the screen, the browser's native controls stay.
  const hasNativeControls = !player.requestFullscreen
  persistPlaybackSettings(video)
  const look = new SubtitleLook({ video, getFilm })
  fillBar(bar, { player, video, stream, actions, getFilm, look, hasNativeControls })
  if (hasNativeControls) {
    player.classList.add('has-native-controls')
  } else {
    video.controls = false
    watchGestures({ player, video, bar, actions })
    // Tracks may be added later, by the menu or with the next film.
    video.textTracks.addEventListener('addtrack', drawStyledSubtitles)
    drawStyledSubtitles()
  }
  watchKeys({ video, actions, queue })
  watchIntro({ player, video, actions, getFilm, showToast })
  reportProgress({ video, stream, getFilm })
  const session = handleMediaSession({ video, actions, getFilm, open: playNeighbour })

  // Play may have been pressed before this module was loaded, or on the page that led here. A browser that refuses to
  // play without a click here shows the button.
  const isStarted = location.hash === '#play'
  if (isStarted) history.replaceState(history.state, '', location.pathname + location.search)
  open(film, isStarted || !video.paused)
}

function restoreSubtitles(actions) {
  const { subtitles } = loadPreferences()
  if (!subtitles) return
  const tracks = actions.subtitleTracks()
  if (tracks.some(track => track.mode === 'showing')) return
  const at = tracks.findIndex(track => (track.language || track.label) === subtitles)
  if (at >= 0) tracks[at].mode = 'showing'
}

function createToast(element) {
  let timer = null
  return (words, forMs = 1500) => {
    clearTimeout(timer)
    element.textContent = words
    timer = setTimeout(() => (element.textContent = ''), forMs)
  }
}
