//! IAM: log-in with a password, tokens in CloudRTC, and the look-up of the project.

use std::time::Duration;

use roomkeeper_sim::{Effect, Fault, Simulator, User, UserState};
use serde_json::{Value, json};

use super::*;
use crate::control_port::control;

const PASSWORD: &str = "correct horse battery staple";

async fn with_user() -> Simulator {
    let simulator = simulator().await;
    let user = User { password: PASSWORD.into(), state: UserState::Active };
    simulator.world(|world| world.iam.users.entry("example".to_owned()).or_default().insert("robot".to_owned(), user));
    simulator
}

fn log_in_with(password: &str, scope: &Value) -> Draft {
    let user = json!({ "domain": { "name": "example" }, "name": "robot", "password": password });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let body = json!({ "auth": { "identity": identity, "scope": scope } });
    Draft::post("/v3/auth/tokens").with("nocatalog", "true").by_nobody().without("x-project-id").json(&body)
}

fn log_in() -> Draft {
    log_in_with(PASSWORD, &json!({ "project": { "name": "cn-north-4" } }))
}

async fn token(simulator: &Simulator) -> String {
    let answer = log_in().send(simulator).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.headers["x-subject-token"].to_str().expect("ASCII").to_owned()
}

#[tokio::test]
async fn a_token_opens_cloud_rtc_for_a_day() {
    let simulator = with_user().await;
    let answer = log_in().send(&simulator).await;
    let token = answer.headers["x-subject-token"].to_str().expect("ASCII").to_owned();
    let told = &answer.body["token"];
    assert_eq!((answer.status, &told["project"]["id"]), (201, &json!(PROJECT)));
    assert_eq!(told["issued_at"], "2027-01-15T08:00:00.000000Z");
    assert_eq!(told["expires_at"], "2027-01-16T08:00:00.000000Z");
    assert_eq!((&told["user"]["name"], &told["catalog"]), (&json!("robot"), &json!([])));
    let look = Draft::get("/v2/apps").token(&token);
    look.ok(&simulator, 200).await;
    let entry = simulator.journal().pop().expect("an entry");
    assert_eq!((entry.account.as_deref(), entry.identifier.as_deref()), (Some(PROJECT), Some("robot")));
    simulator.clock().advance(Duration::from_secs(24 * 3600 - 1));
    look.ok(&simulator, 200).await;
    simulator.clock().advance(Duration::from_secs(1));
    let late = look.send(&simulator).await;
    assert_eq!((late.status, late.code().as_deref()), (401, Some("APIGW.0301")));
}

#[tokio::test]
async fn a_further_token_leaves_the_first_as_it_is() {
    let simulator = with_user().await;
    let (first, second) = (token(&simulator).await, token(&simulator).await);
    assert_ne!(first, second);
    for token in [first, second] {
        Draft::get("/v2/apps").token(&token).ok(&simulator, 200).await;
    }
    // Nor does a log-in count as a write: nobody could look at what it changes.
    assert!(simulator.journal().iter().all(|entry| !entry.applied));
}

#[tokio::test]
async fn who_cannot_log_in_is_refused_and_loses_the_tokens() {
    let simulator = with_user().await;
    let token = token(&simulator).await;
    let project = json!({ "project": { "name": "cn-north-4" } });
    let malformed = log_in().body("{");
    let no_method = log_in().json(&json!({ "auth": { "identity": { "methods": ["token"] } } }));
    let no_user = log_in().json(&json!({ "auth": { "identity": { "methods": ["password"] } } }));
    let rows = [
        (log_in_with("wrong", &project), 401),
        (log_in_with(PASSWORD, &json!({ "project": { "name": "mars-1" } })), 401),
        (log_in_with(PASSWORD, &json!({ "project": { "id": "7" } })), 401),
        (log_in_with(PASSWORD, &json!({ "project": {} })), 400),
        (malformed, 400),
        (no_method, 400),
        (no_user, 400),
    ];
    for (draft, status) in rows {
        let answer = draft.send(&simulator).await;
        assert_eq!((answer.status, &answer.body["error"]["code"]), (status, &json!(status)), "{draft:?}");
        assert!(answer.headers.get("x-subject-token").is_none());
        assert_eq!(simulator.journal().pop().and_then(|entry| entry.code).expect("a code"), i64::from(status));
    }
    for state in ["locked", "disabled"] {
        let change = json!({ "users": { "example": { "robot": { "state": state } } } }).to_string();
        assert_eq!(control(&simulator, "PATCH", "/iam", &change).await.0, 200);
        assert_eq!(log_in().send(&simulator).await.status, 401, "{state}");
        assert_eq!(Draft::get("/v2/apps").token(&token).send(&simulator).await.status, 401, "{state}");
    }
}

#[tokio::test]
async fn tokens_are_taken_back_and_live_as_long_as_the_world_says() {
    let simulator = with_user().await;
    let first = token(&simulator).await;
    let shown = control(&simulator, "PATCH", "/iam", r#"{"tokens": null, "tokenSeconds": 60}"#).await.1;
    assert_eq!((&shown["tokens"], &shown["users"]["example"]["robot"]["password"]), (&json!([]), &json!("(secret)")));
    assert_eq!(Draft::get("/v2/apps").token(&first).send(&simulator).await.status, 401);
    let second = Draft::get("/v2/apps").token(&token(&simulator).await);
    second.ok(&simulator, 200).await;
    simulator.clock().advance(Duration::from_secs(60));
    assert_eq!(second.send(&simulator).await.status, 401);
}

#[tokio::test]
async fn a_token_without_a_project_or_for_another_opens_nothing() {
    let simulator = with_user().await;
    let answer = log_in_with(PASSWORD, &Value::Null).send(&simulator).await;
    let token = answer.headers["x-subject-token"].to_str().expect("ASCII");
    let refused = Draft::get("/v2/apps").token(token).send(&simulator).await;
    assert_eq!((refused.status, refused.code().as_deref()), (400, Some("RTC.00001001")));
    simulator
        .world(|world| world.project_mut(PROJECT).map(|project| project.domain = "another".to_owned()))
        .expect("it");
    assert_eq!(log_in().send(&simulator).await.status, 401, "the project is another account's");
}

#[tokio::test]
async fn passwords_and_tokens_are_told_nowhere() {
    let simulator = with_user().await;
    let token = token(&simulator).await;
    Draft::get("/v2/apps").token(&token).ok(&simulator, 200).await;
    let entry = simulator.journal().swap_remove(0);
    assert_eq!((entry.operation.as_str(), entry.account.as_deref()), ("create_token", Some("example")));
    assert_eq!(entry.identifier.as_deref(), Some("robot"));
    let told = [
        control(&simulator, "GET", "/state", "").await.1.to_string(),
        control(&simulator, "GET", "/journal", "").await.1.to_string(),
        format!("{:?}", simulator.world(|world| world.clone())),
    ];
    for told in told {
        assert!(!told.contains(PASSWORD) && !told.contains(&token), "{told}");
    }
}

#[tokio::test]
async fn the_owner_of_a_key_finds_the_project_by_its_name() {
    let simulator = with_user().await;
    let look = |name: &str| Draft::get("/v3/projects").with("name", name).without("x-project-id");
    let found = look("cn-north-4").ok(&simulator, 200).await;
    let projects = found["projects"].as_array().expect("a list");
    assert_eq!((projects.len(), &projects[0]["id"], &projects[0]["enabled"]), (1, &json!(PROJECT), &json!(true)));
    assert_eq!(look("mars-1").ok(&simulator, 200).await["projects"], json!([]));
    let entry = simulator.journal().pop().expect("an entry");
    assert_eq!((entry.operation.as_str(), entry.identifier.as_deref()), ("list_projects", Some(KEY)));
    let foreign = look("cn-north-4").signed_with("AKOTHER", SECRET).send(&simulator).await;
    assert_eq!((foreign.status, foreign.code().as_deref()), (401, Some("APIGW.0301")));
    let by_token = Draft::get("/v3/projects").token(&token(&simulator).await);
    assert_eq!(by_token.ok(&simulator, 200).await["projects"].as_array().map(Vec::len), Some(1));
    assert_eq!(Draft::get("/v3/users").send(&simulator).await.code().as_deref(), Some("APIGW.0101"));
}

#[tokio::test]
async fn a_log_in_that_only_seems_to_work_gives_a_token_that_does_not() {
    let simulator = with_user().await;
    simulator.faults().add(Fault::at("create_token", Effect::AcceptOnly)).expect("a fault");
    let dud = token(&simulator).await;
    assert_eq!(Draft::get("/v2/apps").token(&dud).send(&simulator).await.status, 401);
    simulator.faults().add(Fault::at("create_token", Effect::refuse(403))).expect("a fault");
    assert_eq!(log_in().send(&simulator).await.body["error"]["title"], "Forbidden");
    simulator.faults().add(Fault::at("list_projects", Effect::Throttle)).expect("a fault");
    let throttled = Draft::get("/v3/projects").send(&simulator).await;
    assert_eq!((throttled.status, throttled.code().as_deref()), (429, Some("APIGW.0308")));
}
