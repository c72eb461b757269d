//! Info (RFC 9559 §5.1.2): the unit of all times, the length, the title.

use super::{ebml, ids};
use crate::ContainerError;

const NANOSECONDS: u64 = 1_000_000_000;
const DEFAULT_TIMESTAMP_SCALE: u64 = 1_000_000;

/// Info, as far as it is used here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Info {
    pub clock: MatroskaClock,
    /// Length in ticks of the file; `None` if it is missing or absurd.
    pub duration: Option<i64>,
    pub title: Option<String>,
}

impl Info {
    /// Parses the content of an Info element.
    ///
    /// # Errors
    /// `Malformed` if the element is invalid.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Info, ContainerError> {
        let mut scale = DEFAULT_TIMESTAMP_SCALE;
        let mut duration = None;
        let mut title = None;
        for child in ebml::children(bytes) {
            let (id, value, _) = child?;
            match id {
                ids::TIMESTAMP_SCALE => scale = ebml::unsigned(value)?,
                ids::DURATION => duration = Some(ebml::float(value)?),
                ids::TITLE => title = Some(ebml::text(value)).filter(|title| !title.is_empty()),
                _ => {}
            }
        }
        let clock = MatroskaClock::new(scale)
            .ok_or(ContainerError::Malformed("its unit of time is absurd"))?;
        // A duration of more than a month is a field that was never filled in.
        let longest = 40.0 * 86_400.0 * 1e9 / scale as f64;
        Ok(Info {
            clock,
            duration: duration
                .filter(|ticks| *ticks > 0.0 && *ticks < longest)
                .map(|ticks| clock.ticks(ticks.round() as i64)),
            title,
        })
    }
}

/// The unit of a file's times, and the timescale of the repackaged stream.
///
/// The usual millisecond becomes 1000 ticks per second, so that each time is the file's own. Units that do not
/// divide a second (sound alone by mkvmerge) become microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MatroskaClock {
    scale: u64,
    timescale: u32,
}

impl MatroskaClock {
    fn new(scale: u64) -> Option<MatroskaClock> {
        if scale == 0 || scale > NANOSECONDS {
            return None;
        }
        let whole = NANOSECONDS.is_multiple_of(scale) && scale >= 1_000;
        let timescale = if whole {
            NANOSECONDS / scale
        } else {
            1_000_000
        };
        Some(MatroskaClock {
            scale,
            timescale: timescale as u32,
        })
    }

    /// Returns the nanoseconds of the file's unit.
    pub(crate) fn scale(self) -> u64 {
        self.scale
    }

    /// Returns the ticks per second of the repackaged stream.
    pub(crate) fn timescale(self) -> u32 {
        self.timescale
    }

    /// Returns the ticks of the repackaged stream for a time of the file.
    pub(crate) fn ticks(self, time: i64) -> i64 {
        if u64::from(self.timescale) * self.scale == NANOSECONDS {
            return time;
        }
        self.nanoseconds(i128::from(time) * i128::from(self.scale))
    }

    /// Returns the ticks nearest to a number of nanoseconds.
    pub(crate) fn nanoseconds(self, nanoseconds: i128) -> i64 {
        let unit = i128::from(NANOSECONDS);
        let ticks = (nanoseconds * i128::from(self.timescale) + unit / 2).div_euclid(unit);
        i64::try_from(ticks).unwrap_or(i64::MAX >> 1)
    }

    /// Returns the milliseconds for ticks of the repackaged stream.
    pub(crate) fn milliseconds(self, ticks: i64) -> i64 {
        let ms = i128::from(ticks) * 1000 / i128::from(self.timescale);
        i64::try_from(ms).unwrap_or(i64::MAX)
    }
}

impl Default for MatroskaClock {
    fn default() -> Self {
        MatroskaClock {
            scale: DEFAULT_TIMESTAMP_SCALE,
            timescale: 1000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_unit_stays_as_it_is() {
        let clock = MatroskaClock::new(1_000_000).unwrap();
        assert_eq!((clock.timescale(), clock.ticks(41)), (1000, 41));
        assert_eq!(clock.nanoseconds(41_708_333), 42);
        let odd = MatroskaClock::new(22_675).unwrap();
        assert_eq!((odd.timescale(), odd.ticks(1024)), (1_000_000, 23_219));
        assert_eq!(MatroskaClock::new(0), None);
        assert_eq!(MatroskaClock::new(2_000_000_000), None);
    }

    #[test]
    fn a_length_that_cannot_be_is_none() {
        let nan = [&[0x44, 0x89, 0x84][..], &f32::NAN.to_be_bytes()].concat();
        assert_eq!(Info::parse(&nan).unwrap().duration, None);
        let two_s = [&[0x44, 0x89, 0x88][..], &2000f64.to_be_bytes()].concat();
        assert_eq!(Info::parse(&two_s).unwrap().duration, Some(2000));
    }
}
