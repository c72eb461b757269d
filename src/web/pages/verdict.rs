//! Why a film cannot be played, or not wholly, in words and with the next step.
//!
//! The words for every code of a problem stand here and nowhere else: the watch page shows them when
//! the server knows the verdict beforehand, and hands the same table to the player for what turns out
//! later.

use std::collections::BTreeMap;

use serde::Serialize;

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

/// Which of the [`Doors`] helps.
#[derive(Clone, Copy)]
enum Door {
    Account,
    Status,
    Folder,
    Login,
    None,
}

type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    bool,
    Door,
);

#[rustfmt::skip]
const WORDS: &[Row] = &[
    ("transcoding", "Still being prepared",
        "The drive is making the streaming version of this film. New uploads take a few minutes, long films more.",
        "Stay on this page: it starts by itself when it is ready.", true, Door::None),
    ("preview_only", "Only a preview",
        "The drive gives only the beginning of this film as a stream.",
        "Choose “Original” under Quality, or sign in to an account whose plan includes the whole film.", false, Door::Account),
    ("plan_required", "Not in this plan",
        "The drive’s account is on a plan that does not include this.",
        "Choose a lower quality or “Original”, or use an account with a larger plan.", true, Door::Account),
    ("verification_required", "The drive wants to see a human",
        "The drive asks for a check that only its owner can pass.",
        "Open the drive’s own website in this network, pass the check there, then come back.", true, Door::Account),
    ("signed_out", "The drive is signed out",
        "The session with the drive has ended, so nothing can be fetched from it.",
        "Sign in to the drive again.", true, Door::Account),
    ("rate_limited", "The drive asks for a pause",
        "It had more questions than it answers in a minute.",
        "Wait a moment: the player tries again by itself.", true, Door::None),
    ("not_found", "Not here",
        "There is no such film. It may have been moved or renamed.",
        "Look in the folder.", true, Door::Folder),
    ("gone", "Gone",
        "The film was here and has been removed, or its share has been withdrawn.",
        "Look in the folder for another copy.", true, Door::Folder),
    ("unsupported", "No stream of this film",
        "The drive has no streaming version of this file.",
        "Play the original here, or open it in VLC.", true, Door::None),
    ("undecodable", "This browser cannot decode it",
        "The film is fine, but its format is not one that this browser knows.",
        "Choose another quality, or open it in VLC, which plays nearly everything.", true, Door::None),
    ("unauthorized", "Please sign in",
        "This address needs a sign-in, or the sign-in has ended.",
        "Sign in and come back.", true, Door::Login),
    ("forbidden", "This address no longer plays",
        "The address was withdrawn, has run out, or does not cover this film.",
        "Ask for a new one, or open the film from its folder.", true, Door::Folder),
    ("upstream_failed", "The drive did not answer properly",
        "It failed, or sent something that is not a film.",
        "Try again in a moment. If it stays so, the status page says more.", true, Door::Status),
    ("upstream_timeout", "The drive takes too long",
        "It did not answer in time.",
        "Try again in a moment. If it stays so, the status page says more.", true, Door::Status),
    ("offline", "No connection to Drive-In",
        "This device cannot reach the server.",
        "Check the network: the player tries again by itself.", true, Door::None),
];

impl Verdict {
    /// The verdict for a code; `None` for a code that has no words of its own.
    pub fn of(code: &str, doors: &Doors) -> Option<Verdict> {
        let &(code, title, sentence, step, blocks, door) =
            WORDS.iter().find(|(known, ..)| *known == code)?;
        let (label, href) = match door {
            Door::Account => ("Go to the account", doors.account.clone()),
            Door::Status => ("See the status", doors.status.clone()),
            Door::Folder => ("Go to the folder", doors.folder.clone()),
            Door::Login => ("Sign in", doors.login.clone()),
            Door::None => ("", None),
        };
        Some(Verdict {
            code,
            title,
            sentence,
            step,
            blocks,
            way: href.map(|href| Way { label, href }),
        })
    }

    /// Every verdict by its code, for the player.
    pub fn all(doors: &Doors) -> BTreeMap<&'static str, Verdict> {
        WORDS
            .iter()
            .filter_map(|(code, ..)| Some((*code, Verdict::of(code, doors)?)))
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
    fn a_preview_plays_and_the_rest_does_not() {
        for (code, verdict) in Verdict::all(&Doors::default()) {
            assert_eq!(verdict.blocks, code != "preview_only", "{code}");
            assert!(verdict.step.ends_with('.'), "{code}");
        }
    }
}
