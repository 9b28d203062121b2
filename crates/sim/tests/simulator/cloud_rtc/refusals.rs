//! One row for each limit and each code: what is sent to which world, and the code that refuses it.
//! The last test fails when a code of the tables has no row.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use roomkeeper_sim::huawei::cloud_rtc::{CODES, Code};
use roomkeeper_sim::huawei::{GATEWAY_CODES, GatewayCode, Listed};
use roomkeeper_sim::{Effect, Fault, KnownKey, Project, RtcApp, RtcAppState, Simulator};
use serde_json::json;

use super::*;
use crate::client::NOON;

/// How a row changes the project before its request.
type Change = fn(&mut Project);

/// A request that is refused.
struct Row {
    /// What is wrong, for the message of a failed row.
    why: &'static str,
    /// The code and the HTTP status.
    code: (&'static str, u16),
    world: Change,
    request: Draft,
}

fn row(why: &'static str, code: Code, request: Draft) -> Row {
    Row { why, code: (code.name(), code.status()), world: |_| {}, request }
}

fn row_in(why: &'static str, code: Code, world: Change, request: Draft) -> Row {
    Row { world, ..row(why, code, request) }
}

fn missing(why: &'static str, request: Draft) -> Row {
    Row { code: (Code::InvalidParameterValue.name(), 404), ..row(why, Code::InvalidParameterValue, request) }
}

fn gateway(why: &'static str, code: GatewayCode, request: Draft) -> Row {
    Row { why, code: (code.name(), code.status()), world: |_| {}, request }
}

fn dismiss() -> Draft {
    Draft::post(DISMISS)
}

fn show() -> Draft {
    Draft::get(&format!("/v2/apps/{APP}"))
}

fn dismiss_of(room: &str) -> Draft {
    Draft::post(&DISMISS.replace("room-1", room))
}

fn remove(users: &serde_json::Value) -> Draft {
    Draft::post(REMOVE).json(&json!({ "user_ids": users }))
}

fn create(name: &str) -> Draft {
    Draft::post("/v2/apps").json(&json!({ "app_name": name }))
}

fn scale(metric: &str) -> Draft {
    Draft::get(SCALE).with("app", APP).with("metric", metric)
}

/// The world of every row: room `room-1` with alice.
fn world() -> Project {
    let mut project = project();
    project.apps.get_mut(APP).expect("the app").join("room-1", "alice", NOON).expect("she enters");
    project
}

fn gateway_rows() -> Vec<Row> {
    use GatewayCode::{NoSuchApi, NotAuthenticated, Skewed, Throttled};
    let skew = Duration::from_secs(15 * 60 + 1);
    vec![
        gateway("an unknown path", NoSuchApi, Draft::post(&format!("/v2/apps/{APP}/dismiss"))),
        gateway("another method", NoSuchApi, Draft::get(DISMISS)),
        gateway("no proof", NotAuthenticated, dismiss().by_nobody()),
        gateway("an unknown key", NotAuthenticated, dismiss().signed_with("AKOTHER", SECRET)),
        gateway("another secret key", NotAuthenticated, dismiss().signed_with(KEY, "another")),
        gateway("an unknown token", NotAuthenticated, dismiss().token("MII")),
        gateway("another scheme", NotAuthenticated, dismiss().by_nobody().header("authorization", "Basic QTpC")),
        Row {
            world: |project| {
                let key = KnownKey { secret: SECRET.into(), security_token: Some("the token".into()) };
                project.access_keys.insert("AKTEMPORARY".to_owned(), key);
            },
            ..gateway("a temporary key alone", NotAuthenticated, dismiss().signed_with("AKTEMPORARY", SECRET))
        },
        gateway("signed in the past", Skewed, dismiss().signed_at(NOON.minus(skew))),
        gateway("signed in the future", Skewed, dismiss().signed_at(NOON.plus(skew))),
        Row {
            world: |project| project.limits.room_management = 0,
            ..gateway("over the quota of rooms", Throttled, dismiss())
        },
        Row { world: |project| project.limits.app_management = 0, ..gateway("of apps", Throttled, show()) },
        Row { world: |project| project.limits.statistics = 0, ..gateway("of statistics", Throttled, list(ROOMS)) },
    ]
}

fn caller_rows() -> Vec<Row> {
    use Code::{InvalidParameterValue, MissingParameter, NoPermission, OperationUnauthorized};
    let other_project = ROOMS.replace(PROJECT, "another");
    vec![
        row("no project", OperationUnauthorized, dismiss().without("x-project-id")),
        row("an unknown project", OperationUnauthorized, dismiss().header("x-project-id", "another")),
        row("another project in the path", NoPermission, Draft::get(&other_project).with("app", APP)),
        row_in(
            "a denied operation",
            NoPermission,
            |project| project.denied_operations.extend(["dismiss_room".to_owned()]),
            dismiss(),
        ),
        row("no content type", MissingParameter, dismiss().without("content-type")),
        row("another content type", InvalidParameterValue, dismiss().header("content-type", "text/plain")),
        row("no content type of a look", MissingParameter, show().without("content-type")),
    ]
}

fn room_rows() -> Vec<Row> {
    use Code::{AppDeactivation, InvalidParameterValue, MalformedRequestBody, MissingParameter};
    let long = "r".repeat(65);
    vec![
        row("room id of 65 characters", InvalidParameterValue, dismiss_of(&long)),
        row("room id with a dot", InvalidParameterValue, dismiss_of("room.1")),
        row("room id that nobody filled in", InvalidParameterValue, dismiss_of("%7Broom_id%7D")),
        missing("no such room", dismiss_of("room-2")),
        missing("no such app", Draft::post(&DISMISS.replace(APP, "another"))),
        row_in("a stopped app", AppDeactivation, |project| stop(project, RtcAppState::Deactivation), dismiss()),
        row_in("an unpaid app", AppDeactivation, |project| stop(project, RtcAppState::Arrears), dismiss()),
        row("a body that is no JSON", MalformedRequestBody, Draft::post(REMOVE).body("{")),
        row("a body that is a list", MalformedRequestBody, Draft::post(REMOVE).body("[]")),
        row("no user ids", MissingParameter, Draft::post(REMOVE).body("{}")),
        row("user ids that are no list", MalformedRequestBody, remove(&json!("alice"))),
        row("a user id that is a number", MalformedRequestBody, remove(&json!([1]))),
        row("an empty list of user ids", InvalidParameterValue, remove(&json!([]))),
        row("a user id with a space", InvalidParameterValue, remove(&json!(["a b"]))),
        row("a user id of 65 characters", InvalidParameterValue, remove(&json!(["u".repeat(65)]))),
        row("removal from an unknown room", InvalidParameterValue, {
            Draft::post(&REMOVE.replace("room-1", "room-2")).json(&json!({ "user_ids": ["alice"] }))
        }),
        row_in("removal in a stopped app", AppDeactivation, |project| stop(project, RtcAppState::Deactivation), {
            remove(&json!(["alice"]))
        }),
    ]
}

fn stop(project: &mut Project, state: RtcAppState) {
    project.apps.get_mut(APP).expect("the app").state = state;
}

fn app_rows() -> Vec<Row> {
    use Code::{AppDeactivation, AppExist, AppsExceed, InvalidParameterValue, MalformedRequestBody, MissingParameter};
    let apps = || Draft::get("/v2/apps");
    vec![
        missing("no such app to show", Draft::get("/v2/apps/another")),
        missing("no such app to start", Draft::post("/v2/apps/another/enable")),
        missing("no such app to stop", Draft::post("/v2/apps/another/disable")),
        missing("no such app to delete", Draft::new(Method::DELETE, "/v2/apps/another")),
        row("a page of no apps", InvalidParameterValue, apps().with("limit", "0")),
        row("a page of 101 apps", InvalidParameterValue, apps().with("limit", "101")),
        row("a page that is no number", InvalidParameterValue, apps().with("offset", "-1")),
        row("an unknown state", InvalidParameterValue, apps().with("state", "DELETED")),
        row("a name that is taken", AppExist, create(APP)),
        row("no name", MissingParameter, Draft::post("/v2/apps").body("{}")),
        row("no body", MalformedRequestBody, Draft::post("/v2/apps")),
        row("a name that is a number", MalformedRequestBody, Draft::post("/v2/apps").body(r#"{"app_name": 1}"#)),
        row("an empty name", InvalidParameterValue, create("")),
        row("a name of 65 characters", InvalidParameterValue, create(&"a".repeat(65))),
        row("a name with a space", InvalidParameterValue, create("my app")),
        row_in(
            "a 21st app",
            AppsExceed,
            |project| {
                for number in 1..20 {
                    project.apps.insert(number.to_string(), RtcApp { name: number.to_string(), ..RtcApp::default() });
                }
            },
            create("one-more"),
        ),
        row_in("starting an unpaid app", AppDeactivation, |project| stop(project, RtcAppState::Arrears), {
            Draft::post(&format!("/v2/apps/{APP}/enable"))
        }),
    ]
}

fn statistics_rows() -> Vec<Row> {
    let refused = |why, draft| row(why, Code::StatisticsParameter, draft);
    let rooms = || Draft::get(ROOMS).with("app", APP);
    let users = || Draft::get(USERS).with("app", APP);
    let ninety_days_and_a_second = "2026-10-17T07:59:59Z";
    vec![
        refused("rooms of no app", Draft::get(ROOMS)),
        refused("users of no app", Draft::get(USERS)),
        refused("an empty app", Draft::get(ROOMS).with("app", "")),
        refused("an unknown state of a room", rooms().with("state", "running")),
        refused("a beginning in another form", rooms().with("start_time", "2027-01-15 08:00:00")),
        refused("an end in milliseconds", rooms().with("end_time", "1800000000000")),
        refused("a beginning after the end", rooms().with("end_time", "2027-01-15T06:59:59Z")),
        refused("more than 90 days", rooms().with("start_time", ninety_days_and_a_second)),
        refused("more than 90 days of users", users().with("start_time", ninety_days_and_a_second)),
        refused("a page of no rooms", rooms().with("limit", "0")),
        refused("a page that is too large", rooms().with("limit", "101")),
        refused("a page below nothing", rooms().with("offset", "-1")),
        refused("a page of users that is too large", users().with("limit", "101")),
        refused("an unknown state of a user", users().with("state", "ONLINE").with("state", "AWAY")),
        refused("an unknown type", users().with("type", "everything")),
        refused("no metric", Draft::get(SCALE).with("app", APP)),
        refused("an unknown metric", scale("Rooms")),
        refused("the scale of no app", Draft::get(SCALE).with("metric", "RoomCount")),
        refused("more than a day of the scale", scale("RoomCount").with("start_time", "2027-01-14T07:59:59Z")),
    ]
}

fn rows() -> Vec<Row> {
    [gateway_rows(), caller_rows(), room_rows(), app_rows(), statistics_rows()].into_iter().flatten().collect()
}

/// Codes that no state of the world leads to: of other calls, or of trouble inside.
const SCRIPTED: &[Code] = &[
    Code::InvalidParameterCombination,
    Code::JobRunning,
    Code::JobExceed,
    Code::JobDone,
    Code::LayoutTemplateNotExist,
    Code::UnsupportRegion,
    Code::RuleForbidenDelete,
    Code::UrlUnavailable,
    Code::RecordRuleExist,
    Code::InternalError,
];
const SCRIPTED_AT_GATEWAY: &[GatewayCode] = &[
    GatewayCode::BackendTimeout,
    GatewayCode::NotAuthorized,
    GatewayCode::NoAuthentication,
    GatewayCode::TokenOutdated,
];

async fn check(simulator: &Simulator, row: &Row) -> Result<(), String> {
    let Row { why, code, world, request } = row;
    let before = simulator.world(|all| {
        let mut project = self::world();
        world(&mut project);
        all.huawei_rtc.insert(PROJECT.to_owned(), project.clone());
        all.iam.failed_signatures.clear();
        project
    });
    let answer = request.send(simulator).await;
    if answer.code().as_deref() != Some(code.0) || answer.status != code.1 {
        return Err(format!("{why}: wanted {code:?}, got {} {}", answer.status, answer.body));
    }
    if answer.headers.get("x-request-id").is_none() {
        return Err(format!("{why}: no request id"));
    }
    let entry = simulator.journal().pop().ok_or("no journal entry")?;
    if entry.applied || entry.code.as_ref().is_none_or(|told| *told != code.0) || entry.status != Some(code.1) {
        return Err(format!("{why}: the journal says {entry:?}"));
    }
    match simulator.world(|all| all.huawei_rtc[PROJECT] == before) {
        true => Ok(()),
        false => Err(format!("{why}: the world changed")),
    }
}

#[tokio::test]
async fn each_row_is_refused_with_its_code_and_changes_nothing() {
    let simulator = simulator_with(world()).await;
    let mut failed = Vec::new();
    for row in rows() {
        // So that no row meets the quota of the others.
        simulator.world(|all| all.huawei_rtc.clear());
        simulator.clock().stop_at(NOON);
        if let Err(reason) = check(&simulator, &row).await {
            failed.push(reason);
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[tokio::test]
async fn each_other_code_is_answered_when_a_fault_says_so() {
    let simulator = simulator_with(world()).await;
    let own = SCRIPTED.iter().map(|code| (code.name(), code.status()));
    let of_gateway = SCRIPTED_AT_GATEWAY.iter().map(|code| (code.name(), code.status()));
    for (name, status) in own.chain(of_gateway) {
        simulator.faults().add(Fault::at("dismiss_room", Effect::refuse(name))).expect("a known operation");
        let answer = dismiss().send(&simulator).await;
        assert_eq!((answer.code().as_deref(), answer.status), (Some(name), status));
    }
    dismiss().ok(&simulator, 202).await;
}

#[test]
fn each_code_has_a_row() {
    let scripted = SCRIPTED.iter().map(|code| code.name()).chain(SCRIPTED_AT_GATEWAY.iter().map(|code| code.name()));
    let covered: BTreeSet<&str> = rows().iter().map(|row| row.code.0).chain(scripted).collect();
    let known = CODES.iter().map(|(_, name, ..)| *name).chain(GATEWAY_CODES.iter().map(|(_, name, ..)| *name));
    let missing: Vec<&str> = known.filter(|name| !covered.contains(name)).collect();
    assert!(missing.is_empty(), "codes without a row: {missing:?}");
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_taken() {
    let mut project = world();
    let longest = "Az09_-".repeat(10) + "last";
    project.apps.get_mut(APP).expect("the app").join(&longest, &longest, NOON).expect("they enter");
    for number in 1..19 {
        project.apps.insert(number.to_string(), RtcApp { name: number.to_string(), ..RtcApp::default() });
    }
    let simulator = simulator_with(project).await;
    Draft::post(&REMOVE.replace("room-1", &longest)).json(&json!({ "user_ids": [longest] })).ok(&simulator, 202).await;
    create(&"a".repeat(64)).ok(&simulator, 201).await;
    let rooms = || Draft::get(ROOMS).with("app", APP);
    rooms().with("start_time", "2026-10-17T08:00:00Z").with("limit", "100").ok(&simulator, 200).await;
    scale("OnlineUsers").with("start_time", "2027-01-14T08:00:00Z").ok(&simulator, 200).await;
    Draft::get("/v2/apps").with("limit", "100").ok(&simulator, 200).await;
    for signed_at in [NOON.minus(Duration::from_secs(900)), NOON.plus(Duration::from_secs(900))] {
        show().signed_at(signed_at).ok(&simulator, 200).await;
    }
}

#[tokio::test]
async fn quotas_are_60_60_and_30_in_any_minute() {
    let simulator = simulator_with(world()).await;
    for (draft, most) in [(show(), 60), (dismiss_of("room-2"), 60), (list(ROOMS), 30)] {
        for number in 0..most {
            assert_ne!(draft.send(&simulator).await.status, 429, "request {number} of {most}");
        }
        let over = draft.send(&simulator).await;
        assert_eq!((over.status, over.code().as_deref()), (429, Some("APIGW.0308")));
    }
    // The three lists share one.
    assert_eq!(list(USERS).send(&simulator).await.status, 429);
    simulator.clock().advance(Duration::from_millis(59_999));
    assert_eq!(show().send(&simulator).await.status, 429);
    simulator.clock().advance(Duration::from_millis(1));
    show().ok(&simulator, 200).await;
    assert!(!simulator.journal().iter().any(|entry| entry.applied));
}

#[tokio::test]
async fn five_wrong_signatures_lock_the_access_key_for_five_minutes() {
    let simulator = simulator_with(world()).await;
    let wrong = show().signed_with(KEY, "another");
    for _ in 0..4 {
        assert_eq!(wrong.send(&simulator).await.status, 401);
    }
    show().ok(&simulator, 200).await;
    for _ in 0..5 {
        assert_eq!(wrong.send(&simulator).await.status, 401);
    }
    let locked = show().send(&simulator).await;
    assert_eq!((locked.status, locked.code().as_deref()), (401, Some("APIGW.0301")));
    simulator.clock().advance(Duration::from_secs(300));
    show().signed_at(simulator.clock().now()).ok(&simulator, 200).await;
    // A wrong clock is no guess.
    for _ in 0..6 {
        assert_eq!(show().signed_at(NOON.minus(Duration::from_secs(7200))).send(&simulator).await.status, 401);
    }
    show().signed_at(simulator.clock().now()).ok(&simulator, 200).await;
}

#[tokio::test]
async fn a_temporary_key_works_with_its_token() {
    let mut project = world();
    let key = KnownKey { secret: SECRET.into(), security_token: Some("the token".into()) };
    project.access_keys.insert(KEY.to_owned(), key);
    let simulator = simulator_with(project).await;
    show().header("x-security-token", "the token").ok(&simulator, 200).await;
    assert_eq!(show().header("x-security-token", "another").send(&simulator).await.status, 401);
}
