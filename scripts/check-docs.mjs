// Checks that every path, link, Rust name, `make` target and configuration key that the documents mention exists, that
// every key of drivein.example.toml is explained, and that every kind of drive is named where kinds are listed.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const read = file => readFileSync(file, 'utf8')
const below = (folder, ending) =>
  readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith(ending))
    .map(name => join(folder, name))

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'CODE_OF_CONDUCT.md',
  'SECURITY.md',
  'benches/RESULTS.md',
  ...below('docs', '.md'),
]
const KEY_TABLE = 'docs/configuration.md'

const code = [...below('src', '.rs'), ...below('crates', '.rs')].map(read).join('\n')
const words = new Set(code.match(/\w+/g))
const targets = new Set([...read('Makefile').matchAll(/^([a-z]+):/gm)].map(([, name]) => name))
const keys = new Set([...read('drivein.example.toml').matchAll(/^(?:#:)?(\w+) = /gm)].map(([, key]) => key))

// Top folders and files of the repository. A path that begins with one of them is meant as a path.
const top =
  /^(?:src|crates|contrib|\.github|templates|static|samples|scripts|docs|tests|benches|fuzz|\.ci)\/[\w./-]*$/
// Paths in prose about the code may leave out `src/`.
const roomPath = /^[a-z_]+\/(?:[\w-]+\/)*(?:[\w-]+\.(?:rs|sql|html|js|css))?$/
const rustName = /^[a-z_A-Z]\w*(?:::\w+)+(?:\(\))?$/

const problems = []
for (const document of documents) {
  const text = read(document)
  let fenced = false
  for (const [index, line] of text.split('\n').entries()) {
    const complain = what => problems.push(`${document}:${index + 1}: ${what}`)
    if (line.startsWith('```')) fenced = !fenced

    for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [path, anchor] = target.split('#')
      const file = path === '' ? document : join(dirname(document), path)
      if (!existsSync(file)) complain(`the link ${target} leads nowhere`)
      else if (anchor && !anchors(read(file)).has(anchor)) complain(`${file} has no heading #${anchor}`)
    }
    for (const [, path] of line.matchAll(/(?:src|srcset)="([^"\s]+)"/g)) {
      if (!path.includes(':') && !existsSync(join(dirname(document), path)))
        complain(`the picture ${path} is not there`)
    }
    for (const [, target] of line.matchAll(/(?:^|[`\s])make ([a-z]+)(?=`| *#| [A-Z]+=|$)/g)) {
      if (fenced || line.includes('`make')) {
        if (!targets.has(target)) complain(`there is no make ${target}`)
      }
    }
    if (fenced) continue

    for (const [, quoted] of line.matchAll(/`([^`]+)`/g)) {
      if (top.test(quoted)) {
        if (!existsSync(quoted)) complain(`${quoted} is not there`)
      } else if (roomPath.test(quoted) && existsSync(join('src', quoted.split('/')[0]))) {
        if (!existsSync(join('src', quoted))) complain(`src/${quoted} is not there`)
      } else if (rustName.test(quoted)) {
        const unknown = quoted
          .replace('()', '')
          .split('::')
          .filter(word => !words.has(word))
        if (unknown.length > 0) complain(`${quoted}: the code does not know ${unknown.join(', ')}`)
      } else if (/^\w+\(\)$/.test(quoted)) {
        if (!words.has(quoted.slice(0, -2))) complain(`the code does not know ${quoted}`)
      }
    }
    // Rows of the table of keys begin with the key.
    const row =
      document === KEY_TABLE && line.match(/^\| `(?:\[?\[?\w+\]?\]? )?([a-z_.]+)`[^|]*\| `?DRIVEIN_/)
    if (row && !keys.has(row[1].split('.').at(-1))) complain(`${row[1]} is no key of drivein.example.toml`)
  }
}

function anchors(text) {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading)
  return new Set(
    headings.map(heading =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  )
}

// Every kind of drive, a folder of the crate that has settings, is named where kinds are listed.
const DRIVES = 'crates/drives/src'
const kinds = readdirSync(DRIVES).filter(name => existsSync(join(DRIVES, name, 'config.rs')))
for (const list of [
  'ARCHITECTURE.md',
  'docs/configuration.md',
  'docs/drives.md',
  'docs/glossary.md',
  'drivein.example.toml',
  'src/config/drives.rs',
  '.github/ISSUE_TEMPLATE/bug_report.yml',
]) {
  const named = new Set(read(list).match(/\w+/g))
  for (const kind of kinds) if (!named.has(kind)) problems.push(`${list}: the kind ${kind} is missing`)
}

// Every key of the example is explained, in its row or as `key` in another one.
const explained = new Set(read(KEY_TABLE).match(/\w+/g))
for (const key of keys) if (!explained.has(key)) problems.push(`${KEY_TABLE}: ${key} is missing`)

// Each row of SECURITY.md's table of bounds names its tests: files, each with the functions in it. A row without one says
// that nothing is done.
const tests = [...below('src', '.rs'), ...below('crates', '.rs'), ...below('tests', '.rs')]
const [, bounds] = read('SECURITY.md').split('\n## Bounds\n')
for (const line of bounds.split('\n## ')[0].split('\n')) {
  const [, from, most, proof] = line.split('|').map(cell => cell.trim())
  if (!proof || from === 'from' || from.startsWith('---') || most.startsWith('none')) continue
  const complain = what => problems.push(`SECURITY.md: ${from}: ${what}`)
  let [files, tested] = [[], 0]
  for (const [, name] of proof.matchAll(/`([^`]+)`/g)) {
    if (name.endsWith('.rs')) {
      // Names of files in a row have the tests after them in common.
      if (tested > 0) [files, tested] = [[], 0]
      files.push(tests.filter(file => `/${file}`.endsWith(`/${name}`)))
      if (files.at(-1).length === 0) complain(`${name} is not there`)
      continue
    }
    tested += 1
    const attribute = '#\\[(?:tokio::)?test[^\\n]*\\n(?:\\s*(?:#|//)[^\\n]*\\n)*'
    // Some tests run on each kind of state; a macro makes two of each in its list.
    const test = new RegExp(
      `(?:${attribute}\\s*(?:async )?fn ${name}\\(|on_both_states! \\{[^}]*\\b${name},[^]*async fn ${name}\\()`,
    )
    const isThere = files.length > 0 && files.every(same => same.some(file => test.test(read(file))))
    if (!isThere) complain(`there is no test ${name} in that file`)
  }
  if (tested === 0) complain('it names no test')
}

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`documents: ${documents.join(', ')}: every path, link, name and key exists`)
