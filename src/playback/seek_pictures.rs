//! Checks and rewrites the pictures that a page draws for the seek bar, makes those that are missing from key frames, and lists
//! them as WebVTT.
//!
//! A picture that a page sends is decoded within limits. Of a lossy WebP, the image data alone are kept, in a new
//! container; anything else is drawn smaller and encoded anew. So no byte of a sender's metadata is served.

use std::fmt::Write;
use std::io::Cursor;
use std::sync::Arc;

use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::{ExtendedColorType, ImageFormat, ImageReader, Limits};

use super::Playback;
use super::source::RepackagedFilm;
use bytes::Bytes;
use drives::DriveError;
use media::Entry;

/// Seconds of a film that one picture stands for.
pub const PICTURE_INTERVAL_S: u32 = 10;

/// Largest number of a picture: that of a film of 24 hours.
pub const MAX_PICTURE_NUMBER: u32 = 24 * 3600 / PICTURE_INTERVAL_S;

/// Maximum width and height of a picture that is accepted, in pixels.
const MAX_SIDE_PIXELS: u32 = 1280;

/// Width of a picture that is encoded here, in pixels.
const WIDTH: u32 = 160;

/// Maximum memory for decoding a picture, in bytes.
const MAX_DECODE_BYTES: u64 = 8 << 20;

impl RepackagedFilm {
    /// Returns the number of pictures that the film has over its seek bar.
    pub fn picture_count(&self) -> u32 {
        let count = (self.source().duration_s() / f64::from(PICTURE_INTERVAL_S)).ceil();
        (count as u32).min(MAX_PICTURE_NUMBER)
    }

    /// Returns the segment whose key frame is the picture of this number: the first that begins within its ten seconds, otherwise
    /// the one that they lie in.
    fn segment_of_picture(&self, number: u32) -> usize {
        let (plan, shift_s) = (self.source().plan(), self.source().shift_s());
        let start_s = f64::from(number * PICTURE_INTERVAL_S) + shift_s;
        let ticks = |seconds: f64| (seconds * f64::from(plan.timescale())) as i64;
        let around = plan.segment_at(ticks(start_s));
        let begins_within = |n: usize| {
            plan.get(n).is_some_and(|segment| {
                let begin = plan.seconds(segment.start);
                begin >= start_s && begin < start_s + f64::from(PICTURE_INTERVAL_S)
            })
        };
        match !begins_within(around) && begins_within(around + 1) {
            true => around + 1,
            false => around,
        }
    }
}

impl Playback {
    /// Makes the picture of this number from a key frame of the original, which is read at the lowest priority. `None` if what
    /// was decoded is not a picture.
    ///
    /// # Errors
    /// `NotFound` if its frames cannot be decoded, for which ffmpeg is needed; and the errors of the upstream.
    pub async fn seek_picture_of_frame(
        &self,
        entry: &Arc<Entry>,
        film: &RepackagedFilm,
        number: u32,
    ) -> Result<Option<Vec<u8>>, DriveError> {
        let segment = film.segment_of_picture(number);
        // Boxed: reading a container is a future of many states.
        let frame = Box::pin(self.small_key_frame(entry, film.source(), segment));
        let frame: Bytes = frame.await?;
        let rewritten = tokio::task::spawn_blocking(move || rewrite(&frame)).await;
        Ok(rewritten.ok().flatten())
    }
}

/// Returns a picture (WebP, JPEG or PNG) as WebP; `None` if it is damaged, of another format, or too large. CPU-bound.
pub fn rewrite(picture: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(picture))
        .with_guessed_format()
        .ok()?;
    let format = reader.format()?;
    if !matches!(
        format,
        ImageFormat::WebP | ImageFormat::Jpeg | ImageFormat::Png
    ) {
        return None;
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PIXELS);
    limits.max_image_height = Some(MAX_SIDE_PIXELS);
    limits.max_alloc = Some(MAX_DECODE_BYTES);
    reader.limits(limits);
    let decoded = reader.decode().ok()?;
    if format == ImageFormat::WebP
        && let Some(lossy) = lossy_image(picture)
    {
        return Some(container(lossy));
    }
    let height = (WIDTH * decoded.height() / decoded.width().max(1)).clamp(1, WIDTH);
    let small = decoded
        .resize_exact(WIDTH, height, FilterType::Triangle)
        .into_rgb8();
    let mut encoded = Vec::new();
    WebPEncoder::new_lossless(&mut encoded)
        .encode(&small, WIDTH, height, ExtendedColorType::Rgb8)
        .ok()?;
    Some(encoded)
}

/// Returns the image data of a lossy WebP file; `None` for any other (RFC 9649 §2.5).
fn lossy_image(file: &[u8]) -> Option<&[u8]> {
    let mut rest = file
        .strip_prefix(b"RIFF")?
        .get(4..)?
        .strip_prefix(b"WEBP")?;
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, size @ ..] = *head;
        let size = u32::from_le_bytes(size) as usize;
        let data = after.get(..size)?;
        if [a, b, c, d] == *b"VP8 " {
            return Some(data);
        }
        rest = after.get(size + size % 2..)?;
    }
    None
}

/// Writes a WebP file with these image data alone.
fn container(image: &[u8]) -> Vec<u8> {
    let padding = image.len() % 2;
    let size = (4 + 8 + image.len() + padding) as u32;
    let mut file = Vec::with_capacity(size as usize + 8);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&size.to_le_bytes());
    file.extend_from_slice(b"WEBPVP8 ");
    file.extend_from_slice(&(image.len() as u32).to_le_bytes());
    file.extend_from_slice(image);
    file.resize(file.len() + padding, 0);
    file
}

/// Returns the pictures of these numbers as WebVTT, each for ten seconds; URLs are relative to the film.
pub fn thumbnails_vtt(numbers: &[u32]) -> String {
    let mut text = "WEBVTT\n".to_owned();
    for number in numbers {
        let start = timestamp(number * PICTURE_INTERVAL_S);
        let end = timestamp((number + 1) * PICTURE_INTERVAL_S);
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{start} --> {end}\nthumbnails/{number}.webp\n");
    }
    text
}

fn timestamp(seconds: u32) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.000", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, RgbImage};

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 7]));
        DynamicImage::ImageRgb8(picture)
            .write_to(&mut bytes, format)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_is_rewritten_and_anything_else_is_refused() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let rewritten = rewrite(&encoded(240, 136, format)).unwrap();
            let read = image::load_from_memory_with_format(&rewritten, ImageFormat::WebP).unwrap();
            assert_eq!((read.width(), read.height()), (160, 90), "{format:?}");
        }
        let large = encoded(MAX_SIDE_PIXELS + 1, 10, ImageFormat::Png);
        let cut = &encoded(240, 136, ImageFormat::Jpeg)[..200];
        for wrong in [b"<svg/>".as_slice(), b"", b"GIF89a", &large, cut] {
            assert_eq!(rewrite(wrong), None);
        }
    }

    #[test]
    fn of_a_lossy_picture_the_image_alone_is_kept() {
        let image = [1u8, 2, 3];
        let mut file = b"RIFF\0\0\0\0WEBPEXIF\x02\0\0\0xyVP8 \x03\0\0\0".to_vec();
        file.extend_from_slice(&image);
        file.push(0);
        assert_eq!(lossy_image(&file), Some(&image[..]));
        let kept = container(&image);
        assert_eq!(kept.len(), 8 + 4 + 8 + 4);
        assert_eq!(lossy_image(&kept), Some(&image[..]));
        assert_eq!(lossy_image(b"RIFF\0\0\0\0WEBPVP8 \xff\0\0\0"), None);
    }

    #[test]
    fn a_list_of_pictures_has_ten_seconds_for_each() {
        let text = thumbnails_vtt(&[0, 366]);
        assert!(text.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:10.000\nthumbnails/0.webp\n"));
        assert!(text.ends_with("01:01:00.000 --> 01:01:10.000\nthumbnails/366.webp\n"));
    }
}
