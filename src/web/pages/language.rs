//! `POST /language`: remembers the language that was chosen at the foot of a page, and leads back to the page.

use axum::Form;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use url::Url;

use crate::web::AppState;
use crate::web::client::ClientInfo;
use crate::web::locale::Language;

#[derive(Deserialize)]
pub(in crate::web) struct LanguageForm {
    /// The tag of the language; any other text chooses that of the browser.
    lang: String,
}

/// Remembers the language in a cookie.
pub(in crate::web) async fn choose(
    State(site): State<AppState>,
    Extension(client): Extension<ClientInfo>,
    headers: HeaderMap,
    Form(form): Form<LanguageForm>,
) -> Response {
    let cookie = site
        .auth
        .remember_language(Language::tagged(&form.lang), client);
    let to = page_of(&headers).unwrap_or_else(|| site.urls.local("/"));
    ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
}

/// Returns path and query of the page that the form was on; `None` if the browser does not report it. The page asks for a
/// referrer of this origin; what another site reports is still a path on this server.
fn page_of(headers: &HeaderMap) -> Option<String> {
    let referrer = headers.get(header::REFERER)?.to_str().ok()?;
    let url = Url::parse(referrer).ok()?;
    // A browser reads `//host` as another server.
    let path = url.path();
    let is_path = path.starts_with('/') && !path.starts_with("//");
    is_path.then(|| match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_a_path_on_this_server() {
        let cases = [
            (
                "http://host:8080/browse/films?sort=size",
                Some("/browse/films?sort=size"),
            ),
            ("https://host/drive-in/", Some("/drive-in/")),
            ("https://evil.example/login", Some("/login")),
            ("https://host//evil.example/", None),
            ("https://host/\\evil.example/", None),
            ("about:blank", None),
            ("nonsense", None),
        ];
        for (referrer, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::REFERER, referrer.parse().unwrap());
            assert_eq!(page_of(&headers).as_deref(), expected, "{referrer}");
        }
        assert_eq!(page_of(&HeaderMap::new()), None);
    }
}
