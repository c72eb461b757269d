// The links to players of this device: the one that was used last comes first.

import { loadPreferences, savePreferences } from './preferences.js'

/** Puts the player that was opened last before the others. */
export function sortApps(root) {
  const { app } = loadPreferences()
  const last = [...root.querySelectorAll('[data-app]')].find(link => link.dataset.app === app)
  if (last) last.parentElement.prepend(last)
}

/** Stores which player is opened, also of links that are added later. */
export function rememberApps(root) {
  root.addEventListener('click', event => {
    const link = event.target.closest?.('[data-app]')
    if (link) savePreferences({ app: link.dataset.app })
  })
}
