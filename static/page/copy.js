// Copies a text when its button is pressed: `data-copy` holds the text, or `data-copy-from` holds the id of
// the element that shows it. Pages on plain HTTP have no clipboard object; there the text is selected and
// copied with `execCommand`.

import { copy as texts } from '../texts.js'

/** Handles every copy button below `root`, including buttons added later. */
export function enableCopyButtons(root) {
  root.addEventListener('click', async event => {
    const button = event.target.closest?.('[data-copy], [data-copy-from]')
    if (!button) return
    const text = button.dataset.copy ?? document.getElementById(button.dataset.copyFrom)?.textContent
    if (!text) return
    const label = button.dataset.label ?? button.textContent
    button.dataset.label = label
    button.textContent = (await copyText(text)) ? texts.copied : texts.pressKeys
    setTimeout(() => (button.textContent = label), 2000)
  })
}

/** Copies `text`. Returns true if it worked. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text) {
  const field = document.createElement('textarea')
  field.className = 'off-stage'
  field.value = text
  ;(document.fullscreenElement ?? document.body).append(field)
  const before = document.activeElement
  field.select()
  let copied = false
  try {
    copied = document.execCommand('copy')
  } catch {
    copied = false
  }
  field.remove()
  before?.focus?.({ preventScroll: true })
  return copied
}
