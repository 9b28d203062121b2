//! A real terminal: a tmux of its own with one pane, in which one line runs, and whose screen is read.
//!
//! It must not know what the line does. `make terminal` sees to it that tmux is there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{paint, wait_until};

/// How long a line may run; generous, since other tests may build something meanwhile.
const DEADLINE: Duration = Duration::from_secs(60);

/// The rows of the screen; what is scrolled away is read as well.
const HEIGHT: u16 = 50;

/// Runs the line as somebody would who types it, says how it ended, and keeps the screen.
const SCRIPT: &str = r#"
set -o pipefail
printf '$ %s\n' "$LINE"
eval "$LINE"
printf '[exit code %s]\n' "$?"
tmux -S "$SOCKET" wait-for -S over
read -r _
"#;

/// A terminal with a line that runs in it, or has run. It ends with this value.
pub(crate) struct Terminal {
    socket: PathBuf,
}

/// What a terminal shows, from the line that was typed to the last one.
pub(crate) struct Screen {
    /// The rows with their escape sequences, as the terminal broke them.
    pub(crate) painted: String,
    /// The lines as they were printed, without colour: those that the terminal broke are whole again.
    pub(crate) lines: Vec<String>,
}

impl Terminal {
    /// Starts a line by bash in a folder, which gets the terminal's socket, too. It has these variables and hardly others.
    ///
    /// # Panics
    /// Without tmux.
    pub(crate) fn start(width: u16, folder: &Path, line: &str, variables: &[(&str, &str)]) -> Terminal {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        // An earlier tmux may still be about to end, and would take its socket along.
        let terminal = Terminal { socket: folder.join(format!("tmux-{}", NUMBER.fetch_add(1, Ordering::Relaxed))) };
        let settings = folder.join("tmux.conf");
        std::fs::write(&settings, "set -g status off\n").expect("a file can be written");
        let mut tmux = Command::new("tmux");
        tmux.arg("-S").arg(&terminal.socket).arg("-f").arg(&settings).args(["-u", "new-session", "-d"]);
        tmux.args(["-x", &width.to_string(), "-y", &HEIGHT.to_string()])
            .args(["bash", "-c", SCRIPT])
            .current_dir(folder);
        tmux.env_clear().envs(variables.iter().copied()).env("LINE", line).env("SOCKET", &terminal.socket);
        tmux.envs([("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8")]).env("HOME", folder);
        let started = tmux.output().expect("tmux is installed: make terminal");
        assert!(started.status.success(), "tmux does not start: {started:?}");
        terminal
    }

    /// Waits until the line has run, and returns what is shown then.
    ///
    /// # Panics
    /// At the deadline, with what is shown.
    pub(crate) async fn end(&self) -> Screen {
        let mut signal = tokio::process::Command::from(self.tmux(&["wait-for", "over"]));
        let over = tokio::time::timeout(DEADLINE, signal.kill_on_drop(true).output()).await;
        assert!(over.is_ok_and(|output| output.is_ok()), "it does not end:\n{}", self.screen().painted);
        self.screen()
    }

    /// Waits until a text is shown, and returns all that is shown then.
    ///
    /// # Panics
    /// At the deadline.
    pub(crate) async fn until(&self, text: &str) -> Screen {
        wait_until(DEADLINE, text, async || self.screen().painted.contains(text)).await;
        self.screen()
    }

    /// Returns what is shown now.
    pub(crate) fn screen(&self) -> Screen {
        let joined = self.read(&["-J"]);
        let lines = joined.trim_end().lines().map(|line| line.trim_end().to_owned()).collect();
        Screen { painted: paint::tidy(self.read(&["-e"]).trim_end()), lines }
    }

    fn read(&self, how: &[&str]) -> String {
        let output = self.tmux(&[&["capture-pane", "-p", "-S", "-"], how].concat()).output().expect("tmux runs");
        assert!(output.status.success(), "the screen cannot be read: {output:?}");
        String::from_utf8(output.stdout).expect("a screen is UTF-8")
    }

    fn tmux(&self, arguments: &[&str]) -> Command {
        let mut tmux = Command::new("tmux");
        tmux.arg("-S").arg(&self.socket).arg("-u").args(arguments).env("LC_ALL", "C.UTF-8");
        tmux
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.tmux(&["kill-server"]).output());
    }
}

impl Screen {
    /// Returns the lines that the terminal had to break although they have a space to be broken at. The line that was
    /// typed may be as long as it is, and a command that is shown stays whole, to be copied.
    pub(crate) fn broken(&self, width: u16) -> Vec<&str> {
        let columns = usize::from(width);
        let fits = |text: &str| textwrap::core::display_width(text) <= columns;
        // A word that is wider than the terminal is broken by it, wherever it stands.
        let breakable = |line: &&str| !fits(line) && line.split(' ').all(fits);
        let shown = self.lines.iter().skip(1).map(String::as_str);
        shown.filter(|line| !line.trim_start().starts_with("kubectl ")).filter(breakable).collect()
    }
}
