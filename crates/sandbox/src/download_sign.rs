//! The `sign` of the website's download call: RC4 of `sign1` with the key `sign3`, in Base64 (field notes, sections 4
//! and 11).

use data_encoding::BASE64;

/// The two values of `/api/home/info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadSeed {
    pub sign1: String,
    pub sign3: String,
}

impl DownloadSeed {
    /// Returns the `sign` that a client computes from the two values.
    pub fn sign(&self) -> String {
        BASE64.encode(&rc4(self.sign3.as_bytes(), self.sign1.as_bytes()))
    }
}

/// Encrypts `data` with RC4; the key must not be empty.
fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut table: [u8; 256] = std::array::from_fn(|i| i as u8);
    let mut j = 0u8;
    for i in 0..256 {
        j = j.wrapping_add(table[i]).wrapping_add(key[i % key.len()]);
        table.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0u8, 0u8);
    data.iter()
        .map(|byte| {
            i = i.wrapping_add(1);
            j = j.wrapping_add(table[usize::from(i)]);
            table.swap(usize::from(i), usize::from(j));
            let sum = table[usize::from(i)].wrapping_add(table[usize::from(j)]);
            byte ^ table[usize::from(sum)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers_of_the_cipher() {
        // The test vectors of the cipher's public description.
        for (key, plain, cipher) in [
            ("Key", "Plaintext", "bbf316e8d940af0ad3"),
            ("Wiki", "pedia", "1021bf0420"),
            ("Secret", "Attack at dawn", "45a01f645fc35b383552544b9bf5"),
        ] {
            let made = rc4(key.as_bytes(), plain.as_bytes());
            assert_eq!(data_encoding::HEXLOWER.encode(&made), cipher);
        }
    }
}
