// Uploads files that were chosen or dropped into the folder, one after another, each with a progress bar,
// the speed and the time left. The drive is asked whether it would take a file before a byte is sent.

import { patientUrl } from '../page/patient.js'
import { make } from '../player/elements.js'
import { uploads as texts } from '../texts.js'
import { formatDuration, formatSize, TransferRate } from './transfer-rate.js'

const POLL_INTERVAL_MS = 400
const OFFLINE = { code: 'offline', detail: texts.offline }

/** Enables uploads to the folder that `tools` belongs to. */
export function watchUploads(tools) {
  const link = document.getElementById('upload')
  if (!link) return
  const queue = new UploadQueue(document.getElementById('uploads'), tools.dataset)
  const input = make('input', { type: 'file', multiple: true, hidden: true, id: 'files-chosen' })
  input.setAttribute('aria-label', texts.choose)
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

function watchDrops(onFiles) {
  const hasFiles = event => event.dataTransfer?.types.includes('Files')
  let depth = 0
  const changeDepth = by => {
    depth = Math.max(0, depth + by)
    document.body.classList.toggle('is-dropping', depth > 0)
  }
  addEventListener('dragenter', event => hasFiles(event) && changeDepth(1))
  addEventListener('dragleave', event => hasFiles(event) && changeDepth(-1))
  addEventListener('dragover', event => hasFiles(event) && event.preventDefault())
  addEventListener('drop', event => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth = 0
    changeDepth(0)
    // Folders are left out: they have no bytes to send.
    const isFile = item => item.webkitGetAsEntry?.()?.isDirectory !== true
    const files = [...event.dataTransfer.items].filter(isFile)
    onFiles(files.map(item => item.getAsFile()).filter(Boolean))
  })
}

class UploadQueue {
  #list
  #box
  #urls
  #waiting = []
  #isRunning = false

  constructor(box, urls) {
    this.#box = box
    this.#urls = urls
    this.#list = make('ul', { className: 'upload-list' })
    box.append(make('h2', { textContent: texts.title }), this.#list)
    addEventListener('beforeunload', event => this.#isRunning && event.preventDefault())
  }

  add(files) {
    for (const file of files) {
      const upload = new Upload(file, this.#urls)
      this.#list.append(upload.row)
      this.#waiting.push(upload)
    }
    this.#box.hidden = false
    this.#run()
  }

  async #run() {
    if (this.#isRunning) return
    this.#isRunning = true
    let uploaded = 0
    while (this.#waiting.length > 0) {
      if (await this.#waiting.shift().run()) uploaded += 1
    }
    this.#isRunning = false
    if (uploaded > 0) await refreshLists()
  }
}

/** Uploads one file and shows its progress in `row`. */
class Upload {
  row = make('li', { className: 'upload' })
  #file
  #urls
  #status = make('span', { className: 'detail', textContent: texts.waiting })
  #bar = make('progress', { max: 100, value: 0 })
  #buttons = make('span', { className: 'ways' })
  #request = null
  #isCancelled = false

  constructor(file, urls) {
    this.#file = file
    this.#urls = urls
    this.#status.setAttribute('role', 'status')
    this.#bar.setAttribute('aria-label', texts.progressOf({ name: file.name }))
    const name = make('span', { className: 'name', textContent: file.name, dir: 'auto' })
    this.row.append(name, this.#bar, this.#status, this.#buttons)
    this.#showCancel()
  }

  /** Uploads the file. Returns true if the folder has it now. */
  async run() {
    if (this.#isCancelled) return false
    let conflict = 'fail'
    for (;;) {
      // Each attempt has its own id, under which the server reports its progress.
      const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`
      this.#setStatus(texts.checking)
      let problem = await this.#check(conflict, id)
      if (!problem && !this.#isCancelled) problem = await this.#send(conflict, id)
      if (this.#isCancelled) {
        this.#finish(texts.cancelled, 'cancelled')
        return false
      }
      if (!problem) {
        this.#bar.value = 100
        this.#finish(texts.done({ size: formatSize(this.#file.size) }), 'done')
        return true
      }
      const answer = await this.#askUser(problem)
      if (answer === 'skip') {
        this.#finish(problem.code === 'conflict' ? texts.skipped : sentenceOf(problem), 'failed')
        return false
      }
      conflict = answer === 'again' ? conflict : answer
    }
  }

  /** Requests whether the drive would take the file. Returns the problem, or `null`. */
  async #check(conflict, id) {
    const url = `${this.#url()}?on_conflict=${conflict}&check=${this.#file.size}&id=${id}`
    const reply = await fetch(url, { method: 'PUT', credentials: 'same-origin' }).catch(() => null)
    if (reply?.ok) return null
    return (await reply?.json().catch(() => null)) ?? OFFLINE
  }

  /** Sends the bytes. Returns the problem, or `null`. */
  async #send(conflict, id) {
    const request = new XMLHttpRequest()
    this.#request = request
    const rate = new TransferRate(this.#file.size)
    // The file is transferred twice: from the browser to the server, and from the server to the drive. The
    // browser counts the bytes of the first transfer, the server those of both; the bar shows the mean of the
    // two.
    let sentByBrowser = 0
    let server = null
    const draw = () => {
      const { received, sent } = server ?? { received: sentByBrowser, sent: 0 }
      const { percent, speed, left } = rate.record((received + sent) / 2, performance.now())
      this.#bar.value = Math.min(99, percent)
      const parts = [
        `${Math.min(99, Math.floor(percent))}%`,
        speed > 0 ? `${formatSize(speed)}/s` : '',
        left !== null ? texts.timeLeft({ time: formatDuration(left) }) : '',
      ]
      this.#setStatus(parts.filter(Boolean).join(' · '))
    }
    request.upload.addEventListener('progress', event => {
      if (sentByBrowser === 0) document.dispatchEvent(new Event('tasks:begun'))
      sentByBrowser = event.loaded
      draw()
    })
    const poll = setInterval(async () => {
      const reply = await fetch(`${this.#urls.uploads}/${id}`, { credentials: 'same-origin' }).catch(
        () => null,
      )
      if (!reply?.ok) return
      server = await reply.json()
      draw()
    }, POLL_INTERVAL_MS)
    try {
      return await new Promise(resolve => {
        request.addEventListener('load', () => resolve(request.status < 300 ? null : problemIn(request)))
        request.addEventListener('error', () => resolve(OFFLINE))
        request.addEventListener('abort', () => resolve({ code: 'cancelled' }))
        request.open('PUT', `${this.#url()}?on_conflict=${conflict}&id=${id}`)
        request.setRequestHeader('content-type', 'application/octet-stream')
        request.send(this.#file)
      })
    } finally {
      clearInterval(poll)
      this.#request = null
    }
  }

  /** Shows `problem` with buttons. Returns the pressed one: `again`, `skip`, `overwrite` or `rename`. */
  #askUser(problem) {
    this.row.dataset.state = 'asks'
    this.#setStatus(problem.code === 'conflict' ? texts.nameTaken : sentenceOf(problem))
    return new Promise(resolve => {
      const choice = (label, answer) => [
        label,
        () => {
          delete this.row.dataset.state
          this.#showCancel()
          resolve(answer)
        },
      ]
      const choices =
        problem.code === 'conflict'
          ? [choice(texts.replace, 'overwrite'), choice(texts.keepBoth, 'rename')]
          : [choice(texts.tryAgain, 'again')]
      this.#showButtons(...choices, choice(texts.skip, 'skip'))
      this.#buttons.querySelector('button').focus({ preventScroll: true })
    })
  }

  #cancel() {
    this.#isCancelled = true
    this.#request?.abort()
    this.#finish(texts.cancelled, 'cancelled')
  }

  #finish(sentence, state) {
    this.row.dataset.state = state
    this.#buttons.replaceChildren()
    this.#setStatus(sentence)
  }

  #setStatus(sentence) {
    this.#status.textContent = sentence
  }

  #showCancel() {
    this.#showButtons([texts.cancel, () => this.#cancel()])
  }

  #showButtons(...choices) {
    this.#buttons.replaceChildren(
      ...choices.map(([label, onclick]) => {
        const button = make('button', {
          type: 'button',
          className: 'button quiet',
          textContent: label,
          onclick,
        })
        button.setAttribute('aria-label', texts.buttonFor({ label, name: this.#file.name }))
        return button
      }),
    )
  }

  #url() {
    const escaped = c => `%${c.charCodeAt(0).toString(16)}`
    return `${this.#urls.content}/${encodeURIComponent(this.#file.name).replace(/[!'()*]/g, escaped)}`
  }
}

/** Returns the sentence of a problem in the language of the page, else in English. */
function sentenceOf({ message, detail }) {
  return message ?? detail
}

function problemIn(request) {
  try {
    return JSON.parse(request.responseText)
  } catch {
    return { code: 'internal', detail: texts.refused({ status: request.status }) }
  }
}

/** Fetches this page again and replaces its lists. */
async function refreshLists() {
  const reply = await fetch(patientUrl(location.href), {
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
