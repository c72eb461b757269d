//! QR codes of URLs.

use data_encoding::BASE64;
use fast_qr::convert::{Builder, Shape, svg::SvgBuilder};
use fast_qr::{ECL, QRBuilder};

/// Returns a QR code as a data URL for `img`; `None` if the text is too long for one.
pub(super) fn data_url(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let svg = SvgBuilder::default().shape(Shape::Square).to_str(&code);
    Some(format!(
        "data:image/svg+xml;base64,{}",
        BASE64.encode(svg.as_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_picture_or_nothing() {
        let code = data_url("http://127.0.0.1:7373/play/AQAA/").unwrap();
        let svg = BASE64
            .decode(code.split_once("base64,").unwrap().1.as_bytes())
            .unwrap();
        assert!(svg.starts_with(b"<svg"));
        assert_eq!(data_url(&"x".repeat(5_000)), None);
    }
}
