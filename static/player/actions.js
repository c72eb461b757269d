// The actions of a viewer on the film, in one place, so that the bar and the keys do the same.

import { player as texts } from '../texts.js'
import { localLabel } from './language-names.js'
import { loadPreferences, savePreferences } from './preferences.js'

/** The speeds of the menu. */
export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3]

function subtitlesOn(track) {
  return track ? texts.subtitlesOf({ track }) : texts.subtitlesOn
}

/** Creates the actions of one player; `showToast` shows a short text for a moment. */
export function createActions({ player, video, stream, showToast, help }) {
  const subtitleTracks = () =>
    [...video.textTracks].filter(track => track.kind === 'subtitles' || track.kind === 'captions')

  const actions = {
    togglePlay() {
      if (video.paused || video.ended) video.play().catch(() => {})
      else video.pause()
    },
    seekBy(seconds) {
      actions.seekTo(video.currentTime + seconds)
    },
    seekTo(seconds) {
      if (!Number.isFinite(video.duration)) return
      video.currentTime = Math.min(Math.max(seconds, 0), Math.max(video.duration - 0.5, 0))
    },
    seekToPart(tenths) {
      actions.seekTo((video.duration * tenths) / 10)
    },
    setVolume(volume) {
      video.muted = false
      video.volume = Math.min(Math.max(volume, 0), 1)
    },
    changeVolume(by) {
      actions.setVolume(Math.round((video.volume + by) * 20) / 20)
      showToast(texts.volumeAt({ percent: Math.round(video.volume * 100) }))
    },
    toggleMute() {
      video.muted = !video.muted
      showToast(video.muted ? texts.soundOff : texts.soundOn)
    },
    setSpeed(rate) {
      video.defaultPlaybackRate = rate
      video.playbackRate = rate
      showToast(rate === 1 ? texts.speedNormal : texts.speedAt({ rate }))
    },
    changeSpeed(steps) {
      const now = SPEEDS.findLastIndex(speed => speed <= video.playbackRate)
      actions.setSpeed(SPEEDS[Math.min(Math.max(now + steps, 0), SPEEDS.length - 1)])
    },
    chooseQuality(name) {
      // Audio only is chosen for this film, not for the next ones.
      if (name !== 'audio') savePreferences({ quality: name })
      stream.choose(name)
    },
    subtitleTracks,
    chooseSubtitles(at) {
      const tracks = subtitleTracks()
      for (const [index, track] of tracks.entries())
        track.mode = index === Number(at) ? 'showing' : 'disabled'
      const chosen = tracks[Number(at)]
      savePreferences({ subtitles: chosen ? chosen.language || chosen.label : '' })
    },
    toggleSubtitles() {
      const tracks = subtitleTracks()
      if (tracks.length === 0) return showToast(texts.subtitlesNone)
      const shown = tracks.findIndex(track => track.mode === 'showing')
      actions.chooseSubtitles(shown < 0 ? 0 : -1)
      return showToast(
        shown < 0
          ? subtitlesOn(localLabel(tracks[0].label, tracks[0].language) || tracks[0].language)
          : texts.subtitlesOff,
      )
    },
    async togglePictureInPicture() {
      try {
        if (document.pictureInPictureElement) await document.exitPictureInPicture()
        else await video.requestPictureInPicture()
      } catch {
        showToast(texts.pictureInPictureFailed)
      }
    },
    async toggleFullScreen() {
      try {
        if (document.fullscreenElement) await document.exitFullscreen()
        else if (player.requestFullscreen) await player.requestFullscreen()
        else video.webkitEnterFullscreen?.()
      } catch {
        showToast(texts.fullScreenFailed)
        return
      }
      // A phone turns to landscape, where the browser allows it.
      if (document.fullscreenElement && video.videoWidth > video.videoHeight)
        await screen.orientation?.lock?.('landscape').catch(() => {})
    },
    showHelp() {
      if (help.open) help.close()
      else help.showModal()
    },
  }
  return actions
}

/** Restores speed and volume from the preferences, and saves them from now on. */
export function persistPlaybackSettings(video) {
  const { rate = 1, volume = 1, muted = false } = loadPreferences()
  video.defaultPlaybackRate = rate
  video.playbackRate = rate
  video.volume = volume
  video.muted = muted
  video.addEventListener('ratechange', () => {
    // Opening another source resets the speed for a moment; only a loaded film's speed is saved.
    if (video.readyState > 0) savePreferences({ rate: video.playbackRate })
  })
  video.addEventListener('volumechange', () => savePreferences({ volume: video.volume, muted: video.muted }))
}
