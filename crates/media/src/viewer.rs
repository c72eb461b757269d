//! The id of a viewer: one member of the household.

use std::fmt;

use serde::{Serialize, Serializer};

/// Identifies a viewer in URLs, tickets and the state: `owner`, or sixteen hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ViewerId([u8; 8]);

impl ViewerId {
    /// The viewer that every server has. It cannot be deleted, and sees every place.
    pub const OWNER: ViewerId = ViewerId([0; 8]);

    /// Returns the id with these bytes; eight zeros are the owner's.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        ViewerId(bytes)
    }

    /// Returns the bytes of the id.
    pub fn bytes(self) -> [u8; 8] {
        self.0
    }

    /// Parses the text of an id; `None` for anything else. Each id has one text.
    pub fn parse(text: &str) -> Option<Self> {
        if text == OWNER {
            return Some(ViewerId::OWNER);
        }
        let digit = |at: usize| match text.as_bytes()[at] {
            digit @ b'0'..=b'9' => Some(digit - b'0'),
            digit @ b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        if text.len() != 16 {
            return None;
        }
        let mut bytes = [0; 8];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = digit(2 * at)? << 4 | digit(2 * at + 1)?;
        }
        Some(ViewerId(bytes)).filter(|id| *id != ViewerId::OWNER)
    }
}

const OWNER: &str = "owner";

impl fmt::Display for ViewerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == ViewerId::OWNER {
            return f.write_str(OWNER);
        }
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ViewerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for ViewerId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_has_one_text() {
        let id = ViewerId::from_bytes([0, 1, 0x2a, 0xff, 4, 5, 6, 7]);
        assert_eq!(id.to_string(), "00012aff04050607");
        assert_eq!(ViewerId::parse("00012aff04050607"), Some(id));
        assert_eq!(ViewerId::parse("owner"), Some(ViewerId::OWNER));
        assert_eq!(ViewerId::OWNER.to_string(), "owner");
        for wrong in [
            "",
            "Owner",
            "0000000000000000",
            "00012AFF04050607",
            "00012aff0405060",
            "00012aff040506070",
            "äääääääää",
        ] {
            assert_eq!(ViewerId::parse(wrong), None, "{wrong}");
        }
    }
}
