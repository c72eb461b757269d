//! Formats numbers for people: sizes, lengths, percentages, durations.
//!
//! Pure functions with a table of cases each.

/// Formats bytes in decimal units: `1.4 GB`, `820 MB`, `12 bytes`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return match bytes {
            1 => "1 byte".to_owned(),
            _ => format!("{bytes} bytes"),
        };
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    // 999.95 would be shown as 1000.0 of its unit.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if value < 9.95 {
        format!("{value:.1} {}", UNITS[unit])
    } else {
        format!("{value:.0} {}", UNITS[unit])
    }
}

/// Formats seconds as a clock: `0:07`, `12:30`, `1:32:05`. Empty if the length is negative or not finite.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return String::new();
    }
    let whole = seconds.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// Formats a past time in one unit: `just now`, `5 minutes ago`, `3 days ago`.
pub fn ago(since: std::time::Duration) -> String {
    const UNITS: [(u64, &str, &str); 3] = [
        (24 * 3600, "day", "days"),
        (3600, "hour", "hours"),
        (60, "minute", "minutes"),
    ];
    let seconds = since.as_secs();
    UNITS
        .iter()
        .find(|(unit, _, _)| seconds >= *unit)
        .map_or("just now".to_owned(), |(unit, one, many)| {
            format!("{} ago", count((seconds / unit) as usize, one, many))
        })
}

/// Returns the share of `part` in `whole` in full percent, from 0 to 100.
pub fn percent(part: u64, whole: u64) -> u8 {
    if whole == 0 {
        return 0;
    }
    (u128::from(part) * 100 / u128::from(whole)).min(100) as u8
}

/// Formats a number with its noun: `1 film`, `12 films`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

/// Formats a time to come: `in 12 days`, `in 5 hours`, `in 3 minutes`, `now`.
pub fn until(left: chrono::TimeDelta) -> String {
    let minutes = left.num_minutes();
    match minutes {
        ..1 => "now".to_owned(),
        1..120 => format!("in {}", count(minutes as usize, "minute", "minutes")),
        120..2880 => format!("in {}", count((minutes / 60) as usize, "hour", "hours")),
        // 6 days and 23 hours are shown as a week.
        _ => format!(
            "in {}",
            count(((minutes + 720) / 1440) as usize, "day", "days")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let cases = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (1_440_000_000, "1.4 GB"),
            (9_960_000, "10 MB"),
            (820_000_000, "820 MB"),
            (999_600_000, "1.0 GB"),
            (2_199_023_255_552, "2.2 TB"),
            (u64::MAX, "18 EB"),
        ];
        for (bytes, words) in cases {
            assert_eq!(size(bytes), words, "{bytes}");
        }
    }

    #[test]
    fn lengths_look_like_a_clock() {
        let cases = [
            (0.0, "0:00"),
            (7.4, "0:07"),
            (59.6, "1:00"),
            (750.0, "12:30"),
            (5525.0, "1:32:05"),
            (36_000.0, "10:00:00"),
            (-1.0, ""),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ];
        for (seconds, words) in cases {
            assert_eq!(duration(seconds), words, "{seconds}");
        }
    }

    #[test]
    fn times_to_come_are_round() {
        let cases = [
            (-5, "now"),
            (1, "in 1 minute"),
            (119, "in 119 minutes"),
            (130, "in 2 hours"),
            (60 * 47, "in 47 hours"),
            (60 * 24 * 7 - 3, "in 7 days"),
            (60 * 24 * 30, "in 30 days"),
        ];
        for (minutes, words) in cases {
            assert_eq!(
                until(chrono::TimeDelta::minutes(minutes)),
                words,
                "{minutes}"
            );
        }
    }

    #[test]
    fn how_long_ago() {
        let cases = [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (7_199, "1 hour ago"),
            (3 * 24 * 3600 + 5, "3 days ago"),
        ];
        for (seconds, words) in cases {
            assert_eq!(ago(std::time::Duration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn parts_and_counts() {
        assert_eq!(percent(1, 3), 33);
        assert_eq!(percent(5, 0), 0);
        assert_eq!(percent(9, 3), 100);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
        assert_eq!(count(1, "film", "films"), "1 film");
        assert_eq!(count(0, "film", "films"), "0 films");
    }
}
