//! Why a film cannot be played, or not completely, in words and with the next step.
//!
//! The texts are those of the table in `web::error`. The watch page shows them if the server finds the
//! problem beforehand, and passes all of them to the player for what turns out later.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::web::error::{HelpPage, Problem, ProblemCode, WORDS, Words};
use crate::web::locale::Language;

/// The texts of one problem code, with a link to the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaybackProblem {
    /// The stable code, such as `transcoding`.
    pub code: ProblemCode,
    /// A title of a few words.
    pub title: String,
    /// The meaning of it.
    pub sentence: String,
    /// The next step.
    pub step: String,
    /// True if the film does not start at all.
    pub blocks: bool,
    /// The link to the page of the next step.
    pub way: Option<NextStep>,
}

/// A link to the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// Its text.
    pub label: String,
    /// Its URL.
    pub href: String,
}

/// The URLs of the help pages. A guest has none of them.
#[derive(Debug, Clone, Default)]
pub struct HelpPages {
    /// The account page, on which the owner signs the drive in.
    pub account: Option<String>,
    /// The status page.
    pub status: Option<String>,
    /// The folder that contains the film.
    pub folder: Option<String>,
    /// The sign-in to Drive-In itself.
    pub login: Option<String>,
}

impl PlaybackProblem {
    /// Returns the problem with this code; `None` if it has no texts.
    pub fn of(
        language: &'static Language,
        code: ProblemCode,
        help_pages: &HelpPages,
    ) -> Option<PlaybackProblem> {
        WORDS
            .iter()
            .find(|words| words.code == code)
            .map(|words| PlaybackProblem::from_words(language, words, help_pages))
    }

    /// Returns the problem with its own sentence, if it has one. `None` if its code has no texts.
    pub fn of_problem(
        language: &'static Language,
        problem: &Problem,
        help_pages: &HelpPages,
    ) -> Option<PlaybackProblem> {
        let found = PlaybackProblem::of(language, problem.code, help_pages)?;
        let own = problem.sentence.map(|own| language.sentence(own));
        Some(PlaybackProblem {
            sentence: own.map_or(found.sentence, Cow::into_owned),
            ..found
        })
    }

    fn from_words(
        language: &'static Language,
        words: &Words,
        help_pages: &HelpPages,
    ) -> PlaybackProblem {
        let own = |english| language.sentence(english).into_owned();
        let (label, href) = match words.help {
            HelpPage::Account => ("watch-go-to-account", help_pages.account.clone()),
            HelpPage::Status => ("watch-see-status", help_pages.status.clone()),
            HelpPage::Folder => ("watch-go-to-folder", help_pages.folder.clone()),
            HelpPage::Login => ("account-sign-in", help_pages.login.clone()),
            HelpPage::None => ("account-sign-in", None),
        };
        PlaybackProblem {
            code: words.code,
            title: own(words.title),
            sentence: own(words.sentence),
            step: own(words.step),
            // Of a preview only the stream is refused: a note says so, and the original plays.
            blocks: words.code != ProblemCode::PreviewOnly,
            way: href.map(|href| NextStep {
                label: language.text(label).into(),
                href,
            }),
        }
    }

    /// Returns the problem of a film whose original plays in place of the upstream's renditions.
    pub fn with_original(self, language: &'static Language) -> PlaybackProblem {
        PlaybackProblem {
            step: language.text("watch-original-plays").into(),
            blocks: false,
            ..self
        }
    }

    /// Returns all problems by code, for the player.
    pub fn all(
        language: &'static Language,
        help_pages: &HelpPages,
    ) -> BTreeMap<&'static str, PlaybackProblem> {
        WORDS
            .iter()
            .map(|words| {
                (
                    words.code.as_str(),
                    PlaybackProblem::from_words(language, words, help_pages),
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use drives::DriveError;

    use super::*;

    #[test]
    fn a_verdict_points_only_at_doors_that_are_there() {
        let help_pages = HelpPages {
            account: Some("/account/films".to_owned()),
            ..HelpPages::default()
        };
        let verdict =
            PlaybackProblem::of(Language::english(), ProblemCode::SignedOut, &help_pages).unwrap();
        assert_eq!(verdict.way.unwrap().href, "/account/films");
        assert_eq!(
            PlaybackProblem::of(
                Language::english(),
                ProblemCode::SignedOut,
                &HelpPages::default()
            )
            .unwrap()
            .way,
            None
        );
    }

    #[test]
    fn a_reason_that_the_drive_gives_takes_the_place_of_the_general_one() {
        let of = |error: DriveError| {
            PlaybackProblem::of_problem(
                Language::english(),
                &Problem::from(error),
                &HelpPages::default(),
            )
            .unwrap()
        };
        let reason = "Nothing listens at its address.";
        let known = of(DriveError::failed("ladder", "x").with_sentence(reason));
        let unknown = of(DriveError::failed("ladder", "x"));
        assert_eq!(
            (known.sentence.as_str(), known.code),
            (reason, unknown.code)
        );
        assert!(unknown.sentence.starts_with("It failed"));
    }

    #[test]
    fn a_preview_leaves_the_picture_free_and_the_rest_does_not() {
        for (code, verdict) in PlaybackProblem::all(Language::english(), &HelpPages::default()) {
            assert_eq!(verdict.blocks, code != "preview_only", "{code}");
            assert!(verdict.step.ends_with('.'), "{code}");
        }
    }
}
