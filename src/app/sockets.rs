//! The sockets of a server: their options, and how many files may be open.

use std::net::TcpListener;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Bytes that the kernel buffers for one viewer beyond those in flight (`TCP_NOTSENT_LOWAT`). Without a
/// limit, the socket of a slow viewer holds up to four megabytes; with half of this one, a fast viewer costs
/// a tenth more CPU.
const MAX_UNSENT_BYTES: u32 = 256 << 10;

/// Open files that are allowed if the system has no limit of its own.
const MAX_OPEN_FILES: u64 = 65_536;

/// Raises the soft limit of open files towards the hard one. The usual soft limit of 1,024 is for programs that use
/// `select`; a viewer takes two files, its connection and one to the upstream.
pub(super) fn raise_open_files_limit() {
    let limits = getrlimit(Resource::Nofile);
    let wanted = limits.maximum.unwrap_or(MAX_OPEN_FILES).min(MAX_OPEN_FILES);
    if limits.current.is_none_or(|current| current >= wanted) {
        return;
    }
    let raised = Rlimit {
        current: Some(wanted),
        ..limits
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
}

/// Sets the options of viewers' sockets. Connections inherit them from the listener.
pub(super) fn set_options(listener: &TcpListener) {
    let socket = socket2::SockRef::from(listener);
    // If the option is not supported, buffers are larger.
    let _ = socket.set_tcp_notsent_lowat(MAX_UNSENT_BYTES);
    // Otherwise the end of a reply waits for the viewer's acknowledgement, which many delay by 40 ms.
    let _ = socket.set_tcp_nodelay(true);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_a_viewer_leaves_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        set_options(&listener);
        let _viewer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (connection, _) = listener.accept().unwrap();
        let socket = socket2::SockRef::from(&connection);
        assert!(socket.tcp_nodelay().unwrap());
        assert_eq!(socket.tcp_notsent_lowat().unwrap(), MAX_UNSENT_BYTES);
    }
}
