//! The operator as a process: it can be killed like any other.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::story::DEADLINE;
use crate::support::wait_for;

/// How an operator is started.
pub struct Start<'a> {
    /// Leads to the API server.
    pub kubeconfig: &'a Path,
    /// The namespaces whose objects it keeps; its Lease is named like the first.
    pub namespaces: &'a [String],
    /// The namespace with its Lease, and with the Secrets of cluster-wide configs.
    pub operator_namespace: &'a str,
    pub allowed_hosts: &'a str,
    pub drift_check: &'a str,
    /// Further flags of `roomkeeper controller`.
    pub flags: &'a [&'a str],
    pub log_filter: &'a str,
    pub log: PathBuf,
    /// Its name among the operators of the namespace. One that is started again under its name has its Lease back at once,
    /// as a container in its pod has.
    pub identity: &'a str,
}

/// A running operator. It ends with this value.
pub struct Operator {
    child: Child,
    log: PathBuf,
    /// Where in the log this life begins.
    begins: usize,
}

impl Operator {
    pub fn start(start: Start<'_>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roomkeeper"));
        command
            .arg("controller")
            .args(["--watch-namespaces", &start.namespaces.join(","), "--operator-namespace", start.operator_namespace])
            .args(["--lease", &start.namespaces[0]])
            .args(["--allowed-endpoint-hosts", start.allowed_hosts, "--drift-check-interval", start.drift_check])
            .args(["--identity", start.identity, "--listen", "127.0.0.1:0"])
            .args(start.flags)
            .env("KUBECONFIG", start.kubeconfig)
            .env("RUST_LOG", start.log_filter);
        Operator::run(command, start.log)
    }

    /// Starts it with these arguments and variables and no others, as a container is.
    pub fn start_as_told(arguments: &[String], variables: &BTreeMap<String, String>, log: PathBuf) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roomkeeper"));
        command.args(arguments).env_clear().envs(variables);
        Operator::run(command, log)
    }

    fn run(mut command: Command, path: PathBuf) -> Self {
        let log = File::options().create(true).append(true).open(&path).expect("the log can be written");
        let begins = std::fs::read_to_string(&path).expect("the log can be read").len();
        let child = command
            .stderr(log.try_clone().expect("a file can be shared"))
            .stdout(log)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the operator starts");
        Operator { child, log: path, begins }
    }

    /// Waits until it answers over HTTP, and returns where.
    pub async fn address(&self) -> String {
        let look = async || {
            let log = self.log();
            let (_, line) = log[self.begins..].split_once("answered at http://")?;
            line.split_once('\n').map(|(address, _)| address.to_owned())
        };
        wait_for(DEADLINE, "the operator to say where it answers", look).await
    }

    /// Asks it over HTTP, and returns the status and the body.
    pub async fn ask(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address().await);
        let client = reqwest::Client::builder().timeout(DEADLINE).build().expect("a client without TLS settings");
        let answer = client.get(url).send().await.expect("the operator answers");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("an answer is a text"))
    }

    /// Asks it to log this from here on, and returns the status.
    pub async fn ask_to_log(&self, filter: &'static str) -> u16 {
        let url = format!("http://{}/loglevel", self.address().await);
        let client = reqwest::Client::builder().timeout(DEADLINE).build().expect("a client without TLS settings");
        client.put(url).body(filter).send().await.expect("the operator answers").status().as_u16()
    }

    /// Ends it as a power cut would, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a running operator can be killed");
    }

    /// Asks it to stop, as Kubernetes does.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Stops it where it is, as a machine does that has no time for it.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on where it stopped.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().expect("nobody has waited for its end yet").to_string();
        let told = std::process::Command::new("kill").args([signal, &id]).status().expect("`kill` runs");
        assert!(told.success(), "the operator could not be sent {signal}");
    }

    /// Waits until it ends by itself, and returns how.
    pub async fn ended(mut self, deadline: Duration) -> ExitStatus {
        let ended = tokio::time::timeout(deadline, self.child.wait()).await;
        let ended = ended.unwrap_or_else(|_| panic!("it still runs after {deadline:?}; its log: {}", self.log()));
        ended.expect("a child can be waited for")
    }

    /// Tells whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("a child can be asked").is_none()
    }

    /// Returns what it logged, over all its lives.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}
