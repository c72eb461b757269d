//! Entries and drives as cards with formatted text and URLs.

use chrono::{TimeDelta, Utc};

use super::first_look;
use super::format;
use super::page_context::PageContext;
use super::{DriveCard, Fact, FileRow, FilmCard, FolderCard, QuotaBar, TextLink, Tools};
use crate::governor::SharedDrive;
use crate::store::WatchPosition;
use crate::web::api::drives::DriveState;
use crate::web::error::{HelpPage, Problem};
use crate::web::urls::encode_name;
use drives::{Account, Capability, DriveError, DriveKind, FactValue};
use media::{Entry, EntryKind, EntryPath, Place};

/// The entries of one page, grouped by their kind of card.
#[derive(Default)]
pub(in crate::web) struct Cards {
    pub folders: Vec<FolderCard>,
    pub films: Vec<FilmCard>,
    pub files: Vec<FileRow>,
}

impl Cards {
    /// Removes the tick boxes, for pages with entries of several places.
    pub fn one_at_a_time(&mut self) {
        let tools = self.folders.iter_mut().map(|card| &mut card.tools);
        let tools = tools.chain(self.films.iter_mut().map(|card| &mut card.tools));
        let tools = tools.chain(self.files.iter_mut().map(|row| &mut row.tools));
        tools.flatten().for_each(|tools| tools.path = None);
    }
}

impl PageContext {
    /// Returns entries as cards.
    pub fn cards<'e>(&self, entries: impl IntoIterator<Item = &'e Entry>) -> Cards {
        let mut cards = Cards::default();
        for entry in entries {
            match entry.kind {
                EntryKind::Folder => cards.folders.push(FolderCard {
                    name: entry.name.clone(),
                    href: self.browse(&entry.place, &entry.path),
                    detail: self.day(entry),
                    tools: self.tools(entry),
                }),
                EntryKind::Video | EntryKind::Audio => cards.films.push(self.film(entry)),
                EntryKind::Image => cards.files.push(FileRow {
                    href: Some(self.watch(entry)),
                    ..self.file(entry, "card-image")
                }),
                EntryKind::Subtitle => cards.files.push(self.file(entry, "card-subtitle")),
                EntryKind::Other => cards.files.push(self.file(entry, "card-file")),
            }
        }
        cards
    }

    /// Adds the watched share of each film among `entries` to its card. Guests do not get it.
    pub async fn mark_watched(&self, place: &Place, entries: &[Entry], cards: &mut [FilmCard]) {
        if self.is_guests() {
            return;
        }
        let watched = self.site.store.history_of(self.viewer().id, place).await;
        let watched = watched.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was watched could not be read");
            Vec::new()
        });
        let films = entries.iter().filter(|entry| entry.kind.is_playable());
        for (card, entry) in cards.iter_mut().zip(films) {
            card.watched_percent = watched
                .iter()
                .find(|watched| watched.path == entry.path)
                .map(WatchPosition::percent)
                .filter(|percent| *percent > 0);
        }
    }

    /// Returns the card of a film.
    pub fn film(&self, entry: &Entry) -> FilmCard {
        FilmCard {
            name: entry.name.clone(),
            href: self.watch(entry),
            poster: entry
                .has_thumbnail
                .then(|| format!("{}/poster.jpg", self.play(entry))),
            small_poster: (entry.has_thumbnail && self.has_small_posters(&entry.place))
                .then(|| format!("{}/poster-small.jpg", self.play(entry))),
            length: entry.duration_s.map(format::duration).unwrap_or_default(),
            size: self.language.size(entry.size),
            detail: tag_names(entry),
            is_audio: entry.kind == EntryKind::Audio,
            watched_percent: None,
            is_watched: false,
            tools: self.tools(entry),
        }
    }

    /// Returns true if the drive has small pictures beside the usual ones.
    fn has_small_posters(&self, place: &Place) -> bool {
        let drive = self.site.library.drive(place);
        drive.is_ok_and(|drive| drive.has_small_thumbnails())
    }

    /// Returns the owner's actions on an entry; `None` if its drive can neither change nor share files.
    fn tools(&self, entry: &Entry) -> Option<Tools> {
        let can = |capability| self.may_manage() && self.has(&entry.place, capability);
        (can(Capability::Manage) || can(Capability::Share)).then(|| Tools {
            path: Some(entry.path.to_string()),
            href: self.site.urls.local(&format!(
                "/organize?place={}&path={}",
                entry.place,
                encode_name(entry.path.as_str())
            )),
        })
    }

    fn file(&self, entry: &Entry, kind: &str) -> FileRow {
        let has_bytes = self.has(&entry.place, Capability::Original);
        FileRow {
            name: entry.name.clone(),
            href: has_bytes.then(|| self.play(entry)),
            kind: self.words(kind),
            size: self.language.size(entry.size),
            modified: self.day(entry),
            tools: self.tools(entry),
        }
    }

    /// Returns the card of a drive with its account, or the error of reading it.
    pub fn drive(
        &self,
        drive: &SharedDrive,
        account: &Result<std::sync::Arc<Account>, DriveError>,
    ) -> DriveCard {
        let account_page = self.site.urls.local(&format!("/account/{}", drive.place()));
        let mut card = DriveCard {
            name: drive.place().to_string(),
            href: Some(match drive.capabilities().contains(&Capability::List) {
                true => self.browse(drive.place(), &EntryPath::root()),
                false => account_page.clone(),
            }),
            kind: self
                .language
                .sentence(kind_in_words(drive.kind()))
                .into_owned(),
            state: DriveState::Ready,
            state_label: self.words("card-ready"),
            account: None,
            quota: None,
            facts: Vec::new(),
            capabilities: drive
                .capabilities()
                .iter()
                .map(|capability| self.language.sentence(capability.as_str()).into_owned())
                .collect(),
            account_href: self.may_manage().then(|| account_page.clone()),
            warning: None,
            problem: None,
            step: None,
        };
        match account {
            Ok(account) => {
                let plan = account
                    .plan
                    .as_ref()
                    .map_or(String::new(), |plan| format!(" · {plan}"));
                card.account =
                    (!account.name.is_empty()).then(|| format!("{}{plan}", account.name));
                card.quota = account
                    .quota
                    .map(|quota| QuotaBar::of(self.language, quota.used, quota.total));
                let facts = account.facts.iter();
                card.facts = facts.map(|fact| self.drive_fact(fact)).collect();
                let left = account.session_ends_at.map(|end| end - Utc::now());
                if let Some(left) = left.filter(|left| *left < SESSION_WARNING_PERIOD) {
                    let ends = self.language.until(left);
                    let warning = self.text("card-session-ends").with("when", ends);
                    card.warning = Some(warning.into());
                    card.step = drive.sign_in().map(|_| TextLink {
                        label: self.words("account-sign-in-again"),
                        href: account_page.clone(),
                    });
                }
            }
            Err(error) => {
                let problem = Problem::from(error.clone());
                card.state = DriveState::of(error);
                card.state_label = self.words(match card.state {
                    DriveState::Ready => "card-ready",
                    DriveState::SignedOut => "card-signed-out",
                    DriveState::Failed if first_look::is_missing(error) => "card-no-answer-yet",
                    DriveState::Failed => "card-not-reachable",
                });
                // The general next step is to look here.
                card.problem = Some(match error.sentence {
                    Some(sentence) => self.language.sentence(sentence).into_owned(),
                    None => self.detail(&problem),
                });
                if problem.words().help == HelpPage::Account {
                    card.step = drive.sign_in().map(|_| TextLink {
                        label: self.words("account-sign-in"),
                        href: account_page,
                    });
                }
            }
        }
        card
    }

    /// Returns a fact that a drive reports, in the language of the page as far as its words are known.
    pub fn drive_fact(&self, (name, value): &(String, FactValue)) -> Fact {
        Fact {
            name: self.language.sentence(name).into_owned(),
            value: self.language.fact(value),
        }
    }

    /// Returns the day of the last change; empty if it is not known.
    fn day(&self, entry: &Entry) -> String {
        let day = entry.modified.map(|time| self.language.day(time));
        day.unwrap_or_default()
    }
}

/// A session that expires within this period causes a warning.
const SESSION_WARNING_PERIOD: TimeDelta = TimeDelta::days(7);

fn tag_names(entry: &Entry) -> String {
    let names: Vec<&str> = entry.tags.iter().map(|tag| tag.name.as_str()).collect();
    names.join(", ")
}

/// Returns the title of a kind of drive.
pub(super) fn kind_in_words(kind: &str) -> &str {
    DriveKind::named(kind).map_or(kind, |known| known.title)
}
