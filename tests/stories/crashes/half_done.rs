//! What others do to a room while the operator is dead, or does not know how its create went.

use roomkeeper_sim::{Delivery, Effect, Entry, Room as VendorRoom};
use serde_json::json;

use super::tencent::Engine::Room;
use super::tencent::{Act, CREATE, LOOK, scene};
use super::{Act as _, Call, Row, script};
use crate::story::{APP, ROOM, Story, message};

/// What tells a stranger's room from the one that the create would have made.
type Difference = fn(&mut VendorRoom);

/// Rooms that take the id while it is free.
const STRANGERS: [(&str, Difference); 2] = [
    ("another-owner", |room| room.owner = "carol".to_owned()),
    ("another-name", |room| room.name = "Book club".to_owned()),
];

fn somebody_else_makes(story: &Story, name: &str, difference: Difference) -> VendorRoom {
    story.vendor_makes(name, |room| {
        room.owner = "alice".to_owned();
        room.name = "Weekly sync".to_owned();
        difference(room);
    });
    story.vendor_room(name).expect("it was just made")
}

#[tokio::test]
async fn a_room_that_took_the_id_after_a_lost_create_is_never_touched() {
    let story = Story::begin("taken").await;
    for (name, difference) in STRANGERS {
        script(&story, Act::Create(Room), name, CREATE, Effect::DropBefore);
        let second_look = Row::new(name, Act::Create(Room), Call::Second(LOOK), Effect::HoldBefore).begin(&story).await;
        story.until_held(second_look).await;
        assert_eq!(scene(&story, name).await, "claimed, Pending, no room");
        let stranger = somebody_else_makes(&story, name, difference);
        story.sim.faults().release(second_look).expect("it holds the look");

        let status = story.until_reason(name, "AlreadyExists").await;
        assert_eq!(status.external_id, None, "{}", message(&status));
        assert_eq!(story.room(name).await.expect("there").metadata.finalizers, None);
        Act::Edit(Room).perform(&story, name).await;
        story.until_reason(name, "AlreadyExists").await;
        story.look_again(name).await;
        story.delete_room(name).await;
        story.until_gone(name).await;
        assert_eq!(story.vendor_room(name), Some(stranger), "{name}");
        assert!(story.deeds(name).is_empty(), "{name}");
        assert_eq!(story.sim.writes_of(name).len(), 1, "only the create that was lost");
    }
}

#[tokio::test]
async fn a_deletion_after_a_crash_spares_a_room_that_took_the_id() {
    let mut story = Story::begin("taken-deleted").await;
    for (name, difference) in STRANGERS {
        die_at_the_create(&mut story, name, Effect::HoldBefore, "claimed, Pending, no room").await;
        let stranger = somebody_else_makes(&story, name, difference);
        story.delete_room(name).await;
        assert!(scene(&story, name).await.starts_with("claimed"), "the finalizer waits for an operator");

        story.start_operator();
        story.until_gone(name).await;
        assert_eq!(story.vendor_room(name), Some(stranger), "{name}");
        assert!(story.deeds(name).is_empty(), "{name}");
        story.until_event(name, "Released", "it was never this object's room").await;
    }
}

#[tokio::test]
async fn a_deletion_after_a_crash_ends_the_room_whose_create_was_never_answered() {
    let mut story = Story::begin("made-deleted").await;
    die_at_the_create(&mut story, ROOM, Effect::HoldAfter, "claimed, Pending, alice's room for 300").await;
    story.delete_room(ROOM).await;
    story.start_operator();
    Act::Delete(Room).ends_well(&story, ROOM).await;
}

#[tokio::test]
async fn a_deletion_after_a_crash_lets_an_object_go_whose_create_was_never_sent() {
    let mut story = Story::begin("unmade-deleted").await;
    die_at_the_create(&mut story, ROOM, Effect::HoldBefore, "claimed, Pending, no room").await;
    story.delete_room(ROOM).await;
    story.start_operator();
    story.until_gone(ROOM).await;
    assert!(story.deeds(ROOM).is_empty());
    assert_eq!(story.sim.writes_of(ROOM).len(), 1, "only the create that died");
}

#[tokio::test]
async fn a_room_whose_create_was_never_answered_is_known_although_the_spec_was_edited_since() {
    let mut story = Story::begin("made-edited").await;
    die_at_the_create(&mut story, ROOM, Effect::HoldAfter, "claimed, Pending, alice's room for 300").await;
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "name": "Edited", "maxMembers": 50 } } })).await;
    // The operator dies once more, right after the update that makes the room look like no create of ours.
    let update = story.fault("room_engine/update_room_info", Effect::HoldAfter);
    story.start_operator();
    story.until_held(update).await;
    story.kill_operator().await;
    story.sim.faults().clear();

    story.start_operator();
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
}

#[tokio::test]
async fn people_who_are_waited_for_are_waited_for_by_the_next_operator_too() {
    let mut story = Story::begin("killed-waiting").await;
    Act::Delete(Room).prepare(&story, ROOM).await;
    story.sim.join(APP, ROOM, "carol").expect("carol is an account");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;

    story.kill_operator().await;
    let look = Act::Delete(Room).operation(LOOK);
    let looks = |entries: &[Entry]| entries.iter().filter(|entry| entry.calls(&look)).count();
    let before = looks(&story.sim.journal());
    story.start_operator();
    story.until_journal("two more looks", |entries| looks(entries) > before + 1).await;
    assert_eq!(scene(&story, ROOM).await, "claimed, DismissalWaiting, alice's room for 300");
    story.sim.leave(APP, ROOM, "carol").expect("carol is in it");
    Act::Delete(Room).ends_well(&story, ROOM).await;
}

/// Creates an object, and kills the operator at the create.
async fn die_at_the_create(story: &mut Story, name: &str, effect: Effect, at_the_kill: &str) {
    if story.operator.is_none() {
        story.start_operator();
    }
    let create = Row::new(name, Act::Create(Room), Call::First(CREATE), effect).begin(story).await;
    story.until_held(create).await;
    story.kill_operator().await;
    story
        .until_journal("the connection to be gone", |entries| {
            entries.iter().any(|entry| entry.writes(name) && entry.delivery == Delivery::CallerGone)
        })
        .await;
    story.sim.faults().clear();
    assert_eq!(scene(story, name).await, at_the_kill, "{name}");
}
