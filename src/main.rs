//! Entry point of the binary; everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("drivein: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(drivein::cmd::run());
    // Blocking threads may still wait for a disk or a program; the end of the process does not wait for them.
    runtime.shutdown_background();
    code
}
