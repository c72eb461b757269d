//! The site that a passkey belongs to. Browsers offer passkeys for https and localhost only, and never for IPs.

use url::{Host, Url};
use webauthn_rp::request::{AsciiDomain, RpId};

use super::{AuthError, failed};

/// The site that a passkey belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) struct PasskeySite {
    /// The domain, in lower case.
    domain: String,
    /// Scheme, domain and port as browsers write them.
    pub origin: String,
}

impl PasskeySite {
    /// Returns the site of an origin; `None` if browsers offer no passkeys there.
    pub fn of(origin: &str) -> Option<Self> {
        let url = Url::parse(origin).ok()?;
        let Some(Host::Domain(domain)) = url.host() else {
            return None;
        };
        let is_local = domain == "localhost" || domain.ends_with(".localhost");
        let is_secure = url.scheme() == "https" || (url.scheme() == "http" && is_local);
        is_secure.then(|| PasskeySite {
            domain: domain.to_owned(),
            origin: url.origin().ascii_serialization(),
        })
    }

    /// Returns the domain as the library has it.
    ///
    /// # Errors
    ///
    /// Fails if the domain has characters that no browser sends.
    pub fn rp_id(&self) -> Result<RpId, AuthError> {
        let domain = AsciiDomain::try_from(self.domain.clone());
        domain.map(RpId::Domain).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_and_https_or_localhost() {
        for (origin, expected) in [
            (
                "https://films.example.org",
                Some(("films.example.org", "https://films.example.org")),
            ),
            (
                "https://films.example.org:443",
                Some(("films.example.org", "https://films.example.org")),
            ),
            (
                "https://Films.example.org:8443",
                Some(("films.example.org", "https://films.example.org:8443")),
            ),
            (
                "http://localhost:7373",
                Some(("localhost", "http://localhost:7373")),
            ),
            (
                "http://films.localhost",
                Some(("films.localhost", "http://films.localhost")),
            ),
            ("http://films.example.org", None),
            ("http://127.0.0.1:7373", None),
            ("https://192.168.1.5", None),
            ("https://[::1]", None),
            ("", None),
        ] {
            let site = PasskeySite::of(origin);
            let found = site
                .as_ref()
                .map(|site| (site.domain.as_str(), site.origin.as_str()));
            assert_eq!(found, expected, "{origin}");
        }
    }
}
