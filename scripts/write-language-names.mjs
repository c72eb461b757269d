// Writes locales/language-names.tsv: the names of languages that films have, in every language of the pages. They are those of
// CLDR as Node has them, so that the server and the scripts of a page name a language alike.
// Usage: node scripts/write-language-names.mjs

import { readFileSync, writeFileSync } from 'node:fs'

const FILE = 'locales/language-names.tsv'

// Every language with two letters (ISO 639-1), those of three letters that films are dubbed into or shot in, and the tags
// that `crates/media/src/subtitle.rs` makes of names of files.
const TAGS =
  `aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
  eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
  ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no
  nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te
  tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
  ary arz ast awa bho brx ceb chr ckb cmn crh doi fil fur gsw hak haw hil hmn hsb ilo kok lij lmo lzh mad mag mai mni nan
  nap nds raj sah sat scn tpi vec war wuu yue
  es-419 es-ES fr-CA pt-BR pt-PT zh-Hans zh-Hant`
    .trim()
    .split(/\s+/)

const source = readFileSync('src/web/locale/mod.rs', 'utf8')
const LOCALES = [...source.matchAll(/^ {4}language(?:_of)?\("([^"]+)"/gm)].map(match => match[1])

const names = LOCALES.map(
  locale => new Intl.DisplayNames(locale, { type: 'language', fallback: 'none', style: 'long' }),
)

/** Returns the name as it stands at the beginning of a label; empty where CLDR has none. */
function nameOf(tag, at) {
  const name = names[at].of(tag) ?? ''
  return name.charAt(0).toLocaleUpperCase(LOCALES[at]) + name.slice(1)
}

const rows = TAGS.map(tag => [tag, ...LOCALES.map((_, at) => nameOf(tag, at))])
const about = `# CLDR ${process.versions.cldr}, by scripts/write-language-names.mjs`
writeFileSync(
  FILE,
  `${[about, ['tag', ...LOCALES].join('\t'), ...rows.map(row => row.join('\t'))].join('\n')}\n`,
)
