//! The client of Cloud Meeting against the simulator: two identities, one key, and nobody registered by mistake.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use roomkeeper_providers::clock::Clock;
use roomkeeper_providers::huawei::meeting::{
    Account, Config, CorpVmr, GuestPassword, Language, Meeting, MemberStatus, MemberVmr, VmrMode, VmrStatus, VmrUpdate,
};
use roomkeeper_providers::{Class, Code, Error, ExposeSecret, Outcome, SecretString, What, http};
use roomkeeper_sim::huawei::meeting::answers::{Offsets, Passwords};
use roomkeeper_sim::huawei::meeting::room::{Room, RoomMode};
use roomkeeper_sim::huawei::meeting::state::{AdminType, MeetingApp, User, UserStatus};
use roomkeeper_sim::{Effect, Fault, Moment, Options, Simulator, Times, World};

use crate::{class, settings};

const APP_ID: &str = "fdb8e4699586458bbd10c834872dcc62";
const APP_KEY: &str = "appKeyExample0123456789";
const CORP: &str = "807074304";
const NOW: u64 = 1_767_225_600;
/// Alice's room.
const ROOM: &str = "ff80808167ef1edf0167f33d650c0662";
/// A room that nobody has.
const FREE: &str = "ff80808167ef1edf0167f33d650c0663";
/// Alice's personal meeting id.
const PERSONAL: &str = "ff80808167ef1edf0167f33d650c0664";

/// An enterprise with an administrator, Alice, Bob, and the rooms above.
fn enterprise(app: MeetingApp) -> MeetingApp {
    let room = |number: &str, name: &str| Room { name: name.to_owned(), ..Room::numbered(number) };
    let alices = Room { chair_pwd: "123456".to_owned(), ..room("938305104", "Board room") };
    let personal = Room { mode: RoomMode::PersonalMeetingId, ..room("912345678", "Alice's own") };
    app.with_user("acct-chief", User::third_party("chief").administrating(AdminType::Default))
        .with_user("acct-alice", User::third_party("alice"))
        .with_user("acct-bob", User::third_party("bob"))
        .with_room(ROOM, alices.owned_by("acct-alice"))
        .with_room(FREE, room("938305105", "Spare room"))
        .with_room(PERSONAL, personal.owned_by("acct-alice"))
}

async fn simulator() -> Arc<Simulator> {
    simulator_with(enterprise(MeetingApp::of_enterprise(APP_KEY, CORP))).await
}

/// Starts a simulator with this app, whose clock stands.
async fn simulator_with(app: MeetingApp) -> Arc<Simulator> {
    let world = World::with_meeting_app(APP_ID, app);
    let simulator = Simulator::start(Options::from(world)).await.expect("free loopback ports");
    simulator.clock().stop_at(Moment::from_unix_seconds(NOW));
    Arc::new(simulator)
}

fn config(simulator: &Simulator) -> Config {
    Config {
        endpoint: simulator.url().parse().expect("the simulator's URL"),
        app_id: APP_ID.into(),
        corp_id: None,
        app_key: APP_KEY.into(),
        language: Language::EnUs,
        http: http::Client::new(&settings(None)).expect("the settings of the test"),
    }
}

fn with(simulator: &Arc<Simulator>, config: Config) -> Meeting {
    let clock = Arc::clone(simulator);
    let now = move || clock.clock().now().unix_seconds();
    Meeting::with_clock(config, Clock::from_fn(now)).expect("the configuration of the test")
}

fn keeper(simulator: &Arc<Simulator>) -> Meeting {
    with(simulator, config(simulator))
}

async fn rooms_of(client: &Meeting, user_id: &str) -> Result<Vec<MemberVmr>, Error> {
    Ok(client.get_member_vmrs(user_id, || ready(())).await?.value)
}

async fn corp_room(client: &Meeting, id: &str) -> CorpVmr {
    let rooms = client.get_corp_vmrs(|| ready(())).await.expect("listed").value;
    rooms.into_iter().find(|room| room.id == id).expect("the room")
}

fn user(user_id: &str) -> Account {
    Account::UserId(user_id.into())
}

fn text(secret: Option<&SecretString>) -> Option<&str> {
    secret.map(ExposeSecret::expose_secret)
}

fn calls(simulator: &Simulator, operation: &str) -> usize {
    simulator.journal().iter().filter(|entry| entry.calls(operation)).count()
}

#[tokio::test]
async fn a_room_is_found_changed_and_handed_over() {
    let simulator = simulator().await;
    let client = keeper(&simulator);
    let room = corp_room(&client, ROOM).await;
    assert_eq!((room.name.as_deref(), room.status), (Some("Board room"), Some(VmrStatus::Normal)));
    let owner = room.member.and_then(|member| member.id).expect("an owner");
    let alice = client.get_member(&Account::Account(owner)).await.expect("shown").value.expect("alice");
    assert_eq!((alice.user_id.as_deref(), alice.status), (Some("alice"), Some(MemberStatus::Active)));
    let personal = alice.vmrs.iter().find(|room| room.mode == Some(VmrMode::Personal)).expect("a personal room");
    assert_eq!(personal.id, PERSONAL);

    let update = VmrUpdate {
        name: Some("会议".into()),
        host_password: Some("654321".into()),
        guest_password: Some(GuestPassword::Required("1234".into())),
        allow_guest_first: Some(true),
        notify_owner: Some(true),
    };
    client.update_vmr("alice", ROOM, &update).await.expect("updated");
    let rooms = rooms_of(&client, "alice").await.expect("listed");
    let room = rooms.iter().find(|room| room.id == ROOM).expect("the room");
    assert_eq!((room.name.as_deref(), room.mode), (Some("会议"), Some(VmrMode::CloudRoom)));
    assert_eq!((text(room.host_password.as_ref()), text(room.guest_password.as_ref())), (Some("654321"), Some("1234")));
    assert_eq!((room.allow_guest_first, room.notify_owner), (Some(true), Some(true)));
    let clear = VmrUpdate { guest_password: Some(GuestPassword::None), ..update.clone() };
    client.update_vmr("alice", ROOM, &clear).await.expect("updated");
    let rooms = rooms_of(&client, "alice").await.expect("listed");
    let shown = rooms.iter().find(|room| room.id == ROOM).expect("the room").guest_password.as_ref();
    assert_eq!(text(shown).unwrap_or_default(), "");

    client.recycle_vmr(&user("alice"), ROOM).await.expect("recycled");
    assert_eq!(corp_room(&client, ROOM).await.status, Some(VmrStatus::Unallocated));
    client.assign_vmr(&user("bob"), ROOM).await.expect("assigned");
    assert_eq!(corp_room(&client, ROOM).await.member.and_then(|member| member.id).as_deref(), Some("acct-bob"));
    assert_eq!(simulator.applied("update_member_vmr", ROOM), 2);
    assert_eq!(calls(&simulator, "app_auth"), 2, "one for the administrator, one for alice");
}

#[tokio::test]
async fn nobody_is_registered_but_whom_the_caller_logs_in() {
    let simulator = simulator().await;
    let client = keeper(&simulator);
    let users = || simulator.world(|world| world.meeting_app(APP_ID).expect("the app").enterprises[CORP].users.len());
    let before = users();
    assert_eq!(client.get_member(&user("typo")).await.expect("an answer").value, None);
    let error = client.assign_vmr(&user("typo"), FREE).await.expect_err("no such user");
    assert_eq!((error.class(), error.outcome()), (Class::NotFound { what: What::Account }, Outcome::Refused));
    assert_eq!(users(), before);
    assert!(rooms_of(&client, "typo").await.expect("the vendor registers whoever logs in").is_empty());
    assert_eq!(users(), before + 1, "which is why a caller must look first");
}

#[tokio::test]
async fn a_service_provider_names_its_enterprise() {
    let provider = MeetingApp::of_service_provider(APP_KEY, [CORP]);
    let simulator = simulator_with(enterprise(provider)).await;
    let client = with(&simulator, Config { corp_id: Some(CORP.into()), ..config(&simulator) });
    client.log_in_as_administrator().await.expect("let in");
    assert_eq!(corp_room(&client, ROOM).await.number.as_deref(), Some("938305104"));
    assert_eq!(rooms_of(&client, "alice").await.expect("listed").len(), 2);
}

#[tokio::test]
async fn whoever_cannot_be_let_in_is_told_why() {
    let simulator = simulator().await;
    let wrong = with(&simulator, Config { app_key: "another-key".into(), ..config(&simulator) });
    let error = wrong.log_in_as_administrator().await.expect_err("a wrong key");
    assert_eq!((error.class(), error.code()), (Class::Credentials, Some(&Code::Huawei("USG.206010025".into()))));
    assert!(!format!("{error} {error:?}").contains("another-key"));

    let client = keeper(&simulator);
    for status in [UserStatus::Disabled, UserStatus::Locked] {
        simulator.world(|world| {
            let enterprise = world.meeting_app_mut(APP_ID).expect("the app").enterprises.get_mut(CORP);
            enterprise.expect("the enterprise").users.get_mut("acct-bob").expect("bob").status = status;
        });
        let error = rooms_of(&client, "bob").await.expect_err("bob is barred");
        assert_eq!((error.class(), error.operation()), (Class::Denied, "log_in_as_user"), "{status:?}: {error}");
    }
    assert_eq!(rooms_of(&client, "alice").await.expect("alice is not").len(), 2);
    // A user is no administrator.
    let denied = "search_corp_vmr";
    simulator.world(|world| {
        world.meeting_app_mut(APP_ID).expect("the app").denied_operations.insert(denied.into());
    });
    assert_eq!(class(client.get_corp_vmrs(|| ready(())).await), Class::Denied);
}

#[tokio::test]
async fn a_caller_has_one_token_for_days_and_none_after_the_log_out() {
    let simulator = simulator().await;
    let client = keeper(&simulator);
    let alive = || {
        let now = simulator.clock().now();
        simulator.world(|world| {
            let tokens = &world.meeting_app(APP_ID).expect("the app").tokens;
            tokens.iter().filter(|token| token.lives(now)).count()
        })
    };
    for _ in 0..20 {
        corp_room(&client, ROOM).await;
        rooms_of(&client, "alice").await.expect("listed");
        assert_eq!(alive(), 2);
        simulator.clock().advance(Duration::from_secs(3 * 3600));
    }
    let refused = simulator.journal().iter().filter(|entry| entry.status != Some(200)).count();
    assert_eq!(refused, 0, "no token is used beyond its life");
    corp_room(&client, ROOM).await;
    rooms_of(&client, "alice").await.expect("listed");
    client.log_out().await;
    assert_eq!(alive(), 0);
}

#[tokio::test]
async fn a_token_that_the_vendor_forgot_is_replaced_at_once() {
    let simulator = simulator().await;
    let client = keeper(&simulator);
    rooms_of(&client, "alice").await.expect("listed");
    simulator.world(|world| world.meeting_app_mut(APP_ID).expect("the app").tokens.clear());
    rooms_of(&client, "alice").await.expect("listed");
    let operations: Vec<_> = simulator.journal().iter().map(|entry| entry.operation.clone()).collect();
    let (log_in, list) = ("app_auth", "search_member_vmr");
    assert_eq!(operations, [log_in, list, list, log_in, list]);
}

#[tokio::test]
async fn a_machine_whose_clock_is_wrong_is_put_right_by_the_vendor() {
    let simulator = simulator().await;
    let clock = Clock::from_fn(|| NOW - 3600);
    let client = Meeting::with_clock(config(&simulator), clock).expect("the configuration of the test");
    client.log_in_as_administrator().await.expect("let in with the vendor's time");
    assert_eq!(calls(&simulator, "app_auth"), 2);
}

#[tokio::test]
async fn long_lists_are_complete_whatever_their_offsets_count() {
    for offsets in [Offsets::Records, Offsets::Pages] {
        let mut app = enterprise(MeetingApp::of_enterprise(APP_KEY, CORP));
        app.answers.offsets = offsets;
        for number in 0..250_u32 {
            app = app.with_room(&format!("{number:032x}"), Room::numbered(&format!("7000{number:05}")));
        }
        let simulator = simulator_with(app).await;
        let rooms = keeper(&simulator).get_corp_vmrs(|| ready(())).await.expect("listed").value;
        assert_eq!(rooms.len(), 252, "{offsets:?}");
    }
}

#[tokio::test]
async fn a_masked_password_is_shown_as_it_is() {
    let simulator = simulator().await;
    simulator.world(|world| {
        world.meeting_app_mut(APP_ID).expect("the app").answers.passwords = Passwords::Masked;
    });
    let rooms = rooms_of(&keeper(&simulator), "alice").await.expect("listed");
    assert_eq!(text(rooms[0].host_password.as_ref()), Some("******"));
    assert!(!format!("{rooms:?}").contains("******"));
}

#[tokio::test]
async fn a_conference_is_found_while_it_runs() {
    let simulator = simulator().await;
    let client = keeper(&simulator);
    let find = || client.get_online_conferences("938305104", || ready(()));
    assert_eq!(find().await.expect("listed").value, []);
    simulator.join_meeting(APP_ID, ROOM, "alice").expect("alice enters");
    let [conference] = <[_; 1]>::try_from(find().await.expect("listed").value).expect("one conference");
    assert_eq!((conference.vmr_id.as_deref(), conference.vmr_number.as_deref()), (Some(ROOM), Some("938305104")));
    simulator.leave_meeting(APP_ID, ROOM, "alice").expect("alice leaves");
    assert_eq!(find().await.expect("listed").value, []);
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_was_made_once_and_may_have_been_applied() {
    let simulator = simulator().await;
    let client = keeper(&simulator);
    for (round, effect) in [Effect::ApplyThenDrop, Effect::DropBefore].into_iter().enumerate() {
        simulator.faults().add(Fault::at("update_member_vmr", effect)).expect("a fault");
        let update = VmrUpdate { name: Some("n".into()), ..VmrUpdate::default() };
        let error = client.update_vmr("alice", ROOM, &update).await.expect_err("no answer");
        assert_eq!((error.class(), error.outcome()), (Class::Unavailable, Outcome::Uncertain), "{error}");
        assert_eq!(simulator.writes_of(ROOM).len(), round + 1);
    }
    let same = VmrUpdate {
        host_password: Some("1234".into()),
        guest_password: Some(GuestPassword::Required("1234".into())),
        ..VmrUpdate::default()
    };
    let error = client.update_vmr("alice", ROOM, &same).await.expect_err("the same password twice");
    assert_eq!((error.class(), error.code()), (Class::Invalid, Some(&Code::Huawei("USG.201080006".into()))));
    let busy = Fault::at("disassociate_vmr", Effect::Status { code: 500 }).times(Times::Count(2));
    simulator.faults().add(busy).expect("a fault");
    let error = client.recycle_vmr(&user("alice"), ROOM).await.expect_err("broken");
    assert_eq!((error.class(), error.outcome()), (Class::Unavailable, Outcome::Uncertain));
}
