//! What the reader sees: sentences, commands and their output. Colours only on a terminal, and never with `NO_COLOR`.
//!
//! It decides nothing but how things look.

use std::fs;
use std::io::{IsTerminal as _, Write, stderr, stdout};

use crate::processes::Folder;

const BOLD: &str = "1";
const GREEN: &str = "32";
const RED: &str = "31";
/// How many lines of the operator's log a failure shows.
const LAST_LINES: usize = 20;

/// Where the story is told.
pub(crate) struct Screen {
    colours: bool,
}

impl Screen {
    pub(crate) fn new() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Screen { colours: !unwanted && stdout().is_terminal() && stderr().is_terminal() }
    }

    pub(crate) fn say(&self, text: &str) {
        write(stdout(), &format!("{text}\n"));
    }

    /// Says something after an empty line.
    pub(crate) fn paragraph(&self, text: &str) {
        self.say(&format!("\n{text}"));
    }

    pub(crate) fn title(&self, number: usize, title: &str) {
        self.heading(&format!("{number}. {title}"));
    }

    pub(crate) fn heading(&self, title: &str) {
        self.say(&format!("\n\n{}", self.painted(BOLD, title)));
    }

    /// Shows a command as a person would type it.
    pub(crate) fn command(&self, command: &str) {
        self.say(&format!("\n  {}", self.painted(GREEN, &format!("$ {command}"))));
    }

    /// Shows what a command said.
    pub(crate) fn output(&self, output: &str) {
        output.trim_end().lines().for_each(|line| self.say(&format!("  {line}")));
    }

    /// Shows an error and its causes.
    pub(crate) fn failure(&self, error: &anyhow::Error) {
        write(stderr(), &format!("\n{} {error:#}\n", self.painted(RED, "The demo failed:")));
    }

    /// Tells what there was to see at a failure.
    pub(crate) fn scene(&self, folder: &Folder) {
        let running = folder.running();
        let running = if running.is_empty() { "nothing".to_owned() } else { running.join(", ") };
        let log = fs::read_to_string(folder.file("operator.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n  ");
        let folder = folder.shown();
        write(
            stderr(),
            &format!(
                "\nRunning at that moment: {running}. All of it is being stopped.\n\
                 \nThe operator's last lines:\n  {last}\n\
                 \nThe logs stay until the next demo:\n  {folder}/operator.log\n  {folder}/simulator.log\n  \
                 {folder}/control-plane.log and {folder}/control-plane/*.log\n"
            ),
        );
    }

    fn painted(&self, colour: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Writes as far as somebody reads. A reader who went away, as `head` does, must not keep the demo from cleaning up.
fn write(mut to: impl Write, text: &str) {
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}
