//! A room from its creation on: made, edited, drifted, handed over, locked, ended.

use roomkeeper::api::annotations::RECONCILE_REQUESTED_AT;
use roomkeeper_sim::{Effect, Entry, Fault, Shown, Times};
use serde_json::json;

use crate::story::{APP, ROOM, Story, message};

#[tokio::test]
async fn a_room_is_made_once_and_becomes_ready_with_three_calls_and_two_writes() {
    let story = Story::begin("make").await;
    story.create_room(&json!({})).await;
    let status = story.until_reason(ROOM, "InSync").await;

    assert_eq!(status.external_id.as_deref(), Some("tencent/1400000000/weekly-sync"));
    assert_eq!(story.deeds(ROOM), ["create_room"]);
    let made = story.vendor_room(ROOM).expect("the room is there");
    assert_eq!((made.owner.as_str(), made.name.as_str(), made.max_members), ("alice", "Weekly sync", 300));
    assert!(made.audio_disabled);
    // One look that finds nothing, the create, one look that sees it: whatever else happens costs nobody's quota.
    let about_room = story.sim.journal().into_iter().filter(|entry| entry.room.as_deref() == Some(ROOM));
    let calls: Vec<String> = about_room.map(|entry| entry.operation).collect();
    assert_eq!(calls, ["room_engine/get_room_info", "room_engine/create_room", "room_engine/get_room_info"]);
    if let Ok(audit) = story.plane.audit() {
        let ours = audit.iter().filter(|event| event.namespace == story.namespace && event.resource == "rooms");
        let writes: Vec<&str> =
            ours.filter(|event| event.verb == "patch").map(|event| event.subresource.as_str()).collect();
        assert_eq!(writes, ["", "status"], "the claim, then the status");
    }
}

#[tokio::test]
async fn an_edit_sends_what_changed_and_the_name_and_nothing_else() {
    let story = Story::begin("edit").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.vendor_changes(ROOM, |room| room.custom_info = "the host's".to_owned());

    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 50 } } })).await;
    story
        .until_status(ROOM, "the edit", |status| {
            status.observed.as_ref().is_some_and(|seen| seen.max_members == Some(50))
        })
        .await;

    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
    let update = story.sim.writes_of(ROOM).pop().expect("the update");
    let sent = json!({ "RoomInfo": { "RoomId": ROOM, "RoomName": "Weekly sync", "MaxMemberCount": 50 } });
    assert_eq!(update.body, sent);
    assert_eq!(story.vendor_room(ROOM).expect("there").custom_info, "the host's");
}

#[tokio::test]
async fn drift_is_seen_by_the_next_check_and_corrected_with_one_call() {
    let mut story = Story::prepare("drift").await.with_drift_checks("300ms");
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;

    story.vendor_changes(ROOM, |room| room.audio_disabled = false);
    story.until_event(ROOM, "Updated", "audioDisabled").await;
    story.until_reason(ROOM, "InSync").await;

    assert!(story.vendor_room(ROOM).expect("there").audio_disabled);
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
}

#[tokio::test]
async fn an_object_with_an_interval_of_its_own_is_looked_at_as_often_as_that_says() {
    const LOOK: &str = "room_engine/get_room_info";
    let mut story = Story::prepare("interval").await.with_drift_checks("200ms");
    story.start_operator();
    story.create_room(&json!({ "metadata": { "name": "rarely" }, "spec": { "driftCheckInterval": "1h" } })).await;
    story.until_reason("rarely", "InSync").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;

    let looks = |entries: &[Entry], room: &str| {
        entries.iter().filter(|entry| entry.calls(LOOK) && entry.room.as_deref() == Some(room)).count()
    };
    let before = story.sim.journal().len();
    story.until_journal("ten looks at the other", |entries| looks(&entries[before..], ROOM) >= 10).await;
    assert_eq!(looks(&story.sim.journal()[before..], "rarely"), 0);
}

#[tokio::test]
async fn a_field_that_is_not_managed_is_left_to_the_host() {
    let story = Story::begin("unmanaged").await;
    story.create_room(&json!({ "spec": { "tencentRoom": { "audioDisabled": null, "name": null } } })).await;
    story.until_reason(ROOM, "InSync").await;
    story.vendor_changes(ROOM, |room| {
        room.audio_disabled = true;
        room.name = "The host's".to_owned();
    });
    story.look_again(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);

    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 50 } } })).await;
    story
        .until_journal("the update", |entries| entries.iter().any(|entry| entry.calls("room_engine/update_room_info")))
        .await;
    story.until_reason(ROOM, "InSync").await;
    let room = story.vendor_room(ROOM).expect("there");
    assert_eq!((room.name.as_str(), room.audio_disabled), ("The host's", true));
}

#[tokio::test]
async fn a_new_owner_is_waited_for_and_takes_over_when_she_joins() {
    let story = Story::begin("owner").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "owner": "bob" } } })).await;
    let status = story.until_reason(ROOM, "WaitingForOwner").await;
    assert!(message(&status).contains("bob"), "{}", message(&status));
    assert_eq!(status.drift.len(), 1);
    assert_eq!((status.drift[0].field.as_str(), status.drift[0].desired.as_str()), ("owner", "bob"));
    assert!(story.sim.journal().iter().all(|entry| !entry.calls("room_engine/change_room_owner")), "asked in vain");

    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.vendor_room(ROOM).expect("there").owner, "bob");
    assert_eq!(story.deeds(ROOM), ["create_room", "change_room_owner"]);
}

#[tokio::test]
async fn a_password_comes_from_a_secret_and_follows_its_rotation() {
    let story = Story::begin("password").await;
    story.create_secret("door", "code", "canary-password-one").await;
    let password = json!({ "secretKeyRef": { "name": "door", "key": "code" } });
    story.create_room(&json!({ "spec": { "tencentRoom": { "password": password } } })).await;
    let status = story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.vendor_room(ROOM).expect("there").password, "canary-password-one");
    let first = status.applied_secrets.first().expect("the version is recorded").clone();

    story.rotate("door", "code", "canary-password-two").await;
    let rotated = |status: &roomkeeper::api::RoomStatus| {
        status.applied_secrets.first().is_some_and(|applied| applied.resource_version != first.resource_version)
    };
    let status = story.until_status(ROOM, "the new version to be recorded", rotated).await;
    assert_eq!(story.vendor_room(ROOM).expect("there").password, "canary-password-two");
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);

    story
        .patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "password": { "secretKeyRef": null, "none": {} } } } }))
        .await;
    story
        .until_status(ROOM, "no password", |status| {
            status.observed.as_ref().is_some_and(|seen| seen.password_enabled == Some(false))
        })
        .await;
    assert!(!story.vendor_room(ROOM).expect("there").password_enabled);

    let events = story.events(ROOM).await;
    let said = format!("{status:?}{events:?}{}", story.log());
    assert!(!said.contains("canary"), "a secret was told");
}

#[tokio::test]
async fn a_password_that_the_vendor_does_not_show_is_applied_once_and_never_called_in_sync() {
    let story = Story::prepare("hidden").await;
    story.sim.world(|world| {
        world.app_mut(APP).expect("the app").answers.passwords = Shown::Hidden;
    });
    let mut story = story;
    story.start_operator();
    story.create_secret("door", "code", "314159").await;
    let password = json!({ "secretKeyRef": { "name": "door", "key": "code" } });
    story.create_room(&json!({ "spec": { "tencentRoom": { "password": password } } })).await;
    let status = story.until_reason(ROOM, "AppliedUnverified").await;
    assert_eq!(status.unverified, ["password"]);
    story.look_again(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);

    story.rotate("door", "code", "271828").await;
    story
        .until_journal("the rotation", |entries| {
            entries.iter().any(|entry| entry.calls("room_engine/update_room_info"))
        })
        .await;
    story.look_again(ROOM).await;
    assert_eq!(story.vendor_room(ROOM).expect("there").password, "271828");
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
}

#[tokio::test]
async fn a_room_that_ended_is_made_again_or_left_as_the_spec_says() {
    let story = Story::begin("ended").await;
    story.create_room(&json!({})).await;
    story
        .create_room(&json!({ "metadata": { "name": "show" }, "spec": { "tencentRoom": { "whenEnded": "Leave" } } }))
        .await;
    story.until_reason(ROOM, "InSync").await;
    story.until_reason("show", "InSync").await;
    story.sim.world(|world| world.app_mut(APP).expect("the app").rooms.clear());

    story.look_again(ROOM).await;
    let status = story.look_again("show").await;
    assert_eq!(story.deeds(ROOM), ["create_room", "create_room"]);
    assert_eq!(story.deeds("show"), ["create_room"]);
    assert_eq!(status.conditions[0].reason, "Ended");
    assert!(status.observed.is_none());
    story.look_again("show").await;
    assert_eq!(story.deeds("show"), ["create_room"], "it stays ended");

    story.patch_room("show", &json!({ "spec": { "tencentRoom": { "maxMembers": 7 } } })).await;
    story.until_reason("show", "InSync").await;
    assert_eq!(story.deeds("show"), ["create_room", "create_room"]);
}

#[tokio::test]
async fn an_update_without_effect_is_tried_twice_and_reported() {
    let story = Story::begin("stubborn").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let stubborn = Fault::at("room_engine/update_room_info", Effect::AcceptOnly).times(Times::UntilRemoved);
    story.sim.faults().add(stubborn).expect("a known operation");

    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "name": "New name" } } })).await;
    let status = story.until_reason(ROOM, "NotEffective").await;
    assert_eq!(status.drift.first().map(|drift| drift.field.as_str()), Some("name"));
    let updates = || story.sim.journal().iter().filter(|entry| entry.calls("room_engine/update_room_info")).count();
    assert_eq!(updates(), 2);
    story.sim.faults().clear();
    story.look_again(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(updates(), 3, "a person who asks for a look gets one more try");
}

#[tokio::test]
async fn a_field_of_the_spec_that_an_update_changed_too_is_put_back_when_a_person_asks() {
    let story = Story::begin("not-partial").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let held = story.fault("room_engine/update_room_info", Effect::HoldAfter);
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "name": "New name" } } })).await;
    story.until_held(held).await;
    story.vendor_changes(ROOM, |room| room.max_members = 7);
    story.sim.faults().remove(held).expect("it holds");
    let status = story.until_reason(ROOM, "UpdateNotPartial").await;
    assert!(message(&status).contains("maxMembers") && message(&status).contains(RECONCILE_REQUESTED_AT), "{status:?}");
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);

    story.look_again(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.vendor_room(ROOM).expect("there").max_members, 300);
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info", "update_room_info"]);
}

#[tokio::test]
async fn a_paused_object_is_neither_looked_at_nor_changed() {
    let story = Story::begin("paused").await;
    story.create_room(&json!({ "metadata": { "annotations": { "roomkeeper.dev/paused": "true" } } })).await;
    story.until_reason(ROOM, "Paused").await;
    assert!(story.sim.journal().iter().all(|entry| entry.room.is_none()), "a paused room was looked at");

    story.patch_room(ROOM, &json!({ "metadata": { "annotations": { "roomkeeper.dev/paused": null } } })).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);
}
