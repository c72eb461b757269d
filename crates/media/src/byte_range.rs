//! Byte ranges: parses a `Range` header, and resolves it for a body of a known length.
//!
//! Only a single range is supported (RFC 9110 §14.2 allows to ignore others); no player requests more than
//! one.

/// Bytes `first..=last` of a body, counted from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByteRange {
    /// The first byte.
    pub first: u64,
    /// The last byte, inclusive.
    pub last: u64,
}

impl ByteRange {
    /// Creates the range `first..=last`; `None` if it would be empty.
    pub fn new(first: u64, last: u64) -> Option<Self> {
        (first <= last).then_some(ByteRange { first, last })
    }

    /// Returns the length in bytes.
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(self) -> u64 {
        self.last - self.first + 1
    }
}

/// A parsed `Range` header, before the length of the body is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeRequest {
    /// No range, or one to be ignored: the whole body.
    Whole,
    /// `bytes=a-b` or, without a last byte, `bytes=a-`.
    From {
        /// The first byte.
        first: u64,
        /// The last byte; `None` for the end of the body.
        last: Option<u64>,
    },
    /// `bytes=-n`: the last n bytes.
    Suffix(u64),
}

impl RangeRequest {
    /// Parses a `Range` header. A malformed header, another unit or several ranges yield
    /// [`RangeRequest::Whole`], as RFC 9110 §14.2 allows.
    pub fn parse(header: Option<&str>) -> Self {
        header
            .and_then(Self::parse_single)
            .unwrap_or(RangeRequest::Whole)
    }

    fn parse_single(header: &str) -> Option<Self> {
        let (unit, spec) = header.split_once('=')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") || spec.contains(',') {
            return None;
        }
        let (first, last) = spec.trim().split_once('-')?;
        let number = |text: &str| -> Option<u64> {
            (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| text.parse().ok())
                .flatten()
        };
        match (first.trim(), last.trim()) {
            ("", last) => Some(RangeRequest::Suffix(number(last)?)),
            (first, "") => Some(RangeRequest::From {
                first: number(first)?,
                last: None,
            }),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(RangeRequest::From {
                    first,
                    last: Some(last),
                })
            }
        }
    }

    /// Resolves the range for a body of `length` bytes. `Ok(None)` is the whole body.
    ///
    /// # Errors
    ///
    /// Returns `Err(())` for a range that cannot be satisfied (416).
    #[allow(clippy::result_unit_err)]
    pub fn resolve(self, length: u64) -> Result<Option<ByteRange>, ()> {
        match self {
            RangeRequest::Whole => Ok(None),
            RangeRequest::From { first, last } => {
                if first >= length {
                    return Err(());
                }
                let last = last.map_or(length - 1, |last| last.min(length - 1));
                Ok(ByteRange::new(first, last))
            }
            RangeRequest::Suffix(wanted) => {
                if wanted == 0 || length == 0 {
                    return Err(());
                }
                Ok(ByteRange::new(length.saturating_sub(wanted), length - 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_headers_over_a_body_of_ten_bytes() {
        let part = |first, last| Ok(Some(ByteRange { first, last }));
        let cases: &[(&str, Result<Option<ByteRange>, ()>)] = &[
            ("bytes=0-9", part(0, 9)),
            ("bytes=0-", part(0, 9)),
            ("bytes=3-5", part(3, 5)),
            ("bytes=3-99", part(3, 9)),
            ("Bytes = 3-5", part(3, 5)),
            ("bytes=9-9", part(9, 9)),
            ("bytes=-1", part(9, 9)),
            ("bytes=-10", part(0, 9)),
            ("bytes=-99", part(0, 9)),
            ("bytes=10-", Err(())),
            ("bytes=10-20", Err(())),
            ("bytes=-0", Err(())),
            ("bytes=5-3", Ok(None)),
            ("bytes=", Ok(None)),
            ("bytes=-", Ok(None)),
            ("bytes=a-b", Ok(None)),
            ("bytes=+1-2", Ok(None)),
            ("bytes=0-1,3-4", Ok(None)),
            ("items=0-1", Ok(None)),
            ("bytes=99999999999999999999-", Ok(None)),
        ];
        for (header, expected) in cases {
            assert_eq!(
                RangeRequest::parse(Some(header)).resolve(10),
                *expected,
                "{header}"
            );
        }
        assert_eq!(RangeRequest::parse(None).resolve(10), Ok(None));
        assert_eq!(RangeRequest::parse(Some("bytes=0-")).resolve(0), Err(()));
        assert_eq!(RangeRequest::parse(Some("bytes=-5")).resolve(0), Err(()));
    }
}
