//! `/api/v1/tags/{place}/{path}`: the tags of an entry. `GET /api/v1/search?tag=` finds entries by them.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use serde::{Deserialize, Serialize};

use super::files::{MaybeJson, read};
use super::tag_json::TagJson;
use crate::library::Freshness;
use crate::web::AppState;
use crate::web::error::{HAS_NO_TAGS, Problem};
use crate::web::urls::parse_location;
use drives::{DriveError, ErrorKind};
use media::{EntryPath, Place, Tag};

/// The tags of an entry.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Tags)]
pub(in crate::web) struct TagsJson {
    tags: Vec<TagJson>,
}

/// The tags that an entry is to have, instead of those that it has.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = NewTags)]
pub(in crate::web) struct NewTagsJson {
    tags: Vec<TagJson>,
}

/// Returns the tags of an entry.
#[utoipa::path(get, path = "/api/v1/tags/{place}/{path}", tag = "tags",
    params(("place" = String, Path), ("path" = String, Path)),
    responses((status = 200, body = TagsJson)))]
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<TagsJson>, Problem> {
    let (place, path) = read_location(&uri)?;
    site.library.drive(&place)?.tags().ok_or(NO_TAGS)?;
    let entry = site.library.entry(&place, &path, Freshness::Cached).await?;
    Ok(Json(TagsJson {
        tags: TagJson::of(&entry.tags),
    }))
}

/// Replaces the tags of an entry, and returns them as they are now.
#[utoipa::path(put, path = "/api/v1/tags/{place}/{path}", tag = "tags",
    params(("place" = String, Path), ("path" = String, Path)), request_body = NewTagsJson,
    responses((status = 200, body = TagsJson)))]
pub(in crate::web) async fn replace(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    body: MaybeJson<NewTagsJson>,
) -> Result<Json<TagsJson>, Problem> {
    let (place, path) = read_location(&uri)?;
    let tags = read(body)?.tags.into_iter().map(|json| {
        let tag = Tag::parse(&json.name, json.colour.as_deref())?;
        // A colour of another form is refused, not left out.
        (tag.colour.is_some() || json.colour.is_none()).then_some(tag)
    });
    let tags: Vec<Tag> = tags.collect::<Option<_>>().ok_or(BAD_TAGS)?;
    let tags = set(&site, &place, &path, &tags).await?;
    Ok(Json(TagsJson {
        tags: TagJson::of(&tags),
    }))
}

/// Replaces the tags of an entry. Also used by pages.
pub(in crate::web) async fn set(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    tags: &[Tag],
) -> Result<Vec<Tag>, Problem> {
    site.library.drive(place)?.tags().ok_or(NO_TAGS)?;
    let done = site.library.set_tags(place, path, tags).await;
    done.map_err(tag_problem)
}

fn read_location(uri: &Uri) -> Result<(Place, EntryPath), Problem> {
    let location = uri.path().strip_prefix("/api/v1/tags/");
    let found = parse_location(location.unwrap_or_default());
    found
        .filter(|(_, path)| !path.is_root())
        .ok_or(Problem::NOT_FOUND)
}

fn tag_problem(error: DriveError) -> Problem {
    match error.kind {
        ErrorKind::Unsupported => Problem::from(error).with_words(&HAS_NO_TAGS),
        _ => Problem::from(error),
    }
}

const NO_TAGS: Problem = Problem::unsupported(&HAS_NO_TAGS);
const BAD_TAGS: Problem = Problem::bad_request(
    "“tags” is a list of name and colour: a name of at most 64 characters, a colour like #ff8800.",
);
