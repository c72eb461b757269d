//! Names of lists in play URLs: the films of a folder or of a search, in the formats of players.

use percent_encoding::percent_decode_str;

use crate::web::urls::encode_name;

/// The format and the extent of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListFile {
    pub format: ListFormat,
    pub reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListFormat {
    M3u,
    Xspf,
    /// M3U with the properties that make Kodi play with inputstream.adaptive.
    Kodi,
}

/// The extent of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One film, or the films of one folder.
    Here,
    /// Also the films of all folders below.
    Below,
}

impl ListFile {
    /// Parses the file name of a list; `None` for any other name. Query strings are not used, since players
    /// drop them.
    pub fn parse(name: &str) -> Option<Self> {
        let (format, reach) = match name {
            "list.m3u" => (ListFormat::M3u, Reach::Here),
            "list.xspf" => (ListFormat::Xspf, Reach::Here),
            "kodi.m3u" => (ListFormat::Kodi, Reach::Here),
            "all.m3u" => (ListFormat::M3u, Reach::Below),
            "all.xspf" => (ListFormat::Xspf, Reach::Below),
            "all-kodi.m3u" => (ListFormat::Kodi, Reach::Below),
            _ => return None,
        };
        Some(ListFile { format, reach })
    }
}

/// Stands before the words of a search, in place of a place name; no place can have this name.
const SEARCH: &str = "~~search/";

/// A list of search results: `~~search/{words}/list.m3u`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SearchList {
    /// The search words.
    pub words: String,
    pub format: ListFormat,
}

impl SearchList {
    /// Parses the path after the ticket; `None` if it is not a search or is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let (words, name) = text.strip_prefix(SEARCH)?.split_once('/')?;
        let list = ListFile::parse(name).filter(|list| list.reach == Reach::Here)?;
        let words = percent_decode_str(words).decode_utf8().ok()?;
        let words = words.trim();
        let fits = !words.is_empty() && !words.contains(char::is_control);
        fits.then(|| SearchList {
            words: words.to_owned(),
            format: list.format,
        })
    }

    /// Returns true if a path is that of a search, well-formed or not.
    pub fn matches(text: &str) -> bool {
        text.starts_with(SEARCH)
    }
}

/// Returns the path of a search list after the ticket; `name` is such as `list.m3u`.
pub(in crate::web) fn search_list(words: &str, name: &str) -> String {
    format!("{SEARCH}{}/{name}", encode_name(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_an_address_that_no_place_has() {
        let address = search_list("50% / 映画", "list.m3u");
        assert_eq!(
            address,
            "~~search/50%25%20%2F%20%E6%98%A0%E7%94%BB/list.m3u"
        );
        assert_eq!(
            SearchList::parse(&address),
            Some(SearchList {
                words: "50% / 映画".to_owned(),
                format: ListFormat::M3u
            })
        );
        for bad in [
            "~~search/a/all.m3u",
            "~~search/a/b/list.m3u",
            "~~search//list.m3u",
            "~~search/%20/list.m3u",
            "~~search/%0a/list.m3u",
            "~~search/%ff/list.m3u",
            "~~search/list.m3u",
            "films/a/list.m3u",
        ] {
            assert_eq!(SearchList::parse(bad), None, "{bad}");
        }
    }
}
