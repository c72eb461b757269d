//! `GET /api/v1/openapi.json`: the calls of this room, told by their own types.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{
    content, drives, entries, files, history, own_shares, players, reports, search, sessions,
    shares, sign_in, tickets, tokens,
};

/// Every call of `/api/v1`. A test holds this list against the router's.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Drive-In",
        description = "What a Drive-In server does for programs. Problems are RFC 9457 documents with a stable `code`.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        drives::list,
        drives::avatar,
        entries::show,
        search::find,
        content::put,
        content::state,
        files::copy,
        files::relocate,
        files::rename,
        files::delete,
        files::make_folder,
        sign_in::begin_device,
        sign_in::device_state,
        sign_in::by_code,
        sign_in::form,
        sign_in::by_form,
        sign_in::sign_out,
        own_shares::list,
        own_shares::create,
        own_shares::revoke,
        own_shares::extend,
        reports::list,
        reports::show,
        reports::requests,
        reports::renew_key,
        reports::try_link,
        shares::open,
        shares::save,
        history::list,
        history::note,
        players::list,
        players::send,
        sessions::list,
        sessions::revoke,
        tokens::list,
        tokens::make,
        tokens::revoke,
        tickets::list,
        tickets::make,
        tickets::revoke,
        show,
    )
)]
struct Calls;

/// This list.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "about",
    responses((status = 200, description = "An OpenAPI document")))]
pub(in crate::web) async fn show() -> Response {
    let document = document();
    ([(header::CONTENT_TYPE, "application/json")], Json(document)).into_response()
}

/// The document: what the types tell, and what holds for every call.
fn document() -> Value {
    let mut document = serde_json::to_value(Calls::openapi()).unwrap_or_default();
    document["components"]["schemas"]["Problem"] = json!({
        "type": "object",
        "description": "RFC 9457; `code` is stable.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "upstream": {"type": "object", "properties": {"errno": {"type": "integer", "format": "int64"}}},
        },
    });
    document["components"]["securitySchemes"]["token"] =
        json!({"type": "http", "scheme": "bearer"});
    document["security"] = json!([{"token": []}]);
    let problem = json!({
        "description": "It did not work.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    let calls = document["paths"].as_object_mut().into_iter();
    for call in calls.flat_map(|paths| paths.values_mut()) {
        for operation in call
            .as_object_mut()
            .into_iter()
            .flat_map(|call| call.values_mut())
        {
            // Handlers are named within their rooms, operations across all of them.
            let names = (
                operation["tags"][0].as_str(),
                operation["operationId"].as_str(),
            );
            if let (Some(room), Some(name)) = names {
                operation["operationId"] = json!(format!("{room}_{name}"));
            }
            if let Some(responses) = operation["responses"].as_object_mut() {
                responses.insert("default".to_owned(), problem.clone());
            }
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Methods that routers are made with.
    const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

    /// `GET /api/v1/…` of every route in the file that lists all of them.
    fn routed() -> BTreeSet<String> {
        let router = include_str!("../mod.rs")
            .split("mod tests {")
            .next()
            .unwrap();
        let mut found = BTreeSet::new();
        for route in router.split(".route(").skip(1) {
            let Some(path) = route
                .trim_start()
                .strip_prefix("\"/api/v1/")
                .and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            // Up to the next route or layer: `get(…).put(…)`.
            let handlers = route.split_once(',').unwrap().1;
            let handlers = handlers.split("_layer(").next().unwrap();
            for method in METHODS {
                let is_there = handlers
                    .match_indices(&format!("{method}("))
                    .any(|(at, _)| {
                        let before = handlers[..at].chars().next_back().unwrap_or(' ');
                        !before.is_alphanumeric() && before != '_' && before != ':'
                    });
                if is_there {
                    found.insert(format!("{method} {path}"));
                }
            }
        }
        found
    }

    #[test]
    fn every_call_that_is_routed_is_told_and_no_other() {
        let document = document();
        let mut told = BTreeSet::new();
        for (path, call) in document["paths"].as_object().unwrap() {
            let path = path.strip_prefix("/api/v1/").unwrap();
            for method in call.as_object().unwrap().keys() {
                told.insert(format!(
                    "{method} {}",
                    path.replace("{place}/{path}", "{*location}")
                ));
            }
        }
        assert!(told.len() > 15, "{told:?}");
        assert_eq!(routed(), told);
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_call_has_an_answer() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(
                document["components"]["schemas"][name].is_object(),
                "{name}"
            );
        }
        assert_eq!(
            document["openapi"].as_str().unwrap().split('.').next(),
            Some("3")
        );
        let mut names = BTreeSet::new();
        for (path, call) in document["paths"].as_object().unwrap() {
            for (method, operation) in call.as_object().unwrap() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name} twice");
                assert!(
                    operation["responses"].as_object().unwrap().len() >= 2,
                    "{method} {path}"
                );
            }
        }
    }
}
