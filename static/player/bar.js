// The bar: where the film is, and below it play, ten seconds back and ahead, sound, the menus, small
// picture, full screen, help. It takes the place of the browser's own controls. Where only those can fill
// the screen (iPhones), they stay, and the bar offers what they lack.

import { SPEEDS } from './deeds.js'
import { icon, iconButton, make, name } from './elements.js'
import { Menu } from './menu.js'
import { seekLine } from './seek.js'
import { volumeControls } from './volume.js'

/** Fills `bar` for `video`, all of it or beside the browser's own controls; `deeds` does what is asked for. */
export function fillBar(bar, { player, video, stream, deeds, filmOf, besideOwn }) {
  const play = iconButton('play', 'Play', deeds.togglePlay)
  const back = iconButton('back', 'Ten seconds back', () => deeds.seekBy(-10))
  const ahead = iconButton('ahead', 'Ten seconds ahead', () => deeds.seekBy(10))
  const quality = new Menu('quality', 'Quality', deeds.chooseQuality)
  const speed = new Menu('speed', 'Speed', value => deeds.setSpeed(Number(value)))
  const subtitles = new Menu('subtitles', 'Subtitles', value => deeds.chooseSubtitles(value), 'words')
  const gap = make('span', { className: 'bar-gap' })
  if (besideOwn) {
    bar.append(make('div', { className: 'bar-row' }, back, ahead, gap, speed.element, quality.element))
  } else {
    const small = iconButton('small', 'Picture in picture', deeds.togglePictureInPicture)
    small.hidden = !document.pictureInPictureEnabled
    const full = iconButton('full', 'Full screen', deeds.toggleFullScreen)
    full.hidden = !document.fullscreenEnabled
    const help = make('button', {
      type: 'button',
      className: 'help-button',
      textContent: '?',
      title: 'Keys (?)',
      ariaLabel: 'Keys',
      onclick: deeds.showHelp,
    })
    const line = seekLine({ video, stream, deeds, filmOf })
    // Down from the long line one expects to come to play, not to what happens to lie in the middle.
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
        ...volumeControls({ video, deeds }),
        gap,
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
      name(full, isFull ? 'Leave full screen' : 'Full screen')
    })
  }
  bar.hidden = false

  const showPlay = () => {
    play.replaceChildren(icon(video.paused ? 'play' : 'pause'))
    name(play, video.paused ? 'Play' : 'Pause')
  }
  const showQuality = () => quality.show(qualityItems(stream), stream.chosen, ...qualityWords(stream))
  const showSpeed = () => {
    const items = SPEEDS.map(value => ({
      value: String(value),
      label: speedWord(value),
      data: { 'data-speed': String(value) },
    }))
    speed.show(items, String(video.playbackRate), `${video.playbackRate}×`)
  }
  const showSubtitles = () => {
    const tracks = deeds.subtitleTracks()
    subtitles.element.hidden = tracks.length === 0
    const shown = tracks.findIndex(track => track.mode === 'showing')
    const items = [
      { value: '-1', label: 'Off' },
      ...tracks.map((track, at) => ({ value: String(at), label: wordOf(track, at) })),
    ]
    subtitles.show(items, String(shown), shown < 0 ? 'Off' : wordOf(tracks[shown], shown))
    subtitles.element.classList.toggle('is-on', shown >= 0)
  }

  for (const event of ['play', 'pause', 'ended', 'emptied']) video.addEventListener(event, showPlay)
  video.addEventListener('ratechange', showSpeed)
  for (const event of ['rungs', 'quality']) stream.addEventListener(event, showQuality)
  for (const event of ['addtrack', 'removetrack', 'change'])
    video.textTracks.addEventListener(event, showSubtitles)
  showPlay()
  showQuality()
  showSpeed()
  showSubtitles()
}

/** Safari's way to the television; other browsers have none for streams. */
function airPlay(video) {
  const button = iconButton('airplay', 'AirPlay', () => video.webkitShowPlaybackTargetPicker())
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
    note: noteOf(stream, value, offered),
    data: { 'data-quality': value },
    disabled: !offered,
  }))
}

function noteOf(stream, value, offered) {
  if (!offered) return 'not offered'
  if (value === 'auto' && stream.chosen === 'auto') return stream.quality
  return ''
}

function qualityLabel(value) {
  return { auto: 'Auto', original: 'Original', audio: 'Audio only' }[value] ?? value
}

/** What the button says, and what more it says where there is room. */
function qualityWords(stream) {
  if (stream.chosen !== 'auto') return [qualityLabel(stream.chosen)]
  return stream.quality ? ['Auto', qualityLabel(stream.quality)] : ['Auto']
}

function speedWord(value) {
  return value === 1 ? 'Normal' : `${value}×`
}

function wordOf(track, at) {
  return track.label || track.language || `Track ${at + 1}`
}
