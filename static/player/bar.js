// Fills the control bar: the seek line, and below it play, ten seconds back and ahead, sound, the menus,
// picture in picture, full screen and help. It replaces the browser's native controls. Where only those can
// fill the screen (iPhones), they stay, and the bar has what they lack.

import { player as texts } from '../texts.js'
import { SPEEDS } from './actions.js'
import { icon, iconButton, make, setLabel } from './elements.js'
import { localLabel } from './language-names.js'
import { Menu } from './menu.js'
import { qualityLabel } from './renditions.js'
import { createSeekLine } from './seek.js'
import { createLookDialog } from './subtitle-look.js'
import { loadMoreSubtitles } from './subtitles.js'
import { createVolumeControls } from './volume.js'

// The item of the menu of subtitles that opens a dialog.
const LOOK = 'look'

/** Fills `bar` for `video`: completely, or with what the browser's native controls lack. */
export function fillBar(bar, { player, video, stream, actions, getFilm, look, hasNativeControls }) {
  const play = iconButton('play', texts.play, actions.togglePlay)
  const back = iconButton('back', texts.back, () => actions.seekBy(-10))
  const ahead = iconButton('ahead', texts.ahead, () => actions.seekBy(10))
  const quality = new Menu('quality', texts.quality, actions.chooseQuality)
  const sounds = new Menu('sounds', texts.sounds, value => stream.sounds.choose(value), 'tracks')
  const speed = new Menu('speed', texts.speed, value => actions.setSpeed(Number(value)))
  const { dialog, open: openLook } = createLookDialog(look)
  player.append(dialog)
  const subtitles = new Menu(
    'subtitles',
    texts.subtitles,
    value => (value === LOOK ? openLook() : actions.chooseSubtitles(value)),
    'words',
    () => loadMoreSubtitles(video, getFilm()),
  )
  const gap = make('span', { className: 'bar-gap' })
  if (hasNativeControls) {
    bar.append(make('div', { className: 'bar-row' }, back, ahead, gap, speed.element, quality.element))
  } else {
    const small = iconButton('small', texts.pictureInPicture, actions.togglePictureInPicture)
    small.hidden = !document.pictureInPictureEnabled
    const full = iconButton('full', texts.fullScreen, actions.toggleFullScreen)
    full.hidden = !document.fullscreenEnabled
    const help = make('button', {
      type: 'button',
      className: 'help-button',
      textContent: '?',
      title: texts.keysHint,
      ariaLabel: texts.keys,
      onclick: actions.showHelp,
    })
    const line = createSeekLine({ video, stream, actions, getFilm })
    // Arrow down leads from the long line to play, not to the control that lies below its middle.
    line.addEventListener('keydown', event => {
      if (event.key !== 'ArrowDown') return
      event.preventDefault()
      play.focus()
    })
    bar.append(
      line,
      make(
        'div',
        { className: 'bar-row' },
        play,
        back,
        ahead,
        ...createVolumeControls({ video, actions }),
        gap,
        sounds.element,
        subtitles.element,
        speed.element,
        quality.element,
        airPlay(video),
        small,
        full,
        help,
      ),
    )
    document.addEventListener('fullscreenchange', () => {
      const isFull = document.fullscreenElement === player
      full.replaceChildren(icon(isFull ? 'less' : 'full'))
      setLabel(full, isFull ? texts.leaveFullScreen : texts.fullScreen)
    })
  }
  bar.hidden = false

  const showPlay = () => {
    play.replaceChildren(icon(video.paused ? 'play' : 'pause'))
    setLabel(play, video.paused ? texts.play : texts.pause)
  }
  const showQuality = () => quality.show(qualityItems(stream), stream.chosen, ...qualitySummary(stream))
  const showSpeed = () => {
    const items = SPEEDS.map(value => ({
      value: String(value),
      label: value === 1 ? texts.normal : `${value}×`,
      data: { 'data-speed': String(value) },
    }))
    speed.show(items, String(video.playbackRate), `${video.playbackRate}×`)
  }
  const showSubtitles = () => {
    const tracks = actions.subtitleTracks()
    subtitles.element.hidden = tracks.length === 0 && !getFilm().more_subtitles
    const shown = tracks.findIndex(track => track.mode === 'showing')
    const items = [
      { value: '-1', label: texts.off },
      ...tracks.map((track, at) => ({ value: String(at), label: trackLabel(track, at) })),
      { value: LOOK, label: `${texts.look}…`, isAction: true },
    ]
    subtitles.show(items, String(shown), shown < 0 ? texts.off : trackLabel(tracks[shown], shown))
    subtitles.element.classList.toggle('is-on', shown >= 0)
  }

  const showSounds = () => {
    const { items, chosen } = stream.sounds
    sounds.element.hidden = items.length < 2
    sounds.show(items, chosen, items[Number(chosen)]?.label ?? '')
  }

  for (const event of ['play', 'pause', 'ended', 'emptied']) video.addEventListener(event, showPlay)
  video.addEventListener('ratechange', showSpeed)
  for (const event of ['renditions', 'quality']) stream.addEventListener(event, showQuality)
  stream.addEventListener('renditions', showSubtitles)
  for (const event of ['addtrack', 'removetrack', 'change'])
    video.textTracks.addEventListener(event, showSubtitles)
  showPlay()
  showQuality()
  showSpeed()
  stream.addEventListener('sounds', showSounds)
  showSubtitles()
  showSounds()
}

/** Creates the AirPlay button, for Safari; other browsers cannot send streams to a television. */
function airPlay(video) {
  const button = iconButton('airplay', texts.airPlay, () => video.webkitShowPlaybackTargetPicker())
  button.hidden = true
  video.addEventListener(
    'webkitplaybacktargetavailabilitychanged',
    ({ availability }) => (button.hidden = availability !== 'available'),
  )
  return button
}

function qualityItems(stream) {
  return stream.choices.map(({ name: value, offered }) => ({
    value,
    label: qualityLabel(value),
    note: qualityNote(stream, value, offered),
    data: { 'data-quality': value },
    disabled: !offered,
  }))
}

function qualityNote(stream, value, offered) {
  if (!offered) return texts.notOffered
  if (value === 'auto' && stream.chosen === 'auto') return stream.quality
  return ''
}

/** Returns the text on the button, and the detail that is added where there is room. */
function qualitySummary(stream) {
  if (stream.chosen !== 'auto') return [qualityLabel(stream.chosen)]
  return stream.quality ? [qualityLabel('auto'), qualityLabel(stream.quality)] : [qualityLabel('auto')]
}

function trackLabel(track, at) {
  return localLabel(track.label, track.language) || track.language || texts.track({ number: at + 1 })
}
