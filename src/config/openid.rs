//! `[auth.oidc]`: sign-in with an OpenID provider.

use secrecy::SecretString;
use url::Url;

use super::section::Section;

/// The OpenID provider by which the owner signs in.
#[derive(Debug, Clone)]
pub struct OpenIdConfig {
    /// The URL of the provider, exactly as it calls itself.
    pub issuer: String,
    /// The provider's id of this server.
    pub client_id: String,
    /// The secret that belongs to the id; `None` for a public client.
    pub client_secret: Option<SecretString>,
    /// The accounts that are the owner's: the provider's id (`sub`), or a verified email address.
    pub allowed: Vec<String>,
    /// The name of the provider on the button; its host by default.
    pub name: String,
}

impl OpenIdConfig {
    /// Parses the section; `None` if it is absent or invalid.
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let keys = [
            "issuer",
            "client_id",
            "client_secret",
            "client_secret_file",
            "allowed",
            "name",
        ];
        if !keys.into_iter().any(|key| section.has(key)) {
            section.finish();
            return None;
        }
        let text = section.required_text("issuer").trim().to_owned();
        let issuer = Url::parse(&text).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if issuer.is_none() && !text.is_empty() {
            let form =
                "must be an http or https address, such as https://id.example.org/realms/home";
            section.complain("issuer", form);
        }
        let client_id = section.required_text("client_id");
        let client_secret = section.secret("client_secret", "client_secret_file");
        let allowed = section.texts("allowed");
        if allowed.is_empty() || allowed.iter().any(|account| account.trim().is_empty()) {
            section.complain(
                "allowed",
                "must list the accounts that may sign in: the provider's “sub”, or a verified email address",
            );
        }
        let host = issuer.as_ref().and_then(Url::host_str).unwrap_or_default();
        let name = section.text("name").unwrap_or_else(|| host.to_owned());
        section.finish();
        issuer.map(|_| OpenIdConfig {
            issuer: text,
            client_id,
            client_secret,
            allowed,
            name,
        })
    }
}
