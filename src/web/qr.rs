//! `GET /qr.svg?text=`: an address as a picture, so that a phone takes it over. Drawn here; nobody else
//! learns the address.

use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use fast_qr::QRBuilder;
use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use serde::Deserialize;

use super::MaybeQuery;
use super::error::Problem;

#[derive(Deserialize)]
pub(super) struct QrQuery {
    text: String,
}

/// More does not fit a code that a phone reads from a screen.
const LONGEST_BYTES: usize = 1_000;

/// The picture.
pub(super) async fn picture(query: MaybeQuery<QrQuery>) -> Result<Response, Problem> {
    let Query(QrQuery { text }) = query.map_err(|_| NO_TEXT)?;
    if text.is_empty() || text.len() > LONGEST_BYTES {
        return Err(NO_TEXT);
    }
    let code = QRBuilder::new(text).build().map_err(|_| NO_TEXT)?;
    // The quiet zone of ISO/IEC 18004: four modules.
    let svg = SvgBuilder::default().margin(4).to_str(&code);
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

const NO_TEXT: Problem =
    Problem::bad_request("“text” is what the code is to say, up to 1000 bytes.");
