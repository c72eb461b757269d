// Questions in a dialog: what a marked link or form leads to is fetched, and its `#sheet` is shown over
// the page. Forms inside of it go the same way, until an answer is no question any more: then the browser
// goes where the answer leads.

/** Serves every `[data-sheet]` of the page, also those that are added later. */
export function watchSheets() {
  document.addEventListener('click', event => {
    const link = event.target.closest?.('a[data-sheet]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    openSheet(link.href)
  })
  document.addEventListener('submit', event => {
    const form = event.target
    if (!form.matches?.('form[data-sheet]')) return
    event.preventDefault()
    openSheet(form.action, bodyOf(form, event.submitter))
  })
}

let dialog = null

/** Fetches a question and shows it; `body` is what a form would send. */
async function openSheet(address, body) {
  const buttons = dialog ? [...dialog.querySelectorAll('button')] : []
  for (const button of buttons) button.disabled = true
  let reply
  let text
  try {
    reply = await fetch(address, {
      method: body ? 'POST' : 'GET',
      body,
      credentials: 'same-origin',
      headers: { accept: 'text/html' },
    })
    text = await reply.text()
  } catch {
    for (const button of buttons) button.disabled = false
    say('No connection to Drive-In. Try again.')
    return
  }
  const page = new DOMParser().parseFromString(text, 'text/html')
  const sheet = page.getElementById('sheet')
  if (sheet) show(document.adoptNode(sheet))
  else if (reply.ok) leave(reply.url)
  else show(problemIn(page))
}

function show(content) {
  if (!dialog) {
    dialog = document.createElement('dialog')
    dialog.className = 'sheet-dialog'
    dialog.addEventListener('close', () => {
      dialog.remove()
      dialog = null
    })
    dialog.addEventListener('submit', event => {
      const form = event.target
      // Files are sent by the browser itself.
      if (form.enctype === 'multipart/form-data') return
      event.preventDefault()
      openSheet(form.action, bodyOf(form, event.submitter))
    })
    dialog.addEventListener('click', event => {
      const close = event.target.closest?.('[data-close]')
      if (!close && event.target !== dialog) return
      event.preventDefault()
      dialog.close()
    })
    document.body.append(dialog)
  }
  // One page has one main heading: in a dialog it is the second.
  const heading = content.querySelector('h1')
  if (heading) {
    const second = document.createElement('h2')
    second.append(...heading.childNodes)
    second.dir = 'auto'
    second.id = 'sheet-title'
    heading.replaceWith(second)
    dialog.setAttribute('aria-labelledby', 'sheet-title')
  }
  dialog.replaceChildren(content)
  if (!dialog.open) dialog.showModal()
  const first =
    content.querySelector('[autofocus]') ??
    content.querySelector('button:not(:disabled), a[href], input:not([type=hidden])')
  first?.focus()
  if (first?.matches('#new-name')) selectStem(first)
}

/** A new name is mostly another stem before the same ending. */
function selectStem(field) {
  const dot = field.value.lastIndexOf('.')
  field.setSelectionRange(0, dot > 0 ? dot : field.value.length)
}

function problemIn(page) {
  const box = document.createElement('section')
  const title = document.createElement('h2')
  title.textContent = page.querySelector('h1')?.textContent ?? 'That did not work'
  const words = [...page.querySelectorAll('.lead, .lead + p:not(.ways)')].map(line => {
    const words = document.createElement('p')
    words.textContent = line.textContent
    return words
  })
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'button'
  close.dataset.close = ''
  close.textContent = 'Close'
  box.append(title, ...words, close)
  return box
}

function say(words) {
  const note = document.createElement('p')
  note.className = 'note warn'
  note.setAttribute('role', 'alert')
  note.textContent = words
  if (dialog) dialog.firstElementChild.prepend(note)
  else show(Object.assign(document.createElement('section'), { textContent: words }))
}

function leave(address) {
  const here = location.href.split('#')[0]
  dialog?.close()
  if (address === here) location.reload()
  else location.assign(address)
}

function bodyOf(form, submitter) {
  return new URLSearchParams(new FormData(form, submitter))
}
