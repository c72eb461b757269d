// The modules that only a page of music needs.

export { GaplessPlayer } from './gapless.js'
export { addTags, showSong, watchQueue } from './queue.js'
export { SongQueue } from './song-queue.js'
