/**
 * Returns the URL of a page as a script fetches it: the server waits for a slow drive, as for the reload of a page. Otherwise
 * the page may come at once and without its content, since only a browser would load it again.
 */
export function patientUrl(href) {
  const url = new URL(href, location.href)
  url.searchParams.set('waited', '1')
  return url
}
