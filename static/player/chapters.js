// Reads the chapter marks of a film, which the server sends as WebVTT.

const ENTITIES = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/** Fetches chapter marks: `[{at, title}]`; none where there are none or the server does not answer. */
export async function loadChapters(url) {
  try {
    const reply = await fetch(url)
    return reply.ok ? parseChapters(await reply.text()) : []
  } catch {
    return []
  }
}

/** Parses the cues of a WebVTT file as chapter marks, in order. */
export function parseChapters(text) {
  const cue = /^(\d+):(\d\d):(\d\d\.\d{3}) --> .*\n(.+)$/gm
  return [...text.matchAll(cue)].map(([, hours, minutes, seconds, title]) => ({
    at: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    title: title.replace(/&amp;|&lt;|&gt;/g, entity => ENTITIES[entity]),
  }))
}

/** Returns the title of the chapter at a time; `''` before the first. */
export function chapterAt(chapters, at) {
  return chapters.findLast(chapter => chapter.at <= at)?.title ?? ''
}
