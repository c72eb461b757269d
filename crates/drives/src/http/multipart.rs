//! Forms of text fields, in the two encodings that upstreams require.

/// The encoding of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormEncoding {
    /// `application/x-www-form-urlencoded`
    Urlencoded,
    /// `multipart/form-data` (RFC 7578)
    Multipart,
}

/// Encodes a form of texts as `multipart/form-data`. Returns its media type and its body.
pub(super) fn multipart(form: &[(&str, &str)]) -> (String, String) {
    let mut boundary = "drive-in".to_owned();
    // No value may contain the boundary. The loop ends: a boundary that is longer than every value is in none.
    while form.iter().any(|(_, value)| value.contains(&boundary)) {
        boundary.push('-');
    }
    let mut body = String::new();
    for (name, value) in form {
        body.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str(&format!("--{boundary}--\r\n"));
    (format!("multipart/form-data; boundary={boundary}"), body)
}
