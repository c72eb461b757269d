// Checks JSON against the TypeScript types of a Jellyfin SDK, which are read from its declarations: the kinds of values, the
// words of enumerations, fields that no type has, and fields that a server always sends.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

// Types of which nothing is checked: files, and answers of any form.
const UNCHECKED = new Set(['File', 'object', 'any', 'void'])

// Enumerations and objects that a server always sends. Their declarations do not say so, and strict clients (the SDK for
// Kotlin) refuse an answer without them.
const ALWAYS = {
  BaseItemDto: ['Type', 'MediaType'],
  MediaSourceInfo: ['Protocol', 'Type', 'TranscodingSubProtocol'],
  MediaStream: ['Type', 'VideoRange', 'VideoRangeType', 'AudioSpatialFormat'],
  MediaSegmentDto: ['Type'],
  PlayerStateInfo: ['RepeatMode', 'PlaybackOrder'],
  SearchHint: ['Type', 'MediaType'],
  DisplayPreferencesDto: ['ScrollDirection', 'SortOrder'],
}

export class Types {
  #root
  #isOfServer
  #types = new Map()

  // Reads the declarations in the folder of a generated client. Unless it is of the server's own version, fields may be
  // missing or unknown.
  constructor(root, isOfServer) {
    this.#root = root
    this.#isOfServer = isOfServer
    const models = join(root, 'models')
    for (const file of readdirSync(models).filter(name => name.endsWith('.d.ts'))) {
      const text = readFileSync(join(models, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
      for (const [, name, body] of text.matchAll(
        /export interface (\w+)(?: extends [^{]+)? \{([\s\S]*?)\n\}/g,
      )) {
        this.#types.set(name, { fields: fieldsOf(name, body) })
      }
      for (const [, name, body] of text.matchAll(/export declare const (\w+): \{([\s\S]*?)\n\}/g)) {
        const words = [...body.matchAll(/readonly \w+: ["']([^"']*)["']/g)].map(match => match[1])
        this.#types.set(name, { words: new Set(words) })
      }
      for (const [, name, plain] of text.matchAll(/export type (\w+) = (?!typeof)([^;]+);/g)) {
        this.#types.set(name, { oneOf: plain.split('|').map(type => type.trim()) })
      }
    }
  }

  // Returns the type of a call's answer; undefined for none.
  answer(api, method) {
    const file = `${api.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()}.d.ts`
    const text = readFileSync(join(this.#root, 'api', file), 'utf8')
    const found = text.match(new RegExp(`\\n    ${method}\\([^\\n]*AxiosResponse<(.+?), any`))
    if (!found) throw new Error(`${file} does not declare ${method}`)
    return found[1] === 'void' ? undefined : found[1]
  }

  // Returns the places where a value is not of a type.
  differences(value, type, at = '$') {
    const plain = type.replaceAll(/\s*\|\s*null$/g, '').trim()
    if (value === null) return plain === type ? [`${at} is null`] : []
    if (UNCHECKED.has(plain)) return []
    const array = plain.match(/^(?:Array|Set)<(.+)>$/) ?? plain.match(/^(\w+)\[\]$/)
    if (array) {
      if (!Array.isArray(value)) return [`${at} is no array`]
      return value.flatMap((entry, index) => this.differences(entry, array[1], `${at}[${index}]`))
    }
    const record = plain.match(/^Record<(.+)>$/)
    if (record) {
      if (typeof value !== 'object') return [`${at} is no object`]
      return Object.entries(value).flatMap(([key, entry]) =>
        this.differences(entry, record[1], `${at}.${key}`),
      )
    }
    if (['string', 'number', 'boolean'].includes(plain)) {
      return typeof value === plain ? [] : [`${at} is a ${typeof value} and no ${plain}`]
    }
    const known = this.#types.get(plain)
    if (known?.oneOf) {
      return known.oneOf.some(one => this.differences(value, one).length === 0)
        ? []
        : [`${at} is no ${plain}`]
    }
    if (known?.words) return known.words.has(value) ? [] : [`${at} is ${JSON.stringify(value)}, no ${plain}`]
    if (!known?.fields) return [`${at} has the type ${plain}, which is not declared`]
    if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is no ${plain}`]
    const missing = [...known.fields]
      .filter(([name, field]) => this.#isOfServer && field.isAlwaysSent && !(name in value))
      .map(([name]) => `${at}.${name} is missing`)
    const wrong = Object.entries(value).flatMap(([name, entry]) => {
      const field = known.fields.get(name)
      if (field) return this.differences(entry, field.type, `${at}.${name}`)
      return this.#isOfServer ? [`${at}.${name} is no field of ${plain}`] : []
    })
    return [...missing, ...wrong]
  }
}

function fieldsOf(owner, body) {
  let flat = body
  for (let before = ''; before !== flat; ) {
    before = flat
    flat = flat.replaceAll(/\{\s*\[key: string\]: ([^;{}]*);\s*\}/g, 'Record<$1>')
  }
  const fields = new Map()
  for (const [, name, optional, declared] of flat.matchAll(/'(\w+)'(\?)?: ([^;]+);/g)) {
    const type = declared.trim()
    // A server leaves out a field that may be null, and sends any other value, as the declarations say of plain ones.
    const isPlain = /^(string|number|boolean|Array<.+>)$/.test(type)
    const isAlwaysSent = !optional || isPlain || (ALWAYS[owner] ?? []).includes(name)
    fields.set(name, { isAlwaysSent, type })
  }
  return fields
}
