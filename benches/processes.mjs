// What benchmarks share: programs that are started, and what they cost.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const START_TIMEOUT_MS = 60_000
const TICKS_PER_S = 100

const started = []

/** Starts a program. `text` of the result collects its output; `failed` is true if it could not be started. */
export function run(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env } })
  const running = { child, text: '', failed: false }
  child.on('error', () => (running.failed = true))
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (running.text += data))
  started.push(child)
  return running
}

/** Ends all programs that were started. */
export function stopAll() {
  for (const child of started) child.kill('SIGKILL')
}

/** Calls `act` until it returns something, and returns that. */
export async function until(what, act) {
  const end = performance.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      const found = await act()
      if (found) return found
    } catch {
      // It does not answer yet.
    }
    if (performance.now() > end) throw new Error(`${what} does not start`)
    await sleep(50)
  }
}

export async function freePort() {
  const server = createServer()
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  await new Promise(done => server.close(done))
  return port
}

/** Returns the CPU time of a process and its ended children in seconds; 0 if it has ended. */
export function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_S
  } catch {
    return 0
  }
}

/** Returns the resident memory of a process in bytes, now (`VmRSS`) or at most (`VmHWM`); 0 if it has ended. */
export function memoryOf(pid, field) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
