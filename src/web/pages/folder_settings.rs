//! `/folder-settings/{place}/{path}`: the note of a folder, and the names that it hides; and the note as pages show it.

use askama::Template;
use axum::Form;
use axum::extract::OriginalUri;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::TextLink;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext, render};
use crate::store::FolderSetting;
use crate::web::api::folder_settings::save;
use crate::web::error::Problem;
use crate::web::urls::parse_location;
use media::{EntryPath, Place};

/// The page with the form.
#[derive(Debug, Template)]
#[template(path = "folder_settings.html")]
pub struct FolderSettingsPage {
    pub layout: PageLayout,
    /// Links to the folders above, and to the folder itself.
    pub crumbs: Vec<TextLink>,
    /// The name of the folder.
    pub title: String,
    /// Action URL of the form: `note`, `hidden`.
    pub action: String,
    pub note: String,
    /// The patterns, one a line.
    pub hidden: String,
    /// The failure of the last attempt.
    pub problem: Option<String>,
    /// The URL of the folder.
    pub back: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct FolderSettingsForm {
    #[serde(default)]
    note: String,
    #[serde(default)]
    hidden: String,
}

/// Shows the form.
pub(in crate::web) async fn show(context: PageContext, OriginalUri(uri): OriginalUri) -> Response {
    let site = &context.site;
    let found = read_location(uri.path()).and_then(|(place, path)| {
        site.library.drive(&place)?;
        Ok(site.library.folder_settings().of(&place, &path))
    });
    context.answer(found.map(|setting| page(&context, &setting, None)))
}

/// Saves the settings, and leads to the folder; or shows the form again.
pub(in crate::web) async fn change(
    context: PageContext,
    OriginalUri(uri): OriginalUri,
    Form(form): Form<FolderSettingsForm>,
) -> Response {
    let site = &context.site;
    let (place, path) = match read_location(uri.path()) {
        Ok(found) => found,
        Err(problem) => return context.problem(&problem),
    };
    let setting = FolderSetting {
        note: form.note,
        hidden: form.hidden.lines().map(str::to_owned).collect(),
        ..FolderSetting::empty(&place, &path)
    };
    match save(site, setting.clone()).await {
        Ok(_) => Redirect::to(&context.browse(&place, &path)).into_response(),
        Err(problem) if problem.status.is_client_error() => {
            let words = context.sentence(&problem);
            render(problem.status, &page(&context, &setting, Some(words)))
        }
        Err(problem) => context.problem(&problem),
    }
}

fn read_location(address: &str) -> Result<(Place, EntryPath), Problem> {
    let location = address.strip_prefix("/folder-settings/");
    parse_location(location.unwrap_or_default()).ok_or(Problem::NOT_FOUND)
}

fn page(
    context: &PageContext,
    setting: &FolderSetting,
    problem: Option<String>,
) -> FolderSettingsPage {
    let (place, path) = (&setting.place, &setting.path);
    let title = match path.is_root() {
        true => place.to_string(),
        false => path.name().to_owned(),
    };
    let back = context.browse(place, path);
    let mut crumbs = context.crumbs(place, path);
    crumbs.push(TextLink {
        label: title.clone(),
        href: back.clone(),
    });
    FolderSettingsPage {
        layout: context.layout(context.text("browse-note-and-hidden-names"), NavItem::None),
        crumbs,
        title,
        action: context.site.urls.of_entry("folder-settings", place, path),
        note: setting.note.clone(),
        hidden: setting.hidden.join("\n"),
        problem,
        back,
    }
}

/// A part of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotePart {
    Text(String),
    /// An `http` or `https` URL that stands in the text.
    Link(String),
}

/// Splits a note into its texts and the URLs in it. Everything else of it is text.
pub(super) fn note_parts(note: &str) -> Vec<NotePart> {
    let mut parts = Vec::new();
    let mut text = String::new();
    for piece in note.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        // A bracket before a URL, and what ends a sentence after it, are not a part of it.
        let begin = word.find("https://").or_else(|| word.find("http://"));
        let begin = begin.filter(|&at| word[..at].chars().all(|c| !c.is_alphanumeric()));
        let url = begin
            .map(|at| word[at..].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '>', '"']));
        match (begin, url) {
            (Some(at), Some(url)) if url::Url::parse(url).is_ok() => {
                text.push_str(&piece[..at]);
                if !text.is_empty() {
                    parts.push(NotePart::Text(std::mem::take(&mut text)));
                }
                parts.push(NotePart::Link(url.to_owned()));
                text.push_str(&piece[at + url.len()..]);
            }
            _ => text.push_str(piece),
        }
    }
    if !text.is_empty() {
        parts.push(NotePart::Text(text));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_a_note_are_links_and_the_rest_is_text() {
        let text = |text: &str| NotePart::Text(text.to_owned());
        let link = |url: &str| NotePart::Link(url.to_owned());
        assert_eq!(note_parts(""), []);
        assert_eq!(note_parts("a <b>\nc"), [text("a <b>\nc")]);
        assert_eq!(
            note_parts("See (https://a.example/x?y=1). Or http://b.example"),
            [
                text("See ("),
                link("https://a.example/x?y=1"),
                text("). Or "),
                link("http://b.example"),
            ]
        );
        for no_link in [
            "javascript:alert(1)",
            "xhttps://a.example",
            "https://",
            "ftp://x",
        ] {
            assert_eq!(note_parts(no_link), [text(no_link)], "{no_link}");
        }
    }
}
