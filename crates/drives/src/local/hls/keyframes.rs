//! Keyframe times of a film, from the lines that ffprobe prints.

use super::{Keyframe, KeyframeIndex};

/// The packets of a picture as ffprobe lists them.
#[derive(Debug, Default)]
pub(super) struct PacketTimes {
    pub(super) keys: Vec<Keyframe>,
    start_s: f64,
    last_s: f64,
    /// The times of the two packets decoded last, for the length of a picture.
    decoded_s: [f64; 2],
}

impl PacketTimes {
    /// Reads a line: `packet,{pts},{dts},{flags}` or `format,{start}`. A packet without a time has that of its
    /// decoding (AVI).
    pub(super) fn read_line(&mut self, line: &str) {
        let fields: Vec<&str> = line.split(',').collect();
        let seconds = |n: usize| fields.get(n).and_then(|time| time.parse::<f64>().ok());
        match fields.first() {
            Some(&"packet") => {
                let Some(shown_s) = seconds(1).or(seconds(2)) else {
                    return;
                };
                let decoded_s = seconds(2).unwrap_or(shown_s);
                self.last_s = self.last_s.max(shown_s);
                self.decoded_s = [self.decoded_s[1], decoded_s];
                if fields.get(3).is_some_and(|flags| flags.starts_with('K')) {
                    self.keys.push(Keyframe { shown_s, decoded_s });
                }
            }
            Some(&"format") => self.start_s = seconds(1).unwrap_or_default(),
            _ => {}
        }
    }

    /// Returns the keyframes, counted from the start of the film, in order.
    pub(super) fn index(mut self) -> KeyframeIndex {
        self.keys.sort_by(|a, b| a.shown_s.total_cmp(&b.shown_s));
        for key in &mut self.keys {
            key.shown_s = (key.shown_s - self.start_s).max(0.0);
            key.decoded_s -= self.start_s;
        }
        let picture_s = (self.decoded_s[1] - self.decoded_s[0]).clamp(0.0, 1.0);
        KeyframeIndex {
            keys: self.keys,
            end_s: self.last_s - self.start_s + picture_s,
        }
    }
}
