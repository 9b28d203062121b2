//! Each command as a person sees it: in a terminal of 80 and of 120 columns, in colour and without.
//!
//! `make terminal` runs these tests and has tmux. `UPDATE=1 make terminal` rewrites `tests/golden/terminal/`; escape
//! sequences are in the files, so `cat` shows them as they were.

#[path = "../support/mod.rs"]
mod support;

mod scenes;
mod stage;

use std::collections::BTreeSet;
use std::path::PathBuf;

use regex::Regex;
use roomkeeper_sim::{Effect, Fault, Times};
use support::terminal::{Screen, Terminal};
use support::{ControlPlane, Options};

use crate::scenes::{scenes, scenes_with_a_cluster, scenes_with_objects};
use crate::stage::Stage;

const WIDTHS: [u16; 2] = [80, 120];

#[tokio::test]
#[ignore = "needs tmux: make terminal"]
async fn each_scene_looks_as_its_golden_file() {
    look_at(&Stage::new().await, scenes()).await;
}

#[tokio::test]
#[ignore = "needs tmux: make terminal"]
async fn each_scene_with_a_cluster_looks_as_its_golden_file() {
    let plane = ControlPlane::start(&Options::default()).expect("the control plane starts");
    let stage = Stage::new().await;
    stage.enter(&plane);
    look_at(&stage, scenes_with_a_cluster()).await;
    stage.fill(&plane);
    look_at(&stage, scenes_with_objects()).await;
}

#[test]
fn every_golden_file_is_that_of_a_scene() {
    let all = scenes().into_iter().chain(scenes_with_a_cluster()).chain(scenes_with_objects());
    let names = all.map(|(name, _)| name);
    let names: Vec<String> = names.chain([PROGRESS.to_owned()]).collect();
    let files = names.iter().flat_map(|name| WIDTHS.map(|width| file(name, width)));
    let there = std::fs::read_dir(folder()).expect("the golden files are there");
    let there = there.map(|entry| entry.expect("a folder can be read to its end").path());
    assert_eq!(
        there.collect::<BTreeSet<PathBuf>>(),
        files.collect(),
        "remove old files, write others: UPDATE=1 make terminal"
    );
}

/// Runs each scene in both widths, in colour and without.
async fn look_at(stage: &Stage, scenes: Vec<(String, String)>) {
    let mut wrong = Vec::new();
    for (name, line) in scenes {
        for width in WIDTHS {
            let screen = stage.run(width, &line, &[]).await;
            wrong.extend(compared(&name, width, &screen));
            let broken = screen.broken(width).into_iter();
            wrong.extend(broken.map(|line| format!("{name}.{width}: is broken by the terminal: {line}")));
            let plain = stage.run(width, &line, &[("NO_COLOR", "1")]).await;
            if plain.painted.contains('\u{1b}') || steady(&plain.lines.join("\n")) != steady(&screen.lines.join("\n")) {
                wrong.push(format!("{name}.{width}: looks like this with NO_COLOR:\n{}", plain.painted));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A scene that is looked at while the command runs.
const PROGRESS: &str = "plan-progress";
const LONG: &str = "roomkeeper plan -f rooms --assume-owned > plan.txt";

#[tokio::test]
#[ignore = "needs tmux: make terminal"]
async fn long_work_shows_how_far_it_is_at_a_terminal_only() {
    let stage = Stage::new().await;
    for width in WIDTHS {
        let slow = Fault::at("room_engine/get_room_info", Effect::HoldBefore).room("retro").times(Times::UntilRemoved);
        let held = stage.sim.faults().add(slow).expect("a known operation");
        let terminal = stage.start(width, LONG, &[]);
        let screen = terminal.until("2/3").await;
        let wrong = compared(PROGRESS, width, &screen);
        stage.sim.faults().remove(held).expect("it holds");
        let after = terminal.end().await;
        assert_eq!(after.lines, [format!("$ {LONG}").as_str(), "[exit code 2]"], "it is not cleared");
        assert_eq!(wrong, None);
    }
    let screen = stage.run(80, &format!("{LONG} 2> told.txt; wc -c < told.txt"), &[]).await;
    assert_eq!(screen.lines[1..], ["0", "[exit code 0]"], "a file was told how far it is");
}

#[tokio::test]
#[ignore = "needs tmux: make terminal"]
async fn colour_goes_by_the_flag_before_the_environment_before_the_terminal() {
    let stage = Stage::new().await;
    let rows = [
        ("roomkeeper plam", &[][..], true),
        ("roomkeeper plam", &[("NO_COLOR", "1")], false),
        ("roomkeeper plam --color=never", &[], false),
        ("roomkeeper plam --color always", &[("NO_COLOR", "1")], true),
        ("roomkeeper plam 2>&1 | cat", &[], false),
        ("roomkeeper plam 2>&1 | cat", &[("CLICOLOR_FORCE", "1")], true),
        ("roomkeeper --color=always plan -f nowhere.yaml 2>&1 | cat", &[], true),
        ("roomkeeper --color=never plan -f nowhere.yaml", &[], false),
        ("roomkeeper --color=always --help | cat", &[("NO_COLOR", "1")], true),
    ];
    for (line, variables, painted) in rows {
        let screen = stage.run(80, line, variables).await;
        assert_eq!(screen.painted.contains('\u{1b}'), painted, "{line} {variables:?}:\n{}", screen.painted);
    }
}

impl Stage {
    fn start(&self, width: u16, line: &str, variables: &[(&str, &str)]) -> Terminal {
        let host = self.sim.url().trim_start_matches("http://").to_owned();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.folder.join("bin").display());
        let own = [
            ("PATH", path.as_str()),
            ("ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS", host.as_str()),
            // Relative to the stage's folder, and not there without a cluster.
            ("KUBECONFIG", "admin.yaml"),
            // Log lines have times.
            ("RUST_LOG", "off"),
        ];
        Terminal::start(width, &self.folder, line, &[&own, variables].concat())
    }

    async fn run(&self, width: u16, line: &str, variables: &[(&str, &str)]) -> Screen {
        self.start(width, line, variables).end().await
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/terminal")
}

fn file(name: &str, width: u16) -> PathBuf {
    folder().join(format!("{name}.{width}.txt"))
}

/// Says how a screen differs from its golden file; with `UPDATE` it writes the file instead.
fn compared(name: &str, width: u16, screen: &Screen) -> Option<String> {
    let file = file(name, width);
    let shown = steady(&screen.painted);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(folder()).expect("a folder can be made");
        std::fs::write(&file, &shown).expect("a golden file can be written");
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = golden != shown;
    differs.then(|| format!("{name}.{width}: is not as its golden file:\n{}\nbut:\n{}", golden, shown))
}

/// Returns what is shown with what is another each time: how long something took, ports, and ages of seconds.
fn steady(shown: &str) -> String {
    let rows = [
        (r"within \d+ ms", "within 12 ms"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:45678"),
        (r"(made +)\d+s ago", "${1}12s ago"),
    ];
    rows.iter().fold(shown.to_owned(), |shown, (pattern, steady)| {
        Regex::new(pattern).expect("a pattern").replace_all(&shown, *steady).into_owned()
    })
}
