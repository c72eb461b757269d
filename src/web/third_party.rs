//! The programs of others that run in pages, hls.js and libass, as `build.rs` has compressed them.
//!
//! They are most of what a browser loads. They are compressed by gzip: browsers accept Brotli over TLS alone, which the
//! server of a household often lacks.

use std::borrow::Cow;
use std::io::Read;

use axum::http::{HeaderMap, header};
use flate2::read::GzDecoder;

use super::error::Problem;

// Defines `FILES`: the name and the compressed content of each file.
include!(concat!(env!("OUT_DIR"), "/third_party.rs"));

/// A file as it is sent.
pub(super) struct ThirdPartyFile {
    pub(super) data: Cow<'static, [u8]>,
    /// True if `Content-Encoding` is gzip.
    pub(super) is_compressed: bool,
}

/// Returns the compressed contents of all files.
pub(super) fn contents() -> impl Iterator<Item = &'static [u8]> {
    FILES.iter().map(|(_, content)| *content)
}

/// Returns the file of this name below `vendor/`, compressed if the client accepts that.
///
/// # Errors
/// 404 if there is none.
pub(super) fn file(name: &str, request: &HeaderMap) -> Result<ThirdPartyFile, Problem> {
    let found = FILES.iter().find(|(known, _)| *known == name);
    let (_, content) = found.ok_or(Problem::NOT_FOUND)?;
    if accepts_gzip(request) {
        return Ok(ThirdPartyFile {
            data: Cow::Borrowed(content),
            is_compressed: true,
        });
    }
    let mut data = Vec::new();
    let read = GzDecoder::new(*content).read_to_end(&mut data);
    // Never: the build wrote a whole file.
    read.map_err(|_| Problem::NOT_FOUND)?;
    Ok(ThirdPartyFile {
        data: data.into(),
        is_compressed: false,
    })
}

/// Returns true if `Accept-Encoding` names gzip with a weight above zero (RFC 9110 §12.5.3).
fn accepts_gzip(request: &HeaderMap) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING);
    let values = values.iter().filter_map(|value| value.to_str().ok());
    let mut codings = values.flat_map(|value| value.split(','));
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let is_gzip = name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip");
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let weight = weight.map_or(Some(1.0), |text| text.parse::<f32>().ok());
        is_gzip && weight.is_some_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())])
    }

    #[test]
    fn gzip_is_sent_to_clients_that_accept_it() {
        for (value, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("br;q=1.0, GZIP;q=0.8, *;q=0.1", true),
            ("x-gzip", true),
            ("gzip;q=0", false),
            ("gzip; q=0.000", false),
            ("gzip;q=much", false),
            ("identity", false),
            ("", false),
        ] {
            assert_eq!(accepts_gzip(&accepting(value)), expected, "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn both_forms_of_a_file_have_the_same_content() {
        let (mut packed_bytes, mut plain_bytes) = (0, 0);
        for (name, _) in FILES {
            let packed = file(name, &accepting("gzip")).unwrap_or_else(|_| panic!("{name}"));
            let plain = file(name, &HeaderMap::new()).unwrap_or_else(|_| panic!("{name}"));
            assert!(packed.is_compressed && !plain.is_compressed);
            let mut unpacked = Vec::new();
            GzDecoder::new(&*packed.data)
                .read_to_end(&mut unpacked)
                .unwrap();
            assert!(unpacked == *plain.data, "{name}");
            packed_bytes += packed.data.len();
            plain_bytes += plain.data.len();
        }
        assert!(
            packed_bytes * 2 < plain_bytes,
            "{packed_bytes}, {plain_bytes}"
        );
        assert!(file("libass/none.js", &HeaderMap::new()).is_err());
    }
}
