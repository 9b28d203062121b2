//! The way that README.md walks a newcomer: its commands are run in their order, and print what it says.
//!
//! Only the address of the vendor is another one than there.

use std::os::unix::fs::symlink;
use std::path::Path;

use tokio::process::Command;

use crate::stage::*;

/// The key that README.md has people put in.
const KEY_OF_THE_PAGE: &str = "your-secret-key";

/// Commands, and what they print; absent: the page does not say.
struct Scene {
    commands: String,
    output: Option<String>,
}

/// Returns the examples between two headings.
fn scenes(page: &str, from: &str, to: &str) -> Vec<Scene> {
    let (_, walk) = page.split_once(from).expect("the page has the first heading");
    let (walk, _) = walk.split_once(to).expect("the page has the next heading");
    let mut scenes: Vec<Scene> = Vec::new();
    for block in walk.split("```").skip(1).step_by(2) {
        let (kind, text) = block.split_once('\n').expect("a block has a first line");
        match (kind, scenes.last_mut()) {
            ("sh", _) => scenes.push(Scene { commands: text.to_owned(), output: None }),
            ("text", Some(scene)) => scene.output = Some(text.to_owned()),
            other => panic!("a block of another kind: {:?}", other.0),
        }
    }
    scenes
}

/// Copies what the commands of the page need, with the vendor where the simulator is.
fn repository(folder: &Path, url: &str) {
    let name = "examples/tencent-room/provider-config.yaml";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("the example is there");
    let here = text.replace("region: Singapore", &format!("endpoint: {url}"));
    assert_ne!(here, text, "the example names a region");
    std::fs::create_dir_all(folder.join("examples/tencent-room")).expect("a folder can be made");
    std::fs::write(folder.join(name), here).expect("a file can be written");
}

#[tokio::test]
async fn the_walk_from_an_existing_room_to_a_plan_of_its_end_prints_what_the_page_says() {
    let stage = Stage::new().await;
    stage.sim.world(|world| world.app_mut(APP).expect("the app").secret_key = Some(KEY_OF_THE_PAGE.into()));
    stage.vendor_has_the_room(|_| {});
    let (clone, programs) = (stage.folder.join("clone"), stage.folder.join("programs"));
    repository(&clone, &stage.sim.url());
    std::fs::create_dir(&programs).expect("a folder can be made");
    symlink(env!("CARGO_BIN_EXE_roomkeeper"), programs.join("roomkeeper")).expect("a link can be made");
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").expect("there is one"));

    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("the page is there");
    let scenes = scenes(&page, "### Bring existing rooms under Git\n", "### Try it without a vendor\n");
    assert_eq!(scenes.len(), 3, "the page has three steps");
    for Scene { commands, output } in scenes {
        // Each block is typed into the same shell.
        let script = format!("export ROOMKEEPER_SECRET_TENCENT_SECRETKEY={KEY_OF_THE_PAGE}\n{commands}");
        let mut shell = Command::new("bash");
        shell.args(["-c", &script]).current_dir(&clone).env_clear().env("PATH", &path).env("HOME", &stage.folder);
        for who in ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"] {
            shell.env(who, "newcomer@example.org");
        }
        shell.env("ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS", stage.sim.url().trim_start_matches("http://"));
        let ran = shell.output().await.expect("bash runs");
        let told = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).expect("it is UTF-8"));
        assert_eq!(told[1], "", "{commands}");
        assert_eq!(Some(&told[0]), output.as_ref(), "{commands}");
    }
}
