//! `roomkeeper version`: what this program is and was built from. It asks no cluster.

use std::process::ExitCode;

use serde::Serialize;

use super::Format;
use crate::api::{GROUP, VERSION};

/// Flags of `roomkeeper version`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  roomkeeper version
  roomkeeper version -o json")]
pub(super) struct Options {
    /// How to print it.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Format,
}

/// What is known about this program.
#[derive(Serialize)]
struct Version {
    version: &'static str,
    /// The commit, shortened, with `-dirty` behind it if files differed. Absent: it was built without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'static str>,
    /// The compiler, as it names itself.
    rust: &'static str,
    /// The API of its kinds, as in `apiVersion`.
    api: String,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let this = Version {
        version: env!("CARGO_PKG_VERSION"),
        commit: Some(env!("ROOMKEEPER_COMMIT")).filter(|commit| !commit.is_empty()),
        rust: env!("ROOMKEEPER_RUSTC").trim_start_matches("rustc "),
        api: format!("{GROUP}/{VERSION}"),
    };
    match options.output {
        Format::Json => anstream::println!("{}", serde_json::to_string(&this)?),
        Format::Text => {
            let Version { version, commit, rust, api } = this;
            let commit = commit.unwrap_or("not known");
            anstream::println!("roomkeeper {version}\ncommit     {commit}\nrust       {rust}\nAPI        {api}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
