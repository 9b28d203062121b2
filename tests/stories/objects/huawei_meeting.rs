//! The objects of Huawei Cloud Meeting. One list shows all rooms of an enterprise, so what goes wrong with it goes wrong
//! for all of them: these states are brought about one after another.

mod ends;
mod kept;
mod trouble;

use roomkeeper::api::annotations::RECONCILE_REQUESTED_AT;
use roomkeeper_plan::reason::Reason;
use roomkeeper_sim::huawei::meeting::answers::Passwords;
use roomkeeper_sim::huawei::meeting::state::{AdminType, MeetingApp, User};
use roomkeeper_sim::{Effect, Fault, FaultId, Times};
use serde_json::{Value, json};

use super::golden::Golden;
use crate::cloud_meeting::{APP_KEY, MEETING_APP, create_config, create_room};
use crate::scenes::cloud_meeting::{add_room, change_room, id};
use crate::story::Story;
use crate::support::golden::file_name;

/// A second App ID, with the config `masked`, which shows no passwords.
const MASKED_APP: &str = "00000000000000000000000000000002";
/// The list of the enterprise.
const LIST: &str = "search_corp_vmr";

fn golden(story: &Story) -> Golden<'_> {
    Golden { story, folder: "huawei-meeting" }
}

/// Creates an object; `more` is merged over it, and `null` in it removes a field.
async fn create(story: &Story, name: &str, more: &Value) {
    let mut manifest = more.clone();
    manifest["metadata"]["name"] = json!(name);
    let named = &mut manifest["spec"]["huaweiMeeting"]["id"];
    if named.is_null() {
        *named = json!(id(name));
    }
    create_room(story, &manifest).await;
}

/// Creates an object with a room, both named like the reason which it will have.
async fn create_as(story: &Story, reason: Reason, more: &Value) -> String {
    let name = file_name(&reason.to_string());
    add_room(story, MEETING_APP, &name, |_| {});
    create(story, &name, more).await;
    name
}

/// Creates such an object and waits until it is in sync.
async fn make_as(story: &Story, reason: Reason, more: &Value) -> String {
    let name = create_as(story, reason, more).await;
    story.until_reason(&name, "InSync").await;
    name
}

fn settings(settings: &Value) -> Value {
    json!({ "spec": { "huaweiMeeting": settings } })
}

async fn edit(story: &Story, name: &str, changed: &Value) {
    story.patch_room(name, &settings(changed)).await;
}

async fn look(story: &Story, name: &str) {
    story.annotate(name, RECONCILE_REQUESTED_AT, "look").await;
}

/// Has the vendor misbehave at an operation from here on.
fn fault(story: &Story, fault: Fault) -> FaultId {
    story.sim.faults().add(fault.times(Times::UntilRemoved)).expect("the simulator knows the operation")
}

/// Holds the looks at all rooms.
fn hold_looks(story: &Story) -> FaultId {
    fault(story, Fault::at(LIST, Effect::HoldBefore))
}

/// Opens the second App ID, with users of its own.
async fn open_masked(story: &Story) {
    let mut app = MeetingApp::of_enterprise(APP_KEY, "corp")
        .with_user("admin@corp", User::with_password("canary-admin").administrating(AdminType::Default))
        .with_user("alice@corp", User::third_party("alice"));
    app.answers.passwords = Passwords::Masked;
    story.sim.world(|world| world.huawei_meeting.insert(MASKED_APP.to_owned(), app));
    create_config(story, "masked", MASKED_APP).await;
}

fn of_masked() -> Value {
    json!({ "spec": { "providerConfigRef": { "name": "masked" } } })
}
