//! Reading one section of the config: each getter names a key, takes its value or notes what is
//! wrong with it, and [`Section::finish`] refuses the keys that nobody asked for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;

use super::tree::{Node, Source, Value};

/// One thing that is wrong in a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, counted from one, where it stands in the file.
    pub line: Option<usize>,
    /// The variable, where it came from the environment.
    pub variable: Option<String>,
    /// A sentence.
    pub message: String,
}

impl Problem {
    /// A problem of the config as a whole.
    pub fn general(message: String) -> Self {
        Problem {
            line: None,
            variable: None,
            message,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.variable, self.line) {
            (Some(variable), _) => write!(f, "{variable}: {}", self.message),
            (None, Some(line)) => write!(f, "line {line}: {}", self.message),
            (None, None) => f.write_str(&self.message),
        }
    }
}

/// Where problems are gathered while sections are read.
#[derive(Default)]
pub(super) struct Problems {
    problems: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<String>>,
}

impl Problems {
    pub fn add(&self, source: Option<&Source>, message: String) {
        let (line, variable) = match source {
            Some(Source::Line(line)) => (Some(*line), None),
            Some(Source::Variable(name)) => (None, Some(name.clone())),
            None => (None, None),
        };
        self.problems.borrow_mut().push(Problem {
            line,
            variable,
            message,
        });
    }

    pub fn warn(&self, message: String) {
        self.warnings.borrow_mut().push(message);
    }

    pub fn into_parts(self) -> (Vec<Problem>, Vec<String>) {
        (self.problems.into_inner(), self.warnings.into_inner())
    }
}

/// One section while it is being read.
pub(super) struct Section<'a> {
    table: Option<&'a BTreeMap<String, Node>>,
    source: Option<Source>,
    /// Before the key in messages: `auth.` or `drive 1: `.
    prefix: String,
    known: Vec<&'static str>,
    problems: &'a Problems,
}

impl<'a> Section<'a> {
    pub fn root(table: &'a BTreeMap<String, Node>, problems: &'a Problems) -> Self {
        Section {
            table: Some(table),
            source: None,
            prefix: String::new(),
            known: Vec::new(),
            problems,
        }
    }

    /// The section `key`, empty where it is not there.
    pub fn subsection(&mut self, key: &'static str) -> Section<'a> {
        let node = self.node(key);
        let table = node.and_then(|node| match &node.value {
            Value::Table(table) => Some(table),
            _ => {
                self.wrong_type(key, Some(node), "a section");
                None
            }
        });
        let prefix = match self.prefix.as_str() {
            "" => format!("{key}."),
            prefix => format!("{prefix}{key}."),
        };
        Section {
            table,
            source: node.map(|node| node.source.clone()),
            prefix,
            known: Vec::new(),
            problems: self.problems,
        }
    }

    /// Whether the key is written at all.
    pub fn has(&mut self, key: &'static str) -> bool {
        self.node(key).is_some()
    }

    /// The sections `[[key]]`, in order.
    pub fn list_of_sections(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        let Value::List(items) = &node.value else {
            self.wrong_type(key, Some(node), &format!("written as [[{key}]]"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Value::Table(table) = &item.value else {
                self.wrong_type(key, Some(item), &format!("written as [[{key}]]"));
                continue;
            };
            sections.push(Section {
                table: Some(table),
                source: Some(item.source.clone()),
                prefix: format!("{key} {}: ", index + 1),
                known: Vec::new(),
                problems: self.problems,
            });
        }
        sections
    }

    pub fn text(&mut self, key: &'static str) -> Option<String> {
        let node = self.node(key)?;
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => {
                self.wrong_type(key, Some(node), "a text");
                None
            }
        }
    }

    /// A text without which the section makes no sense.
    pub fn required_text(&mut self, key: &'static str) -> String {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key).unwrap_or_default()
    }

    /// A text that `check` turns into a value; `expected` says what it must be.
    pub fn checked<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        check: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(key)?;
        let value = check(&text);
        if value.is_none() {
            self.complain(key, &format!("must be {expected}"));
        }
        value
    }

    pub fn parsed<T: FromStr>(&mut self, key: &'static str, expected: &str) -> Option<T> {
        self.checked(key, expected, |text| text.parse().ok())
    }

    /// A list of texts; in the environment they are separated by commas.
    pub fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        match (&node.value, &node.source) {
            (Value::Text(text), Source::Variable(_)) => text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
            (Value::List(items), _) => items
                .iter()
                .filter_map(|item| match &item.value {
                    Value::Text(text) => Some(text.clone()),
                    _ => {
                        self.wrong_type(key, Some(item), "a list of texts");
                        None
                    }
                })
                .collect(),
            _ => {
                self.wrong_type(key, Some(node), "a list of texts");
                Vec::new()
            }
        }
    }

    /// A size in bytes, written as `"256 MiB"`.
    pub fn size(&mut self, key: &'static str, default: u64) -> u64 {
        self.checked(key, "a size such as \"256 MiB\" or \"20 GiB\"", parse_size)
            .unwrap_or(default)
    }

    /// A whole number of at least `least`.
    pub fn number(&mut self, key: &'static str, least: u64, default: u64) -> u64 {
        let Some(node) = self.node(key) else {
            return default;
        };
        let number = match (&node.value, &node.source) {
            (Value::Number(number), _) => number.and_then(|number| u64::try_from(number).ok()),
            (Value::Text(text), Source::Variable(_)) => text.trim().parse().ok(),
            _ => None,
        };
        match number.filter(|number| *number >= least) {
            Some(number) => number,
            None => {
                self.complain(key, &format!("must be a whole number from {least} up"));
                default
            }
        }
    }

    /// A switch, off where it is not written.
    pub fn switch(&mut self, key: &'static str) -> bool {
        let Some(node) = self.node(key) else {
            return false;
        };
        match (&node.value, &node.source) {
            (Value::Bool(on), _) => *on,
            (Value::Text(text), Source::Variable(_)) if text.trim() == "true" => true,
            (Value::Text(text), Source::Variable(_)) if text.trim() == "false" => false,
            _ => {
                self.complain(key, "must be true or false");
                false
            }
        }
    }

    /// The lines of the file that `key` names, without empty ones and those that begin with `#`.
    pub fn lines_of_file(&mut self, key: &'static str) -> Vec<String> {
        let Some(file) = self.text(key) else {
            return Vec::new();
        };
        match std::fs::read_to_string(&file) {
            Ok(text) => text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(str::to_owned)
                .collect(),
            Err(error) => {
                self.complain(key, &format!("names a file that cannot be read: {error}"));
                Vec::new()
            }
        }
    }

    /// A secret, from `key` or from the file named by `key_file`.
    pub fn secret(&mut self, key: &'static str, key_file: &'static str) -> Option<SecretString> {
        if self.has(key) && self.has(key_file) {
            self.complain(key_file, &format!("and “{key}” are both given; keep one"));
            return None;
        }
        if let Some(file) = self.text(key_file) {
            return match std::fs::read_to_string(&file) {
                Ok(secret) => Some(secret.trim_end_matches(['\r', '\n']).into()),
                Err(error) => {
                    self.complain(
                        key_file,
                        &format!("names a file that cannot be read: {error}"),
                    );
                    None
                }
            };
        }
        self.text(key).map(SecretString::from)
    }

    pub fn required_secret(&mut self, key: &'static str, key_file: &'static str) -> SecretString {
        if !self.has(key) && !self.has(key_file) {
            self.missing(key);
        }
        self.secret(key, key_file).unwrap_or_default()
    }

    /// Says that something is wrong with the value of `key`.
    pub fn complain(&mut self, key: &'static str, what: &str) {
        let source = self
            .node(key)
            .map(|node| node.source.clone())
            .or_else(|| self.source.clone());
        self.problems
            .add(source.as_ref(), format!("{} {what}", self.quoted(key)));
    }

    /// Says a whole sentence about the section, at the line of `key`.
    pub fn complain_at(&mut self, key: &'static str, sentence: &str) {
        let source = self
            .node(key)
            .map(|node| node.source.clone())
            .or_else(|| self.source.clone());
        self.problems
            .add(source.as_ref(), format!("{}{sentence}", self.prefix));
    }

    /// Says that a value has no effect.
    pub fn warn(&self, message: String) {
        self.problems.warn(message);
    }

    /// Refuses every key that was not asked for.
    pub fn finish(self) {
        for (key, node) in self.table.into_iter().flatten() {
            if self.known.contains(&key.as_str()) {
                continue;
            }
            let nearest = self
                .known
                .iter()
                .map(|known| (strsim::damerau_levenshtein(known, key), *known))
                .min()
                .filter(|(distance, known)| *distance <= 1 + known.len() / 3);
            let hint = nearest.map_or(String::new(), |(_, known)| {
                format!("; did you mean “{known}”?")
            });
            let name = match self.prefix.strip_suffix(' ') {
                Some(section) => format!("{section} unknown key “{key}”{hint}"),
                None => format!("unknown key “{}{key}”{hint}", self.prefix),
            };
            match &node.source {
                // Other programs may use the same prefix: a stray variable is not worth refusing to start.
                Source::Variable(variable) => self
                    .problems
                    .warn(format!("{variable} is set but is no key of ours{hint}")),
                line => self.problems.add(Some(line), name),
            }
        }
    }

    fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.table?.get(key)
    }

    fn missing(&self, key: &str) {
        self.problems.add(
            self.source.as_ref(),
            format!("{} is missing", self.quoted(key)),
        );
    }

    fn wrong_type(&self, key: &str, node: Option<&Node>, expected: &str) {
        let found = node.map_or("nothing", |node| node.value.type_name());
        self.problems.add(
            node.map(|node| &node.source),
            format!("{} must be {expected}, not {found}", self.quoted(key)),
        );
    }

    fn quoted(&self, key: &str) -> String {
        match self.prefix.strip_suffix(' ') {
            Some(section) => format!("{section} “{key}”"),
            None => format!("“{}{key}”", self.prefix),
        }
    }
}

/// Bytes of `"256 MiB"`, `"20GB"`, `"0"`: units are B, kB, MB, GB, TB and KiB, MiB, GiB, TiB.
fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = (
        text[..digits].parse::<f64>().ok()?,
        text[digits..].trim().to_ascii_lowercase(),
    );
    let factor: u64 = match unit.as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    let bytes = number * factor as f64;
    (bytes.is_finite() && bytes < 1e18).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes() {
        let cases = [
            ("0", Some(0)),
            ("512", Some(512)),
            ("256 MiB", Some(256 << 20)),
            ("1.5 GiB", Some(3 << 29)),
            ("20GB", Some(20_000_000_000)),
            ("1kb", Some(1000)),
            ("", None),
            ("MiB", None),
            ("-1", None),
            ("1 parsec", None),
            ("1..2 MiB", None),
        ];
        for (text, bytes) in cases {
            assert_eq!(parse_size(text), bytes, "{text:?}");
        }
    }
}
