//! The conversation with the program in `controlplane/`. It must not know what the answers are for.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use super::ControlPlaneError;

/// The line with which the supervisor says that all is ready.
#[derive(Deserialize)]
pub(super) struct Announcement {
    pub(super) kubeconfig: PathBuf,
    pub(super) dir: PathBuf,
    pub(super) kubectl: PathBuf,
    pub(super) etcd: String,
    /// Empty without an audit log.
    pub(super) audit_log: PathBuf,
    pub(super) pids: BTreeMap<String, u32>,
}

/// The running program of `controlplane/`. It ends, with all its children, when its stdin does.
pub(super) struct Supervisor {
    child: Child,
    /// Only taken when dropped.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Supervisor {
    pub(super) fn start(mut command: Command) -> Result<Self, ControlPlaneError> {
        // Its stderr is ours: people want to see the progress of a build.
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(ControlPlaneError::Go)?;
        let commands = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Ok(Supervisor { child, commands, answers })
    }

    pub(super) fn read_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    pub(super) fn obey(&mut self, command: String) -> Result<(), ControlPlaneError> {
        let commands = self.commands.as_mut().expect("commands are only taken when dropped");
        writeln!(commands, "{command}").map_err(ControlPlaneError::Gone)?;
        let answer = self.read_line().map_err(ControlPlaneError::Gone)?;
        if answer == "ok" { Ok(()) } else { Err(ControlPlaneError::Refused { command, answer }) }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.commands.take());
        // After this its processes and its folder are gone. That it was killed before is no failure here.
        let _ = self.child.wait();
    }
}
