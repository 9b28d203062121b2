//! Rooms and shows of Tencent, which are named by their ids.

use roomkeeper_sim::{App, Room, RoomType, Shown, TakeSeatMode};
use serde_json::{Value, json};

use super::{lines, uncommented};
use crate::stage::*;

const ROOM: &[&str] = &["--engine", "tencentRoom"];
const SHOW: &[&str] = &["--engine", "tencentLive"];

fn accounts(stage: &Stage) -> Vec<Value> {
    vec![stage.config(), secret("tencent", "secretKey", KEY)]
}

/// Has the vendor keep a room of alice's.
fn has(stage: &Stage, id: &str, change: impl FnOnce(&mut Room)) {
    let now = stage.sim.clock().now();
    stage.sim.world(|world| {
        let app = world.app_mut(APP).expect("the app");
        let mut room = Room::conference(id, "alice", &app.package, now);
        change(&mut room);
        app.rooms.insert(id.to_owned(), room);
    });
}

fn answers(stage: &Stage, change: impl FnOnce(&mut App)) {
    stage.sim.world(|world| change(world.app_mut(APP).expect("the app")));
}

/// Everything that a room can have, in words that YAML could take for something else.
fn furnish(stage: &Stage) -> Vec<&'static str> {
    has(stage, "weekly-sync", |room| {
        (room.name, room.max_members, room.audio_disabled) = ("Weekly sync".to_owned(), 300, true);
        (room.password_enabled, room.password) = (true, PASSWORD.to_owned());
        (room.seats_enabled, room.max_seats) = (true, 8);
        room.take_seat_mode = Some(TakeSeatMode::ApplyToTake);
    });
    has(stage, "Town Hall #1", |room| {
        room.name = "全体会议".to_owned();
        room.owner = "bob".to_owned();
        room.custom_info = "a: 1\nb: |\n  'two'\t\"three\" \u{7} \u{2028} # four".to_owned();
        (room.video_disabled, room.message_disabled) = (true, true);
        (room.screen_sharing_disabled, room.cloud_recording_disabled) = (true, true);
    });
    let odd = ["on", "0123", "1e5", "null", "~", "- x: y", "{a}", "2030-01-01", "x # y", "'", "\"", "a/b"];
    for id in odd {
        has(stage, id, |room| room.custom_info = id.to_owned());
    }
    [&["weekly-sync", "Town Hall #1"][..], &odd].concat()
}

#[tokio::test]
async fn imported_rooms_need_nothing_whatever_they_are_called_and_however_they_are_set() {
    let stage = Stage::new().await;
    let ids = furnish(&stage);
    let told = stage.import(&accounts(&stage), "tencent", &[ROOM, &["--"], &ids].concat()).await;
    assert_eq!((told.code, told.err.as_str()), (Some(NOTHING), ""), "{}", told.out);
    assert_eq!(lines(&told.out, "  managementPolicies: []"), ids.len());
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, ids.len());
    // The same rooms give the same text, so that Git shows what changed at the vendor.
    let again = stage.import(&accounts(&stage), "tencent", &[ROOM, &["--"], &ids].concat()).await;
    assert_eq!(again.out, told.out);
}

#[tokio::test]
async fn a_room_is_written_with_what_is_known_of_it_and_why_the_rest_is_left_out() {
    let stage = Stage::new().await;
    furnish(&stage);
    let told = stage.import(&accounts(&stage), "tencent", &[ROOM, &["weekly-sync"]].concat()).await;
    let expected = "\
---
# tencent/1400000000/weekly-sync (\"Weekly sync\"), as the ProviderConfig events/tencent shows it.
# Left out: schedule counts only when a room is made, and one that is made again would be open at the same time again.
# Set and not managed: password. To manage it, make the Secret and take the # from its lines:
#   kubectl -n events create secret generic weekly-sync --from-literal=password=PASSWORD
apiVersion: roomkeeper.dev/v1alpha1
kind: Room
metadata:
  name: weekly-sync
  namespace: events
spec:
  providerConfigRef:
    kind: ProviderConfig
    name: tencent
  tencentRoom:
    roomId: weekly-sync
    owner: alice
    name: Weekly sync
    maxMembers: 300
    videoDisabled: false
    audioDisabled: true
    messageDisabled: false
    screenSharingDisabled: false
    cloudRecordingDisabled: false
    customInfo: \"\"
    takeSeatMode: ApplyToTake
    # password:
    #   secretKeyRef:
    #     name: weekly-sync
    #     key: password
    seats:
      enabled: true
      max: 8
  managementPolicies: []
";
    told.is("one room", NOTHING, expected);
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/import.md");
    let page = std::fs::read_to_string(page).expect("the page can be read");
    assert!(page.contains(expected), "docs/import.md shows another text than the command");
    // Who follows the comments manages the password too.
    let managed = uncommented(&told.out) + "---\n" + &secret("weekly-sync", "password", PASSWORD).to_string();
    stage.has_nothing_to_do(&stage.plan_of(&managed).await, &managed, 1);
    let other = uncommented(&told.out) + "---\n" + &secret("weekly-sync", "password", "canary-other").to_string();
    let planned = stage.plan_of(&other).await;
    assert!(planned.out.contains("password: other -> set"), "{}", planned.out);
}

#[tokio::test]
async fn taking_rooms_over_changes_nothing_and_says_what_a_deletion_does() {
    let stage = Stage::new().await;
    let ids = furnish(&stage);
    let told = stage.import(&accounts(&stage), "tencent", &[ROOM, &["--adopt", "--"], &ids].concat()).await;
    let verbs = "  managementPolicies:\n  - Create\n  - Adopt\n  - Update\n  - ChangeOwner\n  - Dismiss\n";
    assert_eq!(told.out.matches(verbs).count(), ids.len(), "{}", told.out);
    assert_eq!(lines(&told.out, "# Deleting this object ends the room once nobody is in it"), ids.len());
    let planned = stage.plan_of(&told.out).await;
    stage.has_nothing_to_do(&planned, &told.out, ids.len());
    assert_eq!(lines(&planned.out, "(not claimed by this object)"), ids.len(), "{}", planned.out);
}

#[tokio::test]
async fn references_to_passwords_are_fields_if_one_asks_for_them() {
    let stage = Stage::new().await;
    furnish(&stage);
    let told = stage.import(&accounts(&stage), "tencent", &[ROOM, &["--passwords", "weekly-sync"]].concat()).await;
    assert_eq!((told.code, lines(&told.out, "    # ")), (Some(NOTHING), 0), "{}", told.out);
    let planned = stage.plan_of(&told.out).await;
    assert!(planned.out.contains("the Secret events/weekly-sync does not exist"), "{}", planned.out);
    let with_secret = told.out.clone() + "---\n" + &secret("weekly-sync", "password", PASSWORD).to_string();
    stage.has_nothing_to_do(&stage.plan_of(&with_secret).await, &with_secret, 1);
}

#[tokio::test]
async fn what_the_spec_cannot_hold_or_the_vendor_does_not_show_is_left_out() {
    let stage = Stage::new().await;
    has(&stage, "a", |room| {
        (room.name, room.owner) = ("周".repeat(34), "o".repeat(33));
        (room.max_members, room.custom_info) = (0, "x".repeat(501));
    });
    answers(&stage, |app| app.answers.passwords = Shown::Hidden);
    has(&stage, "b", |room| (room.password_enabled, room.password) = (true, PASSWORD.to_owned()));
    let told = stage.import(&accounts(&stage), "tencent", &[ROOM, &["a", "b"]].concat()).await;
    assert_eq!((told.code, told.err.as_str()), (Some(NOTHING), ""), "{}", told.out);
    for words in [
        "# Left out: owner has 33 bytes, the vendor takes at most 32",
        "# Left out: name has 102 bytes, the vendor takes at most 100",
        "# Left out: maxMembers is 0, must be at least 1",
        "# Left out: customInfo has 501 bytes",
        "# Left out: takeSeatMode is \"None\", which is neither FreeToTake nor ApplyToTake",
    ] {
        assert!(told.out.contains(words), "{words:?} is not in {}", told.out);
    }
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 2);
}

#[tokio::test]
async fn names_of_a_vendor_end_no_comment_and_begin_no_field() {
    let stage = Stage::new().await;
    let name = "x\nspec: {}\n---\nkind: Room\u{2028}\r\u{85}y";
    has(&stage, "weekly-sync", |room| room.name = name.to_owned());
    let told = stage.import(&accounts(&stage), "tencent", &[ROOM, &["weekly-sync"]].concat()).await;
    assert_eq!(told.out.matches("---").count(), 3, "{}", told.out);
    assert_eq!(told.out.lines().filter(|line| line.starts_with("kind")).count(), 1, "{}", told.out);
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 1);
}

/// Shows of every kind, with metadata.
fn furnish_shows(stage: &Stage) -> Vec<&'static str> {
    let show = |id: &str, template: &str, change: &dyn Fn(&mut Room)| {
        has(stage, id, |room| {
            room.room_type = RoomType::Live;
            (room.take_seat_mode, room.live.seat_template) = (Some(TakeSeatMode::FreeToTake), template.to_owned());
            change(room);
        });
    };
    show("friday-show", "VideoDynamicGrid9Seats", &|room| {
        room.name = "周五秀".to_owned();
        (room.live.cover_url, room.live.notice) = ("https://x.example/#a: b".to_owned(), "Be kind: # yes".to_owned());
        (room.live.category, room.live.activity_status) = (vec![3, 1, 2], -7);
        room.live.public_visible = false;
        room.live.metadata.extend([("on".to_owned(), "0x1F".to_owned()), ("a: b".to_owned(), "x\ny\n".repeat(300))]);
    });
    show("Salon", "AudioSalon", &|room| room.max_seats = 4);
    show("old", "", &|_| {});
    vec!["friday-show", "Salon", "old"]
}

#[tokio::test]
async fn imported_shows_need_nothing_and_can_be_taken_over() {
    let stage = Stage::new().await;
    let ids = furnish_shows(&stage);
    for more in [&[][..], &["--adopt"]] {
        let told = stage.import(&accounts(&stage), "tencent", &[SHOW, more, &ids].concat()).await;
        assert_eq!((told.code, told.err.as_str()), (Some(NOTHING), ""), "{}", told.out);
        assert_eq!(lines(&told.out, "    maxSeats: 4"), 1, "{}", told.out);
        assert_eq!(lines(&told.out, "    maxSeats: "), 1, "another arrangement has no number: {}", told.out);
        stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, ids.len());
    }
    let clear = |stage: &Stage| {
        answers(stage, |app| {
            (app.answers.notice, app.answers.public_visible) = (Shown::Hidden, Shown::Hidden);
        });
    };
    clear(&stage);
    let told = stage.import(&accounts(&stage), "tencent", &[SHOW, &["friday-show"]].concat()).await;
    assert!(told.out.contains("# Left out, because the vendor does not show it: "), "{}", told.out);
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 1);
}

#[tokio::test]
async fn ids_come_from_a_file_or_the_standard_input_and_each_room_is_written_once() {
    let stage = Stage::new().await;
    furnish(&stage);
    let path = stage.file("ids.txt", "Town Hall #1\r\n\nweekly-sync\nweekly-sync\n");
    let arguments = [ROOM, &["--ids-from", &path, "weekly-sync"]].concat();
    let told = stage.import(&accounts(&stage), "tencent", &arguments).await;
    assert_eq!((told.code, told.err.as_str()), (Some(NOTHING), ""), "{}", told.out);
    assert_eq!(lines(&told.out, "kind: Room"), 2, "{}", told.out);

    let accounts = stage.file("accounts.yaml", &yaml(&accounts(&stage)));
    let from_input = ["-f", &accounts, "--config", "tencent", "-n", "events", "--ids-from", "-"];
    let told = stage.command("import", &[&from_input, ROOM].concat(), &[], "weekly-sync\n").await;
    assert_eq!((told.code, lines(&told.out, "kind: Room")), (Some(NOTHING), 1), "{}{}", told.out, told.err);
}

#[tokio::test]
async fn a_config_of_the_whole_cluster_is_named_with_its_kind() {
    let stage = Stage::new().await;
    furnish(&stage);
    let mut config = stage.config();
    json_patch::merge(
        &mut config,
        &json!({
            "kind": "ClusterProviderConfig",
            "metadata": { "name": "shared", "namespace": null },
            "spec": { "allowedNamespaces": ["events"] },
        }),
    );
    let mut key = secret("tencent", "secretKey", KEY);
    key["metadata"]["namespace"] = json!("roomkeeper");
    let shared = [config, key];
    let arguments = [ROOM, &["--cluster-config", "weekly-sync"]].concat();
    let told = stage.import(&shared, "shared", &arguments).await;
    assert_eq!((told.code, told.err.as_str()), (Some(NOTHING), ""), "{}", told.out);
    assert!(told.out.contains("    kind: ClusterProviderConfig\n    name: shared\n"), "{}", told.out);
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 1);
}
