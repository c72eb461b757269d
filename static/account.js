// The account page: asks whether the code was scanned, counts down, begins again when it has run out;
// and hears the login page in the frame, from its own origin alone.

const scan = document.getElementById('scan')
if (scan) watchScan(scan)
const frame = document.getElementById('frame')
if (frame) watchFrame(frame)

function watchScan(box) {
  const { stateUrl, intervalMs, secondsLeft } = box.dataset
  const ends = performance.now() + Number(secondsLeft) * 1000
  const left = document.getElementById('time-left')
  const note = document.getElementById('scan-note')
  const begunAnew = () => document.getElementById('again')?.requestSubmit()

  const clock = setInterval(() => {
    const seconds = Math.max(0, Math.round((ends - performance.now()) / 1000))
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  }, 1000)

  async function look() {
    try {
      const reply = await fetch(stateUrl, { credentials: 'same-origin' })
      const { state, detail } = await reply.json()
      if (state === 'done') {
        note.textContent = 'Signed in.'
        location.replace(location.pathname)
        return
      }
      // The server forgets codes when it is started again: both are reasons for a new one.
      if (state === 'expired' || reply.status === 404) {
        clearInterval(clock)
        note.textContent = 'The code has run out. Here comes a new one…'
        begunAnew()
        return
      }
      note.textContent = state
        ? 'Waiting for your phone…'
        : (detail ?? 'The drive does not answer. Asking again…')
    } catch {
      note.textContent = 'No connection to Drive-In. Asking again…'
    }
    setTimeout(look, Math.max(1000, Number(intervalMs)))
  }
  setTimeout(look, Math.max(1000, Number(intervalMs)))
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
    note.textContent = 'Signing in…'
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
    note.textContent = problem?.detail ?? 'No connection to Drive-In. Try again.'
  })
}

/** The authorization code in a message `{"event":"teraboxOauth",…}`; the upstream sends it as text. */
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
