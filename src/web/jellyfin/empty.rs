//! Calls of features that this server lacks: they get what a Jellyfin server without that feature answers, and 403 where a
//! viewer is not allowed to change the server.

use axum::Json;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::web::error::Problem;

/// The form of an empty answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `{"Items": [], …}`
    Page,
    /// `[]`
    Array,
    /// `{}`
    Object,
    /// 403: for administrators.
    Forbidden,
    /// 404: there is none of that name.
    NotFound,
}

/// Answers a call that no other part serves. Names in braces stand for any.
pub(super) fn answer(method: &Method, names: &[&str]) -> Result<Response, Problem> {
    match form(method, names) {
        Form::Page => Ok(page()),
        Form::Array => Ok(array()),
        Form::Object => Ok(object(names)),
        Form::Forbidden => Err(Problem::FORBIDDEN),
        Form::NotFound => Err(Problem::NOT_FOUND),
    }
}

fn form(method: &Method, names: &[&str]) -> Form {
    if method != Method::GET {
        return match names {
            // An app that closes what it never opened.
            ["syncplay", ..]
            | [
                "items" | "playlists" | "collections" | "users" | "devices" | "repositories"
                | "userimage",
            ] => Form::Forbidden,
            [] | [_] => Form::NotFound,
            _ => Form::Forbidden,
        };
    }
    match names {
        [
            "genres" | "musicgenres" | "studios" | "persons" | "artists" | "years" | "trailers"
            | "channels",
        ]
        | ["artists", "albumartists"]
        | ["shows", "upcoming"]
        | ["items", "suggestions"]
        | ["items", _, "similar" | "intros" | "collections"]
        | [
            "movies" | "shows" | "trailers" | "albums" | "artists",
            _,
            "similar",
        ]
        | [
            "items" | "albums" | "songs" | "artists" | "playlists" | "musicgenres",
            _,
            "instantmix",
        ]
        | ["musicgenres", "instantmix"]
        | ["videos", _, "additionalparts"]
        | [
            "livetv",
            "channels" | "programs" | "recordings" | "timers" | "seriestimers",
        ]
        | ["livetv", "programs", "recommended"]
        | ["livetv", "recordings", "folders" | "series"]
        | ["channels", "items", "latest"]
        | ["channels", _, "items"] => Form::Page,
        ["movies", "recommendations"]
        | ["items", _, "localtrailers" | "specialfeatures"]
        | ["syncplay", "list"]
        | ["fallbackfont", "fonts"]
        | [
            "localization",
            "cultures" | "countries" | "parentalratings" | "options",
        ]
        | ["livetv", "tunerhosts", "types"]
        | ["channels", "features"] => Form::Array,
        ["items", "filters" | "filters2"]
        | ["items", _, "thememedia" | "themesongs" | "themevideos"]
        | ["livetv", "info" | "guideinfo"] => Form::Object,
        [
            "auth" | "backup" | "environment" | "libraries" | "library" | "packages" | "plugins"
            | "repositories" | "scheduledtasks" | "startup" | "devices" | "providers",
            ..,
        ]
        | [
            "system",
            "logs" | "configuration" | "activitylog" | "info",
            ..,
        ]
        | [
            "items",
            _,
            "externalidinfos" | "metadataeditor" | "remoteimages" | "remotesearch",
            ..,
        ]
        | [
            "livetv",
            "listingproviders" | "channelmappingoptions" | "tuners",
            ..,
        ] => Form::Forbidden,
        _ => Form::NotFound,
    }
}

/// Returns true for lists below `items` that are not the id of one.
pub(super) fn is_list_of_items(name: &str) -> bool {
    [
        "filters",
        "filters2",
        "suggestions",
        "counts",
        "latest",
        "resume",
        "root",
    ]
    .contains(&name)
}

fn page() -> Response {
    Json(json!({"Items": [], "TotalRecordCount": 0, "StartIndex": 0})).into_response()
}

/// A date that stands for none.
pub(super) const NEVER: &str = "0001-01-01T00:00:00.0000000Z";

/// Returns an empty array.
pub(super) fn array() -> Response {
    Json(Vec::<Value>::new()).into_response()
}

fn object(names: &[&str]) -> Response {
    let empty_page = || json!({"Items": [], "TotalRecordCount": 0, "StartIndex": 0, "OwnerId": "00000000000000000000000000000000"});
    let body = match names {
        ["items", "filters"] => {
            json!({"Genres": [], "Tags": [], "OfficialRatings": [], "Years": []})
        }
        ["items", "filters2"] => json!({"Genres": [], "Tags": []}),
        ["livetv", "guideinfo"] => json!({"StartDate": NEVER, "EndDate": NEVER}),
        ["items", _, "themesongs" | "themevideos"] => empty_page(),
        ["livetv", "info"] => json!({"Services": [], "IsEnabled": false, "EnabledUsers": []}),
        ["items", _, "thememedia"] => json!({
            "ThemeVideosResult": empty_page(),
            "ThemeSongsResult": empty_page(),
            "SoundtrackSongsResult": empty_page(),
        }),
        _ => json!({}),
    };
    Json(body).into_response()
}

/// Returns `true`.
pub(super) fn yes() -> Response {
    Json(true).into_response()
}

/// Returns 204.
pub(super) fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Returns an empty style sheet.
pub(super) fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], "").into_response()
}

/// Answers a page of another origin that asks what it may send.
pub(super) fn options() -> Response {
    let headers = [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, HEAD, POST, DELETE, OPTIONS",
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, Range, If-None-Match, X-Emby-Authorization, X-Emby-Token, X-MediaBrowser-Token",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_is_missing_is_an_empty_list_and_changing_the_server_is_refused() {
        let cases: [(&str, &[&str], Form); 10] = [
            ("GET", &["genres"], Form::Page),
            ("GET", &["items", "x", "similar"], Form::Page),
            ("GET", &["movies", "recommendations"], Form::Array),
            ("GET", &["plugins"], Form::Forbidden),
            ("POST", &["library", "refresh"], Form::Forbidden),
            ("DELETE", &["items", "x"], Form::Forbidden),
            ("DELETE", &["items"], Form::Forbidden),
            ("POST", &["no"], Form::NotFound),
            ("GET", &["items", "x", "themesongs"], Form::Object),
            ("GET", &["no", "such", "call"], Form::NotFound),
        ];
        for (method, names, expected) in cases {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(form(&method, names), expected, "{names:?}");
        }
    }
}
