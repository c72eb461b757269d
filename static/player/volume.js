// Sound: a button that turns it off and on, and a slider where there is room for one.

import { icon, iconButton, name } from './elements.js'
import { Slider } from './slider.js'

/** `[button, slider]` for `video`. */
export function volumeControls({ video, deeds }) {
  const mute = iconButton('sound', 'Sound off', deeds.toggleMute)
  const slider = new Slider('volume', 'Volume', {
    words: value => `${Math.round(value * 100)}%`,
    pick: value => deeds.setVolume(value),
    step: by => deeds.changeVolume(0.05 * by),
    press: deeds.toggleMute,
    isLive: true,
  })
  const show = () => {
    const isSilent = video.muted || video.volume === 0
    mute.replaceChildren(icon(isSilent ? 'silence' : 'sound'))
    name(mute, isSilent ? 'Sound on' : 'Sound off')
    slider.show(isSilent ? 0 : video.volume, 1)
  }
  video.addEventListener('volumechange', show)
  show()
  return [mute, slider.element]
}
