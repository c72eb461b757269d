//! Why a film cannot be played, or not wholly, in words and with the next step.
//!
//! The words are those of the table in `web::error`: the watch page shows them when the server knows
//! the verdict beforehand, and hands all of them to the player for what turns out later.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::web::error::{Door, WORDS, Words};

/// What is to be said about one code: a heading, a sentence, and what can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The stable code, such as `transcoding`.
    pub code: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What it means.
    pub sentence: &'static str,
    /// What to do about it.
    pub step: &'static str,
    /// Whether the film does not start at all.
    pub blocks: bool,
    /// Where that is done: the text and the address of a link.
    pub way: Option<Way>,
}

/// A link that leads to the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Its text.
    pub label: &'static str,
    /// Its address, ready to be used.
    pub href: String,
}

/// The doors that a verdict may point at. A guest has none of them.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    /// The page on which the owner signs the drive in.
    pub account: Option<String>,
    /// The page that says how the drives are.
    pub status: Option<String>,
    /// The folder that holds the film.
    pub folder: Option<String>,
    /// The sign-in to Drive-In itself.
    pub login: Option<String>,
}

impl Verdict {
    /// The verdict for a code; `None` for a code that has no words of its own.
    pub fn of(code: &str, doors: &Doors) -> Option<Verdict> {
        WORDS
            .iter()
            .find(|words| words.code == code)
            .map(|words| Verdict::from_words(words, doors))
    }

    fn from_words(words: &Words, doors: &Doors) -> Verdict {
        let (label, href) = match words.door {
            Door::Account => ("Go to the account", doors.account.clone()),
            Door::Status => ("See the status", doors.status.clone()),
            Door::Folder => ("Go to the folder", doors.folder.clone()),
            Door::Login => ("Sign in", doors.login.clone()),
            Door::None => ("", None),
        };
        Verdict {
            code: words.code,
            title: words.title,
            sentence: words.sentence,
            step: words.step,
            // Of a preview only the stream is refused: a note says so, and the original plays.
            blocks: words.code != "preview_only",
            way: href.map(|href| Way { label, href }),
        }
    }

    /// Every verdict by its code, for the player.
    pub fn all(doors: &Doors) -> BTreeMap<&'static str, Verdict> {
        WORDS
            .iter()
            .map(|words| (words.code, Verdict::from_words(words, doors)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_points_only_at_doors_that_are_there() {
        let doors = Doors {
            account: Some("/account/films".to_owned()),
            ..Doors::default()
        };
        let verdict = Verdict::of("signed_out", &doors).unwrap();
        assert_eq!(verdict.way.unwrap().href, "/account/films");
        assert_eq!(
            Verdict::of("signed_out", &Doors::default()).unwrap().way,
            None
        );
        assert_eq!(Verdict::of("no_such_code", &doors), None);
    }

    #[test]
    fn a_preview_leaves_the_picture_free_and_the_rest_does_not() {
        for (code, verdict) in Verdict::all(&Doors::default()) {
            assert_eq!(verdict.blocks, code != "preview_only", "{code}");
            assert!(verdict.step.ends_with('.'), "{code}");
        }
    }
}
