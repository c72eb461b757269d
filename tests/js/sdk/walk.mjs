// Makes every call that Jellyfin's SDK for JavaScript has, and checks each answer: no 5xx, and JSON that fits the types of
// the SDK.
//
//   node tests/js/sdk/walk.mjs SERVER PASSWORD [--table]
//
// Signs in by Quick Connect (prints the code, and waits for its approval) and by password. `--table` prints the calls with
// the status of their answers.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'

import { Jellyfin } from '@jellyfin/sdk'

import { answerType, differences } from './types.mjs'

// All classes of the generated client, by their names. Its index leaves the calls out.
const folder = new URL('api/', import.meta.resolve('@jellyfin/sdk/lib/generated-client/index.js'))
const classes = new Map()
for (const file of readdirSync(folder).filter(name => name.endsWith('.js'))) {
  for (const [name, value] of Object.entries(await import(new URL(file, folder)))) classes.set(name, value)
}

const [server, password, option] = process.argv.slice(2)

function newApi(device) {
  const jellyfin = new Jellyfin({
    clientInfo: { name: 'Walk', version: '1.0.0' },
    deviceInfo: { name: device, id: `id-of-${device}` },
  })
  return jellyfin.createApi(server)
}

function callsOf(api, name) {
  const Calls = classes.get(name)
  return new Calls(api.configuration, api.basePath, api.axiosInstance)
}

async function byQuickConnect() {
  const api = newApi('remote')
  const codes = callsOf(api, 'QuickConnectApi')
  assert.equal((await codes.getQuickConnectEnabled()).data, true)
  const { data: started } = await codes.initiateQuickConnect()
  console.log('code', started.Code)
  for (let turn = 0; turn < 600; turn += 1) {
    const { data } = await codes.getQuickConnectState({ secret: started.Secret })
    if (data.Authenticated) {
      const quickConnectDto = { Secret: started.Secret }
      const result = await callsOf(api, 'UserApi').authenticateWithQuickConnect({ quickConnectDto })
      assert.ok(result.data.AccessToken)
      return
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('the code was not approved')
}

async function byPassword() {
  const api = newApi('walker')
  const authenticateUserByName = { Username: 'owner', Pw: password }
  const { data } = await callsOf(api, 'UserApi').authenticateUserByName({ authenticateUserByName })
  api.update({ accessToken: data.AccessToken })
  return { api, user: data.User.Id, session: data.SessionInfo.Id }
}

// A value for each parameter that a call requires.
function parameterFor(name, { user, session, film, view }) {
  const known = {
    userId: user,
    sessionId: session,
    parentId: view,
    displayPreferencesId: 'usersettings',
    client: 'emby',
    imageType: 'Primary',
    command: 'Pause',
    playCommand: 'PlayNow',
    itemIds: [film],
    ids: [film],
    searchTerm: 'light',
    routeFormat: 'vtt',
    format: 'Jpg',
    container: 'mp4',
    itemType: 'Video',
    itemName: 'x',
    mediaUpdateInfoDto: { Updates: [] },
    imageIndex: 0,
    index: 2,
    width: 320,
    maxWidth: 320,
    maxHeight: 320,
    percentPlayed: 0,
    unplayedCount: 0,
    newIndex: 0,
    routeIndex: '2',
    routeStartPositionTicks: 0,
    year: 2020,
    createUserByName: { Name: 'x' },
    playbackStartInfo: { ItemId: film },
    playbackProgressInfo: { ItemId: film, PositionTicks: 0 },
    playbackStopInfo: { ItemId: film, PositionTicks: 0 },
    clientCapabilitiesDto: { PlayableMediaTypes: ['Video'], SupportsMediaControl: false },
    displayPreferencesDto: { CustomPrefs: {} },
    messageCommand: { Text: 'x' },
    authenticateUserByName: { Username: 'owner', Pw: password },
  }
  if (name in known) return known[name]
  if (/Id$|Ids$/.test(name)) return film
  if (/Dto$|Info$|Query$|Body$|Request$|Configuration$|Options$|Policy$/.test(name)) return {}
  return 'x'
}

// Calls a method; parameters that it misses are added until it has all.
async function call(target, method, place) {
  const parameters = {}
  for (let turn = 0; turn < 20; turn += 1) {
    try {
      return await target[method](parameters, { validateStatus: () => true, timeout: 60_000 })
    } catch (error) {
      if (error.name !== 'RequiredError') throw error
      parameters[error.field] = parameterFor(error.field, place)
    }
  }
  throw new Error(`${method} never has all of its parameters`)
}

await byQuickConnect()
const { api, user, session } = await byPassword()
const views = await callsOf(api, 'UserViewApi').getUserViews()
const view = views.data.Items.at(-1).Id
const { data: items } = await callsOf(api, 'LibraryApi').getItems({
  parentId: view,
  includeItemTypes: ['Video'],
})
const film = items.Items[0].Id
const place = { user, session, film, view }

// What would end the session, or is a stream without an end.
const last = new Set(['reportSessionEnded'])
const rows = []
const wrong = []
for (const name of [...classes.keys()].filter(key => /^[A-Z]\w+Api$/.test(key))) {
  const target = callsOf(api, name)
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(target)).filter(
    method => method !== 'constructor' && !last.has(method),
  )
  for (const method of methods) {
    const reply = await call(target, method, place)
    const path = new URL(reply.config.url).pathname.replace(new URL(server).pathname, '')
    rows.push({ name, method, verb: reply.config.method.toUpperCase(), path, status: reply.status })
    if (reply.status >= 500) wrong.push(`${method} (${path}): ${reply.status}`)
    if (reply.status !== 200) continue
    const expected = answerType(name, method)
    const found = expected ? differences(reply.data, expected) : []
    if (found.length > 0) wrong.push(`${method} (${path}) as ${expected}: ${found.slice(0, 5).join('; ')}`)
  }
}
if (option === '--table') {
  for (const { verb, path, status } of rows)
    console.log(`${status} ${verb} ${path.replaceAll(film, '{id}').replaceAll(user, '{user}')}`)
}
assert.ok(rows.length > 250, `${rows.length} calls`)
const answered = rows.filter(({ status }) => status === 200 || status === 204).length
assert.ok(answered > 90, `${answered} of ${rows.length} calls have content`)
assert.deepEqual(wrong, [])
console.log(`done: ${rows.length} calls, ${answered} with content`)
process.exit(0)
