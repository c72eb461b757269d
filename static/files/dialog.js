// Opens forms in a dialog: fetches the page that a marked link or form leads to and shows its `#dialog`
// over this page. Forms inside are fetched in the same way, until a reply has no `#dialog`; then the browser
// goes to that reply's URL.

import { patientUrl } from '../page/patient.js'
import { dialog as texts } from '../texts.js'

/** Handles every `[data-dialog]` link and form of the page, including those added later. */
export function enableDialogs() {
  document.addEventListener('click', event => {
    const link = event.target.closest?.('a[data-dialog]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    openDialog(link.href)
  })
  document.addEventListener('submit', event => {
    const form = event.target
    if (!form.matches?.('form[data-dialog]')) return
    event.preventDefault()
    openDialog(form.action, formBody(form, event.submitter))
  })
}

let dialog = null

/** Fetches `url` and shows its `#dialog`; with `body`, which a form would send, it posts. */
async function openDialog(url, body) {
  const buttons = dialog ? [...dialog.querySelectorAll('button')] : []
  for (const button of buttons) button.disabled = true
  let reply
  let text
  try {
    reply = await fetch(body ? url : patientUrl(url), {
      method: body ? 'POST' : 'GET',
      body,
      credentials: 'same-origin',
      headers: { accept: 'text/html' },
    })
    text = await reply.text()
  } catch {
    for (const button of buttons) button.disabled = false
    showAlert(texts.offline)
    return
  }
  const page = new DOMParser().parseFromString(text, 'text/html')
  const content = page.getElementById('dialog')
  if (content) show(document.adoptNode(content))
  else if (reply.ok) goTo(reply.url)
  else show(problemIn(page))
}

function show(content) {
  if (!dialog) {
    dialog = document.createElement('dialog')
    dialog.className = 'page-dialog'
    dialog.addEventListener('close', () => {
      dialog.remove()
      dialog = null
    })
    dialog.addEventListener('submit', event => {
      const form = event.target
      // Forms with files are sent by the browser.
      if (form.enctype === 'multipart/form-data') return
      event.preventDefault()
      openDialog(form.action, formBody(form, event.submitter))
    })
    dialog.addEventListener('click', event => {
      const close = event.target.closest?.('[data-close]')
      if (!close && event.target !== dialog) return
      event.preventDefault()
      dialog.close()
    })
    document.body.append(dialog)
  }
  // A page has one h1, so the dialog's heading becomes an h2.
  const heading = content.querySelector('h1')
  if (heading) {
    const second = document.createElement('h2')
    second.append(...heading.childNodes)
    second.dir = 'auto'
    second.id = 'dialog-title'
    heading.replaceWith(second)
    dialog.setAttribute('aria-labelledby', 'dialog-title')
  }
  dialog.replaceChildren(content)
  if (!dialog.open) dialog.showModal()
  const first =
    content.querySelector('[autofocus]') ??
    content.querySelector('button:not(:disabled), a[href], input:not([type=hidden])')
  first?.focus()
  if (first?.matches('#new-name')) selectStem(first)
}

/** Selects a file name without its extension, which mostly stays. */
function selectStem(field) {
  const dot = field.value.lastIndexOf('.')
  field.setSelectionRange(0, dot > 0 ? dot : field.value.length)
}

function problemIn(page) {
  const box = document.createElement('section')
  const title = document.createElement('h2')
  title.textContent = page.querySelector('h1')?.textContent ?? texts.failed
  const paragraphs = [...page.querySelectorAll('.lead, .lead + p:not(.ways)')].map(line => {
    const paragraph = document.createElement('p')
    paragraph.textContent = line.textContent
    return paragraph
  })
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'button'
  close.dataset.close = ''
  close.textContent = texts.close
  box.append(title, ...paragraphs, close)
  return box
}

function showAlert(sentence) {
  const note = document.createElement('p')
  note.className = 'note warn'
  note.setAttribute('role', 'alert')
  note.textContent = sentence
  if (dialog) dialog.firstElementChild.prepend(note)
  else show(Object.assign(document.createElement('section'), { textContent: sentence }))
}

function goTo(url) {
  const here = location.href.split('#')[0]
  dialog?.close()
  if (url === here) location.reload()
  else location.assign(url)
}

function formBody(form, submitter) {
  return new URLSearchParams(new FormData(form, submitter))
}
