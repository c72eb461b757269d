// Runs on pages with files that can be changed: opens forms in a dialog, uploads dropped files, and counts
// the selection. Without this module the same forms are pages.

import { enableDialogs } from './files/dialog.js'
import { watchUploads } from './files/uploads.js'
import { listing as texts } from './texts.js'

enableDialogs()
const tools = document.getElementById('folder-tools')
if (tools) watchUploads(tools)
watchSelection()

function watchSelection() {
  const count = document.getElementById('selection-count')
  if (!count) return
  document.addEventListener('change', event => {
    if (!event.target.matches('.pick input')) return
    count.textContent = texts.selected({ count: document.querySelectorAll('.pick input:checked').length })
  })
  // A browser restores ticked boxes when it comes back to a page; the selection starts empty instead.
  addEventListener('pageshow', () => {
    for (const box of document.querySelectorAll('.pick input:checked')) box.checked = false
  })
}
