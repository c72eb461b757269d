//! The reason for which no connection came about, as a sentence for the owner of the drive.

use std::error::Error;
use std::io;

/// The error of a name that the resolver does not know.
#[derive(Debug, thiserror::Error)]
#[error("the name does not resolve")]
pub(super) struct UnknownName(#[source] pub(super) io::Error);

const UNKNOWN_NAME: &str = "The host name in its address does not resolve. Compare the address in its settings, and this machine’s DNS.";
const REFUSED: &str = "Nothing listens at its address: the connection was refused. Compare host and port in its settings, and whether the service runs.";
const UNREACHABLE: &str = "Its host cannot be reached from this machine. Compare the address in its settings, and this machine’s network.";
const CERTIFICATE: &str = "The certificate of its host is not valid: it has expired, is for another name, or is signed by nobody that this machine \
     trusts. Compare the address in its settings, or renew the certificate.";
const NO_TLS: &str = "Its address begins with https, and the host does not speak TLS at that port. Write http, or the port that speaks TLS.";

/// Returns the sentence for an error of a client; `None` if it says nothing about the connection.
pub(super) fn sentence(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<UnknownName>() {
            return Some(UNKNOWN_NAME);
        }
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return of_tls(error);
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            // The source of such an error is not the error inside of it, but the source of that one.
            if let Some(sentence) = error.get_ref().and_then(|inside| sentence(inside)) {
                return Some(sentence);
            }
            match error.kind() {
                io::ErrorKind::ConnectionRefused => return Some(REFUSED),
                io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                    return Some(UNREACHABLE);
                }
                _ => {}
            }
        }
        cause = error.source();
    }
    None
}

fn of_tls(error: &rustls::Error) -> Option<&'static str> {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            Some(CERTIFICATE)
        }
        rustls::Error::InvalidMessage(_) => Some(NO_TLS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_sentence() {
        let tls = |error: rustls::Error| io::Error::new(io::ErrorKind::InvalidData, error);
        let expired = rustls::CertificateError::Expired;
        let not_tls = rustls::InvalidMessage::InvalidContentType;
        let name = UnknownName(io::Error::other("failed to lookup address information"));
        for (error, expected) in [
            (io::Error::other(name), Some(UNKNOWN_NAME)),
            (io::ErrorKind::ConnectionRefused.into(), Some(REFUSED)),
            (io::ErrorKind::HostUnreachable.into(), Some(UNREACHABLE)),
            (
                tls(rustls::Error::InvalidCertificate(expired)),
                Some(CERTIFICATE),
            ),
            (tls(rustls::Error::InvalidMessage(not_tls)), Some(NO_TLS)),
            (io::ErrorKind::ConnectionReset.into(), None),
        ] {
            let wrapped = io::Error::other(error);
            assert_eq!(sentence(&wrapped), expected, "{wrapped:?}");
        }
    }
}
