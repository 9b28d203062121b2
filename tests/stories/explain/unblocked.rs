//! The commands that are printed, through a real shell with kubectl: each brings its object on. No drift check comes to
//! their help, since the next one is an hour away.

use serde_json::json;

use super::{READY, because, explain, obey};
use crate::story::{APP, KEY, ROOM, Story};

const OBJECT: &str = "room/weekly-sync";

/// Merges over an object: it is of this config.
fn of_config(name: &str) -> serde_json::Value {
    json!({ "spec": { "providerConfigRef": { "name": name } } })
}

/// Waits until all is well, and sees that it is told so.
async fn is_well(story: &Story) {
    story.until_reason(ROOM, "InSync").await;
    let told = explain(story, &[OBJECT]).await;
    assert_eq!(told.code, Some(READY), "{}", told.out);
}

#[tokio::test]
async fn a_missing_secret_is_made() {
    let story = Story::begin("explain-secret").await;
    let later = json!({ "tencent": { "secretKeyRef": { "name": "later" } } });
    story.create_config("later", &later).await;
    story.create_room(&of_config("later")).await;
    story.until_reason(ROOM, "ProviderConfigNotReady").await;

    let told = because(&story, OBJECT, "ProviderConfigNotReady").await;
    assert_eq!(told["credential"]["secrets"][0]["state"], "NoSecret", "{told:#}");
    story.until_config("later", "ProviderConfigNotReady").await;
    let config = because(&story, "providerconfig/later", "ProviderConfigNotReady").await;
    assert_eq!(config["credential"]["state"], "NotReady", "{config:#}");
    assert_eq!(config["commands"][0], told["commands"][0], "room and config ask for the same");
    obey(&story, &told, 0, KEY).await;
    is_well(&story).await;
}

#[tokio::test]
async fn a_rejected_key_is_replaced() {
    let story = Story::begin("explain-rejected").await;
    story.create_secret("wrong", "secretKey", "not-the-key").await;
    story.create_config("wrong", &json!({ "tencent": { "secretKeyRef": { "name": "wrong" } } })).await;
    story.create_room(&of_config("wrong")).await;
    story.until_reason(ROOM, "CredentialsRejected").await;
    story.until_config("wrong", "CredentialsRejected").await;

    let told = because(&story, OBJECT, "CredentialsRejected").await;
    assert_eq!(told["credential"]["state"], "Rejected", "{told:#}");
    let words = told["credential"]["message"].as_str().expect("it has words");
    assert!(words.contains("code 70") && words.contains("compare SDKAppID"), "{words}");
    assert_eq!(told["credential"]["secrets"][0]["state"], "Present", "{told:#}");
    obey(&story, &told, 0, KEY).await;
    is_well(&story).await;
}

#[tokio::test]
async fn drift_that_the_policies_leave_is_corrected_once_they_allow_it() {
    let story = Story::begin("explain-drift").await;
    story.create_room(&json!({ "spec": { "managementPolicies": ["Create"] } })).await;
    story.until_reason(ROOM, "InSync").await;
    story.vendor_changes(ROOM, |room| room.name = "Another".to_owned());
    story.ask_for_look(ROOM).await;
    story.until_reason(ROOM, "DriftNotCorrected").await;

    let told = because(&story, OBJECT, "DriftNotCorrected").await;
    let drift = &told["drift"][0];
    assert_eq!([&drift["field"], &drift["wanted"], &drift["seen"]], ["name", "Weekly sync", "Another"], "{told:#}");
    assert_eq!(told["lastOperation"]["verb"], "Create", "{told:#}");
    obey(&story, &told, 0, "").await;
    is_well(&story).await;
    assert_eq!(story.vendor_room(ROOM).expect("there").name, "Weekly sync");
}

#[tokio::test]
async fn a_room_that_was_there_is_adopted() {
    let story = Story::begin("explain-adopt").await;
    story.vendor_makes(ROOM, |room| room.owner = "alice".to_owned());
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "AlreadyExists").await;
    let told = because(&story, OBJECT, "AlreadyExists").await;
    assert!(told["about"].get("externalId").is_none(), "it is not its room: {told:#}");
    obey(&story, &told, 0, "").await;
    is_well(&story).await;
}

#[tokio::test]
async fn what_was_mended_at_the_vendor_is_looked_at_again() {
    let story = Story::begin("explain-look").await;
    story.create_room(&json!({ "spec": { "tencentRoom": { "owner": "dave" } } })).await;
    story.until_reason(ROOM, "OwnerNotFound").await;
    let told = because(&story, OBJECT, "OwnerNotFound").await;
    let failure = &told["lastFailure"];
    assert!(
        failure["code"].is_string() && failure["hint"].as_str().is_some_and(|hint| hint.contains("import")),
        "{told:#}"
    );
    story.sim.world(|world| world.app_mut(APP).expect("the app").accounts.insert("dave".to_owned()));
    obey(&story, &told, 0, "").await;
    is_well(&story).await;
}

#[tokio::test]
async fn a_deletion_that_waits_for_people_lets_the_room_be() {
    let story = Story::begin("explain-release").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;
    story.until_event(ROOM, "DismissalWaiting", "1 in the room").await;

    let told = because(&story, OBJECT, "DismissalWaiting").await;
    assert!(told["about"]["deletingSince"].is_string(), "{told:#}");
    let flags: Vec<bool> = (0..2).filter_map(|number| told["commands"][number]["destructive"].as_bool()).collect();
    assert_eq!(flags, [false, true], "{told:#}");
    let events = told["events"].as_array().expect("they are known");
    assert_eq!(events.last().map(|event| &event["reason"]), Some(&json!("DismissalWaiting")), "{events:#?}");
    obey(&story, &told, 0, "").await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_some(), "the room stays");
}

#[tokio::test]
async fn a_paused_object_goes_on() {
    let story = Story::begin("explain-paused").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.annotate(ROOM, "roomkeeper.dev/paused", "true").await;
    let told = explain(&story, &[OBJECT]).await;
    assert_eq!(told.code, Some(READY), "it is as it was: {}", told.out);
    assert!(told.out.contains("InSync, paused") && told.out.contains("Nothing, until"), "{}", told.out);
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "name": "Renamed" } } })).await;
    let told = because(&story, OBJECT, "InSync").await;
    assert_eq!((&told["about"]["stale"], &told["holds"][0]["what"]), (&json!(true), &json!("Paused")), "{told:#}");
    obey(&story, &told, 0, "").await;
    is_well(&story).await;
    assert_eq!(story.vendor_room(ROOM).expect("there").name, "Renamed");
}

#[tokio::test]
async fn of_two_objects_of_one_room_the_later_one_goes() {
    let story = Story::begin("explain-rivals").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.create_room(&json!({ "metadata": { "name": "rival" }, "spec": { "tencentRoom": { "roomId": ROOM } } })).await;
    story.until_reason("rival", "DuplicateClaim").await;
    let told = because(&story, "room/rival", "DuplicateClaim").await;
    assert!(told["summary"]["message"].as_str().is_some_and(|words| words.contains(ROOM)), "{told:#}");
    obey(&story, &told, 0, "").await;
    story.until_gone("rival").await;
    assert!(story.vendor_room(ROOM).is_some(), "the room stays");
    is_well(&story).await;
}
