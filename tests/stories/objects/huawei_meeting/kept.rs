//! Rooms that are there and wanted: in sync, or on the way.

use roomkeeper::api::annotations::PAUSED;
use roomkeeper_plan::reason::Reason;
use roomkeeper_sim::{Effect, Fault};
use serde_json::json;

use super::{MASKED_APP, MEETING_APP, add_room, change_room, create, create_as, edit, fault, golden, hold_looks, id};
use super::{look, make_as, of_masked, open_masked};
use crate::cloud_meeting::stage;
use crate::support::golden::file_name;

#[tokio::test]
async fn meeting_rooms_that_are_kept() {
    let mut story = stage("kept-meeting").await;
    open_masked(&story).await;
    create_as(&story, Reason::Pending, &json!({})).await;
    golden(&story).keeps("pending").await;
    story.start_operator();
    create_as(&story, Reason::InSync, &json!({})).await;
    golden(&story).reaches(Reason::InSync).await;
    create_as(&story, Reason::Paused, &json!({ "metadata": { "annotations": { PAUSED: "true" } } })).await;
    golden(&story).reaches(Reason::Paused).await;

    let name = file_name(&Reason::AppliedUnverified.to_string());
    add_room(&story, MASKED_APP, &name, |_| {});
    create(&story, &name, &of_masked()).await;
    golden(&story).reaches(Reason::AppliedUnverified).await;

    let policy = json!({ "spec": { "driftCorrection": { "fields": { "name": "OnEdit" } } } });
    let name = make_as(&story, Reason::DriftTolerated, &policy).await;
    change_room(&story, &name, |room| room.name = "The host's".into());
    look(&story, &name).await;
    golden(&story).reaches(Reason::DriftTolerated).await;

    // A conference keeps the room with its owner.
    let name = make_as(&story, Reason::CorrectingDrift, &json!({})).await;
    story.sim.join_meeting(MEETING_APP, &id(&name), "guest").expect("the room lets people in");
    edit(&story, &name, &json!({ "owner": { "userId": "bob" } })).await;
    golden(&story).reaches(Reason::CorrectingDrift).await;

    // The room that a look showed is not there any more when it is to be changed.
    let name = make_as(&story, Reason::Reconciling, &json!({})).await;
    fault(&story, Fault::at("update_member_vmr", Effect::refuse("MMC.111070006")).room(&id(&name)));
    edit(&story, &name, &json!({ "name": "Renamed" })).await;
    golden(&story).reaches(Reason::Reconciling).await;

    for name in ["paused-in-sync", "paused-edited", "edited"] {
        add_room(&story, MEETING_APP, name, |_| {});
        create(&story, name, &json!({})).await;
        story.until_reason(name, "InSync").await;
    }
    for name in ["paused-in-sync", "paused-edited"] {
        story.annotate(name, PAUSED, "true").await;
    }
    edit(&story, "paused-edited", &json!({ "name": "Renamed" })).await;
    golden(&story).keeps("paused-in-sync").await;
    golden(&story).keeps("paused-edited").await;

    // An edit that nobody has looked at: the conditions are those of the generation before.
    let held = hold_looks(&story);
    edit(&story, "edited", &json!({ "name": "Renamed" })).await;
    story.until_held(held).await;
    golden(&story).keeps("edited").await;
}
