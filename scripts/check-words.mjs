// Checks the words of comments and the names of types (CONTRIBUTING.md, "Words").
//
//   node scripts/check-words.mjs             checks the tree against scripts/words.json
//   node scripts/check-words.mjs --update    lowers (never raises) the counts there to those of the tree
//   node scripts/check-words.mjs PATH…       lists every finding below the paths, with file and line
//
// Comments are read from every .rs file and from the browser's modules. Type names and constants are read from code
// that is compiled into the program; tests may reuse a name.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { split } from './source.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const RULES = 'scripts/words.json'
const FOLDERS = ['src', 'crates', 'tests', 'benches', 'fuzz/src', 'static', 'build.rs']

const PRONOUN = /\b(?:whoever|nobody|somebody|anybody|everybody)\b/i
const OPENER = /^(?:What|Whatever|Who|Whoever|Whether|Where|How|Nobody|Somebody|Anybody|Everybody)\b/
const PRIVATE_VERB = /\b(?:tells?|told|wants?|knows?)\b/i
// Of a socket, an e-mail account or a place in memory. All others are URLs or IPs.
const ADDRESS =
  /(?<!\b(?:IP|IPv[46]|e-?mail|listen|listening|MAC|memory) )\baddress(?:es)?\b(?! (?:and port|cannot be bound|of the (?:listening )?socket))/i
const PRIVATE_CONSTANT =
  /\b(?:const|static)\s+((?:[A-Z0-9]+_)*(?:MOST|LEAST|LONGEST|KEPT)(?:_[A-Z0-9]+)*)\s*:/
// An associated type is indented, an alias is not.
const TYPE =
  /^(?:\s*(?:pub(?:\([^)]*\))?\s+)?(?:struct|enum|trait|union)|(?:pub(?:\([^)]*\))?\s+)?type)\s+(\w+)/
const TERMS = {
  returns: /\breturns\b/i,
  parse: /pars(?:e|ing)/i,
  timeout: /timeout/i,
  error: /error/i,
  cache: /cache/i,
  concurrency: /concurren|single-flight|coalesc/i,
  sources: /\bRFC\s?\d|§|https?:\/\//,
}

const rules = JSON.parse(readFileSync(RULES, 'utf8'))
const paths = process.argv.slice(2).filter(argument => !argument.startsWith('--'))

const findings = {
  pronouns: [],
  openers: [],
  private_verbs: [],
  private_constants: [],
  doubled_names: [],
  addresses: [],
}
const terms = Object.fromEntries(Object.keys(TERMS).map(term => [term, 0]))
const types = new Map()
let commentLines = 0

for (const file of FOLDERS.flatMap(filesBelow)) {
  const text = readFileSync(file, 'utf8')
  const { comments, code } = split(text, file.endsWith('.js'))
  for (const [index, { line, text: words }] of comments.entries()) {
    commentLines += 1
    const prose = words.replace(/`[^`]*`/g, '``')
    const note = rule => findings[rule].push({ file, line, text: words })
    if (PRONOUN.test(prose)) note('pronouns')
    if (PRIVATE_VERB.test(prose)) note('private_verbs')
    if (ADDRESS.test(prose)) note('addresses')
    if (isParagraphStart(comments, index) && OPENER.test(prose) && !isQuestion(comments, index))
      note('openers')
    for (const [term, pattern] of Object.entries(TERMS)) if (pattern.test(words)) terms[term] += 1
  }
  if (!file.endsWith('.rs')) continue
  const isTest = /(?:^|\/)(?:tests|testing|benches)(?:\/|\.rs$)/.test(file)
  for (const [index, line] of code.split('\n').entries()) {
    const constant = line.match(PRIVATE_CONSTANT)
    if (constant) findings.private_constants.push({ file, line: index + 1, text: constant[1] })
    if (isTest) continue
    if (/^(?:pub(?:\([^)]*\))? )?mod tests \{/.test(line)) break
    const type = line.match(TYPE)
    if (type) types.set(type[1], [...(types.get(type[1]) ?? []), { file, line: index + 1 }])
  }
}

const doubled = [...types].filter(([, places]) => places.length > 1)
for (const [name, places] of doubled) {
  if (name in rules.usual_names || isOncePerKind(name, places)) continue
  for (const { file, line } of places) findings.doubled_names.push({ file, line, text: name })
}
const doubledNames = new Set(findings.doubled_names.map(({ text }) => text)).size

if (paths.length > 0) {
  for (const [rule, places] of Object.entries(findings)) {
    for (const { file, line, text } of places) {
      if (paths.some(path => file.startsWith(path))) console.log(`${rule}: ${file}:${line}: ${text}`)
    }
  }
  process.exit(0)
}

// The measures: how much there is, the most or least that words.json allows, and the range of the projects that the
// limits come from.
const rate = count => Math.round((count / commentLines) * 10_000) / 10
const measured = {
  pronouns: findings.pronouns.length,
  openers: findings.openers.length,
  private_verbs: rate(findings.private_verbs.length),
  addresses: rate(findings.addresses.length),
  private_constants: findings.private_constants.length,
  doubled_names: doubledNames,
  doubled_percent: Math.round((doubled.length / types.size) * 1000) / 10,
  ...Object.fromEntries(Object.entries(terms).map(([term, count]) => [term, rate(count)])),
}

if (process.argv.includes('--update')) {
  for (const [name, limit] of Object.entries(rules.limits)) {
    if ('max' in limit) limit.max = Math.min(limit.max, Math.max(measured[name], limit.anchors ?? 0))
    if ('min' in limit) limit.min = Math.max(limit.min, Math.min(measured[name], limit.anchors ?? Infinity))
  }
  writeFileSync(RULES, `${JSON.stringify(rules, null, 2)}\n`)
}

let isBroken = false
console.log(`words: ${commentLines} comment lines, ${types.size} type names`)
for (const [name, limit] of Object.entries(rules.limits)) {
  const value = measured[name]
  const isOver = 'max' in limit ? value > limit.max : value < limit.min
  isBroken ||= isOver
  const bound = 'max' in limit ? `at most ${limit.max}` : `at least ${limit.min}`
  const aim = limit.anchors === undefined ? '' : `; anchors ${limit.anchors}`
  console.log(
    `${isOver ? 'FAIL' : '  ok'}  ${name.padEnd(18)}${String(value).padStart(6)}  (${bound}${aim})  ${limit.what}`,
  )
  if (!isOver) continue
  for (const { file, line, text } of (findings[name] ?? []).slice(0, 20))
    console.error(`      ${file}:${line}: ${text}`)
}
for (const name of [...Object.keys(rules.usual_names), ...Object.keys(rules.names_per_kind)]) {
  if ((types.get(name) ?? []).length < 2)
    console.log(`note: ${RULES} lists “${name}”, which is declared once at most`)
}
if (isBroken) process.exit(1)

// Kinds of drives have equal names for equal jobs: one declaration in each kind's folder, and none elsewhere.
function isOncePerKind(name, places) {
  const kinds = places.map(({ file }) => file.match(/^crates\/drives\/src\/(\w+)\//)?.[1])
  return name in rules.names_per_kind && !kinds.includes(undefined) && new Set(kinds).size === kinds.length
}

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true })
    .filter(name => /\.(?:rs|js)$/.test(name))
    .map(name => join(path, name))
    .sort()
}

function isParagraphStart(comments, index) {
  const [before, here] = [comments[index - 1], comments[index]]
  return (
    before === undefined ||
    before.line !== here.line - 1 ||
    before.kind !== here.kind ||
    before.text === '' ||
    before.isTrailing ||
    here.isTrailing
  )
}

function isQuestion(comments, index) {
  let sentence = ''
  for (
    let next = index;
    next < comments.length && (next === index || !isParagraphStart(comments, next));
    next += 1
  ) {
    sentence += `${comments[next].text} `
    const end = sentence.match(/[.?!](?:\s|$)/)
    if (end) return end[0].startsWith('?')
  }
  return false
}
