//! `roomkeeper completions`: what shells and kubectl need to complete a command line.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::process::ExitCode;

use clap_complete::engine::{CompletionCandidate, complete};
use clap_complete::{Shell, generate};

use super::frame;

/// Flags of `roomkeeper completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  roomkeeper completions bash > /etc/bash_completion.d/roomkeeper
  roomkeeper completions zsh > \"${fpath[1]}/_roomkeeper\"
  roomkeeper completions fish > ~/.config/fish/completions/roomkeeper.fish

`kubectl roomkeeper` is completed by kubectl, which asks a program for it:
  ln -s \"$(command -v roomkeeper)\" /usr/local/bin/kubectl_complete-roomkeeper")]
pub(super) struct Options {
    /// The shell that shall read it.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    generate(options.shell, &mut frame::command(), "roomkeeper", &mut script);
    anstream::print!("{}", String::from_utf8(script)?);
    Ok(ExitCode::SUCCESS)
}

/// Prints how the command line of the plugin can go on, in the form that kubectl asks for: a line for each word, with
/// what it means behind a tab, and at the end a number that says what else the shell may offer.
///
/// The first argument is the program's name, the last one the word that is being typed.
pub(super) fn for_kubectl(arguments: &[OsString]) -> anyhow::Result<ExitCode> {
    let last = arguments.len().saturating_sub(1);
    let here = std::env::current_dir().ok();
    // Where nothing is known, nothing is offered: an error here would appear in the middle of what is typed.
    let found = complete(&mut frame::command(), arguments.to_vec(), last, here.as_deref()).unwrap_or_default();
    let mut lines = String::new();
    for word in &found {
        writeln!(lines, "{}", line(word))?;
    }
    // Cobra's ShellCompDirectiveNoFileComp: files are in the list already where they can be.
    anstream::println!("{lines}:4");
    Ok(ExitCode::SUCCESS)
}

fn line(word: &CompletionCandidate) -> String {
    let value = word.get_value().to_string_lossy();
    match word.get_help().map(ToString::to_string).as_deref().and_then(|help| help.lines().next()) {
        Some(help) => format!("{value}\t{help}"),
        None => value.into_owned(),
    }
}
