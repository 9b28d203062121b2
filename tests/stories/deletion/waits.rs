//! A dismissal that waits: for people to leave, for a person to decide.

use serde_json::json;

use super::{destroys, has, until_looks};
use crate::story::{APP, ROOM, Story, message};

#[tokio::test]
async fn an_occupied_room_waits_and_ends_when_its_people_left() {
    let story = Story::begin("occupied").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.sim.join(APP, ROOM, "carol").expect("carol is an account");

    story.delete_room(ROOM).await;
    let status = story.until_reason(ROOM, "DismissalWaiting").await;
    assert!(has(&status, "Reconciling") && !has(&status, "Stalled"), "{:?}", status.conditions);
    assert!(!message(&status).contains(|letter: char| letter.is_ascii_digit()), "{}", message(&status));
    story.until_event(ROOM, "DismissalWaiting", "2 in the room").await;

    story.sim.leave(APP, ROOM, "carol").expect("carol is in the room");
    until_looks(&story, ROOM, 2).await;
    assert_eq!(story.vendor_room(ROOM).expect("still there").members.len(), 1);
    assert_eq!(destroys(&story), 0, "somebody is in the room");
    let now = story.room(ROOM).await.and_then(|room| room.status).expect("there");
    assert_eq!(now, status, "fewer people are no news for the status");

    story.sim.leave(APP, ROOM, "bob").expect("bob is in the room");
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(destroys(&story), 1);
}

#[tokio::test]
async fn people_are_removed_at_once_where_the_spec_says_so() {
    let story = Story::begin("remove").await;
    story.create_room(&json!({ "spec": { "dismissal": { "whenOccupied": "Dismiss" } } })).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room"]);
    assert!(story.events(ROOM).await.iter().all(|(reason, _)| reason != "DismissalWaiting"));
}

#[tokio::test]
async fn a_deletion_that_timed_out_says_so_and_still_goes_on() {
    let mut story = Story::prepare("timeout").await.with_drift_checks("300ms");
    story.start_operator();
    for name in ["left", "edited"] {
        let timeout = json!({ "metadata": { "name": name }, "spec": { "dismissal": { "timeout": "1s" } } });
        story.create_room(&timeout).await;
        story.until_reason(name, "InSync").await;
        story.sim.join(APP, name, "bob").expect("bob is an account");
        story.delete_room(name).await;
    }
    for name in ["left", "edited"] {
        let status = story.until_reason(name, "DismissalTimedOut").await;
        assert!(has(&status, "Stalled") && !has(&status, "Reconciling"), "{:?}", status.conditions);
        assert!(message(&status).contains("roomkeeper.dev/release"), "{}", message(&status));
        until_looks(&story, name, 2).await;
    }
    assert_eq!(destroys(&story), 0, "a timeout reports, it does not remove people");

    story.sim.leave(APP, "left", "bob").expect("bob is in the room");
    story.until_gone("left").await;
    story.patch_room("edited", &json!({ "spec": { "dismissal": { "whenOccupied": "Dismiss" } } })).await;
    story.until_gone("edited").await;
    assert!(story.vendor_room("left").is_none() && story.vendor_room("edited").is_none());
    assert_eq!(destroys(&story), 2);
}

#[tokio::test]
async fn an_edit_ends_the_wait_for_people() {
    let story = Story::begin("impatient").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;

    story.patch_room(ROOM, &json!({ "spec": { "dismissal": { "whenOccupied": "Dismiss" } } })).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room"]);
}

#[tokio::test]
async fn the_operators_own_account_does_not_keep_a_room() {
    let story = Story::begin("administrator").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.vendor_changes(ROOM, |room| {
        room.members.insert("administrator".to_owned());
    });

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room"]);
}
