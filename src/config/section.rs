//! Parser of one section of the config. Each getter names a key and returns its value, or records a problem
//! with it; [`Section::finish`] refuses the keys for which there was no getter.

use std::collections::BTreeMap;
use std::str::FromStr;

use secrecy::SecretString;

use super::problem::{ProblemCollector, ValueSource};
use super::tree::{ConfigNode, Value};

/// A section that is being parsed.
pub(super) struct Section<'a> {
    table: Option<&'a BTreeMap<String, ConfigNode>>,
    source: Option<ValueSource>,
    /// Prefix of keys in messages: `auth.` or `drive 1: `.
    prefix: String,
    known: Vec<&'static str>,
    problems: &'a ProblemCollector,
}

impl<'a> Section<'a> {
    pub fn root(table: &'a BTreeMap<String, ConfigNode>, problems: &'a ProblemCollector) -> Self {
        Section {
            table: Some(table),
            source: None,
            prefix: String::new(),
            known: Vec::new(),
            problems,
        }
    }

    /// Returns the section `key`, empty if it is missing.
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

    /// Returns true if the key is set.
    pub fn has(&mut self, key: &'static str) -> bool {
        self.node(key).is_some()
    }

    /// Returns the sections `[[key]]`, in order.
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

    /// Returns a text, `None` if the key is not set.
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

    /// Returns a mandatory text. Records a problem and returns an empty text if the key is not set.
    pub fn required_text(&mut self, key: &'static str) -> String {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key).unwrap_or_default()
    }

    /// Converts a text with `check`; `expected` completes the sentence “must be …”. Returns `None` if the key
    /// is not set or invalid.
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

    /// Parses a text with `FromStr`, otherwise as [`Section::checked`]. Returns `None` if the key is not set or
    /// invalid.
    pub fn parsed<T: FromStr>(&mut self, key: &'static str, expected: &str) -> Option<T> {
        self.checked(key, expected, |text| text.parse().ok())
    }

    /// Returns a list of texts. In the environment they are separated by commas.
    pub fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        match (&node.value, &node.source) {
            (Value::Text(text), ValueSource::Variable(_) | ValueSource::Form) => text
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

    /// Parses a size such as `"256 MiB"` and returns bytes.
    pub fn size(&mut self, key: &'static str, default: u64) -> u64 {
        self.checked(key, "a size such as \"256 MiB\" or \"20 GiB\"", parse_size)
            .unwrap_or(default)
    }

    /// Returns a whole number of at least `min`, `default` if the key is not set.
    pub fn number(&mut self, key: &'static str, min: u64, default: u64) -> u64 {
        let Some(node) = self.node(key) else {
            return default;
        };
        let number = match (&node.value, &node.source) {
            (Value::Number(number), _) => number.and_then(|number| u64::try_from(number).ok()),
            (Value::Text(text), ValueSource::Variable(_) | ValueSource::Form) => {
                text.trim().parse().ok()
            }
            _ => None,
        };
        match number.filter(|number| *number >= min) {
            Some(number) => number,
            None => {
                self.complain(key, &format!("must be a whole number from {min} up"));
                default
            }
        }
    }

    /// Returns a switch, false if the key is not set.
    pub fn switch(&mut self, key: &'static str) -> bool {
        self.optional_switch(key).unwrap_or(false)
    }

    /// Returns a switch; `None` if the key is not set or invalid.
    pub fn optional_switch(&mut self, key: &'static str) -> Option<bool> {
        let node = self.node(key)?;
        match (&node.value, &node.source) {
            (Value::Bool(on), _) => Some(*on),
            (Value::Text(text), ValueSource::Variable(_) | ValueSource::Form)
                if text.trim() == "true" =>
            {
                Some(true)
            }
            (Value::Text(text), ValueSource::Variable(_) | ValueSource::Form)
                if text.trim() == "false" =>
            {
                Some(false)
            }
            _ => {
                self.complain(key, "must be true or false");
                None
            }
        }
    }

    /// Returns the lines of the file that `key` names, without empty ones and those that begin with `#`.
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

    /// Returns a secret, from `key` or from the file named by `key_file`; `None` if neither is set.
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

    /// Records a problem with the value of `key`; `what` completes the sentence that begins with the key.
    pub fn complain(&mut self, key: &'static str, what: &str) {
        let source = self
            .node(key)
            .map(|node| node.source.clone())
            .or_else(|| self.source.clone());
        self.problems
            .add(source.as_ref(), format!("{} {what}", self.quoted(key)));
    }

    /// Records a whole sentence about the section, at the line of `key`.
    pub fn complain_at(&mut self, key: &'static str, sentence: &str) {
        let source = self
            .node(key)
            .map(|node| node.source.clone())
            .or_else(|| self.source.clone());
        self.problems
            .add(source.as_ref(), format!("{}{sentence}", self.prefix));
    }

    /// Records a warning.
    pub fn warn(&self, message: String) {
        self.problems.warn(message);
    }

    /// Records a problem for every key without a getter, with the nearest known key.
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
                // Other programs may use the same prefix, so a stray variable is a warning and no error.
                ValueSource::Variable(variable) => self
                    .problems
                    .warn(format!("{variable} is set but is no key of ours{hint}")),
                line => self.problems.add(Some(line), name),
            }
        }
    }

    fn node(&mut self, key: &'static str) -> Option<&'a ConfigNode> {
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

    fn wrong_type(&self, key: &str, node: Option<&ConfigNode>, expected: &str) {
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

/// Parses `"256 MiB"`, `"20GB"`, `"0"` to bytes. Units are B, kB, MB, GB, TB and KiB, MiB, GiB, TiB. Returns
/// `None` for anything else.
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
