// Checks who imports whom.
//
// - Modules: the table of ARCHITECTURE.md is the input. Its first column names a module, its last one everything of ours
//   that the module may import: names of other modules or crates, or single items of them.
// - Walls: libraries and kinds of drives that only some modules may name.
// - Circles: files of one module that import each other. CIRCLES lists those that are left; --circles prints them. A file
//   may import its child modules, whatever they import of it.
//
// Comments and tests do not count. A re-export (`pub use`) does not count as an import of the file that contains it.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { split } from './source.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

// What is named, where it may be named, and why.
const WALLS = [
  [/\breqwest\b/, ['crates/drives/src/'], 'the HTTP client belongs to drives'],
  // tower_service is a bare trait, by which the HTTP client is given its resolver.
  [
    /\baxum::|\btower(?!_service\b)/,
    ['src/web/', 'crates/sandbox/src/'],
    'only web and the sandbox serve HTTP',
  ],
  [/\bsqlx\b/, ['src/store/'], 'SQL belongs to the store'],
  [
    /\b(?:terabox|cloudreve)::|\b(?:Terabox|Cloudreve)\b/,
    ['crates/drives/src/', 'src/config/', 'src/app/', 'src/fuzzing.rs'],
    'above drives, kinds of drives have no names',
  ],
]

// Number of files in circles, by module. It may only fall; a module that is not listed has none.
const CIRCLES = {
  'crates/containers/src/': 2,
  'crates/sandbox/src/': 2,
}

const problems = []
const modules = readTable()
const files = readFiles()
checkTable()
checkImports()
checkWalls()
checkCircles()

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`imports: ${modules.length} modules of ARCHITECTURE.md and ${files.size} files keep their walls`)

// Rows of the table “module | holds | may know”.
function readTable() {
  const lines = readFileSync('ARCHITECTURE.md', 'utf8').split('\n')
  const head = lines.findIndex(line => /^\| module \|.*\| may know \|$/.test(line))
  if (head < 0) throw new Error('ARCHITECTURE.md has no table “module | … | may know”')
  const rows = []
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith('|')) break
    const cells = line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim())
    const path = cells[0].replaceAll('`', '')
    const may = cells.at(-1) === '–' ? [] : cells.at(-1).replaceAll('`', '').split(/,\s*/)
    rows.push({ path, name: nameOf(path), may, isCrate: path.startsWith('crates/') })
  }
  return rows
}

function nameOf(path) {
  return path.startsWith('crates/') ? path.split('/')[1] : path.replace(/^src\//, '').replace(/\/$|\.rs$/, '')
}

function readFiles() {
  const found = new Map()
  const folders = ['src', ...readdirSync('crates').map(name => join('crates', name, 'src'))]
  for (const folder of folders.filter(existsSync)) {
    for (const name of readdirSync(folder, { recursive: true })) {
      if (!name.endsWith('.rs') || /(?:^|\/)tests(?:\/|\.rs$)/.test(name)) continue
      const file = join(folder, name)
      let { code } = split(readFileSync(file, 'utf8'), false)
      code = code.replace(/\n(?:pub(?:\([^)]*\))? )?mod tests \{[\s\S]*/, '\n')
      const path = name
        .replace(/\.rs$/, '')
        .split('/')
        .filter(part => !['mod', 'lib', 'main'].includes(part))
      found.set(file, { file, folder, path, code, ...parseUses(code) })
    }
  }
  return found
}

// Uses and paths of a file: what it names (`names`), and which names it makes known to others (`aliases`).
function parseUses(code) {
  const children = [...code.matchAll(/\bmod\s+(\w+)\s*;/g)].map(([, name]) => name)
  const names = []
  const aliases = new Map()
  const rest = code.replace(/(\bpub(?:\([^)]*\))?\s+)?\buse\s+([^;]+);/g, (_, isPublic, tree) => {
    for (const { path, alias } of expand(tree.replace(/\s+/g, ' ').trim())) {
      if (!isPublic) names.push(path)
      aliases.set(alias, path)
    }
    return ''
  })
  for (const [path] of rest.matchAll(/(?<![\w:])(?:::)?[a-z_]\w*(?:::\w+)+/g)) names.push(path.split('::'))
  return { children, names, aliases }
}

// The leaves of a use tree: `a::{b, c as d}` is a::b and a::c.
function expand(tree, before = []) {
  const brace = tree.indexOf('{')
  if (brace < 0) {
    const [whole, alias] = tree.split(/ as /)
    const path = [...before, ...whole.split('::')].map(part => part.trim())
    if (path.at(-1) === 'self') path.pop()
    return [{ path, alias: alias?.trim() ?? path.at(-1) }]
  }
  const head = tree
    .slice(0, brace)
    .split('::')
    .map(part => part.trim())
  if (head.length > 1 || head[0] === '') head.pop()
  const leaves = []
  let depth = 0
  let start = brace + 1
  for (let at = brace; at < tree.length; at += 1) {
    if (tree[at] === '{') depth += 1
    if (tree[at] === '}') depth -= 1
    if ((tree[at] === ',' && depth === 1) || (tree[at] === '}' && depth === 0)) {
      const part = tree.slice(start, at).trim()
      if (part !== '') leaves.push(...expand(part, [...before, ...head]))
      start = at + 1
    }
  }
  return leaves
}

// A path as seen in a file, from the root of its crate. Of another crate's, the crate's name stands first, after `::`.
function absolute({ path, children, aliases }, names, depth = 0) {
  const [first, ...rest] = names
  if (first === '') return ['::', ...rest]
  if (first === 'crate') return rest
  if (first === 'self') return [...path, ...rest]
  if (first === 'super') {
    let up = path.slice(0, -1)
    while (rest[0] === 'super') [up] = [up.slice(0, -1), rest.shift()]
    return [...up, ...rest]
  }
  if (children.includes(first)) return [...path, ...names]
  if (aliases.has(first) && depth < 8 && aliases.get(first).join() !== first) {
    return absolute(
      { path, children, aliases: without(aliases, first) },
      [...aliases.get(first), ...rest],
      depth + 1,
    )
  }
  return ['::', ...names]
}

function without(aliases, name) {
  const fewer = new Map(aliases)
  fewer.delete(name)
  return fewer
}

function checkTable() {
  const names = new Set(modules.map(({ name }) => name))
  for (const { path, name, may } of modules) {
    if (!existsSync(path)) problems.push(`ARCHITECTURE.md: ${path} is not there`)
    for (const item of may) {
      if (item !== 'everything' && !names.has(item.split('::')[0]))
        problems.push(`ARCHITECTURE.md: ${name} may know ${item}, which is no row`)
    }
  }
  // No module may know another one that may know it.
  const reach = (name, seen = new Set()) => {
    for (const item of modules.find(row => row.name === name)?.may ?? []) {
      const next = item.split('::')[0]
      if (next === 'everything' || seen.has(next)) continue
      seen.add(next)
      reach(next, seen)
    }
    return seen
  }
  for (const { name } of modules)
    if (reach(name).has(name)) problems.push(`ARCHITECTURE.md: ${name} may know itself, by way of others`)
  const isListed = file => modules.some(({ path }) => file.startsWith(path))
  for (const file of files.keys()) {
    if (!isListed(file) && !['src/lib.rs', 'src/main.rs', 'src/fuzzing.rs'].includes(file))
      problems.push(`${file}: its module is no row of ARCHITECTURE.md`)
  }
}

function checkImports() {
  const crates = new Set(modules.filter(({ isCrate }) => isCrate).map(({ name }) => name))
  for (const entry of files.values()) {
    const home = modules.find(({ path }) => entry.file.startsWith(path))
    if (!home || home.may.includes('everything')) continue
    for (const names of entry.names) {
      const path = absolute(entry, names)
      let target
      if (path[0] === '::') {
        if (!crates.has(path[1]) || path[1] === home.name) continue
        target = path.slice(1)
      } else {
        if (home.isCrate || path[0] === home.name || path.length < 1) continue
        if (!modules.some(({ name, isCrate }) => name === path[0] && !isCrate)) continue
        target = path
      }
      const isAllowed = home.may.some(item => target.slice(0, item.split('::').length).join('::') === item)
      if (!isAllowed)
        problems.push(
          `${entry.file}: ${home.name} may not know ${target.join('::')}; it may know ${home.may.join(', ') || 'nothing of ours'}`,
        )
    }
  }
}

function checkWalls() {
  for (const { file, code } of files.values()) {
    for (const [index, line] of code.split('\n').entries()) {
      for (const [what, places, why] of WALLS) {
        if (what.test(line) && !places.some(place => file.startsWith(place)))
          problems.push(`${file}:${index + 1}: ${why}: ${line.trim()}`)
      }
    }
  }
}

// The file that declares what a path names.
function fileOf(folder, path, depth = 0) {
  let at = byPath(folder, [])
  for (const [index, part] of path.entries()) {
    const child = byPath(folder, path.slice(0, index + 1))
    if (child) {
      at = child
      continue
    }
    const alias = at?.aliases.get(part)
    if (!alias || depth > 8) return at
    const target = absolute({ ...at, aliases: without(at.aliases, part) }, alias)
    return target[0] === '::' ? undefined : fileOf(folder, target, depth + 1)
  }
  return at
}

function byPath(folder, path) {
  const stem = join(folder, ...path)
  const names =
    path.length === 0 ? ['lib.rs'].map(name => join(folder, name)) : [`${stem}.rs`, join(stem, 'mod.rs')]
  return names.map(name => files.get(name)).find(Boolean)
}

function checkCircles() {
  const imports = new Map()
  for (const entry of files.values()) {
    const targets = new Set()
    for (const names of entry.names) {
      const path = absolute(entry, names)
      if (path[0] === '::') continue
      const target = fileOf(entry.folder, path)
      if (!target || target === entry || moduleOf(target.file) !== moduleOf(entry.file)) continue
      const isChild =
        entry.path.length < target.path.length &&
        entry.path.every((part, index) => part === target.path[index])
      if (!isChild) targets.add(target.file)
    }
    imports.set(entry.file, targets)
  }
  const counts = {}
  for (const circle of circlesOf(imports)) {
    const name = moduleOf(circle[0])
    counts[name] = (counts[name] ?? 0) + circle.length
    if (process.argv.includes('--circles') || counts[name] > (CIRCLES[name] ?? 0)) {
      const message = `circle: ${circle.map(file => `${file} → ${[...imports.get(file)].filter(next => circle.includes(next)).join(', ')}`).join('\n        ')}`
      if (counts[name] > (CIRCLES[name] ?? 0)) problems.push(message)
      else console.log(message)
    }
  }
  for (const [name, limit] of Object.entries(CIRCLES)) {
    if ((counts[name] ?? 0) < limit)
      console.log(`note: CIRCLES of ${name} can be lowered to ${counts[name] ?? 0}`)
  }
}

function moduleOf(file) {
  return modules.find(({ path }) => file.startsWith(path))?.path ?? dirname(file)
}

// Strongly connected components of more than one file (Tarjan).
function circlesOf(graph) {
  const found = []
  const index = new Map()
  const low = new Map()
  const stack = []
  const visit = file => {
    index.set(file, index.size)
    low.set(file, index.get(file))
    stack.push(file)
    for (const next of graph.get(file)) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(file, Math.min(low.get(file), low.get(next)))
    }
    if (low.get(file) !== index.get(file)) return
    const circle = stack.splice(stack.indexOf(file))
    if (circle.length > 1) found.push(circle.sort())
  }
  for (const file of graph.keys()) if (!index.has(file)) visit(file)
  return found
}
