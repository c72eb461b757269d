// Asks our server why something does not play, and reads its answer: a problem document (RFC 9457)
// with a stable code.

const DEFAULT_WAIT_S = 10

/**
 * Fetches `url` and tells what stands in the way: `null` when nothing does, otherwise
 * `{code, title, detail, wait_s}`.
 */
export async function askWhy(url) {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), 20000)
  try {
    const reply = await fetch(url, {
      // One byte is enough of a film; a playlist ignores the range.
      headers: { accept: 'application/problem+json, */*;q=0.5', range: 'bytes=0-0' },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: stop.signal,
    })
    if (reply.ok) {
      await reply.body?.cancel()
      return null
    }
    return await readProblem(reply)
  } catch {
    return { code: stop.signal.aborted ? 'upstream_timeout' : 'offline', wait_s: DEFAULT_WAIT_S }
  } finally {
    clearTimeout(timer)
  }
}

async function readProblem(reply) {
  const problem = await reply.json().catch(() => ({}))
  return {
    code: problem.code ?? codeOfStatus(reply.status),
    title: problem.title,
    detail: problem.detail,
    wait_s: waitOf(reply.headers.get('retry-after')),
  }
}

/** Retry-After as seconds from now; it may be a number or a date. */
function waitOf(header) {
  if (!header) return DEFAULT_WAIT_S
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), 300) : DEFAULT_WAIT_S
}

function codeOfStatus(status) {
  const codes = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not_found',
    410: 'gone',
    429: 'rate_limited',
    504: 'upstream_timeout',
  }
  return codes[status] ?? 'upstream_failed'
}
