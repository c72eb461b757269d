// A picture that cannot be loaded makes room for the drawn one that lies beneath it.

/** Takes away the failing pictures of `root`, those of now and those to come. */
export function watchPosters(root) {
  // `error` does not bubble, but it can be caught on its way down.
  root.addEventListener('error', event => drop(event.target), true)
  for (const image of root.querySelectorAll('.poster img')) {
    if (image.complete && image.naturalWidth === 0) drop(image)
  }
}

function drop(target) {
  if (target instanceof HTMLImageElement && target.closest('.poster')) target.remove()
}
