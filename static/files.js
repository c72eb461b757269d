// A folder in which one does things: questions open in a dialog over it, files are dropped onto it, and
// what is ticked is counted. Without this module the same questions are pages of their own.

import { watchSheets } from './files/sheet.js'
import { watchUploads } from './files/uploads.js'

watchSheets()
const tools = document.getElementById('folder-tools')
if (tools) watchUploads(tools)
watchSelection()

function watchSelection() {
  const count = document.getElementById('selection-count')
  if (!count) return
  document.addEventListener('change', event => {
    if (!event.target.matches('.pick input')) return
    const ticked = document.querySelectorAll('.pick input:checked').length
    count.textContent = ticked === 1 ? '1 entry:' : `${ticked} entries:`
  })
  // The way back from a page restores the ticks of a browser, not of a person.
  addEventListener('pageshow', () => {
    for (const box of document.querySelectorAll('.pick input:checked')) box.checked = false
  })
}
