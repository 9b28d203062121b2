//! Logs: one line for each transition, as text or JSON. Nothing secret reaches a field.

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged where `RUST_LOG` does not say: our own lines, and warnings of the libraries.
///
/// The HTTP libraries stay quiet whatever is asked for ours: at trace level they print request lines, and those of
/// Tencent carry a credential.
const DEFAULT_FILTER: &str = "warn,roomkeeper=info,roomkeeper_providers=info";
const ALWAYS_QUIET: [&str; 6] =
    ["hyper=warn", "hyper_util=warn", "h2=warn", "reqwest=warn", "rustls=warn", "tower=warn"];

/// Starts logging to standard error; to be called once, first of all.
pub fn start(format: LogFormat) {
    let asked = std::env::var("RUST_LOG").unwrap_or_else(|_| DEFAULT_FILTER.to_owned());
    let filter = EnvFilter::new(format!("{asked},{}", ALWAYS_QUIET.join(",")));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}
