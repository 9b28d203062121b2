//! What docs/simulator.md says of Cloud Meeting: every field, case, code and operation, and the example of a seed.

use std::collections::BTreeSet;

use roomkeeper_sim::World;
use roomkeeper_sim::huawei::meeting::REFUSALS;
use roomkeeper_sim::huawei::meeting::conference::{Conference, ControlToken};
use roomkeeper_sim::huawei::meeting::room::{Device, Room, RoomStatus};
use roomkeeper_sim::huawei::meeting::state::{Enterprise, MeetingApp, User};
use roomkeeper_sim::huawei::meeting::token::{Holder, Token};
use serde::Serialize;
use serde_json::{Value, json};

use crate::meeting_client::*;

const PAGE: &str = include_str!("../../../../docs/simulator.md");
const SEED: &str = include_str!("../../examples/seed.yaml");

/// Returns the names of the fields, at the top of each value.
fn fields(value: &impl Serialize) -> Vec<String> {
    let value = serde_json::to_value(value).expect("JSON");
    value.as_object().expect("an object").keys().cloned().collect()
}

/// The part of the page that is about Cloud Meeting.
fn section() -> &'static str {
    let (_, rest) = PAGE.split_once("\n## Huawei Cloud Meeting\n").expect("a section");
    rest.split("\n## ").next().expect("a text")
}

#[test]
fn the_page_names_every_field_and_case() {
    let token = Token {
        access: "a".into(),
        refresh: "r".into(),
        holder: Holder::ServiceProvider,
        client_type: 72,
        created: RECORDED,
        valid_period: 1,
        refresh_valid_period: 1,
    };
    let control_token = ControlToken { token: "t".into(), conference: String::new(), created: RECORDED };
    let app = MeetingApp::default();
    let room = Room::default();
    let names: BTreeSet<String> = [
        fields(&app),
        fields(&app.limits),
        fields(&app.answers),
        fields(&Enterprise::default()),
        fields(&User::default()),
        fields(&room),
        fields(&room.package),
        fields(&Device::default()),
        fields(&Conference::default()),
        fields(&token),
        fields(&control_token),
    ]
    .into_iter()
    .flatten()
    .collect();
    // Bookkeeping that nobody seeds.
    let unseeded = "tokensMade";
    assert!(names.contains(unseeded));
    let cases = REFUSALS.iter().map(|row| serde_json::to_value(row.refused).expect("JSON"));
    let cases = cases.map(|case| case.as_str().expect("a name").to_owned());
    let quoted = names.into_iter().filter(|name| name != unseeded).chain(cases).map(|name| format!("`{name}`"));
    let codes = REFUSALS.iter().map(|row| row.code.to_owned());
    let missing: Vec<String> = quoted.chain(codes).filter(|text| !section().contains(text)).collect();
    assert!(missing.is_empty(), "the page does not tell of {missing:?}");
}

#[test]
fn every_value_of_the_page_is_taken_in_a_seed() {
    let rows = [
        ("tenancy", json!(["singleEnterprise", "serviceProvider"]), "{}"),
        ("passwords", json!(["clear", "masked"]), "answers: {}"),
        ("absentFields", json!(["kept", "reset"]), "answers: {}"),
        ("recycledSettings", json!(["kept", "reset"]), "answers: {}"),
        ("offsets", json!(["records", "pages"]), "answers: {}"),
        ("memberId", json!(["account", "thirdAccount"]), "answers: {}"),
        ("renewalToken", json!(["either", "refreshToken", "accessToken"]), "answers: {}"),
        ("status", json!(["active", "disabled", "locked"]), "enterprises: {c: {users: {u: {}}}}"),
        ("adminType", json!(["default", "common", "none"]), "enterprises: {c: {users: {u: {}}}}"),
        ("mode", json!(["cloudMeetingRoom", "personalMeetingId", "webinar"]), "enterprises: {c: {rooms: {r: {}}}}"),
        ("status", json!(["normal", "disabled", "unallocated"]), "enterprises: {c: {rooms: {r: {}}}}"),
        ("state", json!(["Schedule", "Created", "Destroyed"]), "enterprises: {c: {conferences: {k: {}}}}"),
    ];
    for (field, values, place) in rows {
        for value in values.as_array().expect("values") {
            let value = value.as_str().expect("a value");
            assert!(section().contains(&format!("`{value}`")), "the page does not tell of {value}");
            let app = place.replacen("{}", &format!("{{{field}: {value}}}"), 1);
            let app = if place == "{}" { app } else { format!("{{{app}}}") };
            World::from_yaml(&format!("huaweiMeeting: {{app: {app}}}")).unwrap_or_else(|error| {
                panic!("{app}: {:?}", std::error::Error::source(&error).map(ToString::to_string))
            });
        }
    }
}

#[test]
fn every_field_of_the_page_is_taken_in_a_seed() {
    let seed = r#"{"huaweiMeeting": {"app": {
        "appKey": "k", "tenancy": "serviceProvider", "deniedOperations": ["associate_vmr"],
        "limits": {"perOperation": {"app_auth": 1}, "together": 2},
        "answers": {"defaultPage": 1, "largestPage": 2, "validPeriod": 3, "refreshValidPeriod": 4,
            "codes": {"roomUnknown": "USG.123"}},
        "tokens": [
            {"access": "a", "refresh": "r", "holder": "serviceProvider", "clientType": 72, "created": 1,
                "validPeriod": 2, "refreshValidPeriod": 3},
            {"access": "b", "refresh": "s", "holder": {"administrator": {"corp": "c"}}, "clientType": 72, "created": 1,
                "validPeriod": 2, "refreshValidPeriod": 3},
            {"access": "d", "refresh": "t", "holder": {"user": {"corp": "c", "account": "u"}}, "clientType": 72,
                "created": 1, "validPeriod": 2, "refreshValidPeriod": 3}],
        "controlTokens": [{"token": "t", "conference": "k", "created": 1}],
        "enterprises": {"c": {
            "autoUserCreate": false,
            "users": {"u": {"id": "i", "thirdAccount": "t", "name": "n", "email": "e", "phone": "p", "deptCode": "d",
                "password": "p"}},
            "rooms": {"r": {"number": "1", "name": "n", "chairPwd": "1234", "gustPwd": "4321", "allowGustFirst": true,
                "gustFirstNotice": true, "owner": "u", "device": {"id": "i", "name": "n"},
                "package": {"id": "i", "name": "n", "parties": 3}, "expireDate": 1}},
            "conferences": {"k": {"room": "r", "subject": "s", "host": "u", "start": 1, "people": ["guest"],
                "chairPwd": "1234"}}}}}}}"#;
    let world = World::from_yaml(seed).expect("a seed");
    let app = world.meeting_app("app").expect("the app");
    assert_eq!((app.tokens.len(), app.control_tokens.len()), (3, 1));
    assert_eq!(app.room("r").expect("the room").package.parties, 3);
    let error = World::from_yaml("huaweiMeeting: {app: {appkey: a}}").expect_err("a mistake");
    assert!(std::error::Error::source(&error).is_some_and(|source| source.to_string().contains("appkey")));
}

#[test]
fn a_seeded_room_has_what_every_room_has() {
    let seed = "huaweiMeeting: {app: {enterprises: {c: {rooms: {r: {}, s: {owner: u}}}}}}";
    let world = World::from_yaml(seed).expect("a seed");
    let app = world.meeting_app("app").expect("the app");
    let [free, owned] = ["r", "s"].map(|id| app.room(id).expect("the room"));
    assert!(free.number != owned.number && free.name == free.number && free.chair_pwd.len() == 6);
    assert_eq!((free.shown_status(), owned.shown_status()), (RoomStatus::Unallocated, RoomStatus::Normal));
}

#[tokio::test]
async fn the_example_seed_opens_with_its_key() {
    let mut world = World::from_yaml(SEED).expect("the example is a seed");
    let (_, app) = world.huawei_meeting.pop_first().expect("an App ID");
    let simulator = simulator_with(MeetingApp { app_key: Some(APP_KEY.into()), ..app }).await;
    let (alice, chief) = (log_in(&simulator, Some("alice")).await, log_in(&simulator, None).await);
    let own = Letter::get("/v1/usg/dcs/member/vmr").token(&alice).ok(&simulator).await;
    assert_eq!((ids(&own), &own["data"][0]["vmrName"]), (vec![ROOM], &json!("Board room")));
    let all = Letter::get("/v1/usg/dcs/corp/vmr?status=2").token(&chief).ok(&simulator).await;
    assert_eq!((ids(&all), &all["data"][0]["member"]), (vec![FREE], &Value::Null));
}

#[test]
fn the_page_names_every_operation() {
    let missing: Vec<&&str> = OPERATIONS.iter().filter(|name| !section().contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "the page does not tell of {missing:?}");
}
