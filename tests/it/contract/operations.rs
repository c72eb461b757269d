//! The table of operations in docs/drives.md: what each kind of drive does, and the title of the refusal where it does
//! not. It is made of the declared abilities, and the refusals of each kind are compared with it.
//!
//! `DRIVEIN_WRITE_DOCS=1 cargo test --test it contract::operations` rewrites the document.

use drives::{Capability, DriveKind, KINDS};

use super::drives::TABLE;
use super::table::compare;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/drives.md");
const BEGIN: &str = "<!-- operations: made by tests/it/contract/operations.rs -->\n";
const END: &str = "<!-- end of operations -->\n";

/// A row of the table.
struct Operation {
    name: &'static str,
    /// The ability that a drive needs for it.
    needs: Capability,
    /// Returns what a kind that has the ability does; `None` for a plain "yes".
    says: fn(&DriveKind) -> Option<&'static str>,
}

const fn operation(name: &'static str, needs: Capability) -> Operation {
    Operation {
        name,
        needs,
        says: |_| None,
    }
}

const OPERATIONS: [Operation; 20] = [
    operation("browse", Capability::List),
    operation("search", Capability::Search),
    operation("play the file itself", Capability::Original),
    Operation {
        name: "play in qualities that the drive makes",
        needs: Capability::Stream,
        says: |kind| match (has(kind, "ladder"), kind.kind) {
            (false, _) => Some("–"),
            (_, "cloudreve") => Some("of films that were uploaded as HLS"),
            (_, "local") => Some("with ffmpeg, where a browser lacks the container"),
            _ => None,
        },
    },
    operation("upload", Capability::Upload),
    operation("new folder, rename, move, copy", Capability::Manage),
    Operation {
        name: "delete",
        needs: Capability::Manage,
        says: |kind| match kind.capabilities().contains(&Capability::Trash) {
            true => Some("to the trash"),
            false => Some("for good"),
        },
    },
    operation("list and restore what was deleted", Capability::Trash),
    operation("earlier versions of a file", Capability::Versions),
    operation("share links of one's own", Capability::Share),
    operation("prolong and revoke them", Capability::Share),
    operation("open share links", Capability::OpenShares),
    Operation {
        name: "save from a share",
        needs: Capability::OpenShares,
        says: |kind| match (kind.capabilities().contains(&Capability::Manage), kind.kind) {
            (false, _) => Some("–"),
            (_, "cloudreve") => Some("as a shortcut"),
            _ => None,
        },
    },
    operation("direct links", Capability::DirectLinks),
    operation("tags", Capability::Tags),
    operation("pack an archive", Capability::Archives),
    operation("unpack an archive", Capability::Archives),
    operation("fetch from a link", Capability::RemoteDownload),
    operation("space used and left", Capability::Quota),
    Operation {
        name: "a change made elsewhere shows",
        needs: Capability::List,
        says: |kind| Some(shows_changes(kind)),
    },
];

/// The title of the refusal of an ability that a drive lacks.
pub fn refusal(ability: Capability) -> &'static str {
    match ability {
        Capability::Upload => "No uploads here",
        Capability::Manage => "Files stay as they are here",
        Capability::Share => "No share links",
        Capability::Trash => "No trash here",
        Capability::Versions => "No versions here",
        Capability::RemoteDownload => "No fetching from links",
        Capability::Archives => "No archives here",
        Capability::DirectLinks => "No direct links",
        Capability::Tags => "No tags here",
        Capability::List
        | Capability::Search
        | Capability::Stream
        | Capability::Original
        | Capability::OpenShares
        | Capability::Quota => "Not possible here",
    }
}

/// Returns how soon a change shows that was made elsewhere.
fn shows_changes(kind: &DriveKind) -> &'static str {
    match kind.title {
        "TeraBox" => "within a minute with its web session",
        "TeraBox by web session" => "within a minute",
        "Cloudreve" => "within seconds from 4.11, else within a minute",
        "Folder" => "at once",
        _ => "when the folder is listed again",
    }
}

/// Returns true if the kind has that word in the table of the suite.
fn has(kind: &DriveKind, word: &str) -> bool {
    let row = TABLE.iter().find(|row| std::ptr::eq(row.kind, kind));
    row.is_some_and(|row| row.has.contains(&word))
}

fn cell(operation: &Operation, kind: &DriveKind) -> String {
    let known = kind
        .abilities
        .iter()
        .find(|(ability, _)| *ability == operation.needs);
    let Some((_, condition)) = known else {
        return "–".to_owned();
    };
    match ((operation.says)(kind), *condition) {
        (Some("–"), _) => "–".to_owned(),
        (Some(says), Some(condition)) => format!("{says}, {condition}"),
        (Some(text), None) | (None, Some(text)) => text.to_owned(),
        (None, None) => "yes".to_owned(),
    }
}

fn table() -> String {
    let titles: Vec<&str> = KINDS.iter().map(|kind| kind.title).collect();
    let mut lines = vec![
        format!("| | {} | where it is refused (–) |", titles.join(" | ")),
        format!("|---|{}---|", "---|".repeat(KINDS.len())),
    ];
    for operation in &OPERATIONS {
        let cells: Vec<String> = KINDS.iter().map(|kind| cell(operation, kind)).collect();
        let refused = match cells.iter().any(|cell| cell == "–") {
            true => format!("“{}”", refusal(operation.needs)),
            false => String::new(),
        };
        lines.push(format!(
            "| {} | {} | {refused} |",
            operation.name,
            cells.join(" | ")
        ));
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_table_of_operations_is_what_the_code_says() {
    compare(DOCUMENT, BEGIN, END, &table());
}

#[test]
fn every_ability_is_an_operation() {
    for ability in Capability::ALL {
        let mut operations = OPERATIONS.iter();
        assert!(
            operations.any(|operation| operation.needs == ability),
            "{ability:?}"
        );
    }
}
