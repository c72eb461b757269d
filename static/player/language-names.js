// The names of languages in the language of the page. Labels of tracks begin with the English name, as the server makes them.

/** Returns `label`, whose language has this tag, with the name of the language as the page has it. */
export function localLabel(label, tag, locale = document.documentElement.lang) {
  const [english, local] = [nameOf(tag, 'en'), nameOf(tag, locale)]
  if (!english || !local || !label.startsWith(english)) return label
  const rest = label.slice(english.length)
  return /^[\p{L}\p{N}]/u.test(rest) ? label : local[0].toLocaleUpperCase(locale) + local.slice(1) + rest
}

function nameOf(tag, locale) {
  if (!tag) return null
  try {
    return new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' }).of(tag) ?? null
  } catch {
    // The tag is none.
    return null
  }
}
