//! Encryption of what is sent, where the site's policy asks the client for it: AES-256-CTR with one counter over the
//! whole file (wire document, section 3). The encrypted bytes have the length of the plain ones, and any range can be
//! encrypted by itself.

use aes::Aes256;
use bytes::Bytes;
use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use data_encoding::BASE64;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use super::target::OPERATION;
use crate::cloudreve::types::EncryptMetadata;
use crate::{DriveError, UploadBody};

/// The one algorithm that exists, announced when a session is opened.
pub(crate) const ALGORITHM: &str = "aes-256-ctr";

type Aes256Ctr = ctr::Ctr128BE<Aes256>;

/// Key and initial counter of one file, in Base64. Secret.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct FileCipher {
    key: String,
    iv: String,
}

impl FileCipher {
    /// Returns the cipher that a session asks for.
    ///
    /// # Errors
    ///
    /// `upstream_failed` if the algorithm is another one, or a key is missing: what is sent in the clear in such a
    /// session reads back as noise.
    pub(crate) fn of(metadata: &EncryptMetadata) -> Result<Self, DriveError> {
        let cipher = FileCipher {
            key: metadata.key_plain_text.clone().unwrap_or_default(),
            iv: metadata.iv.clone().unwrap_or_default(),
        };
        if metadata.algorithm != ALGORITHM {
            return Err(DriveError::unsupported(OPERATION, "another encryption"));
        }
        cipher.keystream()?;
        Ok(cipher)
    }

    /// Encrypts bytes of the file, the first of which is at offset `from`.
    pub(crate) fn encrypt(&self, from: u64, body: UploadBody) -> Result<UploadBody, DriveError> {
        let mut keystream = self.keystream()?;
        keystream
            .try_seek(from)
            .map_err(|_| DriveError::failed(OPERATION, "an offset beyond the keystream"))?;
        let encrypted = body.map(move |piece| {
            let mut piece = Vec::from(piece?);
            keystream.apply_keystream(&mut piece);
            Ok(Bytes::from(piece))
        });
        Ok(encrypted.boxed())
    }

    fn keystream(&self) -> Result<Aes256Ctr, DriveError> {
        let decode = |text: &str| BASE64.decode(text.as_bytes()).ok();
        decode(&self.key)
            .zip(decode(&self.iv))
            .and_then(|(key, iv)| Aes256Ctr::new_from_slices(&key, &iv).ok())
            .ok_or_else(|| DriveError::failed(OPERATION, "no usable key of the encryption"))
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use futures_util::{TryStreamExt, stream};

    use super::*;

    async fn encrypted(cipher: &FileCipher, from: u64, pieces: &[&[u8]]) -> Vec<u8> {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let body = cipher.encrypt(from, stream::iter(pieces).boxed()).unwrap();
        body.try_collect::<Vec<Bytes>>().await.unwrap().concat()
    }

    /// NIST SP 800-38A, F.5.5 (CTR-AES256.Encrypt).
    #[tokio::test]
    async fn the_vector_of_the_standard_in_any_pieces_and_from_any_offset() {
        let hex = |text: &str| HEXLOWER.decode(text.as_bytes()).unwrap();
        let key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        let iv = hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        let plain = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        let expected = hex("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5");
        let cipher = FileCipher::of(&EncryptMetadata {
            algorithm: ALGORITHM.to_owned(),
            key_plain_text: Some(BASE64.encode(&key)),
            iv: Some(BASE64.encode(&iv)),
        })
        .unwrap();
        assert_eq!(encrypted(&cipher, 0, &[&plain]).await, expected);
        assert_eq!(
            encrypted(&cipher, 0, &[&plain[..5], &plain[5..20], &plain[20..]]).await,
            expected
        );
        for from in [1, 15, 16, 17, 31] {
            let part = encrypted(&cipher, from as u64, &[&plain[from..]]).await;
            assert_eq!(part, expected[from..], "from {from}");
        }
    }

    #[test]
    fn a_session_without_a_usable_key_is_refused() {
        let metadata = |algorithm: &str, key: Option<&str>| EncryptMetadata {
            algorithm: algorithm.to_owned(),
            key_plain_text: key.map(str::to_owned),
            iv: Some(BASE64.encode(&[0; 16])),
        };
        let key = BASE64.encode(&[0; 32]);
        assert!(FileCipher::of(&metadata(ALGORITHM, Some(&key))).is_ok());
        assert!(FileCipher::of(&metadata(ALGORITHM, None)).is_err());
        assert!(FileCipher::of(&metadata(ALGORITHM, Some("AAAA"))).is_err());
        assert!(FileCipher::of(&metadata("aes-256-gcm", Some(&key))).is_err());
    }
}
