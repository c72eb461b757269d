//! Settings of the HTTP client.

use std::time::Duration;

/// Settings of the client; the defaults are those of the program.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// `network.allow_hosts`: see [`Guard::new`](super::guard::Guard::new).
    pub allow_hosts: Vec<String>,
    /// Timeout for a connection.
    pub connect_timeout: Duration,
    /// Timeout without a byte while headers or a body are awaited.
    pub read_timeout: Duration,
    /// Timeout of a whole call whose reply is read into memory; streams have none.
    pub call_timeout: Duration,
    /// Upper limit for the memory of received media that waits to be used again, in bytes.
    pub free_memory: usize,
}

impl Default for ClientSettings {
    fn default() -> Self {
        ClientSettings {
            allow_hosts: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(20),
            call_timeout: Duration::from_secs(45),
            free_memory: 16 << 20,
        }
    }
}
