// Runs on the page of tasks: shows each change as the server sends it. Without this module, the page is loaded again.

import { followTasks } from './page/task-events.js'

const list = document.getElementById('tasks')

const parsed = html => new DOMParser().parseFromString(html, 'text/html')

followTasks('task', html => show(parsed(html).querySelector('section')))

// Tasks may have ended while no connection was open: the page is read again, once.
document.addEventListener('tasks:reopened', async () => {
  const reply = await fetch(location.href, {
    credentials: 'same-origin',
    headers: { accept: 'text/html' },
  }).catch(() => null)
  if (!reply?.ok) return
  const panels = parsed(await reply.text()).querySelectorAll('#tasks > section')
  for (const fresh of [...panels].reverse()) show(fresh)
})

function show(fresh) {
  if (!fresh) return
  const shown = document.getElementById(fresh.id)
  if (shown) {
    update(shown, fresh)
    return
  }
  document.querySelector('.note.empty')?.remove()
  list.prepend(document.adoptNode(fresh))
}

/** Takes over what differs, so that the focus stays where it is. */
function update(shown, fresh) {
  for (const selector of ['.detail', '.task-progress', 'form']) {
    const [before, after] = [shown.querySelector(selector), fresh.querySelector(selector)]
    if (before?.outerHTML === after?.outerHTML) continue
    if (!after) before.remove()
    else if (!before) shown.append(document.adoptNode(after))
    else if (selector === '.task-progress') before.firstElementChild.value = after.firstElementChild.value
    else replace(before, document.adoptNode(after))
  }
}

function replace(before, after) {
  const hadFocus = before.contains(document.activeElement)
  before.replaceWith(after)
  if (hadFocus) after.querySelector('button')?.focus({ preventScroll: true })
}
