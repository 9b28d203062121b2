//! The `roomkeeper` binary: hands the command line over, and says so if no TLS is to be had.

use std::process::ExitCode;

use roomkeeper::cli;

#[tokio::main]
async fn main() -> ExitCode {
    // One TLS provider for Kubernetes and vendors alike; two of them make the first client panic.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        anstream::eprintln!("error: another TLS provider was installed before ours");
        return ExitCode::FAILURE;
    }
    cli::run(std::env::args_os().collect()).await
}
