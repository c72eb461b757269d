//! The documents to the letter: which parameters a call takes, and how each is written.
//!
//! A row per call, copied from the tables of the Open Platform document (the section stands beside it) and of the
//! two documents of the web session. Where a table and its own example disagree (the page number of `list`, the
//! token's name), both are good.

use serde_json::Value;

use super::replies::Failure;

/// How a value is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Text,
    Whole,
    /// An absolute path.
    Path,
    /// A JSON list.
    List,
    /// One of these words.
    Word(&'static [&'static str]),
}

use Form::{List, Path, Text, Whole, Word};

type Row = (&'static str, &'static [(&'static str, Form)]);

const BIT: Form = Word(&["0", "1"]);
const CHANNEL: Form = Word(&["dubox"]);

/// The calls and their parameters, the token left out.
const ROWS: &[Row] = &[
    // 2.2.1, 1.4.2
    ("devicecode", &[("client_id", Text)]),
    (
        "gettoken",
        &[
            ("client_id", Text),
            ("client_secret", Text),
            ("grant_type", Word(&["device_code", "authorization_code"])),
            ("code", Text),
            ("timestamp", Whole),
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
            ("timestamp", Whole),
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
            ("autoinit", Word(&["1"])),
            ("block_list", List),
            ("path", Path),
        ],
    ),
    (
        "superfile2",
        &[
            ("method", Word(&["upload"])),
            ("app_id", Word(&["250528"])),
            ("path", Path),
            ("uploadid", Text),
            ("partseq", Whole),
        ],
    ),
    (
        "create",
        &[
            ("path", Path),
            ("size", Whole),
            ("uploadid", Text),
            ("block_list", List),
            ("rtype", Word(&["0", "1", "2", "3"])),
            ("isdir", BIT),
        ],
    ),
    (
        "filemanager",
        &[
            ("opera", Word(&["copy", "move", "rename", "delete"])),
            ("async", Word(&["0", "1", "2"])),
            ("filelist", List),
        ],
    ),
    // 3.4.5 to 3.4.9
    (
        "list",
        &[
            ("path", Whole),
            ("page", Whole),
            ("num", Whole),
            ("dir", Path),
            ("order", Word(&["time", "name", "size"])),
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
            ("page", Whole),
            ("num", Whole),
            ("desc", BIT),
            ("recursion", Word(&["1"])),
        ],
    ),
    ("download", &[("fidlist", List), ("type", Word(&["dlink"]))]),
    (
        "streaming",
        &[
            ("path", Path),
            (
                "type",
                Word(&[
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
            ("app_id", Word(&["250528"])),
            ("jsToken", Text),
            ("web", Word(&["1"])),
            ("channel", CHANNEL),
            ("clienttype", Word(&["0"])),
            ("need_relation", BIT),
            ("need_secret_info", BIT),
        ],
    ),
    (
        "web_quota",
        &[
            ("app_id", Word(&["250528"])),
            ("jsToken", Text),
            ("web", Word(&["1"])),
            ("channel", CHANNEL),
            ("clienttype", Word(&["0"])),
            ("checkexpire", BIT),
            ("checkfree", BIT),
        ],
    ),
    // The web session: sharing; pwd is one of the “extra params” that a private link requires
    (
        "web_pset",
        &[
            ("jsToken", Text),
            ("fid_list", List),
            ("schannel", Word(&["0"])),
            ("channel_list", List),
            ("period", Word(&["0", "1", "7", "30"])),
            ("path_list", List),
            ("public", BIT),
            ("pwd", Text),
        ],
    ),
    (
        "web_sharelist",
        &[
            ("app_id", Word(&["250528"])),
            ("jsToken", Text),
            ("web", Word(&["1"])),
            ("page", Whole),
            ("page_size", Whole),
        ],
    ),
    ("web_cancel", &[("bdstoken", Text), ("shareid_list", List)]),
];

/// Refuses what the tables do not have. Calls that have no row here are not looked at.
pub fn check<'a>(
    route: &str,
    params: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(), Failure> {
    let refuse = |what: String| Err(Failure(2, format!("the documents have no {what}")));
    let Some((_, rows)) = ROWS.iter().find(|(name, _)| *name == route) else {
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
        let Some((_, form)) = rows.iter().find(|(known, _)| *known == name) else {
            return refuse(format!("{name} in {route}"));
        };
        let fits = match form {
            Text => !value.is_empty(),
            Whole => value.parse::<u64>().is_ok(),
            Path => value.starts_with('/'),
            List => serde_json::from_str::<Vec<Value>>(value).is_ok(),
            Word(words) => words.contains(&value),
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
