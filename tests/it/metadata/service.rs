//! TMDB, emulated from the public description of its API (<https://developer.themoviedb.org/reference>): the searches,
//! the details of films, series and seasons, the configuration, and pictures. It shares nothing with the client.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// A key of version 3, and a token of version 4.
pub const KEY: &str = "0123456789abcdef0123456789abcdef";
pub const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJlbXVsYXRlZC1zZXJ2aWNlLWZvci10ZXN0cyJ9.c2lnbmF0dXJlLW9mLXRlc3Rz";

/// The service's current behaviour, set by the test.
#[derive(Default)]
pub struct Standing {
    /// The number of calls that are answered with this status, and `Retry-After` of a second, before others.
    pub failing: Option<(StatusCode, u64)>,
    /// Calls by path and language.
    pub calls: BTreeMap<String, u64>,
}

struct Shared {
    base: String,
    standing: Mutex<Standing>,
}

/// A running service; it stops when it is dropped.
pub struct Service {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Service {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shared = Arc::new(Shared {
            base: format!("http://{}", listener.local_addr().unwrap()),
            standing: Mutex::default(),
        });
        let router = axum::Router::new()
            .fallback(answer)
            .with_state(shared.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Service { shared, server }
    }

    /// Returns the section of the config.
    pub fn section(&self, key: &str, language: &str) -> String {
        format!(
            "[metadata]\ntmdb_api_key = {key:?}\nlanguage = {language:?}\ntmdb_base_url = {:?}\n",
            self.shared.base
        )
    }

    pub fn standing(&self) -> MutexGuard<'_, Standing> {
        self.shared.standing.lock().unwrap()
    }

    /// Returns the number of calls whose path and language contain a text.
    pub fn calls(&self, part: &str) -> u64 {
        let standing = self.standing();
        let calls = standing.calls.iter();
        calls
            .filter(|(path, _)| path.contains(part))
            .map(|(_, count)| count)
            .sum()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Films: number, English title, German title, original title, date, runtime, votes.
type Film = (
    u64,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    u64,
    u64,
);

const FILMS: [Film; 5] = [
    (
        11,
        "The Ferry",
        "Die Fähre",
        "The Ferry",
        "1998-05-01",
        95,
        40,
    ),
    (12, "The Ferry", "Die Fähre", "Lossen", "2013-09-06", 88, 3),
    (
        13,
        "Paper Mountains",
        "Papierberge",
        "Paper Mountains",
        "2019-02-02",
        101,
        0,
    ),
    // Two of one title and year: neither is certain.
    (
        14,
        "Three Moons",
        "Drei Monde",
        "Three Moons",
        "2023-01-01",
        90,
        5,
    ),
    (
        15,
        "Three Moons",
        "Drei Monde",
        "Three Moons",
        "2023-08-01",
        91,
        5,
    ),
];

fn fail(status: StatusCode, code: i64, message: &str) -> Response {
    let body = json!({"success": false, "status_code": code, "status_message": message});
    (status, Json(body)).into_response()
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if let Some(picture) = path.strip_prefix("/t/p/") {
        *shared
            .standing
            .lock()
            .unwrap()
            .calls
            .entry(path.clone())
            .or_default() += 1;
        return self::picture(picture);
    }
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let language = query.get("language").cloned().unwrap_or("en-US".to_owned());
    {
        let mut standing = shared.standing.lock().unwrap();
        *standing
            .calls
            .entry(format!("{path} {language}"))
            .or_default() += 1;
        if let Some((status, left)) = &mut standing.failing
            && *left > 0
        {
            *left -= 1;
            let mut response = fail(*status, 25, "Your request count is over the allowed limit.");
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
            return response;
        }
    }
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let is_allowed = query.get("api_key").is_some_and(|key| key == KEY)
        || bearer == Some(&format!("Bearer {TOKEN}"));
    if !is_allowed {
        let message = "Invalid API key: You must be granted a valid key.";
        return fail(StatusCode::UNAUTHORIZED, 7, message);
    }
    let is_german = language.starts_with("de");
    let Some(call) = path.strip_prefix("/3/") else {
        return not_found();
    };
    let parts: Vec<&str> = call.split('/').collect();
    let found = match parts[..] {
        ["configuration"] => configuration(&shared.base),
        ["search", "movie"] => search_films(&query, is_german),
        ["search", "tv"] => search_series(&query),
        ["movie", id] => match FILMS.iter().find(|film| film.0.to_string() == id) {
            Some(film) => film_details(film, is_german),
            None => return not_found(),
        },
        ["tv", "21"] => json!({
            "id": 21, "name": "Night Shift", "original_name": "Night Shift", "first_air_date": "2016-03-01",
            "overview": "Nurses, and a city that does not sleep.", "vote_average": 6.5, "vote_count": 12,
            "poster_path": "/night.jpg", "backdrop_path": "/night-wide.jpg", "seasons": [{"season_number": 1}],
        }),
        ["tv", "21", "season", "1"] => json!({
            "id": 2101, "name": "Season 1", "season_number": 1, "overview": "", "poster_path": "/night-1.jpg",
            "episodes": [
                {"episode_number": 1, "name": "Ten to Ten", "overview": "The first hours.", "air_date": "2016-03-01",
                 "still_path": "/night-1-1.jpg", "vote_average": 7.0, "vote_count": 2},
                {"episode_number": 2, "name": "Coffee", "overview": "", "air_date": null, "still_path": null},
            ],
        }),
        _ => return not_found(),
    };
    Json(found).into_response()
}

fn not_found() -> Response {
    let message = "The resource you requested could not be found.";
    fail(StatusCode::NOT_FOUND, 34, message)
}

fn configuration(base: &str) -> Value {
    json!({
        "change_keys": [],
        "images": {
            "base_url": format!("{base}/t/p/"),
            "secure_base_url": "https://images.example.org/t/p/",
            "poster_sizes": ["w92", "w154", "w185", "w342", "w500", "w780", "original"],
            "backdrop_sizes": ["w300", "w780", "w1280", "original"],
            "still_sizes": ["w92", "w185", "w300", "original"],
        },
    })
}

/// Finds films by words in any of their titles; `year` filters by the date.
fn search_films(query: &HashMap<String, String>, is_german: bool) -> Value {
    let words = query["query"].to_lowercase();
    let results: Vec<Value> = FILMS
        .iter()
        .filter(|film| {
            let titles = [film.1, film.2, film.3];
            titles.iter().any(|title| title.to_lowercase().contains(&words))
        })
        .filter(|film| query.get("year").is_none_or(|year| film.4.starts_with(year)))
        .map(|film| {
            json!({
                "id": film.0, "title": if is_german { film.2 } else { film.1 }, "original_title": film.3,
                "release_date": film.4, "overview": "", "adult": false, "genre_ids": [], "popularity": 1.0,
            })
        })
        .collect();
    json!({"page": 1, "total_pages": 1, "total_results": results.len(), "results": results})
}

fn search_series(query: &HashMap<String, String>) -> Value {
    let is_found = query["query"].eq_ignore_ascii_case("night shift");
    let found = json!({"id": 21, "name": "Night Shift", "original_name": "Night Shift", "first_air_date": "2016-03-01"});
    let results = if is_found { vec![found] } else { Vec::new() };
    json!({"page": 1, "total_pages": 1, "total_results": results.len(), "results": results})
}

fn film_details(film: &Film, is_german: bool) -> Value {
    // As with many films, there is no German text.
    let overview = match is_german {
        true => "",
        false => "A ferryman crosses a river <b>once more</b>.",
    };
    json!({
        "id": film.0, "title": if is_german { film.2 } else { film.1 }, "original_title": film.3,
        "release_date": film.4, "runtime": film.5, "vote_average": if film.6 > 0 { 7.4 } else { 0.0 },
        "vote_count": film.6, "overview": overview, "poster_path": format!("/film-{}.jpg", film.0),
        "backdrop_path": format!("/film-{}-wide.jpg", film.0), "imdb_id": null, "genres": [],
    })
}

/// Answers with a picture that says which one it is, behind the first bytes of a JPEG.
fn picture(name: &str) -> Response {
    if name.contains("night-wide") {
        let page = "<html>not a picture</html>";
        return ([(header::CONTENT_TYPE, "image/jpeg")], page).into_response();
    }
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
    bytes.extend_from_slice(name.as_bytes());
    ([(header::CONTENT_TYPE, "image/jpeg")], bytes).into_response()
}
