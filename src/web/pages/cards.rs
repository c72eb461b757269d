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
use drives::{Account, Capability, DriveError, DriveKind};
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

impl PageContext<'_> {
    /// Returns entries as cards.
    pub fn cards<'e>(&self, entries: impl IntoIterator<Item = &'e Entry>) -> Cards {
        let mut cards = Cards::default();
        for entry in entries {
            match entry.kind {
                EntryKind::Folder => cards.folders.push(FolderCard {
                    name: entry.name.clone(),
                    href: self.browse(&entry.place, &entry.path),
                    detail: day(entry),
                    tools: self.tools(entry),
                }),
                EntryKind::Video | EntryKind::Audio => cards.films.push(self.film(entry)),
                EntryKind::Image => cards.files.push(FileRow {
                    href: Some(self.watch(entry)),
                    ..self.file(entry, "image")
                }),
                EntryKind::Subtitle => cards.files.push(self.file(entry, "subtitle")),
                EntryKind::Other => cards.files.push(self.file(entry, "file")),
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
            size: format::size(entry.size),
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

    fn file(&self, entry: &Entry, kind: &'static str) -> FileRow {
        let has_bytes = self.has(&entry.place, Capability::Original);
        FileRow {
            name: entry.name.clone(),
            href: has_bytes.then(|| self.play(entry)),
            kind,
            size: format::size(entry.size),
            modified: day(entry),
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
            kind: kind_in_words(drive.kind()).to_owned(),
            state: DriveState::Ready,
            state_label: "Ready".to_owned(),
            account: None,
            quota: None,
            facts: Vec::new(),
            capabilities: drive
                .capabilities()
                .iter()
                .map(|capability| capability.as_str().to_owned())
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
                    .map(|quota| QuotaBar::of(quota.used, quota.total));
                let facts = account.facts.iter().cloned();
                card.facts = facts.map(|(name, value)| Fact { name, value }).collect();
                let left = account.session_ends_at.map(|end| end - Utc::now());
                if let Some(left) = left.filter(|left| *left < SESSION_WARNING_PERIOD) {
                    card.warning = Some(format!(
                        "The session ends {}. Sign in again before that.",
                        format::until(left)
                    ));
                    card.step = drive.sign_in().map(|_| TextLink {
                        label: "Sign in again".to_owned(),
                        href: account_page.clone(),
                    });
                }
            }
            Err(error) => {
                let problem = Problem::from(error.clone());
                card.state = DriveState::of(error);
                card.state_label = match card.state {
                    DriveState::Ready => "Ready",
                    DriveState::SignedOut => "Signed out",
                    DriveState::Failed if first_look::is_missing(error) => "No answer yet",
                    DriveState::Failed => "Not reachable",
                }
                .to_owned();
                // The general next step is to look here.
                card.problem = Some(match error.sentence {
                    Some(sentence) => sentence.to_owned(),
                    None => problem.detail(),
                });
                if problem.words().help == HelpPage::Account {
                    card.step = drive.sign_in().map(|_| TextLink {
                        label: "Sign in".to_owned(),
                        href: account_page,
                    });
                }
            }
        }
        card
    }
}

/// A session that expires within this period causes a warning.
const SESSION_WARNING_PERIOD: TimeDelta = TimeDelta::days(7);

fn tag_names(entry: &Entry) -> String {
    let names: Vec<&str> = entry.tags.iter().map(|tag| tag.name.as_str()).collect();
    names.join(", ")
}

fn day(entry: &Entry) -> String {
    entry
        .modified
        .map_or(String::new(), |time| time.format("%Y-%m-%d").to_string())
}

/// Returns the title of a kind of drive.
fn kind_in_words(kind: &str) -> &str {
    DriveKind::named(kind).map_or(kind, |known| known.title)
}
