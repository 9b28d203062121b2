//! `roomkeeper man`: the manual pages, one for each command. It writes into the folder that it is given only.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use super::frame;

/// Flags of `roomkeeper man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  roomkeeper man /usr/local/share/man/man1 && man roomkeeper-plan")]
pub(super) struct Options {
    /// The folder for the pages, which must be there; pages of an older version are written over.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let unusable = || format!("the pages cannot be written to {}", options.folder.display());
    clap_mangen::generate_to(frame::command(), &options.folder).with_context(unusable)?;
    Ok(ExitCode::SUCCESS)
}
