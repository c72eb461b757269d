//! The texts of the browser's modules: `texts.js`, generated from the messages in `scripts.ftl`.
//!
//! A message `script-player-sound-off` becomes `player.soundOff`: a string, or a function of an object with the values of
//! the message. Plural forms are chosen by the browser's `Intl.PluralRules`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Message, Pattern, PatternElement, Variant, VariantKey,
};

use super::{Language, messages};

/// The part of an id that all messages for scripts have.
const PREFIX: &str = "script-";

impl Language {
    /// Returns the module `texts.js` in this language.
    pub fn script_texts(&self) -> String {
        let english = messages::resource("en/scripts.ftl");
        let own = messages::resource(&format!("{}/scripts.ftl", self.tag));
        let own: BTreeMap<&str, &Message<&str>> = messages_of(&own).collect();
        let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (id, message) in messages_of(&english) {
            let Some((group, key)) = id.strip_prefix(PREFIX).and_then(|id| id.split_once('-'))
            else {
                continue;
            };
            // A message that is missing is English.
            let message = own.get(id).copied().unwrap_or(message);
            if let Some(pattern) = &message.value {
                let member = format!("  {}: {},\n", camel_case(key), self.function(pattern));
                groups.entry(group).or_default().push(member);
            }
        }
        let mut module = format!(
            "// Made of locales/{tag}/scripts.ftl by src/web/locale/script_texts.rs.\n\n\
             const rules = new Intl.PluralRules('{tag}')\n\
             const choose = (value, variants, other) =>\n  \
               variants[value] ?? variants[typeof value === 'number' ? rules.select(value) : ''] ?? other\n",
            tag = self.tag
        );
        for (group, members) in groups {
            // Writing into a `String` cannot fail.
            let _ = write!(
                module,
                "\nexport const {group} = {{\n{}}}\n",
                members.concat()
            );
        }
        module
    }

    /// Returns the JavaScript of a message: a string, or a function if it has variables.
    fn function(&self, pattern: &Pattern<&str>) -> String {
        let mut variables = BTreeSet::new();
        let literal = self.template(pattern, &mut variables);
        if variables.is_empty() {
            return literal;
        }
        let names: Vec<String> = variables.into_iter().map(camel_case).collect();
        format!("({{ {} }}) => {literal}", names.join(", "))
    }

    /// Returns a template literal, and adds the variables in it.
    fn template<'p>(
        &self,
        pattern: &'p Pattern<&str>,
        variables: &mut BTreeSet<&'p str>,
    ) -> String {
        let mut literal = String::from("`");
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => literal.push_str(&escaped(value)),
                PatternElement::Placeable { expression } => {
                    let value = self.expression(expression, variables);
                    // Isolates a value as `set_use_isolating` of Fluent does.
                    let is_isolated = self.is_rtl && matches!(expression, Expression::Inline(_));
                    let (before, after) = if is_isolated {
                        ("\u{2068}", "\u{2069}")
                    } else {
                        ("", "")
                    };
                    let _ = write!(literal, "{before}${{{value}}}{after}");
                }
            }
        }
        literal.push('`');
        literal
    }

    fn expression<'p>(
        &self,
        expression: &'p Expression<&str>,
        variables: &mut BTreeSet<&'p str>,
    ) -> String {
        match expression {
            Expression::Inline(inline) => self.inline(inline, variables),
            Expression::Select { selector, variants } => {
                let value = self.inline(selector, variables);
                let mut members = Vec::new();
                let mut other = "``".to_owned();
                for Variant {
                    key,
                    value,
                    default,
                } in variants
                {
                    let (VariantKey::Identifier { name: key }
                    | VariantKey::NumberLiteral { value: key }) = key;
                    let text = self.template(value, variables);
                    match default {
                        true => other = text,
                        false => members.push(format!("'{key}': {text}")),
                    }
                }
                format!("choose({value}, {{ {} }}, {other})", members.join(", "))
            }
        }
    }

    fn inline<'p>(
        &self,
        expression: &'p InlineExpression<&str>,
        variables: &mut BTreeSet<&'p str>,
    ) -> String {
        match expression {
            InlineExpression::VariableReference { id } => {
                variables.insert(id.name);
                camel_case(id.name)
            }
            InlineExpression::StringLiteral { value }
            | InlineExpression::NumberLiteral { value } => format!("`{}`", escaped(value)),
            InlineExpression::Placeable { expression } => self.expression(expression, variables),
            // A test allows none of the others in this file.
            _ => "``".to_owned(),
        }
    }
}

fn messages_of(resource: &FluentResource) -> impl Iterator<Item = (&str, &Message<&str>)> {
    resource.entries().filter_map(|entry| match entry {
        Entry::Message(message) => Some((message.id.name, message)),
        _ => None,
    })
}

/// Escapes a text for a template literal.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('`', "\\`")
        .replace("${", "\\${")
}

/// Converts `sound-off` to `soundOff`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        text.push_str(&first.to_uppercase());
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_for_tests_is_that_of_english() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/static/texts.js");
        let made = Language::english().script_texts();
        if std::env::var_os("UPDATE_TEXTS").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap();
        assert!(
            kept == made,
            "static/texts.js is not made of locales/en/scripts.ftl: run this test with UPDATE_TEXTS=1"
        );
    }

    #[test]
    fn a_message_becomes_a_string_or_a_function() {
        let source = "script-a-plain = It’s `so` $ {\"{\"}x\n\
            script-a-of-two = { $at } of { $film-name }\n\
            script-a-count = { $count ->\n    [one] { $count } entry\n   *[other] { $count } entries\n }\n";
        let resource = FluentResource::try_new(source.to_owned()).unwrap();
        let functions = |tag| {
            let language = Language::tagged(tag).unwrap();
            let values = messages_of(&resource).map(|(_, message)| message.value.as_ref().unwrap());
            values
                .map(|pattern| language.function(pattern))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            functions("en"),
            [
                "`It’s \\`so\\` $ ${`{`}x`",
                "({ at, filmName }) => `${at} of ${filmName}`",
                "({ count }) => `${choose(count, { 'one': `${count} entry` }, `${count} entries`)}`",
            ]
        );
        assert!(functions("ar")[1].contains("\u{2068}${at}\u{2069} of"));
    }
}
