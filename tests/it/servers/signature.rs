//! Verifies a URL that is signed by AWS Signature Version 4 in its query, written from AWS's description of it.

use axum::extract::Request;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};

/// An access key, and its secret.
#[derive(Clone)]
pub struct Keys {
    pub id: String,
    pub secret: String,
}

/// Returns true if the request is signed with these keys.
pub fn is_signed(keys: &Keys, request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs: Vec<(&str, &str)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    pairs.sort_unstable();
    let value = |name: &str| {
        let found = pairs.iter().find(|(key, _)| *key == name)?;
        Some(percent_decode_str(found.1).decode_utf8().ok()?.into_owned())
    };
    let told = (|| {
        Some((
            value("X-Amz-Credential")?,
            value("X-Amz-Date")?,
            value("X-Amz-SignedHeaders")?,
            value("X-Amz-Signature")?,
        ))
    })();
    let Some((credential, date, signed_headers, signature)) = told else {
        return false;
    };
    let Some((id, scope)) = credential.split_once('/') else {
        return false;
    };
    let unsigned: Vec<String> = pairs
        .iter()
        .filter(|(key, _)| *key != "X-Amz-Signature")
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let headers: String = signed_headers
        .split(';')
        .map(|name| {
            let value = request.headers().get(name);
            let value = value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default();
            format!("{name}:{}\n", value.trim())
        })
        .collect();
    let canonical = format!(
        "{}\n{}\n{}\n{headers}\n{signed_headers}\nUNSIGNED-PAYLOAD",
        request.method(),
        request.uri().path(),
        unsigned.join("&"),
    );
    let text = format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        HEXLOWER.encode(&Sha256::digest(canonical))
    );
    let key = scope
        .split('/')
        .fold(format!("AWS4{}", keys.secret).into_bytes(), |key, part| {
            hmac(&key, part)
        });
    id == keys.id && HEXLOWER.encode(&hmac(&key, &text)) == signature
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
