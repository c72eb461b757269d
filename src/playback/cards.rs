//! The preview picture of a link in a chat: a JPEG of 1200 × 630 pixels and less than 300 KB, made from a
//! poster.
//!
//! A poster of about that aspect ratio fills the card. Any other is drawn whole in front of an enlarged,
//! blurred and darkened copy of itself. Upstream pictures are decoded within limits, so that a small file
//! that claims to be a huge picture costs nothing. All of this is CPU-bound: call [`draw`] on a blocking
//! thread.

use std::io::Cursor;
use std::sync::LazyLock;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageReader, Limits, Rgb, RgbImage};

/// Width in pixels: what every chat shows large (Open Graph's 1.91 : 1).
pub const WIDTH: u32 = 1200;
/// Height in pixels.
pub const HEIGHT: u32 = 630;

/// Some chats drop pictures above 300 KB.
const MAX_CARD_BYTES: usize = 290_000;
/// JPEG qualities; the first whose result is small enough is used.
const QUALITIES: [u8; 7] = [84, 74, 62, 45, 28, 12, 3];

/// The maximum width and height of a poster in pixels.
const MAX_SIDE_PIXELS: u32 = 8_000;
/// The maximum memory for decoding a poster, in bytes.
const MAX_DECODE_BYTES: u64 = 64 << 20;

/// Draws the card of a poster (JPEG, PNG or WebP). Returns `None` if the file is in another format, is
/// damaged, or claims to be larger than a poster is.
pub fn draw(poster: &[u8]) -> Option<Bytes> {
    let mut reader = ImageReader::new(Cursor::new(poster))
        .with_guessed_format()
        .ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PIXELS);
    limits.max_image_height = Some(MAX_SIDE_PIXELS);
    limits.max_alloc = Some(MAX_DECODE_BYTES);
    reader.limits(limits);
    let poster = reader.decode().ok()?.into_rgb8();
    if poster.width() == 0 || poster.height() == 0 {
        return None;
    }
    let shape = f64::from(poster.width()) / f64::from(poster.height());
    let filled = cover(&poster);
    let card = if (0.85..1.18).contains(&(shape * f64::from(HEIGHT) / f64::from(WIDTH))) {
        filled
    } else {
        in_front_of_itself(&poster, &filled)
    };
    encode(&card)
}

/// Returns the card for films without a poster: a screen at dusk.
pub fn neutral() -> Bytes {
    static CARD: LazyLock<Bytes> = LazyLock::new(|| encode(&dusk()).unwrap_or_default());
    CARD.clone()
}

/// Crops the middle of a picture and scales it to the card.
fn cover(poster: &RgbImage) -> RgbImage {
    let (width, height) = poster.dimensions();
    let (w, h) = (u64::from(width), u64::from(height));
    let (card_w, card_h) = (u64::from(WIDTH), u64::from(HEIGHT));
    let (cut_w, cut_h) = if w * card_h > h * card_w {
        (((h * card_w / card_h).max(1)) as u32, height)
    } else {
        (width, ((w * card_h / card_w).max(1)) as u32)
    };
    let cut = imageops::crop_imm(
        poster,
        (width - cut_w) / 2,
        (height - cut_h) / 2,
        cut_w,
        cut_h,
    );
    imageops::resize(&*cut, WIDTH, HEIGHT, FilterType::CatmullRom)
}

/// Draws the whole poster in front of `filled`, blurred and darkened.
fn in_front_of_itself(poster: &RgbImage, filled: &RgbImage) -> RgbImage {
    // Scaling down and up again blurs.
    let tiny = imageops::resize(filled, 24, 13, FilterType::Triangle);
    let mut card = imageops::resize(&tiny, WIDTH, HEIGHT, FilterType::CatmullRom);
    for pixel in card.pixels_mut() {
        *pixel = Rgb(pixel.0.map(|part| (u16::from(part) * 2 / 5) as u8));
    }
    let scale = (f64::from(WIDTH) / f64::from(poster.width()))
        .min(f64::from(HEIGHT) / f64::from(poster.height()));
    let side =
        |length: u32, longest: u32| ((f64::from(length) * scale).round() as u32).clamp(1, longest);
    let (width, height) = (side(poster.width(), WIDTH), side(poster.height(), HEIGHT));
    let front = imageops::resize(poster, width, height, FilterType::CatmullRom);
    let (x, y) = ((WIDTH - width) / 2, (HEIGHT - height) / 2);
    imageops::replace(&mut card, &front, i64::from(x), i64::from(y));
    card
}

fn dusk() -> RgbImage {
    const SKY: [(f64, [f64; 3]); 4] = [
        (0.0, [13.0, 16.0, 34.0]),
        (0.55, [42.0, 34.0, 72.0]),
        (0.8, [107.0, 61.0, 77.0]),
        (1.0, [168.0, 96.0, 74.0]),
    ];
    let sky = |down: f64| {
        let next = SKY.iter().position(|(at, _)| *at >= down).unwrap_or(3);
        let ((from, before), (to, after)) = (SKY[next.saturating_sub(1)], SKY[next]);
        let part = if to > from {
            (down - from) / (to - from)
        } else {
            0.0
        };
        std::array::from_fn::<f64, 3, _>(|i| before[i] + (after[i] - before[i]) * part)
    };
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let (right, down) = (
            f64::from(x) / f64::from(WIDTH) - 0.5,
            f64::from(y) / f64::from(HEIGHT),
        );
        let hill = 0.87 + 0.03 * (right * 7.0).sin() + 0.012 * (right * 23.0).cos();
        if down > hill {
            return Rgb([9, 11, 24]);
        }
        let on_screen = right.abs() < 0.23 && (0.22..0.68).contains(&down);
        let on_post = (0.68..hill).contains(&down) && (right.abs() - 0.17).abs() < 0.006;
        if on_post {
            return Rgb([20, 20, 40]);
        }
        let colour = if on_screen {
            let light = 1.0 - 0.28 * (down - 0.22) - 0.12 * (right + 0.23);
            [255.0 * light, 238.0 * light, 203.0 * light]
        } else {
            // The screen lights up its surroundings.
            let away = ((right.abs() - 0.23).max(0.0) * 1.9)
                .hypot((0.22 - down).max(down - 0.68).max(0.0));
            let glow = (-away * 9.0).exp() * 0.4;
            let sky = sky(down);
            [
                sky[0] + (255.0 - sky[0]) * glow,
                sky[1] + (217.0 - sky[1]) * glow,
                sky[2] + (160.0 - sky[2]) * glow,
            ]
        };
        Rgb(colour.map(|part| part.clamp(0.0, 255.0) as u8))
    })
}

fn encode(card: &RgbImage) -> Option<Bytes> {
    for quality in QUALITIES {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode_image(card)
            .ok()?;
        if bytes.len() <= MAX_CARD_BYTES {
            return Some(bytes.into());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use image::ImageFormat;

    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        // Noise is what compresses worst.
        let mut state = 1u32;
        let noise = RgbImage::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
        });
        let mut bytes = Cursor::new(Vec::new());
        noise.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn assert_is_card(card: &[u8]) {
        let read = ImageReader::with_format(Cursor::new(card), ImageFormat::Jpeg)
            .decode()
            .unwrap();
        assert_eq!((read.width(), read.height()), (WIDTH, HEIGHT));
        assert!(card.len() < 300_000, "{} bytes", card.len());
    }

    #[test]
    fn every_shape_and_format_becomes_a_card() {
        for (width, height, format) in [
            (480, 270, ImageFormat::Jpeg),
            (300, 450, ImageFormat::Png),
            (300, 450, ImageFormat::WebP),
            (1, 1, ImageFormat::Jpeg),
            (1900, 40, ImageFormat::Png),
            (3, 700, ImageFormat::WebP),
        ] {
            assert_is_card(&draw(&picture(width, height, format)).unwrap());
        }
        assert_is_card(&neutral());
    }

    #[test]
    fn the_noisiest_picture_is_small_enough() {
        assert_is_card(&draw(&picture(1200, 630, ImageFormat::Png)).unwrap());
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        // A PNG that consists of a header only: 60,000 × 60,000 pixels, ten gigabytes.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bomb.extend_from_slice(&60_000u32.to_be_bytes());
        bomb.extend_from_slice(&60_000u32.to_be_bytes());
        bomb.extend_from_slice(&[8, 2, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(draw(&bomb), None);
        // Within the limit of its sides, beyond that of the memory.
        let wide = picture(1, 1, ImageFormat::Png);
        let mut wide_header = wide.clone();
        wide_header[16..20].copy_from_slice(&7_900u32.to_be_bytes());
        wide_header[20..24].copy_from_slice(&7_900u32.to_be_bytes());
        assert_eq!(draw(&wide_header), None);
    }

    #[test]
    fn what_is_no_picture_becomes_none() {
        for bytes in [
            &b""[..],
            b"GIF89a",
            b"\xff\xd8\xff",
            b"<html>",
            b"\x89PNG\r\n\x1a\n",
        ] {
            assert_eq!(draw(bytes), None);
        }
        let mut cut = picture(480, 270, ImageFormat::Png);
        cut.truncate(cut.len() / 3);
        assert_eq!(draw(&cut), None);
    }
}
