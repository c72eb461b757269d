//! The pages of the library: lists of films and series, a film with its versions, a series with its seasons.

mod about;
mod film;
mod lists;
mod rows;
mod series;
mod show;
mod track_facts;

pub(in crate::web) use about::{AboutTitle, about};
pub(in crate::web) use film::START;
pub(in crate::web) use lists::{films, series, titles_with};
pub(in crate::web) use rows::{HomeHero, HomeTitles, TitleRow, has_walked, home_titles};
pub(in crate::web) use show::{mark, show};

use super::page_context::PageContext;
use super::{FilmCard, format};
use crate::store::{ItemKind, LibraryItem, TitlePicture};
use crate::web::api::library::picture_url;
use crate::web::locale::Language;
use drives::metadata::PictureRole;

impl PageContext {
    /// Returns the card of a film, an episode or a series. The card of an episode in a row of several series has the
    /// title of its series. `None` if no file of it is left.
    pub fn title_card(&self, item: &LibraryItem, in_series: bool) -> Option<FilmCard> {
        let (name, detail) = match item.kind {
            ItemKind::Episode if in_series => {
                (self.item_title(item), episode_label(self.language, item))
            }
            ItemKind::Episode => {
                let series = item.series_title.clone().unwrap_or_default();
                (series, self.episode_title(item))
            }
            _ => {
                let year = item.year.map(|year| year.to_string());
                (item.title.clone(), year.unwrap_or_default())
            }
        };
        let href = match item.kind {
            ItemKind::Series | ItemKind::Season => self.title_page(item.id),
            ItemKind::Film => {
                item.versions.first()?;
                self.title_page(item.id)
            }
            ItemKind::Episode => {
                let version = item.versions.first()?;
                self.site
                    .urls
                    .of_entry("watch", &version.place, &version.path)
            }
        };
        Some(FilmCard {
            name,
            href,
            poster: card_picture(item).map(|picture| self.title_picture(item, picture)),
            length: item.duration_s.map(format::duration).unwrap_or_default(),
            detail,
            watched_percent: item
                .percent()
                .filter(|percent| *percent > 0 && !item.is_watched),
            is_watched: item.is_watched,
            ..FilmCard::default()
        })
    }

    /// Returns the title of an item; in the language of the page if the library has made it of a number.
    pub fn item_title(&self, item: &LibraryItem) -> String {
        let (number, english, id) = match item.kind {
            ItemKind::Season => (item.season, "Season", "titles-season"),
            ItemKind::Episode => (item.number, "Episode", "titles-episode"),
            ItemKind::Film | ItemKind::Series => return item.title.clone(),
        };
        match number {
            Some(0) if item.title == "Specials" => self.words("titles-specials"),
            Some(number) if item.title == format!("{english} {number}") => {
                self.text(id).with("number", number).into()
            }
            _ => item.title.clone(),
        }
    }

    /// Returns `S1 E2 · Title` of an episode.
    pub fn episode_title(&self, item: &LibraryItem) -> String {
        let label = episode_label(self.language, item);
        format!("{label} · {}", self.item_title(item))
    }

    /// Returns the URL of a picture of an item.
    fn title_picture(&self, item: &LibraryItem, picture: &TitlePicture) -> String {
        picture_url(&self.site.urls, self.ticket(), item.id, picture)
    }

    /// Returns the page of a film or a series.
    pub fn title_page(&self, id: i64) -> String {
        self.site.urls.local(&format!("/library/items/{id}"))
    }
}

/// Returns the picture of a card, which is wide: the metadata service's posters are upright, and its large pictures wide.
fn card_picture(item: &LibraryItem) -> Option<&TitlePicture> {
    match (&item.poster, &item.backdrop) {
        (Some(TitlePicture::Metadata(poster)), Some(backdrop))
            if poster.role == PictureRole::Poster =>
        {
            Some(backdrop)
        }
        (poster, _) => poster.as_ref(),
    }
}

/// Returns `S1 E2`, `S1 E2–3`, `Special 1`, or the date.
fn episode_label(language: &'static Language, item: &LibraryItem) -> String {
    let Some(number) = item.number else {
        return item.aired.map_or(String::new(), |aired| aired.to_string());
    };
    let last = item
        .last_number
        .map_or(String::new(), |last| format!("–{last}"));
    match item.season {
        Some(0) => {
            let text = language.text("titles-special");
            text.with("number", format!("{number}{last}")).into()
        }
        Some(season) => format!("S{season} E{number}{last}"),
        None => format!("E{number}{last}"),
    }
}
