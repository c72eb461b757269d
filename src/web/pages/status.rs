//! The state of the drives and of the server.

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Response;
use futures_util::future::join_all;

use super::first_look::{self, FirstLook};
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::{DriveCard, Fact, format};
use crate::bytes::DiskStats;
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
pub(in crate::web) async fn show(context: PageContext, OriginalUri(uri): OriginalUri) -> Response {
    let site = &context.site;
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
    let fact = |id: &str, value: String| Fact {
        name: context.words(id),
        value,
    };
    let up = site.started_at.elapsed().unwrap_or_default().as_secs_f64();
    let server = vec![
        fact("status-version", env!("CARGO_PKG_VERSION").to_owned()),
        fact("status-running-for", format::duration(up)),
        fact(
            "status-saved-state",
            match (site.store.is_ready().await, site.store.write_fault().await) {
                (false, _) => context.words("status-not-readable"),
                (true, None) => context.words("status-readable-and-writable"),
                (true, Some(fault)) => {
                    let text = context.text("status-readable-only");
                    text.with("fault", fault.to_string()).into()
                }
            },
        ),
        fact(
            "status-reachable-at",
            context.absolute(&site.urls.local("/")),
        ),
    ];
    let kept = site
        .library
        .cache_counts()
        .into_iter()
        .chain(site.playback.cache_counts());
    let kept = kept
        .map(|(what, count)| match what {
            "bytes of media" => fact("status-media", context.language.size(count)),
            what => match cache_id(what) {
                Some(id) => fact(id, count.to_string()),
                None => Fact {
                    name: capitalised(what),
                    value: count.to_string(),
                },
            },
        })
        .collect();
    let traffic = crate::web::traffic::facts(context.language, &site.library.traffic());
    let metadata = match &site.metadata {
        Some(metadata) => metadata_facts(&context, metadata.problem()).await,
        None => Vec::new(),
    };
    let groups = vec![
        FactGroup {
            title: context.words("status-server"),
            facts: server,
        },
        FactGroup {
            title: context.words("status-metadata"),
            facts: metadata,
        },
        FactGroup {
            title: context.words("status-memory-cache"),
            facts: kept,
        },
        FactGroup {
            title: context.words("status-traffic"),
            facts: traffic,
        },
        FactGroup {
            title: context.words("status-disk-cache"),
            facts: on_disk(&context, site.playback.engine().stats().disk),
        },
    ];
    let mut response = context.answer(Ok(StatusPage {
        layout: context.layout(context.text("nav-status"), NavItem::Status),
        summary: summary(&context, &cards),
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
async fn metadata_facts(context: &PageContext, problem: Option<&'static str>) -> Vec<Fact> {
    let fact = |id: &str, value: String| Fact {
        name: context.words(id),
        value,
    };
    let (found, unknown) = context
        .site
        .store
        .metadata_counts()
        .await
        .unwrap_or_default();
    let state = match problem {
        Some(problem) => context.language.sentence(problem).into_owned(),
        None => context.words("status-metadata-works"),
    };
    vec![
        fact("status-metadata-state", state),
        fact("status-metadata-found", found.to_string()),
        fact("status-metadata-unknown", unknown.to_string()),
        fact(
            "status-notice",
            "This product uses the TMDB API but is not endorsed or certified by TMDB.".to_owned(),
        ),
    ]
}

fn on_disk(context: &PageContext, disk: Option<DiskStats>) -> Vec<Fact> {
    let fact = |id: &str, value: String| Fact {
        name: context.words(id),
        value,
    };
    let Some(disk) = disk else {
        return vec![fact("status-media", context.words("status-disk-off"))];
    };
    let media = context
        .text("common-used-of-total")
        .with("used", context.language.size(disk.bytes))
        .with("total", context.language.size(disk.limit_bytes));
    let mut facts = vec![
        fact("status-media", media.into()),
        fact("status-blocks", disk.blocks.to_string()),
        fact("status-hits", disk.hits.to_string()),
        fact("status-misses", disk.misses.to_string()),
        fact("status-errors", disk.errors.to_string()),
    ];
    if let Some(reason) = disk.off {
        facts.push(fact("status-writes-stopped", reason));
    }
    facts
}

fn summary(context: &PageContext, drives: &[DriveCard]) -> String {
    let ready = drives
        .iter()
        .filter(|drive| drive.state == DriveState::Ready)
        .count();
    let text = match (ready, drives.len()) {
        (_, 0) => context.text("status-no-drive"),
        (1, 1) => context.text("status-drive-is-ready"),
        (ready, all) if ready == all => context.text("status-all-ready").with("count", all),
        (ready, all) => {
            let text = context.text("status-some-ready").with("ready", ready);
            text.with("count", all)
        }
    };
    text.into()
}

/// Returns the id of the name of a cache; `None` if it has none.
fn cache_id(name: &str) -> Option<&'static str> {
    Some(match name {
        "segment_indexes" => "status-playlists",
        "ladders" => "status-films-opened",
        "listings" => "status-listings",
        "entries" => "status-entries",
        "accounts" => "status-accounts",
        "opened originals" => "status-opened-originals",
        "pictures" => "status-pictures",
        "blocks of media" => "status-blocks",
        _ => return None,
    })
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
