//! Checks the files of messages: their syntax, their ids and values, and that English has exactly the messages that
//! templates, code and scripts use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::messages::{file_names, resource, source};
use super::{Language, messages};

/// The variables of each message of a language, with the file that it is in.
fn messages_of(tag: &str) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut all = BTreeMap::new();
    for file in file_names(tag) {
        let name = file.split_once('/').unwrap().1.to_owned();
        for entry in resource(&file).entries() {
            match entry {
                Entry::Message(message) => {
                    let id = message.id.name.to_owned();
                    assert!(message.attributes.is_empty(), "{file}: {id} has attributes");
                    let pattern = message.value.as_ref().unwrap();
                    let mut variables = BTreeSet::new();
                    collect(pattern, &mut variables);
                    let former = all.insert(id.clone(), (name.clone(), variables));
                    assert!(former.is_none(), "{file}: {id} is there twice");
                }
                Entry::Term(term) => panic!("{file}: {} is a term", term.id.name),
                _ => {}
            }
        }
    }
    all
}

fn collect(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            collect_expression(expression, variables);
        }
    }
}

fn collect_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    let inline = match expression {
        Expression::Select { selector, variants } => {
            for variant in variants {
                collect(&variant.value, variables);
            }
            selector
        }
        Expression::Inline(inline) => inline,
    };
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        InlineExpression::Placeable { expression } => collect_expression(expression, variables),
        other => panic!("functions and references are not used here: {other:?}"),
    }
}

/// Returns the text of all files below `folder` with these extensions.
fn texts_below(folder: &str, extensions: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut texts = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if extensions.iter().any(|known| extension == *known) {
                texts.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    texts
}

/// Returns what stands in quotation marks and looks like an id.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let is_id = |word: &&str| {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        word.contains('-') && word.chars().all(letters)
    };
    text.split('"').filter(is_id)
}

/// Returns Rust code with each string literal on one line, as it is at run time.
fn joined(code: &str) -> String {
    let mut joined = String::new();
    let mut rest = code;
    while let Some((before, after)) = rest.split_once("\\\n") {
        joined.push_str(before);
        rest = after.trim_start();
    }
    joined.push_str(rest);
    joined.replace("\\\"", "\"").replace("\\\\", "\\")
}

#[test]
fn every_file_can_be_parsed() {
    for language in Language::all() {
        for file in file_names(language.tag) {
            if let Err((_, errors)) = FluentResource::try_new(source(&file)) {
                panic!("{file}: {errors:?}");
            }
        }
    }
}

#[test]
fn every_language_has_the_messages_of_english_with_the_same_values() {
    let english = messages_of("en");
    assert!(english.len() > 1000);
    let mut faults = Vec::new();
    for language in Language::all() {
        let own = messages_of(language.tag);
        for (id, (file, variables)) in &english {
            match own.get(id) {
                None => faults.push(format!("{}: {id} is missing", language.tag)),
                Some((own_file, _)) if own_file != file => {
                    faults.push(format!("{}: {id} belongs into {file}", language.tag));
                }
                Some((_, own)) if own != variables => {
                    faults.push(format!("{}: {id} has the values {own:?}", language.tag));
                }
                Some(_) => {}
            }
        }
        let more = own.keys().filter(|id| !english.contains_key(*id));
        faults.extend(more.map(|id| format!("{}: English has no {id}", language.tag)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_text_that_is_asked_for_is_there() {
    let english = messages_of("en");
    let mut missing = BTreeSet::new();
    let mut files = texts_below("templates", &["html"]);
    files.extend(texts_below("src/web", &["rs"]));
    for text in &files {
        for call in [".text(\"", ".words(\""] {
            for (at, _) in text.match_indices(call) {
                let rest = &text[at + call.len()..];
                let id = rest.split('"').next().unwrap();
                if quoted(&format!("\"{id}\"")).next().is_some() && !english.contains_key(id) {
                    missing.insert(id.to_owned());
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_text_is_used() {
    let mut files = texts_below("templates", &["html"]);
    files.extend(texts_below("src", &["rs"]));
    let mut used: BTreeSet<&str> = files.iter().flat_map(|text| quoted(text)).collect();
    // Sentences are found by their wording, which stands in the code.
    let mut code: Vec<String> = files.iter().map(|text| joined(text)).collect();
    code.extend(
        texts_below("crates/drives/src", &["rs"])
            .iter()
            .map(|text| joined(text)),
    );
    let mut unused = Vec::new();
    for (id, (file, _)) in &messages_of("en") {
        let is_used = match file.as_str() {
            "problems.ftl" | "drive-sentences.ftl" => {
                // One of two messages with the same wording is not found.
                messages::english_wording(id).is_some_and(|english| {
                    let literal = format!("\"{english}\"");
                    code.iter().any(|text| text.contains(&literal))
                })
            }
            // `tests/js/texts.test.mjs` looks after these.
            "scripts.ftl" => true,
            _ => used.remove(id.as_str()),
        };
        if !is_used {
            unused.push(id.clone());
        }
    }
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn each_number_has_the_form_of_its_language() {
    let cases = [
        ("en", [(1, "1 film"), (2, "2 films"), (0, "0 films")]),
        ("de", [(1, "1 Film"), (2, "2 Filme"), (0, "0 Filme")]),
    ];
    for (tag, counts) in cases {
        for (count, words) in counts {
            let text = Language::tagged(tag).unwrap().text("count-films");
            assert_eq!(
                text.with("count", i64::from(count)).to_string(),
                words,
                "{tag}"
            );
        }
    }
    let forms = |tag: &str, counts: &[u32]| {
        let language = Language::tagged(tag).unwrap();
        let words = counts.iter().map(|count| {
            let text = language.text("count-days").with("count", *count);
            text.to_string()
                .replace(|c: char| c.is_ascii_digit() || !c.is_alphabetic(), "")
        });
        words.collect::<BTreeSet<_>>().len()
    };
    assert_eq!(forms("ru", &[1, 2, 5]), 3, "one, few, many");
    assert_eq!(forms("ru", &[1, 21, 101]), 1, "one");
    assert!(forms("ar", &[1, 2, 3, 11]) >= 3, "one, two, few, many");
    assert_eq!(forms("ja", &[1, 2, 5]), 1);
}

#[test]
fn values_are_isolated_in_a_script_from_right_to_left_alone() {
    let revoke = |tag: &str| {
        let text = Language::tagged(tag).unwrap().text("drives-remove-name");
        text.with("name", "films").to_string()
    };
    assert_eq!(revoke("en"), "Remove films");
    assert!(revoke("ar").contains("\u{2068}films\u{2069}"));
}

#[test]
fn markup_stands_in_a_text_and_everything_else_is_escaped() {
    let text = Language::english().text("common-to-folder");
    let html = text.link("folder", "/a?b&c", "<Series> & \"more\"").html();
    assert_eq!(
        html.to_string(),
        "to <a href=\"/a?b&#38;c\" dir=\"auto\">&#60;Series&#62; &#38; &#34;more&#34;</a>"
    );
    let text = Language::english().text("first-page-demo");
    let html = text.element("command", "code", "drivein demo").html();
    assert!(html.to_string().contains("<code>drivein demo</code>"));
}

#[test]
fn a_sentence_of_the_api_is_translated_on_pages() {
    let english = "There is nothing at this address. It may have been moved or renamed.";
    assert_eq!(Language::english().sentence(english), english);
    let german = Language::tagged("de").unwrap();
    assert_ne!(german.sentence(english), english);
    assert_eq!(german.sentence("Unknown words."), "Unknown words.");
}

#[test]
fn english_texts_have_the_usual_words_for_what_is_done() {
    // Share, Revoke, Storage, Sessions and Copy link are the usual ones.
    const UNUSUAL: [&str; 5] = ["pass on", "withdraw", "no room", " in all", "from here"];
    for file in file_names("en") {
        let text = source(&file);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let value = line.split_once(" = ").map_or(line, |(_, value)| value);
            let value = value.to_lowercase();
            for word in UNUSUAL {
                assert!(!value.contains(word), "{file}: {word} in {line}");
            }
        }
    }
}
