// Reads source texts for the checks beside it.

// Separates a source text into its comment lines and its code, in which comments and strings are blank.
export function split(text, isJavaScript) {
  const comments = []
  let code = ''
  let line = 1
  let at = 0
  const blank = end => {
    const passed = text.slice(at, end)
    code += passed.replace(/[^\n]/g, ' ')
    line += passed.split('\n').length - 1
    at = end
  }
  const endOf = (pattern, from) => {
    pattern.lastIndex = from
    return pattern.exec(text) ? pattern.lastIndex : text.length
  }
  while (at < text.length) {
    const rest = text.slice(at, at + 40)
    if (rest.startsWith('//')) {
      const end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at)
      const [, kind, words] = text.slice(at, end).match(/^(\/\/[/!]?) ?(.*)$/s)
      const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
      comments.push({ line, kind, isTrailing: before.trim() !== '', text: words.trim() })
      blank(end)
    } else if (rest.startsWith('/*')) {
      const end = endOf(/\*\//g, at + 2)
      for (const [offset, words] of text.slice(at, end).split('\n').entries()) {
        comments.push({
          line: line + offset,
          kind: '/*',
          isTrailing: false,
          text: words.replace(/^\s*\/?\*+!?|\*\/$/g, '').trim(),
        })
      }
      blank(end)
    } else if (!isJavaScript && /^b?r#*"/.test(rest) && !/\w/.test(text[at - 1] ?? '')) {
      const hashes = rest.match(/^b?r(#*)"/)[1]
      blank(endOf(new RegExp(`"${hashes}`, 'g'), at + rest.indexOf('"') + 1))
    } else if (rest[0] === '"' || (isJavaScript && (rest[0] === "'" || rest[0] === '`'))) {
      blank(endOf(new RegExp(`(?:\\\\[^]|[^\\\\${rest[0]}])*${rest[0]}`, 'gy'), at + 1))
    } else if (!isJavaScript && /^'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'\n])'/u.test(rest)) {
      blank(at + rest.match(/^'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'\n])'/u)[0].length)
    } else if (isJavaScript && rest[0] === '/' && /(?:^|[(,=:[!&|?{};]|return)\s*$/.test(code.slice(-40))) {
      blank(endOf(/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[\n])*\/\w*/gy, at + 1))
    } else {
      code += rest[0]
      if (rest[0] === '\n') line += 1
      at += 1
    }
  }
  return { comments, code }
}
