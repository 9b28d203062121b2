//! What others do to an object while the watches are late: no room is made or ended for an object that is not there, or
//! not meant any more.

use roomkeeper::api::annotations;
use roomkeeper_sim::{Effect, Entry, FaultId, Shown};
use serde_json::json;

use super::late_watches::{Nudge, version, versions};
use super::tencent::Engine::{Live, Room};
use super::tencent::{Act as Tencent, LOOK, deeds};
use super::{Act, Call, Row, cloud_meeting, cloud_rtc};
use crate::story::{APP, DEADLINE, ROOM, Story, create};

/// The object of these stories.
const NAME: &str = "unseen";

/// Deletes an object, and has the pass that ends its room wait at this look of the vendor; then the watch falls silent.
async fn delete_and_hold<A: Act>(story: &str, act: A, look: Call) -> (Story, FaultId) {
    let mut story = A::stage(story).await.with_relay().await;
    story.start_operator();
    act.prepare(&story, NAME).await;
    let look = Row::new(NAME, act, look, Effect::HoldAfter).begin(&story).await;
    story.until_held(look).await;
    story.relay().hold(&story.kind_in_urls());
    (story, look)
}

/// A person takes away the finalizer, and makes another object of the same name for the room, while the operator is about
/// to end it.
async fn check_successor<A: Act>(story: &str, act: A, look: Call, reason: &str) {
    let (story, look) = delete_and_hold(story, act, look).await;
    let first = story.object(NAME).await.expect("its finalizer holds it");
    story.patch_room(NAME, &json!({ "metadata": { "finalizers": null } })).await;
    story.until_gone(NAME).await;
    let types = first.types.expect("it has a kind");
    let second = json!({
        "apiVersion": types.api_version,
        "kind": types.kind,
        "metadata": { "name": NAME },
        "spec": first.data["spec"],
    });
    create(&story.objects(), &second).await;
    let writes = story.sim.writes_of(&act.place(NAME));
    let spares = || assert_eq!(story.sim.writes_of(&act.place(NAME)), writes, "{act:?}");
    story.sim.faults().release(look).expect("it holds the look");
    let mut nudge = Nudge::of(&story, act, NAME).await;
    // The third pass that fails is one that wants to say so.
    for _ in 0..4 {
        nudge.push().await;
        spares();
    }
    let scene = act.scene(&story, NAME).await;
    assert!(
        scene.starts_with("unclaimed, Pending, "),
        "{act:?}: what was seen of the earlier one stands here: {scene}"
    );

    story.relay().release();
    story.until_reason(NAME, reason).await;
    nudge.push().await;
    spares();
}

/// A person releases the object while the operator is about to end its room.
async fn check_released<A: Act>(story: &str, act: A, look: Call) {
    let (story, look) = delete_and_hold(story, act, look).await;
    let writes = story.sim.writes_of(&act.place(NAME));
    story.annotate(NAME, annotations::RELEASE, "true").await;
    story.sim.faults().release(look).expect("it holds the look");
    story.until_gone(NAME).await;
    assert_eq!(story.sim.writes_of(&act.place(NAME)), writes, "{act:?}");
    story.until_event(NAME, "Released", "roomkeeper.dev/release").await;
}

#[tokio::test]
async fn what_is_seen_for_an_object_is_not_written_to_a_later_one_of_its_name() {
    let act = Tencent::Create(Room);
    let mut story = Tencent::stage("later-status").await.with_relay().await;
    story.vendor_makes(NAME, |room| room.max_members = 100);
    story.start_operator();
    let watching = json!({ "metadata": { "name": NAME }, "spec": { "managementPolicies": [] } });
    story.create_room(&watching).await;
    story.until_reason(NAME, "DriftNotCorrected").await;
    let mut nudge = Nudge::of(&story, act, NAME).await;

    story.relay().hold("rooms");
    story.delete_room(NAME).await;
    story.until_gone(NAME).await;
    story.create_room(&watching).await;
    story.vendor_changes(NAME, |room| room.max_members = 200);
    nudge.push().await;
    nudge.push().await;
    assert_eq!(act.scene(&story, NAME).await, "unclaimed, Pending, carol's room for 200");
    story.relay().release();
    story.until_reason(NAME, "DriftNotCorrected").await;
}

#[tokio::test]
async fn the_room_of_a_later_object_of_the_same_name_is_not_ended_with_the_earlier_one() {
    let look = Call::First(LOOK);
    check_successor("later-room", Tencent::Delete(Room), look, "AlreadyExists").await;
    check_successor("later-show", Tencent::Delete(Live), look, "AlreadyExists").await;
    check_successor("later-rtc", cloud_rtc::Act::Delete, Call::First(cloud_rtc::LIST), "InSync").await;
    check_successor("later-vmr", cloud_meeting::Act::Recycle, Call::First(cloud_meeting::CORP_ROOMS), "InSync").await;
}

#[tokio::test]
async fn a_room_is_not_ended_whose_object_was_released_a_moment_ago() {
    let look = Call::First(LOOK);
    check_released("freed-room", Tencent::Delete(Room), look).await;
    check_released("freed-show", Tencent::Delete(Live), look).await;
    check_released("freed-rtc", cloud_rtc::Act::Delete, Call::First(cloud_rtc::LIST)).await;
    check_released("freed-vmr", cloud_meeting::Act::Recycle, Call::First(cloud_meeting::CORP_ROOMS)).await;
}

#[tokio::test]
async fn a_room_that_others_make_after_the_object_went_is_theirs() {
    let act = Tencent::Delete(Room);
    let mut story = Tencent::stage("others").await.with_relay().await;
    story.start_operator();
    act.prepare(&story, NAME).await;
    let mut nudge = Nudge::of(&story, act, NAME).await;
    let kind = story.kind_in_urls();
    story.relay().hold(&kind);
    story.delete_room(NAME).await;
    story.relay().let_pass(&kind, version(&story, NAME).await);
    story.until_gone(NAME).await;
    // It looks just as the operator would have made it.
    story.vendor_makes(NAME, |room| (room.owner, room.name) = ("alice".to_owned(), "Weekly sync".to_owned()));
    let called = story.calls_about(NAME);
    nudge.push().await;
    nudge.push().await;
    story.relay().release();
    nudge.push().await;
    assert_eq!(story.calls_about(NAME), called);
    assert!(story.vendor_room(NAME).is_some());
    assert_eq!(deeds(&story, NAME), act.deeds());
}

#[tokio::test]
async fn a_room_that_ended_is_not_made_again_for_an_object_that_went_unseen() {
    // Without the verb no finalizer holds the object; with it the deletion waits for the operator.
    for (name, verbs) in [("gone", json!(["Create", "Update"])), ("going", json!(["Create", "Update", "Dismiss"]))] {
        for engine in [Room, Live] {
            let act = Tencent::Create(engine);
            let mut story = Tencent::stage(&format!("{name}-unseen")).await.with_relay().await;
            story.start_operator();
            act.perform(&story, NAME).await;
            let lasting = match engine {
                Room => json!({}),
                Live => json!({ "whenEnded": "Recreate" }),
            };
            engine.patch(&story, NAME, &lasting).await;
            story.patch_room(NAME, &json!({ "spec": { "managementPolicies": verbs } })).await;
            story.until_reason(NAME, "InSync").await;
            let mut nudge = Nudge::of(&story, act, NAME).await;
            story.relay().hold(&story.kind_in_urls());
            story.delete_room(NAME).await;
            story.sim.world(|world| world.app_mut(APP).expect("the story's app").rooms.remove(NAME));
            nudge.push().await;
            story.until_gone(NAME).await;
            nudge.push().await;
            story.relay().release();
            nudge.push().await;
            assert_eq!(deeds(&story, NAME), act.deeds(), "{name}, {engine:?}");
        }
    }
}

#[tokio::test]
async fn a_password_that_the_vendor_does_not_show_is_not_sent_again_for_a_late_watch() {
    let mut story = Story::prepare("late-password").await.with_relay().await;
    story.sim.world(|world| world.app_mut(APP).expect("the app").answers.passwords = Shown::Hidden);
    story.create_secret("door", "code", "314159").await;
    story.start_operator();
    let password = json!({ "secretKeyRef": { "name": "door", "key": "code" } });
    story.create_room(&json!({ "spec": { "tencentRoom": { "password": password } } })).await;
    story.until_reason(ROOM, "AppliedUnverified").await;
    let mut nudge = Nudge::of(&story, Tencent::Edit(Room), ROOM).await;

    story.relay().hold("rooms");
    story.rotate("door", "code", "271828").await;
    let is_sent = |entries: &[Entry]| entries.iter().any(|entry| entry.calls("room_engine/update_room_info"));
    story.until_journal("the new password", is_sent).await;
    story.relay().until_held("rooms", DEADLINE).await;
    for version in versions(&story, ROOM).await {
        story.relay().let_pass("rooms", version);
        nudge.push().await;
    }
    story.relay().release();
    story.look_again(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
    assert_eq!(story.vendor_room(ROOM).expect("there").password, "271828");
}

#[tokio::test]
async fn a_meeting_room_whose_object_is_deleted_unseen_between_recycle_and_assign_is_not_left_to_nobody() {
    let act = cloud_meeting::Act::HandOver;
    let mut story = cloud_meeting::Act::stage("half-unseen").await.with_relay().await;
    story.start_operator();
    act.prepare(&story, NAME).await;
    let assign = Row::new(NAME, act, Call::First(cloud_meeting::ASSIGN), Effect::HoldBefore).begin(&story).await;
    story.until_held(assign).await;
    story.relay().hold(&story.kind_in_urls());
    story.delete_room(NAME).await;
    story.sim.faults().release(assign).expect("it holds the assign");
    let is_assigned =
        |entries: &[Entry]| entries.iter().any(|entry| entry.calls(cloud_meeting::ASSIGN) && entry.applied);
    story.until_journal("the assign", is_assigned).await;
    story.relay().until_held(&story.kind_in_urls(), DEADLINE).await;
    story.relay().release();
    story.until_gone(NAME).await;
    assert_eq!(act.scene(&story, NAME).await, "no object, bob has Board room");
    assert_eq!(story.deeds(&act.place(NAME)), [cloud_meeting::RECYCLE, cloud_meeting::ASSIGN]);
}
