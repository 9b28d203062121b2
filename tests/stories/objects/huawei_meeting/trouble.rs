//! Rooms that a person has to do something about.

use roomkeeper_plan::reason::Reason;
use roomkeeper_sim::huawei::meeting::room::{Device, Room as Vmr, RoomStatus};
use roomkeeper_sim::huawei::meeting::state::{MeetingApp, User};
use roomkeeper_sim::{Effect, Fault};
use serde_json::{Value, json};

use super::{LIST, MASKED_APP, MEETING_APP, add_room, change_room, create, create_as, edit, fault, golden, hold_looks};
use super::{id, look, make_as, of_masked, open_masked, settings};
use crate::cloud_meeting::{create_config, stage};
use crate::story::{Story, merge};
use crate::support::golden::file_name;

/// The most rooms that a user may have.
const ROOMS_OF_A_USER: usize = 32;
/// An App ID that the story's key does not open, with the config `wrong`.
const WRONG_APP: &str = "00000000000000000000000000000003";

/// Adds a user who has as many rooms as one can have, and forbids updates.
fn prepare(story: &Story) {
    story.sim.world(|world| {
        let app = world.huawei_meeting.get_mut(MEETING_APP).expect("the story's app");
        app.denied_operations.insert("update_member_vmr".to_owned());
        let enterprise = app.enterprises.get_mut("corp").expect("the story's enterprise");
        enterprise.users.insert("collector@corp".to_owned(), User::third_party("collector"));
        for room in 0..ROOMS_OF_A_USER {
            let room = Vmr::numbered(&format!("7000{room}")).owned_by("collector@corp");
            enterprise.rooms.insert(format!("{:032x}", room.number.parse::<u64>().expect("digits")), room);
        }
    });
}

#[tokio::test]
async fn meeting_rooms_whose_spec_or_owner_has_trouble() {
    let mut story = stage("trouble-owner").await;
    prepare(&story);
    story.start_operator();
    let owner = |user: &str| settings(&json!({ "owner": { "userId": user } }));
    let only = |verb: &str| json!({ "spec": { "managementPolicies": [verb] } });
    let mut renamed = settings(&json!({ "name": "Renamed" }));
    merge(&mut renamed, &only("ChangeOwner"));
    type Change = fn(&mut Vmr);
    let rows: [(Reason, Value, Change); 8] = [
        (Reason::DriftNotCorrected, renamed, |_| {}),
        (Reason::InvalidSpec, json!({ "spec": { "writeJoinInfoToSecretRef": { "name": "guests" } } }), |_| {}),
        (Reason::PermissionDenied, settings(&json!({ "name": "Renamed" })), |_| {}),
        (Reason::AccountLimit, owner("collector"), |_| {}),
        (Reason::OwnerNotFound, owner("dora"), |_| {}),
        (Reason::OwnerNotAddressable, settings(&json!({ "owner": null })), |room| {
            (room.owner, room.device) = (None, Some(Device { id: "terminal".into(), name: "Screen".into() }));
        }),
        (Reason::RoomDisabled, json!({}), |room| room.status = Some(RoomStatus::Disabled)),
        (Reason::Unallocated, only("Update"), |room| room.owner = None),
    ];
    for (reason, more, change) in rows {
        let name = file_name(&reason.to_string());
        add_room(&story, MEETING_APP, &name, change);
        create(&story, &name, &more).await;
        golden(&story).reaches(reason).await;
    }
    create(&story, "not-found", &json!({})).await;
    golden(&story).reaches(Reason::NotFound).await;
}

#[tokio::test]
async fn meeting_rooms_whose_account_or_vendor_has_trouble() {
    let mut story = stage("trouble-meeting").await;
    open_masked(&story).await;
    story.sim.world(|world| {
        world.huawei_meeting.insert(WRONG_APP.to_owned(), MeetingApp::of_enterprise("canary-another-key", "corp"));
    });
    create_config(&story, "wrong", WRONG_APP).await;
    story.start_operator();
    let config = |name: &str| json!({ "spec": { "providerConfigRef": { "name": name } } });
    for (reason, name) in [(Reason::ProviderConfigNotReady, "missing"), (Reason::CredentialsRejected, "wrong")] {
        create_as(&story, reason, &config(name)).await;
        golden(&story).reaches(reason).await;
    }
    let name = make_as(&story, Reason::AccountChanged, &json!({})).await;
    story.patch_room(&name, &config("masked")).await;
    golden(&story).reaches(Reason::AccountChanged).await;

    // An update sends all settings, and nobody knows the guests' password.
    let name = file_name(&Reason::PasswordUnknown.to_string());
    add_room(&story, MASKED_APP, &name, |room| room.gust_pwd = "5544".into());
    let mut renamed = settings(&json!({ "name": "Renamed" }));
    merge(&mut renamed, &of_masked());
    create(&story, &name, &renamed).await;
    golden(&story).reaches(Reason::PasswordUnknown).await;

    let name = make_as(&story, Reason::NotEffective, &json!({})).await;
    fault(&story, Fault::at("update_member_vmr", Effect::AcceptOnly).room(&id(&name)));
    edit(&story, &name, &json!({ "name": "Renamed" })).await;
    golden(&story).reaches(Reason::NotEffective).await;

    // A setting that nobody manages changes together with an update.
    let name = make_as(&story, Reason::UpdateNotPartial, &json!({})).await;
    let held = hold_looks(&story);
    edit(&story, &name, &json!({ "name": "Renamed" })).await;
    story.until_held(held).await;
    story.sim.faults().release(held).expect("it holds");
    story.until_held(held).await;
    change_room(&story, &name, |room| room.allow_gust_first = true);
    story.sim.faults().remove(held).expect("it holds");
    golden(&story).reaches(Reason::UpdateNotPartial).await;

    let first = json!({ "spec": { "huaweiMeeting": { "id": id(&name) } } });
    create(&story, "duplicate-claim", &first).await;
    golden(&story).reaches(Reason::DuplicateClaim).await;

    let rows = [
        (Reason::UnexpectedAnswer, Effect::Html { status: 200 }),
        (Reason::ProviderUnavailable, Effect::Status { code: 502 }),
    ];
    for (reason, effect) in rows {
        let trouble = fault(&story, Fault::at(LIST, effect));
        let name = create_as(&story, reason, &json!({})).await;
        golden(&story).reaches(reason).await;
        story.sim.faults().remove(trouble).expect("it stands");
        look(&story, &name).await;
    }
}
