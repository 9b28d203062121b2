//! The examples of docs/plan.md for pull requests: their steps, taken out of the page and run as shell.
//!
//! Git and the plan are real; what would send a comment only says what it was given.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::stage::*;

/// A clone with a branch that removes a room, changes one and adds one, and programs on a PATH of its own.
struct Branch {
    stage: Stage,
    clone: PathBuf,
    programs: PathBuf,
    /// The commit that the branch started from.
    base: String,
}

impl Branch {
    async fn new() -> Self {
        let stage = Stage::new().await;
        stage.vendor_has_the_room(|_| {});
        stage.vendor_has("standup", |room| room.max_members = 20);
        let (origin, clone, programs) =
            (stage.folder.join("origin"), stage.folder.join("clone"), stage.folder.join("programs"));
        git(&stage.folder, &["init", "--quiet", "--bare", "--initial-branch=main", "origin"]);
        git(&stage.folder, &["clone", "--quiet", &origin.display().to_string(), "clone"]);
        git(&clone, &["checkout", "--quiet", "-b", "main"]);
        let named = |name: &str| room(&json!({ "metadata": { "name": name } }));
        write(&clone, "rooms/account/tencent.yaml", &stage.config());
        write(&clone, "rooms/weekly-sync.yaml", &room(&json!({})));
        write(&clone, "rooms/standup.yaml", &named("standup"));
        let base = commit(&clone, "before");
        git(&clone, &["push", "--quiet", "origin", "main"]);
        git(&clone, &["checkout", "--quiet", "-b", "change"]);
        std::fs::remove_file(clone.join("rooms/weekly-sync.yaml")).expect("it is there");
        write(&clone, "rooms/added.yaml", &named("added"));
        commit(&clone, "after");

        std::fs::create_dir(&programs).expect("a folder can be made");
        symlink(env!("CARGO_BIN_EXE_roomkeeper"), programs.join("roomkeeper")).expect("a link can be made");
        for sender in ["gh", "curl"] {
            let script = "#!/bin/sh\necho \"$(basename \"$0\") $*\" >> \"$SENT\"\n";
            let path = programs.join(sender);
            std::fs::write(&path, script).expect("a file can be written");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("it is ours");
        }
        Branch { stage, clone, programs, base }
    }

    /// Runs one step as the vendors of CI do: in the clone, and the first command that fails ends it.
    async fn run(&self, script: &str, key: &str) -> Output {
        let path = std::env::var("PATH").expect("there is one");
        let mut command = tokio::process::Command::new("bash");
        command.args(["-e", "-o", "pipefail", "-c", script]).current_dir(&self.clone).env_clear();
        command
            .env("PATH", format!("{}:{path}", self.programs.display()))
            .env("SENT", self.sent())
            .env("GITHUB_BASE_REF", "main")
            .env("GITHUB_STEP_SUMMARY", self.stage.folder.join("summary"))
            .env("PULL_REQUEST", "7")
            .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", &self.base)
            .env("CI_API_V4_URL", "https://gitlab.example/api/v4")
            .env("CI_PROJECT_ID", "3")
            .env("CI_MERGE_REQUEST_IID", "7")
            .env("COMMENT_TOKEN", "canary-comment")
            .env("ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS", self.stage.sim.url().trim_start_matches("http://"))
            .env(KEY_VARIABLE, key);
        command.output().await.expect("bash runs")
    }

    fn sent(&self) -> PathBuf {
        self.stage.folder.join("sent")
    }

    /// Checks that a comment tells of the branch, and was sent with these words.
    fn was_told(&self, words: &str) {
        let comment = std::fs::read_to_string(self.clone.join("plan.md")).expect("the plan was written");
        for part in [
            "**1 room would be dismissed, with whoever is inside. This cannot be undone.**",
            "<b>Room events/weekly-sync</b>: removed, and the room with it",
            "<b>Room events/added</b>: new room",
            "<code>20</code> | <code>300</code>",
        ] {
            assert!(comment.contains(part), "{part:?} is not in {comment}");
        }
        assert!(!comment.contains("canary"), "{comment}");
        let sent = std::fs::read_to_string(self.sent()).expect("a comment was sent");
        assert!(sent.contains(words), "{sent}");
    }
}

fn commit(clone: &Path, message: &str) -> String {
    git(clone, &["add", "--all"]);
    git(clone, &["commit", "--quiet", "--message", message]);
    git(clone, &["rev-parse", "HEAD"])
}

fn write(clone: &Path, name: &str, document: &Value) {
    let path = clone.join(name);
    std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
    std::fs::write(path, yaml(std::slice::from_ref(document))).expect("a file can be written");
}

/// Returns the YAML below a heading of the page.
fn example(heading: &str) -> Value {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/plan.md")).expect("the page is there");
    let (_, below) = page.split_once(&format!("### {heading}\n")).expect("the page has the heading");
    let (_, yaml) = below.split_once("```yaml\n").expect("an example follows");
    serde_saphyr::from_str(yaml.split("```").next().expect("it ends")).expect("the example is YAML")
}

#[track_caller]
fn succeeded(output: &Output) {
    let said = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy);
    assert!(output.status.success(), "{}{}", said[0], said[1]);
}

#[tokio::test]
async fn the_example_for_github_comments_what_a_merge_would_do() {
    let branch = Branch::new().await;
    let workflow = example("GitHub Actions");
    let steps = workflow["jobs"]["plan"]["steps"].as_array().expect("it has steps");
    let step = |name: &str| {
        let step = steps.iter().find(|step| step["name"] == name).expect("the example has the step");
        step["run"].as_str().expect("it runs something")
    };
    let (plan, comment) = (step("Plan"), step("Comment"));
    succeeded(&branch.run(plan, KEY).await);
    succeeded(&branch.run(comment, KEY).await);
    branch.was_told("gh pr comment 7 --edit-last --create-if-none --body-file plan.md");
    let summary = std::fs::read_to_string(branch.stage.folder.join("summary")).expect("a summary was written");
    assert!(summary.contains("### Roomkeeper"), "{summary}");
    let wrong = branch.run(plan, "canary-wrong").await;
    assert_eq!(wrong.status.code(), Some(1), "an error fails the job");
}

#[tokio::test]
async fn the_example_for_gitlab_comments_what_a_merge_would_do() {
    let branch = Branch::new().await;
    let job = &example("GitLab CI")["plan-rooms"];
    let lines: Vec<&str> =
        job["script"].as_array().expect("it has a script").iter().filter_map(Value::as_str).collect();
    let script = lines.join("\n");
    succeeded(&branch.run(&script, KEY).await);
    branch.was_told("https://gitlab.example/api/v4/projects/3/merge_requests/7/notes");
    let wrong = branch.run(&script, "canary-wrong").await;
    assert_eq!(wrong.status.code(), Some(1), "an error fails the job");
}

#[tokio::test]
async fn the_number_that_a_gate_asks_for_is_where_the_page_says() {
    let branch = Branch::new().await;
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/plan.md")).expect("the page is there");
    let line = page.lines().find(|line| line.contains("jq --exit-status")).expect("the page has the gate");
    assert!(line.contains("'.summary.cannotBeUndone == 0'"), "{line}");
    let (plan, _) = line.split_once('|').expect("it is a pipe");
    let output = branch.run(plan, KEY).await;
    let plan: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(plan["summary"]["cannotBeUndone"], 1, "{plan}");
}
