//! Tests of `manage`.

use super::*;
use crate::terabox::response::item_error;
use crate::terabox::types;

#[test]
fn every_path_has_an_outcome_whatever_the_reply_looks_like() {
    let step = |source: &str| ManageStep {
        source: source.to_owned(),
        target: None,
    };
    let (a, b) = (step("/a"), step("/b"));
    let steps = [&a, &b];
    let kinds = |json: &str, overall: Option<i64>| -> Vec<Option<ErrorKind>> {
        let managed: Managed = types::read(json.as_bytes()).unwrap();
        let items = managed.info.unwrap_or_default();
        let overall = overall.map(|code| item_error("delete", code));
        outcomes(Opera::Delete, &steps, &items, overall.as_ref())
            .into_iter()
            .map(|done| done.err().map(|error| error.kind))
            .collect()
    };
    use ErrorKind::{Conflict, NotFound, RefusedName};
    for (json, overall, expected) in [
        (r#"{"info":[]}"#, None, [None, None]),
        (
            r#"{"info":[{"errno":0,"path":"/b"},{"errno":-9,"path":"/a"}]}"#,
            None,
            [Some(NotFound), None],
        ),
        (
            r#"{"info":[{"errno":"-8"},{"errno":"0"}]}"#,
            Some(12),
            [Some(Conflict), None],
        ),
        (
            r#"{"info":[{"errno":-7,"path":"/b"}]}"#,
            Some(12),
            [Some(Conflict), Some(RefusedName)],
        ),
        (r#"{}"#, Some(-9), [Some(NotFound), Some(NotFound)]),
    ] {
        assert_eq!(kinds(json, overall), expected, "{json}");
    }
}

#[test]
fn lists_of_files_are_written_as_the_document_shows() {
    let step = |target: &str, name: &str| ManageStep {
        source: "/hello/test.mp4".to_owned(),
        target: Some((target.to_owned(), name.to_owned())),
    };
    assert_eq!(
        step("/test.mp4", "test.mp4").of_filelist(Opera::Copy),
        json!({"path": "/hello/test.mp4", "dest": "/", "newname": "test.mp4"})
    );
    assert_eq!(
        step("/dir/test.mp4", "test.mp4").of_filelist(Opera::Move),
        json!({"path": "/hello/test.mp4", "dest": "/dir", "newname": "test.mp4"})
    );
    assert_eq!(
        step("/hello/one.mp4", "one.mp4").of_filelist(Opera::Rename),
        json!({"path": "/hello/test.mp4", "newname": "one.mp4"})
    );
}
