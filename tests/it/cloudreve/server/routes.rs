//! Routes: a request is passed to the call that its path names.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Asked, Shared, World, content, decoded, envelope, is_id, upload_faults};

/// Handles every call of the API; bytes are handled elsewhere.
pub(super) async fn answer(State(world): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let names = head.uri.path().split('/').filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(decoded).collect();
    let query = head.uri.query().unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned();
    let is_chunk = head.method == Method::POST && head.uri.path().contains("/file/upload/");
    let Some(body) = upload_faults::read_body(&world, body, is_chunk).await else {
        return cut();
    };
    let Some(path) = names.strip_prefix(&["api".to_owned(), "v4".to_owned()]) else {
        if let [f, id, name] = names.as_slice()
            && f == "f"
        {
            return content::redirect(&world.lock().unwrap(), id, name);
        }
        return (StatusCode::NOT_FOUND, "404 page not found").into_response();
    };
    let asked = Asked {
        method: head.method,
        path: path.to_vec(),
        query: query.collect(),
        headers: head.headers,
        body,
    };
    let trouble = world.lock().unwrap().trouble.clone();
    tokio::time::sleep(trouble.slow).await;
    if trouble.broken {
        return (StatusCode::INTERNAL_SERVER_ERROR, "no more").into_response();
    }
    let gate = {
        let mut world = world.lock().unwrap();
        *world.calls.entry(asked.name()).or_default() += 1;
        world.session_gate.clone()
    };
    if asked.name() == "PUT /file/upload"
        && let Some(gate) = gate
    {
        // It is closed to release all who wait.
        let _ = gate.acquire().await;
    }
    let mut world = world.lock().unwrap();
    if is_chunk {
        let number = asked.path.get(3).and_then(|number| number.parse().ok());
        if let Some(redirect) = world.redirect_of(number) {
            return redirect;
        }
    }
    if asked.path.first().is_some_and(|name| name == "file")
        && asked.path.get(1).is_some_and(|name| name == "content")
    {
        return content::own(&mut world, &asked);
    }
    if asked
        .path
        .starts_with(&["user".to_owned(), "avatar".to_owned()])
    {
        let picture = include_bytes!("../../../../samples/tidal-light/poster-140.jpg");
        return ([(header::CONTENT_TYPE, "image/jpeg")], &picture[..]).into_response();
    }
    if asked.name() == "GET /file/events" {
        return match world.is_owner(&asked) {
            Ok(is_owner) => world.listen(&asked, is_owner),
            Err(failure) => envelope(Err(failure)),
        };
    }
    if asked.name() == "POST /session/oauth/token" {
        // Without an envelope, in either case.
        return match world.exchange(&asked) {
            Ok(pair) => axum::Json(pair).into_response(),
            Err(code) => {
                // The message of the site, and no word of RFC 6749.
                let body = json!({
                    "error": "Invalid or expired authorization code", "error_description": "",
                    "error_codes": [code], "correlation_id": "5b0f5f05-451e-4dcd-9c65-474315dd7d20",
                });
                (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
            }
        };
    }
    let answer = match world.call(&asked) {
        Err((NO_SUCH_CALL, _)) => no_such_call(),
        told => envelope(told),
    };
    if asked
        .path
        .starts_with(&["file".to_owned(), "upload".to_owned()])
        && world.trouble.lost_answer.is_some()
        && world.trouble.lost_answer == asked.path.get(3).and_then(|number| number.parse().ok())
    {
        world.trouble.lost_answer = None;
        return cut();
    }
    answer
}

/// Returns an answer that is cut off before its first byte.
pub(super) fn cut() -> Response {
    let cut = std::io::Error::other("cut off");
    let body = futures_util::stream::iter([Err::<Bytes, _>(cut)]);
    ([(header::CONTENT_LENGTH, "100")], Body::from_stream(body)).into_response()
}

/// Answers as the router does for a call that this version of the site does not have.
pub(super) fn no_such_call() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain")];
    (StatusCode::NOT_FOUND, headers, "404 page not found").into_response()
}

/// Stands for a call that this version of the site does not have.
const NO_SUCH_CALL: i64 = -404;

impl World {
    pub(super) fn call(&mut self, asked: &Asked) -> Result<Value, (i64, Value)> {
        let names: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let is_owner = self.is_owner(asked)?;
        let is_about_sessions = names.first() == Some(&"session");
        if self.is_banned && is_owner && !is_about_sessions {
            // For every call, while the token lives.
            return Err((50001, Value::Null));
        }
        let owner_only = || if is_owner { Ok(()) } else { Err(401) };
        fn simple<T>(answer: Result<T, i64>) -> Result<T, (i64, Value)> {
            answer.map_err(|code| (code, Value::Null))
        }
        match (asked.method.as_str(), names.as_slice()) {
            ("GET", ["site", "ping"]) => Ok(json!("4.18.0")),
            ("GET", ["site", "config", "basic"]) => {
                Ok(json!({"title": "The films of the house", "captcha_type": self.captcha_type}))
            }
            ("GET", ["site", "config", "explorer"]) => Ok(json!({"max_batch_size": 3000})),
            ("GET", ["site", "captcha"]) => Ok(self.captcha()),
            ("POST", ["session", "token"]) => self.sign_in(asked),
            ("POST", ["session", "token", "2fa"]) => simple(self.second_step(asked)),
            ("POST", ["session", "token", "refresh"]) => simple(self.refresh(asked)),
            ("DELETE", ["session", "token"]) => simple(self.sign_out(asked)),
            ("GET", ["user", "me"]) => simple(owner_only().map(|()| self.me())),
            ("GET", ["user", "capacity"]) => simple(owner_only().map(|()| self.capacity())),
            ("GET", ["file"]) => simple(self.list(asked, is_owner)),
            ("GET", ["file", "info"]) => simple(self.info(asked, is_owner)),
            ("GET", ["file", "thumb"]) => simple(self.thumb(asked, is_owner)),
            ("POST", ["file", "url"]) => self.urls(asked, is_owner),
            ("POST", ["file", "create"]) => simple(self.create(asked, is_owner)),
            ("POST", ["file", "rename"]) => simple(self.rename(asked, is_owner)),
            ("POST", ["file", "move"]) => self.shift(asked, is_owner),
            ("DELETE", ["file"]) => self.delete(asked, is_owner),
            ("POST", ["file", "restore"]) => self.restore(asked, is_owner),
            ("DELETE", ["file", "trash"]) if !self.has_old_trash => {
                self.trash.clear();
                Ok(Value::Null)
            }
            ("POST", ["file", "version", "current"]) => {
                simple(owner_only().and_then(|()| self.make_current(asked)))
            }
            ("DELETE", ["file", "version"]) => {
                simple(owner_only().and_then(|()| self.delete_version(asked)))
            }
            ("PATCH", ["file", "metadata"]) => self.patch_metadata(asked, is_owner),
            ("PUT", ["file", "source"]) => {
                simple(owner_only()).and_then(|()| self.direct_links(asked))
            }
            ("POST", ["workflow", "archive"]) => {
                simple(owner_only().and_then(|()| self.begin_archive("create_archive", asked)))
            }
            ("POST", ["workflow", "extract"]) => {
                simple(owner_only().and_then(|()| self.begin_archive("extract_archive", asked)))
            }
            ("GET", ["workflow", "progress", id]) => {
                simple(owner_only().and_then(|()| self.task_progress(id)))
            }
            ("POST", ["workflow", "download"]) => {
                simple(owner_only().and_then(|()| self.begin_download(asked)))
            }
            ("DELETE", ["workflow", "download", id]) => {
                simple(owner_only().and_then(|()| self.cancel_download(id)))
            }
            ("GET", ["workflow"]) => simple(owner_only().and_then(|()| self.list_tasks(asked))),
            ("PUT", ["file", "upload"]) => self.begin_upload(asked, is_owner),
            ("DELETE", ["file", "upload"]) => simple(self.end_upload(asked, is_owner)),
            ("POST", ["file", "upload", id, number]) => {
                simple(self.take_chunk(asked, is_owner, id, number))
            }
            ("GET", ["callback", kind @ ("s3" | "ks3" | "cos"), id, secret])
            | ("POST", ["callback", kind @ "onedrive", id, secret]) => {
                simple(self.callback(kind, id, secret))
            }
            ("GET", ["share", "info", id]) | ("POST" | "DELETE", ["share", id]) if !is_id(id) => {
                Err((40001, Value::Null))
            }
            ("PUT", ["share"]) => simple(owner_only().and_then(|()| self.make_share(asked))),
            ("GET", ["share"]) => simple(owner_only().map(|()| self.own_shares(asked))),
            ("GET", ["share", "info", id]) => simple(self.share_info(asked, is_owner, id)),
            ("POST", ["share", id]) => {
                simple(owner_only().and_then(|()| self.edit_share(asked, id)))
            }
            ("DELETE", ["share", id]) => simple(owner_only().and_then(|()| self.end_share(id))),
            _ => Err((NO_SUCH_CALL, Value::Null)),
        }
    }
}
