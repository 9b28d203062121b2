//! `roomkeeper explain` beside the operator: what it tells of each situation, and that what it prints unblocks.

mod refusals;
mod states;
mod unblocked;

use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use crate::story::{KEY, Story};

/// Exit codes, as `roomkeeper explain --help` tells them.
const READY: i32 = 0;
const ERROR: i32 = 1;
const NOT_READY: i32 = 2;

/// What a run said.
struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Told {
    /// Reads `-o json`.
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {} {}", self.out, self.err))
    }
}

/// Runs `roomkeeper explain` against a cluster.
async fn run(kubeconfig: &Path, arguments: &[&str]) -> Told {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roomkeeper"));
    command.arg("explain").args(arguments).env("KUBECONFIG", kubeconfig);
    let output = command.output().await.expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    let told = Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!told.out.contains(KEY) && !told.err.contains(KEY), "a secret was printed: {}", told.out);
    told
}

/// Explains an object of a story, whose operator has a Lease of its own.
async fn explain(story: &Story, arguments: &[&str]) -> Told {
    explain_as(story, story.plane.kubeconfig(), arguments).await
}

async fn explain_as(story: &Story, kubeconfig: &Path, arguments: &[&str]) -> Told {
    let namespace = story.namespace.as_str();
    let place = ["-n", namespace, "--operator-namespace", namespace, "--lease", namespace];
    run(kubeconfig, &[arguments, &place].concat()).await
}

/// Explains an object that is not ready as JSON, for this reason.
async fn because(story: &Story, object: &str, reason: &str) -> Value {
    let told = explain(story, &[object, "-o", "json"]).await;
    assert_eq!(told.code, Some(NOT_READY), "{} {}", told.out, told.err);
    let told = told.json();
    assert_eq!(told["summary"]["reason"], reason, "{told:#}");
    told
}

/// Runs the command that is told at this place, as a shell does, with the value that only a person knows.
async fn obey(story: &Story, told: &Value, number: usize, value: &str) {
    let command = told["commands"][number]["command"].as_str().unwrap_or_else(|| panic!("no command: {told:#}"));
    let kubectl = story.plane.kubectl_command();
    let folder = PathBuf::from(kubectl.get_program()).parent().expect("kubectl is in a folder").to_owned();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-ec", &command.replace("YOUR_VALUE", value)]).env("PATH", path);
    for (name, value) in kubectl.get_envs() {
        shell.env(name, value.expect("kubectl's variables are set, not taken away"));
    }
    let output = shell.output().await.expect("the shell runs");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
}
