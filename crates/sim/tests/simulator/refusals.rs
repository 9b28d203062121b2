//! One row for each limit and each code: what is sent to which world, and the code that refuses it.
//! The last test fails when a code of the table has no row.

mod live;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use crate::client::*;
use roomkeeper_sim::tencent::{CODES, Code};
use roomkeeper_sim::{App, AppState, Effect, Fault, Package, Payment, Room, RoomType, Simulator, VendorCode};
use serde_json::{Value, json};

/// How a row changes the world before its request.
type Change = fn(&mut App);

/// A request that is refused.
struct Row {
    /// What is wrong, for the message of a failed row.
    why: &'static str,
    code: Code,
    world: Change,
    request: Draft,
}

fn row(why: &'static str, code: Code, request: Draft) -> Row {
    Row { why, code, world: |_| {}, request }
}

fn row_in(why: &'static str, code: Code, world: Change, request: Draft) -> Row {
    Row { why, code, world, request }
}

fn get() -> Draft {
    Draft::of(GET, &json!({ "RoomId": "weekly" }))
}

/// A create of room `new` with further or other fields.
fn create_with(fields: Value) -> Draft {
    Draft::of(CREATE, &json!({ "RoomInfo": merged(json!({ "RoomId": "new", "RoomType": "Conference" }), fields) }))
}

/// An update of room `weekly` with further or other fields.
fn update_with(fields: Value) -> Draft {
    Draft::of(UPDATE, &json!({ "RoomInfo": merged(json!({ "RoomId": "weekly" }), fields) }))
}

/// A change of the owner of room `weekly` with other fields.
fn owner_with(fields: Value) -> Draft {
    let right = json!({ "RoomId": "weekly", "From_Account": "alice", "NewOwner_Account": "bob" });
    Draft::of(CHANGE_OWNER, &merged(right, fields))
}

fn merged(mut into: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().expect("an object") {
        into[name] = value.clone();
    }
    into
}

/// The world of every row: conference `weekly` and show `launch` of alice with nobody in them.
fn world() -> App {
    let mut app = app();
    app.rooms.insert("weekly".to_owned(), Room::conference("weekly", "alice", &app.package, NOON));
    app.rooms.insert("launch".to_owned(), Room::live("launch", "alice", &app.package, NOON));
    app
}

fn transport_rows() -> Vec<Row> {
    vec![
        row("not a POST", Code::TimeoutOrBadHttp, get().method(reqwest::Method::GET)),
        row("unknown service", Code::UnknownResource, Draft::of("no_srv/get_room_info", &json!({}))),
        row("unknown command", Code::UnknownResource, Draft::of("room_engine_http_srv/dismiss_room", &json!({}))),
        row("command in capitals", Code::UnknownResource, Draft::of("room_engine_http_srv/GET_ROOM_INFO", &json!({}))),
        row("no sdkappid", Code::AppMissing, get().without("sdkappid")),
        row("sdkappid in capitals", Code::AppMissing, get().without("sdkappid").with("SDKAppID", "1400000000")),
        row("sdkappid is not a number", Code::AppInvalid, get().with("sdkappid", "mine")),
        row("no random", Code::UrlNotParsed, get().without("random")),
        row("random of 33 bits", Code::UrlNotParsed, get().with("random", "4294967296")),
        row("no contenttype", Code::UrlNotParsed, get().without("contenttype")),
        row("contenttype xml", Code::UrlNotParsed, get().with("contenttype", "xml")),
        row("no identifier", Code::SignatureOrAccountWrong, get().without("identifier")),
        row("identifier of 33 bytes", Code::IdentifierWrong, get().with("identifier", &"a".repeat(33))),
        row("empty body", Code::JsonNotParsed, get().body("")),
        row("half a body", Code::JsonNotParsed, get().body("{\"RoomId\":")),
        row("a body that is a list", Code::JsonNotParsed, get().body("[]")),
        row("RoomId is a number", Code::JsonNotParsed, Draft::of(GET, &json!({ "RoomId": 1 }))),
        row("a flag is text", Code::JsonNotParsed, update_with(json!({ "IsAudioDisabled": "false" }))),
        row("a count is text", Code::JsonNotParsed, update_with(json!({ "MaxMemberCount": "9" }))),
        row("a count is a fraction", Code::JsonNotParsed, update_with(json!({ "MaxMemberCount": 1.5 }))),
        row("RoomInfo is text", Code::JsonNotParsed, Draft::of(UPDATE, &json!({ "RoomInfo": "weekly" }))),
        row("Owner_Account is a number", Code::AccountNotText, create_with(json!({ "Owner_Account": 12 }))),
        row("NewOwner_Account is a number", Code::AccountNotText, owner_with(json!({ "NewOwner_Account": 12 }))),
        row("an invitee is a number", Code::AccountNotText, {
            let room = json!({ "RoomId": "new", "RoomType": "Conference" });
            Draft::of(CREATE, &json!({ "RoomInfo": room, "ScheduleInviteeList_Account": [1] }))
        }),
    ]
}

fn usersig_rows() -> Vec<Row> {
    let cut = |usersig: String| usersig[..usersig.len() - 40].to_owned();
    let good = sign(APP, KEY, ADMINISTRATOR, NOON);
    let expired = sign_for(APP, KEY, ADMINISTRATOR, NOON, 0);
    let other_app = sign(7, KEY, ADMINISTRATOR, NOON);
    let other_user = sign(APP, KEY, "alice", NOON);
    let other_key = sign(APP, "another key", ADMINISTRATOR, NOON);
    let old_version = pack("{\"TLS.ver\":\"1.0\"}");
    vec![
        row("no usersig", Code::UserSigEmpty, get().without("usersig")),
        row("empty usersig", Code::UserSigEmpty, get().with("usersig", "")),
        row("not base64", Code::UserSigInvalid, get().with("usersig", "%%%")),
        row(
            "the plain base64 alphabet",
            Code::UserSigInvalid,
            get().with("usersig", &good.replace('*', "+").replace('_', "=")),
        ),
        row("not zlib", Code::UserSigInvalid, get().with("usersig", &encode(b"not compressed"))),
        row("not JSON", Code::UserSigInvalid, get().with("usersig", &pack("no JSON"))),
        row("another version", Code::UserSigInvalid, get().with("usersig", &old_version)),
        row("cut off", Code::UserSigTruncated, get().with("usersig", &cut(good))),
        row("another key", Code::UserSigKeyMismatch, get().with("usersig", &other_key)),
        row("another user", Code::UserSigOtherUser, get().with("usersig", &other_user)),
        row("another app", Code::UserSigOtherApp, get().with("usersig", &other_app)),
        row("expired", Code::UserSigExpired, get().with("usersig", &expired)),
        row_in("no key here", Code::KeyMissing, |app| app.secret_key = None, get()),
        row("an app that is not here", Code::AppMissingHere, get().with("sdkappid", "1400000001")),
        row("not an administrator", Code::AdministratorNeeded, Draft::by("alice", GET, &json!({ "RoomId": "weekly" }))),
        row_in(
            "on the block list",
            Code::AccountBlocked,
            |app| app.blocked_accounts.extend([ADMINISTRATOR.to_owned()]),
            get(),
        ),
        row_in(
            "ten failures within a minute",
            Code::VerificationFailedTooOften,
            |app| app.failed_verifications.extend([(ADMINISTRATOR.to_owned(), vec![NOON; 10])]),
            get(),
        ),
    ]
}

fn app_rows() -> Vec<Row> {
    vec![
        row_in("disabled", Code::AppDisabled, |app| app.state = AppState::Disabled, get()),
        row_in("requests disabled", Code::RequestDisabled, |app| app.state = AppState::RequestsDisabled, get()),
        row_in("expired package", Code::PackageExpired, |app| app.state = AppState::PackageExpired, get()),
        row_in(
            "blocked address",
            Code::AddressNotAllowed,
            |app| app.blocked_addresses.extend([IpAddr::V4(Ipv4Addr::LOCALHOST)]),
            get(),
        ),
        row_in(
            "a denied operation",
            Code::NotPermitted,
            |app| app.denied_operations.extend(["room_engine/get_room_info".to_owned()]),
            get(),
        ),
        row_in(
            "over the operation's rate",
            Code::ApiRateExceeded,
            |app| app.limits.per_operation.extend([("room_engine/get_room_info".to_owned(), 0)]),
            get(),
        ),
        row_in("over the app's rate", Code::AppRateExceeded, |app| app.limits.together = Some(0), get()),
    ]
}

fn create_rows() -> Vec<Row> {
    let start = NOON.unix_seconds();
    vec![
        row("no RoomInfo", Code::ParameterInvalid, Draft::of(CREATE, &json!({}))),
        row("no RoomId", Code::ParameterInvalid, create_with(json!({ "RoomId": null }))),
        row("empty RoomId", Code::ParameterInvalid, create_with(json!({ "RoomId": "" }))),
        row("RoomId of 49 bytes", Code::ParameterInvalid, create_with(json!({ "RoomId": "r".repeat(49) }))),
        row("RoomId in Chinese", Code::ParameterInvalid, create_with(json!({ "RoomId": "周会" }))),
        row("RoomId with a tab", Code::ParameterInvalid, create_with(json!({ "RoomId": "a\tb" }))),
        row("no RoomType", Code::ParameterInvalid, create_with(json!({ "RoomType": null }))),
        row("RoomType of the other engine", Code::RoomTypeInvalid, create_with(json!({ "RoomType": "Live" }))),
        row(
            "RoomName of 101 bytes",
            Code::ParameterInvalid,
            create_with(json!({ "RoomName": "会".repeat(33) + "ab" })),
        ),
        row("owner is not imported", Code::AccountNotImported, create_with(json!({ "Owner_Account": "nobody" }))),
        row("owner of 33 bytes", Code::ParameterInvalid, create_with(json!({ "Owner_Account": "o".repeat(33) }))),
        row("no members", Code::ParameterInvalid, create_with(json!({ "MaxMemberCount": 0 }))),
        row("fewer than no members", Code::ParameterInvalid, create_with(json!({ "MaxMemberCount": -1 }))),
        row("more members than bought", Code::OverPackageLimit, create_with(json!({ "MaxMemberCount": 1001 }))),
        row_in("the trial's members", Code::OverPackageLimit, |app| app.package = Package::trial(), {
            create_with(json!({ "MaxMemberCount": 21 }))
        }),
        row("more seats than bought", Code::OverPackageLimit, create_with(json!({ "MaxSeatCount": 21 }))),
        row("CustomInfo of 501 bytes", Code::ParameterInvalid, create_with(json!({ "CustomInfo": "c".repeat(501) }))),
        row("unknown TakeSeatMode", Code::ParameterInvalid, create_with(json!({ "TakeSeatMode": "Freely" }))),
        row("no password to ask for", Code::ParameterInvalid, create_with(json!({ "IsPasswordEnabled": true }))),
        row("a schedule of 299 seconds", Code::ParameterInvalid, {
            create_with(json!({ "ScheduleStartTime": start, "ScheduleEndTime": start + 299 }))
        }),
        row("a schedule before 1970", Code::ParameterInvalid, create_with(json!({ "ScheduleStartTime": -1 }))),
        row("the id of another owner's room", Code::RoomIdInUse, create_with(json!({ "RoomId": "weekly" }))),
        row("the id of the same owner's room", Code::RoomIdInUseBySameOwner, {
            create_with(json!({ "RoomId": "weekly", "Owner_Account": "alice" }))
        }),
        row_in("the id of a group", Code::RoomIdTakenByGroup, |app| app.group_ids.extend(["new".to_owned()]), {
            create_with(json!({}))
        }),
        row_in(
            "the second create within a second",
            Code::CreatedTooOften,
            |app| app.last_creates.extend([("new".to_owned(), NOON)]),
            create_with(json!({})),
        ),
        row_in("no payment", Code::NoPayment, |app| app.payment = Payment::Missing, create_with(json!({}))),
        row_in("a sensitive name", Code::SensitiveText, |app| app.sensitive_words.extend(["casino".to_owned()]), {
            create_with(json!({ "RoomName": "the casino" }))
        }),
    ]
}

fn room_rows() -> Vec<Row> {
    let live: Change = |app| {
        if let Some(room) = app.rooms.get_mut("weekly") {
            room.room_type = RoomType::Live;
        }
    };
    let absent = || json!({ "RoomId": "absent" });
    vec![
        row("get without RoomId", Code::ParameterInvalid, Draft::of(GET, &json!({}))),
        row("get of an absent room", Code::RoomMissing, Draft::of(GET, &absent())),
        row_in("get of a Live room", Code::RoomTypeInvalid, live, get()),
        row("update without RoomId", Code::ParameterInvalid, Draft::of(UPDATE, &json!({ "RoomInfo": {} }))),
        row("update of an absent room", Code::RoomMissing, update_with(absent())),
        row_in("update of a Live room", Code::RoomTypeInvalid, live, update_with(json!({}))),
        row("update to a long name", Code::ParameterInvalid, update_with(json!({ "RoomName": "n".repeat(101) }))),
        row("update to a long text", Code::ParameterInvalid, update_with(json!({ "CustomInfo": "c".repeat(501) }))),
        row("update to no members", Code::ParameterInvalid, update_with(json!({ "MaxMemberCount": 0 }))),
        row("update over the package", Code::OverPackageLimit, update_with(json!({ "MaxMemberCount": 1001 }))),
        row("update to an unknown mode", Code::ParameterInvalid, update_with(json!({ "TakeSeatMode": "None" }))),
        row("update to no password", Code::ParameterInvalid, {
            update_with(json!({ "IsPasswordEnabled": true, "Password": "" }))
        }),
        row_in(
            "update to a bad text",
            Code::SensitiveText,
            |app| app.sensitive_words.extend(["casino".to_owned()]),
            update_with(json!({ "CustomInfo": "casino" })),
        ),
        row("destroy without RoomId", Code::ParameterInvalid, Draft::of(DESTROY, &json!({}))),
        row("destroy of an absent room", Code::RoomMissing, Draft::of(DESTROY, &absent())),
        row_in(
            "destroy of a Live room",
            Code::RoomTypeInvalid,
            live,
            Draft::of(DESTROY, &json!({ "RoomId": "weekly" })),
        ),
        row("owner without From_Account", Code::ParameterInvalid, owner_with(json!({ "From_Account": null }))),
        row("owner without NewOwner_Account", Code::ParameterInvalid, owner_with(json!({ "NewOwner_Account": null }))),
        row("owner without RoomId", Code::ParameterInvalid, owner_with(json!({ "RoomId": null }))),
        row("owner of an absent room", Code::RoomMissing, owner_with(absent())),
        row("from somebody else", Code::NotPermitted, owner_with(json!({ "From_Account": "bob" }))),
        row("to nobody", Code::AccountNotImported, owner_with(json!({ "NewOwner_Account": "nobody" }))),
        row("to somebody outside", Code::NotMember, owner_with(json!({}))),
        row("members of an absent room", Code::RoomMissing, Draft::of(MEMBERS, &absent())),
        row("a page of nobody", Code::ParameterInvalid, Draft::of(MEMBERS, &json!({ "RoomId": "weekly", "Count": 0 }))),
        row("a Next of one's own", Code::ParameterInvalid, {
            Draft::of(MEMBERS, &json!({ "RoomId": "weekly", "Next": "alice" }))
        }),
    ]
}

fn account_rows() -> Vec<Row> {
    let check = |accounts: usize| {
        let items: Vec<Value> = (0..accounts).map(|number| json!({ "UserID": format!("u{number}") })).collect();
        Draft::of(CHECK, &json!({ "CheckItem": items }))
    };
    let full: Change = |app| {
        app.package = Package::trial();
        app.accounts.extend((0..98).map(|number| format!("u{number}")));
    };
    vec![
        row("import of nobody", Code::AccountParameterInvalid, Draft::of(IMPORT, &json!({}))),
        row(
            "import of 33 bytes",
            Code::AccountParameterInvalid,
            Draft::of(IMPORT, &json!({ "UserID": "u".repeat(33) })),
        ),
        row("import of a number", Code::AccountNotText, Draft::of(IMPORT, &json!({ "UserID": 7 }))),
        row_in("import of the 101st", Code::TooManyAccounts, full, Draft::of(IMPORT, &json!({ "UserID": "late" }))),
        row("check of nothing", Code::AccountParameterInvalid, Draft::of(CHECK, &json!({}))),
        row("check of nobody", Code::AccountParameterInvalid, check(0)),
        row("check of 101", Code::AccountParameterInvalid, check(101)),
        row(
            "check of an empty one",
            Code::AccountParameterInvalid,
            Draft::of(CHECK, &json!({ "CheckItem": [{ "UserID": "" }] })),
        ),
    ]
}

fn rows() -> Vec<Row> {
    [transport_rows(), usersig_rows(), app_rows(), create_rows(), room_rows(), account_rows(), live::rows()]
        .into_iter()
        .flatten()
        .collect()
}

/// Codes that no request can earn by itself: only a scripted fault answers with them.
const SCRIPTED: &[Code] = &[
    Code::ReplyNotJson,
    Code::AccountReplacementTimeout,
    Code::TooFrequent,
    Code::TooFrequentLater,
    Code::UserSigExpiredOld,
    Code::LoginRefused,
    Code::AccountServiceTimeout,
    Code::AccountServiceTimeoutLater,
    Code::AccountAdministratorNeeded,
    Code::AccountServiceInternal,
    Code::Internal,
    Code::RoomFull,
    Code::TooManyTags,
    Code::Banned,
    Code::Muted,
    Code::PasswordNeeded,
    Code::PasswordWrong,
    Code::TooManyAdministrators,
    Code::SignallingConflict,
    Code::SeatRequestRefused,
];

async fn check(simulator: &Simulator, http: &reqwest::Client, row: &Row) -> Result<(), String> {
    let Row { why, code, world: change, request } = row;
    let before = simulator.world(|world| {
        let app = world.tencent.entry(APP).or_default();
        *app = self::world();
        change(app);
        app.rooms.clone()
    });
    let answer = request.answer_with(http, simulator).await;
    let got = answer["ErrorCode"].as_i64();
    if got != Some(code.number()) || answer["ActionStatus"] != "FAIL" {
        return Err(format!("{why}: wanted {}, got {answer}", code.number()));
    }
    let entry = simulator.journal().pop().ok_or("no journal entry")?;
    if entry.applied || entry.code != got.map(VendorCode::from) {
        return Err(format!("{why}: the journal says {entry:?}"));
    }
    match simulator.world(|world| world.tencent[&APP].rooms == before) {
        true => Ok(()),
        false => Err(format!("{why}: a refused request changed a room")),
    }
}

#[tokio::test]
async fn each_row_is_refused_with_its_code_and_changes_no_room() {
    let simulator = simulator().await;
    let http = http();
    let mut failed = Vec::new();
    for row in rows() {
        if let Err(reason) = check(&simulator, &http, &row).await {
            failed.push(reason);
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[tokio::test]
async fn each_other_code_is_answered_when_a_fault_says_so() {
    let simulator = simulator_with(world()).await;
    for code in SCRIPTED {
        let effect = Effect::refuse(code.number());
        simulator.faults().add(Fault::at("room_engine/get_room_info", effect)).expect("a known operation");
        let answer = get().answer(&simulator).await;
        assert_eq!(
            (answer["ErrorCode"].as_i64(), answer["ErrorInfo"].as_str()),
            (Some(code.number()), Some(code.info()))
        );
        assert_eq!(simulator.journal().pop().and_then(|entry| entry.fault).as_deref(), Some("refuse"));
    }
    ok(&simulator, GET, json!({ "RoomId": "weekly" })).await;
}

#[test]
fn each_code_has_a_row() {
    let covered: BTreeSet<Code> = rows().iter().map(|row| row.code).chain(SCRIPTED.iter().copied()).collect();
    let missing: Vec<&Code> = CODES.iter().map(|(code, _)| code).filter(|code| !covered.contains(code)).collect();
    assert!(missing.is_empty(), "codes without a row: {missing:?}");
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_taken() {
    let simulator = simulator_with(world()).await;
    let start = NOON.unix_seconds();
    let longest = json!({
        "RoomId": "~ ".repeat(24), "RoomType": "Conference", "RoomName": "会".repeat(33) + "a",
        "CustomInfo": "c".repeat(500), "MaxMemberCount": 1000, "MaxSeatCount": 20,
        "ScheduleStartTime": start, "ScheduleEndTime": start + 300,
    });
    ok(&simulator, CREATE, json!({ "RoomInfo": longest })).await;
    ok(&simulator, IMPORT, json!({ "UserID": "u".repeat(32) })).await;
    let items: Vec<Value> = (0..100).map(|number| json!({ "UserID": format!("u{number}") })).collect();
    ok(&simulator, CHECK, json!({ "CheckItem": items })).await;
}

#[tokio::test]
async fn ten_wrong_signatures_lock_the_caller_out_for_a_minute() {
    let simulator = simulator_with(world()).await;
    let wrong = get().with("usersig", &sign(APP, "another key", ADMINISTRATOR, NOON));
    for _ in 0..10 {
        assert_eq!(code(&wrong.answer(&simulator).await), Code::UserSigKeyMismatch.number());
    }
    assert_eq!(code(&get().answer(&simulator).await), Code::VerificationFailedTooOften.number());
    simulator.clock().advance(std::time::Duration::from_secs(60));
    assert_eq!(code(&get().answer(&simulator).await), 0);
}

#[tokio::test]
async fn a_good_signature_makes_earlier_failures_forgotten() {
    let simulator = simulator_with(world()).await;
    let wrong = get().with("usersig", &sign(APP, "another key", ADMINISTRATOR, NOON));
    for _ in 0..2 {
        for _ in 0..9 {
            assert_eq!(code(&wrong.answer(&simulator).await), Code::UserSigKeyMismatch.number());
        }
        assert_eq!(code(&get().answer(&simulator).await), 0);
    }
}

#[tokio::test]
async fn expired_signatures_lock_nobody_out() {
    let simulator = simulator_with(world()).await;
    let expired = get().with("usersig", &sign_for(APP, KEY, ADMINISTRATOR, NOON, 0));
    for _ in 0..11 {
        assert_eq!(code(&expired.answer(&simulator).await), Code::UserSigExpired.number());
    }
}
