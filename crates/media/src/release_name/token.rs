//! Splits a name into words, with what separates and what encloses them.

/// One word of a name.
#[derive(Debug, Clone)]
pub(super) struct Token<'n> {
    /// The word as written.
    pub text: &'n str,
    /// The word in lower case.
    pub lower: String,
    /// The number of the bracket that encloses it, counted from 0; `None` outside of brackets.
    pub bracket: Option<usize>,
    /// True if a dash stands before it, apart from the word: ` - `.
    pub after_dash: bool,
    /// True if dots separate words in this name.
    pub is_dotted: bool,
    /// The name that contains it, and its first byte there.
    name: &'n str,
    start: usize,
}

impl Token<'_> {
    /// Returns the number if the word consists of digits only; `None` otherwise.
    pub fn number(&self) -> Option<u16> {
        let is_digits = !self.text.is_empty() && self.text.bytes().all(|it| it.is_ascii_digit());
        is_digits.then(|| self.text.parse().ok()).flatten()
    }

    /// Returns the year that the word is; `None` for other words.
    pub fn year(&self) -> Option<u16> {
        let year = self.number().filter(|_| self.text.len() == 4)?;
        (MIN_YEAR..=MAX_YEAR).contains(&year).then_some(year)
    }

    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

const MIN_YEAR: u16 = 1895;
/// Later numbers are part of a title: `Blade Runner 2049`.
const MAX_YEAR: u16 = 2035;

const OPENING: [char; 7] = ['[', '(', '{', '【', '「', '（', '『'];
const CLOSING: [char; 7] = [']', ')', '}', '】', '」', '）', '』'];

/// Splits a name into words. Dots are separators if the name has no spaces outside of brackets.
pub(super) fn tokenize(name: &str) -> Vec<Token<'_>> {
    let is_dotted = !has_spaces(name);
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let (mut bracket, mut brackets, mut after_dash) = (None, 0, false);
    let mut word: Option<usize> = None;
    let mut push = |from: usize, to: usize, bracket, after_dash: &mut bool| {
        let text = &name[from..to];
        if text.chars().all(|it| matches!(it, '-' | '–' | '—' | '~')) {
            *after_dash = true;
            return;
        }
        for (offset, text) in pieces(text, is_dotted) {
            tokens.push(Token {
                text,
                lower: text.to_lowercase(),
                bracket,
                after_dash: std::mem::take(after_dash),
                is_dotted,
                name,
                start: from + offset,
            });
        }
    };
    for (at, character) in name.char_indices() {
        let opens = OPENING.contains(&character);
        let closes = CLOSING.contains(&character);
        let separates = character.is_whitespace()
            || matches!(character, '_' | ',' | '+')
            || (character == '.' && is_dotted);
        if opens || closes || separates {
            if let Some(from) = word.take() {
                push(from, at, bracket, &mut after_dash);
            }
            if opens {
                bracket = Some(brackets);
                brackets += 1;
            } else if closes {
                bracket = None;
            }
        } else if word.is_none() {
            word = Some(at);
        }
    }
    if let Some(from) = word {
        push(from, name.len(), bracket, &mut after_dash);
    }
    tokens
}

/// Splits a word of a spaced name at its dots if one of its pieces is a year or a tag: `2019.1080p`.
fn pieces(text: &str, is_dotted: bool) -> Vec<(usize, &str)> {
    let is_mark = |piece: &str| {
        let digits = piece.strip_suffix('p').unwrap_or(piece);
        digits.len() >= 3 && digits.bytes().all(|it| it.is_ascii_digit())
    };
    let pieces = text.split('.').filter(|piece| !piece.is_empty());
    let is_mixed = !is_dotted
        && pieces.clone().any(is_mark)
        && pieces
            .clone()
            .any(|piece| !is_mark(piece) && piece.len() > 2);
    if !is_mixed {
        return vec![(0, text)];
    }
    let base = text.as_ptr() as usize;
    pieces
        .map(|piece| (piece.as_ptr() as usize - base, piece))
        .collect()
}

fn has_spaces(name: &str) -> bool {
    let mut depth = 0usize;
    name.chars().any(|character| {
        if OPENING.contains(&character) {
            depth += 1;
        } else if CLOSING.contains(&character) {
            depth = depth.saturating_sub(1);
        }
        (character.is_whitespace() || character == '_') && depth == 0
    })
}

/// Returns the text of words `start..end` for display. Separators that stand for spaces become spaces; in a dotted
/// name, single capitals in a row keep their dots (`M.A.R.S`).
pub(super) fn text_between(tokens: &[Token<'_>], start: usize, end: usize) -> String {
    let Some(words) = tokens.get(start..end.max(start)) else {
        return String::new();
    };
    let mut text = String::new();
    for (at, token) in words.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).map(|before| &words[before]) {
            let gap = &token.name[before.end()..token.start];
            if token.is_dotted {
                let is_acronym = is_capital(token) && is_capital(before) && !token.after_dash;
                text.push_str(match (token.after_dash, is_acronym) {
                    (true, _) => " - ",
                    (_, true) => ".",
                    _ => " ",
                });
            } else {
                text.push_str(&gap.replace('_', " "));
            }
        }
        text.push_str(token.text);
    }
    // An opening bracket before the first word, a closing one behind the last.
    if let (Some(first), Some(last)) = (words.first(), words.last()) {
        let opened = text.chars().filter(|it| OPENING.contains(it)).count();
        let closed = text.chars().filter(|it| CLOSING.contains(it)).count();
        if opened > closed
            && last.bracket.is_some()
            && let Some(close) = last.name[last.end()..].chars().next()
        {
            text.push(close);
        } else if closed > opened
            && first.bracket.is_some()
            && let Some(open) = first.name[..first.start].chars().next_back()
        {
            text.insert(0, open);
        }
    }
    let trimmed = text.trim_matches(|it: char| it.is_whitespace() || matches!(it, '-' | '–' | '~'));
    trimmed.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_capital(token: &Token<'_>) -> bool {
    let mut characters = token.text.chars();
    characters.next().is_some_and(char::is_uppercase) && characters.next().is_none()
}
