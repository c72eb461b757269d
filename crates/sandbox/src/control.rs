//! The control calls under `/_sandbox`: faults, counters, approvals, expiry, and the real bytes to compare with.
//!
//! `GET /_sandbox` lists them. `GET /wap/outside/login` is the sign-in page of the Open Platform, which approves at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::{Fault, FaultId, ROUTES};
use super::nodes::{Content, Quality, SampleSource};
use super::plan::PlanChange;
use super::shares::ShareCondition;
use super::{SandboxState, bundled};

const ABOUT: &str = "This is Drive-In's sandbox: TeraBox's Open Platform and website over a folder of films.\n\n\
    POST   /_sandbox/faults          {\"route\":\"segment\",\"match\":\"720p/3;\",\"times\":1,\"fault\":{\"status\":503}}\n\
    DELETE /_sandbox/faults[/id]\n\
    GET    /_sandbox/counters        DELETE resets\n\
    GET    /_sandbox/credentials\n\
    POST   /_sandbox/approve         agrees to waiting devices\n\
    POST   /_sandbox/code            makes an authorization code\n\
    POST   /_sandbox/expire          {\"access_tokens\":true} {\"refresh_tokens\":true} {\"urls\":true}\n\
    POST   /_sandbox/account         {\"total\":1000} {\"vip_type\":0} {\"use_type\":0} {\"web_session\":\"good|ended|stale|tokenless|verify\"}\n\
    POST   /_sandbox/folder          {\"path\":\"/Ten thousand\",\"entries\":10000}\n\
    GET    /_sandbox/source          ?path=&rendition=480p|720p|1080p|audio|original\n\
    GET    /_sandbox/segments        ?path=&rendition=\n\
    GET    /_sandbox/shares          share links to try\n\
    POST   /_sandbox/shares          {\"name\":\"password\",\"password\":\"n3w1\",\"state\":\"alive|expired|cancelled\"} {\"transcoded\":true}\n\n\
    Faults that clients of the website meet:\n\
    stale jsToken         POST /_sandbox/account {\"web_session\":\"stale\"}, or {\"route\":\"web_create\",\"times\":1,\"fault\":{\"errno\":4000023}}\n\
    verification          {\"route\":\"web_precreate\",\"fault\":{\"errno\":400141}}\n\
    refused upload host   {\"route\":\"superfile2\",\"match\":\"127.0.0.1:PORT \",\"fault\":{\"status\":403}}\n\
    cut upload            {\"route\":\"superfile2\",\"match\":\"partseq=1\",\"times\":1,\"fault\":{\"cut_after_bytes\":1000}}\n\
    rate limit            {\"route\":\"web_list\",\"times\":3,\"fault\":{\"errno\":31034}} or {\"status\":429}\n\
    change without effect {\"route\":\"web_filemanager\",\"times\":1,\"fault\":{\"ignored\":true}}\n";

/// Returns the routes of the control calls.
pub fn routes(state: Arc<SandboxState>) -> Router {
    macro_rules! with {
        ($call:path) => {{
            let state = state.clone();
            move |arguments| $call(state, arguments)
        }};
    }
    Router::new()
        .route("/_sandbox", get(|| async { ABOUT }))
        .route("/wap/outside/login", get(with!(sign_in_page)))
        .route(
            "/_sandbox/faults",
            post(with!(add_fault)).delete(with!(heal)),
        )
        .route("/_sandbox/faults/{id}", delete(with!(remove_fault)))
        .route(
            "/_sandbox/counters",
            get(with!(counters)).delete(with!(reset)),
        )
        .route("/_sandbox/credentials", get(with!(credentials)))
        .route("/_sandbox/approve", post(with!(approve)))
        .route("/_sandbox/code", post(with!(code)))
        .route("/_sandbox/expire", post(with!(expire)))
        .route("/_sandbox/account", post(with!(account)))
        .route("/_sandbox/folder", post(with!(folder)))
        .route("/_sandbox/source", get(with!(raw)))
        .route("/_sandbox/segments", get(with!(segments)))
        .route(
            "/_sandbox/shares",
            get(with!(share_links)).post(with!(change_share)),
        )
        .route(
            "/s/{name}",
            get(|| async { "A share link of Drive-In's sandbox: paste it into Drive-In.\n" }),
        )
        .route("/_sandbox/avatar.jpg", get(with!(avatar)))
}

/// The extractor of a call without arguments.
type Nothing = axum::http::Method;

async fn add_fault(state: Arc<SandboxState>, Json(fault): Json<Fault>) -> Response {
    if fault.route != "*" && !ROUTES.contains(&fault.route.as_str()) {
        let problem = json!({"error": format!("no route {:?}", fault.route), "routes": ROUTES});
        return (StatusCode::BAD_REQUEST, Json(problem)).into_response();
    }
    Json(json!({"id": state.faults.add(fault)})).into_response()
}

async fn heal(state: Arc<SandboxState>, _: Nothing) -> StatusCode {
    state.faults.clear();
    StatusCode::NO_CONTENT
}

async fn remove_fault(state: Arc<SandboxState>, Path(id): Path<u64>) -> StatusCode {
    if state.faults.remove(FaultId(id)) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

async fn counters(state: Arc<SandboxState>, _: Nothing) -> Json<Value> {
    let of = |route| {
        let count = state.counters.route(route);
        json!({"requests": count.requests.load(Ordering::Relaxed), "bytes": count.bytes.load(Ordering::Relaxed)})
    };
    let mut all: BTreeMap<&str, Value> = ROUTES.iter().map(|&route| (route, of(route))).collect();
    all.insert("objects", json!(state.counters.objects()));
    Json(json!(all))
}

async fn reset(state: Arc<SandboxState>, _: Nothing) -> StatusCode {
    state.counters.reset();
    StatusCode::NO_CONTENT
}

async fn credentials(state: Arc<SandboxState>, _: Nothing) -> Json<super::AccountCredentials> {
    Json(state.accounts.credentials.clone())
}

async fn approve(state: Arc<SandboxState>, _: Nothing) -> Json<Value> {
    Json(json!({"approved": state.accounts.approve_devices()}))
}

async fn code(state: Arc<SandboxState>, _: Nothing) -> Json<Value> {
    Json(json!({"code": state.accounts.new_code()}))
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Expire {
    access_tokens: bool,
    refresh_tokens: bool,
    urls: bool,
}

async fn expire(state: Arc<SandboxState>, Json(expire): Json<Expire>) -> StatusCode {
    if expire.access_tokens {
        state.accounts.expire_access();
    }
    if expire.refresh_tokens {
        state.accounts.expire_refresh();
    }
    if expire.urls {
        state.signer.expire_all();
    }
    StatusCode::NO_CONTENT
}

async fn account(state: Arc<SandboxState>, Json(change): Json<PlanChange>) -> StatusCode {
    state.plan.change(change);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct NewFolder {
    path: String,
    entries: usize,
}

async fn folder(state: Arc<SandboxState>, Json(new): Json<NewFolder>) -> Response {
    match state.library.add_folder(&new.path, new.entries) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}

#[derive(Deserialize)]
struct SourceQuery {
    path: String,
    rendition: String,
}

async fn raw(state: Arc<SandboxState>, Query(query): Query<SourceQuery>) -> Response {
    match source(&state, &query.path, &query.rendition).await {
        Some(bytes) => {
            ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn segments(state: Arc<SandboxState>, Query(query): Query<SourceQuery>) -> Response {
    let node = state.stat(&query.path);
    let (Some(node), Some(rung)) = (node, Quality::from_name(&query.rendition)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match state.library.rendition(&node, rung).await {
        Ok(rendition) => Json(json!(rendition.segments)).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn share_links(state: Arc<SandboxState>, _: Nothing) -> Json<Value> {
    Json(json!({"shares": state.shares.links(&state.hosts.api)}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareChange {
    name: Option<String>,
    /// Empty to remove the password.
    password: Option<String>,
    state: Option<ShareCondition>,
    #[serde(default)]
    transcoded: bool,
}

async fn change_share(state: Arc<SandboxState>, Json(change): Json<ShareChange>) -> StatusCode {
    if change.transcoded {
        state.shares.finish_transcoding();
    }
    let Some(name) = change.name else {
        return StatusCode::NO_CONTENT;
    };
    let changed = state.shares.change(&name, |share| {
        if let Some(password) = change.password {
            share.password = Some(password).filter(|password| !password.is_empty());
        }
        share.state = change.state.unwrap_or(share.state);
    });
    if changed {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

/// Returns the bytes of a path: `original`, or the object of a rendition. `None` if there is none.
pub async fn source(state: &SandboxState, path: &str, rendition: &str) -> Option<Bytes> {
    let node = state.stat(path)?;
    let source = match rendition {
        "original" => state.library.original(&node)?,
        name => state
            .library
            .rendition(&node, Quality::from_name(name)?)
            .await
            .ok()?
            .object
            .clone(),
    };
    match source {
        SampleSource::Memory(bytes) => Some(bytes),
        SampleSource::File(path) => tokio::fs::read(path).await.ok().map(Bytes::from),
    }
}

async fn avatar(state: Arc<SandboxState>, _: Nothing) -> Response {
    let node = state
        .library
        .below("/")
        .into_iter()
        .find(|node| matches!(node.content, Content::Film(_)));
    let film = match node.map(|node| node.content) {
        Some(Content::Film(film)) => Some(film),
        _ => bundled::films()
            .ok()
            .and_then(|films| films.first().cloned()),
    };
    match film.and_then(|film| film.poster(140)) {
        Some(jpeg) => ([(header::CONTENT_TYPE, "image/jpeg")], jpeg).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Approves at once and posts the code to the parent page (section 1.4).
async fn sign_in_page(state: Arc<SandboxState>, _: Nothing) -> Html<String> {
    let code = state.accounts.new_code();
    Html(format!(
        "<!DOCTYPE html><title>Sandbox sign-in</title><p>Signed in. The code is <code>{code}</code>.</p>\
         <script>parent.postMessage(JSON.stringify({{event:'teraboxOauth',code:'{code}'}}),'*')</script>"
    ))
}
