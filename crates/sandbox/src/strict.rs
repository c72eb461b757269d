//! The documented parameters of each call and their types, for the strict mode.
//!
//! There is one row per call, copied from the tables of the Open Platform document (with its section) and of the two
//! documents of the web session. Where a table and its example differ (the page number of `list`, the token's name), both
//! forms are accepted.

use serde_json::Value;

use super::replies::ApiError;

/// The type of a value.
#[derive(Debug, Clone, Copy)]
enum ParamType {
    Text,
    Integer,
    /// An absolute path.
    Path,
    /// A JSON list.
    List,
    /// One of these texts.
    OneOf(&'static [&'static str]),
}

use ParamType::{Integer, List, OneOf, Path, Text};

type CallRow = (&'static str, &'static [(&'static str, ParamType)]);

const BIT: ParamType = OneOf(&["0", "1"]);
const CHANNEL: ParamType = OneOf(&["dubox"]);

/// The calls and their parameters, without the token.
const CALLS: &[CallRow] = &[
    // 2.2.1, 1.4.2
    ("devicecode", &[("client_id", Text)]),
    (
        "gettoken",
        &[
            ("client_id", Text),
            ("client_secret", Text),
            ("grant_type", OneOf(&["device_code", "authorization_code"])),
            ("code", Text),
            ("timestamp", Integer),
            ("sign", Text),
        ],
    ),
    ("tokeninfo", &[]),
    (
        "refreshtoken",
        &[
            ("client_id", Text),
            ("client_secret", Text),
            ("refresh_token", Text),
            ("timestamp", Integer),
            ("sign", Text),
        ],
    ),
    // 3.2, 3.3
    ("uinfo", &[]),
    ("active", &[]),
    ("quota", &[]),
    // 3.4.1 to 3.4.4; a folder is created with isdir, which only the replies name
    (
        "precreate",
        &[
            ("autoinit", OneOf(&["1"])),
            ("block_list", List),
            ("path", Path),
        ],
    ),
    (
        "superfile2",
        &[
            ("method", OneOf(&["upload"])),
            ("app_id", OneOf(&["250528"])),
            ("path", Path),
            ("uploadid", Text),
            ("partseq", Integer),
        ],
    ),
    (
        "create",
        &[
            ("path", Path),
            ("size", Integer),
            ("uploadid", Text),
            ("block_list", List),
            ("rtype", OneOf(&["0", "1", "2", "3"])),
            ("isdir", BIT),
        ],
    ),
    (
        "filemanager",
        &[
            ("opera", OneOf(&["copy", "move", "rename", "delete"])),
            ("async", OneOf(&["0", "1", "2"])),
            ("filelist", List),
        ],
    ),
    // 3.4.5 to 3.4.9
    (
        "list",
        &[
            ("path", Integer),
            ("page", Integer),
            ("num", Integer),
            ("dir", Path),
            ("order", OneOf(&["time", "name", "size"])),
            ("desc", BIT),
            ("web", BIT),
        ],
    ),
    ("filemetas", &[("target", List), ("dlink", BIT)]),
    (
        "search",
        &[
            ("key", Text),
            ("order", Text),
            ("page", Integer),
            ("num", Integer),
            ("desc", BIT),
            ("recursion", OneOf(&["1"])),
        ],
    ),
    (
        "download",
        &[("fidlist", List), ("type", OneOf(&["dlink"]))],
    ),
    (
        "streaming",
        &[
            ("path", Path),
            (
                "type",
                OneOf(&[
                    "M3U8_AUTO_480",
                    "M3U8_AUTO_720",
                    "M3U8_AUTO_1080",
                    "M3U8_MP3_128",
                ]),
            ),
        ],
    ),
    // The web session: account
    (
        "web_getinfo",
        &[
            ("app_id", OneOf(&["250528"])),
            ("jsToken", Text),
            ("web", OneOf(&["1"])),
            ("channel", CHANNEL),
            ("clienttype", OneOf(&["0"])),
            ("need_relation", BIT),
            ("need_secret_info", BIT),
        ],
    ),
    (
        "web_quota",
        &[
            ("app_id", OneOf(&["250528"])),
            ("jsToken", Text),
            ("web", OneOf(&["1"])),
            ("channel", CHANNEL),
            ("clienttype", OneOf(&["0"])),
            ("checkexpire", BIT),
            ("checkfree", BIT),
        ],
    ),
    // The web session: sharing; `pwd` is one of the “extra params” of a private link
    (
        "web_pset",
        &[
            ("jsToken", Text),
            ("fid_list", List),
            ("schannel", OneOf(&["0"])),
            ("channel_list", List),
            ("period", OneOf(&["0", "1", "7", "30"])),
            ("path_list", List),
            ("public", BIT),
            ("pwd", Text),
        ],
    ),
    (
        "web_sharelist",
        &[
            ("app_id", OneOf(&["250528"])),
            ("jsToken", Text),
            ("web", OneOf(&["1"])),
            ("page", Integer),
            ("page_size", Integer),
        ],
    ),
    ("web_cancel", &[("bdstoken", Text), ("shareid_list", List)]),
];

/// Checks the parameters of a call. Calls without a row are not checked.
///
/// # Errors
/// errno 2 for a parameter that the documents do not have, or of another type.
pub fn check<'a>(
    route: &str,
    params: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(), ApiError> {
    let refuse = |what: String| Err(ApiError(2, format!("the documents have no {what}")));
    let Some((_, rows)) = CALLS.iter().find(|(name, _)| *name == route) else {
        return match route {
            "taskquery" => refuse("such call".to_owned()),
            _ => Ok(()),
        };
    };
    let mut seen = Vec::new();
    for (name, value) in params {
        if seen.contains(&name) {
            return refuse(format!("{name} twice in {route}"));
        }
        seen.push(name);
        if matches!(name, "access_token" | "access_tokens") {
            continue;
        }
        let Some((_, kind)) = rows.iter().find(|(known, _)| *known == name) else {
            return refuse(format!("{name} in {route}"));
        };
        let fits = match kind {
            Text => !value.is_empty(),
            Integer => value.parse::<u64>().is_ok(),
            Path => value.starts_with('/'),
            List => serde_json::from_str::<Vec<Value>>(value).is_ok(),
            OneOf(words) => words.contains(&value),
        };
        if !fits {
            return refuse(format!("such {name} in {route}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_tables_name_passes() {
        let check = |route, params: &[(&'static str, &'static str)]| {
            check(route, params.iter().copied()).is_ok()
        };
        assert!(check(
            "uinfo",
            &[("access_tokens", "t"), ("access_token", "t")]
        ));
        assert!(!check("uinfo", &[("vip", "1")]));
        assert!(check("list", &[("dir", "/"), ("path", "1"), ("num", "9")]));
        assert!(!check("list", &[("dir", "x")]));
        assert!(!check("list", &[("num", "many")]));
        assert!(!check("list", &[("num", "1"), ("num", "2")]));
        assert!(check(
            "precreate",
            &[("autoinit", "1"), ("block_list", "[]")]
        ));
        assert!(!check("precreate", &[("autoinit", "0")]));
        assert!(!check("precreate", &[("size", "1")]));
        assert!(!check("taskquery", &[]));
    }
}
