//! Rooms whose objects are being deleted, and that are to be taken from their owner then.

use roomkeeper_plan::reason::Reason;
use roomkeeper_sim::{Effect, Fault};
use serde_json::json;

use super::{MEETING_APP, fault, golden, hold_looks, id, make_as, settings};
use crate::cloud_meeting::stage;
use crate::objects::slow_down;
use crate::story::merge;

#[tokio::test]
async fn meeting_rooms_that_end() {
    let mut story = stage("ends-meeting").await;
    slow_down(&story, "meeting").await;
    story.start_operator();
    let recycle = settings(&json!({ "onDelete": "Recycle" }));
    let mut impatient = recycle.clone();
    merge(&mut impatient, &json!({ "spec": { "dismissal": { "timeout": "1s" } } }));

    let rows = [(Reason::DismissalWaiting, &recycle), (Reason::DismissalTimedOut, &impatient)];
    for (reason, more) in rows {
        let name = make_as(&story, reason, more).await;
        story.sim.join_meeting(MEETING_APP, &id(&name), "guest").expect("the room lets people in");
        story.delete_room(&name).await;
        golden(&story).reaches(reason).await;
    }

    // The vendor said yes and still shows the room as its owner's; the account's one dismissal of this minute is spent.
    let name = make_as(&story, Reason::Dismissing, &recycle).await;
    fault(&story, Fault::at("disassociate_vmr", Effect::AcceptOnly).room(&id(&name)));
    let held_back = make_as(&story, Reason::DismissalHeld, &recycle).await;
    super::add_room(&story, MEETING_APP, "deleted", |_| {});
    super::create(&story, "deleted", &recycle).await;
    story.until_reason("deleted", "InSync").await;
    story.delete_room(&name).await;
    golden(&story).reaches(Reason::Dismissing).await;
    story.delete_room(&held_back).await;
    golden(&story).reaches(Reason::DismissalHeld).await;

    // A deletion that nobody has looked at.
    let held = hold_looks(&story);
    story.delete_room("deleted").await;
    story.until_held(held).await;
    golden(&story).keeps("deleted").await;
}
