//! Formats sizes, dates and periods in a language.

use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use super::Language;

impl Language {
    /// Formats bytes in decimal units: `1.4 GB`, `820 MB`, `12 bytes`.
    pub fn size(&'static self, bytes: u64) -> String {
        const UNITS: [&str; 6] = [
            "size-kb", "size-mb", "size-gb", "size-tb", "size-pb", "size-eb",
        ];
        if bytes < 1000 {
            return self.text("size-bytes").with("count", bytes).into();
        }
        let mut value = bytes as f64 / 1000.0;
        let mut unit = 0;
        // 999.95 would be shown as 1000.0 of its unit.
        while value >= 999.5 && unit + 1 < UNITS.len() {
            value /= 1000.0;
            unit += 1;
        }
        let value = match value < 9.95 {
            true => self.decimal(&format!("{value:.1}")),
            false => format!("{value:.0}"),
        };
        self.text(UNITS[unit]).with("value", value).into()
    }

    /// Replaces the decimal point of a number by the decimal sign of the language.
    pub fn decimal(&'static self, number: &str) -> String {
        number.replace('.', &self.text("number-decimal-sign").to_string())
    }

    /// Returns a text of numbers and signs, which also stands from left to right in a script from right to left: `1920 × 1080`
    /// (Unicode UAX #9, LRI and PDI).
    pub fn left_to_right(&'static self, text: String) -> String {
        match self.is_rtl {
            true => format!("\u{2066}{text}\u{2069}"),
            false => text,
        }
    }

    /// Formats a day: `2026-07-14`.
    pub fn day(&'static self, time: DateTime<Utc>) -> String {
        self.text("date-day")
            .with("year", time.year().to_string())
            .with("month", format!("{:02}", time.month()))
            .with("day", format!("{:02}", time.day()))
            .into()
    }

    /// Formats a day and a time of day: `2026-07-14 18:05 UTC`.
    pub fn time(&'static self, time: DateTime<Utc>) -> String {
        let clock = format!("{:02}:{:02}", time.hour(), time.minute());
        self.text("date-time")
            .with("day", self.day(time))
            .with("clock", clock)
            .into()
    }

    /// Formats a past time in one unit: `just now`, `5 minutes ago`, `3 days ago`.
    pub fn ago(&'static self, since: Duration) -> String {
        const UNITS: [(u64, &str); 3] = [
            (24 * 3600, "ago-days"),
            (3600, "ago-hours"),
            (60, "ago-minutes"),
        ];
        let seconds = since.as_secs();
        let unit = UNITS.iter().find(|(unit, _)| seconds >= *unit);
        match unit {
            Some((unit, id)) => self.text(id).with("count", seconds / unit).into(),
            None => self.text("ago-now").into(),
        }
    }

    /// Formats a time to come: `in 12 days`, `in 5 hours`, `in 3 minutes`, `now`.
    pub fn until(&'static self, left: TimeDelta) -> String {
        let minutes = left.num_minutes();
        let (id, count) = match minutes {
            ..1 => return self.text("until-now").into(),
            1..120 => ("until-minutes", minutes),
            120..2880 => ("until-hours", minutes / 60),
            // 6 days and 23 hours are shown as a week.
            _ => ("until-days", (minutes + 720) / 1440),
        };
        self.text(id).with("count", count).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(tag: &str) -> &'static Language {
        Language::tagged(tag).unwrap()
    }

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
            assert_eq!(Language::english().size(bytes), words, "{bytes}");
        }
        assert_eq!(named("de").size(1_440_000_000), "1,4 GB");
    }

    #[test]
    fn days_and_times_have_the_order_of_the_language() {
        let time = DateTime::from_timestamp(1_784_052_300, 0).unwrap();
        let size = |tag| named(tag).left_to_right("1920 × 1080".to_owned());
        assert_eq!(size("en"), "1920 × 1080");
        assert_eq!(size("ar"), "\u{2066}1920 × 1080\u{2069}");
        let cases = [
            ("en", "2026-07-14", "2026-07-14 18:05 UTC"),
            ("de", "14.07.2026", "14.07.2026, 18:05 UTC"),
        ];
        for (tag, day, clock) in cases {
            assert_eq!(named(tag).day(time), day, "{tag}");
            assert_eq!(named(tag).time(time), clock, "{tag}");
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
            let left = TimeDelta::minutes(minutes);
            assert_eq!(Language::english().until(left), words, "{minutes}");
        }
        assert_eq!(named("de").until(TimeDelta::days(3)), "in 3 Tagen");
    }

    #[test]
    fn past_times_have_one_unit() {
        let cases = [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (7_199, "1 hour ago"),
            (3 * 24 * 3600 + 5, "3 days ago"),
        ];
        for (seconds, words) in cases {
            let since = Duration::from_secs(seconds);
            assert_eq!(Language::english().ago(since), words);
        }
    }
}
