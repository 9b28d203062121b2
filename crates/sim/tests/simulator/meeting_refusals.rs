//! One row for each limit and each refusal of Cloud Meeting: what is sent to which world, and what refuses it.
//! The last tests fail when a refusal of the table has no row, and what is just within the limits is taken.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use roomkeeper_sim::huawei::meeting::conference::{Conference, ConferenceState};
use roomkeeper_sim::huawei::meeting::state::{Enterprise, MeetingApp, UserStatus};
use roomkeeper_sim::huawei::meeting::{REFUSALS, Refused};
use roomkeeper_sim::{Effect, Fault, Moment, Simulator};
use serde_json::{Value, json};

use crate::meeting_client::*;

/// Who sends a row's request.
#[derive(Debug, Clone, Copy)]
enum By {
    /// Nobody that is logged in.
    Nobody,
    /// A user with this id.
    User(&'static str),
    /// The default administrator.
    Chief,
}

/// How a row changes the world before its request.
type Change = fn(&mut MeetingApp);

/// A request that is refused.
struct Row {
    /// What is wrong, for the message of a failed row.
    why: &'static str,
    refused: Refused,
    world: Change,
    by: By,
    letter: Letter,
}

fn row(why: &'static str, refused: Refused, by: By, letter: Letter) -> Row {
    Row { why, refused, world: |_| {}, by, letter }
}

fn row_in(why: &'static str, refused: Refused, world: Change, letter: Letter) -> Row {
    Row { why, refused, world, by: By::Nobody, letter }
}

const ALICE: By = By::User("alice");

/// A conference of Alice's in her room, as it is after somebody entered.
const CONFERENCE: &str = "900000001";
/// One that she booked.
const BOOKED: &str = "900000002";
/// One that is over.
const OVER: &str = "900000003";

/// The world of every row: the app of the tests with three conferences and their control tokens.
fn world() -> MeetingApp {
    let mut app = app();
    let corp = app.enterprises.get_mut(CORP).expect("the corp");
    for (id, state) in [
        (CONFERENCE, ConferenceState::Created),
        (BOOKED, ConferenceState::Schedule),
        (OVER, ConferenceState::Destroyed),
    ] {
        let conference =
            Conference { room: Some(ROOM.to_owned()), host: "acct-alice".to_owned(), state, ..Conference::default() };
        corp.conferences.insert(id.to_owned(), conference);
    }
    app.control_tokens = [CONFERENCE, BOOKED, OVER].map(|id| control_token(id, RECORDED)).into();
    app
}

fn control_token(conference: &str, created: Moment) -> roomkeeper_sim::huawei::meeting::conference::ControlToken {
    let token = format!("control-{conference}").as_str().into();
    roomkeeper_sim::huawei::meeting::conference::ControlToken { token, conference: conference.to_owned(), created }
}

fn corp(app: &mut MeetingApp) -> &mut Enterprise {
    app.enterprises.get_mut(CORP).expect("the corp")
}

fn member_list(query: &str) -> Letter {
    Letter::get(&format!("/v1/usg/dcs/member/vmr?{query}"))
}

fn corp_list(query: &str) -> Letter {
    Letter::get(&format!("/v1/usg/dcs/corp/vmr?{query}"))
}

fn update(body: Value) -> Letter {
    update_of(ROOM, body)
}

fn update_of(id: &str, body: Value) -> Letter {
    Letter::put(&format!("/v1/usg/dcs/member/vmr/{id}"), &body)
}

fn assign(account: &str, ids: Value) -> Letter {
    Letter::post(&format!("/v1/usg/dcs/corp/vmr/assign-to-member/{account}"), &ids)
}

fn recycle(account: &str, ids: Value) -> Letter {
    Letter::post(&format!("/v1/usg/dcs/corp/vmr/recycle-from-member/{account}"), &ids)
}

fn delete(ids: Value) -> Letter {
    Letter::post("/v1/usg/dcs/corp/vmr/delete", &ids)
}

fn show(account: &str) -> Letter {
    Letter::get(&format!("/v1/usg/dcs/corp/member/{account}"))
}

fn users(query: &str, ids: Value) -> Letter {
    Letter::post(&format!("/v1/usg/abs/users/list{query}"), &ids)
}

fn account_log_in(account: &str, password: &str) -> Letter {
    let basic = format!("Basic {}", STANDARD.encode(format!("{account}:{password}")));
    Letter::post("/v1/usg/acs/auth/account", &json!({ "account": account, "clientType": 72 }))
        .header("Authorization", &basic)
}

fn log_in_rows() -> Vec<Row> {
    use By::Nobody;
    use Refused::*;
    let alice = || LogIn::of(Some("alice"));
    let without = |name: &str| {
        let letter = alice().letter();
        let mut body: Value = serde_json::from_str(&letter.body).expect("JSON");
        body.as_object_mut().expect("an object").remove(name);
        letter.body(&body.to_string())
    };
    let late = LogIn { expires: RECORDED.unix_seconds() - 1, ..alice() };
    vec![
        row("another key", AppIdWrong, Nobody, LogIn { key: "another key", ..alice() }.letter()),
        row("no signature", AppIdWrong, Nobody, alice().letter().header("Authorization", "")),
        row(
            "an App ID that is not here",
            AppIdWrong,
            Nobody,
            LogIn { more: json!({ "appId": "x" }), ..alice() }.letter(),
        ),
        row(
            "another user than signed",
            AppIdWrong,
            Nobody,
            LogIn { more: json!({ "userId": "bob" }), ..alice() }.letter(),
        ),
        row("an enterprise where there is one", AppIdWrong, Nobody, LogIn::in_corp(CORP, Some("alice")).letter()),
        row_in("no key here", AppIdWrong, |app| app.app_key = None, alice().letter()),
        row_in("no enterprise here", AppIdWrong, |app| app.enterprises.clear(), LogIn::of(None).letter()),
        row("expired", AppIdExpired, Nobody, late.letter()),
        row("a nonce of 31 characters", ParameterInvalid, Nobody, LogIn { nonce: "n".repeat(31), ..alice() }.letter()),
        row("a nonce of 65 characters", ParameterInvalid, Nobody, LogIn { nonce: "n".repeat(65), ..alice() }.letter()),
        row("no appId", ParameterInvalid, Nobody, without("appId")),
        row("no clientType", ParameterInvalid, Nobody, without("clientType")),
        row("no expireTime", ParameterInvalid, Nobody, without("expireTime")),
        row("no nonce", ParameterInvalid, Nobody, without("nonce")),
        row(
            "expireTime before 1970",
            ParameterInvalid,
            Nobody,
            LogIn { more: json!({ "expireTime": -1 }), ..alice() }.letter(),
        ),
        row(
            "expireTime is a text",
            ParameterInvalid,
            Nobody,
            LogIn { more: json!({ "expireTime": "0" }), ..alice() }.letter(),
        ),
        row("a body that is a list", ParameterInvalid, Nobody, alice().letter().body("[]")),
        row("no body", ParameterInvalid, Nobody, alice().letter().body("")),
        row_in("an unknown user is not registered", NoSuchUserToLogIn, |app| corp(app).auto_user_create = false, {
            LogIn::of(Some("alcie")).letter()
        }),
        row_in("a disabled user", AccountDisabled, disable, alice().letter()),
        row_in("a locked user", AccountLocked, lock, alice().letter()),
        row("another password", AccountOrPasswordWrong, Nobody, account_log_in("dora@example.com", "wrong")),
        row("an unknown account", AccountOrPasswordWrong, Nobody, account_log_in("eve@example.com", "Dora's password")),
        row("an account without a password", AccountOrPasswordWrong, Nobody, account_log_in("acct-alice", "")),
        row("no authorization", AccountOrPasswordWrong, Nobody, {
            account_log_in("dora@example.com", "").header("Authorization", "")
        }),
        row_in("a locked account", AccountLocked, lock, account_log_in("dora@example.com", "Dora's password")),
        row_in("a disabled account", AccountDisabled, disable, account_log_in("dora@example.com", "Dora's password")),
        row_in("log-ins are denied", NotPermitted, |app| app.denied_operations.extend(["app_auth".to_owned()]), {
            alice().letter()
        }),
    ]
}

fn disable(app: &mut MeetingApp) {
    corp(app).users.values_mut().for_each(|user| user.status = UserStatus::Disabled);
}

fn lock(app: &mut MeetingApp) {
    corp(app).users.values_mut().for_each(|user| user.status = UserStatus::Locked);
}

fn token_rows() -> Vec<Row> {
    use Refused::*;
    let all = [
        member_list(""),
        corp_list(""),
        update(json!({})),
        assign("acct-bob", json!([FREE])),
        recycle("acct-alice", json!([ROOM])),
        delete(json!([FREE])),
        show("acct-alice"),
        users("", json!([{ "id": "alice" }])),
        Letter::get("/v1/mmc/management/conferences/online"),
        Letter::delete(&format!("/v1/mmc/management/conferences?conferenceID={CONFERENCE}&type=1")),
        Letter::delete("/v1/usg/acs/token"),
        Letter::new(Method::PUT, "/v1/usg/acs/token"),
    ];
    let mut rows: Vec<Row> = Vec::new();
    for letter in all {
        rows.push(row("no token", TokenInvalid, By::Nobody, letter.clone()));
        rows.push(row("a token of nobody", TokenInvalid, By::Nobody, letter.token("stbEXAMPLE")));
    }
    let validate = |body: Value| Letter::post("/v1/usg/acs/token/validate", &body);
    rows.push(row("a look at a token of nobody", TokenInvalid, By::Nobody, validate(json!({ "token": "stbEXAMPLE" }))));
    rows.push(row("a look at no token", ParameterInvalid, By::Nobody, validate(json!({}))));
    rows
}

fn right_rows() -> Vec<Row> {
    use Refused::*;
    let administrators = [
        corp_list(""),
        assign("acct-bob", json!([FREE])),
        recycle("acct-alice", json!([ROOM])),
        delete(json!([FREE])),
        show("acct-alice"),
    ];
    let mut rows: Vec<Row> =
        administrators.into_iter().map(|letter| row("not an administrator", NotPermitted, ALICE, letter)).collect();
    let denied: Change = |app| app.denied_operations.extend(["search_member_vmr".to_owned()]);
    rows.push(Row { by: ALICE, ..row_in("a denied operation", NotPermitted, denied, member_list("")) });
    rows
}

fn list_rows() -> Vec<Row> {
    use Refused::ParameterInvalid;
    let both = ["limit=0", "limit=-1", "limit=ten", "offset=-1", "offset=first"];
    let mut rows: Vec<Row> = Vec::new();
    for query in both {
        rows.push(row(query, ParameterInvalid, ALICE, member_list(query)));
        rows.push(row(query, ParameterInvalid, By::Chief, corp_list(query)));
    }
    rows.push(row("specialVmr=1", ParameterInvalid, ALICE, member_list("specialVmr=1")));
    for query in ["vmrMode=0", "vmrMode=3", "vmrMode=room", "status=3", "status=-1"] {
        rows.push(row(query, ParameterInvalid, By::Chief, corp_list(query)));
    }
    rows
}

fn update_rows() -> Vec<Row> {
    use Refused::*;
    let wrong = |why, body| row(why, ParameterInvalid, ALICE, update(body));
    vec![
        wrong("an empty name", json!({ "vmrName": "" })),
        wrong("a name of 129 characters", json!({ "vmrName": "会".repeat(129) })),
        wrong("a name that is a number", json!({ "vmrName": 1 })),
        wrong("a host password of 3 digits", json!({ "chairPwd": "123" })),
        wrong("a host password of 17 digits", json!({ "chairPwd": "1".repeat(17) })),
        wrong("a host password with a letter", json!({ "chairPwd": "123a" })),
        wrong("a host password in other digits", json!({ "chairPwd": "١٢٣٤" })),
        wrong("no host password", json!({ "chairPwd": "" })),
        wrong("a masked host password", json!({ "chairPwd": "******" })),
        wrong("a host password that is a number", json!({ "chairPwd": 1234 })),
        wrong("a guest password of 3 digits", json!({ "gustPwd": "123" })),
        wrong("a guest password of 17 digits", json!({ "gustPwd": "1".repeat(17) })),
        wrong("a masked guest password", json!({ "gustPwd": "******" })),
        wrong("a flag that is a number", json!({ "allowGustFirst": 1 })),
        wrong("a flag that is another text", json!({ "gustFirstNotice": "yes" })),
        row("a body that is a list", ParameterInvalid, ALICE, update(json!([]))),
        row("no body", ParameterInvalid, ALICE, update(json!({})).body("")),
        row("equal passwords", SamePasswords, ALICE, update(json!({ "chairPwd": "4567", "gustPwd": "4567" }))),
        row("the host's for guests too", SamePasswords, ALICE, update(json!({ "gustPwd": "123456" }))),
        Row {
            by: ALICE,
            ..row_in(
                "the guests' for the host too",
                SamePasswords,
                |app| app.room_mut(ROOM).expect("the room").gust_pwd = "4567".to_owned(),
                update(json!({ "chairPwd": "4567" })),
            )
        },
        row("an unknown room", RoomUnknown, ALICE, update_of(NOWHERE, json!({}))),
        row("the number instead of the id", RoomUnknown, ALICE, update_of("938305104", json!({}))),
        row("another user's room", RoomNotYours, By::User("bob"), update(json!({ "vmrName": "Bob's" }))),
        row("a room that nobody has", RoomNotYours, ALICE, update_of(FREE, json!({}))),
        row("an administrator is not the owner", RoomNotYours, By::Chief, update(json!({}))),
    ]
}

fn owner_rows() -> Vec<Row> {
    use Refused::*;
    let chief = |why, refused, letter| row(why, refused, By::Chief, letter);
    let many = json!(vec![FREE; 101]);
    let mut rows = vec![
        chief("to an unknown account", UserMissing, assign("nobody", json!([FREE]))),
        chief("to a user id by account", UserMissing, assign("bob", json!([FREE]))),
        chief("to an account by user id", UserMissing, assign("acct-bob?accountType=1", json!([FREE]))),
        chief("from an unknown account", UserMissing, recycle("nobody", json!([ROOM]))),
        chief("an unknown account", UserMissing, show("nobody")),
        chief("an unknown user id", UserMissing, show("nobody?accountType=1")),
        chief("an unknown type of account", ParameterInvalid, show("acct-bob?accountType=2")),
        chief("a room that somebody has", RoomAllocated, assign("acct-bob", json!([ROOM]))),
        chief("a room that its new owner has", RoomAllocated, assign("acct-alice", json!([ROOM]))),
        chief("a terminal's room", RoomAllocated, assign("acct-bob", json!([TERMINAL]))),
        chief("a personal meeting ID to give", RoomPersonal, assign("acct-bob", json!([PERSONAL]))),
        chief("a personal meeting ID to take", RoomPersonal, recycle("acct-alice", json!([PERSONAL]))),
        chief("a personal meeting ID to delete", RoomPersonal, delete(json!([PERSONAL]))),
        chief("from somebody else", RoomNotWithUser, recycle("acct-bob", json!([ROOM]))),
        chief("from somebody where nobody has it", RoomNotWithUser, recycle("acct-alice", json!([FREE]))),
    ];
    let calls: [fn(Value) -> Letter; 3] = [|ids| assign("acct-bob", ids), |ids| recycle("acct-alice", ids), delete];
    for call in calls {
        rows.push(chief("an unknown room", RoomUnknown, call(json!([NOWHERE]))));
        rows.push(chief("no rooms", ParameterInvalid, call(json!([]))));
        rows.push(chief("101 rooms", ParameterInvalid, call(many.clone())));
        rows.push(chief("rooms that are numbers", ParameterInvalid, call(json!([1]))));
        rows.push(chief("rooms in an object", ParameterInvalid, call(json!({ "ids": [FREE] }))));
    }
    let full: Change = |app| {
        for number in 0..31 {
            let room = roomkeeper_sim::huawei::meeting::room::Room::numbered(&format!("7{number:08}"));
            corp(app).rooms.insert(format!("ee80808167ef1edf0167f33d650c{number:04}"), room.owned_by("acct-alice"));
        }
    };
    let one_more = assign("acct-alice", json!([FREE]));
    rows.push(Row { by: By::Chief, ..row_in("the 33rd room", TooManyRooms, full, one_more) });
    rows.push(chief("no users", ParameterInvalid, users("", json!([]))));
    rows.push(chief("201 users", ParameterInvalid, users("", json!(vec![json!({ "id": "alice" }); 201]))));
    rows.push(chief("users that are texts", ParameterInvalid, users("", json!(["alice"]))));
    rows.push(chief("users by another id", ParameterInvalid, users("?idType=EMAIL", json!([{ "id": "alice" }]))));
    rows
}

fn conference_rows() -> Vec<Row> {
    use Refused::*;
    let online = |query: &str| Letter::get(&format!("/v1/mmc/management/conferences/online?{query}"));
    let control = |id: &str, password: &str| {
        Letter::get(&format!("/v1/mmc/control/conferences/token?conferenceID={id}"))
            .header("X-Password", password)
            .header("X-Login-Type", "1")
    };
    let stop = |id: &str, token: &str| {
        Letter::new(Method::PUT, &format!("/v1/mmc/control/conferences/stop?conferenceID={id}"))
            .header("X-Conference-Authorization", token)
    };
    let remove = |query: &str| Letter::delete(&format!("/v1/mmc/management/conferences?{query}"));
    let nobody = |why, refused, letter| row(why, refused, By::Nobody, letter);
    vec![
        row("a page of 501", ParameterInvalid, ALICE, online("limit=501")),
        row("a page of nothing", ParameterInvalid, ALICE, online("limit=0")),
        row("a key of 129 characters", ParameterInvalid, ALICE, online(&format!("searchKey={}", "k".repeat(129)))),
        nobody("a token for no conference", ParameterInvalid, control("", "123456")),
        nobody(
            "a token without a log-in type",
            ParameterInvalid,
            control(CONFERENCE, "123456").header("X-Login-Type", "2"),
        ),
        nobody("a token for an unknown conference", ConferenceMissing, control("1", "123456")),
        nobody("a token for a room's number", ConferenceMissing, control("938305104", "123456")),
        nobody("a token with another password", ConferencePasswordWrong, control(CONFERENCE, "654321")),
        nobody("a token for a booked conference", ConferenceOver, control(BOOKED, "123456")),
        nobody("a token for one that is over", ConferenceOver, control(OVER, "123456")),
        nobody("an end of an unknown conference", ConferenceMissing, stop("1", "control-1")),
        nobody("an end with another's token", ControlTokenInvalid, stop(CONFERENCE, "control-900000002")),
        nobody("an end without a token", ControlTokenInvalid, stop(CONFERENCE, "")),
        row_in(
            "an end with an expired token",
            ControlTokenInvalid,
            |app| {
                let long_ago = Moment::from_unix_seconds(RECORDED.unix_seconds() - 1800);
                app.control_tokens = vec![control_token(CONFERENCE, long_ago)];
            },
            stop(CONFERENCE, "control-900000001"),
        ),
        nobody("an end of a booked conference", ConferenceOver, stop(BOOKED, "control-900000002")),
        nobody("an end of one that is over", ConferenceOver, stop(OVER, "control-900000003")),
        row("to remove no conference", ParameterInvalid, ALICE, remove("type=1")),
        row("to remove in another way", ParameterInvalid, ALICE, remove(&format!("conferenceID={CONFERENCE}&type=2"))),
        row("to remove an unknown conference", ConferenceMissing, ALICE, remove("conferenceID=1&type=1")),
        row("to remove one that is over", ConferenceMissing, ALICE, remove(&format!("conferenceID={OVER}"))),
        row("to remove one that runs", ConferenceRunning, ALICE, remove(&format!("conferenceID={CONFERENCE}"))),
        row("to remove another's conference", NotPermitted, By::User("bob"), {
            remove(&format!("conferenceID={CONFERENCE}&type=1"))
        }),
    ]
}

fn rows() -> Vec<Row> {
    let groups =
        [log_in_rows(), token_rows(), right_rows(), list_rows(), update_rows(), owner_rows(), conference_rows()];
    groups.into_iter().flatten().collect()
}

/// Sends a row's request to its world; returns what is wrong with the answer.
async fn check(simulator: &Simulator, row: Row) -> Result<(), String> {
    let Row { why, refused, world: change_world, by, letter } = row;
    change(simulator, |app| *app = world());
    let letter = match by {
        By::Nobody => letter,
        By::User(user) => letter.token(&log_in(simulator, Some(user)).await),
        By::Chief => letter.token(&log_in(simulator, None).await),
    };
    let before = simulator.world(|world| {
        change_world(world.huawei_meeting.get_mut(APP_ID).expect("the app"));
        world.clone()
    });
    let answered = letter.send(simulator).await;
    let wanted = refused.row();
    if answered.refusal() != (wanted.status.as_u16(), wanted.code.to_owned()) {
        return Err(format!("{why}: wanted {} {}, got {answered:?}", wanted.status, wanted.code));
    }
    if answered.json()["error_msg"].as_str().is_none_or(str::is_empty) {
        return Err(format!("{why}: there is no text"));
    }
    let entry = simulator.journal().pop().ok_or("no journal entry")?;
    if entry.applied || entry.code.as_ref().is_none_or(|code| *code != wanted.code) {
        return Err(format!("{why}: the journal says {entry:?}"));
    }
    match simulator.world(|world| *world == before) {
        true => Ok(()),
        false => Err(format!("{why}: a refused request changed the world")),
    }
}

#[tokio::test]
async fn each_row_is_refused_with_status_and_code_and_changes_nothing() {
    let simulator = simulator_with(world()).await;
    let mut failed = Vec::new();
    for row in rows() {
        if let Err(reason) = check(&simulator, row).await {
            failed.push(reason);
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn each_refusal_has_a_row() {
    let covered: BTreeSet<Refused> = rows().iter().map(|row| row.refused).collect();
    let missing: Vec<Refused> = REFUSALS.iter().map(|row| row.refused).filter(|one| !covered.contains(one)).collect();
    assert!(missing.is_empty(), "refusals without a row: {missing:?}");
}

#[test]
fn codes_of_the_simulators_own_are_told_from_the_vendors() {
    for row in REFUSALS {
        let vendors = ["USG.", "MMC."].iter().any(|prefix| row.code.starts_with(prefix));
        assert!(vendors != row.code.starts_with("SIM."), "{}", row.code);
    }
    let codes: BTreeSet<&str> = REFUSALS.iter().map(|row| row.code).collect();
    assert_eq!(codes.len(), REFUSALS.len(), "each code means one thing");
}

#[tokio::test]
async fn what_no_operation_has_is_refused_by_the_gateway() {
    let simulator = simulator().await;
    let chief = log_in(&simulator, None).await;
    for letter in [
        Letter::get(&format!("/v1/usg/dcs/member/vmr/{ROOM}")),
        Letter::put("/v1/usg/dcs/corp/vmr", &json!({})),
        Letter::get("/v1/mmc/management/conferences"),
        Letter::get("/v1/usg/dcs/corp/member/"),
    ] {
        let answered = letter.token(&chief).send(&simulator).await;
        assert_eq!(answered.refusal(), (404, "APIGW.0101".to_owned()), "{answered:?}");
    }
}

#[tokio::test]
async fn the_world_can_set_another_code() {
    let simulator = simulator().await;
    change(&simulator, |app| drop(app.answers.codes.insert(Refused::RoomUnknown, "USG.201080001".to_owned())));
    let alice = log_in(&simulator, Some("alice")).await;
    let unknown = update_of(NOWHERE, json!({})).token(&alice);
    assert_eq!(unknown.refused(&simulator).await, (400, "USG.201080001".to_owned()));
}

#[tokio::test]
async fn a_fault_refuses_with_any_code() {
    let simulator = simulator().await;
    let alice = log_in(&simulator, Some("alice")).await;
    let rows = [
        (Effect::refuse("USG.000000004"), 401, "USG.000000004"),
        (Effect::refuse("USG.999999999"), 400, "USG.999999999"),
        (Effect::Throttle, 429, "APIGW.0308"),
    ];
    for (effect, status, code) in rows {
        simulator.faults().add(Fault::at("search_member_vmr", effect)).expect("a known operation");
        let answered = member_list("").token(&alice).send(&simulator).await;
        assert_eq!(answered.refusal(), (status, code.to_owned()));
    }
    member_list("").token(&alice).ok(&simulator).await;
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_taken() {
    let simulator = simulator().await;
    let (alice, chief) = (log_in(&simulator, Some("alice")).await, log_in(&simulator, None).await);
    for body in [
        json!({ "vmrName": "会".repeat(128), "chairPwd": "1".repeat(16), "gustPwd": "2".repeat(16) }),
        json!({ "vmrName": "n", "chairPwd": "0000", "gustPwd": "0001" }),
    ] {
        update(body).token(&alice).ok(&simulator).await;
    }
    for nonce in ["n".repeat(32), "n".repeat(64)] {
        LogIn { nonce, ..LogIn::of(None) }.letter().ok(&simulator).await;
    }
    LogIn { expires: RECORDED.unix_seconds(), ..LogIn::of(None) }.letter().ok(&simulator).await;
    LogIn { expires: 0, ..LogIn::of(None) }.letter().ok(&simulator).await;
    // An id that is there a hundred times counts once.
    assign("acct-bob", json!(vec![FREE; 100])).token(&chief).ok(&simulator).await;
    users("", json!(vec![json!({ "id": "alice" }); 200])).token(&chief).ok(&simulator).await;
    Letter::get("/v1/mmc/management/conferences/online?limit=500").token(&chief).ok(&simulator).await;
}
