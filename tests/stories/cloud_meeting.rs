//! Rooms of Huawei Cloud Meeting: what is theirs alone. Packages make them, users have them, and two calls move them.

use k8s_openapi::api::core::v1::Secret;
use roomkeeper::api::{MeetingRoom, RoomStatus};
use roomkeeper::key::Kind;
use roomkeeper_sim::Effect;
use roomkeeper_sim::huawei::meeting::answers::Passwords;
use roomkeeper_sim::huawei::meeting::room::{Room as Vmr, RoomMode, RoomStatus as VmrStatus};
use roomkeeper_sim::huawei::meeting::state::{AdminType, MeetingApp, User, UserStatus};
use serde_json::{Value, json};

use crate::story::{Story, create, merge, message};

pub const MEETING_APP: &str = "fdb8e4699586458bbd10c834872dcc62";
pub const APP_KEY: &str = "canary-app-key-0000000000";
/// The room's id, its number, and the object's name.
const ID: &str = "ff80808167ef1edf0167f33d650c0662";
const NUMBER: &str = "938305104";
const ROOM: &str = "board-room";
/// Passwords have digits only, so these are the canaries of these stories.
pub const HOST: &str = "7310042917";
pub const GUEST: &str = "7310042918";

/// A stage with a Cloud Meeting enterprise, its config `meeting`, and a room of alice's.
pub async fn stage(name: &str) -> Story {
    let story = Story::prepare(name).await.about(Kind::MeetingRoom);
    furnish(&story).await;
    story
}

/// Puts the enterprise, its config and its Secrets on a stage.
pub async fn furnish(story: &Story) {
    let room = Vmr { name: "Board room".into(), chair_pwd: HOST.into(), ..Vmr::numbered(NUMBER) };
    let app = MeetingApp::of_enterprise(APP_KEY, "corp")
        .with_user("admin@corp", User::with_password("canary-admin").administrating(AdminType::Default))
        .with_user("alice@corp", User::third_party("alice"))
        .with_user("bob@corp", User::third_party("bob"))
        .with_room(ID, room.owned_by("alice@corp"));
    story.sim.world(|world| world.huawei_meeting.insert(MEETING_APP.to_owned(), app));
    story.create_secret("board-room", "host", HOST).await;
    story.create_secret("guests", "guest", GUEST).await;
    open(story).await;
}

/// Brings the app key and the config `meeting` into the story's namespace.
pub async fn open(story: &Story) {
    story.create_secret("meeting", "appKey", APP_KEY).await;
    create_config(story, "meeting", MEETING_APP).await;
}

/// Creates a config for an App ID, which the story's app key opens.
pub async fn create_config(story: &Story, name: &str, app: &str) {
    story.create_config(name, &config(story, app, "meeting")).await;
}

/// Returns a config for an App ID, as [`Story::create_config`] takes it, with the app key from this Secret.
pub fn config(story: &Story, app: &str, secret: &str) -> Value {
    let account = json!({
        "appId": app,
        "endpoint": story.sim.url(),
        "appKeyRef": { "name": secret, "key": "appKey" },
    });
    json!({ "tencent": null, "huaweiMeeting": account })
}

async fn begin(name: &str) -> Story {
    let mut story = stage(name).await;
    story.start_operator();
    story
}

pub async fn create_room(story: &Story, more: &Value) {
    let mut room = json!({
        "apiVersion": "roomkeeper.dev/v1alpha1",
        "kind": "MeetingRoom",
        "metadata": { "name": ROOM },
        "spec": {
            "providerConfigRef": { "name": "meeting" },
            "huaweiMeeting": {
                "id": ID,
                "owner": { "userId": "alice" },
                "name": "Board room",
                "hostPassword": { "secretKeyRef": { "name": "board-room", "key": "host" } },
            },
        },
    });
    merge(&mut room, more);
    create(&story.api::<MeetingRoom>(), &room).await;
}

async fn edit(story: &Story, settings: &Value) {
    story.patch_room(ROOM, &json!({ "spec": { "huaweiMeeting": settings } })).await;
}

fn vmr(story: &Story) -> Vmr {
    story.sim.world(|world| world.huawei_meeting[MEETING_APP].room(ID).cloned().expect("the story's room"))
}

fn change(story: &Story, change: impl FnOnce(&mut Vmr)) {
    story.sim.world(|world| {
        let app = world.huawei_meeting.get_mut(MEETING_APP).expect("the story's app");
        change(app.room_mut(ID).expect("the story's room"));
    });
}

/// Returns the users of the enterprise.
fn users(story: &Story) -> usize {
    story.sim.world(|world| world.huawei_meeting[MEETING_APP].enterprises["corp"].users.len())
}

/// Returns what was done to the room, in order.
fn deeds(story: &Story) -> Vec<String> {
    let applied = story.sim.writes_of(ID).into_iter().filter(|entry| entry.applied);
    applied.map(|entry| entry.operation).collect()
}

fn calls(story: &Story, operation: &str) -> usize {
    story.sim.journal().iter().filter(|entry| entry.calls(operation)).count()
}

#[tokio::test]
async fn a_room_is_named_looked_at_as_its_owner_and_corrected_by_one_update() {
    let story = begin("vmr-life").await;
    create_room(&story, &json!({})).await;
    let status = story.until_reason(ROOM, "InSync").await;
    assert_eq!(status.external_id.as_deref(), Some(format!("huaweiMeeting/{MEETING_APP}/{ID}").as_str()));
    let seen = status.observed.expect("it was looked at");
    assert_eq!((seen.owner.as_deref(), seen.meeting_number.as_deref()), (Some("alice"), Some(NUMBER)));
    assert_eq!(seen.host_password_set, Some(true));
    assert_eq!(deeds(&story).len(), 0, "nothing differs, so nothing is done");

    change(&story, |room| room.name = "Renamed by a host".into());
    story.look_again(ROOM).await;
    story.until_event(ROOM, "Updated", "name Renamed by a host -> Board room").await;
    let room = vmr(&story);
    assert_eq!((room.name.as_str(), room.chair_pwd.as_str(), room.gust_pwd.as_str()), ("Board room", HOST, ""));
    story.look_again(ROOM).await;
    assert_eq!(deeds(&story), ["update_member_vmr"]);

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(deeds(&story), ["update_member_vmr"], "a deletion leaves the room");
    assert_eq!(users(&story), 3, "nobody was registered");
    story.assert_no_secret_was_told().await;
    assert_eq!(story.log().lines().find(|line| line.contains(HOST)), None, "a password was logged");
}

#[tokio::test]
async fn a_rotated_password_is_applied_and_the_other_settings_stay() {
    let story = begin("vmr-rotate").await;
    change(&story, |room| (room.gust_pwd, room.allow_gust_first) = ("5544".into(), true));
    create_room(&story, &json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.rotate("board-room", "host", "99887766").await;
    story.until_event(ROOM, "Updated", "hostPassword").await;
    story.until_reason(ROOM, "InSync").await;
    let room = vmr(&story);
    assert_eq!((room.chair_pwd.as_str(), room.gust_pwd.as_str()), ("99887766", "5544"));
    assert!(room.allow_gust_first, "what is not managed is sent as it was seen");
    assert_eq!(deeds(&story), ["update_member_vmr"]);

    edit(&story, &json!({ "guestPassword": { "none": {} } })).await;
    story.until_event(ROOM, "Updated", "guestPassword").await;
    assert_eq!(vmr(&story).gust_pwd, "");
    for (name, note) in story.events(ROOM).await {
        assert!(!note.contains("99887766") && !note.contains("5544"), "{name}: {note}");
    }
}

#[tokio::test]
async fn the_owner_changes_by_recycle_and_assign_once_each() {
    let story = begin("vmr-owner").await;
    create_room(&story, &json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    edit(&story, &json!({ "owner": { "userId": "bob" } })).await;
    story.until_event(ROOM, "OwnerChanged", "bob").await;
    let status = story.until_reason(ROOM, "InSync").await;
    assert_eq!(status.observed.expect("seen").owner.as_deref(), Some("bob"));
    assert_eq!(vmr(&story).owner.as_deref(), Some("bob@corp"));
    assert_eq!(deeds(&story), ["disassociate_vmr", "associate_vmr"]);
    assert_eq!(vmr(&story).chair_pwd, HOST);
    story.look_again(ROOM).await;
    assert_eq!(deeds(&story).len(), 2, "nothing is done when nothing differs");
}

#[tokio::test]
async fn an_owner_whom_nobody_knows_is_not_registered_and_nothing_is_taken_away() {
    let story = begin("vmr-unknown").await;
    create_room(&story, &json!({ "spec": { "huaweiMeeting": { "owner": { "userId": "alcie" } } } })).await;
    let status = story.until_reason(ROOM, "OwnerNotFound").await;
    assert!(message(&status).contains("alcie"), "{}", message(&status));
    assert_eq!((users(&story), deeds(&story).len()), (3, 0));
    assert_eq!(vmr(&story).owner.as_deref(), Some("alice@corp"));
}

#[tokio::test]
async fn a_room_whose_new_owner_is_refused_goes_back_and_is_not_taken_again() {
    let story = begin("vmr-refused").await;
    create_room(&story, &json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.fault("associate_vmr", Effect::refuse("USG.201040000"));
    edit(&story, &json!({ "owner": { "userId": "bob" } })).await;
    let status = story.until_status(ROOM, "the refusal", |status| message(status).contains("bob")).await;
    assert_eq!(vmr(&story).owner.as_deref(), Some("alice@corp"), "{}", message(&status));
    story.look_again(ROOM).await;
    assert_eq!(deeds(&story), ["disassociate_vmr", "associate_vmr"], "taken once, given back once");
}

#[tokio::test]
async fn a_conference_keeps_its_room_with_its_owner() {
    let story = begin("vmr-conference").await;
    create_room(&story, &json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join_meeting(MEETING_APP, ID, "guest-1").expect("the room lets people in");
    edit(&story, &json!({ "owner": { "userId": "bob" } })).await;
    story.until_status(ROOM, "to wait for the conference", |status| message(status).contains("conference")).await;
    assert_eq!(deeds(&story).len(), 0);
    story.sim.leave_meeting(MEETING_APP, ID, "guest-1").expect("in it");
    story.ask_for_look(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(deeds(&story), ["disassociate_vmr", "associate_vmr"]);
}

#[tokio::test]
async fn masked_passwords_are_never_sent_and_hold_an_update_that_would_lose_them() {
    let story = begin("vmr-masked").await;
    story.sim.world(|world| {
        let app = world.huawei_meeting.get_mut(MEETING_APP).expect("the story's app");
        app.answers.passwords = Passwords::Masked;
    });
    change(&story, |room| room.gust_pwd = "5544".into());
    create_room(&story, &json!({ "spec": { "huaweiMeeting": { "hostPassword": null, "name": "Another name" } } }))
        .await;
    let status = story.until_reason(ROOM, "PasswordUnknown").await;
    assert!(message(&status).contains("acceptPasswordLoss"), "{}", message(&status));
    assert_eq!(deeds(&story).len(), 0);
    edit(&story, &json!({ "acceptPasswordLoss": true })).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!((vmr(&story).name.as_str(), vmr(&story).gust_pwd.as_str()), ("Another name", "5544"));
}

#[tokio::test]
async fn a_room_is_found_by_its_number_and_two_names_of_one_room_are_rivals() {
    let story = begin("vmr-names").await;
    let by_number =
        json!({ "spec": { "huaweiMeeting": { "id": null, "meetingNumber": NUMBER, "name": "By number" } } });
    create_room(&story, &by_number).await;
    let status = story.until_reason(ROOM, "InSync").await;
    assert_eq!(status.external_id.as_deref(), Some(format!("huaweiMeeting/{MEETING_APP}/{ID}").as_str()));
    assert_eq!(vmr(&story).name, "By number");

    // Whoever names the same room in another way comes too late.
    create_room(&story, &json!({ "metadata": { "name": "rival" } })).await;
    story.until_reason("rival", "DuplicateClaim").await;
    assert_eq!(deeds(&story), ["update_member_vmr"]);
}

#[tokio::test]
async fn a_personal_meeting_id_is_found_by_its_owner_and_never_leaves_them() {
    let story = begin("vmr-personal").await;
    let personal = "00000000000000000000000000000abc";
    story.sim.world(|world| {
        let app = world.huawei_meeting.get_mut(MEETING_APP).expect("the story's app");
        let room = Vmr { mode: RoomMode::PersonalMeetingId, ..Vmr::numbered("4711471147") };
        let enterprise = app.enterprises.get_mut("corp").expect("the story's enterprise");
        enterprise.rooms.insert(personal.to_owned(), room.owned_by("alice@corp"));
    });
    let named = json!({ "id": null, "personalMeetingId": {}, "name": "Alice's own", "hostPassword": null });
    create_room(&story, &json!({ "spec": { "huaweiMeeting": named } })).await;
    let status = story.until_reason(ROOM, "InSync").await;
    assert_eq!(status.external_id.as_deref(), Some(format!("huaweiMeeting/{MEETING_APP}/{personal}").as_str()));
    assert_eq!(status.observed.expect("seen").meeting_number.as_deref(), Some("4711471147"));
    let name = story.sim.world(|world| world.huawei_meeting[MEETING_APP].room(personal).expect("there").name.clone());
    assert_eq!((name.as_str(), deeds(&story).len()), ("Alice's own", 0), "and no other room was touched");
}

#[tokio::test]
async fn a_room_goes_over_to_the_object_that_names_it_in_another_way() {
    let story = begin("vmr-heir").await;
    create_room(&story, &json!({ "spec": { "huaweiMeeting": { "onDelete": "Recycle" } } })).await;
    story.until_reason(ROOM, "InSync").await;
    let by_number = json!({ "id": null, "meetingNumber": NUMBER });
    create_room(&story, &json!({ "metadata": { "name": "heir" }, "spec": { "huaweiMeeting": by_number } })).await;
    story.until_reason("heir", "DuplicateClaim").await;
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    story.until_reason("heir", "InSync").await;
    assert_eq!(deeds(&story).len(), 0, "a room that is wanted is not recycled");
}

#[tokio::test]
async fn an_owner_who_was_locked_out_can_be_replaced() {
    let story = begin("vmr-locked").await;
    story.sim.world(|world| {
        let app = world.huawei_meeting.get_mut(MEETING_APP).expect("the story's app");
        let users = &mut app.enterprises.get_mut("corp").expect("the story's enterprise").users;
        users.get_mut("alice@corp").expect("a user").status = UserStatus::Disabled;
    });
    create_room(&story, &json!({ "spec": { "huaweiMeeting": { "owner": { "userId": "bob" } } } })).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(deeds(&story), ["disassociate_vmr", "associate_vmr"]);
}

#[tokio::test]
async fn a_room_that_was_claimed_in_another_account_is_not_looked_for_in_this_one() {
    let story = begin("vmr-account").await;
    let by_number = json!({ "id": null, "meetingNumber": NUMBER });
    create_room(&story, &json!({ "spec": { "huaweiMeeting": by_number } })).await;
    story.until_reason(ROOM, "InSync").await;
    let other = "0000000000000000000000000000000f";
    story.sim.world(|world| {
        let same = world.huawei_meeting[MEETING_APP].clone();
        world.huawei_meeting.insert(other.to_owned(), same);
    });
    let account =
        json!({ "appId": other, "endpoint": story.sim.url(), "appKeyRef": { "name": "meeting", "key": "appKey" } });
    story.create_config("other", &json!({ "tencent": null, "huaweiMeeting": account })).await;
    story.until_config("other", "CredentialsAccepted").await;
    story.patch_room(ROOM, &json!({ "spec": { "providerConfigRef": { "name": "other" } } })).await;
    story.until_reason(ROOM, "AccountChanged").await;
    let there = story.sim.journal().into_iter().filter(|entry| entry.account.as_deref() == Some(other));
    assert_eq!(there.filter(|entry| !entry.calls("app_auth")).count(), 0, "nobody looks in the other account");
}

#[tokio::test]
async fn disabled_and_unallocated_rooms_are_told_and_an_unallocated_one_is_assigned() {
    let story = begin("vmr-states").await;
    change(&story, |room| room.owner = None);
    create_room(&story, &json!({ "spec": { "managementPolicies": ["Update"] } })).await;
    story.until_reason(ROOM, "Unallocated").await;
    story.patch_room(ROOM, &json!({ "spec": { "managementPolicies": null } })).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(deeds(&story), ["associate_vmr"]);
    change(&story, |room| room.status = Some(VmrStatus::Disabled));
    story.ask_for_look(ROOM).await;
    story.until_reason(ROOM, "RoomDisabled").await;
    assert_eq!(deeds(&story), ["associate_vmr"]);
}

#[tokio::test]
async fn a_deletion_recycles_the_room_only_if_the_spec_says_so() {
    let story = begin("vmr-recycle").await;
    create_room(&story, &json!({ "spec": { "huaweiMeeting": { "onDelete": "Recycle" } } })).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join_meeting(MEETING_APP, ID, "guest-1").expect("the room lets people in");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;
    story.sim.leave_meeting(MEETING_APP, ID, "guest-1").expect("in it");
    story.until_gone(ROOM).await;
    assert_eq!(deeds(&story), ["disassociate_vmr"]);
    assert_eq!(vmr(&story).owner, None);
}

#[tokio::test]
async fn an_object_made_again_by_force_recycles_nothing_for_the_old_one() {
    let story = begin("vmr-force").await;
    let recycle = json!({ "spec": { "huaweiMeeting": { "onDelete": "Recycle" } } });
    create_room(&story, &recycle).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join_meeting(MEETING_APP, ID, "guest-1").expect("the room lets people in");
    story.delete_room(ROOM).await;
    let status = story.until_reason(ROOM, "DismissalWaiting").await;
    assert!(message(&status).contains("conference"), "{}", message(&status));
    story.patch_room(ROOM, &json!({ "metadata": { "finalizers": null } })).await;
    story.until_gone(ROOM).await;

    create_room(&story, &recycle).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.leave_meeting(MEETING_APP, ID, "guest-1").expect("in it");
    story.look_again(ROOM).await;
    assert_eq!(deeds(&story).len(), 0, "nobody has deleted this object");
}

#[tokio::test]
async fn how_to_join_is_told_in_a_secret_of_the_objects_own() {
    let story = begin("vmr-join").await;
    create_room(&story, &json!({ "spec": { "writeJoinInfoToSecretRef": { "name": "guests" } } })).await;
    let status = story.until_reason(ROOM, "InvalidSpec").await;
    assert!(message(&status).contains("guests"), "another one's Secret is not overwritten: {}", message(&status));
    story.patch_room(ROOM, &json!({ "spec": { "writeJoinInfoToSecretRef": { "name": "join" } } })).await;
    story.until_reason(ROOM, "InSync").await;
    let secrets = story.api::<Secret>();
    let read = async || secrets.get("join").await.expect("the Secret is there");
    let written = read().await;
    let data = written.data.clone().expect("it has data");
    assert_eq!(data.keys().map(String::as_str).collect::<Vec<_>>(), ["guestLink", "meetingNumber"]);
    assert_eq!(data["meetingNumber"].0, NUMBER.as_bytes());
    story.look_again(ROOM).await;
    assert_eq!(read().await.metadata.resource_version, written.metadata.resource_version, "written once");
    story.assert_no_secret_was_told().await;
}

#[tokio::test]
async fn one_list_of_the_enterprise_serves_all_rooms_and_a_stop_gives_the_log_ins_back() {
    let mut story = stage("vmr-lists").await;
    story.sim.world(|world| {
        let app = world.huawei_meeting.get_mut(MEETING_APP).expect("the story's app");
        let enterprise = app.enterprises.get_mut("corp").expect("the story's enterprise");
        for number in 0..20 {
            let room = Vmr::numbered(&format!("7000{number}")).owned_by("alice@corp");
            enterprise.rooms.insert(format!("{number:032x}"), room);
        }
    });
    for number in 0..20 {
        let room = json!({
            "metadata": { "name": format!("room-{number}") },
            "spec": { "huaweiMeeting": { "id": format!("{number:032x}"), "name": format!("7000{number}"), "hostPassword": null } },
        });
        create_room(&story, &room).await;
    }
    story.start_operator();
    for number in 0..20 {
        story.until_reason(&format!("room-{number}"), "InSync").await;
    }
    let lists = calls(&story, "search_corp_vmr");
    assert!(lists <= 6, "{lists} lists of the enterprise for 20 rooms");
    assert_eq!(calls(&story, "app_auth"), 2, "one log-in as administrator, one as alice");
    let live = |story: &Story| story.sim.world(|world| world.huawei_meeting[MEETING_APP].tokens.len());
    assert_eq!(live(&story), 2);
    let operator = story.operator.take().expect("it runs");
    operator.terminate();
    assert!(operator.ended(crate::story::DEADLINE).await.success());
    assert_eq!((live(&story), calls(&story, "log_out")), (0, 2));
}

#[tokio::test]
async fn a_wrong_key_is_tried_once_for_all_rooms_and_heals_when_the_secret_changes() {
    let story = stage("vmr-key").await;
    story.rotate("meeting", "appKey", "canary-wrong-key").await;
    let mut story = story;
    story.start_operator();
    create_room(&story, &json!({})).await;
    story.until_reason(ROOM, "CredentialsRejected").await;
    assert_eq!(calls(&story, "app_auth"), 1);
    story.rotate("meeting", "appKey", APP_KEY).await;
    story.until_reason(ROOM, "InSync").await;
    story.assert_no_secret_was_told().await;
}

#[tokio::test]
async fn a_token_that_the_vendor_forgot_is_renewed_once() {
    let story = begin("vmr-token").await;
    create_room(&story, &json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.world(|world| world.huawei_meeting.get_mut(MEETING_APP).expect("there").tokens.clear());
    let ready = |status: &RoomStatus| status.observed_generation > 0;
    story.look_again(ROOM).await;
    story.until_status(ROOM, "to stay as it is", ready).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(calls(&story, "app_auth"), 4, "each caller logs in once more");
}
