//! The clients against the simulator, which reads the vendors' rules by itself: neither side may be wrong alone.

mod cloud_rtc;
mod live;
mod meeting;

use std::collections::BTreeSet;
use std::error::Error as _;
use std::time::Duration;

use roomkeeper_providers::tencent::accounts::{NewAccount, Presence};
use roomkeeper_providers::tencent::room_engine::{
    Member, NewRoom, Password, RoomUpdate, ShownTakeSeatMode, TakeSeatMode,
};
use roomkeeper_providers::tencent::{Accounts, Client, Config, RoomEngine, SdkAppId};
use roomkeeper_providers::{Class, Code, Error, ExposeSecret, Outcome, SecretString, What, http};
use roomkeeper_sim::{App, Effect, Fault, Options, Simulator, Tls, World};

const APP: u64 = 1_400_000_000;
const KEY: &str = "a-secret-key";
const NO_ROOM: Class = Class::NotFound { what: What::Room };

async fn simulator(accounts: &[&str]) -> Simulator {
    let app = App::new(KEY, "administrator").with_accounts(accounts.iter().copied());
    let options = Options { tls: Some(Tls::default()), ..Options::from(World::with_app(APP, app)) };
    Simulator::start(options).await.expect("free loopback ports")
}

struct Caller<'a> {
    app: u64,
    identifier: &'a str,
    key: &'a str,
}

const ADMINISTRATOR: Caller<'static> = Caller { app: APP, identifier: "administrator", key: KEY };

fn settings(extra_ca: Option<&str>) -> http::Settings {
    http::Settings { extra_ca: extra_ca.map(Into::into), proxies: http::Proxies::Never, ..http::Settings::default() }
}

fn client(endpoint: &str, caller: &Caller<'_>, settings: &http::Settings) -> Client {
    let config = Config {
        endpoint: endpoint.parse().expect("the simulator's URL"),
        sdk_app_id: SdkAppId(caller.app),
        identifier: caller.identifier.into(),
        key: SecretString::from(caller.key),
        http: http::Client::new(settings).expect("the settings of the test"),
    };
    Client::new(config).expect("the configuration of the test")
}

fn room_engine(simulator: &Simulator) -> RoomEngine {
    RoomEngine::new(client(&simulator.url(), &ADMINISTRATOR, &settings(None)))
}

fn new_room(owner: &str) -> NewRoom {
    NewRoom { room_id: "weekly".into(), owner: Some(owner.into()), ..NewRoom::default() }
}

#[tokio::test]
async fn a_room_lives_from_create_to_destroy_over_https() {
    let simulator = simulator(&["bob"]).await;
    let url = simulator.https_url().expect("https was asked for");
    let client = client(&url, &ADMINISTRATOR, &settings(simulator.ca_pem()));
    let (engine, accounts) = (RoomEngine::new(client.clone()), Accounts::new(client));

    assert_eq!(class(engine.create_room(&new_room("alice")).await), Class::NotFound { what: What::Account });
    let alice = NewAccount { account: "alice".into(), ..NewAccount::default() };
    accounts.account_import(&alice).await.expect("imported");
    let states = accounts.account_check(&["alice", "carol"]).await.expect("checked").value;
    assert_eq!(
        states.iter().map(|state| &state.presence).collect::<Vec<_>>(),
        [&Presence::Imported, &Presence::NotImported]
    );

    let created = engine.create_room(&new_room("alice")).await.expect("created");
    assert!(created.request_id.is_some());
    // The same id may be created once a second only.
    simulator.clock().advance(Duration::from_secs(2));
    assert_eq!(class(engine.create_room(&new_room("alice")).await), Class::Exists);
    let update = RoomUpdate {
        room_id: "weekly".into(),
        name: Some("周会".into()),
        max_members: Some(7),
        audio_disabled: Some(true),
        custom_info: Some("{\"team\":1}".into()),
        take_seat_mode: Some(TakeSeatMode::ApplyToTake),
        password: Some(Password::Required("hunter2".into())),
        ..RoomUpdate::default()
    };
    engine.update_room_info(&update).await.expect("updated");

    let room = engine.get_room_info("weekly").await.expect("shown").value;
    assert_eq!((room.owner.as_deref(), room.name.as_deref(), room.max_members), (Some("alice"), Some("周会"), Some(7)));
    assert_eq!((room.audio_disabled, room.video_disabled), (Some(true), Some(false)));
    assert_eq!(room.custom_info.as_deref(), Some("{\"team\":1}"));
    assert_eq!(room.take_seat_mode, Some(ShownTakeSeatMode::Mode(TakeSeatMode::ApplyToTake)));
    assert_eq!(room.password.as_ref().map(SecretString::expose_secret), Some("hunter2"));

    assert_eq!(class(engine.change_room_owner("weekly", "alice", "bob").await), Class::NotMember);
    simulator.join(APP, "weekly", "bob").expect("bob enters");
    engine.change_room_owner("weekly", "alice", "bob").await.expect("handed over");
    assert_eq!(engine.get_room_info("weekly").await.expect("shown").value.owner.as_deref(), Some("bob"));

    engine.destroy_room("weekly").await.expect("destroyed");
    assert_eq!(class(engine.destroy_room("weekly").await), NO_ROOM);
    assert_eq!(class(engine.get_room_info("weekly").await), NO_ROOM);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_stops_the_call_before_it_is_made() {
    let simulator = simulator(&[]).await;
    let url = simulator.https_url().expect("https was asked for");
    let engine = RoomEngine::new(client(&url, &ADMINISTRATOR, &settings(None)));
    let error = engine.get_room_info("weekly").await.expect_err("an unknown authority");
    assert_eq!((error.class(), error.outcome()), (Class::Unavailable, Outcome::Refused));
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(|cause| cause.source()) {
        cause = Some(deeper);
    }
    assert!(cause.is_some_and(|root| root.to_string().contains("certificate")), "{error:?}");
    assert!(simulator.journal().is_empty());
}

#[tokio::test]
async fn a_credential_that_cannot_work_says_what_is_wrong_with_it() {
    let simulator = simulator(&["alice"]).await;
    let rows = [
        (Caller { key: "another-key", ..ADMINISTRATOR }, 70_009, Class::Credentials),
        (Caller { app: 1, ..ADMINISTRATOR }, 70_020, Class::NotFound { what: What::App }),
        (Caller { identifier: "alice", ..ADMINISTRATOR }, 60_010, Class::Denied),
    ];
    for (caller, code, class) in rows {
        let engine = RoomEngine::new(client(&simulator.url(), &caller, &settings(None)));
        let error = engine.get_room_info("weekly").await.expect_err("not let in");
        assert_eq!((error.code(), error.class()), (Some(&Code::Tencent(code)), class), "{error}");
        assert!(!format!("{error} {error:?}").contains(caller.key));
    }
    assert_eq!(simulator.journal().len(), 3, "none of them is repeated");
}

#[tokio::test]
async fn a_call_whose_answer_is_lost_was_made_once_and_says_that_it_may_have_been_applied() {
    let simulator = simulator(&["alice"]).await;
    let engine = room_engine(&simulator);
    engine.create_room(&new_room("alice")).await.expect("created");
    let update = RoomUpdate { room_id: "weekly".into(), name: Some("n".into()), ..RoomUpdate::default() };
    for (round, effect) in [Effect::ApplyThenDrop, Effect::HalfBody].into_iter().enumerate() {
        simulator.faults().add(Fault::anywhere(effect)).expect("a fault");
        let error = engine.update_room_info(&update).await.expect_err("no answer");
        assert_eq!((error.class(), error.outcome()), (Class::Unavailable, Outcome::Uncertain), "{error}");
        assert_eq!(simulator.applied("room_engine/update_room_info", "weekly"), round + 1);
    }
}

#[tokio::test]
async fn a_member_list_of_several_pages_names_everybody_once() {
    let people: Vec<String> = (0..120).map(|number| format!("user-{number}")).collect();
    let names: Vec<&str> = people.iter().map(String::as_str).collect();
    let simulator = simulator(&names).await;
    simulator.world(|world| world.app_mut(APP).expect("the app").package.max_members = 1000);
    let engine = room_engine(&simulator);
    engine.create_room(&new_room("user-0")).await.expect("created");
    for name in &names {
        // The owner of a new room may count as being in it.
        drop(simulator.join(APP, "weekly", name));
    }
    let members = engine.get_room_member_list("weekly", || std::future::ready(())).await.expect("listed").value;
    let listed: Vec<&str> = members.iter().filter_map(|Member { account, .. }| account.as_deref()).collect();
    assert_eq!(listed.len(), 120);
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), names.into_iter().collect());
}

#[tokio::test]
async fn a_signature_never_grows_old_while_time_passes() {
    let simulator = std::sync::Arc::new(simulator(&["alice"]).await);
    simulator.clock().stop();
    let clock = std::sync::Arc::clone(&simulator);
    let config = Config {
        endpoint: simulator.url().parse().expect("the simulator's URL"),
        sdk_app_id: SdkAppId(APP),
        identifier: "administrator".into(),
        key: SecretString::from(KEY),
        http: http::Client::new(&settings(None)).expect("the settings of the test"),
    };
    let now = move || clock.clock().now().unix_seconds();
    let client = Client::with_clock(config, roomkeeper_providers::clock::Clock::from_fn(now)).expect("a configuration");
    let engine = RoomEngine::new(client);
    for _ in 0..5 {
        assert_eq!(class(engine.get_room_info("weekly").await), NO_ROOM);
        simulator.clock().advance(Duration::from_secs(11 * 3600));
    }
    assert_eq!(simulator.journal().len(), 5, "no call had to be repeated");
}

fn class<T: std::fmt::Debug>(answer: Result<T, Error>) -> Class {
    answer.expect_err("a refusal").class()
}
