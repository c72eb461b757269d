// Fetches why something does not play from our server: a problem document (RFC 9457) with a stable code.

const DEFAULT_RETRY_S = 10
const MAX_RETRY_S = 300
const FETCH_TIMEOUT_MS = 20_000

const CODE_OF_STATUS = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  410: 'gone',
  429: 'rate_limited',
  504: 'upstream_timeout',
}

/**
 * Fetches `url` and returns the problem that its reply reports: `{code, title, detail, wait_s}`, or `null`
 * where the reply is a success.
 */
export async function fetchProblem(url) {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), FETCH_TIMEOUT_MS)
  try {
    const reply = await fetch(url, {
      // One byte of a film is enough; a playlist ignores the range.
      headers: { accept: 'application/problem+json, */*;q=0.5', range: 'bytes=0-0' },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: abort.signal,
    })
    if (reply.ok) {
      await reply.body?.cancel()
      return null
    }
    return await readProblem(reply)
  } catch {
    return { code: abort.signal.aborted ? 'upstream_timeout' : 'offline', wait_s: DEFAULT_RETRY_S }
  } finally {
    clearTimeout(timer)
  }
}

async function readProblem(reply) {
  const problem = await reply.json().catch(() => ({}))
  return {
    code: problem.code ?? CODE_OF_STATUS[reply.status] ?? 'upstream_failed',
    title: problem.title,
    detail: problem.message ?? problem.detail,
    wait_s: parseRetryAfter(reply.headers.get('retry-after')),
  }
}

/** Parses Retry-After (RFC 9110 §10.2.3), a number of seconds or a date. Returns seconds from `now` (ms). */
export function parseRetryAfter(header, now = Date.now()) {
  if (!header) return DEFAULT_RETRY_S
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000
  if (!Number.isFinite(seconds)) return DEFAULT_RETRY_S
  return Math.min(Math.max(Math.ceil(seconds), 1), MAX_RETRY_S)
}
