//! Rooms of Cloud Meeting: one list shows all of them, and their owners' lists show the settings.

use roomkeeper_sim::huawei::meeting::answers::{MemberId, Passwords};
use roomkeeper_sim::huawei::meeting::room::{Device, Room as Vmr, RoomMode, RoomStatus};
use roomkeeper_sim::huawei::meeting::state::{AdminType, MeetingApp, User, UserStatus};
use roomkeeper_sim::{Effect, Fault, Refusal, Times};
use serde_json::{Value, json};

use super::{lines, uncommented};
use crate::stage::*;

const MEETING_APP: &str = "fdb8e4699586458bbd10c834872dcc62";
const ENGINE: &[&str] = &["--engine", "huaweiMeeting"];
const HOST: &str = "7310042917";
const GUEST: &str = "7310042918";
/// The rooms that can be kept, of those that [`furnish`] makes.
const KEPT: usize = 8;

fn id(number: u32) -> String {
    format!("ff80808167ef1edf0167f33d{number:08x}")
}

fn room(number: u32, name: &str, owner: &str) -> (String, Vmr) {
    let room =
        Vmr { name: name.to_owned(), chair_pwd: HOST.to_owned(), ..Vmr::numbered(&(938_305_000 + number).to_string()) };
    (id(number), if owner.is_empty() { room } else { room.owned_by(owner) })
}

fn with(mut app: MeetingApp, (id, mut room): (String, Vmr), change: impl FnOnce(&mut Vmr)) -> MeetingApp {
    change(&mut room);
    app = app.with_room(&id, room);
    app
}

/// An enterprise with users and rooms of all kinds.
fn furnish(stage: &Stage) {
    let mut app = MeetingApp::of_enterprise("canary-app-key", "corp")
        .with_user("admin@corp", User::with_password("canary-admin").administrating(AdminType::Default))
        .with_user("alice@corp", User::third_party("alice"))
        .with_user("bob@corp", User::third_party("bob"))
        // Nobody can log in as these by the App ID.
        .with_user("carol@corp", User::with_password("canary-carol"))
        .with_user("dave@corp", User { status: UserStatus::Disabled, ..User::third_party("dave") })
        .with_user("odd@corp", User::third_party(".odd"));
    app = with(app, room(1, "Board room", "alice@corp"), |room| room.gust_pwd = GUEST.to_owned());
    app = with(app, room(2, "会议室: 1 # 大", "alice@corp"), |room| room.allow_gust_first = true);
    app = with(app, room(3, "on", "bob@corp"), |room| room.gust_first_notice = true);
    app = with(app, room(4, "Board room", "bob@corp"), |_| {});
    app = with(app, room(5, "Carol's", "carol@corp"), |_| {});
    app = with(app, room(6, "Dave's", "dave@corp"), |_| {});
    app = with(app, room(7, "Terminal", ""), |room| {
        room.device = Some(Device { id: "te-20".to_owned(), name: "Lobby".to_owned() });
    });
    app = with(app, room(8, &"x".repeat(129), "odd@corp"), |_| {});
    app = with(app, room(20, "Disabled", "alice@corp"), |room| room.status = Some(RoomStatus::Disabled));
    app = with(app, room(21, "Nobody's", ""), |_| {});
    app = with(app, room(30, "Alice", "alice@corp"), |room| room.mode = RoomMode::PersonalMeetingId);
    app = with(app, room(31, "Webinar", "alice@corp"), |room| room.mode = RoomMode::Webinar);
    stage.sim.world(|world| world.huawei_meeting.insert(MEETING_APP.to_owned(), app));
}

fn app(stage: &Stage, change: impl FnOnce(&mut MeetingApp)) {
    stage.sim.world(|world| change(world.huawei_meeting.get_mut(MEETING_APP).expect("the app")));
}

fn accounts(stage: &Stage) -> Vec<Value> {
    let config = json!({
        "apiVersion": "roomkeeper.dev/v1alpha1",
        "kind": "ProviderConfig",
        "metadata": { "name": "meeting", "namespace": "events" },
        "spec": { "rateLimit": { "percent": 100 }, "huaweiMeeting": {
            "appId": MEETING_APP, "endpoint": stage.sim.url(), "appKeyRef": { "name": "meeting", "key": "appKey" },
        }},
    });
    vec![config, secret("meeting", "appKey", "canary-app-key")]
}

async fn import(stage: &Stage, more: &[&str]) -> Told {
    stage.import(&accounts(stage), "meeting", &[ENGINE, more].concat()).await
}

fn calls(stage: &Stage, operation: &str) -> usize {
    stage.sim.journal().iter().filter(|entry| entry.calls(operation)).count()
}

#[tokio::test]
async fn all_rooms_of_an_enterprise_are_imported_and_need_nothing() {
    let stage = Stage::new().await;
    furnish(&stage);
    for (member_id, more) in [(MemberId::Account, &[][..]), (MemberId::ThirdAccount, &["--adopt"])] {
        app(&stage, |app| app.answers.member_id = member_id);
        let told = import(&stage, more).await;
        assert_eq!(told.code, Some(NOTHING), "{}{}", told.out, told.err);
        stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, KEPT);
        // What an object could not be ready for is a comment, and said.
        let expected = "\
note: ff80808167ef1edf0167f33d00000014: is written as a comment, because it is disabled, so an object for it says \
RoomDisabled: enable it in the console
note: ff80808167ef1edf0167f33d00000015: is written as a comment, because it is nobody's, so an object for it says \
Unallocated: assign it to a user, or write the object with an owner and let it do that
";
        assert_eq!(told.err, expected);
        assert_eq!(lines(&told.out, "# kind: MeetingRoom"), 2, "{}", told.out);
        assert!(!told.out.contains("onDelete: Recycle"), "{}", told.out);
    }
    // Nobody was registered, as Huawei does with whom it does not know: the stage compares the users.
}

#[tokio::test]
async fn a_room_is_written_with_owner_settings_and_where_its_passwords_go() {
    let stage = Stage::new().await;
    furnish(&stage);
    let told = import(&stage, &["938305001"]).await;
    let expected = "\
---
# huaweiMeeting/fdb8e4699586458bbd10c834872dcc62/ff80808167ef1edf0167f33d00000001 (\"Board room\", number 938305001), as \
the ProviderConfig events/meeting shows it.
# Set and not managed: hostPassword and guestPassword. To manage it, make the Secret and take the # from its lines:
#   kubectl -n events create secret generic board-room-938305001 --from-literal=host=PASSWORD --from-literal=guest=PASSWORD
apiVersion: roomkeeper.dev/v1alpha1
kind: MeetingRoom
metadata:
  name: board-room-938305001
  namespace: events
spec:
  providerConfigRef:
    kind: ProviderConfig
    name: meeting
  huaweiMeeting:
    id: ff80808167ef1edf0167f33d00000001
    owner:
      userId: alice
    name: Board room
    # hostPassword:
    #   secretKeyRef:
    #     name: board-room-938305001
    #     key: host
    # guestPassword:
    #   secretKeyRef:
    #     name: board-room-938305001
    #     key: guest
    allowGuestFirst: false
    notifyOwner: false
  managementPolicies: []
";
    told.is("one room", NOTHING, expected);
    let mut passwords = secret("board-room-938305001", "host", HOST);
    passwords["stringData"]["guest"] = json!(GUEST);
    let managed = uncommented(&told.out) + "---\n" + &passwords.to_string();
    stage.has_nothing_to_do(&stage.plan_of(&managed).await, &managed, 1);
    // The same as fields from the beginning.
    let told = import(&stage, &["938305001", "--passwords", "--adopt"]).await;
    assert_eq!(lines(&told.out, "    # "), 0, "{}", told.out);
    let managed = told.out + "---\n" + &passwords.to_string();
    stage.has_nothing_to_do(&stage.plan_of(&managed).await, &managed, 1);
}

#[tokio::test]
async fn what_nobody_can_log_in_to_see_is_left_out_and_so_is_what_no_object_can_say() {
    let stage = Stage::new().await;
    furnish(&stage);
    let numbers = ["938305005", "938305006", "938305007", "938305008"];
    let told = import(&stage, &numbers).await;
    assert_eq!((told.code, told.err.as_str()), (Some(NOTHING), ""), "{}", told.out);
    let hidden =
        "# Left out, because the vendor does not show it: hostPassword, guestPassword, allowGuestFirst, notifyOwner.";
    assert_eq!(lines(&told.out, hidden), 3, "{}", told.out);
    for words in [
        "      account: carol@corp\n    name: Carol's\n  managementPolicies: []",
        "      userId: dave\n    name: Dave's\n  managementPolicies: []",
        "# Left out: owner is a terminal, which no object can name.",
        "      account: odd@corp\n    # hostPassword:",
        "    guestPassword:\n      none: {}\n    allowGuestFirst: false",
        "# Left out: name has 129 characters, the vendor takes at most 128.",
    ] {
        assert!(told.out.contains(words), "{words:?} is not in {}", told.out);
    }
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, numbers.len());
}

#[tokio::test]
async fn masked_passwords_are_told_from_none_and_adoption_says_what_they_hinder() {
    let stage = Stage::new().await;
    furnish(&stage);
    app(&stage, |app| app.answers.passwords = Passwords::Masked);
    for more in [&[][..], &["--adopt"]] {
        let told = import(&stage, &[&["938305001"], more].concat()).await;
        assert_eq!((told.code, lines(&told.out, "    # guestPassword:")), (Some(NOTHING), 1), "{}", told.out);
        let hinders =
            "# The vendor masks it: while it is not managed, no other setting can be changed (PasswordUnknown).";
        assert_eq!(lines(&told.out, hinders), more.len(), "{}", told.out);
        stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 1);
    }
    // As fields they are sent once, because nobody can tell whether they are the same.
    let told = import(&stage, &["938305001", "--adopt", "--passwords"]).await;
    let words = "# The vendor does not show which it is, so it is sent once when this is applied: take the right one.";
    assert!(told.out.contains(words), "{}", told.out);
    let mut passwords = secret("board-room-938305001", "host", HOST);
    passwords["stringData"]["guest"] = json!(GUEST);
    let planned = stage.plan_of(&(told.out + "---\n" + &passwords.to_string())).await;
    assert_eq!(planned.code, Some(CHANGES), "{}", planned.out);
    assert!(planned.out.contains("hostPassword: "), "{}", planned.out);
}

#[tokio::test]
async fn personal_meeting_ids_are_imported_by_their_users() {
    let stage = Stage::new().await;
    furnish(&stage);
    let told = import(&stage, &["--personal", "alice", "--personal", "bob", "--personal", "nobody"]).await;
    assert_eq!((told.code, lines(&told.out, "personalMeetingId: {}")), (Some(ERROR), 1), "{}", told.out);
    assert_eq!(
        told.err,
        "error: bob: has no personal meeting ID\n\
         error: nobody: is no user of the enterprise: correct the user id that your own system gave\n"
    );
    assert_eq!(calls(&stage, "search_corp_vmr"), 0, "nothing else was asked for");
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 1);
}

#[tokio::test]
async fn rooms_that_are_not_there_or_cannot_be_kept_are_errors_and_the_others_are_written() {
    let stage = Stage::new().await;
    furnish(&stage);
    let (known, unknown, webinar) = (id(1).to_uppercase(), id(99), id(31));
    let asked = [known.as_str(), &unknown, &webinar, "938305030", "board room", "938305020"];
    let told = import(&stage, &asked).await;
    assert_eq!(told.code, Some(ERROR));
    let expected = "\
error: ff80808167ef1edf0167f33d00000063: is not among the enterprise's cloud meeting rooms: correct it; personal meeting IDs \
are in no list, so name their users with --personal
error: ff80808167ef1edf0167f33d0000001f: is a webinar, which is not managed
error: 938305030: is not among the enterprise's cloud meeting rooms: correct it; personal meeting IDs are in no list, so \
name their users with --personal
error: board room: is neither the id of a room, 32 hexadecimal digits, nor a meeting number
error: ff80808167ef1edf0167f33d00000014: is written as a comment, because it is disabled, so an object for it says \
RoomDisabled: enable it in the console
";
    assert_eq!(told.err, expected);
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 1);
    let told = import(&stage, &[&known, "938305001"]).await;
    assert!(told.err.contains("they are one room under two names"), "{}", told.err);
}

#[tokio::test]
async fn an_owner_who_cannot_be_read_costs_that_owners_rooms_only() {
    let stage = Stage::new().await;
    furnish(&stage);
    let refusal = Refusal::of("USG.000000003").saying("try https://rooms.example/?token=canary");
    let page = Fault::at("show_member", Effect::Refuse(refusal)).times(Times::Count(1));
    stage.sim.faults().add(page).expect("a known operation");
    let told = import(&stage, &[]).await;
    assert_eq!(told.code, Some(ERROR), "{}", told.out);
    assert!(lines(&told.err, "could not be read: ") >= 1, "{}", told.err);
    let written = stage.objects(&told.out);
    assert!(written > 0 && written < KEPT, "{}", told.out);
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, written);
}

#[tokio::test]
async fn hundreds_of_rooms_need_one_list_and_two_calls_for_each_owner() {
    let stage = Stage::new().await;
    let mut app = MeetingApp::of_enterprise("canary-app-key", "corp")
        .with_user("admin@corp", User::with_password("canary-admin").administrating(AdminType::Default));
    for owner in 0..4 {
        app = app.with_user(&format!("user{owner}@corp"), User::third_party(&format!("user{owner}")));
    }
    for number in 0..500 {
        app = with(app, room(number, "Room", &format!("user{}@corp", number % 4)), |_| {});
    }
    stage.sim.world(|world| world.huawei_meeting.insert(MEETING_APP.to_owned(), app));
    let told = import(&stage, &[]).await;
    assert_eq!((told.code, told.err.as_str()), (Some(NOTHING), ""), "{}", told.out);
    assert_eq!(lines(&told.out, "kind: MeetingRoom"), 500);
    let made = ["search_corp_vmr", "show_member", "search_member_vmr"].map(|operation| calls(&stage, operation));
    assert_eq!(made, [5, 4, 8], "pages of 100, look-ups, and two pages of each owner's list");
    // A plan has a look for each of them, and all share a few lists.
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 500);
    let pages = calls(&stage, "search_corp_vmr") - 5;
    assert!(pages <= 15, "{pages} pages");
}

#[tokio::test]
async fn an_enterprise_without_rooms_is_an_error() {
    let stage = Stage::new().await;
    let app = MeetingApp::of_enterprise("canary-app-key", "corp")
        .with_user("admin@corp", User::with_password("canary-admin").administrating(AdminType::Default));
    stage.sim.world(|world| world.huawei_meeting.insert(MEETING_APP.to_owned(), app));
    import(&stage, &[]).await.fails("no rooms", &["shows no room for huaweiMeeting", "vendor's console"]);
}
