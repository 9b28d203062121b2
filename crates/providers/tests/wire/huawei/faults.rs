//! Answers that are none, and answers that repeat what they were sent: each gives a class and shows nothing secret.

use std::time::Duration;

use roomkeeper_providers::huawei::meeting::{Account, GuestPassword, VmrUpdate};
use roomkeeper_providers::{Class, Code, Error, Outcome, Retry};
use serde_json::json;

use super::{
    APP, APP_KEY, NOW, PASSWORD, SECRET_KEY, TOKEN, VMR, access_key, chain, cloud_rtc, iam_token, meeting,
    meeting_token, pace, password,
};
use crate::vendor::{Answer, Request, Vendor, http, json};

const HTML: &str = "<!DOCTYPE html><html><body>/v2/apps/x</body></html>";
const HOST_PASSWORD: &str = "13572468";
const GUEST_PASSWORD: &str = "97531864";

fn update() -> VmrUpdate {
    VmrUpdate {
        name: Some("room".into()),
        host_password: Some(HOST_PASSWORD.into()),
        guest_password: Some(GuestPassword::Required(GUEST_PASSWORD.into())),
        allow_guest_first: Some(false),
        notify_owner: Some(true),
    }
}

/// What is not an answer, with the class, the outcome and a part of the text that it gives.
fn faults() -> Vec<(Answer, Class, Outcome, Option<u16>, &'static str)> {
    let throttled = |seconds| Class::Throttled { after: Some(Duration::from_secs(seconds)) };
    let half = b"HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\n{\"id\":".to_vec();
    vec![
        (http("200 OK", "", HTML), Class::Unknown, Outcome::Uncertain, Some(200), "web page"),
        (http("202 Accepted", "", &"x".repeat(20_000)), Class::Unknown, Outcome::Uncertain, None, "16384 bytes"),
        (http("500 Broken", "", HTML), Class::Unavailable, Outcome::Uncertain, Some(500), "web page"),
        (http("502 Bad Gateway", "", ""), Class::Unavailable, Outcome::Uncertain, Some(502), ""),
        (http("503 Busy", "", "{}"), Class::Unavailable, Outcome::Uncertain, Some(503), "something else"),
        (http("404 Not Found", "", HTML), Class::Unknown, Outcome::Uncertain, Some(404), "endpoint"),
        (http("403 Forbidden", "", HTML), Class::Unknown, Outcome::Uncertain, Some(403), "endpoint"),
        (http("403 Forbidden", "", "go away"), Class::Denied, Outcome::Refused, Some(403), "something else"),
        (http("400 Bad Request", "", ""), Class::Invalid, Outcome::Refused, Some(400), ""),
        (http("400 Bad Request", "", "[1]"), Class::Invalid, Outcome::Refused, Some(400), "something else"),
        (http("409 Conflict", "", ""), Class::Unknown, Outcome::Uncertain, Some(409), ""),
        (http("302 Found", "Location: /login\r\n", ""), Class::Unknown, Outcome::Uncertain, Some(302), "proxy"),
        (http("429 Slow", "Retry-After: 7\r\n", ""), throttled(7), Outcome::Refused, Some(429), ""),
        (http("429 Slow", "Retry-After: 999999\r\n", "{}"), throttled(3600), Outcome::Refused, Some(429), ""),
        (http("429 Slow", "", HTML), Class::Throttled { after: None }, Outcome::Refused, Some(429), ""),
        (Answer::Bytes(half), Class::Unavailable, Outcome::Uncertain, None, "before the answer was complete"),
        (Answer::Bytes(Vec::new()), Class::Unavailable, Outcome::Uncertain, None, "before the answer was complete"),
        (Answer::Silence, Class::Unavailable, Outcome::Uncertain, None, "within 0.5 s"),
    ]
}

fn check(place: &str, error: &Error, (class, outcome, status, text): (Class, Outcome, Option<u16>, &str)) {
    assert_eq!((error.class(), error.outcome()), (class, outcome), "{place}: {error}");
    assert_eq!(error.code(), status.map(Code::Http).as_ref(), "{place}");
    assert!(error.message().contains(text), "{place}: {error}");
}

#[tokio::test]
async fn what_is_not_an_answer_to_a_dismissal_is_classified_and_never_repeated() {
    for (row, (answer, class, outcome, status, text)) in faults().into_iter().enumerate() {
        let vendor = Vendor::start([answer]).await;
        let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
        let error = client.dismiss_room(APP, "room-1").await.expect_err("no success was answered");
        check(&format!("row {row}"), &error, (class, outcome, status, text));
        assert_eq!(vendor.requests().len(), 1, "row {row}");
    }
}

#[tokio::test]
async fn what_is_not_an_answer_to_an_update_is_classified_and_never_repeated() {
    for (row, (answer, class, outcome, status, text)) in faults().into_iter().enumerate() {
        let vendor = Vendor::start([meeting_token(TOKEN, 1000), answer]).await;
        let client = meeting(&vendor.endpoint, None, || NOW);
        let error = client.update_vmr("alice", VMR, &update()).await.expect_err("no success was answered");
        check(&format!("row {row}"), &error, (class, outcome, status, text));
        assert!(error.request_id().is_some(), "row {row}: ours, if no other");
        assert_eq!(vendor.requests().len(), 2, "row {row}");
    }
}

#[tokio::test]
async fn what_is_not_a_list_is_none() {
    let rows = [
        ("", Class::Unavailable, "nothing"),
        ("{\"total\":1,", Class::Unavailable, "breaks off"),
        ("total", Class::Unknown, "not JSON"),
        (HTML, Class::Unknown, "HTML"),
        ("{\"apps\":[]}", Class::Unknown, "a missing or unexpected value"),
        ("{\"count\":1,\"apps\":[{\"app_key\":\"hunter2\"}]}", Class::Unknown, "apps[0]"),
        ("{\"count\":1,\"apps\":\"hunter2\"}", Class::Unknown, "apps"),
    ];
    for (body, class, text) in rows {
        let vendor = Vendor::start([http("200 OK", "X-Request-Id: req-1\r\n", body)]).await;
        let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
        let error = client.get_apps(1).await.expect_err("no list");
        assert_eq!((error.class(), error.request_id()), (class, Some("req-1")), "{body}: {error}");
        assert!(error.message().contains(text), "{body}: {error}");
        assert!(!chain(&error).contains("hunter2"));
    }
}

#[tokio::test]
async fn a_code_is_found_under_each_name_that_the_vendor_uses() {
    let rows = [
        json!({"error_code": "RTC.00001016", "error_msg": "stopped"}),
        json!({"errorCode": "RTC.00001016", "errorMsg": "stopped"}),
        json!({"code": "RTC.00001016", "message": "stopped"}),
        json!({"error": {"error_code": "RTC.00001016", "error_msg": "stopped"}}),
        json!({"request_id": "x", "status": 400, "data": {"code": "RTC.00001016", "message": "stopped"}}),
    ];
    for body in rows {
        let vendor = Vendor::start([http("400 Bad Request", "", &body.to_string())]).await;
        let error = cloud_rtc(&vendor.endpoint, access_key(), || NOW).get_apps(1).await.expect_err("refused");
        assert_eq!((error.class(), error.retry()), (Class::Quota, Retry::Slowly), "{body}");
        assert_eq!((error.code(), error.message()), (Some(&Code::Huawei("RTC.00001016".into())), "stopped"), "{body}");
        let wanted =
            "`get_apps` failed: the account's package, quota or payment does not allow it (code RTC.00001016): stopped";
        assert_eq!(error.to_string(), wanted);
    }
    for code in [json!("a code that is a sentence"), json!("x".repeat(65)), json!(["RTC.00001016"]), json!(400)] {
        let body = json!({"error_code": code, "error_msg": "a text"});
        let vendor = Vendor::start([http("400 Bad Request", "", &body.to_string())]).await;
        let error = cloud_rtc(&vendor.endpoint, access_key(), || NOW).get_apps(1).await.expect_err("refused");
        assert_eq!((error.code(), error.message()), (Some(&Code::Http(400)), "a text"), "{body}");
    }
}

#[tokio::test]
async fn an_error_can_answer_many_looks() {
    let vendor = Vendor::start([Answer::Silence]).await;
    let error = cloud_rtc(&vendor.endpoint, access_key(), || NOW).get_apps(1).await.expect_err("no answer");
    assert_eq!(chain(&error.clone()), chain(&error));
}

/// Answers a refusal that repeats the whole request.
fn echo(request: &Request) -> Answer {
    // The body first: a text is cut where it gets long, and the secrets have to be gone before.
    let text = format!("{} {}", request.body, request.head);
    let body = json!({"error_code": text, "error_msg": text, "request_id": text}).to_string();
    // A line of a header cannot repeat more than a line.
    let authorization = request.header("authorization").or(request.header("x-access-token")).unwrap_or("x");
    http("400 Bad Request", &format!("X-Request-Id: {authorization}\r\n"), &body)
}

/// Fails if anything that can be printed of an error holds something secret of the requests.
fn assert_secretless(vendor: &Vendor, error: &Error) {
    let shown = chain(error);
    let signatures: Vec<String> = vendor
        .requests()
        .iter()
        .filter_map(|request| request.header("authorization"))
        .filter_map(|value| value.to_ascii_lowercase().split_once("signature=").map(|(_, end)| end[..64].to_owned()))
        .collect();
    let fixed = [SECRET_KEY, PASSWORD, "pass \\\"word", APP_KEY, TOKEN, HOST_PASSWORD, GUEST_PASSWORD];
    for secret in fixed.into_iter().chain(signatures.iter().map(String::as_str)) {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(error.message().len() <= 256);
}

#[tokio::test]
async fn a_vendor_that_repeats_the_request_does_not_make_us_tell_its_secrets() {
    let vendor = Vendor::answering(echo).await;
    let error = cloud_rtc(&vendor.endpoint, access_key(), || NOW).get_apps(1).await.expect_err("refused");
    assert_secretless(&vendor, &error);
    let error = cloud_rtc(&vendor.endpoint, password(), || NOW).get_apps(1).await.expect_err("refused");
    assert_eq!(error.operation(), "log_in");
    assert_secretless(&vendor, &error);
    let error = meeting(&vendor.endpoint, None, || NOW).get_corp_vmrs(pace).await.expect_err("refused");
    assert_eq!(error.operation(), "log_in_as_administrator");
    assert_secretless(&vendor, &error);

    let vendor = Vendor::answering(|request| match request.target() {
        target if target.starts_with("/v3/auth/tokens") => iam_token(TOKEN, "2026-01-02T00:00:00Z"),
        "/v2/usg/acs/auth/appauth" => meeting_token(TOKEN, 1000),
        _ => echo(request),
    })
    .await;
    let error = cloud_rtc(&vendor.endpoint, password(), || NOW).get_apps(1).await.expect_err("refused");
    assert_eq!(error.operation(), "get_apps");
    assert_secretless(&vendor, &error);
    let client = meeting(&vendor.endpoint, None, || NOW);
    let error = client.update_vmr("alice", VMR, &update()).await.expect_err("refused");
    assert_eq!(error.class(), Class::Invalid);
    assert_secretless(&vendor, &error);
}

#[tokio::test]
async fn a_vendor_that_cannot_be_reached_was_told_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free loopback port");
    let address = listener.local_addr().expect("a bound listener has an address");
    drop(listener);
    let endpoint = format!("http://{address}/").parse().expect("an address makes a URL");
    let error = cloud_rtc(&endpoint, access_key(), || NOW).dismiss_room(APP, "r").await.expect_err("nobody listens");
    assert_eq!((error.class(), error.outcome(), error.retry()), (Class::Unavailable, Outcome::Refused, Retry::Backoff));
    assert!(chain(&error).contains("refused"), "the cause is kept: {}", chain(&error));
}

#[tokio::test]
async fn a_lost_answer_to_a_hand_over_leaves_its_outcome_open() {
    let vendor = Vendor::start([meeting_token(TOKEN, 1000), Answer::Bytes(Vec::new()), json(&json!({}))]).await;
    let client = meeting(&vendor.endpoint, None, || NOW);
    let account = Account::UserId("alice".into());
    let error = client.recycle_vmr(&account, VMR).await.expect_err("no answer");
    assert_eq!(error.outcome(), Outcome::Uncertain);
    assert_eq!(vendor.requests().len(), 2, "whoever wants to know has to look");
    client.recycle_vmr(&account, VMR).await.expect("any body is an answer");
}
