//! The pictures over the seek bar as Jellyfin's Trickplay: grids of ten by ten, each a JPEG. A picture stands for ten
//! seconds that were seen on a page; the place of one that is missing is black.

use std::fmt::Write;
use std::io::Cursor;

use axum::http::header;
use axum::response::Response;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageReader, Limits, RgbImage};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::ids::ItemId;
use super::images::scale_exclusively;
use super::request::AppCall;
use super::streams::MediaFile;
use crate::playback::seek_pictures::PICTURE_INTERVAL_S;
use crate::store::Store;
use crate::web::error::Problem;
use crate::web::{play, preconditions};
use media::Entry;

/// Pictures beside each other in a grid, and rows of it.
const COLUMNS: u32 = 10;
const ROWS: u32 = 10;
const PER_GRID: u32 = COLUMNS * ROWS;

/// Limit of the width and the height of a picture in a grid, in pixels.
const MAX_SIDE_PIXELS: u32 = 320;

/// Limit of the memory for decoding one picture, in bytes.
const MAX_DECODE_BYTES: u64 = 8 << 20;

/// Bits that a JPEG takes for a pixel, for the estimate of the bandwidth.
const BITS_PER_PIXEL: u32 = 2;

/// The pictures of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SeekPictures {
    width: u32,
    height: u32,
    /// The pictures from the beginning of the film to the last one, missing ones included.
    count: u32,
    /// The pictures that there are: with each new one, the grids are others.
    known: usize,
}

impl SeekPictures {
    /// Returns the pictures of a film; `None` if there are none.
    ///
    /// # Errors
    ///
    /// The state cannot be read.
    pub async fn of(store: &Store, film: &Entry) -> anyhow::Result<Option<Self>> {
        let numbers = store.seek_pictures(film).await?;
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
            return Ok(None);
        };
        let image = store.seek_picture(film, *first).await?;
        let size = image.and_then(|image| size(&image));
        Ok(size.map(|(width, height)| SeekPictures {
            width,
            height,
            count: last + 1,
            known: numbers.len(),
        }))
    }

    /// Returns the facts as that API writes them, by the width of a picture.
    pub fn json(&self) -> Value {
        json!({ self.width.to_string(): {
            "Width": self.width,
            "Height": self.height,
            "TileWidth": COLUMNS,
            "TileHeight": ROWS,
            "ThumbnailCount": self.count,
            "Interval": PICTURE_INTERVAL_S * 1000,
            "Bandwidth": self.width * self.height * BITS_PER_PIXEL / PICTURE_INTERVAL_S,
        }})
    }

    /// Returns the rows of a grid; 0 for a grid beyond the last.
    fn rows(&self, grid: u32) -> u32 {
        let before = grid.saturating_mul(PER_GRID);
        let inside = self.count.saturating_sub(before).min(PER_GRID);
        inside.div_ceil(COLUMNS)
    }
}

/// Returns the size of a picture in a grid: its own, or a smaller one of the same shape. `None` if it cannot be read.
fn size(image: &[u8]) -> Option<(u32, u32)> {
    let reader = ImageReader::new(Cursor::new(image))
        .with_guessed_format()
        .ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    let longest = width.max(height).max(1);
    let scaled = |side: u32| match longest <= MAX_SIDE_PIXELS {
        true => side,
        false => side * MAX_SIDE_PIXELS / longest,
    };
    Some((scaled(width).max(1), scaled(height).max(1)))
}

/// `GET /Videos/{id}/Trickplay/{width}/tiles.m3u8`, `GET /Videos/{id}/Trickplay/{width}/{index}.jpg`
pub(super) async fn answer(
    call: &AppCall,
    item: ItemId,
    (width, file): (&str, &str),
) -> Result<Response, Problem> {
    let film = MediaFile::of(call, item).await?;
    let pictures = SeekPictures::of(&call.site.store, &film.entry).await?;
    let pictures = pictures.ok_or(Problem::NOT_FOUND)?;
    if width != pictures.width.to_string() {
        return Err(Problem::NOT_FOUND);
    }
    if file == "tiles.m3u8" {
        let ids = &call.site.jellyfin.ids;
        let source = ids.of_path(&film.entry.place, &film.entry.path);
        return Ok(play::hls(playlist(&pictures, source, &film.ticket)));
    }
    let grid = file.strip_suffix(".jpg").and_then(|it| it.parse().ok());
    let grid = grid.filter(|grid| pictures.rows(*grid) > 0);
    let grid = grid.ok_or(Problem::NOT_FOUND)?;
    let key = grid_key(&film.entry, &pictures, grid);
    let etag = format!("\"{}\"", &key[..32]);
    let image = grid_image(call, &film.entry, pictures, grid, key).await?;
    let about = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "private, max-age=600"),
    ];
    preconditions::answer(&call.method, &call.headers, &etag, about, image)
}

/// Returns the image playlist of all grids.
fn playlist(pictures: &SeekPictures, source: ItemId, ticket: &str) -> String {
    let SeekPictures {
        width,
        height,
        count,
        ..
    } = *pictures;
    let longest_s = count.min(PER_GRID) * PICTURE_INTERVAL_S;
    let mut text = format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:{longest_s}\n#EXT-X-VERSION:7\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-IMAGES-ONLY\n"
    );
    for grid in 0..count.div_ceil(PER_GRID) {
        let inside = (count - grid * PER_GRID).min(PER_GRID);
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "#EXTINF:{},\n#EXT-X-TILES:RESOLUTION={width}x{height},LAYOUT={COLUMNS}x{},DURATION={PICTURE_INTERVAL_S}\n\
             {grid}.jpg?MediaSourceId={source}&ApiKey={ticket}\n",
            inside * PICTURE_INTERVAL_S,
            pictures.rows(grid),
        );
    }
    text + "#EXT-X-ENDLIST\n"
}

/// Returns a hash that stands for a grid with these pictures of this version of a film.
fn grid_key(film: &Entry, pictures: &SeekPictures, grid: u32) -> String {
    let facts = format!(
        "{}{}\n{:?}\n{:?}\n{}\n{pictures:?}\n{grid}",
        film.place, film.path, film.content, film.modified, film.size
    );
    HEXLOWER.encode(&Sha256::digest(facts))
}

/// Returns a grid, from memory or drawn anew.
async fn grid_image(
    call: &AppCall,
    film: &Entry,
    pictures: SeekPictures,
    grid: u32,
    key: String,
) -> Result<Bytes, Problem> {
    let images = async {
        let store = &call.site.store;
        let first = grid * PER_GRID;
        let images = store.seek_pictures_between(film, first, first + PER_GRID);
        images.await.map_err(Problem::from)
    };
    let small = &call.site.jellyfin.pictures;
    scale_exclusively(small, (key, 0), images, move |images| {
        draw(&images, pictures, grid)
    })
    .await?
    .ok_or(Problem::INTERNAL)
}

/// Draws a grid. A picture that cannot be decoded stays black; `None` if the grid cannot be encoded. CPU-bound.
fn draw(images: &[(u32, Vec<u8>)], pictures: SeekPictures, grid: u32) -> Option<Bytes> {
    let SeekPictures { width, height, .. } = pictures;
    let mut drawn = RgbImage::new(COLUMNS * width, pictures.rows(grid) * height);
    for (number, image) in images {
        let Some(picture) = decode(image, (width, height)) else {
            continue;
        };
        let slot = number % PER_GRID;
        let (x, y) = (slot % COLUMNS * width, slot / COLUMNS * height);
        imageops::replace(&mut drawn, &picture, x.into(), y.into());
    }
    let mut encoded = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut encoded, 75);
    drawn.write_with_encoder(encoder).ok()?;
    Some(encoded.into())
}

fn decode(image: &[u8], (width, height): (u32, u32)) -> Option<RgbImage> {
    let mut reader = ImageReader::new(Cursor::new(image))
        .with_guessed_format()
        .ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODE_BYTES);
    reader.limits(limits);
    let picture = reader.decode().ok()?;
    Some(
        match (picture.width(), picture.height()) == (width, height) {
            true => picture.into_rgb8(),
            false => picture
                .resize_exact(width, height, FilterType::Triangle)
                .into_rgb8(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(count: u32) -> SeekPictures {
        SeekPictures {
            width: 16,
            height: 8,
            count,
            known: 2,
        }
    }

    fn webp(width: u32, height: u32, color: [u8; 3]) -> Vec<u8> {
        let picture = RgbImage::from_pixel(width, height, image::Rgb(color));
        let mut bytes = Cursor::new(Vec::new());
        picture
            .write_to(&mut bytes, image::ImageFormat::WebP)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_grid_has_its_pictures_in_their_places_and_black_where_there_is_none() {
        let images = [
            (100, webp(16, 8, [250, 0, 0])),
            (112, webp(32, 16, [0, 0, 250])),
            (113, b"damaged".to_vec()),
        ];
        let grid = draw(&images, pictures(115), 1).unwrap();
        let grid = image::load_from_memory(&grid).unwrap().into_rgb8();
        assert_eq!(grid.dimensions(), (160, 16), "the second row is the last");
        assert!(grid.get_pixel(8, 4)[0] > 200 && grid.get_pixel(40, 12)[2] > 200);
        assert!(grid.get_pixel(56, 12).0.iter().all(|part| *part < 40));
        assert_eq!(pictures(115).rows(2), 0);
        assert_eq!(pictures(115).rows(u32::MAX), 0);
    }

    #[test]
    fn a_playlist_lists_all_grids() {
        let text = playlist(&pictures(115), ItemId([1; 16]), "t");
        let addresses: Vec<&str> = text.lines().filter(|it| !it.starts_with('#')).collect();
        assert_eq!(addresses.len(), 2);
        assert!(addresses[1].starts_with("1.jpg?MediaSourceId=0101"));
        assert!(
            text.contains("#EXTINF:1000,\n#EXT-X-TILES:RESOLUTION=16x8,LAYOUT=10x10,DURATION=10\n")
        );
        assert!(
            text.contains("#EXTINF:150,\n#EXT-X-TILES:RESOLUTION=16x8,LAYOUT=10x2,DURATION=10\n")
        );
    }

    #[test]
    fn a_large_picture_is_made_smaller_in_its_shape() {
        assert_eq!(size(&webp(240, 136, [0; 3])), Some((240, 136)));
        assert_eq!(size(&webp(1280, 640, [0; 3])), Some((320, 160)));
        assert_eq!(size(b"none"), None);
    }
}
