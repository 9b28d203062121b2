//! The objects of Huawei CloudRTC. One list shows all rooms of an app, so what goes wrong with it goes wrong for all of
//! them: these states are brought about one after another.

use std::time::Duration;

use roomkeeper::api::annotations::{DISMISS_REQUESTED_AT, PAUSED};
use roomkeeper_plan::reason::Reason;
use roomkeeper_sim::{Effect, Fault, FaultId, Project, RtcAppState, RtcRoom, Times};
use serde_json::{Value, json};

use super::golden::Golden;
use super::slow_down;
use crate::cloud_rtc::{PROJECT, RTC_APP, SECRET_KEY, create_config, lag, room, stage};
use crate::story::{Story, merge};
use crate::support::golden::file_name;

/// A second project, with the config `other`.
const OTHER_PROJECT: &str = "fedcba9876543210fedcba9876543210";
const LIST: &str = "list_rooms";

fn golden(story: &Story) -> Golden<'_> {
    Golden { story, folder: "huawei-rtc" }
}

/// Creates an object that is named like the reason which it will have; `more` is merged over it.
async fn create_as(story: &Story, reason: Reason, more: &Value) -> String {
    let name = file_name(&reason.to_string());
    create(story, &name, more).await;
    name
}

async fn create(story: &Story, name: &str, more: &Value) {
    let mut named = json!({ "metadata": { "name": name } });
    merge(&mut named, more);
    story.create_room(&room(&named)).await;
}

/// Creates such an object and waits until it is in sync.
async fn make_as(story: &Story, reason: Reason, more: &Value) -> String {
    let name = create_as(story, reason, more).await;
    story.until_reason(&name, "InSync").await;
    name
}

/// Somebody joins, in another second than what was before.
fn joins(story: &Story, project: &str, room: &str) {
    story.sim.clock().advance(Duration::from_secs(2));
    story.sim.join_rtc(RtcRoom { project, app: RTC_APP, room }, "alice").expect("the app lets people in");
}

/// Has the vendor misbehave at an operation from here on.
fn fault(story: &Story, operation: &str, effect: Effect) -> FaultId {
    let fault = Fault::at(operation, effect).times(Times::UntilRemoved);
    story.sim.faults().add(fault).expect("the simulator knows the operation")
}

async fn open_other_project(story: &Story, secret_key: &str) {
    let project = Project::new("AKSTORY", secret_key, RTC_APP);
    story.sim.world(|world| world.huawei_rtc.insert(OTHER_PROJECT.to_owned(), project));
    create_config(story, "other", OTHER_PROJECT).await;
}

fn of_the_other_project() -> Value {
    json!({ "spec": { "providerConfigRef": { "name": "other" } } })
}

#[tokio::test]
async fn rooms_of_cloud_rtc_that_are_kept() {
    let mut story = stage("kept-rtc").await;
    create_as(&story, Reason::Pending, &json!({})).await;
    golden(&story).keeps("pending").await;
    story.start_operator();
    create_as(&story, Reason::InSync, &json!({})).await;
    golden(&story).reaches(Reason::InSync).await;
    create_as(&story, Reason::Paused, &json!({ "metadata": { "annotations": { PAUSED: "true" } } })).await;
    golden(&story).reaches(Reason::Paused).await;

    let wait = json!({ "spec": { "dismissal": { "whenOccupied": "Wait" } } });
    for name in ["paused-in-sync", "paused-edited", "edited"] {
        create(&story, name, &json!({})).await;
        story.until_reason(name, "InSync").await;
    }
    for name in ["paused-in-sync", "paused-edited"] {
        story.annotate(name, PAUSED, "true").await;
    }
    story.patch_room("paused-edited", &wait).await;
    golden(&story).keeps("paused-in-sync").await;
    golden(&story).keeps("paused-edited").await;

    // A dismissal that a person asked for, and that the list does not show yet.
    joins(&story, PROJECT, "reconciling");
    let name = make_as(&story, Reason::Reconciling, &json!({})).await;
    lag(&story);
    story.annotate(&name, DISMISS_REQUESTED_AT, "now").await;
    golden(&story).reaches(Reason::Reconciling).await;

    // An edit that nobody has looked at: the conditions are those of the generation before.
    let held = fault(&story, LIST, Effect::HoldBefore);
    story.patch_room("edited", &wait).await;
    story.until_held(held).await;
    golden(&story).keeps("edited").await;
}

#[tokio::test]
async fn rooms_of_cloud_rtc_that_have_trouble() {
    let mut story = stage("trouble-rtc").await;
    open_other_project(&story, "canary-another-key").await;
    story.start_operator();
    joins(&story, PROJECT, "drift-not-corrected");
    let name = make_as(&story, Reason::DriftNotCorrected, &json!({ "spec": { "managementPolicies": [] } })).await;
    story.annotate(&name, DISMISS_REQUESTED_AT, "now").await;
    golden(&story).reaches(Reason::DriftNotCorrected).await;
    let rows = [
        (Reason::ProviderConfigNotReady, json!({ "spec": { "providerConfigRef": { "name": "missing" } } })),
        (Reason::InvalidSpec, json!({ "spec": { "huaweiRtc": { "appId": "nowhere" } } })),
        (Reason::CredentialsRejected, of_the_other_project()),
    ];
    for (reason, more) in rows {
        create_as(&story, reason, &more).await;
        golden(&story).reaches(reason).await;
    }

    create(&story, "first", &json!({})).await;
    story.until_reason("first", "InSync").await;
    create_as(&story, Reason::DuplicateClaim, &json!({ "spec": { "huaweiRtc": { "roomId": "first" } } })).await;
    golden(&story).reaches(Reason::DuplicateClaim).await;
    let name = make_as(&story, Reason::AccountChanged, &json!({})).await;
    story.patch_room(&name, &of_the_other_project()).await;
    golden(&story).reaches(Reason::AccountChanged).await;

    let rows = [
        (Reason::PermissionDenied, Effect::refuse("RTC.00001021")),
        (Reason::UnexpectedAnswer, Effect::Html { status: 200 }),
        (Reason::ProviderUnavailable, Effect::Status { code: 502 }),
    ];
    for (reason, effect) in rows {
        let trouble = fault(&story, LIST, effect);
        create_as(&story, reason, &json!({})).await;
        golden(&story).reaches(reason).await;
        story.sim.faults().remove(trouble).expect("it stands");
    }
}

#[tokio::test]
async fn rooms_of_cloud_rtc_that_end() {
    let mut story = stage("ends-rtc").await;
    slow_down(&story, "rtc").await;
    open_other_project(&story, SECRET_KEY).await;
    story.start_operator();

    // The app was stopped, and lets nobody dismiss.
    joins(&story, OTHER_PROJECT, "account-limit");
    let name = make_as(&story, Reason::AccountLimit, &of_the_other_project()).await;
    story.sim.world(|world| {
        let apps = &mut world.project_mut(OTHER_PROJECT).expect("the other project").apps;
        apps.get_mut(RTC_APP).expect("its app").state = RtcAppState::Deactivation;
    });
    story.delete_room(&name).await;
    golden(&story).reaches(Reason::AccountLimit).await;

    let wait = json!({ "spec": { "dismissal": { "whenOccupied": "Wait" } } });
    let rows = [
        (Reason::DismissalWaiting, wait.clone()),
        (Reason::DismissalTimedOut, json!({ "spec": { "dismissal": { "whenOccupied": "Wait", "timeout": "1s" } } })),
    ];
    for (reason, more) in rows {
        joins(&story, PROJECT, &file_name(&reason.to_string()));
        let name = make_as(&story, reason, &more).await;
        story.delete_room(&name).await;
        golden(&story).reaches(reason).await;
    }

    // The list shows a dismissal late, and the account's one of this minute is spent.
    for reason in [Reason::Dismissing, Reason::DismissalHeld] {
        joins(&story, PROJECT, &file_name(&reason.to_string()));
        make_as(&story, reason, &json!({})).await;
    }
    create(&story, "deleted", &json!({})).await;
    story.until_reason("deleted", "InSync").await;
    lag(&story);
    for reason in [Reason::Dismissing, Reason::DismissalHeld] {
        story.delete_room(&file_name(&reason.to_string())).await;
        golden(&story).reaches(reason).await;
    }

    // A deletion that nobody has looked at.
    let held = fault(&story, LIST, Effect::HoldBefore);
    story.delete_room("deleted").await;
    story.until_held(held).await;
    golden(&story).keeps("deleted").await;
}
