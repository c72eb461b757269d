//! Pages of folders and searches, and their cursors, which hold the page size and the start of the next page.

use crate::DriveError;
use crate::cloudreve::client::{PageAt, PageQuery};
use crate::cloudreve::types::Pagination;
use media::PageRequest;

/// Upper limit for the size of a page.
pub(crate) const MAX_PAGE: usize = 2000;

impl PageQuery {
    /// Returns the cursor with which a client requests this page.
    pub(crate) fn cursor(&self) -> String {
        match &self.at {
            PageAt::First => format!("{}:", self.size),
            PageAt::Token(token) => format!("{}:t{token}", self.size),
            PageAt::Number(number) => format!("{}:p{number}", self.size),
        }
    }
}

pub(crate) fn page_query(
    operation: &'static str,
    page: &PageRequest,
) -> Result<PageQuery, DriveError> {
    let no_cursor = || DriveError::bad_request(operation, "no cursor of this drive");
    let (size, at) = match &page.cursor {
        None => (page.limit.clamp(1, MAX_PAGE), PageAt::First),
        Some(cursor) => cursor_parts(cursor).ok_or_else(no_cursor)?,
    };
    if !(1..=MAX_PAGE).contains(&size) {
        return Err(no_cursor());
    }
    Ok(PageQuery {
        size,
        sort: page.sort,
        order: page.order,
        at,
    })
}

/// Parses a cursor; `None` if it is not one of ours.
pub(crate) fn cursor_parts(cursor: &str) -> Option<(usize, PageAt)> {
    let (size, at) = cursor.split_once(':')?;
    let at = match (at.strip_prefix('t'), at.strip_prefix('p')) {
        (Some(token), _) if !token.is_empty() => PageAt::Token(token.to_owned()),
        (_, Some(number)) => PageAt::Number(number.parse().ok()?),
        _ => return None,
    };
    Some((size.parse().ok()?, at))
}

/// Returns the page after this one; `None` after the last. Its size stays as the upstream has set it.
pub(crate) fn next(told: &Pagination, query: &PageQuery) -> Option<PageQuery> {
    let size = usize::try_from(told.page_size)
        .ok()
        .filter(|size| (1..=MAX_PAGE).contains(size))
        .unwrap_or(query.size);
    let token = told.next_token.as_deref().filter(|token| !token.is_empty());
    let at = match (token, told.total_items) {
        (Some(token), _) => PageAt::Token(token.to_owned()),
        (None, Some(total)) if !told.is_cursor => {
            let next = u64::try_from(told.page).ok()? + 1;
            let seen = next.checked_mul(size as u64)?;
            if seen >= u64::try_from(total).ok()? {
                return None;
            }
            PageAt::Number(next)
        }
        _ => return None,
    };
    Some(PageQuery {
        size,
        at,
        ..query.clone()
    })
}

/// Returns the query part of a search URI, in which each word must be part of the name; `None` if there is no
/// word.
pub(crate) fn search_query(words: &str) -> Option<String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let mut is_empty = true;
    for word in words.split_whitespace() {
        // No name contains these characters; in a search they have another meaning.
        let word = word.replace(['*', '"'], "");
        if !word.is_empty() {
            query.append_pair("name", &word);
            is_empty = false;
        }
    }
    if is_empty {
        return None;
    }
    query.append_pair("case_folding", "");
    Some(query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::{Order, SortBy};

    #[test]
    fn cursors_lead_on_by_token_or_by_number() {
        let first = page_query(
            "list",
            &PageRequest {
                cursor: None,
                limit: 5000,
                sort: SortBy::Size,
                order: Order::Descending,
            },
        )
        .unwrap();
        assert_eq!((first.size, &first.at), (MAX_PAGE, &PageAt::First));
        let told = |page, page_size, total_items, token: Option<&str>, is_cursor| Pagination {
            page,
            page_size,
            total_items,
            next_token: token.map(str::to_owned),
            is_cursor,
        };
        let read = |query: &PageQuery| {
            let request = PageRequest {
                cursor: Some(query.cursor()),
                sort: SortBy::Size,
                order: Order::Descending,
                ..PageRequest::default()
            };
            page_query("list", &request).unwrap()
        };
        // The site returns smaller pages than requested, and the token belongs to that size.
        let second = next(&told(0, 200, None, Some("a+/=|b"), true), &first).unwrap();
        assert_eq!(second.size, 200);
        assert_eq!(read(&second), second);
        assert_eq!(next(&told(0, 200, None, None, true), &first), None);
        assert_eq!(next(&told(0, 200, None, Some(""), true), &first), None);
        let second = next(&told(0, 50, Some(101), None, false), &first).unwrap();
        assert_eq!(second.at, PageAt::Number(1));
        assert_eq!(read(&second), second);
        assert!(next(&told(1, 50, Some(101), None, false), &first).is_some());
        assert_eq!(next(&told(2, 50, Some(101), None, false), &first), None);
        // A share of one file.
        assert_eq!(next(&told(0, 0, None, None, false), &first), None);
        for wrong in ["", "x", "50:", "50:q1", "0:p1", "99999:p1", "50:pp", "50:t"] {
            let request = PageRequest {
                cursor: Some(wrong.to_owned()),
                ..PageRequest::default()
            };
            assert!(page_query("list", &request).is_err(), "{wrong}");
        }
    }

    #[test]
    fn searches_are_words_that_mean_themselves() {
        let cases = [
            ("film", Some("name=film&case_folding=")),
            (" a  b&c ", Some("name=a&name=b%26c&case_folding=")),
            ("\"a*\" *", Some("name=a&case_folding=")),
            ("*", None),
            ("", None),
        ];
        for (words, expected) in cases {
            assert_eq!(search_query(words).as_deref(), expected, "{words}");
        }
    }
}
