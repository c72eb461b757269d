//! Formats numbers that are the same in every language: lengths and percentages. Sizes and dates are in
//! `web::locale`.

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

/// Returns the share of `part` in `whole` in full percent, from 0 to 100.
pub fn percent(part: u64, whole: u64) -> u8 {
    if whole == 0 {
        return 0;
    }
    (u128::from(part) * 100 / u128::from(whole)).min(100) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn parts_in_percent() {
        assert_eq!(percent(1, 3), 33);
        assert_eq!(percent(5, 0), 0);
        assert_eq!(percent(9, 3), 100);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
    }
}
