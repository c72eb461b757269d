// The changes of tasks, as the server sends them: one connection for a page, and none while it is out of sight, since a
// browser has few of them.

const sign = () => document.querySelector('.tasks-sign')
const listeners = []
let source = null
// A task that was begun on this page may not be counted yet.
let awaited = false
let wasOpen = false

/** Calls `onChange(html)` for each change of this kind, from now on and for as long as the page is open. */
export function followTasks(kind, onChange) {
  listeners.push([kind, onChange])
  source?.close()
  source = null
  connect()
}

/** Shows the sign of running tasks in the header, and keeps it up while there are some. */
export function watchTasksSign() {
  connect()
}

/** The same for a task that was begun on this page a moment ago. */
export function awaitTask() {
  awaited = true
  connect()
}

document.addEventListener('tasks:begun', awaitTask)
document.addEventListener('visibilitychange', connect)

function connect() {
  if (!sign()) return
  if (document.hidden || (sign().hidden && !awaited && listeners.length === 0)) {
    source?.close()
    source = null
    return
  }
  if (source) return
  source = new EventSource(sign().dataset.events)
  source.addEventListener('open', () => {
    if (wasOpen) document.dispatchEvent(new Event('tasks:reopened'))
    wasOpen = true
  })
  source.addEventListener('sign', event => {
    const fresh = new DOMParser().parseFromString(event.data, 'text/html').querySelector('.tasks-sign')
    if (!fresh) return
    if (!fresh.hidden) awaited = false
    show(fresh)
    connect()
  })
  for (const [kind, onChange] of listeners) source.addEventListener(kind, event => onChange(event.data))
}

/** Changes the sign in place: it may have the focus. */
function show(fresh) {
  sign().hidden = fresh.hidden
  sign().replaceChildren(...[...fresh.childNodes].map(node => document.adoptNode(node)))
}
