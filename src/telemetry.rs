//! Logs: one line for each transition, as text or JSON. Nothing secret reaches a field.

use anstream::{AutoStream, ColorChoice};
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, reload};

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged where `RUST_LOG` does not say: our own lines, and warnings of the libraries.
const DEFAULT_FILTER: &str = "warn,roomkeeper=info";

/// Libraries that print request lines when they are asked for much; those of Tencent carry a credential.
const HTTP_LIBRARIES: [&str; 5] = ["hyper", "h2", "reqwest", "rustls", "tower"];

/// Starts logging to standard error, in colour where `--color` and the terminal want it; to be called once, first of all.
/// What is logged can be changed later.
pub fn start(format: LogFormat) -> Asked {
    let asked = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let (asked, handle) = reload::Layer::new(asked);
    // A file or a collector of logs would keep the colours.
    let is_coloured = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(is_coloured);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let kept = filter_fn(is_safe).with_max_level_hint(LevelFilter::TRACE);
    tracing_subscriber::registry().with(asked).with(lines.with_filter(kept)).init();
    Asked(Some(handle))
}

/// What is asked for to be logged, in the form of `RUST_LOG`. Clones change the same.
#[derive(Clone, Debug, Default)]
pub struct Asked(Option<reload::Handle<EnvFilter, Registry>>);

impl Asked {
    /// Changes what is logged; an empty text brings back what was asked for at the start.
    ///
    /// # Errors
    /// Says what cannot be read.
    pub fn change(&self, text: &str) -> Result<(), String> {
        let filter = match text {
            "" => EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER)),
            text => EnvFilter::try_new(text).map_err(|error| error.to_string())?,
        };
        let Some(handle) = &self.0 else { return Ok(()) };
        handle.reload(filter).map_err(|error| error.to_string())
    }
}

/// The HTTP libraries stay quiet below warnings, whatever `RUST_LOG` asks for.
fn is_safe(metadata: &Metadata<'_>) -> bool {
    let of_http = HTTP_LIBRARIES.iter().any(|library| metadata.target().starts_with(library));
    !of_http || *metadata.level() <= Level::WARN
}
