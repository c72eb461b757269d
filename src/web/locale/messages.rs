//! The messages of one language, parsed once.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use unic_langid::LanguageIdentifier;

#[derive(RustEmbed)]
#[folder = "locales/"]
#[include = "*.ftl"]
struct MessageFiles;

/// The files whose messages are sentences of the code and the API as well.
const SENTENCE_FILES: [&str; 2] = ["en/problems.ftl", "en/drive-sentences.ftl"];

/// The ids of those messages by their English wording.
static SENTENCE_IDS: LazyLock<SentenceIds> = LazyLock::new(|| {
    let mut ids = SentenceIds::default();
    for file in SENTENCE_FILES {
        for entry in resource(file).entries() {
            if let ast::Entry::Message(message) = entry
                && let Some((wording, has_values)) = message.value.as_ref().and_then(wording)
            {
                let kind = match has_values {
                    true => &mut ids.patterns,
                    false => &mut ids.sentences,
                };
                kind.insert(wording, message.id.name.to_owned());
            }
        }
    }
    ids
});

#[derive(Default)]
struct SentenceIds {
    sentences: HashMap<String, String>,
    patterns: HashMap<String, String>,
}

/// Returns the id of the message with this English text; `None` if there is none.
pub(super) fn sentence_id(english: &str) -> Option<&'static str> {
    SENTENCE_IDS.sentences.get(english).map(String::as_str)
}

/// Returns the id of the message with this English text, in which values are `{name}`; `None` if there is none.
pub(super) fn pattern_id(english: &str) -> Option<&'static str> {
    SENTENCE_IDS.patterns.get(english).map(String::as_str)
}

/// Returns the English wording of a sentence or a pattern by its id.
#[cfg(test)]
pub(super) fn english_wording(id: &str) -> Option<&'static str> {
    let SentenceIds {
        sentences,
        patterns,
    } = &*SENTENCE_IDS;
    let mut all = sentences.iter().chain(patterns);
    all.find_map(|(wording, known)| (known == id).then_some(wording.as_str()))
}

/// Returns the text of a message, in which values are `{name}`, and true if it has some; `None` if it has several forms.
fn wording(pattern: &ast::Pattern<&str>) -> Option<(String, bool)> {
    let mut text = String::new();
    let mut has_values = false;
    for element in &pattern.elements {
        match element {
            ast::PatternElement::TextElement { value } => text.push_str(value),
            ast::PatternElement::Placeable {
                expression: ast::Expression::Inline(ast::InlineExpression::StringLiteral { value }),
            } => text.push_str(value),
            ast::PatternElement::Placeable {
                expression: ast::Expression::Inline(ast::InlineExpression::VariableReference { id }),
            } => {
                has_values = true;
                text.push_str(&format!("{{{}}}", id.name));
            }
            ast::PatternElement::Placeable { .. } => return None,
        }
    }
    Some((text, has_values))
}

/// Returns the names of the files of a language, below `locales/`, in order.
pub(super) fn file_names(tag: &str) -> Vec<String> {
    let folder = format!("{tag}/");
    let names = MessageFiles::iter().filter(|name| name.starts_with(&folder));
    let mut names: Vec<String> = names.map(|name| name.into_owned()).collect();
    names.sort();
    names
}

/// Returns a parsed file. What cannot be parsed is left out of it, and found by a test.
pub(super) fn resource(name: &str) -> FluentResource {
    let text = source(name);
    FluentResource::try_new(text).unwrap_or_else(|(resource, errors)| {
        tracing::error!(name, ?errors, "a file of messages has mistakes");
        resource
    })
}

/// Returns the text of a file; empty if there is none.
pub(super) fn source(name: &str) -> String {
    let file = MessageFiles::get(name);
    file.map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .unwrap_or_default()
}

/// Adds all files of all languages to a hash.
pub(in crate::web) fn hash_all(hash: &mut Sha256) {
    for file in MessageFiles::iter().filter_map(|name| MessageFiles::get(&name)) {
        hash.update(file.metadata.sha256_hash());
    }
}

/// The messages of one language.
pub(super) struct Messages(FluentBundle<FluentResource>);

impl Messages {
    /// Parses the files of a language. Values are isolated from the text around them (Unicode UAX #9, FSI and PDI) in a
    /// script from right to left, since names in it may be from left to right.
    pub fn read(tag: &str, is_rtl: bool) -> Self {
        let language: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        bundle.set_use_isolating(is_rtl);
        for name in file_names(tag) {
            if let Err(errors) = bundle.add_resource(resource(&name)) {
                tracing::error!(name, ?errors, "a file of messages has an id twice");
            }
        }
        Messages(bundle)
    }

    /// Formats a message; `None` if there is none with this id.
    pub fn format(&self, id: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.0.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let text = self.0.format_pattern(pattern, Some(arguments), &mut errors);
        debug_assert!(errors.is_empty(), "{id}: {errors:?}");
        Some(text.into_owned())
    }
}
