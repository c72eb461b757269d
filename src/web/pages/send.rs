//! `POST /send`: sends a film to a player on the home network.

use axum::extract::Form;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::page_context::PageContext;
use crate::web::error::Problem;
use crate::web::send::{self, SendRequest};
use crate::web::urls::encode_name;
use media::{EntryPath, Place};

#[derive(Deserialize)]
pub(in crate::web) struct SendForm {
    place: String,
    path: String,
    to: String,
}

/// Sends the film, and redirects to its page, which confirms it.
pub(in crate::web) async fn send(context: PageContext, Form(form): Form<SendForm>) -> Response {
    let site = &context.site;
    let (Ok(place), Ok(path)) = (Place::parse(&form.place), EntryPath::parse(&form.path)) else {
        return context.problem(&Problem::NOT_FOUND);
    };
    let order = SendRequest {
        place: &place,
        path: &path,
        rendition: None,
        to: &form.to,
    };
    match send::send(site, context.headers(), order).await {
        Ok(_) => {
            let film = site.urls.of_entry("watch", &place, &path);
            Redirect::to(&format!("{film}?sent={}", encode_name(&form.to))).into_response()
        }
        Err(problem) => context.problem(&problem),
    }
}
