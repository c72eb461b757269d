//! The TLS settings of all clients.

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{CipherSuite, ClientConfig};
use rustls_platform_verifier::BuilderVerifierExt;

/// The settings, made once per process: the machine's CA certificates are hundreds.
static CONFIG: LazyLock<Result<ClientConfig, String>> = LazyLock::new(|| {
    let builder = ClientConfig::builder_with_provider(Arc::new(crypto_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_platform_verifier()
        .map_err(|error| error.to_string())?;
    Ok(builder.with_no_client_auth())
});

/// Returns the settings of a client that offers these protocols (RFC 7301), the preferred one first.
///
/// # Errors
///
/// Fails on a machine without CA certificates.
pub(super) fn tls_config(protocols: &[&str]) -> Result<ClientConfig, String> {
    let mut config = CONFIG.clone()?;
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    Ok(config)
}

/// Returns rustls's cryptography with AES-128 preferred to AES-256, as browsers do: servers mostly leave the choice to the
/// client, and each byte takes less.
fn crypto_provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.sort_by_key(|suite| {
        !matches!(
            suite.suite(),
            CipherSuite::TLS13_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        )
    });
    provider
}
