//! What docs/simulator.md says of CloudRTC and IAM: every field, value and operation, and the example of a seed.

use std::collections::BTreeSet;

use roomkeeper_sim::huawei::cloud_rtc::{Room, Visit};
use roomkeeper_sim::{Iam, KnownKey, Moment, Options, Project, RtcApp, RtcRoom, Simulator, Token, User, World};
use serde::Serialize;
use serde_json::{Value, json};

use super::*;

const PAGE: &str = include_str!("../../../../../docs/simulator.md");
const SEED: &str = include_str!("../../../examples/seed.yaml");

/// The part of the page that is about CloudRTC and IAM.
fn section() -> &'static str {
    let (_, rest) = PAGE.split_once("\n## Huawei CloudRTC\n").expect("a section");
    rest.split("\n## ").next().expect("a text")
}

/// Returns the names of the fields, at the top of each value.
fn fields(value: &impl Serialize) -> Vec<String> {
    let value = serde_json::to_value(value).expect("JSON");
    value.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn the_page_names_every_field() {
    let project = Project::default();
    let key = KnownKey { secret: "s".into(), security_token: None };
    let user: User = serde_json::from_value(json!({ "password": "p" })).expect("a user");
    let (domain, name) = (String::new(), String::new());
    let token = Token { value: "t".into(), domain, user: name, project: None, expires: Moment::default() };
    let names: BTreeSet<String> = [
        fields(&project),
        fields(&project.limits),
        fields(&project.answers),
        fields(&key),
        fields(&RtcApp::default()),
        fields(&Room::default()),
        fields(&Visit::default()),
        fields(&Iam::default()),
        fields(&user),
        fields(&token),
    ]
    .into_iter()
    .flatten()
    .collect();
    // Bookkeeping that nobody seeds.
    let unseeded = "failedSignatures";
    assert!(names.contains(unseeded));
    let missing: Vec<&String> =
        names.iter().filter(|name| *name != unseeded && !section().contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "the page does not tell of {missing:?}");
}

#[test]
fn every_field_and_value_of_the_page_is_taken_in_a_seed() {
    let visit = r#"{"user": "u", "nickname": "n", "region": "r", "isp": "i", "joined": 1, "left": 2, "outcome": "#;
    let seed = format!(
        r#"{{"huaweiRtc": {{"p": {{
            "name": "cn-north-4", "domain": "d", "accessKeys": {{"AK": {{"secret": "s", "securityToken": "t"}}}},
            "deniedOperations": ["dismiss_room"], "mostApps": 1,
            "limits": {{"appManagement": 1, "roomManagement": 2, "statistics": 3}},
            "listLagSeconds": 1, "effectSeconds": 2, "largestPage": 3, "answers": {{}},
            "apps": {{"a": {{"name": "n", "state": "ACTIVATION", "appKey": "k", "created": 1, "stateChanged": 2,
                "rooms": [{{"roomId": "r", "started": 1, "ended": 2, "visits": [{visit}"joined"}}]}}]}}}}}}}},
          "iam": {{"users": {{"d": {{"u": {{"password": "p", "state": "active"}}}}}}, "tokenSeconds": 1,
            "tokens": [{{"value": "v", "domain": "d", "user": "u", "project": "p", "expires": 1}}]}}}}"#
    );
    let world = World::from_yaml(&seed).expect("a seed");
    assert_eq!(world.rtc_app("p", "a").expect("the app").rooms[0].visits[0].isp, "i");
    let rows = [
        (r#""answers": {}"#, "unknownApp", json!(["empty", "refused"])),
        (r#""answers": {}"#, "stoppedApp", json!(["refused", "served"])),
        (r#""answers": {}"#, "largePage", json!(["refused", "lowered"])),
        (r#""answers": {}"#, "repeatedRoom", json!(["each", "merged"])),
        (r#""state": "ACTIVATION""#, "state", json!(["ACTIVATION", "DEACTIVATION", "ARREARS"])),
        (r#""outcome": "joined""#, "outcome", json!(["joined", "failed"])),
        (r#""state": "active""#, "state", json!(["active", "locked", "disabled"])),
    ];
    for (place, field, values) in rows {
        for value in values.as_array().expect("values").iter().filter_map(Value::as_str) {
            assert!(section().contains(&format!("`{value}`")), "the page does not tell of {value}");
            let set = format!(r#""{field}": "{value}""#);
            let set = if place.ends_with("{}") { format!(r#""answers": {{{set}}}"#) } else { set };
            World::from_yaml(&seed.replacen(place, &set, 1)).unwrap_or_else(|error| panic!("{set}: {error}"));
        }
    }
    for mistake in
        ["huaweiRtc: {p: {accesskeys: {}}}", "huaweiRtc: {p: {apps: {a: {rooms: [{id: r}]}}}}", "iam: {user: {}}"]
    {
        World::from_yaml(mistake).expect_err(mistake);
    }
}

#[test]
fn the_page_names_every_operation() {
    let error = roomkeeper_sim::FaultError::UnknownOperation(String::new()).to_string();
    let names: Vec<&str> = error.split(", ").filter(|name| !name.contains('/')).collect();
    let ours = ["dismiss_room", "realtime_scale", "delete_app", "create_token", "list_projects"];
    assert!(ours.iter().all(|name| names.contains(name)), "{names:?}");
    let missing: Vec<&&str> = names.iter().filter(|name| !PAGE.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "the page does not tell of {missing:?}");
}

#[tokio::test]
async fn the_example_seed_opens_with_its_key_and_its_password() {
    let world = World::from_yaml(SEED).expect("the example is a seed");
    let (project, key) = world.huawei_rtc.first_key_value().expect("a project");
    let (project, key) =
        (project.clone(), key.access_keys.first_key_value().map(|(id, key)| (id.clone(), key.clone())));
    let (id, KnownKey { secret, .. }) = key.expect("an access key");
    assert_eq!((project.as_str(), id.as_str()), (PROJECT, KEY));
    let simulator = Simulator::start(Options::from(world)).await.expect("free ports");
    let now = simulator.clock().now();
    let look = Draft::get(ROOMS).with("app", APP).signed_with(&id, secret.expose()).signed_at(now);
    let body = look.ok(&simulator, 200).await;
    assert_eq!((&body["total"], &body["room_info_list"][0]["room_id"]), (&json!(1), &json!("all-hands")));
    simulator.leave_rtc(RtcRoom { room: "all-hands", ..ROOM }, "bob").expect("he is in");
    let user =
        json!({ "domain": { "name": "example" }, "name": "robot", "password": "the password of the simulated user" });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let body = json!({ "auth": { "identity": identity, "scope": { "project": { "id": PROJECT } } } });
    Draft::post("/v3/auth/tokens").by_nobody().json(&body).ok(&simulator, 201).await;
}
