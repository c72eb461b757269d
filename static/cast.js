// The button “Play on Chromecast”. Google gives its sender out from its own host alone, so this script is on a page only
// where the owner has switched it on, and the content policy names that host there and nowhere else.

const SENDER = 'https://www.gstatic.com/cv/js/sender/v1/cast_sender.js?loadCastFramework=1'

const button = document.getElementById('cast')
const said = document.getElementById('cast-said')

// Google's script calls this once it knows whether the browser can cast at all.
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
    said.textContent = ''
    try {
      await context.requestSession()
      await context.getCurrentSession().loadMedia(request(window.chrome.cast))
      document.getElementById('video').pause()
    } catch (code) {
      // Closing the list of devices is no failure.
      if (code !== window.chrome.cast.ErrorCode.CANCEL)
        said.textContent = 'The Chromecast did not take it. Can it reach this server?'
    }
  })
}

/** What the receiver is told: where the film is, what it is, and where to begin. */
function request(cast) {
  const { address, type, title, poster } = button.dataset
  const media = new cast.media.MediaInfo(address, type)
  media.metadata = new cast.media.GenericMediaMetadata()
  media.metadata.title = title
  if (poster) media.metadata.images = [new cast.Image(poster)]
  media.hlsSegmentFormat = cast.media.HlsSegmentFormat.TS
  const load = new cast.media.LoadRequest(media)
  load.currentTime = document.getElementById('video').currentTime
  return load
}

const script = document.createElement('script')
script.src = SENDER
document.head.append(script)
