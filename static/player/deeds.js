// Everything a viewer can do to the film, in one place, so that the bar and the keys do the same.

import { recall, remember } from './memory.js'

/** The speeds of the menu. */
export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3]

/** The deeds for one player; `say` shows a few words for a moment. */
export function deedsOf({ player, video, stream, say, help }) {
  const subtitleTracks = () =>
    [...video.textTracks].filter(track => track.kind === 'subtitles' || track.kind === 'captions')

  const deeds = {
    togglePlay() {
      if (video.paused || video.ended) video.play().catch(() => {})
      else video.pause()
    },
    seekBy(seconds) {
      deeds.seekTo(video.currentTime + seconds)
    },
    seekTo(seconds) {
      if (!Number.isFinite(video.duration)) return
      video.currentTime = Math.min(Math.max(seconds, 0), Math.max(video.duration - 0.5, 0))
    },
    seekToPart(tenths) {
      deeds.seekTo((video.duration * tenths) / 10)
    },
    setVolume(volume) {
      video.muted = false
      video.volume = Math.min(Math.max(volume, 0), 1)
    },
    changeVolume(by) {
      deeds.setVolume(Math.round((video.volume + by) * 20) / 20)
      say(`Volume ${Math.round(video.volume * 100)}%`)
    },
    toggleMute() {
      video.muted = !video.muted
      say(video.muted ? 'Sound off' : 'Sound on')
    },
    setSpeed(rate) {
      video.defaultPlaybackRate = rate
      video.playbackRate = rate
      say(rate === 1 ? 'Normal speed' : `Speed ${rate}×`)
    },
    changeSpeed(steps) {
      const now = SPEEDS.findLastIndex(speed => speed <= video.playbackRate)
      deeds.setSpeed(SPEEDS[Math.min(Math.max(now + steps, 0), SPEEDS.length - 1)])
    },
    chooseQuality(name) {
      // Sound alone is a choice for now, not for every film to come.
      if (name !== 'audio') remember({ quality: name })
      stream.choose(name)
    },
    subtitleTracks,
    chooseSubtitles(at) {
      const tracks = subtitleTracks()
      for (const [index, track] of tracks.entries()) track.mode = index === Number(at) ? 'showing' : 'disabled'
      const chosen = tracks[Number(at)]
      remember({ subtitles: chosen ? chosen.language || chosen.label : '' })
    },
    toggleSubtitles() {
      const tracks = subtitleTracks()
      if (tracks.length === 0) return say('No subtitles')
      const shown = tracks.findIndex(track => track.mode === 'showing')
      deeds.chooseSubtitles(shown < 0 ? 0 : -1)
      return say(shown < 0 ? `Subtitles: ${tracks[0].label || tracks[0].language || 'on'}` : 'Subtitles off')
    },
    async togglePictureInPicture() {
      try {
        if (document.pictureInPictureElement) await document.exitPictureInPicture()
        else await video.requestPictureInPicture()
      } catch {
        say('No small picture at the moment')
      }
    },
    async toggleFullScreen() {
      try {
        if (document.fullscreenElement) await document.exitFullscreen()
        else if (player.requestFullscreen) await player.requestFullscreen()
        else video.webkitEnterFullscreen?.()
      } catch {
        say('Full screen is not allowed here')
        return
      }
      // A phone turns with the film, where it lets itself be turned.
      if (document.fullscreenElement && video.videoWidth > video.videoHeight)
        await screen.orientation?.lock?.('landscape').catch(() => {})
    },
    showHelp() {
      if (help.open) help.close()
      else help.showModal()
    },
  }
  return deeds
}

/** Speed and volume as they were last time, and kept from now on. */
export function keepChoices(video) {
  const { rate = 1, volume = 1, muted = false } = recall()
  video.defaultPlaybackRate = rate
  video.playbackRate = rate
  video.volume = volume
  video.muted = muted
  video.addEventListener('ratechange', () => {
    // Opening another source sets the speed back for a moment; only a playing film's speed counts.
    if (video.readyState > 0) remember({ rate: video.playbackRate })
  })
  video.addEventListener('volumechange', () => remember({ volume: video.volume, muted: video.muted }))
}
