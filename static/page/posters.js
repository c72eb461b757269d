// Removes posters that cannot be loaded, so that the placeholder drawn by the style sheet shows.

/** Removes the failing posters below `root`, present and future ones. */
export function removeBrokenPosters(root) {
  // `error` does not bubble, so it is caught in the capture phase.
  root.addEventListener('error', event => removePoster(event.target), true)
  for (const image of root.querySelectorAll('.poster img, .title-head img')) {
    if (image.complete && image.naturalWidth === 0) removePoster(image)
  }
}

function removePoster(target) {
  if (target instanceof HTMLImageElement && target.closest('.poster, .title-head')) target.remove()
}
