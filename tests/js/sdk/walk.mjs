// Makes every call that a Jellyfin SDK for JavaScript has, and checks each answer: no 5xx, and JSON that fits the types of
// the SDK.
//
//   node tests/js/sdk/walk.mjs PACKAGE SERVER PASSWORD
//
// Signs in by Quick Connect (prints the code, and waits for its approval) and by password. The server has a library with
// films and series, and pictures over the seek bar for one film. Prints a table of the calls and their answers.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import axios from 'axios'

import { Types } from './types.mjs'

const [sdk, server, password] = process.argv.slice(2)
const { Jellyfin } = await import(sdk)
const client = import.meta.resolve(`${sdk}/lib/generated-client/index.js`)
// Of the packages that the tests use, this is the one for the version that the server says it has.
const types = new Types(fileURLToPath(new URL('.', client)), sdk === '@jellyfin/sdk')

// The classes of the generated client, by their names. Its index leaves the calls out.
const folder = new URL('api/', client)
const classes = new Map()
for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith('.js')) continue
  for (const [name, value] of Object.entries(await import(new URL(file, folder)))) {
    if (/^[A-Z]\w+Api$/.test(name)) classes.set(name, value)
  }
}

function newApi(device, token) {
  const jellyfin = new Jellyfin({
    clientInfo: { name: 'Walk', version: '1.0.0' },
    deviceInfo: { name: device, id: `id-of-${device}` },
  })
  return jellyfin.createApi(server, token, axios.create({ validateStatus: () => true, timeout: 60_000 }))
}

// The reply to a call. Parameters that it misses are added until it has all.
async function reply(api, method, given = {}, place = {}) {
  const name = [...classes.keys()].find(key => method in classes.get(key).prototype)
  assert.ok(name, `no class has ${method}`)
  return ask(api, name, method, given, place)
}

async function ask(api, name, method, given, place) {
  const Calls = classes.get(name)
  const target = new Calls(api.configuration, api.basePath, api.axiosInstance)
  const parameters = { ...given }
  for (let turn = 0; turn < 20; turn += 1) {
    try {
      return await target[method](parameters)
    } catch (error) {
      if (error.name !== 'RequiredError') throw error
      parameters[error.field] = parameterFor(error.field, place)
    }
  }
  throw new Error(`${method} never has all of its parameters`)
}

// A value for a parameter that a call requires.
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
    segmentContainer: 'ts',
    itemType: 'Video',
    itemName: 'x',
    secret: 'x',
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
    generalCommand: { Name: 'DisplayMessage', Arguments: { Text: 'x' } },
    authenticateUserByName: { Username: 'owner', Pw: password },
  }
  if (name in known) return known[name]
  if (/Id$|Ids$/.test(name)) return film
  if (/Dto$|Info$|Query$|Body$|Request$|Configuration$|Options$|Policy$/.test(name)) return {}
  return 'x'
}

async function signInByQuickConnect() {
  const api = newApi('remote')
  assert.equal((await reply(api, 'getQuickConnectEnabled')).data, true)
  const { data: started } = await reply(api, 'initiateQuickConnect')
  console.log('code', started.Code)
  for (let turn = 0; turn < 600; turn += 1) {
    const { data } = await reply(api, 'getQuickConnectState', { secret: started.Secret })
    if (data.Authenticated) {
      const quickConnectDto = { Secret: started.Secret }
      const result = await reply(api, 'authenticateWithQuickConnect', { quickConnectDto })
      assert.ok(result.data.AccessToken)
      return
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error('the code was not approved')
}

async function signInByPassword() {
  const authenticateUserByName = { Username: 'owner', Pw: password }
  const { data } = await reply(newApi('walker'), 'authenticateUserByName', { authenticateUserByName })
  return { api: newApi('walker', data.AccessToken), user: data.User.Id, session: data.SessionInfo.Id }
}

const wrong = []

function check(name, method, answer) {
  const { status, data, config } = answer
  const path = decodeURIComponent(new URL(config.url).pathname)
  if (status >= 500) wrong.push(`${method} (${path}): ${status}`)
  const type = types.answer(name, method)
  if (status !== 200 || !type || config.method === 'head') return
  const found = types.differences(data, type)
  if (found.length > 0) wrong.push(`${method} (${path}) as ${type}: ${found.slice(0, 8).join('; ')}`)
}

// Makes a call whose answer must have content, and checks it.
async function contentOf(api, method, given) {
  const name = [...classes.keys()].find(key => method in classes.get(key).prototype)
  const answer = await reply(api, method, given)
  check(name, method, answer)
  assert.equal(answer.status, 200, `${method} ${JSON.stringify(given)}`)
  return answer.data
}

// The items of all kinds with all of their fields: in lists, and each alone.
async function checkItems(api, userId) {
  const fields = ['MediaSources', 'MediaStreams', 'Chapters', 'Trickplay', 'Overview', 'Path', 'People']
  const views = (await contentOf(api, 'getUserViews', { userId })).Items
  assert.ok(views.length > 2, 'the server has a library')
  const kinds = new Map()
  for (const { Id: parentId } of views) {
    const includeItemTypes = ['Folder', 'Video', 'Movie', 'Series', 'Season', 'Episode']
    const given = { userId, parentId, recursive: true, includeItemTypes, fields }
    const list = await contentOf(api, 'getItems', given)
    for (const item of list.Items) kinds.set(item.Type, item)
    kinds.set('CollectionFolder', { Id: parentId })
  }
  for (const kind of ['CollectionFolder', 'Folder', 'Video', 'Movie', 'Series', 'Season', 'Episode']) {
    const { Id: itemId } = kinds.get(kind) ?? assert.fail(`no item is a ${kind}`)
    await contentOf(api, 'getItem', { userId, itemId })
    await contentOf(api, 'getAncestors', { userId, itemId })
    await contentOf(api, 'getItems', { userId, ids: [itemId], fields })
    await contentOf(api, 'getItemUserData', { userId, itemId })
  }
  for (const kind of ['Video', 'Movie', 'Episode']) {
    const itemId = kinds.get(kind).Id
    await contentOf(api, 'getPlaybackInfo', { userId, itemId })
    await contentOf(api, 'getItemSegments', { itemId })
    const refused = { EnableDirectPlay: false, EnableDirectStream: false, MaxStreamingBitrate: 800_000 }
    await contentOf(api, 'getPostedPlaybackInfo', { userId, itemId, playbackInfoDto: refused })
    await reply(api, 'reportPlaybackProgress', {
      playbackProgressInfo: { ItemId: itemId, PositionTicks: 2e8 },
    })
  }
  assert.ok((await contentOf(api, 'getResumeItems', { userId })).Items.length > 0)
  assert.equal((await contentOf(api, 'getSessions', {})).filter(it => it.NowPlayingItem).length, 1)
  await contentOf(api, 'getSeasons', { userId, seriesId: kinds.get('Series').Id, fields })
  await contentOf(api, 'getEpisodes', { userId, seriesId: kinds.get('Series').Id, fields })
  await reply(api, 'markPlayedItem', { userId, itemId: kinds.get('Episode').Id })
  await contentOf(api, 'getNextUp', { userId, fields })
  await contentOf(api, 'getLatestMedia', { userId, fields })
  const parentId = views.at(-1).Id
  const top = await contentOf(api, 'getItems', { userId, parentId })
  const film = top.Items.find(({ Name }) => Name === 'Tidal Light').Id
  const { Trickplay } = await contentOf(api, 'getItem', { userId, itemId: film })
  assert.ok(Trickplay[film], 'the server has pictures of the film over the seek bar')
  return { film, view: parentId }
}

// What a call needs beside the parameters that it requires, to be about something.
function givenFor(method, { film }) {
  const given = {
    reportPlaybackStart: { playbackStartInfo: { ItemId: film } },
    reportPlaybackProgress: { playbackProgressInfo: { ItemId: film, PositionTicks: 0 } },
    reportPlaybackStopped: { playbackStopInfo: { ItemId: film, PositionTicks: 0 } },
    getTrickplayHlsPlaylist: { width: 160 },
    getTrickplayTileImage: { width: 160, index: 0 },
  }
  return given[method]
}

// Makes all calls with the parameters that they require. The one that ends the session would refuse the others.
async function walk(api, place) {
  const rows = []
  for (const [name, Calls] of classes) {
    for (const method of Object.getOwnPropertyNames(Calls.prototype)) {
      if (['constructor', 'reportSessionEnded'].includes(method)) continue
      const answer = await ask(api, name, method, givenFor(method, place), place)
      check(name, method, answer)
      rows.push({ name, method, outcome: outcomeOf(answer) })
    }
  }
  return rows
}

function outcomeOf({ status, data }) {
  if (status === 204) return 'done'
  if (status !== 200) return String(status)
  const list = Array.isArray(data) ? data : data?.Items
  return list?.length === 0 ? 'empty' : 'content'
}

// One row for each class of the client: its calls by their answers.
function table(rows) {
  const columns = ['content', 'empty', 'done', '403', '404', 'other']
  const names = { content: '200', empty: '200, empty', done: '204', other: 'otherwise' }
  const lines = [
    `| calls | ${columns.map(column => names[column] ?? column).join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
  ]
  for (const name of classes.keys()) {
    const own = rows.filter(row => row.name === name)
    const cells = columns.map(column => {
      const fits = ({ outcome }) => (column === 'other' ? !columns.includes(outcome) : outcome === column)
      const words = own
        .filter(fits)
        .map(row => (column === 'other' ? `${row.method} (${row.outcome})` : row.method))
      return words.join(', ') || '–'
    })
    lines.push(`| ${name.replace(/Api$/, '')} | ${cells.join(' | ')} |`)
  }
  return lines
}

await signInByQuickConnect()
const { api, user, session } = await signInByPassword()
const place = { user, session, ...(await checkItems(api, user)) }
const rows = await walk(api, place)
const ended = await reply(api, 'reportSessionEnded')
assert.equal(ended.status, 204)
assert.equal((await reply(api, 'getCurrentUser')).status, 401)
assert.ok(rows.length > 250, `${rows.length} calls`)
assert.deepEqual(wrong, [])
for (const line of table(rows)) console.log(line)
console.log(`done: ${rows.length} calls`)
process.exit(0)
