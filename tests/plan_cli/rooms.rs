//! What would be done about a room, and what not.

use serde_json::json;

use crate::stage::*;

#[tokio::test]
async fn a_room_that_is_not_there_would_be_made() {
    let stage = Stage::new().await;
    stage.plan(&[room(&json!({}))], &[]).await.is("absent", CHANGES, CREATE);
}

#[tokio::test]
async fn a_room_as_wanted_needs_nothing_and_drift_is_shown_field_by_field() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    stage.plan(&[room(&json!({}))], &["--assume-owned"]).await.is("as wanted", NOTHING, IN_SYNC);

    stage.vendor_has_the_room(|room| {
        room.name = "The host's".to_owned();
        room.audio_disabled = false;
    });
    let drift = "\
~ Room events/weekly-sync
    room tencent/1400000000/weekly-sync (taken for this object's, as --assume-owned says)
    1. update the room
       name: The host's -> Weekly sync
       audioDisabled: false -> true
";
    stage.plan(&[room(&json!({}))], &["--assume-owned"]).await.is("drift", CHANGES, &text(drift, "1 to update"));
}

#[tokio::test]
async fn a_room_is_its_objects_only_by_claim_or_word() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|room| room.max_members = 20);
    let strangers = |file: &str| {
        let object = format!(
            "\
! Room events/weekly-sync
    room tencent/1400000000/weekly-sync (not claimed by this object)
    AlreadyExists: a room with this id was there before this object and differs in maxMembers; add Adopt to \
spec.managementPolicies to take it over, or choose another roomId
       maxMembers: 20 -> 300
    in {file}
"
        );
        text(&object, "1 with an error")
    };
    let strangers = strangers(&stage.manifests());
    stage.plan(&[room(&json!({}))], &[]).await.is("no claim", ERROR, &strangers);

    let claim = |by: &str| json!({ "roomkeeper.dev/claim": format!("tencent/1400000000/weekly-sync {by}") });
    let claimed = |by: &str| room(&json!({ "metadata": { "annotations": claim(by) } }));
    stage.plan(&[claimed("events/another")], &[]).await.is("another's claim", ERROR, &strangers);
    let ours = "\
~ Room events/weekly-sync
    room tencent/1400000000/weekly-sync (claimed by this object, not seen yet)
    1. update the room
       maxMembers: 20 -> 300
";
    let ours = text(ours, "1 to update");
    stage.plan(&[claimed("events/weekly-sync")], &[]).await.is("our claim", CHANGES, &ours);
}

#[tokio::test]
async fn what_waits_is_shown_behind_what_is_done() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    let new_owner = room(&json!({ "spec": { "tencentRoom": { "owner": "bob", "maxMembers": 50 } } }));
    let waits = "\
~ Room events/weekly-sync
    room tencent/1400000000/weekly-sync (taken for this object's, as --assume-owned says)
    1. update the room
       maxMembers: 300 -> 50
    WaitingForOwner: bob is not in the room yet; the owner changes as soon as that user joins
       owner: alice -> bob
";
    let waits = text(waits, "1 to update");
    stage.plan(&[new_owner], &["--assume-owned"]).await.is("the owner waits", CHANGES, &waits);
    stage.sim.join(APP, "weekly-sync", "bob").expect("bob is an account");
    let new_owner = room(&json!({ "spec": { "tencentRoom": { "owner": "bob" } } }));
    let changes = "\
~ Room events/weekly-sync
    room tencent/1400000000/weekly-sync (taken for this object's, as --assume-owned says)
    1. change the owner from alice to bob
       owner: alice -> bob
";
    let changes = text(changes, "1 to give to another owner");
    stage.plan(&[new_owner], &["--assume-owned"]).await.is("the owner is there", CHANGES, &changes);
}

#[tokio::test]
async fn a_password_is_compared_and_never_printed() {
    let stage = Stage::new().await;
    let (door, assume) = (secret("door", "code", PASSWORD), ["--assume-owned"]);
    stage.vendor_has_the_room(|room| {
        (room.password_enabled, room.password) = (true, PASSWORD.to_owned());
    });
    stage.plan(&[with_password(), door.clone()], &assume).await.is("the same", NOTHING, IN_SYNC);
    stage.vendor_has_the_room(|room| {
        (room.password_enabled, room.password) = (true, "canary-of-the-host".to_owned());
    });
    let other = "\
~ Room events/weekly-sync
    room tencent/1400000000/weekly-sync (taken for this object's, as --assume-owned says)
    1. update the room
       password: other -> set
";
    stage.plan(&[with_password(), door], &assume).await.is("another", CHANGES, &text(other, "1 to update"));
}

#[tokio::test]
async fn of_two_objects_for_one_room_the_second_is_refused() {
    let stage = Stage::new().await;
    let second = json!({ "metadata": { "name": "zweite" }, "spec": { "tencentRoom": { "roomId": "weekly-sync" } } });
    let both = format!(
        "\
! Room events/zweite
    room tencent/1400000000/weekly-sync (not claimed by this object)
    DuplicateClaim: the room belongs to events/weekly-sync; delete one of the two objects or name another room
    in {}

+ Room events/weekly-sync
    room tencent/1400000000/weekly-sync (not claimed by this object)
    1. create the room
       roomId: no room -> weekly-sync
",
        stage.manifests()
    );
    let both = text(&both, "1 to create, 1 with an error");
    stage.plan(&[room(&json!({})), room(&second)], &[]).await.is("two objects", ERROR, &both);
}
