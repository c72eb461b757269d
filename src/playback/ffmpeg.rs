//! Runs ffmpeg over bytes: it reads them through a pipe, so that it sees neither a file nor a URL.

use std::process::Stdio;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// Runs a command with this input, and returns its output. The process ends when the future is dropped.
///
/// # Errors
/// Returns a text for the log if it cannot be started or ends with an error.
pub(super) async fn run(mut command: Command, input: Vec<Bytes>) -> Result<Bytes, String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let write = async {
        let mut stdin = stdin?;
        for bytes in input {
            // ffmpeg closes its input when it has all frames.
            stdin.write_all(&bytes).await.ok()?;
        }
        stdin.shutdown().await.ok()
    };
    let read = async {
        let mut output = Vec::new();
        match stdout {
            Some(mut stdout) => stdout.read_to_end(&mut output).await.map(|_| output),
            None => Ok(output),
        }
    };
    let (_, output) = tokio::join!(write, read);
    let output = output.map_err(|error| error.to_string())?;
    match child.wait().await {
        Ok(status) if status.success() => Ok(output.into()),
        _ => Err("ffmpeg ended with an error".to_owned()),
    }
}
