//! `/guest-link/{place}/{path}`: creates a link by which people without a login can watch a film or a
//! folder. It is revoked on the page of `devices`.

use std::time::SystemTime;

use askama::Template;
use axum::Form;
use axum::extract::{OriginalUri, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::TextLink;
use super::devices::TicketLifetime;
use super::first_look::{FirstLook, is_problem_missing, waiting};
use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::ticket_card::TicketCard;
use crate::library::Freshness;
use crate::playback::ticket::Scope;
use crate::store::TicketKind;
use crate::web::AppState;
use crate::web::error::Problem;
use crate::web::tickets::{self, TicketRequest};
use crate::web::urls::parse_location;
use media::{Entry, EntryKind, EntryPath, Place, TicketLimits, ViewerId};

/// The page with the form.
#[derive(Debug, Template)]
#[template(path = "guest_link.html")]
pub struct GuestLinkPage {
    pub layout: PageLayout,
    /// Links to the folders above, and to the film or folder itself.
    pub crumbs: Vec<TextLink>,
    /// The name of the film or folder.
    pub title: String,
    /// True for a folder, whose link covers all that is in it.
    pub is_folder: bool,
    /// Action URL of the form: `name`, `until`.
    pub action: String,
    /// The link that was just created.
    pub made: Option<TicketCard>,
    /// The failure of the last attempt.
    pub problem: Option<String>,
    /// The page with the list of all links.
    pub devices: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct GuestLinkForm {
    name: String,
    until: TicketLifetime,
    /// A number, or nothing for no limit.
    max_viewers: String,
    max_visits: String,
    /// In Mbit/s.
    speed: String,
    /// `on` if the link opens streams alone.
    without_originals: Option<String>,
}

impl GuestLinkForm {
    /// Reads the fields of a form that has others, too.
    pub(super) fn of_fields(fields: &FormFields) -> Self {
        let field = |name| fields.one(name).to_owned();
        let is_checked = !fields.one("without_originals").is_empty();
        GuestLinkForm {
            name: field("name"),
            until: TicketLifetime::parse(fields.one("until")),
            max_viewers: field("max_viewers"),
            max_visits: field("max_visits"),
            speed: field("speed"),
            without_originals: is_checked.then(|| field("without_originals")),
        }
    }

    /// Returns the ticket that the form asks for, called `default_name` unless it has a name.
    ///
    /// # Errors
    ///
    /// A limit is no number, or too low.
    pub(super) fn ticket(
        &self,
        scope: Scope,
        viewer: ViewerId,
        default_name: &str,
    ) -> Result<TicketRequest, Problem> {
        Ok(TicketRequest {
            kind: TicketKind::Guest,
            name: match self.name.trim() {
                "" => default_name.to_owned(),
                name => name.to_owned(),
            },
            scope,
            ends_at: self.until.end(SystemTime::now()),
            prefers_hls: false,
            viewer,
            limits: self.limits().ok_or(WRONG_LIMIT)?,
        })
    }

    /// Returns the limits; `None` if a number is none.
    fn limits(&self) -> Option<TicketLimits> {
        fn count<T: std::str::FromStr + PartialEq + Default>(text: &str) -> Option<Option<T>> {
            match text.trim() {
                "" => Some(None),
                text => text.parse().ok().filter(|n| *n != T::default()).map(Some),
            }
        }
        Some(TicketLimits {
            max_viewers: count(&self.max_viewers)?,
            max_visits: count(&self.max_visits)?,
            bytes_per_s: match self.speed.trim() {
                "" => None,
                text => Some(bytes_per_s(text)?),
            },
            without_originals: self.without_originals.is_some(),
        })
    }
}

/// Converts a speed in Mbit/s; `None` if it is none, or too low or too high to be a limit.
fn bytes_per_s(mbit_per_s: &str) -> Option<u32> {
    let speed: f64 = mbit_per_s.replace(',', ".").parse().ok()?;
    let bytes = (speed * 125_000.0).round();
    let range = f64::from(TicketLimits::MIN_BYTES_PER_S)..=f64::from(u32::MAX);
    range.contains(&bytes).then_some(bytes as u32)
}

const WRONG_LIMIT: Problem =
    Problem::bad_request("A limit is a number from 1, or nothing; a speed is 0.1 Mbit/s at least.");

/// Redirects from `/pass-on/…`, the former URL of this page.
pub(in crate::web) async fn redirect_old_url(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RawQuery(query): RawQuery,
) -> Redirect {
    let location = uri.path().strip_prefix("/pass-on").unwrap_or_default();
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    Redirect::permanent(&site.urls.local(&format!("/guest-link{location}{query}")))
}

/// Shows the form.
pub(in crate::web) async fn show(context: PageContext, OriginalUri(uri): OriginalUri) -> Response {
    let look = FirstLook::of(&uri);
    match look.content(find(&context, uri.path())).await {
        Ok(entry) => context.answer(Ok(page(&context, &entry, None, None))),
        Err(problem) if is_problem_missing(&problem) => {
            waiting(&context, &look, &context.words("browse-share"))
        }
        Err(problem) => context.problem(&problem),
    }
}

/// Creates the link.
pub(in crate::web) async fn make(
    context: PageContext,
    OriginalUri(uri): OriginalUri,
    Form(form): Form<GuestLinkForm>,
) -> Response {
    let site = &context.site;
    let entry = match find(&context, uri.path()).await {
        Ok(entry) => entry,
        Err(problem) => return context.problem(&problem),
    };
    let scope = Scope::Within(entry.place.clone(), entry.path.clone());
    let made = match form.ticket(scope, context.viewer().id, &entry.name) {
        Ok(wanted) => tickets::make(site, wanted).await,
        Err(problem) => Err(problem),
    };
    match made {
        Ok(made) => {
            let card = TicketCard::of(&context, &made);
            context.answer(Ok(page(&context, &entry, Some(card), None)))
        }
        Err(problem) if problem.status.is_client_error() => {
            let sentence = context.sentence(&problem);
            let page = page(&context, &entry, None, Some(sentence));
            (problem.status, context.answer(Ok(page))).into_response()
        }
        Err(problem) => context.problem(&problem),
    }
}

async fn find(context: &PageContext, address: &str) -> Result<Entry, Problem> {
    let location = address.strip_prefix("/guest-link/").unwrap_or_default();
    let (place, path): (Place, EntryPath) = parse_location(location).ok_or(Problem::NOT_FOUND)?;
    let library = &context.site.library;
    let entry = library.entry(&place, &path, Freshness::Cached).await?;
    Ok(Entry::clone(&entry))
}

fn page(
    context: &PageContext,
    entry: &Entry,
    made: Option<TicketCard>,
    problem: Option<String>,
) -> GuestLinkPage {
    let is_folder = entry.kind == EntryKind::Folder;
    let mut crumbs = context.crumbs(&entry.place, &entry.path);
    crumbs.push(TextLink {
        label: entry.name.clone(),
        href: if is_folder {
            context.browse(&entry.place, &entry.path)
        } else {
            context.watch(entry)
        },
    });
    GuestLinkPage {
        layout: context.layout(context.text("common-guest-link"), NavItem::None),
        crumbs,
        title: entry.name.clone(),
        is_folder,
        action: context
            .guest_link(&entry.place, &entry.path)
            .unwrap_or_default(),
        made,
        problem,
        devices: context.site.urls.local("/devices"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_typed_in_megabits() {
        assert_eq!(bytes_per_s("8"), Some(1_000_000));
        assert_eq!(bytes_per_s("2,5"), Some(312_500));
        assert_eq!(bytes_per_s("0.1"), Some(TicketLimits::MIN_BYTES_PER_S));
        for wrong in ["0", "0.01", "-3", "NaN", "inf", "99999999", "fast"] {
            assert_eq!(bytes_per_s(wrong), None, "{wrong}");
        }
    }
}
