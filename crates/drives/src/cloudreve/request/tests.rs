//! Tests of `request`.

use super::*;
use crate::cloudreve::types::Files;

#[test]
fn what_makes_no_sense_is_refused_and_not_repeated() {
    assert!(events(b"event: list\ndata: []\n\n").is_none());
    let told = ApiResponse {
        envelope: Envelope {
            data: json!("eyJ-canary"),
            ..Envelope::default()
        },
        at: None,
        operation: "session",
        context: Context::Files,
    };
    let error = told.data::<Files>().unwrap_err();
    assert!(!error.to_string().contains("canary"), "{error}");
}

#[test]
fn one_bad_element_of_a_list_costs_no_other() {
    let list = r#"{"code":0,"data":{"files":[{"type":0,"name":"a.mp4","size":"1","metadata":{"x":1}},
        {"type":0,"name":"cut \ud83c"},null,[],{"type":0,"name":"b.mp4","metadata":7}],"pagination":{}}}"#;
    let stream = "event: file\ndata: {\"type\":0,\"name\":\"a.mp4\"}\n\nevent: file\ndata: {broken\n\n\
                  event: file\ndata: {\"type\":0,\"name\":\"cut \\ud83c\"}\n\n\
                  event: file\ndata: {\"type\":0,\"name\":\"b.mp4\"}\n\nevent: list\ndata: {}\n\n";
    let envelopes: [Envelope; 2] = [
        json::parse(list.as_bytes()).unwrap(),
        events(stream.as_bytes()).unwrap(),
    ];
    for envelope in envelopes {
        let files: Files = serde_json::from_value(envelope.data).unwrap();
        let files = files.files.unwrap().into_iter();
        let names: Vec<String> = files
            .map(|file| file.name)
            .filter(|it| !it.is_empty())
            .collect();
        assert_eq!(names, ["a.mp4", "cut \u{fffd}", "b.mp4"]);
    }
    let shares: crate::cloudreve::types::ShareList =
        json::parse(br#"{"shares":[{"id":"a"},{"id":7},{"id":"b"}]}"#).unwrap();
    assert_eq!(shares.shares.len(), 3);
    assert_eq!(shares.shares[2].id, "b");
}

#[test]
fn a_search_that_comes_in_pieces_is_one_answer() {
    let text = "event: file\ndata: [{\"type\":0,\"name\":\"a\"}]\n\nevent:file\r\ndata:[{\"type\":0,\"name\":\"b\"}]\r\n\r\n\
                event: list\ndata: {\"files\":[],\"pagination\":{\"next_token\":\"x|y\"}}\n\n";
    let data = events(text.as_bytes()).unwrap().data;
    let files: Files = serde_json::from_value(data).unwrap();
    let names: Vec<String> = files
        .files
        .unwrap()
        .into_iter()
        .map(|file| file.name)
        .collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(files.pagination.next_token.as_deref(), Some("x|y"));
    assert!(events(b"event: file\ndata: []\n\n").is_none(), "cut short");
}

#[test]
fn a_failure_of_one_is_unwrapped() {
    let envelope: Envelope = serde_json::from_str(include_str!("../testdata/batch.json")).unwrap();
    let told = ApiResponse {
        envelope,
        at: None,
        operation: "original",
        context: Context::Share,
    };
    let error = told.done().unwrap_err();
    assert_eq!(
        (error.kind, error.upstream_code),
        (ErrorKind::SharePasswordWrong, Some(40069))
    );
    assert!(
        !error.to_string().contains("clip"),
        "no address of the share is told"
    );
}
