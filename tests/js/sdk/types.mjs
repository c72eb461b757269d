// Checks JSON against the TypeScript types of Jellyfin's SDK, which are read from its declarations: the kinds of values, the
// words of enumerations, and fields that no type has.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.resolve('@jellyfin/sdk/lib/generated-client/index.js')))
const types = new Map()

for (const file of readdirSync(join(root, 'models')).filter(name => name.endsWith('.d.ts'))) {
  const text = readFileSync(join(root, 'models', file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
  for (const [, name, body] of text.matchAll(/export interface (\w+)(?: extends [^{]+)? \{([\s\S]*?)\n\}/g)) {
    types.set(name, { fields: fieldsOf(body) })
  }
  for (const [, name, body] of text.matchAll(/export declare const (\w+): \{([\s\S]*?)\n\}/g)) {
    types.set(name, { words: new Set([...body.matchAll(/readonly \w+: "([^"]*)"/g)].map(match => match[1])) })
  }
}

function fieldsOf(body) {
  const flat = body.replaceAll(/\{\s*\[key: string\]: ([^;]*);\s*\}/g, 'Record<$1>')
  const fields = new Map()
  for (const [, name, optional, type] of flat.matchAll(/'(\w+)'(\?)?: ([^;]+);/g)) {
    fields.set(name, { isOptional: Boolean(optional), type: type.trim() })
  }
  return fields
}

// Returns the type of a call's answer; undefined for none.
export function answerType(api, method) {
  const file = `${api.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()}.d.ts`
  const path = join(root, 'api', file)
  if (!existsSync(path)) return
  const text = readFileSync(path, 'utf8')
  const found = text.match(new RegExp(`\\n    ${method}\\([^\\n]*AxiosResponse<(.+?), any`))
  return found && found[1] !== 'void' ? found[1] : undefined
}

// Returns the places where a value is not of a type.
export function differences(value, type, at = '$') {
  const plain = type.replaceAll(/\s*\|\s*null$/g, '').trim()
  if (value === null) return plain === type ? [`${at} is null`] : []
  const array = plain.match(/^Array<(.+)>$/) ?? plain.match(/^(\w+)\[\]$/)
  if (array) {
    if (!Array.isArray(value)) return [`${at} is no array`]
    return value.flatMap((entry, index) => differences(entry, array[1], `${at}[${index}]`))
  }
  const record = plain.match(/^Record<(.+)>$/)
  if (record) {
    return Object.entries(value).flatMap(([key, entry]) => differences(entry, record[1], `${at}.${key}`))
  }
  if (['string', 'number', 'boolean'].includes(plain)) {
    return typeof value === plain ? [] : [`${at} is a ${typeof value} and no ${plain}`]
  }
  const known = types.get(plain)
  if (known?.words) return known.words.has(value) ? [] : [`${at} is ${JSON.stringify(value)}, no ${plain}`]
  if (!known?.fields) return []
  if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is no ${plain}`]
  const missing = [...known.fields]
    .filter(([name, field]) => !field.isOptional && !(name in value))
    .map(([name]) => `${at}.${name} is missing`)
  const wrong = Object.entries(value).flatMap(([name, entry]) => {
    const field = known.fields.get(name)
    return field ? differences(entry, field.type, `${at}.${name}`) : [`${at}.${name} is no field of ${plain}`]
  })
  return [...missing, ...wrong]
}
