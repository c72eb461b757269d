// Buttons that copy a text: `data-copy` holds it, or `data-copy-from` names the element that shows it.
// Pages on plain HTTP have no clipboard object; there the text is selected and copied the old way.

/** Serves every copy button below `root`, also those that are added later. */
export function watchCopyButtons(root) {
  root.addEventListener('click', async event => {
    const button = event.target.closest?.('[data-copy], [data-copy-from]')
    if (!button) return
    const text = button.dataset.copy ?? document.getElementById(button.dataset.copyFrom)?.textContent
    if (!text) return
    const label = button.dataset.label ?? button.textContent
    button.dataset.label = label
    button.textContent = (await copyText(text)) ? 'Copied' : 'Press Ctrl+C'
    setTimeout(() => (button.textContent = label), 2000)
  })
}

/** Copies `text`; tells whether it worked. */
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
