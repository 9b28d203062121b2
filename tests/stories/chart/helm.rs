//! Helm, set up for one control plane.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::HOME;
use crate::support::ControlPlane;

/// The chart.
pub const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/roomkeeper");

/// Names the program.
const PROGRAM: &str = "ROOMKEEPER_HELM";

/// Helm, and the cluster that it talks to.
pub struct Helm {
    plane: Option<&'static ControlPlane>,
}

impl Helm {
    /// Helm for this cluster.
    pub fn of(plane: &'static ControlPlane) -> Self {
        Helm { plane: Some(plane) }
    }

    /// Helm for templates, which asks nobody.
    pub fn alone() -> Self {
        Helm { plane: None }
    }

    /// Runs it, and returns what came of it.
    pub fn attempt(&self, arguments: &[&str]) -> Output {
        self.set_up(Command::new(program())).args(arguments).output().expect("Helm runs")
    }

    /// Runs commands of `helm` and `kubectl`. Each must succeed.
    pub fn shell(&self, commands: &str) {
        let plane = self.plane.expect("there is a cluster");
        let programs =
            [&program(), plane.kubectl()].map(|program| program.parent().expect("it has a folder").to_owned());
        let others = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(programs.into_iter().chain(std::env::split_paths(&others)));
        let mut shell = self.set_up(Command::new("sh"));
        let output = shell.env("PATH", path.expect("no folder has a colon")).args(["-ec", commands]).output();
        let output = output.expect("a shell runs");
        assert!(output.status.success(), "{commands}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn set_up(&self, mut command: Command) -> Command {
        for folder in ["CACHE", "CONFIG", "DATA"] {
            command.env(format!("HELM_{folder}_HOME"), temporary(&format!("helm-{}", folder.to_lowercase())));
        }
        if let Some(plane) = self.plane {
            command.env("KUBECONFIG", plane.kubeconfig());
            command.env("KUBECACHEDIR", plane.folder().expect("it is our own").join("helm-cache"));
        }
        command
    }

    /// Runs it, and returns what it printed. It must succeed without a warning.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.attempt(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "helm {arguments:?}: {told}");
        assert!(!told.to_lowercase().contains("warning"), "helm {arguments:?}: {told}");
        String::from_utf8(output.stdout).expect("Helm prints texts")
    }

    /// Upgrades the release to a chart, with these values and no others.
    pub fn upgrade(&self, chart: &str, values: &Value) {
        let file = self.values(values);
        self.run(&["upgrade", "--install", HOME, chart, "-n", HOME, "--reset-values", "-f", &file]);
    }

    /// Tries the same, and returns what Helm says against it.
    pub fn refusal_of_upgrade(&self, chart: &str, values: &Value) -> String {
        let output = self.attempt(&["upgrade", HOME, chart, "-n", HOME, "--reset-values", "-f", &self.values(values)]);
        assert!(!output.status.success(), "it was upgraded");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn values(&self, values: &Value) -> String {
        let folder = self.plane.expect("there is a cluster").folder().expect("it is our own");
        let file = folder.join("values.json");
        std::fs::write(&file, values.to_string()).expect("values can be written");
        file.to_str().expect("the path is a text").to_owned()
    }
}

fn program() -> PathBuf {
    std::env::var_os(PROGRAM).unwrap_or_else(|| panic!("{PROGRAM} is not set: run `make chart`")).into()
}

/// The part of the kinds that older ones have not yet.
const CATEGORIES: &str = "    categories:\n    - roomkeeper\n";

/// Makes a chart of an older version, whose kinds have no category yet, and returns its folder.
pub fn older_chart() -> String {
    let folder = older("chart", Path::new(CHART));
    edit(&folder.join("Chart.yaml"), concat!("version: ", env!("CARGO_PKG_VERSION")), "version: 0.0.1");
    edit(&folder.join("templates/crds/rooms.roomkeeper.dev.yaml"), CATEGORIES, "");
    folder.to_str().expect("the path is a text").to_owned()
}

/// Makes the same kinds as files, and returns their folder.
pub fn older_crds() -> String {
    let folder = older("crds", &Path::new(env!("CARGO_MANIFEST_DIR")).join("crds"));
    edit(&folder.join("rooms.roomkeeper.dev.yaml"), CATEGORIES, "");
    folder.to_str().expect("the path is a text").to_owned()
}

/// Copies a folder.
fn older(name: &str, from: &Path) -> PathBuf {
    let folder = temporary(&format!("older-{name}"));
    // What an earlier run has left; mostly there is nothing.
    let _ = std::fs::remove_dir_all(&folder);
    copy(from, &folder);
    folder
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).expect("the chart has it");
    assert!(text.contains(from), "{} has no {from:?}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).expect("it can be written");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("it can be read");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a file can be copied");
        }
    }
}

/// A path of this name in the folder that cargo has for tests.
fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}
