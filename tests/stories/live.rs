//! Shows of Tencent's Live Engine: what is theirs alone. What every engine does has its stories elsewhere.

use roomkeeper_sim::{Effect, World};
use serde_json::{Value, json};

use crate::story::{APP, DEADLINE, Story, message};

const SHOW: &str = "friday-show";

/// Merges over [`Story::room_manifest`]: a show of alice's instead of a room.
fn show(more: &Value) -> Value {
    let mut manifest = json!({
        "metadata": { "name": SHOW },
        "spec": {
            "tencentRoom": null,
            "tencentLive": {
                "owner": "alice",
                "name": "Friday show",
                "seatTemplate": "VideoDynamicGrid9Seats",
                "notice": "Be kind",
                "metadata": { "team": "events" },
            },
        },
    });
    crate::story::merge(&mut manifest["spec"]["tencentLive"], more);
    manifest
}

fn deeds(story: &Story) -> Vec<String> {
    story.deeds(SHOW).iter().map(|deed| deed.trim_start_matches("live_engine/").to_owned()).collect()
}

#[tokio::test]
async fn a_show_is_made_with_its_notice_and_metadata_each_by_one_call() {
    let story = Story::begin("live-make").await;
    story.create_room(&show(&json!({}))).await;
    let status = story.until_reason(SHOW, "InSync").await;
    assert_eq!(deeds(&story), ["create_room", "update_room_info", "set_room_metadata"]);
    let seen = status.observed.expect("the show was seen");
    assert_eq!((seen.owner.as_deref(), seen.notice.as_deref()), (Some("alice"), Some("Be kind")));
    assert_eq!(seen.metadata.expect("managed").get("team").map(String::as_str), Some("events"));
    story.look_again(SHOW).await;
    assert_eq!(deeds(&story).len(), 3, "nothing is made twice, and nothing when nothing differs");
}

#[tokio::test]
async fn a_show_changes_its_owner_with_one_call_whether_the_owner_is_there_or_not() {
    let story = Story::begin("live-owner").await;
    story.create_room(&show(&json!({}))).await;
    story.until_reason(SHOW, "InSync").await;
    story.patch_room(SHOW, &json!({ "spec": { "tencentLive": { "owner": "bob" } } })).await;
    story.until_event(SHOW, "OwnerChanged", "bob").await;
    story.until_reason(SHOW, "InSync").await;
    assert_eq!(deeds(&story).iter().filter(|deed| *deed == "change_room_owner").count(), 1);
    assert_eq!(story.vendor_room(SHOW).expect("there").owner, "bob");

    // The reply is lost: the next look decides, and the call is not repeated.
    story.fault("live_engine/change_room_owner", Effect::ApplyThenDrop);
    story.patch_room(SHOW, &json!({ "spec": { "tencentLive": { "owner": "carol" } } })).await;
    story
        .until_status(SHOW, "carol to be seen", |status| {
            status.observed.as_ref().is_some_and(|seen| seen.owner.as_deref() == Some("carol"))
        })
        .await;
    assert_eq!(deeds(&story).iter().filter(|deed| *deed == "change_room_owner").count(), 2);
}

#[tokio::test]
async fn a_show_that_is_over_stays_over_until_the_spec_is_edited() {
    let story = Story::begin("live-over").await;
    story.create_room(&show(&json!({}))).await;
    story.until_reason(SHOW, "InSync").await;
    story.sim.world(|world| world.app_mut(APP).expect("the app").rooms.clear());
    let status = story.look_again(SHOW).await;
    assert!(message(&status).contains("ended"), "{}", message(&status));
    assert_eq!(deeds(&story).iter().filter(|deed| *deed == "create_room").count(), 1);

    story.patch_room(SHOW, &json!({ "spec": { "tencentLive": { "notice": "Again" } } })).await;
    story.until_reason(SHOW, "InSync").await;
    assert_eq!(deeds(&story).iter().filter(|deed| *deed == "create_room").count(), 2);
    assert_eq!(story.vendor_room(SHOW).map(|room| room.owner), Some("alice".to_owned()));
}

#[tokio::test]
async fn metadata_of_the_host_stays_and_ours_is_put_right() {
    let mut story = Story::prepare("live-metadata").await.with_drift_checks("300ms");
    story.start_operator();
    story.create_room(&show(&json!({}))).await;
    story.until_reason(SHOW, "InSync").await;
    story.vendor_changes(SHOW, |room| {
        room.live.metadata.insert("team".to_owned(), "other".to_owned());
        room.live.metadata.insert("host".to_owned(), "own".to_owned());
    });
    let corrected = |world: &World| {
        let room = world.room(APP, SHOW).expect("there");
        room.live.metadata.get("team").map(String::as_str) == Some("events")
    };
    story.sim.until_world("our text to be back", DEADLINE, corrected).await.expect("the operator corrects it");
    let metadata = story.vendor_room(SHOW).expect("there").live.metadata;
    assert_eq!(metadata.get("host").map(String::as_str), Some("own"));
}

#[tokio::test]
async fn a_dismissed_show_tells_its_numbers_in_the_event() {
    let story = Story::begin("live-dismiss").await;
    story.create_room(&show(&json!({}))).await;
    story.until_reason(SHOW, "InSync").await;
    story.sim.join(APP, SHOW, "bob").expect("bob is an account");
    story.delete_room(SHOW).await;
    story.until_reason(SHOW, "DismissalWaiting").await;
    assert!(story.vendor_room(SHOW).is_some(), "nobody is thrown out");

    story.sim.leave(APP, SHOW, "bob").expect("bob is in");
    story.until_gone(SHOW).await;
    assert!(story.vendor_room(SHOW).is_none());
    story.until_event(SHOW, "Dismissed", "viewers 1").await;
    assert_eq!(deeds(&story).iter().filter(|deed| *deed == "destroy_room").count(), 1);
}

#[tokio::test]
async fn an_object_made_again_by_force_ends_no_show_for_the_old_one() {
    let story = Story::begin("live-force").await;
    story.create_room(&show(&json!({}))).await;
    story.until_reason(SHOW, "InSync").await;
    story.sim.join(APP, SHOW, "bob").expect("bob is an account");
    story.delete_room(SHOW).await;
    story.until_reason(SHOW, "DismissalWaiting").await;
    story.patch_room(SHOW, &json!({ "metadata": { "finalizers": null } })).await;
    story.until_gone(SHOW).await;

    story.create_room(&show(&json!({}))).await;
    story.until_reason(SHOW, "AlreadyExists").await;
    story.sim.leave(APP, SHOW, "bob").expect("bob is in");
    story.look_again(SHOW).await;
    story.delete_room(SHOW).await;
    story.until_gone(SHOW).await;
    assert!(story.vendor_room(SHOW).is_some(), "it was never this object's");
}

#[tokio::test]
async fn a_room_of_the_other_engine_is_never_touched() {
    let story = Story::begin("live-other").await;
    story.vendor_makes(SHOW, |room| room.owner = "alice".to_owned());
    story.create_room(&show(&json!({}))).await;
    story
        .until_status(SHOW, "a verdict", |status| status.conditions.iter().any(|known| known.type_ == "Stalled"))
        .await;
    assert!(story.sim.writes_of(SHOW).iter().all(|write| !write.applied), "{:?}", story.sim.writes_of(SHOW));
    story.delete_room(SHOW).await;
    story.until_gone(SHOW).await;
    assert!(story.vendor_room(SHOW).is_some());
}
