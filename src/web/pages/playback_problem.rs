//! Why a film cannot be played, or not wholly, in words and with the next step.
//!
//! The words are those of the table in `web::error`: the watch page shows them when the server knows
//! the verdict beforehand, and hands all of them to the player for what turns out later.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::web::error::{HelpPage, WORDS, Words};

/// What is to be said about one code: a heading, a sentence, and what can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaybackProblem {
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
    pub way: Option<NextStep>,
}

/// A link that leads to the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// Its text.
    pub label: &'static str,
    /// Its address, ready to be used.
    pub href: String,
}

/// The help_pages that a verdict may point at. A guest has none of them.
#[derive(Debug, Clone, Default)]
pub struct HelpPages {
    /// The page on which the owner signs the drive in.
    pub account: Option<String>,
    /// The page that says how the drives are.
    pub status: Option<String>,
    /// The folder that holds the film.
    pub folder: Option<String>,
    /// The sign-in to Drive-In itself.
    pub login: Option<String>,
}

impl PlaybackProblem {
    /// The verdict for a code; `None` for a code that has no words of its own.
    pub fn of(code: &str, help_pages: &HelpPages) -> Option<PlaybackProblem> {
        WORDS
            .iter()
            .find(|words| words.code == code)
            .map(|words| PlaybackProblem::from_words(words, help_pages))
    }

    fn from_words(words: &Words, help_pages: &HelpPages) -> PlaybackProblem {
        let (label, href) = match words.help {
            HelpPage::Account => ("Go to the account", help_pages.account.clone()),
            HelpPage::Status => ("See the status", help_pages.status.clone()),
            HelpPage::Folder => ("Go to the folder", help_pages.folder.clone()),
            HelpPage::Login => ("Sign in", help_pages.login.clone()),
            HelpPage::None => ("", None),
        };
        PlaybackProblem {
            code: words.code,
            title: words.title,
            sentence: words.sentence,
            step: words.step,
            // Of a preview only the stream is refused: a note says so, and the original plays.
            blocks: words.code != "preview_only",
            way: href.map(|href| NextStep { label, href }),
        }
    }

    /// Every verdict by its code, for the player.
    pub fn all(help_pages: &HelpPages) -> BTreeMap<&'static str, PlaybackProblem> {
        WORDS
            .iter()
            .map(|words| (words.code, PlaybackProblem::from_words(words, help_pages)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_points_only_at_doors_that_are_there() {
        let help_pages = HelpPages {
            account: Some("/account/films".to_owned()),
            ..HelpPages::default()
        };
        let verdict = PlaybackProblem::of("signed_out", &help_pages).unwrap();
        assert_eq!(verdict.way.unwrap().href, "/account/films");
        assert_eq!(
            PlaybackProblem::of("signed_out", &HelpPages::default())
                .unwrap()
                .way,
            None
        );
        assert_eq!(PlaybackProblem::of("no_such_code", &help_pages), None);
    }

    #[test]
    fn a_preview_leaves_the_picture_free_and_the_rest_does_not() {
        for (code, verdict) in PlaybackProblem::all(&HelpPages::default()) {
            assert_eq!(verdict.blocks, code != "preview_only", "{code}");
            assert!(verdict.step.ends_with('.'), "{code}");
        }
    }
}
