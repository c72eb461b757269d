//! Converts the markup of SubRip and SubStation to WebVTT. Bold, italic, underline and placement at the top
//! are kept; fonts, colours and drawings are dropped; everything else is escaped.

/// Builds the text of a cue.
#[derive(Default)]
pub(super) struct CueTextBuilder {
    text: String,
    open: Vec<char>,
    /// Placement as on a keypad, from 1 at the bottom left to 9 at the top right (ASS `\an`).
    keypad: Option<u32>,
    /// True inside of a drawing, whose text consists of coordinates.
    draws: bool,
}

impl CueTextBuilder {
    /// Converts the text of a SubRip cue.
    pub(super) fn of_srt(text: &str) -> Self {
        let mut styled = CueTextBuilder::default();
        let mut rest = text;
        while let Some(at) = rest.find(['<', '{', '&', '>', '\0']) {
            styled.push(&rest[..at]);
            rest = &rest[at..];
            let taken = styled
                .tag(rest)
                // Other text in braces is spoken.
                .or_else(|| rest.starts_with("{\\").then(|| styled.overrides(rest))?)
                .unwrap_or_else(|| {
                    let character = rest.chars().next().unwrap_or_default();
                    styled.escaped(character, &rest[1..]);
                    1
                });
            rest = &rest[taken..];
        }
        styled.push(rest);
        styled
    }

    /// Converts the text of a SubStation line.
    pub(super) fn of_ass(text: &str) -> Self {
        let mut styled = CueTextBuilder::default();
        let mut rest = text;
        while let Some(at) = rest.find(['\\', '{', '&', '<', '>', '\0']) {
            styled.push(&rest[..at]);
            rest = &rest[at..];
            let taken = styled
                .overrides(rest)
                .or_else(|| styled.escape(rest))
                .unwrap_or_else(|| {
                    let character = rest.chars().next().unwrap_or_default();
                    styled.escaped(character, &rest[1..]);
                    1
                });
            rest = &rest[taken..];
        }
        styled.push(rest);
        styled
    }

    fn push(&mut self, text: &str) {
        if !self.draws {
            self.text.push_str(text);
        }
    }

    /// Escapes one character that has a meaning in WebVTT, unless the rest shows that it is an escape
    /// already.
    fn escaped(&mut self, character: char, rest: &str) {
        let is_escape = || {
            let known = ["amp;", "lt;", "gt;", "nbsp;", "lrm;", "rlm;"];
            known.iter().any(|name| rest.starts_with(name))
        };
        match character {
            '&' if is_escape() => self.push("&"),
            '&' => self.push("&amp;"),
            '<' => self.push("&lt;"),
            '>' => self.push("&gt;"),
            '\0' => {}
            other => self.push(other.encode_utf8(&mut [0; 4])),
        }
    }

    /// Parses an HTML tag at the beginning of `rest`. Returns its length in bytes, or `None` if it is no
    /// tag.
    fn tag(&mut self, rest: &str) -> Option<usize> {
        let inner = rest.strip_prefix('<')?;
        let end = inner.find(['>', '<', '\n'])?;
        if !inner[end..].starts_with('>') {
            return None;
        }
        let (inner, taken) = (&inner[..end], end + 2);
        let closes = inner.starts_with('/');
        let name = inner
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()?
            .to_ascii_lowercase();
        match name.as_str() {
            "i" | "b" | "u" => self.turn(name.chars().next()?, !closes),
            "em" => self.turn('i', !closes),
            "strong" => self.turn('b', !closes),
            "br" => self.push("\n"),
            "font" | "s" | "span" | "ruby" | "rt" | "div" | "p" | "strike" | "small" | "big" => {}
            _ => return None,
        }
        Some(taken)
    }

    /// Parses a SubStation override block, which occur in SubRip files, too: `{\an8}`, `{\i1}`. Returns its
    /// length in bytes, or `None`.
    fn overrides(&mut self, rest: &str) -> Option<usize> {
        let inner = rest.strip_prefix('{')?;
        let end = inner.find('}')?;
        let inner = &inner[..end];
        for order in inner.split('\\').skip(1).map(str::trim) {
            match order {
                "i1" | "b1" | "u1" => self.turn(order.chars().next()?, true),
                "i0" | "b0" | "u0" | "i" | "b" | "u" => self.turn(order.chars().next()?, false),
                "r" => self.close_all(),
                _ => {
                    if let Some(place) = order.strip_prefix("an").and_then(parse_digits) {
                        self.keypad = u32::try_from(place).ok();
                    } else if let Some(scale) = order.strip_prefix('p').and_then(parse_digits) {
                        self.draws = scale > 0;
                    }
                }
            }
        }
        Some(end + 2)
    }

    /// Parses `\N`, `\n` and `\h` of SubStation. Returns the length in bytes, or `None`.
    fn escape(&mut self, rest: &str) -> Option<usize> {
        match rest.strip_prefix('\\')?.chars().next()? {
            'N' | 'n' => self.push("\n"),
            'h' => self.push("\u{a0}"),
            _ => return None,
        }
        Some(2)
    }

    fn turn(&mut self, tag: char, on: bool) {
        if self.draws {
            return;
        }
        let at = self.open.iter().position(|open| *open == tag);
        match (on, at) {
            (true, None) => {
                self.text.extend(['<', tag, '>']);
                self.open.push(tag);
            }
            (false, Some(at)) => {
                // Inner tags are closed first, and opened again after it.
                let inside = self.open.split_off(at + 1);
                for tag in inside.iter().rev() {
                    self.text.extend(['<', '/', *tag, '>']);
                }
                self.text.extend(['<', '/', tag, '>']);
                self.open.pop();
                for tag in inside {
                    self.turn(tag, true);
                }
            }
            _ => {}
        }
    }

    fn close_all(&mut self) {
        while let Some(tag) = self.open.last().copied() {
            self.turn(tag, false);
        }
    }

    /// Returns the placement as WebVTT cue settings.
    pub(super) fn settings(&self) -> String {
        match self.keypad {
            Some(7..=9) => "line:0".to_owned(),
            Some(4..=6) => "line:50%".to_owned(),
            _ => String::new(),
        }
    }

    /// Returns the finished cue text; empty if nothing visible is left.
    pub(super) fn finished(mut self) -> String {
        self.draws = false;
        self.close_all();
        // Text without letters is not worth a cue.
        let bare = ["<i>", "</i>", "<b>", "</b>", "<u>", "</u>"]
            .iter()
            .fold(self.text.clone(), |text, tag| text.replace(tag, ""));
        if bare.trim().is_empty() {
            String::new()
        } else {
            self.text
        }
    }
}

/// Parses a number without a sign; `None` if it is malformed.
pub(super) fn parse_digits(text: &str) -> Option<u64> {
    let text = text.trim();
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
