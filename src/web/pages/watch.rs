//! The page with the player, and the block of JSON that the player reads.

mod facts;
mod film_data;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{OriginalUri, Query};
use axum::response::{IntoResponse, Redirect, Response};
use tokio::time::timeout;

use super::data_block::data_block;
use super::external_players::{ExternalPlayers, WatchQuery, player_links};
use super::first_look::{self, FirstLook};
use super::folder_sequence::FolderSequence;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::playback_problem::HelpPages;
use super::playback_problem::PlaybackProblem;
use super::queue::{QueueRow, queue};
use super::titles::{AboutTitle, about};
use super::{Fact, PlayerLink, TextLink, picture};
use crate::library::Freshness;
use crate::playback::source::replaces_renditions;
use crate::store::Intro;
use crate::web::MaybeQuery;
use crate::web::error::Problem;
use crate::web::headers::{LoadsCastSender, RunsWebAssembly};
use crate::web::urls::parse_location;
use drives::tags::SoundTags;
use drives::{Capability, DriveError};
use media::{Entry, EntryKind, content_type};

use facts::{facts, tags};
pub use film_data::{FilmData, FilmIntro, FilmNext, SubtitleTrack};
use film_data::{may_have_more, plays_directly, renditions, tracks};

/// `/watch/{place}/{path}`
#[derive(Debug, Template)]
#[template(path = "watch.html")]
pub struct WatchPage {
    pub layout: PageLayout,
    /// Links to the folders above the film, from the place down.
    pub crumbs: Vec<TextLink>,
    /// Size, length, picture, last change.
    pub facts: Vec<Fact>,
    /// Play URLs for other players.
    pub addresses: Vec<PlayerLink>,
    /// Buttons for other players.
    pub elsewhere: ExternalPlayers,
    /// The page that creates a guest link to this film; `None` for guests.
    pub guest_link: Option<String>,
    /// The page of its versions.
    pub versions: Option<String>,
    /// Its tags, each with a search for it.
    pub tags: Vec<TextLink>,
    /// Its folder among the files; `None` for guests.
    pub files: Option<String>,
    /// The facts of the library about it; `None` if it is not part of the library.
    pub about: Option<AboutTitle>,
    /// The previous film of its folder.
    pub previous: Option<TextLink>,
    /// The songs of its folder, in order; empty for films, and for a single song.
    pub queue: Vec<QueueRow>,
    /// A problem that is known beforehand.
    pub verdict: Option<PlaybackProblem>,
    /// Its subtitles, as files with times from the film's beginning.
    pub subtitles: Vec<SubtitleTrack>,
    /// The data for the player.
    pub film: FilmData,
}

impl WatchPage {
    /// Returns the data block, escaped for a `script` element.
    pub fn film_block(&self) -> String {
        data_block(&self.film)
    }

    /// Returns the problem if nothing plays: it is shown over the picture.
    pub fn obstacle(&self) -> Option<&PlaybackProblem> {
        self.verdict.as_ref().filter(|verdict| verdict.blocks)
    }

    /// Returns the problem if the film plays nevertheless: it is shown below the picture. `None` if there is
    /// none.
    pub fn reservation(&self) -> Option<&PlaybackProblem> {
        self.verdict.as_ref().filter(|verdict| !verdict.blocks)
    }

    /// Returns `Artist · Album` of a song; `None` for films, and before its tags were read.
    pub fn song(&self) -> Option<String> {
        let parts = [self.film.artist.as_deref(), self.film.album.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    /// Returns the page of the series of an episode; `None` for others.
    pub fn series(&self) -> Option<&TextLink> {
        self.about.as_ref()?.series.as_ref()
    }

    /// Returns true for sound without a picture.
    pub fn is_audio(&self) -> bool {
        self.film.kind == "audio"
    }
}

/// Shows the page of a film; a folder's URL redirects to its browse page.
pub(in crate::web) async fn show(
    context: PageContext,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<WatchQuery>,
) -> Response {
    let site = &context.site;
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let location = uri.path().strip_prefix("/watch/").unwrap_or_default();
    let Some((place, path)) = parse_location(location) else {
        return context.problem(&Problem::NOT_FOUND);
    };
    let look = FirstLook::of(&uri);
    let entry = site.library.entry(&place, &path, Freshness::Cached);
    let entry = match look.answer(entry).await {
        Ok(entry) => entry,
        Err(error) if first_look::is_missing(&error) => {
            return first_look::waiting(&context, &look, path.name());
        }
        Err(error) => return context.problem_at(&error.into(), Some(&place)),
    };
    match entry.kind {
        EntryKind::Folder => Redirect::to(&context.browse(&place, &path)).into_response(),
        EntryKind::Video | EntryKind::Audio => {
            let page = page(&context, &entry, &query).await;
            reply(&context, page)
        }
        EntryKind::Image => context.answer(Ok(picture::page(&context, &entry).await)),
        _ => Redirect::to(&context.play(&entry)).into_response(),
    }
}

/// Replies with the page of a film, and allows what it loads.
pub(super) fn reply(context: &PageContext, page: WatchPage) -> Response {
    let (casts, draws) = (page.elsewhere.cast.is_some(), page.film.fonts.is_some());
    let mut response = context.answer(Ok(page));
    if casts {
        response.extensions_mut().insert(LoadsCastSender);
    }
    if draws {
        response.extensions_mut().insert(RunsWebAssembly);
    }
    response
}

/// Time that a page waits for the answer whether the film can be played. It is shown without it after that:
/// the player finds out.
const PAGE_TIMEOUT: Duration = Duration::from_millis(1500);

pub(super) async fn page(
    context: &PageContext,
    entry: &Arc<Entry>,
    query: &WatchQuery,
) -> WatchPage {
    let drive = context.site.library.drive(&entry.place);
    let streams = context.site.playback.may_stream(entry);
    let has_source = drive.as_ref().is_ok_and(|drive| drive.has_source(entry))
        && context.has(&entry.place, Capability::Original);
    let has_renditions = context.site.playback.may_have_renditions(entry);
    let ladder = async {
        if !has_renditions {
            // Found out before: the upstream never has any, and the original plays in their place.
            let is_replaced = drive.is_ok_and(|drive| drive.has_renditions(entry)) && streams;
            let none = || DriveError::unsupported("ladder", "the upstream has no rendition of it");
            return is_replaced.then(|| (Err(none()), true));
        }
        if context.is_guests() {
            // A guest's page makes no upstream calls; the player does, once it starts.
            let ladder = context.site.playback.cached_ladder(entry);
            return ladder.map(|ladder| (Ok(ladder), false));
        }
        let (playback, entry) = (context.site.playback.clone(), entry.clone());
        // Spawned, so that the result is cached for the player even if the page does not wait.
        let task = tokio::spawn(async move {
            let ladder = playback.ladder(&entry).await;
            let plays_original = match &ladder {
                Err(error) if replaces_renditions(error.kind) => {
                    Box::pin(playback.source(&entry)).await.is_ok()
                }
                _ => false,
            };
            (ladder, plays_original)
        });
        timeout(PAGE_TIMEOUT, task).await.ok()?.ok()
    };
    let around = async {
        let around = timeout(PAGE_TIMEOUT, FolderSequence::around(context, entry));
        around.await.unwrap_or_default()
    };
    let subtitles = async {
        if context.may_ask() {
            let found = timeout(PAGE_TIMEOUT, context.site.playback.subtitles(entry)).await;
            found.ok().and_then(Result::ok).unwrap_or_default()
        } else {
            context.site.playback.cached_subtitles(entry).await
        }
    };
    let watched = context
        .site
        .store
        .position(context.viewer().id, &entry.place, &entry.path);
    let (ladder, around, subtitles, watched, about) =
        tokio::join!(ladder, around, subtitles, watched, about(context, entry));
    let link = |film: &Entry| TextLink {
        label: media::stem(&film.name).to_owned(),
        href: context.watch(film),
    };
    let previous = about
        .as_ref()
        .and_then(|about| about.previous.clone())
        .or_else(|| around.previous().map(link));
    let next = about
        .as_ref()
        .and_then(|about| about.next.clone())
        .or_else(|| around.next().map(link));
    let pictures = context.site.store.seek_pictures(entry).await;
    let has_thumbnails = pictures.is_ok_and(|numbers| !numbers.is_empty());
    let intro = about.as_ref().and_then(|about| about.intro);
    let intro = intro.map(|Intro { start_s, end_s }| FilmIntro { start_s, end_s });
    let mark_intro = about.as_ref().and_then(|about| about.mark_intro.clone());
    let (ladder, plays_original) = match ladder {
        Some((ladder, plays_original)) => (Some(ladder), plays_original),
        None => (None, false),
    };
    let resume_s = watched.unwrap_or_else(|error| {
        tracing::warn!(%error, "what was watched could not be read");
        None
    });
    let resume_s = resume_s
        .filter(|watched| watched.is_begun() && !context.is_guests())
        .map(|watched| watched.position_s);

    let local = |path: &str| (!context.is_guests()).then(|| context.site.urls.local(path));
    let folder = entry.path.parent();
    let help_pages = HelpPages {
        account: local(&format!("/account/{}", entry.place))
            .filter(|_| !entry.place.is_share() && context.may_manage()),
        status: local("/status").filter(|_| context.may_manage()),
        folder: folder
            .clone()
            .filter(|folder| context.covers(&entry.place, folder))
            .map(|folder| context.browse(&entry.place, &folder)),
        login: local("/login"),
    };
    let problem = ladder
        .as_ref()
        .and_then(|ladder| ladder.as_ref().err())
        .map(|error| Problem::from(error.clone()));
    let sound = match entry.kind {
        EntryKind::Audio => context.site.playback.known_sound_tags(entry).await,
        _ => None,
    };
    let of_tags =
        |text: fn(&SoundTags) -> &Option<String>| sound.as_deref().and_then(|it| text(it).clone());
    let title = about
        .as_ref()
        .map(|about| about.title.clone())
        .or_else(|| of_tags(|tags| &tags.title))
        .unwrap_or_else(|| media::stem(&entry.name).to_owned());
    let mut layout = context.layout(title.clone(), NavItem::None);
    layout.unfurl = Some(context.unfurl(entry));
    // A page that plays is not loaded again.
    layout.refresh_s = problem
        .as_ref()
        .filter(|_| !plays_original)
        .and_then(|problem| problem.retry_after)
        .map(|wait| wait.as_secs() as u32);
    let play = context.play(entry);
    let has_original = context.has(&entry.place, Capability::Original);
    let direct = has_original && plays_directly(context, entry, has_renditions);
    // Players built on ffmpeg seek badly in fragmented MP4 by HLS, and read the original itself.
    let stream = context.absolute(&if has_renditions {
        format!("{play}/master.m3u8")
    } else {
        play.clone()
    });
    WatchPage {
        layout,
        crumbs: context.crumbs(&entry.place, &entry.path),
        facts: facts(context, entry),
        addresses: player_links(context, entry, has_renditions, has_original, &subtitles),
        elsewhere: ExternalPlayers::of(
            context,
            (entry, &title),
            (&stream, has_original),
            &subtitles,
            resume_s,
            query,
        ),
        guest_link: context.guest_link(&entry.place, &entry.path),
        tags: tags(context, entry),
        versions: (!context.is_guests() && context.has(&entry.place, Capability::Versions)).then(
            || {
                context
                    .site
                    .urls
                    .of_entry("versions", &entry.place, &entry.path)
            },
        ),
        files: folder
            .filter(|_| !context.is_guests())
            .map(|folder| context.browse(&entry.place, &folder)),
        about,
        queue: queue(context, entry, &around).await,
        previous: previous.clone(),
        verdict: problem
            .and_then(|problem| {
                PlaybackProblem::of_problem(context.language, &problem, &help_pages)
            })
            .map(|verdict| match plays_original {
                true => verdict.with_original(context.language),
                false => verdict,
            }),
        subtitles: tracks(context.language, &play, &subtitles),
        film: FilmData {
            title,
            kind: if entry.kind == EntryKind::Audio {
                "audio"
            } else {
                "video"
            },
            hls: streams.then(|| format!("{play}/master.m3u8")),
            original: has_original.then(|| play.clone()),
            direct,
            source: has_source && !direct,
            chapters: has_source.then(|| format!("{play}/chapters.vtt")),
            original_type: content_type(&entry.name).to_owned(),
            poster: entry.has_thumbnail.then(|| format!("{play}/poster.jpg")),
            duration_s: entry.duration_s,
            renditions: renditions(
                context,
                entry,
                &play,
                ladder.as_ref().and_then(|ladder| ladder.as_deref().ok()),
            ),
            resume_s,
            history: (!context.is_guests()).then(|| {
                let urls = &context.site.urls;
                urls.of_entry("api/v1/history", &entry.place, &entry.path)
            }),
            more_subtitles: may_have_more(context, entry, &subtitles)
                .then(|| format!("{play}/subtitles.json")),
            fonts: subtitles
                .iter()
                .any(|one| one.is_styled)
                .then(|| format!("{play}/fonts.json")),
            thumbnails: has_thumbnails.then(|| format!("{play}/thumbnails.vtt")),
            send_thumbnails: (!context.is_guests() && entry.kind == EntryKind::Video).then(|| {
                let urls = &context.site.urls;
                urls.of_entry("api/v1/thumbnails", &entry.place, &entry.path)
            }),
            intro,
            mark_intro,
            folder: (entry.kind == EntryKind::Audio)
                .then(|| entry.path.parent())
                .flatten()
                .filter(|folder| !folder.is_root() && context.covers(&entry.place, folder))
                .map(|folder| folder.name().to_owned()),
            tags: (entry.kind == EntryKind::Audio && has_original)
                .then(|| format!("{play}/tags.json")),
            artist: of_tags(|tags| &tags.artist),
            album: of_tags(|tags| &tags.album),
            previous: previous.map(|previous| FilmNext {
                title: previous.label,
                href: previous.href,
            }),
            next: next.map(|next| FilmNext {
                title: next.label,
                href: next.href,
            }),
            verdicts: PlaybackProblem::all(context.language, &help_pages),
        },
    }
}

#[cfg(test)]
mod tests;
