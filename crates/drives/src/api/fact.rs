//! The value of a fact about an account or a share: English patterns and their values, so that a page can write them in
//! another language.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};

/// One text or several, which a list has with commas between.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FactValue(Vec<FactText>);

/// A text of a fact. A pattern without values is a text as it is, braces included.
#[derive(Debug, Clone, PartialEq)]
pub struct FactText {
    /// In English, with the names of its values in braces: `signed in as {name}`.
    pub pattern: Cow<'static, str>,
    pub values: Vec<(&'static str, FactArgument)>,
}

/// A value in a text.
#[derive(Debug, Clone, PartialEq)]
pub enum FactArgument {
    Text(String),
    Count(u64),
    Bytes(u64),
    Day(DateTime<Utc>),
    Time(DateTime<Utc>),
}

impl FactText {
    /// Returns a text without values.
    pub fn new(pattern: impl Into<Cow<'static, str>>) -> Self {
        FactText {
            pattern: pattern.into(),
            values: Vec::new(),
        }
    }

    /// Sets the value that the pattern has as `{name}`.
    pub fn with(mut self, name: &'static str, value: FactArgument) -> Self {
        self.values.push((name, value));
        self
    }
}

impl FactValue {
    /// Returns the texts of a list; `None` for an empty one.
    pub fn list(texts: impl IntoIterator<Item = FactText>) -> Option<Self> {
        let texts: Vec<FactText> = texts.into_iter().collect();
        (!texts.is_empty()).then_some(FactValue(texts))
    }

    /// Returns its texts.
    pub fn texts(&self) -> &[FactText] {
        &self.0
    }
}

impl From<FactText> for FactValue {
    fn from(text: FactText) -> Self {
        FactValue(vec![text])
    }
}

impl From<String> for FactValue {
    fn from(text: String) -> Self {
        FactText::new(text).into()
    }
}

impl From<&'static str> for FactValue {
    fn from(text: &'static str) -> Self {
        FactText::new(text).into()
    }
}

/// Writes it in English.
impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, text) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(", ")?;
            }
            text.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for FactText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest: &str = &self.pattern;
        while !self.values.is_empty()
            && let Some((before, after)) = rest.split_once('{')
            && let Some((name, behind)) = after.split_once('}')
        {
            f.write_str(before)?;
            match self.values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => value.fmt(f)?,
                None => write!(f, "{{{name}}}")?,
            }
            rest = behind;
        }
        f.write_str(rest)
    }
}

impl fmt::Display for FactArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FactArgument::Text(text) => f.write_str(text),
            FactArgument::Count(count) => count.fmt(f),
            FactArgument::Bytes(bytes @ ..1_000_000_000) => {
                write!(f, "{:.1} MB", *bytes as f64 / 1e6)
            }
            FactArgument::Bytes(bytes) => write!(f, "{:.1} GB", *bytes as f64 / 1e9),
            FactArgument::Day(day) => day.format("%Y-%m-%d").fmt(f),
            FactArgument::Time(time) => time.format("%Y-%m-%d %H:%M UTC").fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_their_places_and_are_not_read_again() {
        let name = FactArgument::Text("{day}".to_owned());
        let day = FactArgument::Day(DateTime::UNIX_EPOCH);
        let text = FactText::new("{name} until {day}, {other}")
            .with("name", name)
            .with("day", day);
        assert_eq!(text.to_string(), "{day} until 1970-01-01, {other}");
        let list = FactValue::list([text, FactText::new("{as} it is")]);
        let list = list.unwrap().to_string();
        assert_eq!(list, "{day} until 1970-01-01, {other}, {as} it is");
        assert_eq!(FactValue::list([]), None);
        let bytes = |count| FactArgument::Bytes(count).to_string();
        assert_eq!(
            [bytes(2_500_000_000), bytes(1_500_000)],
            ["2.5 GB", "1.5 MB"]
        );
    }
}
