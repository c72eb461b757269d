// Files on their way into the folder: chosen or dropped, one after another, each with a bar, the speed and
// the time left. What the drive would refuse is asked before a byte travels.

import { make } from '../player/elements.js'
import { Pace, size, time } from './pace.js'

/** Serves the folder whose tools these are. */
export function watchUploads(tools) {
  const link = document.getElementById('upload')
  if (!link) return
  const queue = new Queue(document.getElementById('uploads'), tools.dataset)
  const input = make('input', { type: 'file', multiple: true, hidden: true, id: 'files-chosen' })
  input.setAttribute('aria-label', 'Files to upload')
  tools.append(input)
  link.addEventListener('click', event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    input.click()
  })
  input.addEventListener('change', () => {
    queue.add([...input.files])
    input.value = ''
  })
  watchDrops(files => queue.add(files))
}

function watchDrops(take) {
  const hasFiles = event => event.dataTransfer?.types.includes('Files')
  let depth = 0
  const mark = change => {
    depth = Math.max(0, depth + change)
    document.body.classList.toggle('is-dropping', depth > 0)
  }
  addEventListener('dragenter', event => hasFiles(event) && mark(1))
  addEventListener('dragleave', event => hasFiles(event) && mark(-1))
  addEventListener('dragover', event => hasFiles(event) && event.preventDefault())
  addEventListener('drop', event => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth = 0
    mark(0)
    // A folder has no bytes of its own.
    const files = [...event.dataTransfer.items].filter(
      item => item.webkitGetAsEntry?.()?.isDirectory !== true,
    )
    take(files.map(item => item.getAsFile()).filter(Boolean))
  })
}

class Queue {
  #list
  #box
  #addresses
  #waiting = []
  #busy = false

  constructor(box, addresses) {
    this.#box = box
    this.#addresses = addresses
    this.#list = make('ul', { className: 'upload-list' })
    box.append(make('h2', { textContent: 'Uploads' }), this.#list)
    addEventListener('beforeunload', event => this.#busy && event.preventDefault())
  }

  add(files) {
    for (const file of files) {
      const upload = new Upload(file, this.#addresses)
      this.#list.append(upload.row)
      this.#waiting.push(upload)
    }
    this.#box.hidden = false
    this.#run()
  }

  async #run() {
    if (this.#busy) return
    this.#busy = true
    let taken = 0
    while (this.#waiting.length > 0) {
      if (await this.#waiting.shift().run()) taken += 1
    }
    this.#busy = false
    if (taken > 0) await showAnew()
  }
}

const POLL_MS = 400

/** One file. */
class Upload {
  row = make('li', { className: 'upload' })
  #file
  #addresses
  #note = make('span', { className: 'detail', textContent: 'Waiting' })
  #bar = make('progress', { max: 100, value: 0 })
  #ways = make('span', { className: 'ways' })
  #request = null
  #isCancelled = false

  constructor(file, addresses) {
    this.#file = file
    this.#addresses = addresses
    this.#note.setAttribute('role', 'status')
    this.#bar.setAttribute('aria-label', `Upload of ${file.name}`)
    this.row.append(
      make('span', { className: 'name', textContent: file.name, dir: 'auto' }),
      this.#bar,
      this.#note,
      this.#ways,
    )
    this.#offer(['Cancel', () => this.#cancel()])
  }

  /** Sends the file; tells whether the folder has it now. */
  async run() {
    if (this.#isCancelled) return false
    let conflict = 'fail'
    for (;;) {
      // Each try has a name of its own, under which the server tells how far it is.
      const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`
      this.#say('Asking the drive…')
      let problem = await this.#ask(conflict, id)
      if (!problem && !this.#isCancelled) problem = await this.#send(conflict, id)
      if (this.#isCancelled) {
        this.#end('Cancelled', 'cancelled')
        return false
      }
      if (!problem) {
        this.#bar.value = 100
        this.#end(`Done, ${size(this.#file.size)}`, 'done')
        return true
      }
      const answer = await this.#whatNow(problem)
      if (answer === 'skip') {
        this.#end(problem.code === 'conflict' ? 'Left as it is' : problem.detail, 'failed')
        return false
      }
      conflict = answer === 'again' ? conflict : answer
    }
  }

  /** Whether the drive would take it, before a byte travels. */
  async #ask(conflict, id) {
    const address = `${this.#address()}?on_conflict=${conflict}&check=${this.#file.size}&id=${id}`
    const reply = await fetch(address, { method: 'PUT', credentials: 'same-origin' }).catch(() => null)
    if (reply?.ok) return null
    return (await reply?.json().catch(() => null)) ?? OFFLINE
  }

  async #send(conflict, id) {
    const request = new XMLHttpRequest()
    this.#request = request
    const pace = new Pace(this.#file.size)
    // The browser knows what it has sent, the server what the drive has: two legs of one way.
    let mine = 0
    let theirs = null
    const draw = () => {
      const { received, sent } = theirs ?? { received: mine, sent: 0 }
      const there = theirs && sent > 0 ? (received + sent) / 2 : theirs ? received / 2 : mine / 2
      const { percent, speed, left } = pace.at(there, performance.now())
      this.#bar.value = Math.min(99, percent)
      const words = [
        `${Math.min(99, Math.floor(percent))}%`,
        speed > 0 ? `${size(speed)}/s` : '',
        left !== null ? `${time(left)} left` : '',
      ]
      this.#say(words.filter(Boolean).join(' · '))
    }
    request.upload.addEventListener('progress', event => {
      mine = event.loaded
      draw()
    })
    const poll = setInterval(async () => {
      const reply = await fetch(`${this.#addresses.uploads}/${id}`, { credentials: 'same-origin' }).catch(
        () => null,
      )
      if (!reply?.ok) return
      theirs = await reply.json()
      draw()
    }, POLL_MS)
    try {
      return await new Promise(resolve => {
        request.addEventListener('load', () => resolve(request.status < 300 ? null : problemIn(request)))
        request.addEventListener('error', () => resolve(OFFLINE))
        request.addEventListener('abort', () => resolve({ code: 'cancelled' }))
        request.open('PUT', `${this.#address()}?on_conflict=${conflict}&id=${id}`)
        request.setRequestHeader('content-type', 'application/octet-stream')
        request.send(this.#file)
      })
    } finally {
      clearInterval(poll)
      this.#request = null
    }
  }

  /** Asks the person: another try, or not. */
  #whatNow(problem) {
    this.row.dataset.state = 'asks'
    this.#say(problem.code === 'conflict' ? 'There is one of that name already.' : problem.detail)
    return new Promise(resolve => {
      const way = (label, answer) => [
        label,
        () => {
          delete this.row.dataset.state
          this.#offer(['Cancel', () => this.#cancel()])
          resolve(answer)
        },
      ]
      if (problem.code === 'conflict')
        this.#offer(way('Replace', 'overwrite'), way('Keep both', 'rename'), way('Skip', 'skip'))
      else this.#offer(way('Try again', 'again'), way('Skip', 'skip'))
      this.#ways.querySelector('button').focus({ preventScroll: true })
    })
  }

  #cancel() {
    this.#isCancelled = true
    this.#request?.abort()
    this.#end('Cancelled', 'cancelled')
  }

  #end(words, state) {
    this.row.dataset.state = state
    this.#ways.replaceChildren()
    this.#say(words)
  }

  #say(words) {
    this.#note.textContent = words
  }

  #offer(...ways) {
    this.#ways.replaceChildren(
      ...ways.map(([label, act]) => {
        const button = make('button', {
          type: 'button',
          className: 'button quiet',
          textContent: label,
          onclick: act,
        })
        button.setAttribute('aria-label', `${label}: ${this.#file.name}`)
        return button
      }),
    )
  }

  #address() {
    const name = encodeURIComponent(this.#file.name).replace(
      /[!'()*]/g,
      c => `%${c.charCodeAt(0).toString(16)}`,
    )
    return `${this.#addresses.content}/${name}`
  }
}

const OFFLINE = { code: 'offline', detail: 'The connection broke off. What has arrived is not sent again.' }

function problemIn(request) {
  try {
    return JSON.parse(request.responseText)
  } catch {
    return { code: 'internal', detail: `The server answered with ${request.status}.` }
  }
}

/** The lists of this folder as they are now. */
async function showAnew() {
  const reply = await fetch(location.href, {
    credentials: 'same-origin',
    headers: { accept: 'text/html' },
  }).catch(() => null)
  if (!reply?.ok) return
  const page = new DOMParser().parseFromString(await reply.text(), 'text/html')
  for (const list of document.querySelectorAll('[data-grows]')) {
    const fresh = page.getElementById(list.id)
    if (fresh) list.replaceChildren(...[...fresh.children].map(item => document.adoptNode(item)))
  }
  document.querySelector('.note.empty')?.remove()
}
