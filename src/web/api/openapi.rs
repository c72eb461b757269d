//! `GET /api/v1/openapi.json`: the OpenAPI document, generated from the types of the calls.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::web::calls;

/// Returns this document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "about",
    responses((status = 200, description = "An OpenAPI document")))]
pub(in crate::web) async fn show() -> Response {
    let document = document();
    ([(header::CONTENT_TYPE, "application/json")], Json(document)).into_response()
}

/// Returns the document: the generated part, and the parts that are common to all calls.
fn document() -> Value {
    let mut document = serde_json::to_value(calls().api()).unwrap_or_default();
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
            "message": {"type": "string", "description": "The detail in the language of the request; missing in English."},
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
            // Handler names are unique within a module only, operation ids must be so globally.
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
