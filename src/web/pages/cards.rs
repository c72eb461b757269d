//! What stands on pages: entries and drives as cards, with finished words and addresses.

use chrono::{TimeDelta, Utc};

use super::desk::Desk;
use super::human;
use super::{DriveCard, Fact, FileRow, FilmCard, FolderCard, Link, Quota, Tools};
use crate::governor::SharedDrive;
use crate::store::WatchPosition;
use crate::web::address::encoded_name;
use crate::web::error::{Door, Problem};
use drives::{Account, Capability, DriveError, DriveKind};
use media::{Entry, EntryKind, EntryPath, Place};

/// Entries of one page, apart by how they are shown.
#[derive(Default)]
pub(in crate::web) struct Cards {
    pub folders: Vec<FolderCard>,
    pub films: Vec<FilmCard>,
    pub files: Vec<FileRow>,
}

impl Cards {
    /// For pages where entries of several places stand beside each other.
    pub fn one_at_a_time(&mut self) {
        let tools = self.folders.iter_mut().map(|card| &mut card.tools);
        let tools = tools.chain(self.films.iter_mut().map(|card| &mut card.tools));
        let tools = tools.chain(self.files.iter_mut().map(|row| &mut row.tools));
        tools.flatten().for_each(|tools| tools.path = None);
    }
}

impl Desk<'_> {
    /// Entries as cards.
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
                EntryKind::Image => cards.files.push(self.file(entry, "image")),
                EntryKind::Subtitle => cards.files.push(self.file(entry, "subtitle")),
                EntryKind::Other => cards.files.push(self.file(entry, "file")),
            }
        }
        cards
    }

    /// Writes onto the films among `entries` how far each was watched. Guests see nothing of it.
    pub async fn mark_watched(&self, place: &Place, entries: &[Entry], cards: &mut [FilmCard]) {
        if self.is_guests() {
            return;
        }
        let watched = self.site.store.history_of(place).await;
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

    /// One film.
    pub fn film(&self, entry: &Entry) -> FilmCard {
        FilmCard {
            name: entry.name.clone(),
            href: self.watch(entry),
            poster: entry
                .has_thumbnail
                .then(|| format!("{}/poster.jpg", self.play(entry))),
            length: entry.duration_s.map(human::duration).unwrap_or_default(),
            size: human::size(entry.size),
            detail: String::new(),
            is_audio: entry.kind == EntryKind::Audio,
            watched_percent: None,
            tools: self.tools(entry),
        }
    }

    /// What the owner can do with an entry; nothing where its drive has neither ability.
    fn tools(&self, entry: &Entry) -> Option<Tools> {
        let can = |capability| !self.is_guests() && self.has(&entry.place, capability);
        (can(Capability::Manage) || can(Capability::Share)).then(|| Tools {
            path: Some(entry.path.to_string()),
            href: self.site.addresses.local(&format!(
                "/organize?place={}&path={}",
                entry.place,
                encoded_name(entry.path.as_str())
            )),
        })
    }

    fn file(&self, entry: &Entry, kind: &'static str) -> FileRow {
        let has_bytes = self.has(&entry.place, Capability::Original);
        FileRow {
            name: entry.name.clone(),
            href: has_bytes.then(|| self.play(entry)),
            kind,
            size: human::size(entry.size),
            modified: day(entry),
            tools: self.tools(entry),
        }
    }

    /// A drive with what its account answered.
    pub fn drive(
        &self,
        drive: &SharedDrive,
        account: &Result<std::sync::Arc<Account>, DriveError>,
    ) -> DriveCard {
        let account_page = self
            .site
            .addresses
            .local(&format!("/account/{}", drive.place()));
        let mut card = DriveCard {
            name: drive.place().to_string(),
            href: Some(match drive.capabilities().contains(&Capability::List) {
                true => self.browse(drive.place(), &EntryPath::root()),
                false => account_page.clone(),
            }),
            kind: kind_in_words(drive.kind()).to_owned(),
            state: "ready",
            state_label: "Ready".to_owned(),
            account: None,
            quota: None,
            facts: Vec::new(),
            capabilities: drive
                .capabilities()
                .iter()
                .map(|capability| capability.as_str().to_owned())
                .collect(),
            account_href: Some(account_page.clone()),
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
                    .map(|quota| Quota::of(quota.used, quota.total));
                let facts = account.facts.iter().cloned();
                card.facts = facts.map(|(name, value)| Fact { name, value }).collect();
                let left = account.session_ends_at.map(|end| end - Utc::now());
                if let Some(left) = left.filter(|left| *left < WARNED_AHEAD) {
                    card.warning = Some(format!(
                        "The session ends {}. Sign in again before that.",
                        human::until(left)
                    ));
                    card.step = drive.sign_in().map(|_| Link {
                        label: "Sign in again".to_owned(),
                        href: account_page.clone(),
                    });
                }
            }
            Err(error) => {
                let problem = Problem::from(error.clone());
                card.state = crate::web::api::drives::state_of(error);
                card.state_label = if card.state == "signed_out" {
                    "Signed out"
                } else {
                    "Not reachable"
                }
                .to_owned();
                card.problem = Some(problem.detail());
                if problem.words().door == Door::Account {
                    card.step = drive.sign_in().map(|_| Link {
                        label: "Sign in".to_owned(),
                        href: account_page,
                    });
                }
            }
        }
        card
    }
}

/// A session that ends within this time is spoken of.
const WARNED_AHEAD: TimeDelta = TimeDelta::days(7);

fn day(entry: &Entry) -> String {
    entry
        .modified
        .map_or(String::new(), |time| time.format("%Y-%m-%d").to_string())
}

/// A kind of drive as people call it.
fn kind_in_words(kind: &str) -> &str {
    DriveKind::named(kind).map_or(kind, |known| known.title)
}
