//! Rooms of Huawei CloudRTC: what is theirs alone. People make them by joining, and a dismissal shows minutes later.

use std::time::Duration;

use roomkeeper::api::annotations::{BEGUN, CLAIM, DISMISS_REQUESTED_AT};
use roomkeeper_sim::{Effect, Fault, KnownKey, Project, RtcRoom, User, UserState};
use serde_json::{Value, json};

use crate::story::{Story, merge, message};

pub const PROJECT: &str = "0123456789abcdef0123456789abcdef";
pub const RTC_APP: &str = "5ff9701f2346968bb306cb43";
pub const SECRET_KEY: &str = "canary-sk-0000000000000000000000000000";
/// The object, the room and its place in the journal.
pub const ROOM: &str = "stand-up";
const PLACE: RtcRoom<'static> = RtcRoom { project: PROJECT, app: RTC_APP, room: ROOM };
/// More than a dismissal may take to be shown. It is also more than a signature may be old, so the operator has to learn
/// the vendor's time.
const LAG_AND_MORE: Duration = Duration::from_secs(1_000);

/// A stage with a CloudRTC project beside the Tencent app, and its config `rtc`.
pub async fn stage(name: &str) -> Story {
    let story = Story::prepare(name).await;
    begin_project(&story).await;
    story
}

/// Has the project there, and its config `rtc`.
pub async fn begin_project(story: &Story) {
    let project = Project::new("AKSTORY", SECRET_KEY, RTC_APP);
    story.sim.world(|world| world.huawei_rtc.insert(PROJECT.to_owned(), project));
    open(story).await;
}

/// Brings the access key and the config `rtc` into the story's namespace.
pub async fn open(story: &Story) {
    story.create_secret("rtc-id", "id", "AKSTORY").await;
    story.create_secret("rtc-key", "secret", SECRET_KEY).await;
    create_config(story, "rtc", PROJECT).await;
}

/// Creates a config for a project, which the story's access key opens.
pub async fn create_config(story: &Story, name: &str, project: &str) {
    story.create_config(name, &config(story, project, "rtc-key")).await;
}

/// Returns a config for a project, as [`Story::create_config`] takes it, with the secret key from this Secret.
pub fn config(story: &Story, project: &str, secret: &str) -> Value {
    let account = json!({
        "projectId": project,
        "endpoint": story.sim.url(),
        "accessKey": { "idRef": { "name": "rtc-id", "key": "id" }, "secretRef": { "name": secret, "key": "secret" } },
    });
    json!({ "tencent": null, "huaweiRtc": account, "rateLimit": { "percent": 100 } })
}

async fn begin(name: &str) -> Story {
    let mut story = stage(name).await;
    story.start_operator();
    story
}

/// Merges over [`Story::room_manifest`]: a room of CloudRTC that is dismissed with the people in it.
pub fn room(more: &Value) -> Value {
    let mut manifest = json!({
        "metadata": { "name": ROOM },
        "spec": {
            "providerConfigRef": { "name": "rtc" },
            "tencentRoom": null,
            "huaweiRtc": { "appId": RTC_APP },
            "dismissal": { "whenOccupied": "Dismiss" },
        },
    });
    merge(&mut manifest, more);
    manifest
}

/// Somebody joins, in another second than what was before: the vendor's records have whole seconds.
pub fn joins(story: &Story, user: &str) {
    story.sim.clock().advance(Duration::from_secs(2));
    story.sim.join_rtc(PLACE, user).expect("the app lets people in");
}

fn dismissals(story: &Story) -> usize {
    story.sim.applied("dismiss_room", &format!("{RTC_APP}/{ROOM}"))
}

/// Has the lists be late from here on, as they are at the vendor; they show what is there now.
pub fn lag(story: &Story) {
    story.sim.world(|world| world.project_mut(PROJECT).expect("the story's project").list_lag_seconds = 120);
    story.sim.clock().advance(Duration::from_secs(121));
}

/// Returns who is in the room that runs.
fn inside(story: &Story) -> usize {
    let now = story.sim.clock().now();
    story.sim.world(|world| {
        let app = world.rtc_app(PROJECT, RTC_APP).expect("the story's app");
        app.running(ROOM, now).map_or(0, |room| room.inside(now).count())
    })
}

#[tokio::test]
async fn a_room_is_in_sync_whether_it_runs_or_not_and_is_dismissed_once_when_its_object_goes() {
    let story = begin("rtc-life").await;
    story.create_room(&room(&json!({}))).await;
    let status = story.until_reason(ROOM, "InSync").await;
    assert_eq!(status.external_id.as_deref(), Some(format!("huaweiRtc/{PROJECT}/{RTC_APP}/{ROOM}").as_str()));
    assert_eq!(status.observed.expect("it was looked at").running, Some(false));

    joins(&story, "alice");
    let status = story.look_again(ROOM).await;
    assert_eq!(status.observed.expect("it was looked at").running, Some(true));
    assert_eq!(dismissals(&story), 0, "nobody asked for it");

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!((dismissals(&story), inside(&story)), (1, 0));
    story.until_event(ROOM, "Dismissed", "dismiss the room").await;
    story.until_event(ROOM, "DismissalConfirmed", "has ended").await;
    story.assert_no_secret_was_told().await;
}

#[tokio::test]
async fn a_room_that_does_not_run_goes_without_a_dismissal() {
    let story = begin("rtc-idle").await;
    story.create_room(&room(&json!({}))).await;
    story.until_reason(ROOM, "InSync").await;
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.sim.writes_of(&format!("{RTC_APP}/{ROOM}")).len(), 0);
}

#[tokio::test]
async fn people_are_waited_for_if_the_spec_says_so() {
    let story = begin("rtc-wait").await;
    joins(&story, "alice");
    story.create_room(&room(&json!({ "spec": { "dismissal": { "whenOccupied": "Wait" } } }))).await;
    story.until_reason(ROOM, "InSync").await;
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;
    story.sim.leave_rtc(PLACE, "alice").expect("she is in");
    story.until_gone(ROOM).await;
    assert_eq!(dismissals(&story), 0, "the room ended by itself");
}

#[tokio::test]
async fn a_dismissal_is_asked_for_by_annotation_and_made_once_for_each_token() {
    let story = begin("rtc-request").await;
    joins(&story, "alice");
    story.create_room(&room(&json!({ "spec": { "dismissal": { "whenOccupied": "Wait" } } }))).await;
    story.until_reason(ROOM, "InSync").await;
    story.annotate(ROOM, DISMISS_REQUESTED_AT, "first").await;
    let handled = |token: &'static str| {
        move |status: &roomkeeper::api::RoomStatus| status.last_handled_dismiss_at.as_deref() == Some(token)
    };
    story.until_status(ROOM, "the request to be handled", handled("first")).await;
    assert_eq!((dismissals(&story), inside(&story)), (1, 0));

    joins(&story, "alice");
    story.look_again(ROOM).await;
    assert_eq!((dismissals(&story), inside(&story)), (1, 1), "who comes back stays");
    story.annotate(ROOM, DISMISS_REQUESTED_AT, "second").await;
    story.until_status(ROOM, "the second request to be handled", handled("second")).await;
    assert_eq!((dismissals(&story), inside(&story)), (2, 0));

    story.annotate(ROOM, DISMISS_REQUESTED_AT, "third").await;
    story.until_status(ROOM, "the third request to be handled", handled("third")).await;
    story.until_event(ROOM, "NothingToDismiss", "shows no room that runs").await;
    assert_eq!(dismissals(&story), 2);
}

#[tokio::test]
async fn a_request_that_comes_with_a_new_object_removes_nobody() {
    let story = begin("rtc-stale-request").await;
    joins(&story, "alice");
    let stale = json!({ "metadata": { "annotations": { DISMISS_REQUESTED_AT: "of last year" } } });
    story.create_room(&room(&stale)).await;
    let status = story.until_reason(ROOM, "InSync").await;
    assert_eq!(status.last_handled_dismiss_at.as_deref(), Some("of last year"));
    story.until_event(ROOM, "RequestIgnored", "came with the object").await;
    story.look_again(ROOM).await;
    assert_eq!((dismissals(&story), inside(&story)), (0, 1), "nobody asked for it");

    story.annotate(ROOM, DISMISS_REQUESTED_AT, "of today").await;
    let answered = |status: &roomkeeper::api::RoomStatus| status.last_handled_dismiss_at.as_deref() == Some("of today");
    story.until_status(ROOM, "a request to be handled", answered).await;
    assert_eq!((dismissals(&story), inside(&story)), (1, 0));
}

#[tokio::test]
async fn who_comes_back_while_the_list_lags_is_not_removed_again() {
    let story = begin("rtc-back").await;
    joins(&story, "alice");
    story.create_room(&room(&json!({}))).await;
    story.until_reason(ROOM, "InSync").await;
    lag(&story);
    story.delete_room(ROOM).await;
    story.until_journal("the dismissal", |entries| entries.iter().any(|entry| entry.calls("dismiss_room"))).await;
    story.until_reason(ROOM, "Dismissing").await;
    joins(&story, "alice");
    story.look_again(ROOM).await;
    assert_eq!((dismissals(&story), inside(&story)), (1, 1), "the list still shows the room that was dismissed");
    story.sim.clock().advance(Duration::from_secs(180));
    story.ask_for_look(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!((dismissals(&story), inside(&story)), (1, 1));
    story.until_event(ROOM, "DismissalConfirmed", "came back").await;
}

#[tokio::test]
async fn an_object_made_again_by_force_knows_nothing_of_the_dismissal_of_the_old_one() {
    let story = begin("rtc-force").await;
    joins(&story, "alice");
    story.create_room(&room(&json!({}))).await;
    story.until_reason(ROOM, "InSync").await;
    lag(&story);
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "Dismissing").await;
    let old = story.room(ROOM).await.expect("it waits for the list").metadata.annotations.expect("it has a claim");
    assert!([CLAIM, BEGUN].iter().all(|name| old.contains_key(*name)), "{old:?}");
    story.patch_room(ROOM, &json!({ "metadata": { "finalizers": null } })).await;
    story.until_gone(ROOM).await;

    // As from a backup: with all that was written down about the old one.
    let waits = json!({ "metadata": { "annotations": old }, "spec": { "dismissal": { "whenOccupied": "Wait" } } });
    story.create_room(&room(&waits)).await;
    joins(&story, "alice");
    story.sim.clock().advance(LAG_AND_MORE);
    let status = story.look_again(ROOM).await;
    assert_eq!(status.observed.expect("it was looked at").running, Some(true));
    assert_eq!((dismissals(&story), inside(&story)), (1, 1), "who comes back stays");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;
    story.sim.leave_rtc(PLACE, "alice").expect("she is in");
    story.sim.clock().advance(LAG_AND_MORE);
    story.until_gone(ROOM).await;
    assert_eq!(dismissals(&story), 1, "the room ended by itself");
}

#[tokio::test]
async fn a_lost_reply_does_not_dismiss_twice() {
    let mut story = stage("rtc-lost").await;
    story.start_operator();
    joins(&story, "alice");
    story.create_room(&room(&json!({}))).await;
    story.until_reason(ROOM, "InSync").await;
    lag(&story);
    story.fault("dismiss_room", Effect::ApplyThenDrop);
    story.delete_room(ROOM).await;
    story.until_journal("the dismissal", |entries| entries.iter().any(|entry| entry.calls("dismiss_room"))).await;
    // Whoever comes back may not be thrown out by a repetition, whatever a restart forgets.
    joins(&story, "alice");
    story.kill_operator().await;
    story.start_operator();
    story.sim.clock().advance(Duration::from_secs(180));
    story.ask_for_look(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!((dismissals(&story), inside(&story)), (1, 1));
}

#[tokio::test]
async fn a_dismissal_that_never_arrived_is_made_again_when_the_list_must_show_it() {
    let mut story = stage("rtc-never").await;
    story.start_operator();
    joins(&story, "alice");
    story.create_room(&room(&json!({}))).await;
    story.until_reason(ROOM, "InSync").await;
    story.fault("dismiss_room", Effect::DropBefore);
    story.delete_room(ROOM).await;
    story.until_journal("the dismissal", |entries| entries.iter().any(|entry| entry.calls("dismiss_room"))).await;
    story.kill_operator().await;
    story.start_operator();
    story.look_again(ROOM).await;
    assert_eq!((dismissals(&story), inside(&story)), (0, 1), "nobody knows yet that it did not arrive");
    story.sim.clock().advance(LAG_AND_MORE);
    story.ask_for_look(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!((dismissals(&story), inside(&story)), (1, 0));
}

#[tokio::test]
async fn a_refused_dismissal_is_no_dismissal() {
    let story = begin("rtc-refused").await;
    joins(&story, "alice");
    story.create_room(&room(&json!({}))).await;
    story.until_reason(ROOM, "InSync").await;
    let refused = Fault::at("dismiss_room", Effect::refuse("RTC.00001021"));
    story.sim.faults().add(refused).expect("the simulator knows the operation");
    story.delete_room(ROOM).await;
    let status = story.until_reason(ROOM, "PermissionDenied").await;
    assert!(message(&status).contains("RTC.00001021"), "{}", message(&status));
    assert_eq!(status.last_failure.expect("it failed").code.as_deref(), Some("RTC.00001021"));
    story.ask_for_look(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!((dismissals(&story), inside(&story)), (1, 0));
}

#[tokio::test]
async fn an_app_that_is_not_there_is_the_specs_mistake_and_not_the_accounts() {
    let story = begin("rtc-app").await;
    story.create_room(&room(&json!({}))).await;
    story.until_reason(ROOM, "InSync").await;
    story
        .create_room(&room(
            &json!({ "metadata": { "name": "other" }, "spec": { "huaweiRtc": { "appId": "nowhere" } } }),
        ))
        .await;
    story.until_reason("other", "InvalidSpec").await;
    story.look_again(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
}

#[tokio::test]
async fn an_iam_user_logs_in_once_for_all_calls() {
    let mut story = stage("rtc-iam").await;
    story.sim.world(|world| {
        let domain = world.iam.users.entry("example".to_owned()).or_default();
        domain.insert("robot".to_owned(), User { password: "canary-password".into(), state: UserState::Active });
    });
    story.create_secret("iam", "password", "canary-password").await;
    let login = json!({ "domain": "example", "user": "robot", "passwordRef": { "name": "iam", "key": "password" } });
    let account = json!({ "projectId": PROJECT, "endpoint": story.sim.url(), "password": login });
    story.create_config("iam", &json!({ "tencent": null, "huaweiRtc": account })).await;
    story.start_operator();
    joins(&story, "alice");
    story.create_room(&room(&json!({ "spec": { "providerConfigRef": { "name": "iam" } } }))).await;
    story.until_reason(ROOM, "InSync").await;
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(dismissals(&story), 1);
    let log_ins = story.sim.journal().iter().filter(|entry| entry.calls("create_token")).count();
    assert_eq!(log_ins, 1);
    story.assert_no_secret_was_told().await;
}

#[tokio::test]
async fn a_temporary_access_key_needs_its_token() {
    let mut story = stage("rtc-temporary").await;
    story.sim.world(|world| {
        let key = KnownKey { secret: SECRET_KEY.into(), security_token: Some("canary-token".into()) };
        world.project_mut(PROJECT).expect("there").access_keys.insert("AKTEMPORARY".to_owned(), key);
    });
    for (name, key, value) in [("tmp-id", "id", "AKTEMPORARY"), ("tmp-token", "token", "canary-token")] {
        story.create_secret(name, key, value).await;
    }
    let access_key = |more: &Value| {
        let secret = json!({ "name": "rtc-key", "key": "secret" });
        let mut key = json!({ "idRef": { "name": "tmp-id", "key": "id" }, "secretRef": secret });
        merge(&mut key, more);
        json!({ "tencent": null, "huaweiRtc": { "projectId": PROJECT, "endpoint": story.sim.url(), "accessKey": key } })
    };
    story.create_config("without", &access_key(&json!({}))).await;
    let token = json!({ "securityTokenRef": { "name": "tmp-token", "key": "token" } });
    story.create_config("with", &access_key(&token)).await;
    story.start_operator();
    story.until_config("with", "CredentialsAccepted").await;
    story.until_config("without", "CredentialsRejected").await;
    story.assert_no_secret_was_told().await;
}
