//! The viewer of the pictures in a folder: one picture, and links to the ones before and after it.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use tokio::time::timeout;

use super::TextLink;
use super::folder_sequence::FolderSequence;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use drives::Capability;
use media::{Entry, content_type};

/// `/watch/{place}/{path}` of a picture.
#[derive(Debug, Template)]
#[template(path = "picture.html")]
pub struct PicturePage {
    pub layout: PageLayout,
    pub title: String,
    /// Links to the folders above it, from the place down.
    pub crumbs: Vec<TextLink>,
    /// The picture itself, or a smaller one of it; `None` if there is none that browsers show.
    pub picture: Option<String>,
    /// The size of the picture in pixels.
    pub pixels: Option<(u32, u32)>,
    /// `3 of 12`, the size of the file.
    pub details: Vec<String>,
    pub previous: Option<TextLink>,
    pub next: Option<TextLink>,
    /// The picture of the next one, which is fetched ahead.
    pub next_picture: Option<String>,
    /// The folder; `None` for a guest who may see the picture alone.
    pub back: Option<String>,
    /// The file itself; `None` if the visitor may not have it.
    pub original: Option<String>,
}

/// Time that the page waits for the listing of its folder.
const FOLDER_TIMEOUT: Duration = Duration::from_millis(1500);

/// Types of pictures that browsers show.
const SHOWN_TYPES: [&str; 6] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
];

/// Returns the page of a picture.
pub(super) async fn page(context: &PageContext, entry: &Arc<Entry>) -> PicturePage {
    let around = timeout(FOLDER_TIMEOUT, FolderSequence::around(context, entry));
    let around = around.await.unwrap_or_default();
    let count = around.entries().len();
    let place = (count > 1).then(|| {
        let text = context.text("picture-number");
        text.with("number", around.number())
            .with("count", count)
            .to_string()
    });
    let link = |other: &Entry| TextLink {
        label: media::stem(&other.name).to_owned(),
        href: context.watch(other),
    };
    let folder = entry.path.parent();
    let mut layout = context.layout(media::stem(&entry.name), NavItem::None);
    layout.unfurl = Some(context.unfurl(entry));
    PicturePage {
        layout,
        title: media::stem(&entry.name).to_owned(),
        crumbs: context.crumbs(&entry.place, &entry.path),
        picture: shown(context, entry),
        pixels: entry
            .width
            .zip(entry.height)
            .filter(|(width, height)| *width > 0 && *height > 0),
        details: [place, Some(context.language.size(entry.size))]
            .into_iter()
            .flatten()
            .collect(),
        previous: around.previous().map(link),
        next: around.next().map(link),
        next_picture: around.next().and_then(|next| shown(context, next)),
        back: folder
            .filter(|folder| context.covers(&entry.place, folder))
            .map(|folder| context.browse(&entry.place, &folder)),
        original: context
            .has(&entry.place, Capability::Original)
            .then(|| context.play(entry)),
    }
}

/// Returns the URL of a picture that browsers show: the file itself, else the drive's picture of it.
fn shown(context: &PageContext, entry: &Entry) -> Option<String> {
    let play = context.play(entry);
    let is_shown = SHOWN_TYPES.contains(&content_type(&entry.name))
        && context.has(&entry.place, Capability::Original);
    if is_shown {
        return Some(play);
    }
    entry.has_thumbnail.then(|| format!("{play}/poster.jpg"))
}
