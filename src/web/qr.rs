//! Addresses as pictures that a phone reads.

use data_encoding::BASE64;
use fast_qr::QRBuilder;
use fast_qr::convert::svg::SvgBuilder;

/// A QR code as a data URL; `None` where the text is too long for one.
pub(super) fn data_url(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).build().ok()?;
    let svg = SvgBuilder::default().to_str(&code);
    Some(format!(
        "data:image/svg+xml;base64,{}",
        BASE64.encode(svg.as_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use super::data_url;

    #[test]
    fn long_texts_have_no_picture() {
        assert!(
            data_url("http://192.168.1.5:7373/play/x/films/a.mp4")
                .is_some_and(|url| url.starts_with("data:image/svg+xml;base64,"))
        );
        assert_eq!(data_url(&"x".repeat(8000)), None);
    }
}
