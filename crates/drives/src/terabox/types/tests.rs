//! Tests of `types`.

use super::*;

#[test]
fn outcomes_in_all_their_spellings() {
    let cases: &[(&str, Option<i64>, &str)] = &[
        (r#"{"errno":0,"show_msg":"","newno":""}"#, Some(0), ""),
        (r#"{"errno":"-9","errmsg":"no"}"#, Some(-9), "no"),
        (
            r#"{"error_code":31045,"error_msg":"user not exists"}"#,
            Some(31045),
            "user not exists",
        ),
        (
            r#"{"errno":31341,"error_code":31341,"errmsg":"be transcoding"}"#,
            Some(31341),
            "be transcoding",
        ),
        (r#"{"errno":0,"error_code":31360}"#, Some(31360), ""),
        (
            r#"{"errno":2,"errmsg":null,"show_msg":"bad"}"#,
            Some(2),
            "bad",
        ),
        (
            r#"{"errno":0,"request_id":15002213719900562680}"#,
            Some(0),
            "",
        ),
        ("{}", None, ""),
    ];
    for (json, code, message) in cases {
        let outcome: CallOutcome = read(json.as_bytes()).unwrap();
        assert_eq!(
            (outcome.code(), outcome.message()),
            (*code, *message),
            "{json}"
        );
    }
    assert!(read::<CallOutcome>(b"<html>").is_none());
    assert!(read::<CallOutcome>(b"\xef\xbb\xbf{\"errno\":0,\"x\":\"\xff\"}").is_some());
}

#[test]
fn lists_under_either_name() {
    let count = |json: &str| {
        let files: Files = read(json.as_bytes()).unwrap();
        files.into_parts().map(|(files, _)| files.len())
    };
    assert_eq!(count(r#"{"list":[{},{}]}"#), Some(2));
    assert_eq!(count(r#"{"info":[{}]}"#), Some(1));
    assert_eq!(count(r#"{"list":[],"info":[{}]}"#), Some(1));
    assert_eq!(count(r#"{"list":null}"#), Some(0));
    assert_eq!(count(r#"{"list":[]}"#), Some(0));
    assert_eq!(count(r#"{"errno":0}"#), None);
}

/// The same folder item as numbers and as strings, as two endpoints of one service write it.
#[test]
fn an_item_of_strings_is_the_same_as_one_of_numbers() {
    let numbers = r#"{"fs_id":938083446579468,"isdir":1,"size":0,"server_mtime":1682140522,"thumbs":{"url1":"a","url3":"c"}}"#;
    let strings = r#"{"fs_id":"938083446579468","isdir":"1","size":"0","server_mtime":"1682140522","thumbs":"{\"url1\":\"a\",\"url3\":\"c\"}"}"#;
    for json in [numbers, strings] {
        let file: File = read(json.as_bytes()).unwrap();
        assert_eq!(file.fs_id.0.as_deref(), Some("938083446579468"));
        assert_eq!(file.isdir.0, Some(1));
        assert_eq!(file.size.0, Some(0));
        assert_eq!(file.server_mtime.0, Some(1682140522));
        assert_eq!(file.thumbs.unwrap().best(), Some("c"));
    }
    let odd =
        r#"{"fs_id":18446744073709551615,"isdir":true,"size":"","duration":"9.5","thumbs":""}"#;
    let file: File = read(odd.as_bytes()).unwrap();
    assert_eq!(file.fs_id.0.as_deref(), Some("18446744073709551615"));
    assert_eq!((file.isdir.0, file.size.0), (Some(1), None));
    assert_eq!(file.duration, Some(9.5));
    assert!(file.thumbs.is_none());
}
