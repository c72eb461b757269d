// Draws SubStation text over the picture as it was made, with the fonts inside of the film and of the file: by libass, in a
// worker. Where that fails, the browser shows the same subtitles as text.

import { make } from './elements.js'

const LIBRARY = new URL('../vendor/libass/', import.meta.url)
const at = name => new URL(name, LIBRARY).href
const FALLBACK_FONT = at('default.woff2')

/** Draws the styled subtitles that are chosen in the menu, of whatever film plays. */
export function watchStyledSubtitles({ player, video, getFilm, look }) {
  let drawn = null
  let renderer = null

  const update = () => {
    const element = [...video.querySelectorAll('track')].find(
      element => element.track.mode === 'showing' && element.dataset.styled,
    )
    const url = element?.dataset.styled ?? null
    if (url === drawn) return
    stop()
    drawn = url
    // The browser goes on with its own subtitles.
    if (url) start(url).catch(stop)
  }

  const stop = () => {
    player.classList.remove('draws-subtitles')
    const former = renderer
    renderer = null
    former?.dispose()
  }

  async function start(url) {
    const [subContent, ofFilm, ofFile, SubtitlesOctopus] = await Promise.all([
      fetchText(url),
      fetchFonts(getFilm().fonts),
      fetchFonts(url.replace(/\.ass$/, '.json')),
      loadLibrary(),
    ])
    const fonts = [...ofFilm, ...ofFile]
    // Another choice was made meanwhile.
    if (url !== drawn) return
    renderer = new SubtitlesOctopus({
      video,
      subContent,
      // Without any, libass complains.
      fonts: fonts.length > 0 ? fonts : [FALLBACK_FONT],
      fallbackFont: FALLBACK_FONT,
      // Added to the time of the film: what comes later is drawn as of an earlier time.
      timeOffset: -look.delay,
      workerUrl: at('subtitles-octopus-worker.js'),
      // There is no other: a page that came from a film without such subtitles may not look for WebAssembly itself.
      legacyWorkerUrl: at('subtitles-octopus-worker.js'),
      onReady: () => {
        if (url !== drawn) return
        player.classList.add('draws-subtitles')
        // Of a video that rests, no event says where it is.
        renderer?.setCurrentTime(video.currentTime - look.delay)
      },
      // It disposes of itself.
      onError: () => {
        player.classList.remove('draws-subtitles')
        renderer = null
      },
    })
  }

  look.addEventListener('delay', () => {
    if (renderer) renderer.timeOffset = -look.delay
  })
  video.textTracks.addEventListener('change', update)
  video.textTracks.addEventListener('removetrack', update)
  update()
}

async function fetchText(url) {
  const reply = await fetch(url, { credentials: 'same-origin' })
  if (!reply.ok) throw new Error(`status ${reply.status}`)
  return reply.text()
}

async function fetchFonts(list) {
  if (!list) return []
  const base = new URL(list, location.href)
  const reply = await fetch(base, { credentials: 'same-origin' })
  // Text in another font is better than none.
  if (!reply.ok) return []
  const { fonts } = await reply.json()
  return fonts.map(font => new URL(font, base).href)
}

let library = null

/** Loads the script of the library, which is no module, once. */
function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = make('script', { src: at('subtitles-octopus.js') })
    script.addEventListener('load', () => resolve(window.SubtitlesOctopus))
    script.addEventListener('error', () => {
      library = null
      reject(new Error('libass did not load'))
    })
    document.head.append(script)
  })
  return library
}
