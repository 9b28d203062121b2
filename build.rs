//! Tells the program what it was built from: the commit, if that is known, and the compiler.
//!
//! It must not fail where there is no git, and reads nothing that differs between two folders with the same sources.

use std::env;
use std::path::Path;
use std::process::Command;

/// The commit that the build is told; empty: it is not known. Absent: git is asked.
const COMMIT: &str = "ROOMKEEPER_COMMIT";

fn main() {
    println!("cargo::rerun-if-env-changed={COMMIT}");
    println!("cargo::rerun-if-changed=build.rs");
    let commit = env::var(COMMIT).ok().or_else(of_the_clone).unwrap_or_default();
    println!("cargo::rustc-env={COMMIT}={commit}");
    let compiler = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    println!("cargo::rustc-env=ROOMKEEPER_RUSTC={}", said(&compiler, &["--version"]).unwrap_or_default());
}

/// Asks git for the commit of this clone, with `-dirty` behind it if files differ.
///
/// Debug builds are not told: they would be built anew after each commit. A folder inside of somebody else's clone is none.
fn of_the_clone() -> Option<String> {
    let root = env::var("CARGO_MANIFEST_DIR").ok()?;
    if env::var("PROFILE").is_ok_and(|profile| profile == "debug") || !Path::new(&root).join(".git").exists() {
        return None;
    }
    let asked = said("git", &["-C", &root, "rev-parse", "--git-path", "logs/HEAD"]);
    if let Some(log) = asked {
        // It grows with each commit and checkout; whether files differ from the commit may change with each edit.
        println!("cargo::rerun-if-changed={}", Path::new(&root).join(log).display());
    }
    for sources in ["src", "crates", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={sources}");
    }
    said("git", &["-C", &root, "describe", "--always", "--exclude=*", "--abbrev=12", "--dirty"])
}

/// Returns what a program prints in its first line; absent: it is not there, it failed, or it said nothing.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    let line = String::from_utf8(output.stdout).ok()?.lines().next()?.trim().to_owned();
    (!line.is_empty()).then_some(line)
}
