//! A room to its end: dismissed, waited for, left alone, or gone before; and what holds a deletion up.

mod guards;
mod hold_ups;
mod pruned;
mod waits;

use kube::api::DeleteParams;
use roomkeeper::api::{ProviderConfig, Room, RoomStatus};
use roomkeeper_sim::Effect;
use serde_json::json;

use crate::story::{APP, ROOM, Story, merge};

const DESTROY: &str = "room_engine/destroy_room";
const LOOK: &str = "room_engine/get_room_info";

/// Counts the requests to destroy a room, whatever became of them.
fn destroys(story: &Story) -> usize {
    story.sim.journal().iter().filter(|entry| entry.calls(DESTROY)).count()
}

/// Waits until the operator has looked at a room so many more times, so that what it has not done by then it does not do.
async fn until_looks(story: &Story, room: &str, more: usize) {
    let looks = |entries: &[roomkeeper_sim::Entry]| {
        entries.iter().filter(|entry| entry.calls(LOOK) && entry.room.as_deref() == Some(room)).count()
    };
    let before = looks(&story.sim.journal());
    story.until_journal("more looks", |entries| looks(entries) >= before + more).await;
}

/// Tells whether a condition is there; `Reconciling` and `Stalled` are there only while they are true.
fn has(status: &RoomStatus, type_: &str) -> bool {
    status.conditions.iter().any(|condition| condition.type_ == type_)
}

fn finalizers(room: &Room) -> usize {
    room.metadata.finalizers.as_ref().map_or(0, Vec::len)
}

/// Takes the finalizer away by hand, as people do with objects that hang.
async fn force(story: &Story, name: &str) {
    story.patch_room(name, &json!({ "metadata": { "finalizers": null } })).await;
}

async fn delete_config(story: &Story) {
    let deleted = story.api::<ProviderConfig>().delete("tencent", &DeleteParams::default()).await;
    deleted.expect("the config is there");
}

#[tokio::test]
async fn an_empty_room_is_destroyed_once_and_the_object_goes() {
    let story = Story::begin("empty").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(finalizers(&story.room(ROOM).await.expect("there")), 1);

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room"]);
    assert_eq!(destroys(&story), 1);
    story.until_event(ROOM, "Dismissed", "dismiss the room").await;
}

#[tokio::test]
async fn a_room_that_is_already_gone_is_not_destroyed_again() {
    let story = Story::begin("gone").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.world(|world| world.app_mut(APP).expect("the app").rooms.clear());

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);
    assert_eq!(destroys(&story), 0, "a call for a room that is not there");
}

#[tokio::test]
async fn a_room_that_may_not_be_dismissed_outlives_its_object_without_a_finalizer() {
    let story = Story::begin("forbidden").await;
    let policies = json!({ "spec": { "managementPolicies": ["Create", "Update"] } });
    story.create_room(&policies).await;
    story.create_room(&json!({ "metadata": { "name": "changed" } })).await;
    for name in [ROOM, "changed"] {
        story.until_reason(name, "InSync").await;
    }
    assert_eq!(finalizers(&story.room(ROOM).await.expect("there")), 0, "nothing to do on deletion");
    assert_eq!(finalizers(&story.room("changed").await.expect("there")), 1);
    story.patch_room("changed", &policies).await;
    story.until_reason("changed", "InSync").await;
    assert_eq!(finalizers(&story.room("changed").await.expect("there")), 0, "nothing to do any more");

    for name in [ROOM, "changed"] {
        story.delete_room(name).await;
        story.until_gone(name).await;
        assert!(story.vendor_room(name).is_some(), "{name} was dismissed");
    }
    assert_eq!(destroys(&story), 0);
}

#[tokio::test]
async fn a_destroy_whose_reply_is_lost_is_not_repeated() {
    let story = Story::begin("lost").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.fault(DESTROY, Effect::ApplyThenDrop);
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(destroys(&story), 1);

    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.fault(DESTROY, Effect::DropBefore);
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room", "create_room", "destroy_room"]);
}

#[tokio::test]
async fn an_object_made_again_by_force_does_not_touch_the_old_room() {
    let story = Story::begin("force").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;
    force(&story, ROOM).await;
    story.until_gone(ROOM).await;

    let other = json!({ "spec": { "tencentRoom": { "name": "Another meeting", "maxMembers": 7 } } });
    story.create_room(&other).await;
    let status = story.until_reason(ROOM, "AlreadyExists").await;
    assert!(status.external_id.is_none(), "it is not this object's room");
    story.sim.leave(APP, ROOM, "bob").expect("bob is in the room");
    story.look_again(ROOM).await;
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;

    let mut adopted = json!({ "spec": { "managementPolicies": ["Create", "Adopt", "Update", "Dismiss"] } });
    merge(&mut adopted, &other);
    assert_eq!(story.vendor_room(ROOM).expect("still there").name, "Weekly sync");
    assert_eq!(story.deeds(ROOM), ["create_room"], "the room was touched without being asked");
    story.create_room(&adopted).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.vendor_room(ROOM).expect("there").name, "Another meeting");
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info", "destroy_room"]);
}
