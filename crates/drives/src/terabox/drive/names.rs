//! Rules for the names that the upstream refuses, and the sizes of upload parts. Both are applied before a byte
//! is sent.
//!
//! The document only has a number for a bad name (-7); the rules are those that clients met.

use crate::{DriveError, ErrorKind};

/// Maximum length of a name, in characters.
const MAX_NAME_CHARS: usize = 255;

/// Refuses a name that the upstream would refuse.
pub(crate) fn check(operation: &'static str, name: &str) -> Result<(), DriveError> {
    let refused = |sentence| {
        Err(DriveError::new(ErrorKind::RefusedName, operation, "").with_sentence(sentence))
    };
    if name.is_empty() || name == "." || name == ".." {
        return refused("A name is missing.");
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return refused("The name is longer than 255 characters.");
    }
    if name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*']) {
        return refused("TeraBox takes no < > : \" / \\ | ? * in a name.");
    }
    if name.chars().any(char::is_control) {
        return refused("The name holds a character that cannot be seen.");
    }
    if name.chars().any(|c| c > '\u{ffff}') {
        return refused("TeraBox takes no emoji or other rare characters in a name.");
    }
    Ok(())
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Maximum size of a file for an account without a plan.
pub(crate) const FREE_LIMIT: u64 = 4 * GIB;
/// Maximum size of a file for an account with a plan.
pub(crate) const PLAN_LIMIT: u64 = 128 * GIB;

/// Returns the bytes of each part but the last, by the size of the file: there are some 1024 parts at most.
pub(crate) fn part_bytes(size: u64) -> u64 {
    let mut part = 4 * MIB;
    while part < 128 * MIB && size > part * 1024 {
        part *= 2;
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_refused() {
        let long = "n".repeat(255);
        for good in [
            "a.mp4",
            "Été à Český.mp4",
            "映画.mp4",
            "it's; 100% #1 & +",
            &long,
        ] {
            assert!(check("rename", good).is_ok(), "{good}");
        }
        let longer = "ü".repeat(256);
        for bad in [
            "", ".", "..", "a/b", "a\\b", "a:b", "a?", "*", "<", ">", "|", "\"", "a\tb", "\u{7f}",
            "🌊.mp4", &longer,
        ] {
            let error = check("rename", bad).unwrap_err();
            assert_eq!(error.kind, ErrorKind::RefusedName, "{bad:?}");
            assert!(error.sentence.is_some());
        }
    }

    #[test]
    fn parts_grow_with_the_file() {
        for (size, part) in [
            (1, 4),
            (4 * GIB, 4),
            (4 * GIB + 1, 8),
            (8 * GIB, 8),
            (16 * GIB, 16),
            (32 * GIB, 32),
            (64 * GIB, 64),
            (64 * GIB + 1, 128),
            (128 * GIB, 128),
            (200 * GIB, 128),
        ] {
            assert_eq!(part_bytes(size), part * MIB, "{size}");
        }
    }
}
