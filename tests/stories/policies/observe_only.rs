//! An operator that was started with `--observe-only`: it says what it would do, and goes on once it may.

use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use roomkeeper::api::RoomStatus;
use roomkeeper::api::annotations::{BEGUN, CLAIM, DISMISS_REQUESTED_AT};
use roomkeeper_sim::{Effect, Fault};
use serde_json::{Value, json};

use super::count_writes;
use crate::cloud_meeting::MEETING_APP;
use crate::cloud_rtc::lag;
use crate::crashes::kill;
use crate::scenes::cloud_meeting::{CloudMeeting, add_room, change_room, id};
use crate::scenes::cloud_rtc::CloudRtc;
use crate::scenes::tencent::{Room, Show};
use crate::scenes::{Scene, create, writes};
use crate::story::{Story, message};

/// What an object says: its name, the reason, and what would be done; absent: nothing.
type Said = (&'static str, &'static str, Option<&'static str>);

/// Starts the operator to look only.
fn start_to_look(story: &mut Story) {
    story.with_flags(&["--observe-only"]);
    story.start_operator();
}

/// Starts it anew, to keep rooms.
async fn start_to_keep(story: &mut Story) {
    story.kill_operator().await;
    story.with_flags(&[]);
    story.start_operator();
}

/// Has every object looked at, and checks what it says.
async fn say(story: &Story, rows: &[Said]) {
    for (name, reason, would) in rows {
        story.look_again(name).await;
        let status = story.until_reason(name, reason).await;
        let said = message(&status);
        assert_eq!(said.contains("--observe-only"), would.is_some(), "{name}: {said}");
        assert!(would.is_none_or(|would| said.contains(would)), "{name}: {said}");
    }
}

async fn is_not_claimed(story: &Story, name: &str) {
    let object = story.object(name).await.expect("there").metadata;
    assert_eq!((object.finalizers, object.annotations.and_then(|all| all.get(CLAIM).cloned())), (None, None), "{name}");
}

/// Rooms that are to be changed, made, taken over and ended.
async fn tencent_only_observes<S: Scene>(name: &str, edit: &Value) {
    let mut story = S::stage(name).await;
    story.start_operator();
    for name in ["renamed", "edited", "going"] {
        create::<S>(&story, name, name, &json!({})).await;
        story.until_reason(name, "InSync").await;
    }
    story.kill_operator().await;
    let before = count_writes(&story);
    S::differs(&story, "renamed").await;
    story.patch_room("edited", edit).await;
    create::<S>(&story, "new", "new", &json!({})).await;
    S::stands(&story, "found");
    create::<S>(&story, "found", "found", &json!({ "spec": { "managementPolicies": S::VERBS } })).await;
    story.delete_room("going").await;

    start_to_look(&mut story);
    let change = Some("it would change the room (name");
    say(
        &story,
        &[
            ("renamed", "DriftNotCorrected", change),
            ("edited", "DriftNotCorrected", change),
            ("new", "NotFound", Some("it would make the room (roomId)")),
            ("found", "DriftNotCorrected", change),
            ("going", "DismissalHeld", Some("it would end the room (roomId)")),
        ],
    )
    .await;
    assert_eq!(count_writes(&story), before, "something was written to the vendor");
    for name in ["new", "found"] {
        is_not_claimed(&story, name).await;
    }

    start_to_keep(&mut story).await;
    story.until_gone("going").await;
    for name in ["renamed", "edited", "new", "found"] {
        story.until_reason(name, "InSync").await;
    }
    assert_eq!(writes::<S>(&story, "going").last().map(String::as_str), Some(S::END), "what waited goes on");
}

#[tokio::test]
async fn rooms_are_only_observed_if_the_operator_was_started_for_that() {
    let edit = json!({ "spec": { "tencentRoom": { "name": "Edited" } } });
    tencent_only_observes::<Room>("observe-room", &edit).await;
}

#[tokio::test]
async fn shows_are_only_observed_if_the_operator_was_started_for_that() {
    let edit = json!({ "spec": { "tencentLive": { "name": "Edited" } } });
    tencent_only_observes::<Show>("observe-show", &edit).await;
}

/// More than a dismissal may take to be shown.
const LAG_AND_MORE: Duration = Duration::from_secs(1_000);

#[tokio::test]
async fn a_dismissal_that_was_begun_is_followed_by_an_operator_that_only_observes_and_none_is_made() {
    type S = CloudRtc;
    let mut story = S::stage("observe-rtc").await;
    story.start_operator();
    for name in ["asked", "going", "accepted", "lost"] {
        S::stands(&story, name);
        create::<S>(&story, name, name, &json!({})).await;
        story.until_reason(name, "InSync").await;
    }
    lag(&story);
    story.delete_room("accepted").await;
    story.until_reason("accepted", "Dismissing").await;
    story.fault("dismiss_room", Effect::DropBefore);
    story.delete_room("lost").await;
    story.until_reason("lost", "Dismissing").await;
    story.kill_operator().await;
    let before = count_writes(&story);
    assert_eq!(before, 2, "one dismissal was accepted, one was lost");
    story.annotate("asked", DISMISS_REQUESTED_AT, "now").await;
    story.delete_room("going").await;

    start_to_look(&mut story);
    let end = Some("it would end the room (roomId)");
    let begun = ("lost", "Dismissing", None);
    let held = [("asked", "DismissalHeld", end), ("going", "DismissalHeld", end)];
    say(&story, &[("accepted", "Dismissing", None), begun, held[0], held[1]]).await;
    story.sim.clock().advance(LAG_AND_MORE);
    story.ask_for_look("accepted").await;
    story.until_gone("accepted").await;
    story.until_event("accepted", "DismissalConfirmed", "has ended").await;
    say(&story, &[("lost", "DismissalHeld", end), held[0], held[1]]).await;
    assert_eq!(count_writes(&story), before, "something was written to the vendor");

    start_to_keep(&mut story).await;
    story.sim.world(|world| world.project_mut(crate::cloud_rtc::PROJECT).expect("there").list_lag_seconds = 0);
    let handled = |status: &RoomStatus| status.last_handled_dismiss_at.as_deref() == Some("now");
    story.until_status("asked", "the request to be handled", handled).await;
    for name in ["going", "lost"] {
        story.until_gone(name).await;
    }
    assert_eq!(count_writes(&story), before + 3, "each dismissal that waited is made once");
}

#[tokio::test]
async fn meeting_rooms_stay_whose_they_are_under_an_operator_that_only_observes() {
    type S = CloudMeeting;
    let mut story = S::stage("observe-vmr").await;
    story.start_operator();
    let kept = ["renamed", "handed", "half-done", "half-done-going"];
    for name in kept.into_iter().chain(["going", "nobodys"]) {
        add_room(&story, MEETING_APP, name, |_| {});
        let more = if name == "going" { S::ends_with_its_object() } else { json!({}) };
        create::<S>(&story, name, name, &more).await;
        story.until_reason(name, "InSync").await;
    }
    let to_bob = json!({ "spec": { "huaweiMeeting": { "owner": { "userId": "bob" } } } });
    for name in ["half-done", "half-done-going"] {
        let held = Fault::at("associate_vmr", Effect::HoldBefore).room(&id(name));
        let held = story.sim.faults().add(held).expect("the simulator knows the operation");
        story.patch_room(name, &to_bob).await;
        story.until_held(held).await;
    }
    kill(&mut story, 2).await;
    let (before, users) = (count_writes(&story), users(&story));
    change_room(&story, "renamed", |room| room.name = "The host's".into());
    change_room(&story, "nobodys", |room| room.owner = None);
    story.patch_room("handed", &to_bob).await;
    for name in ["going", "half-done-going"] {
        story.delete_room(name).await;
    }
    add_room(&story, MEETING_APP, "told", |_| {});
    let join_info = json!({ "spec": { "writeJoinInfoToSecretRef": { "name": "join" } } });
    create::<S>(&story, "told", "told", &join_info).await;

    start_to_look(&mut story);
    let hand_over = Some("it would change the room's owner (owner)");
    say(
        &story,
        &[
            ("renamed", "DriftNotCorrected", Some("it would change the room (name)")),
            ("handed", "DriftNotCorrected", hand_over),
            ("half-done", "DriftNotCorrected", hand_over),
            ("half-done-going", "DriftNotCorrected", hand_over),
            ("nobodys", "DriftNotCorrected", hand_over),
            ("going", "DismissalHeld", Some("it would end the room (owner)")),
            ("told", "InSync", None),
        ],
    )
    .await;
    let drift = story.until_reason("handed", "DriftNotCorrected").await.drift;
    let drift: Vec<_> = drift.iter().map(|drift| [&drift.field, &drift.observed, &drift.desired]).collect();
    assert_eq!(drift, [["owner", "alice", "bob"]], "not what is only on the way");
    // The looks of owners need log-ins, which are POSTs, change nothing and register nobody.
    assert_eq!(count_writes(&story), before, "something was written to the vendor");
    assert_eq!(self::users(&story), users, "a user was registered");
    is_not_claimed(&story, "told").await;
    let secrets = story.api::<Secret>();
    assert!(secrets.get_opt("join").await.expect("it answers").is_none(), "people were told how to join");
    for name in ["half-done", "half-done-going"] {
        let annotations = story.object(name).await.expect("there").metadata.annotations;
        assert!(annotations.is_some_and(|all| all.contains_key(BEGUN)), "{name}: what was begun was forgotten");
    }

    start_to_keep(&mut story).await;
    for name in ["going", "half-done-going"] {
        story.until_gone(name).await;
    }
    for name in ["renamed", "handed", "half-done", "nobodys", "told"] {
        story.until_reason(name, "InSync").await;
    }
    assert!(secrets.get_opt("join").await.expect("it answers").is_some());
    let owners =
        [("handed", Some("bob@corp")), ("half-done", Some("bob@corp")), ("half-done-going", Some("alice@corp"))];
    for (name, owner) in owners {
        assert_eq!(story.deeds(&S::place(name)), ["disassociate_vmr", "associate_vmr"], "{name}");
        assert_eq!(owner_of(&story, name).as_deref(), owner, "{name}");
    }
    assert_eq!(owner_of(&story, "going"), None);
}

fn owner_of(story: &Story, name: &str) -> Option<String> {
    story.sim.world(|world| world.huawei_meeting[MEETING_APP].room(&id(name)).expect("there").owner.clone())
}

/// Returns how many users the enterprise has.
fn users(story: &Story) -> usize {
    story.sim.world(|world| world.huawei_meeting[MEETING_APP].enterprises["corp"].users.len())
}
