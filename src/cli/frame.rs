//! What is the same for all commands: the name they are called by, colour, and how an error is told.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, ValueEnum};

use super::{Cli, completions, hint};

/// The name under which kubectl finds its plugin.
const PLUGIN: &str = "kubectl-roomkeeper";

/// The name under which kubectl finds what completes the plugin's command line.
const PLUGIN_COMPLETION: &str = "kubectl_complete-roomkeeper";

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    /// At a terminal, unless NO_COLOR is set.
    Auto,
    /// Also in files and pipes.
    Always,
    /// Nowhere.
    Never,
}

/// What the program was started as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Called {
    /// By its own name, or one that nobody knows.
    ByName,
    /// As `kubectl roomkeeper`.
    AsPlugin,
    /// By kubectl, which wants to know how the plugin's command line can go on.
    ToComplete,
}

/// Runs a command line to its end. The first argument is the program's own name. What went wrong is printed here, once.
///
/// Exit code 1 is an error, 2 a command line that cannot be read; the commands have more, see their help.
pub async fn run(arguments: Vec<OsString>) -> ExitCode {
    let called = Called::of(arguments.first().map(OsString::as_os_str).unwrap_or_default());
    if let Some(color) = asked(&arguments) {
        // Before the command line is read, since its errors have colour, too.
        color.choose();
    }
    if called == Called::ToComplete {
        return told(completions::for_kubectl(&arguments), called);
    }
    let read = command_as(called).try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    match read {
        Ok(cli) => told(cli.command.run().await, called),
        Err(error) => {
            // Nobody is left who could read that printing failed.
            drop(error.print());
            u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}

/// Returns the commands and flags, for whoever describes them.
#[must_use]
pub fn command() -> clap::Command {
    command_as(Called::ByName)
}

fn told(ended: anyhow::Result<ExitCode>, called: Called) -> ExitCode {
    ended.unwrap_or_else(|error| {
        anstream::eprint!("{}", hint::words(&error, |next| called.says(next)));
        ExitCode::FAILURE
    })
}

fn command_as(called: Called) -> clap::Command {
    let command = without_values(Cli::command().arg(color()));
    match called {
        Called::ByName => command,
        Called::AsPlugin | Called::ToComplete => with_plugin_examples(command.bin_name("kubectl roomkeeper")),
    }
}

/// Returns the flag of every command. Its value is read by [`asked`], which does not need the rest to be right.
fn color() -> clap::Arg {
    clap::Arg::new("color")
        .long("color")
        .help("Use colour: always, never, or auto, which is at a terminal only [default: auto]")
        .value_name("WHEN")
        .value_parser(clap::value_parser!(Color))
        .hide_possible_values(true)
        .global(true)
        .display_order(usize::MAX)
}

/// Has help and manual pages name variables, and not what they are set to where these are made.
fn without_values(command: clap::Command) -> clap::Command {
    command.mut_args(|argument| argument.hide_env_values(true)).mut_subcommands(without_values)
}

fn with_plugin_examples(command: clap::Command) -> clap::Command {
    let command = command.mut_subcommands(with_plugin_examples);
    match command.get_after_help().map(|help| Called::AsPlugin.says(&help.to_string())) {
        Some(help) => command.after_help(help),
        None => command,
    }
}

impl Called {
    fn of(program: &OsStr) -> Self {
        match Path::new(program).file_name().and_then(OsStr::to_str) {
            Some(PLUGIN) => Called::AsPlugin,
            Some(PLUGIN_COMPLETION) => Called::ToComplete,
            Some(_) | None => Called::ByName,
        }
    }

    /// Puts a command into a text as it must be typed: those at the start of an indented line or in backticks.
    fn says(self, text: &str) -> String {
        match self {
            Called::ByName => text.to_owned(),
            Called::AsPlugin | Called::ToComplete => text
                .replace("\n  roomkeeper ", "\n  kubectl roomkeeper ")
                .replace("`roomkeeper ", "`kubectl roomkeeper "),
        }
    }
}

impl Color {
    fn choose(self) {
        match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// Returns what `--color` says, in a command line that may be wrong elsewhere.
fn asked(arguments: &[OsString]) -> Option<Color> {
    let flags = arguments.iter().take_while(|argument| *argument != "--").filter_map(|argument| argument.to_str());
    let texts: Vec<&str> = flags.collect();
    let value = texts.iter().enumerate().rev().find_map(|(at, text)| match text.strip_prefix("--color")? {
        "" => texts.get(at + 1).copied(),
        rest => rest.strip_prefix('='),
    })?;
    Color::from_str(value, false).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn color_is_found_also_in_a_command_line_that_is_wrong() {
        let rows: [(&[&str], Option<Color>); 6] = [
            (&["roomkeeper", "plam", "--color=never"], Some(Color::Never)),
            (&["roomkeeper", "--color", "always", "plan"], Some(Color::Always)),
            (&["roomkeeper", "--color=never", "--color=auto"], Some(Color::Auto)),
            (&["roomkeeper", "--color=blue"], None),
            (&["roomkeeper", "plan", "--", "--color=never"], None),
            (&["roomkeeper", "--color"], None),
        ];
        for (arguments, color) in rows {
            let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            assert_eq!(asked(&arguments), color, "{arguments:?}");
        }
    }

    #[test]
    fn a_plugin_is_named_as_people_type_it() {
        let rows = [
            ("/usr/local/bin/kubectl-roomkeeper", Called::AsPlugin),
            ("kubectl_complete-roomkeeper", Called::ToComplete),
            ("target/debug/roomkeeper", Called::ByName),
        ];
        for (program, called) in rows {
            assert_eq!(Called::of(OsStr::new(program)), called, "{program}");
        }
        let text = "Example:\n  roomkeeper plan -f x\nhint: see `roomkeeper plan --help`, in the namespace roomkeeper";
        let said = "Example:\n  kubectl roomkeeper plan -f x\nhint: see `kubectl roomkeeper plan --help`, in the namespace \
                    roomkeeper";
        assert_eq!(Called::AsPlugin.says(text), said);
        assert_eq!(Called::ByName.says(text), text);
    }
}
