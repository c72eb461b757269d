// Enables the button "Play on Chromecast". Google serves its sender library from its own host only, so this
// script is on a page only if the owner has enabled casting, and only there does the content security policy
// name that host.

import { cast as texts } from './texts.js'

const SENDER = 'https://www.gstatic.com/cv/js/sender/v1/cast_sender.js?loadCastFramework=1'

const button = document.getElementById('cast')
const status = document.getElementById('cast-status')

// The sender library calls this when it has detected whether the browser can cast.
window.__onGCastApiAvailable = isAvailable => {
  if (!isAvailable) return
  const { framework } = window.cast
  const context = framework.CastContext.getInstance()
  context.setOptions({
    receiverApplicationId: window.chrome.cast.media.DEFAULT_MEDIA_RECEIVER_APP_ID,
    autoJoinPolicy: window.chrome.cast.AutoJoinPolicy.ORIGIN_SCOPED,
  })
  const show = () => {
    button.hidden = context.getCastState() === framework.CastState.NO_DEVICES_AVAILABLE
  }
  context.addEventListener(framework.CastContextEventType.CAST_STATE_CHANGED, show)
  show()
  button.addEventListener('click', async () => {
    status.textContent = ''
    try {
      await context.requestSession()
      await context.getCurrentSession().loadMedia(loadRequest(window.chrome.cast))
      document.getElementById('video').pause()
    } catch (code) {
      // Closing the list of devices is no failure.
      if (code !== window.chrome.cast.ErrorCode.CANCEL) status.textContent = texts.failed
    }
  })
}

/** Returns the request for the receiver: the film's URL, title and poster, and the position to start at. */
function loadRequest(cast) {
  const { url, type, title, poster } = button.dataset
  const media = new cast.media.MediaInfo(url, type)
  media.metadata = new cast.media.GenericMediaMetadata()
  media.metadata.title = title
  if (poster) media.metadata.images = [new cast.Image(poster)]
  media.hlsSegmentFormat = cast.media.HlsSegmentFormat.TS
  const request = new cast.media.LoadRequest(media)
  request.currentTime = document.getElementById('video').currentTime
  return request
}

const script = document.createElement('script')
script.src = SENDER
document.head.append(script)
