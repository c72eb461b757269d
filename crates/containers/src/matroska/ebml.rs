//! EBML (RFC 8794): element headers and values, every size checked against the bytes that are there.

use crate::ContainerError;

/// Bytes of the longest element header: an ID of four bytes and a size of eight (RFC 8794 §11.2.4, §6.1).
pub(crate) const MAX_HEADER_BYTES: usize = 12;

/// Header of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub id: u32,
    /// Bytes of the content; `None` if the size is unknown (RFC 8794 §6.2).
    pub size: Option<u64>,
    /// Bytes of the header itself.
    pub length: usize,
}

/// Parses the element header at the start of `bytes`.
///
/// # Errors
/// `Truncated` if `bytes` ends before the header does, `Malformed` if no header can begin like this.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ContainerError> {
    let first = *bytes.first().ok_or(ContainerError::Truncated)?;
    let id_length = first.leading_zeros() as usize + 1;
    if id_length > 4 {
        return Err(ContainerError::Malformed("an element has no valid ID"));
    }
    let id = bytes.get(..id_length).ok_or(ContainerError::Truncated)?;
    let id = id.iter().fold(0, |id, &byte| id << 8 | u32::from(byte));
    let (size, size_length) = vint(&bytes[id_length..])?;
    Ok(Header {
        id,
        size,
        length: id_length + size_length,
    })
}

/// Parses a variable-length number (RFC 8794 §4): its value, `None` if all bits are set, and its length in
/// bytes.
///
/// # Errors
/// `Truncated` if `bytes` ends before the number does, `Malformed` if the first byte is zero.
pub(crate) fn vint(bytes: &[u8]) -> Result<(Option<u64>, usize), ContainerError> {
    let first = *bytes.first().ok_or(ContainerError::Truncated)?;
    let length = first.leading_zeros() as usize + 1;
    if length > 8 {
        return Err(ContainerError::Malformed(
            "a size is longer than eight bytes",
        ));
    }
    let all = bytes.get(..length).ok_or(ContainerError::Truncated)?;
    let mask = (1u64 << (7 * length)) - 1;
    let value = all
        .iter()
        .fold(0u64, |value, &byte| value << 8 | u64::from(byte))
        & mask;
    Ok(((value != mask).then_some(value), length))
}

/// The elements of a master element that is in memory as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Children<'a> {
    rest: &'a [u8],
    taken: usize,
}

/// Returns an iterator over the elements in `bytes`: ID, content, and position of the content in `bytes`. It
/// ends after the first error.
pub(crate) fn children(bytes: &[u8]) -> Children<'_> {
    Children {
        rest: bytes,
        taken: 0,
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = Result<(u32, &'a [u8], usize), ContainerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let found = header(self.rest).and_then(|header| {
            let size = header
                .size
                .and_then(|size| usize::try_from(size).ok())
                .ok_or(ContainerError::Malformed(
                    "an element within another has no size",
                ))?;
            let end = header
                .length
                .checked_add(size)
                .filter(|&end| end <= self.rest.len())
                .ok_or(ContainerError::Malformed(
                    "an element reaches past the one that holds it",
                ))?;
            Ok((header, end))
        });
        match found {
            Ok((header, end)) => {
                let (element, rest) = self.rest.split_at(end);
                let position = self.taken + header.length;
                self.rest = rest;
                self.taken += end;
                Some(Ok((header.id, &element[header.length..], position)))
            }
            Err(error) => {
                self.rest = &[];
                Some(Err(error))
            }
        }
    }
}

/// Returns an unsigned integer (RFC 8794 §7.2).
///
/// # Errors
/// `Malformed` if it is longer than eight bytes.
pub(crate) fn unsigned(content: &[u8]) -> Result<u64, ContainerError> {
    if content.len() > 8 {
        return Err(ContainerError::Malformed(
            "an integer is longer than eight bytes",
        ));
    }
    Ok(content
        .iter()
        .fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

/// Returns a float (RFC 8794 §7.3): none, four or eight bytes.
///
/// # Errors
/// `Malformed` if it has another length.
pub(crate) fn float(content: &[u8]) -> Result<f64, ContainerError> {
    match *content {
        [] => Ok(0.0),
        [a, b, c, d] => Ok(f64::from(f32::from_be_bytes([a, b, c, d]))),
        [a, b, c, d, e, f, g, h] => Ok(f64::from_be_bytes([a, b, c, d, e, f, g, h])),
        _ => Err(ContainerError::Malformed(
            "a float is neither four nor eight bytes long",
        )),
    }
}

/// Returns a string (RFC 8794 §7.4, §7.5) up to its first zero byte; bytes that are not UTF-8 become U+FFFD.
pub(crate) fn text(content: &[u8]) -> String {
    let end = content
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(content.len());
    String::from_utf8_lossy(&content[..end]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_known_and_unknown_sizes() {
        let known = header(&[0x1a, 0x45, 0xdf, 0xa3, 0x82]).unwrap();
        assert_eq!(
            (known.id, known.size, known.length),
            (0x1a45_dfa3, Some(2), 5)
        );
        let long = header(&[0xec, 0x01, 0, 0, 0, 0, 0, 0, 5]).unwrap();
        assert_eq!((long.id, long.size, long.length), (0xec, Some(5), 9));
        let unknown = header(&[
            0x1f, 0x43, 0xb6, 0x75, 0x01, 255, 255, 255, 255, 255, 255, 255,
        ]);
        assert_eq!(unknown.unwrap().size, None);
        assert_eq!(header(&[0x1f, 0x43, 0xb6, 0x75, 0xff]).unwrap().size, None);
    }

    #[test]
    fn what_is_no_header_is_an_error() {
        assert_eq!(header(&[]), Err(ContainerError::Truncated));
        assert_eq!(header(&[0x1a, 0x45]), Err(ContainerError::Truncated));
        assert_eq!(header(&[0xec]), Err(ContainerError::Truncated));
        assert!(matches!(
            header(&[0; 16]),
            Err(ContainerError::Malformed(_))
        ));
        assert!(matches!(
            header(&[0xec, 0, 0]),
            Err(ContainerError::Malformed(_))
        ));
    }

    #[test]
    fn a_child_never_reaches_past_its_parent() {
        let found: Vec<_> = children(&[0xec, 0x81, 7, 0xec, 0x85, 1]).collect();
        assert_eq!(found[0], Ok((0xec, &[7][..], 2)));
        assert!(matches!(found[1], Err(ContainerError::Malformed(_))));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn values_have_the_lengths_that_the_standard_allows() {
        assert_eq!(unsigned(&[1, 0]), Ok(256));
        assert_eq!(float(&[0x3f, 0x80, 0, 0]), Ok(1.0));
        assert!(unsigned(&[0; 9]).is_err() && float(&[0; 3]).is_err());
        assert_eq!(text(b"ab\0\0"), "ab");
    }
}
