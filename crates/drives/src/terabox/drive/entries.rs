//! Maps the upstream's files to entries, and paths in both directions.
//!
//! The upstream uses absolute paths of the account; the drive shows one folder of it as its root. A file that
//! lies outside of the root, or whose name is invalid here, is not an entry.

use crate::terabox::types::File;
use media::{Entry, EntryKind, EntryPath, Place};

/// The folder of the account that the drive shows.
pub(crate) struct Root(EntryPath);

impl Root {
    pub(crate) fn new(folder: EntryPath) -> Self {
        Root(folder)
    }

    /// Returns the account's path of an entry.
    pub(crate) fn upstream(&self, path: &EntryPath) -> String {
        match (self.0.is_root(), path.is_root()) {
            (true, _) => path.as_str().to_owned(),
            (false, true) => self.0.as_str().to_owned(),
            (false, false) => format!("{}{path}", self.0),
        }
    }

    /// Returns the entry's path of an account's path; `None` outside of the root.
    pub(crate) fn local(&self, upstream: &str) -> Option<EntryPath> {
        let path = EntryPath::parse(upstream).ok()?;
        if self.0.is_root() {
            return Some(path);
        }
        if !path.is_within(&self.0) {
            return None;
        }
        EntryPath::parse(path.as_str().strip_prefix(self.0.as_str())?).ok()
    }
}

/// Returns a file as an entry at `path`.
pub(crate) fn entry(place: &Place, path: EntryPath, file: &File) -> Entry {
    let is_folder = file.isdir.0.unwrap_or(0) != 0;
    let kind = match (EntryKind::of_file(path.name()), file.category.0) {
        _ if is_folder => EntryKind::Folder,
        (EntryKind::Other, Some(1)) => EntryKind::Video,
        (EntryKind::Other, Some(2)) => EntryKind::Audio,
        (EntryKind::Other, Some(3)) => EntryKind::Image,
        (kind, _) => kind,
    };
    let dimension = |number: Option<i64>| {
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|&number| number > 0)
    };
    let thumbnail = file.thumbs.as_ref().and_then(|thumbs| thumbs.best());
    Entry {
        place: place.clone(),
        name: path.name().to_owned(),
        path,
        kind,
        size: match file.size.0 {
            Some(size) if !is_folder => u64::try_from(size).unwrap_or(0),
            _ => 0,
        },
        modified: file
            .server_mtime
            .0
            .filter(|&seconds| seconds > 0)
            .or(file.local_mtime.0.filter(|&seconds| seconds > 0))
            .and_then(media::unix_time),
        id: file.fs_id.0.clone().filter(|id| !id.is_empty()),
        content: match file.md5.0.as_deref() {
            Some(md5) if !is_folder && !md5.is_empty() => Some(plain_md5(md5)),
            _ => None,
        },
        duration_s: file.duration.filter(|&seconds| seconds > 0.0),
        width: dimension(file.width.0),
        height: dimension(file.height.0),
        // Folders come with thumbnails, too, but no page shows them.
        has_thumbnail: thumbnail.is_some() && !is_folder,
    }
}

/// Returns an MD5 as `filemetas` spells it. Lists scramble theirs: the tenth digit is moved up to `g` and
/// beyond, each digit is XORed with its index, and the eights are swapped in pairs. Any other text is returned
/// as it is.
fn plain_md5(md5: &str) -> String {
    scrambled_digits(md5).unwrap_or_else(|| md5.to_owned())
}

fn scrambled_digits(md5: &str) -> Option<String> {
    let text = md5.as_bytes();
    if text.len() != 32 || !(b'g'..=b'v').contains(&text[9].to_ascii_lowercase()) {
        return None;
    }
    let mut digits = String::with_capacity(32);
    for (index, &byte) in text.iter().enumerate() {
        let digit = match index {
            9 => u32::from(byte.to_ascii_lowercase() - b'g'),
            _ => char::from(byte).to_digit(16)?,
        };
        digits.push(char::from_digit(digit ^ (index as u32 & 15), 16)?);
    }
    let [a, b, c, d] = [0, 8, 16, 24].map(|from| &digits[from..from + 8]);
    Some([b, a, d, c].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_there_and_back() {
        let path = |text: &str| EntryPath::parse(text).unwrap();
        let cases = [
            ("/", "/", "/"),
            ("/", "/a/b.mp4", "/a/b.mp4"),
            (
                "/From: Other Applications/App-1/",
                "/",
                "/From: Other Applications/App-1",
            ),
            ("/Apps", "/a b.mp4", "/Apps/a b.mp4"),
        ];
        for (root, local, upstream) in cases {
            let root = Root::new(path(root));
            assert_eq!(root.upstream(&path(local)), upstream);
            assert_eq!(root.local(upstream), Some(path(local)), "{upstream}");
        }
        let root = Root::new(path("/Apps"));
        for outside in ["/", "/Other/a", "/Apps2/a", "/Apps/../a"] {
            assert_eq!(root.local(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_scrambled_md5_becomes_what_filemetas_says() {
        // Plain hashes and other texts stay.
        for same in [
            "cc06043bb48c0ecd38e063e449ebc729",
            "",
            "x",
            "0000000000000000180800010000001",
        ] {
            assert_eq!(plain_md5(same), same);
        }
        // Scrambling is its own inverse, so scrambling twice changes nothing.
        let scrambled = "bb290fa11t9db11d44a69dd2e2a89578";
        let plain = plain_md5(scrambled);
        assert!(
            plain.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{plain}"
        );
        assert_eq!(scramble(&plain), scrambled);
    }

    fn scramble(plain: &str) -> String {
        let [a, b, c, d] = [0, 8, 16, 24].map(|from| &plain[from..from + 8]);
        let swapped = [b, a, d, c].concat();
        let digit = |(index, c): (usize, char)| {
            let digit = c.to_digit(16).unwrap() ^ (index as u32 & 15);
            match index {
                9 => char::from(b'g' + digit as u8),
                _ => char::from_digit(digit, 16).unwrap(),
            }
        };
        swapped.chars().enumerate().map(digit).collect()
    }
}
