//! The client of CloudRTC against the simulator: signatures, passwords, dismissals, and the statistics that lag.

use std::collections::BTreeMap;
use std::future::ready;
use std::time::Duration;

use roomkeeper_providers::clock::Clock;
use roomkeeper_providers::huawei::cloud_rtc::{
    AppState, CloudRtc, Config, Dismissal, Login, Room, RoomQuery, RoomState, UserQuery, UserState,
};
use roomkeeper_providers::huawei::signature::AccessKey;
use roomkeeper_providers::{Class, Code, Outcome, What, http};
use roomkeeper_sim::{
    Effect, Fault, KnownKey, Moment, Options, Project, RtcAppState, RtcRoom, SecretText, Simulator, StoppedApp, User,
    UserState as Standing, World,
};

use crate::{class, settings};

const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const APP: &str = "5ff9701f2346968bb306cb43";
const KEY: &str = "AKEXAMPLE0000000000A";
const SECRET: &str = "skExample/0000000000000000000000000000000";
const ROOM: RtcRoom<'static> = RtcRoom { project: PROJECT, app: APP, room: "room-1" };
/// How the journal names the room.
const IN_JOURNAL: &str = "5ff9701f2346968bb306cb43/room-1";
const NOON: u64 = 1_800_000_000;

/// Starts a simulator with this project and a user of IAM, whose clock stands.
async fn simulator(project: Project) -> Simulator {
    let mut world = World::with_project(PROJECT, project);
    let user = User { password: SecretText::from("pass word"), state: Standing::Active };
    world.iam.users.insert("example".into(), BTreeMap::from([("keeper".into(), user)]));
    let simulator = Simulator::start(Options::from(world)).await.expect("free loopback ports");
    simulator.clock().stop_at(Moment::from_unix_seconds(NOON));
    simulator
}

fn project() -> Project {
    Project::new(KEY, SECRET, APP)
}

fn key(secret: &str, token: Option<&str>) -> Login {
    Login::AccessKey(AccessKey::new(KEY, secret.into(), token.map(Into::into)).expect("a well-formed key"))
}

fn password(password: &str) -> Login {
    Login::Password { domain: "example".into(), user: "keeper".into(), password: password.into() }
}

fn client(simulator: &Simulator, login: Login, now: impl Fn() -> u64 + Send + Sync + 'static) -> CloudRtc {
    let url: url::Url = simulator.url().parse().expect("the simulator's URL");
    let config = Config {
        endpoint: url.clone(),
        iam_endpoint: url,
        project_id: PROJECT.into(),
        login,
        http: http::Client::new(&settings(None)).expect("the settings of the test"),
    };
    CloudRtc::with_clock(config, Clock::from_fn(now)).expect("the configuration of the test")
}

/// Returns a client with the key, whose clock shows noon.
fn keeper(simulator: &Simulator) -> CloudRtc {
    client(simulator, key(SECRET, None), || NOON)
}

fn running() -> RoomQuery {
    RoomQuery { app: APP.into(), room: None, state: Some(RoomState::Running), since: NOON - 86_400, until: None }
}

async fn rooms(client: &CloudRtc) -> Vec<Room> {
    client.get_rooms(&running(), || ready(())).await.expect("listed").value
}

#[tokio::test]
async fn a_room_runs_until_it_is_dismissed_and_comes_back_with_its_people() {
    let simulator = simulator(project()).await;
    let client = keeper(&simulator);
    let app = client.get_app(APP).await.expect("shown");
    assert_eq!((app.value.id.as_str(), app.value.state, app.date), (APP, Some(AppState::Active), Some(NOON)));
    assert_eq!(client.get_apps(1).await.expect("listed").value.len(), 1);
    assert_eq!(rooms(&client).await, []);
    assert_eq!(client.dismiss_room(APP, "room-1").await.expect("an answer").value, Dismissal::NoSuchRoom);

    simulator.join_rtc(ROOM, "alice").expect("alice enters");
    let room = |started, state, ended| Room { room_id: "room-1".into(), state: Some(state), started, ended };
    assert_eq!(rooms(&client).await, [room(Some(NOON), RoomState::Running, None)]);
    let query = UserQuery {
        app: APP.into(),
        room: Some("room-1".into()),
        states: vec![UserState::Online],
        since: NOON - 3600,
        until: None,
    };
    let users = client.get_users(&query, || ready(())).await.expect("listed").value;
    assert_eq!((users.len(), users[0].user_id.as_str(), users[0].left), (1, "alice", None));

    simulator.clock().advance(Duration::from_secs(60));
    let accepted = client.dismiss_room(APP, "room-1").await.expect("accepted");
    assert_eq!((accepted.value, accepted.date), (Dismissal::Accepted, Some(NOON + 60)));
    assert!(accepted.request_id.is_some());
    assert_eq!(simulator.applied("dismiss_room", IN_JOURNAL), 1);
    assert_eq!(rooms(&client).await, []);

    simulator.clock().advance(Duration::from_secs(60));
    simulator.join_rtc(ROOM, "alice").expect("alice comes back");
    let all = RoomQuery { state: None, ..running() };
    let seen = client.get_rooms(&all, || ready(())).await.expect("listed").value;
    assert_eq!(
        seen.into_iter().map(|room| (room.started, room.state)).collect::<BTreeMap<_, _>>(),
        [(Some(NOON), Some(RoomState::Closed)), (Some(NOON + 120), Some(RoomState::Running))].into()
    );
}

#[tokio::test]
async fn a_long_list_of_rooms_is_complete() {
    let simulator = simulator(project()).await;
    for number in 0..250 {
        let room = format!("room-{number}");
        simulator.join_rtc(RtcRoom { room: &room, ..ROOM }, "alice").expect("alice enters");
    }
    assert_eq!(rooms(&keeper(&simulator)).await.len(), 250);
    assert_eq!(simulator.journal().len(), 3);
}

#[tokio::test]
async fn whoever_cannot_be_let_in_is_told_why() {
    let simulator = simulator(project()).await;
    let rows = [
        (key("another secret".replace(' ', "-").as_str(), None), "get_app", "APIGW.0301", Class::Credentials),
        (password("wrong"), "log_in", "HTTP 401", Class::Credentials),
    ];
    for (login, operation, code, class) in rows {
        let error = client(&simulator, login, || NOON).get_app(APP).await.expect_err("not let in");
        assert_eq!(
            (error.operation(), error.class(), error.outcome()),
            (operation, class, Outcome::Refused),
            "{error}"
        );
        assert!(error.code().is_some_and(|shown| shown.to_string().contains(code)), "{error}");
    }
    assert_eq!(simulator.journal().len(), 2, "none of them is repeated");
    simulator.world(|world| {
        world.project_mut(PROJECT).expect("the project").denied_operations.insert("show_app".into());
    });
    assert_eq!(class(keeper(&simulator).get_app(APP).await), Class::Denied);
}

#[tokio::test]
async fn a_temporary_key_is_let_in_with_its_token_only() {
    let mut project = project();
    let known = KnownKey { secret: SecretText::from(SECRET), security_token: Some(SecretText::from("STS")) };
    project.access_keys.insert(KEY.into(), known);
    let simulator = simulator(project).await;
    client(&simulator, key(SECRET, Some("STS")), || NOON).get_app(APP).await.expect("let in");
    assert_eq!(class(keeper(&simulator).get_app(APP).await), Class::Credentials);
}

#[tokio::test]
async fn a_password_lets_in_for_days_with_two_log_ins_a_day() {
    let simulator = std::sync::Arc::new(simulator(project()).await);
    let clock = std::sync::Arc::clone(&simulator);
    let client = client(&simulator, password("pass word"), move || clock.clock().now().unix_seconds());
    for _ in 0..8 {
        client.get_app(APP).await.expect("let in");
        simulator.clock().advance(Duration::from_secs(6 * 3600));
    }
    let journal = simulator.journal();
    let log_ins = journal.iter().filter(|entry| entry.calls("create_token")).count();
    assert_eq!((log_ins, journal.len()), (4, 12), "no call had to be repeated");
    client.get_app(APP).await.expect("let in");
    // A token that the vendor takes back is replaced at once.
    simulator.world(|world| world.iam.tokens.clear());
    client.get_app(APP).await.expect("let in again");
    assert_eq!(simulator.journal().len(), 17);
}

#[tokio::test]
async fn a_machine_whose_clock_is_wrong_is_put_right_by_the_vendor() {
    let simulator = simulator(project()).await;
    let client = client(&simulator, key(SECRET, None), || NOON - 3600);
    client.get_app(APP).await.expect("signed with the vendor's time");
    client.get_app(APP).await.expect("and from then on");
    let statuses: Vec<_> = simulator.journal().iter().filter_map(|entry| entry.status).collect();
    assert_eq!(statuses, [401, 200, 200]);
}

#[tokio::test]
async fn a_dismissal_whose_answer_is_lost_was_made_once_and_may_have_been_applied() {
    let simulator = simulator(project()).await;
    let client = keeper(&simulator);
    for (round, effect) in [Effect::ApplyThenDrop, Effect::DropBefore].into_iter().enumerate() {
        simulator.join_rtc(ROOM, "alice").expect("alice enters");
        simulator.faults().add(Fault::at("dismiss_room", effect)).expect("a fault");
        let error = client.dismiss_room(APP, "room-1").await.expect_err("no answer");
        assert_eq!((error.class(), error.outcome()), (Class::Unavailable, Outcome::Uncertain), "{error}");
        assert_eq!(simulator.writes_of(IN_JOURNAL).len(), round + 1);
    }
    let rows = [
        (Effect::Throttle, Class::Throttled { after: None }, Outcome::Refused),
        (Effect::refuse("RTC.00001016"), Class::Quota, Outcome::Refused),
        (Effect::refuse("RTC.00002001"), Class::Unavailable, Outcome::Uncertain),
        (Effect::Html { status: 404 }, Class::Unknown, Outcome::Uncertain),
        (Effect::Status { code: 503 }, Class::Unavailable, Outcome::Uncertain),
    ];
    for (effect, wanted, outcome) in rows {
        simulator.faults().add(Fault::anywhere(effect.clone())).expect("a fault");
        let error = client.dismiss_room(APP, "room-1").await.expect_err("no success");
        assert!(
            matches!((error.class(), wanted), (Class::Throttled { .. }, Class::Throttled { .. }))
                || error.class() == wanted,
            "{effect:?}: {error}"
        );
        assert_eq!(error.outcome(), outcome, "{effect:?}");
    }
}

#[tokio::test]
async fn an_application_that_is_gone_or_stopped_is_told_as_such() {
    let simulator = simulator(project()).await;
    let client = keeper(&simulator);
    let error = client.get_app("0000").await.expect_err("no such application");
    assert_eq!(error.class(), Class::NotFound { what: What::App });
    // The look at the application tells what this answer cannot.
    assert_eq!(client.dismiss_room("0000", "room-1").await.expect("an answer").value, Dismissal::NoSuchRoom);

    simulator.join_rtc(ROOM, "alice").expect("alice enters");
    simulator.world(|world| world.rtc_app_mut(PROJECT, APP).expect("the app").state = RtcAppState::Deactivation);
    assert_eq!(client.get_app(APP).await.expect("shown").value.state, Some(AppState::Stopped));
    let error = client.dismiss_room(APP, "room-1").await.expect_err("stopped");
    assert_eq!((error.class(), error.code()), (Class::Quota, Some(&Code::Huawei("RTC.00001016".into()))));
    simulator.world(|world| {
        world.project_mut(PROJECT).expect("the project").answers.stopped_app = StoppedApp::Served;
    });
    assert_eq!(client.dismiss_room(APP, "room-1").await.expect("accepted").value, Dismissal::Accepted);
}
