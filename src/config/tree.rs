//! TOML and environment variables brought into one tree, in which each value remembers where it
//! came from.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::section::Problem;

/// Where a value was written.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Line(usize),
    Variable(String),
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub source: Source,
    pub value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    /// A whole number where it is one and fits.
    Number(Option<i64>),
    Bool(bool),
    Time,
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
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

/// Reads as much as can be read, and says what could not be.
pub(super) fn parse(text: &str) -> (BTreeMap<String, Node>, Vec<Problem>) {
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let problems = errors
        .iter()
        .map(|error| {
            let line = error.span().map(|span| lines.number(span.start));
            Problem {
                line,
                variable: None,
                message: format!("not valid TOML: {}", error.message().trim()),
            }
        })
        .collect();
    (convert_table(table.get_ref(), &lines), problems)
}

fn convert_table(table: &DeTable<'_>, lines: &Lines) -> BTreeMap<String, Node> {
    table
        .iter()
        .map(|(key, value)| {
            // A section has the line of its heading, a value the line of its key.
            let line = lines.number(key.span().start);
            (
                key.get_ref().to_string(),
                convert(value.get_ref(), line, lines),
            )
        })
        .collect()
}

fn convert(value: &DeValue<'_>, line: usize, lines: &Lines) -> Node {
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
    Node {
        source: Source::Line(line),
        value,
    }
}

/// Lays `DRIVEIN_A__B` over key `b` of section `a`; numbers count the items of a list.
pub(super) fn overlay_environment(
    root: &mut BTreeMap<String, Node>,
    environment: impl Iterator<Item = (String, String)>,
) {
    for (variable, text) in environment {
        let Some(rest) = variable.strip_prefix("DRIVEIN_") else {
            continue;
        };
        // The log reads these two itself, before there is a config.
        if matches!(rest, "" | "LOG" | "LOG_FORMAT") {
            continue;
        }
        let keys: Vec<String> = rest
            .to_ascii_lowercase()
            .split("__")
            .map(str::to_owned)
            .collect();
        let leaf = Node {
            source: Source::Variable(variable),
            value: Value::Text(text),
        };
        insert(root, &keys, leaf);
    }
}

fn insert(table: &mut BTreeMap<String, Node>, keys: &[String], leaf: Node) {
    let Some((key, rest)) = keys.split_first() else {
        return;
    };
    if rest.is_empty() {
        // A secret of the environment, in either form, stands in the place of the file's. Lists of tokens add up.
        let other = match key.strip_suffix("_file") {
            Some(secret) => secret.to_owned(),
            None => format!("{key}_file"),
        };
        let is_of_file = |node: &Node| matches!(node.source, Source::Line(_));
        if !key.starts_with("api_tokens") && table.get(&other).is_some_and(is_of_file) {
            table.remove(&other);
        }
        table.insert(key.clone(), leaf);
        return;
    }
    let source = leaf.source.clone();
    let empty = |listed: bool| Node {
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

/// Byte offsets turned into line numbers, counted from one.
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
