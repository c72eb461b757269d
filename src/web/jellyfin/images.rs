//! Pictures of items, in the size that an app asks for. A URL with the right `tag` needs no other credential, since apps
//! fetch pictures without any.

use std::io::Cursor;
use std::sync::Arc;

use axum::Json;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{ImageReader, Limits};
use serde_json::json;
use tokio::sync::Semaphore;

use super::ids::{ItemId, ItemIdentity};
use super::item_json::thumbnail;
use super::nodes::{node, places};
use super::request::AppCall;
use super::session::AppSession;
use crate::library::Freshness;
use crate::playback::pictures::PictureSize;
use crate::store::{TitlePicture, Viewer};
use crate::web::error::Problem;
use crate::web::urls::encode_path;
use crate::web::{play, preconditions};
use cache::Cache;

/// Memory of scaled pictures, in bytes.
const SCALED_BYTES: u64 = 32 << 20;

/// Widths of scaled pictures: a wish is rounded up, so that there are few versions of one picture.
const WIDTHS: [u32; 5] = [160, 320, 640, 1280, 1920];

/// Longest side of a picture that is decoded, in pixels, and the memory for it.
const MAX_SIDE_PIXELS: u32 = 8_000;
const MAX_DECODE_BYTES: u64 = 64 << 20;

/// Largest picture beside a film, in bytes.
const MAX_PICTURE_BYTES: usize = 16 << 20;

/// Scaled pictures by the tag of the original and their width, and grids of pictures by a hash and 0.
pub(super) struct SmallPictures {
    scaled: Cache<(String, u32), Bytes>,
    /// One picture is scaled at a time: it takes a core.
    scale_permit: Arc<Semaphore>,
}

impl Default for SmallPictures {
    fn default() -> Self {
        SmallPictures {
            scaled: Cache::builder()
                .weigher(|_, bytes: &Bytes| bytes.len() as u32 + 128)
                .max_capacity(SCALED_BYTES)
                .build(),
            scale_permit: Arc::new(Semaphore::new(1)),
        }
    }
}

/// A picture that was read.
struct ScaledPicture {
    bytes: Bytes,
    content_type: &'static str,
    etag: String,
}

/// `GET /Items/{id}/Images/{type}[/{index}]`
pub(super) async fn answer(call: &AppCall, id: ItemId, role: &str) -> Result<Response, Problem> {
    let ids = &call.site.jellyfin.ids;
    let has_tag = call
        .text("tag")
        .is_some_and(|tag| ids.is_picture_tag(id, role, tag));
    let session = match has_tag {
        true => None,
        false => Some(AppSession::of(call).await?),
    };
    let node = ids.find(id, &places(&call.site)).await?;
    let node = node.ok_or(Problem::NOT_FOUND)?;
    let viewer = match &session {
        Some(session) => session.viewer.clone(),
        None => call.site.viewers.owner(),
    };
    let file = picture_of(call, &node, role, &viewer).await?;
    let is_covered = session.is_none_or(|session| match &node {
        ItemIdentity::Entry(place, path) => session.covers(place, path),
        _ => session.sees_library(),
    });
    if !is_covered {
        return Err(Problem::NOT_FOUND);
    }
    let picture = scaled(call, read(call, &file).await?).await;
    let etag = format!("\"{}\"", picture.etag);
    let about = [
        (header::CONTENT_TYPE, picture.content_type),
        // With its tag, a URL names one version.
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    preconditions::answer(&call.method, &call.headers, &etag, about, picture.bytes)
}

/// `GET /Items/{id}/Images`
pub(super) async fn list(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
) -> Result<Response, Problem> {
    let node = node(&call.site, session, id).await?;
    let mut found = Vec::new();
    for (role, kind) in [("primary", "Primary"), ("backdrop", "Backdrop")] {
        if picture_of(call, &node, role, &session.viewer).await.is_ok() {
            found.push(json!({"ImageType": kind, "ImageTag": id.to_string(), "Size": 0}));
        }
    }
    Ok(Json(found).into_response())
}

/// Returns the picture of an item in a role.
async fn picture_of(
    call: &AppCall,
    node: &ItemIdentity,
    role: &str,
    viewer: &Viewer,
) -> Result<TitlePicture, Problem> {
    let site = &call.site;
    let found = match node {
        ItemIdentity::Title(id) => {
            let title = site.store.library_item(*id, viewer).await?;
            let title = title.ok_or(Problem::NOT_FOUND)?;
            match role {
                "primary" | "thumb" => title.poster,
                "backdrop" | "art" => title.backdrop,
                _ => None,
            }
        }
        ItemIdentity::Entry(place, path) if role == "primary" || role == "thumb" => {
            let entry = site.library.entry(place, path, Freshness::Cached).await?;
            thumbnail(&entry)
        }
        _ => None,
    };
    found.ok_or(Problem::NOT_FOUND)
}

async fn read(call: &AppCall, picture: &TitlePicture) -> Result<ScaledPicture, Problem> {
    let site = &call.site;
    let file = match picture {
        TitlePicture::File(file) => file,
        TitlePicture::Metadata(name) => {
            let metadata = site.metadata.as_ref().ok_or(Problem::NOT_FOUND)?;
            let picture = metadata.picture(name).await?;
            return Ok(ScaledPicture {
                content_type: match &*picture.content_type {
                    "image/png" => "image/png",
                    "image/webp" => "image/webp",
                    _ => "image/jpeg",
                },
                bytes: picture.bytes,
                etag: name.name.clone(),
            });
        }
    };
    if file.is_thumbnail {
        let entry = site
            .library
            .entry(&file.place, &file.path, Freshness::Cached)
            .await?;
        let picture = site.playback.picture(&entry, PictureSize::Large).await?;
        return Ok(ScaledPicture {
            bytes: picture.bytes.clone(),
            content_type: picture.content_type,
            etag: picture.etag.clone(),
        });
    }
    let ticket = site.tickets.owner();
    let address = format!("/play/{ticket}/{}{}", file.place, encode_path(&file.path));
    let headers = axum::http::HeaderMap::new();
    let response = play::answer_at(site, (call.peer, &Method::GET, &headers), &address).await?;
    let etag = response
        .headers()
        .get(header::ETAG)
        .and_then(|etag| etag.to_str().ok());
    let etag = etag.unwrap_or_default().trim_matches('"').to_owned();
    let bytes = axum::body::to_bytes(response.into_body(), MAX_PICTURE_BYTES).await;
    let bytes = bytes.map_err(|_| Problem::NOT_FOUND)?;
    let content_type = match media::content_type(file.path.name()) {
        kind if kind.starts_with("image/") => kind,
        _ => return Err(Problem::NOT_FOUND),
    };
    Ok(ScaledPicture {
        bytes,
        content_type,
        etag,
    })
}

/// Returns the width that an app asks for; `None` for the picture as it is.
fn wanted_width(call: &AppCall) -> Option<u32> {
    let widths = ["maxwidth", "fillwidth", "width"].into_iter();
    let width = widths.filter_map(|name| call.number(name)).min();
    let heights = ["maxheight", "fillheight", "height"].into_iter();
    let height = heights.filter_map(|name| call.number(name)).min();
    // A wish for a height alone is taken for that of a wide picture.
    let width = width.or(height.map(|height| height.saturating_mul(16) / 9))?;
    WIDTHS.into_iter().find(|known| i64::from(*known) >= width)
}

/// Returns a picture no wider than an app asks for; one that cannot be decoded stays as it is.
async fn scaled(call: &AppCall, picture: ScaledPicture) -> ScaledPicture {
    let Some(width) = wanted_width(call) else {
        return picture;
    };
    let small = &call.site.jellyfin.pictures;
    let key = (picture.etag.clone(), width);
    let original = std::future::ready(Ok(picture.bytes.clone()));
    let bytes = scale_exclusively(small, key, original, move |bytes| scale(&bytes, width)).await;
    let bytes = bytes.ok().flatten();
    match bytes {
        Some(bytes) => ScaledPicture {
            bytes,
            content_type: "image/jpeg",
            etag: format!("{}-{width}", picture.etag),
        },
        None => picture,
    }
}

/// Returns what was drawn for a key before, or draws it: one picture at a time. `None` if there is nothing to draw.
///
/// # Errors
///
/// Those of reading the originals.
pub(super) async fn scale_exclusively<O: Send + 'static>(
    small: &SmallPictures,
    key: (String, u32),
    originals: impl Future<Output = Result<O, Problem>> + Send,
    draw: impl FnOnce(O) -> Option<Bytes> + Send + 'static,
) -> Result<Option<Bytes>, Problem> {
    if let Some(known) = small.scaled.get(&key).await {
        return Ok(Some(known));
    }
    let _permit = small.scale_permit.acquire().await;
    // Drawn meanwhile, perhaps.
    if let Some(known) = small.scaled.get(&key).await {
        return Ok(Some(known));
    }
    let originals = originals.await?;
    let drawn = tokio::task::spawn_blocking(move || draw(originals)).await;
    let drawn = drawn.ok().flatten();
    if let Some(bytes) = &drawn {
        small.scaled.insert(key, bytes.clone()).await;
    }
    Ok(drawn)
}

/// Scales a picture down. Returns `None` if it is small enough, or cannot be decoded.
fn scale(bytes: &[u8], width: u32) -> Option<Bytes> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PIXELS);
    limits.max_image_height = Some(MAX_SIDE_PIXELS);
    limits.max_alloc = Some(MAX_DECODE_BYTES);
    reader.limits(limits);
    let picture = reader.decode().ok()?;
    if picture.width() <= width {
        return None;
    }
    let height =
        (u64::from(picture.height()) * u64::from(width) / u64::from(picture.width())).max(1);
    let small = picture
        .resize_exact(width, height as u32, FilterType::Triangle)
        .into_rgb8();
    let mut encoded = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut encoded, 82);
    small.write_with_encoder(encoder).ok()?;
    Some(encoded.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_scaled_down_and_never_up() {
        let picture = image::RgbImage::from_pixel(400, 200, image::Rgb([9, 90, 200]));
        let mut png = Vec::new();
        picture
            .write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png)
            .unwrap();
        let small = scale(&png, 160).unwrap();
        let small = image::load_from_memory(&small).unwrap();
        assert_eq!((small.width(), small.height()), (160, 80));
        assert!(scale(&png, 640).is_none());
        assert!(scale(b"no picture", 160).is_none());
    }
}
