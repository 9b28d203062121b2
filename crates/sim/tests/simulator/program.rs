//! The program `roomkeeper-sim`: what it prints, serves and refuses.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::*;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roomkeeper-sim"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

fn seed() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/seed.yaml").to_str().expect("UTF-8").to_owned()
}

/// A file in the build's own folder for tests.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Reads so many lines of the program's standard output, within the deadline.
async fn lines(child: &mut Child, count: usize) -> Vec<String> {
    let mut reader = BufReader::new(child.stdout.take().expect("piped")).lines();
    let read = async {
        let mut lines = Vec::new();
        while lines.len() < count {
            lines.push(reader.next_line().await.expect("text").expect("a further line"));
        }
        lines
    };
    tokio::time::timeout(DEADLINE, read).await.expect("the program says where it listens")
}

fn url(line: &str, label: &str) -> String {
    line.strip_prefix(label).unwrap_or_else(|| panic!("`{line}` begins with `{label}`")).to_owned()
}

#[tokio::test]
async fn it_serves_its_seed_until_it_is_told_to_stop() {
    let ca_file = scratch("simulator-ca.pem");
    let ca_path = ca_file.to_str().expect("UTF-8");
    let seed = seed();
    let arguments =
        ["--seed", &seed, "--port", "0", "--control-port", "0", "--tls-port", "0", "--tls-ca-file", ca_path];
    let mut child = program(&arguments).spawn().expect("it starts");
    let printed = lines(&mut child, 3).await;
    let (plain, secure) = (url(&printed[0], "room services: "), url(&printed[1], "room services: "));
    let control = url(&printed[2], "control port: ");

    let stopped = http().post(format!("{control}/clock")).body(r#"{"stopAtUnixSeconds": 1800000000}"#);
    assert_eq!(stopped.send().await.expect("a reply").status(), 200);
    let authority = std::fs::read(&ca_file).expect("the authority");
    let authority = reqwest::Certificate::from_pem(&authority).expect("a certificate");
    let trusting = reqwest::Client::builder().tls_certs_only([authority]).timeout(DEADLINE).build().expect("a client");
    let draft = Draft::of(GET, &json!({ "RoomId": "town-hall" }));
    for (client, base) in [(http(), plain), (trusting, secure)] {
        let answer: Value = draft.send_with(&client, &base).await.expect("a reply").json().await.expect("JSON");
        assert_eq!(answer["Response"]["RoomInfo"]["RoomName"], "Town hall");
    }

    let id = child.id().expect("it runs").to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill is there");
    assert!(told.success());
    let ended = tokio::time::timeout(DEADLINE, child.wait()).await.expect("it stops").expect("a status");
    assert!(ended.success(), "{ended}");
}

#[tokio::test]
async fn it_ends_with_an_error_that_names_the_mistake() {
    let bad_seed = scratch("bad-seed.yaml");
    std::fs::write(&bad_seed, "tencent:\n  7:\n    colour: red\n").expect("a writable folder");
    let bad_seed = bad_seed.to_str().expect("UTF-8");
    let rows: [(&[&str], &str); 4] = [
        (&["--seed", "/nowhere/seed.yaml"], "/nowhere/seed.yaml"),
        (&["--seed", bad_seed], "colour"),
        (&["--port", "100000"], "100000"),
        (&["--tls-ca-file", "ca.pem"], "--tls-port"),
    ];
    for (arguments, word) in rows {
        let output =
            tokio::time::timeout(DEADLINE, program(arguments).output()).await.expect("it ends").expect("output");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(word), "{arguments:?}: {error}");
    }
}

#[tokio::test]
async fn its_help_tells_every_option() {
    let output = program(&["--help"]).output().await.expect("output");
    let help = String::from_utf8_lossy(&output.stdout);
    let page = include_str!("../../../../docs/simulator.md");
    for option in ["--seed", "--address", "--port", "--control-port", "--tls-port", "--tls-name", "--tls-ca-file"] {
        assert!(help.contains(option) && page.contains(option), "{option}");
    }
}
