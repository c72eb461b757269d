// The order in which the songs of a queue play: as they stand or shuffled, once or over and over. Nothing here touches the
// page.

/** Starts to shuffle at a song: it is the first one, and the others follow in an order of their own each time. */
export function startShuffle(first, random = Math.random) {
  return { first, seed: Math.floor(random() * 2 ** 32) }
}

/** Returns the songs, which are strings, in the order in which they play. `shuffle` is `null` where they are not shuffled. */
export function playOrder(songs, shuffle) {
  if (!shuffle) return songs
  const ranks = new Map(songs.map(song => [song, rank(`${shuffle.seed} ${song}`)]))
  const others = songs.filter(song => song !== shuffle.first)
  others.sort((one, other) => ranks.get(one) - ranks.get(other))
  return songs.includes(shuffle.first) ? [shuffle.first, ...others] : others
}

/**
 * Returns the songs before and after one, `null` where there is none, and true in `repeats` if it is played again at its
 * end. `repeat` is `off`, `all` or `one`.
 */
export function neighbours(songs, current, { shuffle = null, repeat = 'off' } = {}) {
  const order = playOrder(songs, shuffle)
  const at = order.indexOf(current)
  const repeats = repeat === 'one' || (repeat === 'all' && order.length < 2)
  if (at < 0 || order.length < 2) return { previous: null, next: null, repeats }
  const around = repeat === 'all' ? step => order.at((at + step) % order.length) : step => order[at + step]
  return { previous: around(-1) ?? null, next: around(1) ?? null, repeats }
}

/** Hashes a text to a number below 2³² (FNV-1a, mixed as MurmurHash3 does in the end). */
function rank(text) {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
