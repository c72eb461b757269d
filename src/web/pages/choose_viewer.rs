//! `/viewers/choose`: asks who is watching, once per browser.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

use super::layout::{PageLayout, ViewerBadge};
use super::login::{LoginQuery, destination};
use super::page_context::{PageContext, render};
use crate::web::MaybeQuery;
use crate::web::api::viewers::find;
use crate::web::auth::{AuthError, CHOICE};
use crate::web::client::ClientInfo;
use media::ViewerId;

/// `/viewers/choose`
#[derive(Debug, Template)]
#[template(path = "choose_viewer.html")]
pub struct ChooseViewerPage {
    pub layout: PageLayout,
    /// Action URL of the forms: `viewer`, `pin`, `next`.
    pub action: String,
    /// The URL to go to afterwards.
    pub next: String,
    pub viewers: Vec<ViewerBadge>,
    /// The viewer whose last PIN was refused, with the sentence about it.
    pub refused: Option<(String, String)>,
    /// The page that changes viewers; `None` unless the owner is the viewer.
    pub manage: Option<String>,
}

impl ChooseViewerPage {
    /// Returns the sentence about the PIN of a viewer; empty if none was refused.
    pub fn problem(&self, id: &str) -> &str {
        match &self.refused {
            Some((refused, sentence)) if refused == id => sentence,
            _ => "",
        }
    }
}

#[derive(Deserialize)]
pub(in crate::web) struct ChoiceForm {
    viewer: String,
    pin: Option<SecretString>,
    #[serde(default)]
    next: String,
}

/// Shows the viewers.
pub(in crate::web) async fn show(context: PageContext, query: MaybeQuery<LoginQuery>) -> Response {
    let next = query.map(|Query(query)| query.next).unwrap_or_default();
    render(StatusCode::OK, &page(&context, next, None))
}

/// Remembers the chosen viewer, after its PIN was verified.
pub(in crate::web) async fn choose(
    context: PageContext,
    Extension(client): Extension<ClientInfo>,
    Form(form): Form<ChoiceForm>,
) -> Response {
    let site = &context.site;
    let viewer = match find(site, &form.viewer) {
        Ok(viewer) => viewer,
        Err(problem) => return context.problem(&problem),
    };
    if let Some(pin_hash) = &viewer.pin_hash {
        let pin = form.pin.unwrap_or_default();
        let (status, sentence, wait) = match site.auth.check_pin(pin, pin_hash, client.ip).await {
            Ok(()) => (StatusCode::OK, String::new(), None),
            Err(AuthError::Wrong) => {
                let sentence = context.words("choose-viewer-wrong-pin");
                (StatusCode::FORBIDDEN, sentence, None)
            }
            Err(AuthError::Wait(wait)) => {
                let seconds = wait.as_secs() + 1;
                let text = context.text("choose-viewer-too-many-pins");
                let sentence = text.with("seconds", seconds).to_string();
                (StatusCode::TOO_MANY_REQUESTS, sentence, Some(seconds))
            }
            Err(error) => return context.problem(&error.into()),
        };
        if status != StatusCode::OK {
            let page = page(&context, form.next, Some((form.viewer, sentence)));
            let mut response = render(status, &page);
            if let Some(seconds) = wait {
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, seconds.into());
            }
            return response;
        }
    }
    let cookie = site.auth.remember_viewer(&viewer, client);
    let to = destination(site, &form.next);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
}

fn page(
    context: &PageContext,
    next: String,
    refused: Option<(String, String)>,
) -> ChooseViewerPage {
    let site = &context.site;
    let chosen = site.auth.chosen_viewer(context.headers(), &site.viewers);
    let is_owner = match chosen {
        Some(viewer) => viewer.id == ViewerId::OWNER,
        None => !site.viewers.must_choose(),
    };
    let viewers = site.viewers.all();
    ChooseViewerPage {
        layout: PageLayout {
            title: context.words("choose-viewer-who-is-watching"),
            ..context.bare_layout()
        },
        action: site.urls.local(CHOICE),
        next,
        viewers: viewers
            .iter()
            .map(|viewer| ViewerBadge::of(viewer))
            .collect(),
        refused,
        manage: is_owner.then(|| site.urls.local("/viewers")),
    }
}
