//! The state of the drives and of the server.

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::future::join_all;

use super::first_look::{self, FirstLook};
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::{DriveCard, Fact, format};
use crate::bytes::DiskStats;
use crate::web::AppState;
use crate::web::api::drives::DriveState;

/// `/status`
#[derive(Debug, Template)]
#[template(path = "status.html")]
pub struct StatusPage {
    pub layout: PageLayout,
    /// One sentence: `All 3 drives are ready.`
    pub summary: String,
    pub drives: Vec<DriveCard>,
    /// Version, uptime, cache counters, in groups.
    pub groups: Vec<FactGroup>,
}

/// Facts about one part of the server.
#[derive(Debug, Clone)]
pub struct FactGroup {
    /// `Server`, `Cache`.
    pub title: String,
    pub facts: Vec<Fact>,
}

/// Shows the current state.
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let context = PageContext::new(&site, &headers);
    let look = FirstLook::of(&uri);
    let drives = site.library.drives();
    let accounts = drives.iter().map(|drive| {
        let account = site.library.account(drive.place());
        look.answer(account)
    });
    let accounts = join_all(accounts).await;
    let cards: Vec<DriveCard> = drives
        .iter()
        .zip(&accounts)
        .map(|(drive, account)| context.drive(drive, account))
        .collect();
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
    };
    let up = site.started_at.elapsed().unwrap_or_default().as_secs_f64();
    let server = vec![
        fact("Version", env!("CARGO_PKG_VERSION").to_owned()),
        fact("Running for", format::duration(up)),
        fact(
            "Saved state",
            match (site.store.is_ready().await, site.store.write_fault().await) {
                (false, _) => "not readable".to_owned(),
                (true, None) => "readable and writable".to_owned(),
                (true, Some(fault)) => format!("readable only: {fault}"),
            },
        ),
        fact("Reachable at", context.absolute(&site.urls.local("/"))),
    ];
    let kept = site
        .library
        .cache_counts()
        .into_iter()
        .chain(site.playback.cache_counts());
    let kept = kept
        .map(|(what, count)| match what {
            "segment_indexes" => fact("Playlists", count.to_string()),
            "ladders" => fact("Films opened", count.to_string()),
            "bytes of media" => fact("Media", format::size(count)),
            what => fact(&capitalised(what), count.to_string()),
        })
        .collect();
    let traffic = crate::web::traffic::facts(&site.library.traffic());
    let metadata = match &site.metadata {
        Some(metadata) => metadata_facts(&site, metadata.problem()).await,
        None => Vec::new(),
    };
    let groups = vec![
        FactGroup {
            title: "Server".to_owned(),
            facts: server,
        },
        FactGroup {
            title: "Films and series by TMDB".to_owned(),
            facts: metadata,
        },
        FactGroup {
            title: "Memory cache".to_owned(),
            facts: kept,
        },
        FactGroup {
            title: "Traffic with the drives".to_owned(),
            facts: traffic,
        },
        FactGroup {
            title: "Disk cache".to_owned(),
            facts: on_disk(site.playback.engine().stats().disk),
        },
    ];
    let mut response = context.answer(Ok(StatusPage {
        layout: context.layout("Status", NavItem::Status),
        summary: summary(&cards),
        drives: cards,
        groups: groups
            .into_iter()
            .filter(|group| !group.facts.is_empty())
            .collect(),
    }));
    if accounts.iter().any(first_look::is_answer_missing) {
        look.set_reload(&mut response);
    }
    response
}

/// Returns how many titles were found, and the notice that TMDB's terms ask for.
async fn metadata_facts(site: &AppState, problem: Option<&'static str>) -> Vec<Fact> {
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
    };
    let (found, unknown) = site.store.metadata_counts().await.unwrap_or_default();
    let state = problem.unwrap_or("Films and series are looked up as they are found.");
    vec![
        fact("State", state.to_owned()),
        fact("Found", found.to_string()),
        fact("Not found for certain", unknown.to_string()),
        fact(
            "Notice",
            "This product uses the TMDB API but is not endorsed or certified by TMDB.".to_owned(),
        ),
    ]
}

fn on_disk(disk: Option<DiskStats>) -> Vec<Fact> {
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
    };
    let Some(disk) = disk else {
        return vec![fact("Media", "off; cache.disk turns it on".to_owned())];
    };
    let media = format!(
        "{} of {}",
        format::size(disk.bytes),
        format::size(disk.limit_bytes)
    );
    let mut facts = vec![
        fact("Media", media),
        fact("Blocks of media", disk.blocks.to_string()),
        fact("Hits", disk.hits.to_string()),
        fact("Misses", disk.misses.to_string()),
        fact("Errors", disk.errors.to_string()),
    ];
    if let Some(reason) = disk.off {
        facts.push(fact("Disk writes stopped", reason));
    }
    facts
}

fn summary(drives: &[DriveCard]) -> String {
    let ready = drives
        .iter()
        .filter(|drive| drive.state == DriveState::Ready)
        .count();
    match (ready, drives.len()) {
        (_, 0) => "No drive is connected yet.".to_owned(),
        (1, 1) => "The drive is ready.".to_owned(),
        (ready, all) if ready == all => format!("All {all} drives are ready."),
        (ready, all) => format!(
            "{ready} of {} ready.",
            format::count(all, "drive is", "drives are")
        ),
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
