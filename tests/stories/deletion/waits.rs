//! A dismissal that waits: for people to leave, for a person to decide, for its turn.

use kube::api::{DeleteParams, ListParams};
use roomkeeper::api::Room;
use serde_json::json;

use super::{delete_config, destroys, has, until_looks};
use crate::story::{APP, DEADLINE, ROOM, Story, message, ready};
use crate::support::wait_until;

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

#[tokio::test]
async fn a_pruned_folder_ends_no_more_rooms_in_a_minute_than_the_config_allows() {
    const ROOMS: usize = 30;
    const ALLOWED: usize = 3;
    let story = Story::begin("pruned").await;
    story.create_config("slow", &json!({ "dismissals": { "maxPerMinute": ALLOWED } })).await;
    // Another config of the account would bring its own limit.
    delete_config(&story).await;
    let names: Vec<String> = (0..ROOMS).map(|number| format!("session-{number}")).collect();
    for name in &names {
        let slow = json!({ "metadata": { "name": name }, "spec": { "providerConfigRef": { "name": "slow" } } });
        story.create_room(&slow).await;
    }
    for name in &names {
        story.until_reason(name, "InSync").await;
    }

    let rooms = story.api::<Room>();
    rooms.delete_collection(&DeleteParams::default(), &ListParams::default()).await.expect("the rooms are there");
    let held = async || {
        let left = rooms.list(&ListParams::default()).await.expect("the API server answers").items;
        let held = left.iter().filter_map(|room| room.status.as_ref()).filter(|status| {
            ready(status).is_some_and(|ready| ready.reason == "DismissalHeld") && has(status, "Reconciling")
        });
        (left.len(), held.count())
    };
    let rest = ROOMS - ALLOWED;
    wait_until(DEADLINE, "all rooms but the allowed ones to be held", async || held().await == (rest, rest)).await;
    assert_eq!(destroys(&story), ALLOWED, "within less than a minute");
}
