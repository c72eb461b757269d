//! Films whose pictures have their numbers in them, so that a test can read back which picture a player shows.
//!
//! A picture consists of blocks of 16 pixels in two rows of eight: white for a set bit of its number, the lowest bit first.

use std::io::Write;
use std::path::Path;

use super::make_film;

/// Pictures per second, and the seconds of a film.
pub const RATE: u32 = 25;
pub const SECONDS: u32 = 60;

/// Width and height of a picture.
pub const WIDTH: usize = 128;
pub const HEIGHT: usize = 32;

const BLOCK: usize = 16;
const BITS: usize = 12;

/// Seeks of each player for which a test takes a quick sample.
pub const SAMPLE: u32 = 8;

/// Returns times in seconds that are spread over the film, the same in each run: `DRIVEIN_SEEKS` of them, else `count`. Each
/// lies half of a picture behind the beginning of one.
pub fn seek_times(count: u32) -> Vec<f64> {
    let wanted = std::env::var("DRIVEIN_SEEKS").ok();
    let count = wanted.and_then(|it| it.parse().ok()).unwrap_or(count);
    let mut state = 7u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let last = f64::from(SECONDS) - 1.0;
    let time = |picture: f64| (picture.floor() * 40.0 + 220.0).round() / 1000.0;
    (0..count)
        .map(|_| time(random() * (last - 1.0) * f64::from(RATE)))
        .collect()
}

/// Returns true if this is a picture that may be shown after a seek. A stream begins by two pictures later than the film,
/// since no decode time is negative, and some players show the picture before a time, others the one after it.
pub fn is_shown_at(number: u32, seconds: f64) -> bool {
    let wanted = (seconds * f64::from(RATE)).ceil() as u32;
    (wanted.saturating_sub(4)..=wanted + 1).contains(&number)
}

/// Reads the number of a picture, of which `brightness(x, y)` returns a pixel.
pub fn number_of(brightness: impl Fn(usize, usize) -> u8) -> u32 {
    (0..BITS)
        .filter(|bit| {
            let (column, row) = (bit % (WIDTH / BLOCK), bit / (WIDTH / BLOCK));
            brightness(column * BLOCK + BLOCK / 2, row * BLOCK + BLOCK / 2) > 126
        })
        .fold(0, |number, bit| number | 1 << bit)
}

/// Reads the number of a picture of gray pixels.
pub fn number(pixels: &[u8]) -> u32 {
    number_of(|x, y| pixels[y * WIDTH + x])
}

fn picture(number: u32) -> Vec<u8> {
    let mut pixels = vec![16; WIDTH * HEIGHT];
    for (at, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = (at % WIDTH, at / WIDTH);
        let bit = y / BLOCK * (WIDTH / BLOCK) + x / BLOCK;
        if bit < BITS && number >> bit & 1 == 1 {
            *pixel = 235;
        }
    }
    pixels
}

/// Makes the film in `folder`, once in each of these containers; `more` are options of the encoder.
pub fn make_numbered_films(folder: &Path, names: &[&str], more: &[&str]) {
    let raw = folder.join(".numbers.raw");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&raw).unwrap());
    for number in 0..RATE * SECONDS {
        file.write_all(&picture(number)).unwrap();
    }
    file.into_inner().unwrap();
    let inputs = format!(
        "-f rawvideo -pix_fmt gray -s {WIDTH}x{HEIGHT} -r 25 -i .numbers.raw -f lavfi -i sine=duration=60 -c:a aac"
    );
    let codecs = "-pix_fmt yuv420p -c:v libx264 -preset veryfast -bf 2 -g 100";
    let arguments = inputs.split(' ').chain(codecs.split(' '));
    let first = folder.join(names[0]);
    make_film(&first, arguments.chain(more.iter().copied()));
    std::fs::remove_file(&raw).unwrap();
    for name in &names[1..] {
        make_film(&folder.join(name), ["-i", names[0], "-c", "copy"]);
    }
}
