// The watch page: reads the film from the page's data block, opens it, and keeps the words around the
// picture in step with what happens. `data-state` and `data-quality` on the player say where it is.

import { fillBar } from './player/bar.js'
import { deedsOf, keepChoices } from './player/deeds.js'
import { make } from './player/elements.js'
import { helpDialog, watchKeys } from './player/keys.js'
import { recall } from './player/memory.js'
import { filmOn, offerNext, turnTo } from './player/next.js'
import { askWhy } from './player/problem.js'
import { beginningOf, keepProgress } from './player/progress.js'
import { watchStage } from './player/stage.js'
import { Stream } from './player/stream.js'
import { VerdictBox } from './player/verdict.js'

// What passes by itself; the rest waits for the viewer.
const PASSES = new Set(['transcoding', 'rate_limited', 'offline'])
// What another way to the same film may get round.
const HAS_WAY_ROUND = new Set([
  'transcoding',
  'preview_only',
  'plan_required',
  'unsupported',
  'undecodable',
  'upstream_failed',
  'upstream_timeout',
])

const player = document.getElementById('player')
const video = document.getElementById('video')
const film = filmOn(document)
if (player && video && film) begin(film)

function begin(first) {
  let film = first
  let offer = null
  let wantsPlay = false

  const help = player.appendChild(helpDialog())
  const stream = new Stream(video)
  const verdict = new VerdictBox(document.getElementById('verdict'))
  const say = toaster(document.getElementById('toast'))
  const deeds = deedsOf({ player, video, stream, say, help })

  const setState = state => (player.dataset.state = state)

  async function open(next, play, at = beginningOf(next)) {
    film = next
    player.classList.toggle('is-audio', film.kind === 'audio')
    if (film.poster) video.poster = film.poster
    else video.removeAttribute('poster')
    verdict.hide()
    setState('loading')
    const quality = stream.chosen === 'audio' ? 'audio' : (recall().quality ?? 'auto')
    await stream.open(film, { quality, at, play })
  }

  function onTrouble(problem) {
    // The drive has no stream of it, but the file itself may play.
    if (problem.code === 'unsupported' && film.original && stream.chosen !== 'original') {
      stream.choose('original')
      return
    }
    video.pause()
    setState(problem.code === 'transcoding' ? 'transcoding' : 'error')
    verdict.show(problem, film.verdicts[problem.code], waysOut(problem))
    if (PASSES.has(problem.code)) verdict.wait(problem.wait_s ?? 10, lookAgain)
  }

  async function lookAgain() {
    const problem = await askWhy(film.hls ?? film.original)
    if (problem) {
      onTrouble(problem)
      return
    }
    await retry()
  }

  async function retry() {
    verdict.hide()
    setState('loading')
    await stream.reopen({ play: wantsPlay })
  }

  function waysOut({ code }) {
    const ways = []
    const press = (textContent, onclick) =>
      make('button', { type: 'button', className: 'button quiet', textContent, onclick })
    if (!PASSES.has(code)) ways.push(press('Try again', retry))
    if (!HAS_WAY_ROUND.has(code)) return ways
    if (film.original && film.hls && stream.chosen !== 'original')
      ways.push(press('Play the original', takeOriginal))
    const vlc = document.getElementById('vlc')
    if (vlc) ways.push(make('a', { className: 'button quiet', href: vlc.href, textContent: 'Open in VLC' }))
    return ways
  }

  async function takeOriginal() {
    verdict.hide()
    setState('loading')
    wantsPlay = true
    await stream.choose('original')
    video.play().catch(() => {})
  }

  async function goNext() {
    const { href } = film.next
    try {
      const { film: next, tracks } = await turnTo(href)
      for (const track of video.querySelectorAll('track')) track.remove()
      video.append(...tracks.map(track => document.adoptNode(track)))
      await open(next, true)
    } catch {
      location.assign(href)
    }
  }

  // What happens to the film ---------------------------------------------------------------------

  // While the box with the verdict is shown, it alone says what the state is.
  const on = (name, act) => video.addEventListener(name, () => verdict.isHidden && act())
  on('canplay', () => player.dataset.state === 'loading' && setState(video.paused ? 'ready' : 'playing'))
  on('playing', () => setState('playing'))
  on('waiting', () => setState('waiting'))
  on('pause', () => {
    if (video.ended || player.dataset.state === 'loading') return
    wantsPlay = false
    setState('paused')
  })
  on('ended', () => {
    setState('ended')
    if (!film.next) return
    offer?.close()
    offer = offerNext(film.next, goNext)
    player.append(offer.box)
    offer.play.focus({ preventScroll: true })
  })
  video.addEventListener('play', () => {
    wantsPlay = true
    offer?.close()
  })
  video.addEventListener('loadedmetadata', () => showRememberedSubtitles(deeds))
  stream.addEventListener('quality', () => (player.dataset.quality = stream.quality))
  stream.addEventListener('trouble', event => onTrouble(event.detail))
  stream.addEventListener('remark', event => say(event.detail, 6000))
  addEventListener('online', () => player.dataset.state === 'error' && lookAgain())
  addEventListener('popstate', () => location.reload())

  const bar = document.getElementById('bar')
  const filmOf = () => film
  // Where only a film can fill the screen, and nothing around it, the browser's own controls stay.
  const besideOwn = !player.requestFullscreen
  keepChoices(video)
  fillBar(bar, { player, video, stream, deeds, filmOf, besideOwn })
  if (besideOwn) {
    player.classList.add('beside-own')
  } else {
    video.controls = false
    watchStage({ player, video, bar, deeds })
  }
  watchKeys({ video, deeds })
  keepProgress({ video, stream, filmOf })

  // Play may have been pressed before this module was there.
  open(film, !video.paused)
}

function showRememberedSubtitles(deeds) {
  const { subtitles } = recall()
  if (!subtitles) return
  const tracks = deeds.subtitleTracks()
  if (tracks.some(track => track.mode === 'showing')) return
  const at = tracks.findIndex(track => (track.language || track.label) === subtitles)
  if (at >= 0) tracks[at].mode = 'showing'
}

function toaster(element) {
  let timer = null
  return (words, forMs = 1500) => {
    clearTimeout(timer)
    element.textContent = words
    timer = setTimeout(() => (element.textContent = ''), forMs)
  }
}
