//! Merges TOML and environment variables into one tree, in which each value has its origin.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::problem::{ConfigProblem, ValueSource};

/// A value with its origin.
#[derive(Debug, Clone)]
pub(super) struct ConfigNode {
    pub source: ValueSource,
    pub value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    /// A whole number, `None` if it is fractional or does not fit.
    Number(Option<i64>),
    Bool(bool),
    Time,
    List(Vec<ConfigNode>),
    Table(BTreeMap<String, ConfigNode>),
}

impl Value {
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Number(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::Time => "a time",
            Value::List(_) => "a list",
            Value::Table(_) => "a section",
        }
    }
}

/// Parses TOML. Recovers from syntax errors and returns them beside the rest.
pub(super) fn parse(text: &str) -> (BTreeMap<String, ConfigNode>, Vec<ConfigProblem>) {
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let problems = errors
        .iter()
        .map(|error| {
            let line = error.span().map(|span| lines.number(span.start));
            ConfigProblem {
                line,
                variable: None,
                message: format!("not valid TOML: {}", error.message().trim()),
            }
        })
        .collect();
    (convert_table(table.get_ref(), &lines), problems)
}

fn convert_table(table: &DeTable<'_>, lines: &Lines) -> BTreeMap<String, ConfigNode> {
    table
        .iter()
        .map(|(key, value)| {
            // The line of a section is that of its heading, the line of a value that of its key.
            let line = lines.number(key.span().start);
            (
                key.get_ref().to_string(),
                convert(value.get_ref(), line, lines),
            )
        })
        .collect()
}

fn convert(value: &DeValue<'_>, line: usize, lines: &Lines) -> ConfigNode {
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            Value::Number(i64::from_str_radix(number.as_str(), number.radix()).ok())
        }
        DeValue::Float(_) => Value::Number(None),
        DeValue::Boolean(on) => Value::Bool(*on),
        DeValue::Datetime(_) => Value::Time,
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| convert(item.get_ref(), lines.number(item.span().start), lines))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(convert_table(table, lines)),
    };
    ConfigNode {
        source: ValueSource::Line(line),
        value,
    }
}

/// Overlays `DRIVEIN_A__B` on key `b` of section `a`. Numbers are indexes of a list. Returns a warning for
/// each variable that replaces a value of the file.
pub(super) fn overlay_environment(
    root: &mut BTreeMap<String, ConfigNode>,
    environment: impl Iterator<Item = (String, String)>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for (variable, text) in environment {
        let Some(rest) = variable.strip_prefix("DRIVEIN_") else {
            continue;
        };
        // Both are read when the log is set up, before the config is parsed.
        if matches!(rest, "" | "LOG" | "LOG_FORMAT") {
            continue;
        }
        let keys: Vec<String> = rest
            .to_ascii_lowercase()
            .split("__")
            .map(str::to_owned)
            .collect();
        let leaf = ConfigNode {
            source: ValueSource::Variable(variable),
            value: Value::Text(text),
        };
        let replaced = line_of(root, &keys);
        if let (Some(line), ValueSource::Variable(variable)) = (replaced, &leaf.source) {
            warnings.push(format!("{variable} overrides line {line} of the file"));
        }
        insert(root, &keys, leaf);
    }
    warnings
}

/// Returns the line of a value of the file, `None` if there is none.
fn line_of(table: &BTreeMap<String, ConfigNode>, keys: &[String]) -> Option<usize> {
    let (key, mut rest) = keys.split_first()?;
    let mut node = table.get(key)?;
    if let (Value::List(items), [index, below @ ..]) = (&node.value, rest) {
        (node, rest) = (items.get(index.parse::<usize>().ok()?)?, below);
    }
    match (&node.value, &node.source) {
        (Value::Table(inner), _) => line_of(inner, rest),
        (_, ValueSource::Line(line)) if rest.is_empty() => Some(*line),
        _ => None,
    }
}

fn insert(table: &mut BTreeMap<String, ConfigNode>, keys: &[String], leaf: ConfigNode) {
    let Some((key, rest)) = keys.split_first() else {
        return;
    };
    if rest.is_empty() {
        // A secret of the environment, in either form, replaces the file's. Lists of tokens are merged.
        let other = match key.strip_suffix("_file") {
            Some(secret) => secret.to_owned(),
            None => format!("{key}_file"),
        };
        let is_of_file = |node: &ConfigNode| matches!(node.source, ValueSource::Line(_));
        if !key.starts_with("api_tokens") && table.get(&other).is_some_and(is_of_file) {
            table.remove(&other);
        }
        table.insert(key.clone(), leaf);
        return;
    }
    let source = leaf.source.clone();
    let empty = |listed: bool| ConfigNode {
        source: source.clone(),
        value: if listed {
            Value::List(Vec::new())
        } else {
            Value::Table(BTreeMap::new())
        },
    };
    let index: Option<usize> = rest[0].parse().ok().filter(|index| *index < 1000);
    let child = table
        .entry(key.clone())
        .or_insert_with(|| empty(index.is_some()));
    match (&mut child.value, index) {
        (Value::Table(inner), _) => insert(inner, rest, leaf),
        (Value::List(items), Some(index)) if rest.len() > 1 => {
            while items.len() <= index {
                items.push(empty(false));
            }
            if let Value::Table(inner) = &mut items[index].value {
                insert(inner, &rest[1..], leaf);
            }
        }
        _ => {
            table.insert(keys.join("__"), leaf);
        }
    }
}

/// Converts byte offsets to line numbers, counted from one.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Lines(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(offset, _)| offset)
                .collect(),
        )
    }

    fn number(&self, offset: usize) -> usize {
        self.0.partition_point(|newline| *newline < offset) + 1
    }
}
