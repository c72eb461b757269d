//! Compares the parser with guessit 4.4 on 2,000 names (`testdata/names.tsv`, which `tests/python/names.py` makes): it is at least as
//! often right, and every name on which both disagree is listed in `testdata/disagreements.tsv`.
//!
//! With `DRIVEIN_WRITE_DOCS=1`, that list and the table in `docs/names.md` are written.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::{ReleaseName, title_key};
use crate::EntryPath;

const NAMES: &str = include_str!("../../testdata/names.tsv");

/// Title, year, season, first and last number of an episode, date; empty for what there is none of.
type NameFacts = [String; 6];

/// One name, its meaning, and both readings.
struct ComparedName {
    group: &'static str,
    path: &'static str,
    meaning: NameFacts,
    ours: NameFacts,
    guessit: NameFacts,
}

impl ComparedName {
    fn parse(line: &'static str) -> Self {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), 14, "{line}");
        let reading = |from: usize| -> NameFacts {
            let cells = &cells[from..from + 6];
            std::array::from_fn(|at| cells[at].to_owned())
        };
        ComparedName {
            group: cells[0],
            path: cells[1],
            meaning: reading(2),
            ours: ours(cells[1]),
            guessit: reading(8),
        }
    }
}

fn ours(path: &str) -> NameFacts {
    let found = ReleaseName::parse(&EntryPath::parse(path).unwrap());
    let text = |number: Option<u16>| number.map_or(String::new(), |number| number.to_string());
    let episode = found.episode.unwrap_or_default();
    [
        found.title,
        text(found.year),
        text(episode.season),
        text(episode.number),
        text(episode.last),
        episode
            .aired
            .map_or(String::new(), |aired| aired.to_string()),
    ]
}

/// Returns true if two readings are the same; titles may be spelled in different ways.
fn agree(a: &NameFacts, b: &NameFacts) -> bool {
    title_key(&a[0]) == title_key(&b[0]) && a[1..] == b[1..]
}

/// Returns `Title (2019) S1 E2-3 2024-05-01`.
fn written(reading: &NameFacts) -> String {
    let [title, year, season, number, last, aired] = reading;
    let mut text = title.clone();
    let parts = [
        (" (", year, ")"),
        (" S", season, ""),
        (" E", number, ""),
        ("-", last, ""),
        (" ", aired, ""),
    ];
    for (before, part, after) in parts.into_iter().filter(|(_, part, _)| !part.is_empty()) {
        let _ = write!(text, "{before}{part}{after}");
    }
    text
}

/// Compares a file with what it should contain, or writes it.
fn check(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("DRIVEIN_WRITE_DOCS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not up to date: run this test with DRIVEIN_WRITE_DOCS=1",
        path.display()
    );
}

#[test]
fn names_are_read_at_least_as_well_as_by_guessit_and_disagreements_are_listed() {
    let lines = NAMES.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<ComparedName> = lines.map(ComparedName::parse).collect();
    assert_eq!(names.len(), 2000);
    let mut scores: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut list =
        "# group\tname\tmeaning\tthis parser, if it is wrong\tguessit, if it is wrong\n".to_owned();
    for name in &names {
        let (ours, guessit) = (
            agree(&name.ours, &name.meaning),
            agree(&name.guessit, &name.meaning),
        );
        for group in [name.group, "together"] {
            let score = scores.entry(group).or_default();
            score[0] += 1;
            score[1] += usize::from(ours);
            score[2] += usize::from(guessit);
        }
        if !agree(&name.ours, &name.guessit) {
            let wrong = |reading: &NameFacts, is_right: bool| match is_right {
                true => "–".to_owned(),
                false => written(reading),
            };
            let (ours, guessit) = (wrong(&name.ours, ours), wrong(&name.guessit, guessit));
            let _ = writeln!(
                list,
                "{}\t{}\t{}\t{ours}\t{guessit}",
                name.group,
                name.path,
                written(&name.meaning)
            );
        }
    }
    let mut table = String::new();
    for (group, [count, ours, guessit]) in &scores {
        let _ = writeln!(table, "| {group} | {count} | {ours} | {guessit} |");
    }
    println!("{table}");
    check("testdata/disagreements.tsv", &list);
    let docs = "../../docs/names.md";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(docs)).unwrap();
    let (head, rest) = text.split_once("|---|---:|---:|---:|\n").unwrap();
    let end = rest.find("\n\n").unwrap();
    check(
        docs,
        &format!(
            "{head}|---|---:|---:|---:|\n{}{}",
            table.trim_end(),
            &rest[end..]
        ),
    );
    for (group, [_, ours, guessit]) in scores {
        assert!(ours >= guessit, "{group}: {ours} against {guessit}");
    }
}
