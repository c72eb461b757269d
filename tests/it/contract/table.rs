//! The table of this suite and the one in ARCHITECTURE.md: both are compared with the code.
//!
//! `DRIVEIN_WRITE_DOCS=1 cargo test --test it contract::table` rewrites the latter.

use std::ptr;

use drives::{Capability, KINDS};

use super::drives::TABLE;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md");
const BEGIN: &str = "<!-- capabilities: made by tests/it/contract/table.rs -->\n";
const END: &str = "<!-- end of capabilities -->\n";

/// Returns a table with a row for each capability and a column for each kind.
fn table() -> String {
    let titles: Vec<&str> = KINDS.iter().map(|kind| kind.title).collect();
    let mut lines = vec![
        format!("| | {} |", titles.join(" | ")),
        format!("|---|{}", "---|".repeat(KINDS.len())),
    ];
    for capability in Capability::ALL {
        let cells = KINDS.iter().map(|kind| {
            let known = kind
                .abilities
                .iter()
                .find(|(ability, _)| *ability == capability);
            known.map_or("–", |(_, needs)| needs.unwrap_or("yes"))
        });
        let cells: Vec<&str> = cells.collect();
        lines.push(format!(
            "| `{}` | {} |",
            capability.as_str(),
            cells.join(" | ")
        ));
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_table_in_the_architecture_is_what_the_code_says() {
    compare(DOCUMENT, BEGIN, END, &table());
}

/// Compares a table with the one between two marks of a document, or writes it there.
pub fn compare(document: &str, begin: &str, end: &str, table: &str) {
    let text = std::fs::read_to_string(document).unwrap();
    let (before, rest) = text.split_once(begin).unwrap();
    let (written, after) = rest.split_once(end).unwrap();
    if std::env::var_os("DRIVEIN_WRITE_DOCS").is_some() {
        std::fs::write(document, format!("{before}{begin}{table}{end}{after}")).unwrap();
        return;
    }
    assert_eq!(
        written, table,
        "DRIVEIN_WRITE_DOCS=1 cargo test --test it contract:: writes it anew"
    );
}

#[test]
fn the_table_of_abilities_is_the_declared_one() {
    assert_eq!(TABLE.len(), KINDS.len(), "a row for each kind");
    let capabilities = Capability::ALL.map(Capability::as_str);
    let known = |words: &[&'static str]| -> Vec<&'static str> {
        let known = words.iter().filter(|word| capabilities.contains(word));
        known.copied().collect()
    };
    for kind in KINDS {
        let row = TABLE.iter().find(|row| ptr::eq(row.kind, *kind));
        let row = row.unwrap_or_else(|| panic!("no row for {}", kind.title));
        let declared = kind.capabilities();
        let (has, lacks): (Vec<Capability>, Vec<Capability>) = Capability::ALL
            .into_iter()
            .partition(|ability| declared.contains(ability));
        let words = |abilities: Vec<Capability>| -> Vec<&str> {
            abilities.into_iter().map(Capability::as_str).collect()
        };
        assert_eq!(known(row.has), words(has), "{} has", kind.title);
        assert_eq!(known(row.lacks), words(lacks), "{} lacks", kind.title);
    }
}
