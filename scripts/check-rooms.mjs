// The walls of the house (ARCHITECTURE.md): who may name what. Comments are no code, and tests may
// knock at any door.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

// What is named, where it may be, and why.
const walls = [
  [/\breqwest\b/, ['crates/drives/src/'], 'outgoing requests are made by drives alone'],
  // tower_service is a bare trait, by which the HTTP client is given its resolver.
  [
    /\baxum::|\btower(?!_service\b)/,
    ['src/web/', 'crates/sandbox/src/'],
    'viewers’ HTTP is the business of web alone',
  ],
  [/\bsqlx\b/, ['src/store/'], 'only the store knows where the state is kept'],
  [
    /\bcrate::(?:web|cmd|app)\b/,
    ['src/web/', 'src/cmd/', 'src/app.rs', 'src/main.rs'],
    'nothing below web knows who asks',
  ],
  [
    /\b(?:terabox|cloudreve)::|\b(?:Terabox|Cloudreve)\b/,
    ['crates/drives/src/', 'src/config/', 'src/app.rs', 'src/fuzzing.rs'],
    'above drives, kinds have no names',
  ],
  [
    /\bsandbox::/,
    ['crates/sandbox/src/', 'src/cmd/'],
    'the program does not know that it is being played to',
  ],
]
// What a room may not know of the rest.
const rooms = [
  [
    'src/governor/',
    /\bcrate::(?!governor\b)\w+/,
    'the governor counts calls and knows nobody who makes them',
  ],
  ['src/bytes/', /\bcrate::(?!bytes\b|governor\b)\w+/, 'bytes come from drives, whoever wants them'],
  [
    'src/players/',
    /\bcrate::(?!players\b)\w+|\bdrives::(?!http\b|\{DriveError, ErrorKind\}|DriveError\b)\w+/,
    'players are spoken to through the guarded client, and know nothing of films',
  ],
]

const problems = []
const isCode = name => name.endsWith('.rs') && !/(?:^|\/)tests(?:\/|\.rs$)/.test(name)
const folders = ['src', ...readdirSync('crates').map(name => join('crates', name, 'src'))]
for (const file of folders.flatMap(folder =>
  readdirSync(folder, { recursive: true })
    .filter(isCode)
    .map(name => join(folder, name)),
)) {
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line === 'mod tests {') break
    const code = line.replace(/\/\/.*/, '').replace(/"(?:[^"\\]|\\.)*"/g, '""')
    const complain = why => problems.push(`${file}:${index + 1}: ${why}: ${line.trim()}`)
    for (const [what, places, why] of walls) {
      if (what.test(code) && !places.some(place => file.startsWith(place))) complain(why)
    }
    for (const [room, what, why] of rooms) {
      if (file.startsWith(room) && what.test(code)) complain(why)
    }
  }
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log('rooms: every wall stands')
