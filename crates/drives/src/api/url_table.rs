//! The URLs of a playlist, delta-compressed to a small part of the memory that their texts would take.
//!
//! The segments of a playlist are ranges of one object: their URLs, of a kilobyte each, share all but a range,
//! a length and a signature. So the first is stored whole, and each one after it as its differences: how much
//! of the first to copy, how much of it to skip, and the text to insert there. A URL that has little in common
//! with the one before is stored whole again, and the next ones are compared with it. Each is rebuilt byte for
//! byte, from at most one other.

use std::fmt;
use std::time::SystemTime;

use crate::Origin;

/// The URLs of a playlist's segments, in order. Secrets, like each of them.
#[derive(Clone)]
pub struct UrlTable {
    /// URLs that are stored whole, one after another.
    whole: String,
    /// The parts of the others that are not in the whole ones.
    own: String,
    steps: Vec<CopyStep>,
    kept: Vec<Kept>,
    expires_at: Option<SystemTime>,
}

/// Number of bytes to copy from the whole URL, then to skip in it, then to take from `own`.
#[derive(Debug, Clone, Copy)]
struct CopyStep {
    same: u32,
    left_out: u32,
    own: u32,
}

/// One URL: the rest of the whole URL is copied after its steps.
#[derive(Debug, Clone, Copy)]
struct Kept {
    /// Start and length of the whole URL.
    whole: (usize, usize),
    /// Start of its own bytes, and of its steps.
    own: usize,
    steps: usize,
    length: usize,
}

/// A URL with more steps is stored whole: rebuilding it would cost more than it saves.
const MAX_STEPS: usize = 24;

impl UrlTable {
    /// Returns a table with capacity for `count` URLs, which expire together.
    pub(crate) fn of(count: usize, expires_at: Option<SystemTime>) -> Self {
        // Reserves the usual size; the rest is released by `settle`.
        UrlTable {
            whole: String::with_capacity(2048),
            own: String::with_capacity(count * 128),
            steps: Vec::with_capacity(count * 4),
            kept: Vec::with_capacity(count),
            expires_at,
        }
    }

    /// Adds the URL of the next segment.
    pub fn push(&mut self, origin: &Origin) {
        let text = origin.url();
        let before = (self.own.len(), self.steps.len());
        let last_whole = self.kept.last().map(|last| last.whole);
        let whole = last_whole.filter(|_| self.compare(last_whole, text));
        let whole = whole.unwrap_or_else(|| {
            self.own.truncate(before.0);
            self.steps.truncate(before.1);
            self.whole.push_str(text);
            (self.whole.len() - text.len(), text.len())
        });
        self.kept.push(Kept {
            whole,
            own: before.0,
            steps: before.1,
            length: text.len(),
        });
    }

    /// Records the differences between `text` and the whole URL at `whole`. Returns false if that would not
    /// save memory.
    fn compare(&mut self, whole: Option<(usize, usize)>, mut text: &str) -> bool {
        let Some((start, length)) = whole else {
            return false;
        };
        let mut whole = &self.whole[start..start + length];
        let (most_own, own_before) = (text.len() / 2, self.own.len());
        for _ in 0..MAX_STEPS {
            let same = common(whole, text);
            (whole, text) = (&whole[same..], &text[same..]);
            if whole.is_empty() && text.is_empty() {
                return true;
            }
            // A difference extends to the end of a part of the URL.
            let (left_out, own) = match (whole.is_empty(), text.is_empty()) {
                (false, false) => (to_part_end(whole), to_part_end(text)),
                _ => (whole.len(), text.len()),
            };
            let numbers = (same.try_into(), left_out.try_into(), own.try_into());
            let (Ok(same), Ok(left_out), Ok(length)) = numbers else {
                return false;
            };
            self.steps.push(CopyStep {
                same,
                left_out,
                own: length,
            });
            self.own.push_str(&text[..own]);
            if self.own.len() - own_before > most_own {
                return false;
            }
            (whole, text) = (&whole[left_out as usize..], &text[own..]);
        }
        false
    }

    /// Returns the URL of segment `number`, byte for byte; `None` beyond the last.
    pub fn get(&self, number: usize) -> Option<Origin> {
        let kept = self.kept.get(number)?;
        let next = self.kept.get(number + 1);
        let steps = kept.steps..next.map_or(self.steps.len(), |next| next.steps);
        let (start, length) = kept.whole;
        let mut whole = &self.whole[start..start + length];
        let mut own = &self.own[kept.own..];
        let mut text = String::with_capacity(kept.length);
        for step in &self.steps[steps] {
            let (same, rest) = whole.split_at(step.same as usize);
            let (here, rest_own) = own.split_at(step.own as usize);
            text.push_str(same);
            text.push_str(here);
            (whole, own) = (&rest[step.left_out as usize..], rest_own);
        }
        text.push_str(whole);
        Some(Origin::new(text, self.expires_at))
    }

    /// Returns the number of URLs.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Returns true if there are none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Returns the bytes of memory that they take.
    pub fn weight(&self) -> usize {
        self.whole.len()
            + self.own.len()
            + self.steps.len() * size_of::<CopyStep>()
            + self.kept.len() * size_of::<Kept>()
    }

    /// Releases the capacity that was not needed.
    pub fn settle(&mut self) {
        self.whole.shrink_to_fit();
        self.own.shrink_to_fit();
        self.steps.shrink_to_fit();
    }
}

impl fmt::Debug for UrlTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UrlTable({})", self.len())
    }
}

/// Returns the number of bytes at the start that are equal in both texts, up to the start of a character.
fn common(one: &str, other: &str) -> usize {
    let (one_bytes, other_bytes) = (one.as_bytes(), other.as_bytes());
    // Nearly all of a kilobyte is equal: large steps first.
    let same = same_blocks::<32>(one_bytes, other_bytes);
    let same = same + same_blocks::<8>(&one_bytes[same..], &other_bytes[same..]);
    let mut same = same + same_blocks::<1>(&one_bytes[same..], &other_bytes[same..]);
    // If one text is in the middle of a character there, the other is, too.
    while !(one.is_char_boundary(same) && other.is_char_boundary(same)) {
        same -= 1;
    }
    same
}

/// Returns the number of bytes in the equal blocks at the start of both texts.
fn same_blocks<const BLOCK: usize>(one: &[u8], other: &[u8]) -> usize {
    let (one, _) = one.as_chunks::<BLOCK>();
    let (other, _) = other.as_chunks::<BLOCK>();
    let pairs = one.iter().zip(other);
    pairs.take_while(|(one, other)| one == other).count() * BLOCK
}

/// Returns the number of bytes up to the start of the URL's next part.
fn to_part_end(text: &str) -> usize {
    memchr::memchr3(b'&', b'/', b'?', text.as_bytes()).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(texts: &[String]) -> UrlTable {
        let mut addresses = UrlTable::of(texts.len(), None);
        for text in texts {
            addresses.push(&Origin::new(text.as_str(), None));
        }
        addresses
    }

    fn assert_come_back(texts: &[String]) {
        let addresses = kept(texts);
        assert_eq!(addresses.len(), texts.len());
        for (number, text) in texts.iter().enumerate() {
            let origin = addresses.get(number);
            assert_eq!(origin.as_ref().map(Origin::url), Some(text.as_str()));
        }
        assert_eq!(addresses.get(texts.len()), None);
    }

    /// Makes a part of a URL, from few values, so that parts are often equal or contain one another.
    fn part() -> impl Strategy<Value = String> {
        "[&/?é映a-b0=]{0,4}|len=[0-9]{1,6}|&|[a-z]{40}|\\PC{0,6}"
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn any_addresses_come_back_as_they_were(
            base in proptest::collection::vec(part(), 0..8),
            changes in proptest::collection::vec((0usize..8, part(), any::<bool>()), 0..12),
        ) {
            let mut parts = base;
            let mut texts = vec![parts.concat()];
            for (at, part, is_instead) in changes {
                let at = at.min(parts.len());
                match parts.get_mut(at) {
                    Some(here) if is_instead => *here = part,
                    _ => parts.insert(at, part),
                }
                texts.push(parts.concat());
            }
            assert_come_back(&texts);
        }
    }

    #[test]
    fn odd_neighbours() {
        let neighbours: &[&[&str]] = &[
            &["", "", "a", ""],
            &["a&b", "a", "a&b&c", "&"],
            &["a=1&x", "a=12&x", "a=&x", "a=1&"],
            &["https://v1/a?é", "https://v1/a?è", "https://v2/a?è"],
            &["aé", "a映", "a"],
        ];
        for texts in neighbours {
            assert_come_back(
                &texts
                    .iter()
                    .map(|&text| text.to_owned())
                    .collect::<Vec<_>>(),
            );
        }
    }

    #[test]
    fn the_addresses_of_a_film_take_a_fifth() {
        let padding = "8b0f266316128a2cdfcce4d".repeat(30);
        let address = |number: u64, host: &str| {
            let (first, last) = (number * 1_077_240, number * 1_077_240 + 1_077_239);
            format!(
                "https://{host}.upstream.example/video/c467_ts/c467?etag=c467&len=1077{number:03}&path=%2Ffilms%2FA.mp4\
                 &range={first}-{last}&sign=BOUTHNFI-F3530edecde9cd71-zlR%252B{number}y6EvPk%253D&xcode={padding}&by=x"
            )
        };
        let texts: Vec<String> = (0..720).map(|number| address(number, "v1")).collect();
        assert_come_back(&texts);
        let whole: usize = texts.iter().map(String::len).sum();
        let weight = kept(&texts).weight();
        assert!(weight * 5 < whole, "{weight} of {whole}");

        // A change of the host now and then makes little difference.
        let hosts = ["v1", "v2"].iter().cycle();
        let texts: Vec<String> = (0..100)
            .zip(hosts)
            .map(|(number, host)| address(number, host))
            .collect();
        assert_come_back(&texts);
        assert!(kept(&texts).whole.len() < 2000);
    }

    #[test]
    fn nothing_of_them_is_printed() {
        let addresses = kept(&["https://v1/secret".to_owned()]);
        assert_eq!(format!("{addresses:?}"), "UrlTable(1)");
    }
}
