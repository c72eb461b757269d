// Drives the browsers that playwright does not: Firefox by Marionette, WebKitGTK by WebDriver. Both have the same few
// calls: `open(url)`, `evaluate(fn, ...args)`, `click(selector)`, `close()`.

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const START_TIMEOUT_MS = 60_000
const SCRIPT_TIMEOUT_MS = 20_000
const REPLY_TIMEOUT_MS = 60_000

/** Starts a browser, `firefox` or `webkit`. */
export async function start(name) {
  const folder = await mkdtemp(join(tmpdir(), `drivein-${name}-`))
  return name === 'firefox' ? Firefox.start(folder) : WebKit.start(folder)
}

/** Returns a port that is free at the moment. */
async function freePort() {
  const server = createServer()
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Calls `act` until it does not throw. */
async function retry(what, act) {
  const end = performance.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (performance.now() > end) throw new Error(`${what}: ${error.message}`)
      await sleep(200)
    }
  }
}

/** A program that is ended with its children. */
class Program {
  #child
  output = ''

  constructor(command, args, env = {}) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, detached: true })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.on('data', data => (this.output = (this.output + data).slice(-4000)))
    this.#child.on('error', error => (this.output += error))
  }

  /** Returns the first line of its output, once it is whole. */
  firstLine() {
    return new Promise((resolve, reject) => {
      const look = () => {
        const end = this.output.indexOf('\n')
        if (end >= 0) resolve(this.output.slice(0, end))
      }
      this.#child.stdout.on('data', look)
      this.#child.on('exit', () => reject(new Error(`ended: ${this.output}`)))
      this.#child.on('error', reject)
      look()
    })
  }

  end() {
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}

/** The key of an element's id (W3C WebDriver §12.1). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

/** The body of a script that calls `fn` with its arguments. */
const scriptOf = fn => `return (${fn}).apply(null, arguments)`

/** Firefox by Marionette: messages `[type, id, command or error, value]`, each after its length. */
class Firefox {
  #program
  #folder
  #socket
  #waiting = new Map()
  #received = Buffer.alloc(0)
  #id = 0

  static async start(folder) {
    const port = await freePort()
    const browser = new Firefox()
    browser.#folder = folder
    const preferences = [
      `user_pref("marionette.port", ${port});`,
      'user_pref("media.autoplay.default", 0);',
      'user_pref("app.update.enabled", false);',
      'user_pref("datareporting.policy.dataSubmissionEnabled", false);',
      'user_pref("network.captive-portal-service.enabled", false);',
    ]
    await writeFile(join(folder, 'user.js'), preferences.join('\n'))
    const args = ['--headless', '--marionette', '--no-remote', '--profile', folder, 'about:blank']
    browser.#program = new Program('firefox-esr', args, { HOME: folder, MOZ_HEADLESS: '1' })
    try {
      await retry('Firefox answers', () => browser.#connect(port))
      await browser.#call('WebDriver:NewSession', {})
      await browser.#call('WebDriver:SetTimeouts', { script: SCRIPT_TIMEOUT_MS })
    } catch (error) {
      await browser.close()
      throw new Error(`${error.message}\n${browser.#program.output}`)
    }
    return browser
  }

  async #connect(port) {
    const socket = connect(port, '127.0.0.1')
    await new Promise((resolve, reject) => {
      socket.once('data', resolve)
      socket.once('error', reject)
    })
    socket.on('data', data => this.#receive(data))
    socket.on('error', () => {})
    this.#socket = socket
  }

  #receive(data) {
    this.#received = Buffer.concat([this.#received, data])
    for (;;) {
      const colon = this.#received.indexOf(':')
      const length = Number(this.#received.subarray(0, Math.max(colon, 0)))
      const end = colon + 1 + length
      if (colon < 0 || this.#received.length < end) return
      const [, id, error, value] = JSON.parse(this.#received.subarray(colon + 1, end))
      this.#received = this.#received.subarray(end)
      const { resolve, reject } = this.#waiting.get(id) ?? {}
      this.#waiting.delete(id)
      if (error) reject?.(new Error(`${error.error}: ${error.message}`))
      else resolve?.(value)
    }
  }

  #call(command, parameters) {
    this.#id += 1
    const text = JSON.stringify([0, this.#id, command, parameters])
    return new Promise((resolve, reject) => {
      this.#waiting.set(this.#id, { resolve, reject })
      this.#socket.write(`${Buffer.byteLength(text)}:${text}`)
    })
  }

  open(url) {
    return this.#call('WebDriver:Navigate', { url })
  }

  async evaluate(fn, ...args) {
    const { value } = await this.#call('WebDriver:ExecuteScript', { script: scriptOf(fn), args })
    return value
  }

  /** Presses by script: on a machine under load, a press by Marionette is lost now and then without an error. */
  async click(selector) {
    const isPressed = await this.evaluate(selector => {
      const element = document.querySelector(selector)
      if (!element?.checkVisibility()) return false
      element.click()
      return true
    }, selector)
    if (!isPressed) throw new Error(`${selector} is not visible`)
  }

  async close() {
    this.#socket?.destroy()
    this.#program.end()
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** WebKitGTK's MiniBrowser by WebDriver (W3C), under Xvfb. */
class WebKit {
  #programs = []
  #folder
  #session

  static async start(folder) {
    const browser = new WebKit()
    browser.#folder = folder
    try {
      // With -displayfd, it chooses a free display and writes its number when it is ready. A browser that is started
      // earlier ends at once, and the driver waits for it without end.
      const screen = new Program('Xvfb', [
        '-displayfd',
        '1',
        '-screen',
        '0',
        '1280x800x24',
        '-nolisten',
        'tcp',
      ])
      browser.#programs.push(screen)
      const port = await freePort()
      const env = {
        DISPLAY: `:${await screen.firstLine()}`,
        HOME: folder,
        XDG_RUNTIME_DIR: folder,
        XDG_CACHE_HOME: folder,
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
        LIBGL_ALWAYS_SOFTWARE: '1',
        GST_REGISTRY_1_0: join(folder, 'gst-registry'),
        // There is no bus; who looks for one tries to start it.
        DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      }
      browser.#programs.push(new Program('WebKitWebDriver', [`--port=${port}`], env))
      const at = `http://127.0.0.1:${port}`
      await retry('WebKitWebDriver answers', () => fetch(`${at}/status`))
      const capabilities = { alwaysMatch: { timeouts: { script: SCRIPT_TIMEOUT_MS } } }
      const { sessionId } = await browser.#post(`${at}/session`, { capabilities })
      browser.#session = `${at}/session/${sessionId}`
    } catch (error) {
      await browser.close()
      throw new Error(`${error.message}\n${browser.#programs.map(program => program.output).join('\n')}`)
    }
    return browser
  }

  async #post(url, body) {
    const signal = AbortSignal.timeout(REPLY_TIMEOUT_MS)
    const reply = await fetch(url, { method: 'POST', body: JSON.stringify(body), signal }).catch(error => {
      const programs = this.#programs.map(program => program.output).join('\n')
      throw new Error(`${new URL(url).pathname} ${JSON.stringify(body)}: ${error.message}\n${programs}`)
    })
    const { value } = await reply.json()
    if (!reply.ok) throw new Error(`${value.error}: ${value.message}`)
    return value
  }

  open(url) {
    return this.#post(`${this.#session}/url`, { url })
  }

  evaluate(fn, ...args) {
    return this.#post(`${this.#session}/execute/sync`, { script: scriptOf(fn), args })
  }

  async click(selector) {
    const element = await this.#post(`${this.#session}/element`, { using: 'css selector', value: selector })
    await this.#post(`${this.#session}/element/${element[ELEMENT]}/click`, {})
  }

  async close() {
    for (const program of this.#programs.reverse()) program.end()
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
