// Creates the volume controls: a mute button, and a slider where there is room for one.

import { player as texts } from '../texts.js'
import { icon, iconButton, setLabel } from './elements.js'
import { Slider } from './slider.js'

const STEP = 0.05

/** Creates `[button, slider]` for `video`. */
export function createVolumeControls({ video, actions }) {
  const mute = iconButton('sound', texts.soundOff, actions.toggleMute)
  const slider = new Slider('volume', texts.volume, {
    format: value => `${Math.round(value * 100)}%`,
    onChange: value => actions.setVolume(value),
    onStep: by => actions.changeVolume(STEP * by),
    onPress: actions.toggleMute,
    isLive: true,
  })
  const show = () => {
    const isSilent = video.muted || video.volume === 0
    mute.replaceChildren(icon(isSilent ? 'silence' : 'sound'))
    setLabel(mute, isSilent ? texts.soundOn : texts.soundOff)
    slider.show(isSilent ? 0 : video.volume, 1)
  }
  video.addEventListener('volumechange', show)
  show()
  return [mute, slider.element]
}
