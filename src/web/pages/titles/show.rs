//! The page of a film or a series by its id, and marks by hand.

use axum::extract::{Form, OriginalUri, Path};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{film, series};
use crate::store::{ItemKind, LibraryItem};
use crate::web::api::library::items;
use crate::web::error::Problem;
use crate::web::pages::first_look::FirstLook;
use crate::web::pages::page_context::PageContext;

#[derive(Debug, Deserialize)]
pub(in crate::web) struct MarkForm {
    watched: bool,
}

/// Shows a film or a series; a season leads to its series, an episode to its watch page.
pub(in crate::web) async fn show(
    context: PageContext,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
) -> Response {
    let site = &context.site;
    let item = match items::visible(site, &id, context.viewer()).await {
        Ok(item) => item,
        Err(problem) => return context.problem(&problem),
    };
    match (item.kind, item.series, item.versions.first()) {
        (ItemKind::Film | ItemKind::Series, ..) => {
            let look = FirstLook::of(&uri);
            let (item, is_whole) = described(&context, &look, item).await;
            let mut response = match item.kind {
                ItemKind::Film => {
                    let page = film::page(&context, item).await;
                    context.answer(page.ok_or(Problem::NOT_FOUND))
                }
                _ => context.answer(series::page(&context, item).await),
            };
            if !is_whole {
                look.set_reload(&mut response);
            }
            response
        }
        (ItemKind::Season, Some(series), _) => {
            Redirect::to(&context.title_page(series)).into_response()
        }
        (_, _, Some(version)) => {
            let watch = site.urls.of_entry("watch", &version.place, &version.path);
            Redirect::to(&watch).into_response()
        }
        _ => context.problem(&Problem::NOT_FOUND),
    }
}

/// Returns an item with what the files beside it say. The second value is false if these were not read in time; the
/// reading goes on.
async fn described(
    context: &PageContext,
    look: &FirstLook,
    item: LibraryItem,
) -> (LibraryItem, bool) {
    if item.has_read_side_files {
        return (item, true);
    }
    let (playback, id) = (context.site.playback.clone(), item.id);
    let reading = tokio::spawn(async move { playback.read_descriptions(id).await });
    let Some(read) = look.wait_briefly(reading).await else {
        return (item, false);
    };
    if !read.unwrap_or_default() {
        return (item, true);
    }
    let again = context.site.store.library_item(id, context.viewer()).await;
    (again.ok().flatten().unwrap_or(item), true)
}

/// Marks an item as watched or not, and leads back to its page.
pub(in crate::web) async fn mark(
    context: PageContext,
    Path(id): Path<String>,
    Form(form): Form<MarkForm>,
) -> Response {
    let site = &context.site;
    match items::set_watched(site, &id, context.viewer(), form.watched).await {
        Ok(id) => Redirect::to(&context.title_page(id)).into_response(),
        Err(problem) => context.problem(&problem),
    }
}
