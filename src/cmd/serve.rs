//! `drivein serve`: the server.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::Context;

use super::stop::{force_end_after_signal, stop_signal};
use crate::app::App;

/// Runs until a stop signal.
///
/// # Errors
///
/// Fails if the config is invalid, the address cannot be bound, or the state cannot be opened.
pub(super) async fn run(config: Option<PathBuf>, listen: Option<SocketAddr>) -> anyhow::Result<()> {
    super::start_log();
    force_end_after_signal();
    let config = super::load_config(config)?;
    let listener = bind(listen.unwrap_or(config.listen))?;
    let address = listener.local_addr()?;
    let app = App::new(&config, address).await?;
    let home = match &config.public_url {
        Some(url) => url.to_string(),
        None => format!("http://{address}/"),
    };
    say!("Drive-In is at {home}");
    if let Some(code) = app.set_up_code() {
        say!("No password is set, so a visit from elsewhere asks for this code: {code}");
    }
    if config.drives.is_empty() {
        say!("No drive is connected yet: the first page says how.");
    }
    app.run(listener, stop_signal()).await
}

/// Binds the listening socket.
///
/// # Errors
///
/// Fails with a sentence that names the address.
pub(super) fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .with_context(|| format!("cannot listen at {address}; choose another with --listen"))
}
