//! What was there before: removed manifests are deletions, and what was there has its room.

use serde_json::{Value, json};

use crate::stage::*;

/// Writes a folder of manifests, an object in each file, beside the account's.
fn folder(stage: &Stage, name: &str, objects: &[Value]) -> String {
    let folder = stage.folder.join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let account = [stage.config(), secret("tencent", "secretKey", KEY)];
    std::fs::write(folder.join("account.yaml"), yaml(&account)).expect("a file can be written");
    for object in objects {
        let name = object["metadata"]["name"].as_str().expect("it has a name");
        std::fs::write(folder.join(format!("{name}.yaml")), yaml(std::slice::from_ref(object)))
            .expect("a file can be written");
    }
    folder.display().to_string()
}

fn named(name: &str, more: &Value) -> Value {
    let mut object = room(&json!({ "metadata": { "name": name } }));
    json_patch::merge(&mut object, more);
    object
}

#[tokio::test]
async fn a_removed_room_is_dismissed_on_top_of_the_plan_and_what_was_there_has_its_room() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    stage.vendor_has("standup", |room| room.max_members = 20);
    let before = folder(&stage, "before", &[named("standup", &json!({})), room(&json!({}))]);
    let now = folder(&stage, "now", &[named("added", &json!({})), named("standup", &json!({}))]);
    let told = "\
1 room would be dismissed, with whoever is inside. This cannot be undone.

- Room events/weekly-sync (removed)
    room tencent/1400000000/weekly-sync (taken for this object's: it was there before)
    1. dismiss the room  cannot be undone
       roomId: weekly-sync -> no room

+ Room events/added
    room tencent/1400000000/added (not claimed by this object)
    1. create the room
       roomId: no room -> added

~ Room events/standup
    room tencent/1400000000/standup (taken for this object's: it was there before)
    1. update the room
       maxMembers: 20 -> 300

Plan: 1 to dismiss, 1 to create, 1 to update.
";
    stage.run(&["-f", &now, "--base", &before], &[], "").await.is("a folder", CHANGES, told);
    let same = stage.run(&["-f", &before, "--base", &before], &[], "").await;
    same.says("the same folder", CHANGES, "\nPlan: 1 to update, 1 with nothing to do.\n");
}

#[tokio::test]
async fn what_stays_of_a_removed_object_is_said_with_the_reason() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    let now = folder(&stage, "now", &[]);
    let annotated = |name: &str| json!({ "metadata": { "annotations": { name: "true" } } });
    let rows = [
        (
            "dismissing is not allowed",
            json!({ "spec": { "managementPolicies": ["Create", "Update"] } }),
            NOTHING,
            "    Dismissing: the room stays: the spec leaves it (no Dismiss in spec.managementPolicies, or onDelete: Retain)\n",
        ),
        ("it only watched", json!({ "spec": { "managementPolicies": [] } }), NOTHING, "the room stays"),
        (
            "it is paused",
            annotated("roomkeeper.dev/paused"),
            NOTHING,
            "the room stays: the object was paused when it was deleted",
        ),
        (
            "it is protected",
            annotated("roomkeeper.dev/protect"),
            ERROR,
            "    its deletion is refused: it is annotated with roomkeeper.dev/protect; take the annotation away first\n",
        ),
    ];
    for (what, change, code, words) in rows {
        let before = folder(&stage, "before", &[room(&change)]);
        let told = stage.run(&["-f", &now, "--base", &before], &[], "").await;
        told.says(what, code, words);
        told.says(what, code, " Room events/weekly-sync (removed)\n");
        assert!(!told.out.contains("cannot be undone"), "{what}: {}", told.out);
    }
    let people = folder(&stage, "before", &[room(&json!({}))]);
    stage.sim.join(APP, "weekly-sync", "bob").expect("bob is an account");
    let told = stage.run(&["-f", &now, "--base", &people], &[], "").await;
    told.says("people are in it", NOTHING, "    DismissalWaiting: ");
}

#[tokio::test]
async fn an_object_under_another_name_goes_on_with_the_room() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|room| room.max_members = 20);
    let before = folder(&stage, "before", &[room(&json!({}))]);
    let id = json!({ "spec": { "tencentRoom": { "roomId": "weekly-sync" } } });
    let now = folder(&stage, "now", &[named("another", &id)]);
    let told = "\
~ Room events/another
    room tencent/1400000000/weekly-sync (taken for this object's: another object hands it over)
    1. update the room
       maxMembers: 20 -> 300

- Room events/weekly-sync (removed)
    room tencent/1400000000/weekly-sync (taken for this object's: it was there before)
    Dismissing: the room stays: events/another names the same room

Plan: 1 to update, 1 with nothing to do.
";
    stage.run(&["-f", &now, "--base", &before], &[], "").await.is("renamed", CHANGES, told);
}

#[tokio::test]
async fn a_field_that_drift_leaves_alone_is_corrected_only_where_the_spec_was_edited() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|room| room.max_members = 20);
    let spec = |members: u32| {
        let drift = json!({ "fields": { "maxMembers": "OnEdit" } });
        room(&json!({ "spec": { "driftCorrection": drift, "tencentRoom": { "maxMembers": members } } }))
    };
    let before = folder(&stage, "before", &[spec(300)]);
    let same = stage.run(&["-f", &before, "--base", &before], &[], "").await;
    same.says("not edited", NOTHING, "    DriftTolerated: ");
    let now = folder(&stage, "now", &[spec(40)]);
    let edited = stage.run(&["-f", &now, "--base", &before], &[], "").await;
    edited.says("edited", CHANGES, "       maxMembers: 20 -> 40\n");
}

#[tokio::test]
async fn the_base_can_be_a_revision_of_git_also_of_a_folder_that_is_gone() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    let path = std::env::var("PATH").expect("there is one");
    let variables = [("PATH", path.as_str())];
    let rooms = folder(&stage, "rooms", &[room(&json!({}))]);
    git(&stage.folder, &["init", "--quiet", "--initial-branch=main"]);
    git(&stage.folder, &["add", "."]);
    git(&stage.folder, &["commit", "--quiet", "--message=before"]);

    let arguments = ["-f", rooms.as_str(), "--base", "main"];
    let same = stage.run(&arguments, &variables, "").await;
    same.says("nothing changed", NOTHING, "\nPlan: 1 with nothing to do.\n");
    std::fs::remove_file(format!("{rooms}/weekly-sync.yaml")).expect("it is there");
    let removed = stage.run(&arguments, &variables, "").await;
    removed.says("a file is gone", CHANGES, "1. dismiss the room  cannot be undone");
    std::fs::remove_dir_all(&rooms).expect("it is there");
    let removed = stage.run(&arguments, &variables, "").await;
    removed.says("the folder is gone", CHANGES, "1. dismiss the room  cannot be undone");

    folder(&stage, "rooms/deeper", &[named("deep", &json!({}))]);
    let shallow = stage.run(&arguments, &variables, "").await;
    assert!(!shallow.out.contains("events/deep"), "{}", shallow.out);
    let deep = stage.run(&[&arguments[..], &["-R"]].concat(), &variables, "").await;
    deep.says("with the folders in it", CHANGES, "+ Room events/deep\n");

    let nowhere = stage.run(&["-f", &rooms, "--base", "no-such"], &variables, "").await;
    nowhere
        .fails("no such revision", &["--base=no-such cannot be read: there is neither such a folder nor", "git fetch"]);
    let no_git = stage.run(&arguments, &[("PATH", "/nowhere")], "").await;
    no_git.fails("no git", &["--base=main cannot be read: `git` cannot be run"]);
    let dash = stage.run(&["-f", "-", "--base", "main"], &variables, "").await;
    dash.fails("standard input", &["the standard input has no revisions"]);
}

#[tokio::test]
async fn what_may_not_change_is_refused_as_the_api_server_would() {
    let stage = Stage::new().await;
    let before = folder(&stage, "before", &[room(&json!({}))]);
    let moved = json!({ "spec": { "tencentRoom": { "roomId": "elsewhere" } } });
    let now = folder(&stage, "now", &[room(&moved)]);
    for flags in [&["--offline"][..], &[]] {
        let arguments = [&["-f", &now, "--base", &before][..], flags].concat();
        let told = stage.run(&arguments, &[], "").await;
        told.says("another id", ERROR, "! Room events/weekly-sync\n    spec.tencentRoom.roomId: ");
    }
    assert!(stage.sim.journal().iter().all(|entry| entry.room.is_none()), "a wrong spec was looked for");
}
