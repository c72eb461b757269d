//! Times that come from outside: a file system or an upstream may report any number.

use chrono::{DateTime, Datelike, Utc};

/// Returns the time of so many seconds since 1970, `None` for a time that is no plausible date.
///
/// See [`plausible_time`].
pub fn unix_time(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).and_then(plausible_time)
}

/// Returns `time`, or `None` if its year has more or fewer digits than a date of HTTP (RFC 9110 §5.6.7) or of
/// RFC 3339 can hold. Every time of an entry passes through here where it enters, so that no writer of dates
/// meets another one.
pub fn plausible_time(time: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (1..=9999).contains(&time.year()).then_some(time)
}

/// Formats a time as a date of HTTP (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_that_http_can_write() {
        for (seconds, expected) in [
            (784_111_777, Some("Sun, 06 Nov 1994 08:49:37 GMT")),
            (-170_000_000, Some("Wed, 12 Aug 1964 09:46:40 GMT")),
            (0, Some("Thu, 01 Jan 1970 00:00:00 GMT")),
            (253_402_300_799, Some("Fri, 31 Dec 9999 23:59:59 GMT")),
            (253_402_300_800, None),
            (-62_135_596_801, None),
            (i64::MAX, None),
            (i64::MIN, None),
        ] {
            let found = unix_time(seconds).map(http_date);
            assert_eq!(found.as_deref(), expected, "{seconds}");
        }
    }
}
