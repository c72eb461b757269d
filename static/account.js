// Runs on the account page: polls whether the QR code was scanned, counts its time down and requests a new
// code when it has expired; receives the authorization code of the drive's login page in the frame, from
// that page's origin only.

import { account as texts } from './texts.js'

const MIN_POLL_INTERVAL_MS = 1000

const scan = document.getElementById('scan')
if (scan) watchScan(scan)
const frame = document.getElementById('frame')
if (frame) watchFrame(frame)

function watchScan(box) {
  const { stateUrl, intervalMs, secondsLeft } = box.dataset
  const interval = Math.max(MIN_POLL_INTERVAL_MS, Number(intervalMs))
  const expiresAt = performance.now() + Number(secondsLeft) * 1000
  const left = document.getElementById('time-left')
  const note = document.getElementById('scan-note')

  const clock = setInterval(() => {
    const seconds = Math.max(0, Math.round((expiresAt - performance.now()) / 1000))
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  }, 1000)

  async function poll() {
    try {
      const reply = await fetch(stateUrl, { credentials: 'same-origin' })
      const { state, detail, message = detail } = await reply.json()
      if (state === 'done') {
        note.textContent = texts.signedIn
        location.replace(location.pathname)
        return
      }
      // A restarted server has forgotten its codes (404): that needs a new code, too.
      if (state === 'expired' || reply.status === 404) {
        clearInterval(clock)
        note.textContent = texts.codeExpired
        document.getElementById('again')?.requestSubmit()
        return
      }
      note.textContent = state ? texts.waitingForPhone : (message ?? texts.driveSilent)
    } catch {
      note.textContent = texts.offlineRetrying
    }
    setTimeout(poll, interval)
  }
  setTimeout(poll, interval)
}

function watchFrame(box) {
  const { origin, codeUrl } = box.dataset
  const note = document.getElementById('frame-note')
  let isSent = false

  addEventListener('message', async event => {
    if (event.origin !== origin || isSent) return
    const code = codeIn(event.data)
    if (!code) return
    isSent = true
    note.textContent = texts.signingIn
    const reply = await fetch(codeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify({ code }),
    }).catch(() => null)
    if (reply?.ok) {
      location.replace(location.pathname)
      return
    }
    isSent = false
    const problem = await reply?.json().catch(() => null)
    note.textContent = problem?.message ?? problem?.detail ?? texts.offline
  })
}

/**
 * Returns the authorization code of a message `{"event":"teraboxOauth",…}`, or `null` where it is another
 * message. The upstream sends it as text.
 */
function codeIn(data) {
  try {
    const message = typeof data === 'string' ? JSON.parse(data) : data
    if (message?.event !== 'teraboxOauth') return null
    const code = message.code ?? message.data?.code ?? message.data
    return typeof code === 'string' && code ? code : null
  } catch {
    return null
  }
}
