//! What is the same for all commands, from outside: help, errors, pipes, and what is printed for shells and readers.
//!
//! No cluster and no vendor is needed. How it looks at a terminal is in `terminal/`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn roomkeeper(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roomkeeper"));
    command.args(arguments).env_clear().current_dir(env!("CARGO_MANIFEST_DIR"));
    command.output().expect("the binary starts")
}

/// Returns the exit code, standard output and standard error.
fn told(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = roomkeeper(arguments);
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Calls `look` with every command, the program itself first, and the words that lead to it.
fn every_command(look: &mut impl FnMut(&str, &mut clap::Command)) {
    fn walk(path: &str, command: &mut clap::Command, look: &mut impl FnMut(&str, &mut clap::Command)) {
        look(path, command);
        for command in command.get_subcommands_mut().filter(|command| command.get_name() != "help") {
            walk(&format!("{path} {}", command.get_name()), command, look);
        }
    }
    let mut commands = roomkeeper::cli::command();
    commands.build();
    walk("roomkeeper", &mut commands, look);
}

#[test]
fn every_command_has_an_example_and_every_flag_says_what_it_is_for() {
    let mut seen = 0;
    every_command(&mut |path, command| {
        seen += 1;
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.starts_with("Example"), "{path} has no example");
        assert!(help.contains(&format!("\n  {path} ")) || help.contains(&format!("\n  {path}\n")), "{path}: {help}");
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.len() > 8, "{path} does not say what {} is for", argument.get_id());
        }
    });
    assert!(seen > 6, "only {seen} commands were looked at");
}

#[test]
fn help_fits_80_columns_and_breaks_no_example() {
    every_command(&mut |path, command| {
        let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let help = command.clone().term_width(80).render_long_help().to_string();
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{path}: {line}");
        }
        for line in examples.lines().filter(|line| line.starts_with("  ")) {
            assert!(help.lines().any(|shown| shown.trim_end() == line), "{path}: this is broken: {line}");
        }
    });
}

#[test]
fn without_a_command_help_is_printed_and_the_exit_code_is_2() {
    let (code, out, err) = told(&[]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("Usage: roomkeeper"), "{err}");
}

#[test]
fn crds_and_guards_are_printed_as_the_files_are() {
    let files = |folder: &str| {
        let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("it is there");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
        paths.sort();
        paths.iter().map(|path| std::fs::read_to_string(path).expect("it can be read")).collect::<Vec<String>>()
    };
    let crds = files("crds");
    assert_eq!(told(&["crds"]), (Some(0), crds.join("---\n"), String::new()));
    let all = [files("config/admission"), crds].concat();
    assert_eq!(told(&["crds", "--with-guards"]), (Some(0), all.join("---\n"), String::new()));
}

#[test]
fn version_says_the_same_to_people_and_programs() {
    let (code, out, err) = told(&["version", "-o", "json"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let version: Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(version["api"], "roomkeeper.dev/v1alpha1");
    assert!(version["rust"].as_str().is_some_and(|rust| rust.starts_with(env!("CARGO_PKG_RUST_VERSION"))), "{out}");
    let (_, text, _) = told(&["version"]);
    for value in version.as_object().into_iter().flat_map(|fields| fields.values()) {
        assert!(text.contains(value.as_str().unwrap_or("not a text")), "{value} is not in {text}");
    }
}

#[test]
fn a_reader_that_goes_away_early_is_no_error() {
    for command in ["crds --with-guards", "completions bash", "--help"] {
        // More than a pipe holds for the first one, so that writing fails while nobody reads any more.
        let line = format!("set -o pipefail; '{}' {command} | head -1", env!("CARGO_BIN_EXE_roomkeeper"));
        let output = Command::new("bash").args(["-c", &line]).output().expect("bash is there");
        assert!(output.status.success() && output.stderr.is_empty(), "{command}: {output:?}");
        assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1, "{command}");
    }
}

#[test]
fn completions_are_there_for_every_shell_and_those_of_bash_work() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, out, err) = told(&["completions", shell]);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{shell}");
        assert!(out.contains("assume-owned"), "{shell} does not know the flags of plan");
    }
    let typed = |words: &str| {
        let script = format!(
            "source <('{}' completions bash); COMP_WORDS=({words} ''); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _roomkeeper roomkeeper '' \"${{COMP_WORDS[COMP_CWORD-1]}}\"; echo \"${{COMPREPLY[@]}}\"",
            env!("CARGO_BIN_EXE_roomkeeper")
        );
        let output = Command::new("bash").args(["-c", &script]).output().expect("bash is there");
        String::from_utf8(output.stdout).expect("words are UTF-8")
    };
    assert!(typed("roomkeeper").contains(" controller "), "{}", typed("roomkeeper"));
    assert!(typed("roomkeeper version --output").starts_with("text json"), "{}", typed("roomkeeper version --output"));
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let folder = std::env::temp_dir().join(format!("roomkeeper-man-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder can be made");
    let path = folder.display().to_string();
    assert_eq!(told(&["man", &path]), (Some(0), String::new(), String::new()));
    let mut wanted = Vec::new();
    every_command(&mut |path, command| {
        let file = folder.join(format!("{}.1", path.replace(' ', "-")));
        let page = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(page.contains(".SH SYNOPSIS") && page.contains("Example"), "{page}");
        for flag in command.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(page.contains(&format!("\\-\\-{}", flag.replace('-', "\\-"))), "{path}: {flag} is not in {page}");
        }
        wanted.push(file);
    });
    assert_eq!(std::fs::read_dir(&folder).expect("it is there").count(), wanted.len(), "there are pages of no command");
    std::fs::remove_dir_all(&folder).expect("it was just made");
}

#[test]
fn errors_have_one_shape_and_go_to_standard_error() {
    let rows: [(&[&str], &[&str]); 4] = [
        (&["plan", "-f", "nowhere.yaml"], &["error: nowhere.yaml cannot be read: ", "hint: name a file or folder"]),
        (&["plan", "-f", "Makefile"], &["error: Makefile: ", "hint: correct the file"]),
        (&["man", "nowhere"], &["error: the pages cannot be written to nowhere", "cause: No such file", "hint: check"]),
        (&["controller"], &["error: no cluster was found", "cause: ", "hint: run inside of one"]),
    ];
    for (arguments, starts) in rows {
        let (code, out, err) = told(arguments);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{arguments:?}: {err}");
        let lines: Vec<&str> = err.lines().collect();
        assert_eq!(lines.len(), starts.len(), "{err}");
        for (line, start) in lines.iter().zip(starts) {
            assert!(line.starts_with(start), "{arguments:?}: {line}");
        }
    }
}

#[test]
fn as_a_plugin_it_says_what_to_type_to_kubectl_and_how_a_line_can_go_on() {
    let folder = std::env::temp_dir().join(format!("roomkeeper-plugin-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder can be made");
    let run = |name: &str, arguments: &[&str]| {
        let link = folder.join(name);
        if !link.exists() {
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_roomkeeper"), &link).expect("a link can be made");
        }
        let output = Command::new(link).args(arguments).env_clear().stdin(Stdio::null()).output().expect("it starts");
        String::from_utf8([output.stdout, output.stderr].concat()).expect("it prints UTF-8")
    };
    let help = run("kubectl-roomkeeper", &["plan", "--help"]);
    assert!(
        help.contains("Usage: kubectl roomkeeper plan") && help.contains("\n  kubectl roomkeeper plan -f"),
        "{help}"
    );
    let wrong = run("kubectl-roomkeeper", &["plan"]);
    assert!(wrong.contains("Usage: kubectl roomkeeper plan"), "{wrong}");

    let rows: [(&[&str], &str); 3] = [
        (&["com"], "completions\tPrints what a shell needs to complete commands and flags\n:4\n"),
        (&["version", "--output", "j"], "json\tOne JSON document, for programs\n:4\n"),
        (&["version", "--outp"], "--output\tHow to print it\n:4\n"),
    ];
    for (typed, words) in rows {
        assert_eq!(run("kubectl_complete-roomkeeper", typed), words, "{typed:?}");
    }
    std::fs::remove_dir_all(&folder).expect("it was just made");
}
