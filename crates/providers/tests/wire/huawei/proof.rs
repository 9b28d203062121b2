//! How CloudRTC is told who calls, and the two refusals after which a call is made once more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use roomkeeper_providers::huawei::CloudRtc;
use roomkeeper_providers::{Class, Code, Outcome};
use serde_json::json;
use tokio::task::JoinSet;

use super::{
    APP, NOW, PASSWORD, PROJECT, TOKEN, access_key, cloud_rtc, iam_token, is_log_in, password, refused, shown,
};
use crate::vendor::{Answer, Vendor, http};

const TOMORROW: &str = "2026-01-02T00:00:00.000000Z";

fn app() -> Answer {
    shown(&json!({"app_id": APP}))
}

/// Returns a refusal of the signature by a vendor whose clock shows this.
fn refused_at(date: &str) -> Answer {
    let body = json!({"error_msg": "Incorrect IAM authentication information", "error_code": "APIGW.0301",
        "request_id": "req-3"});
    http("401 Unauthorized", &format!("Date: {date}\r\n"), &body.to_string())
}

#[tokio::test]
async fn a_clock_that_the_vendor_proves_wrong_is_put_right_once_and_for_all() {
    let late = "Thu, 01 Jan 2026 00:20:00 GMT";
    let vendor = Vendor::start([refused_at(late), app(), app()]).await;
    let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
    client.get_app(APP).await.expect("signed with the vendor's time");
    client.clone().get_app(APP).await.expect("a clone has learned it too");
    let requests = vendor.requests();
    let dates: Vec<_> = requests.iter().map(|request| request.header("x-sdk-date").expect("a date")).collect();
    assert_eq!(dates, ["20260101T000000Z", "20260101T002000Z", "20260101T002000Z"]);
}

#[tokio::test]
async fn a_signature_that_is_refused_again_or_in_time_is_a_failure() {
    let rows = [
        (vec![refused_at("Thu, 01 Jan 2026 00:20:00 GMT"), refused_at("Thu, 01 Jan 2026 00:20:01 GMT"), app()], 2),
        (vec![refused_at("Wed, 31 Dec 2025 23:40:00 GMT"), refused_at("Thu, 01 Jan 2026 00:40:00 GMT"), app()], 2),
        (vec![refused_at("Thu, 01 Jan 2026 00:05:00 GMT"), app()], 1),
        (vec![refused_at("yesterday"), app()], 1),
        (vec![refused("401 Unauthorized", "APIGW.0301"), app()], 1),
        (vec![refused("403 Forbidden", "RTC.00001021"), app()], 1),
    ];
    for (row, (answers, calls)) in rows.into_iter().enumerate() {
        let vendor = Vendor::start(answers).await;
        let client = cloud_rtc(&vendor.endpoint, access_key(), || NOW);
        let error = client.get_app(APP).await.expect_err("refused");
        let class = if row == 5 { Class::Denied } else { Class::Credentials };
        assert_eq!((error.class(), error.outcome()), (class, Outcome::Refused), "row {row}");
        assert_eq!(vendor.requests().len(), calls, "row {row}");
        if row == 0 {
            assert_eq!(error.code(), Some(&Code::Huawei("APIGW.0301".into())));
            assert_eq!(error.message(), "Incorrect IAM authentication information");
            assert_eq!(error.request_id(), Some("req-3"), "the body's, where no header has it");
        }
    }
}

#[tokio::test]
async fn a_password_becomes_a_token_for_the_project() {
    let vendor = Vendor::start([iam_token(TOKEN, TOMORROW), app(), app()]).await;
    let client = cloud_rtc(&vendor.endpoint, password(), || NOW);
    client.get_app(APP).await.expect("let in");
    client.get_app(APP).await.expect("let in");
    let [log_in, first, second] = <[_; 3]>::try_from(vendor.requests()).expect("three calls");
    assert_eq!(log_in.line(), "POST /v3/auth/tokens");
    assert_eq!(log_in.query(), [("nocatalog", "true")].into());
    assert_eq!((log_in.header("content-type"), log_in.header("authorization")), (Some("application/json"), None));
    assert_eq!(
        log_in.json(),
        json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "domain": {"name": "acme"}, "name": "keeper", "password": PASSWORD,
            }}},
            "scope": {"project": {"id": PROJECT}},
        }})
    );
    for request in [first, second] {
        assert_eq!((request.header("x-auth-token"), request.header("authorization")), (Some(TOKEN), None));
        assert_eq!(request.header("x-project-id"), Some(PROJECT));
    }
}

#[tokio::test]
async fn a_token_is_replaced_half_way_by_the_vendors_clock_and_when_ours_goes_back() {
    // The clock of the test is a day late, which must not matter.
    const YESTERDAY: u64 = NOW - 86_400;
    let rows = [
        ("2026-01-01T02:00:00Z", 3600),
        (TOMORROW, 43_200),
        // More than the documented day is not believed.
        ("2027-01-01T00:00:00Z", 43_200),
    ];
    for (expires_at, half) in rows {
        let vendor =
            Vendor::answering(move |request| if is_log_in(request) { iam_token(TOKEN, expires_at) } else { app() })
                .await;
        let time = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&time);
        let client = cloud_rtc(&vendor.endpoint, password(), move || clock.load(Ordering::Relaxed));
        let mut log_ins = Vec::new();
        for now in [YESTERDAY, YESTERDAY + half - 1, YESTERDAY + half, YESTERDAY - 1] {
            time.store(now, Ordering::Relaxed);
            client.get_app(APP).await.expect("let in");
            log_ins.push(vendor.requests().iter().filter(|request| is_log_in(request)).count());
        }
        assert_eq!(log_ins, [1, 1, 2, 3], "{expires_at}");
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_only_once() {
    let refusal = || refused("401 Unauthorized", "APIGW.0301");
    let vendor = Vendor::start([iam_token("one", TOMORROW), refusal(), iam_token("two", TOMORROW), app(), app()]).await;
    let client = cloud_rtc(&vendor.endpoint, password(), || NOW);
    client.get_app(APP).await.expect("let in with the second token");
    client.get_app(APP).await.expect("the second token is kept");
    let tokens: Vec<_> =
        vendor.requests().iter().map(|request| request.header("x-auth-token").map(str::to_owned)).collect();
    let token = |text: &str| Some(text.to_owned());
    assert_eq!(tokens, [None, token("one"), None, token("two"), token("two")]);

    let answers = [iam_token("one", TOMORROW), refusal(), iam_token("two", TOMORROW), refusal(), app()];
    let vendor = Vendor::start(answers).await;
    let error = cloud_rtc(&vendor.endpoint, password(), || NOW).get_app(APP).await.expect_err("refused again");
    assert_eq!((error.class(), error.operation()), (Class::Credentials, "get_app"));
    assert_eq!(vendor.requests().len(), 4);
}

#[tokio::test]
async fn a_log_in_that_fails_is_the_failure_of_the_call_and_is_not_repeated() {
    let iam = |status: u16, text: &str| {
        let body = json!({"error": {"code": status, "message": text, "title": "t"}});
        http(&format!("{status} No"), "X-Request-Id: req-4\r\n", &body.to_string())
    };
    let rows = [
        (iam(401, "wrong"), Class::Credentials, Outcome::Refused, "wrong"),
        (iam(400, "bad"), Class::Credentials, Outcome::Refused, "bad"),
        (iam(403, "locked"), Class::Denied, Outcome::Refused, "locked"),
        (iam(503, "busy"), Class::Unavailable, Outcome::Uncertain, "busy"),
        (http("201 Created", "", "{\"token\":{}}"), Class::Unknown, Outcome::Uncertain, "X-Subject-Token"),
        (http("200 OK", "", "<html>"), Class::Unknown, Outcome::Uncertain, "HTML"),
    ];
    for (row, (answer, class, outcome, text)) in rows.into_iter().enumerate() {
        let vendor = Vendor::start([answer]).await;
        let error = cloud_rtc(&vendor.endpoint, password(), || NOW).get_app(APP).await.expect_err("not let in");
        assert_eq!((error.class(), error.operation()), (class, "log_in"), "row {row}");
        assert_eq!(error.outcome(), outcome, "row {row}");
        assert!(error.message().contains(text), "row {row}: {error}");
        if row < 4 {
            assert!(matches!(error.code(), Some(Code::Http(_))), "IAM has no codes of its own: {error}");
            assert_eq!(error.request_id(), Some("req-4"));
        }
        assert_eq!(vendor.requests().len(), 1, "row {row}");
    }
}

/// Makes 20 calls at the same time.
async fn crowd(client: &CloudRtc) -> Vec<Result<(), Class>> {
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        calls.spawn(async move { client.get_app(APP).await.map(drop).map_err(|error| error.class()) });
    }
    calls.join_all().await
}

#[tokio::test]
async fn a_crowd_logs_in_once_whatever_comes_of_it() {
    let vendor = Vendor::answering(|request| if is_log_in(request) { iam_token(TOKEN, TOMORROW) } else { app() }).await;
    let client = cloud_rtc(&vendor.endpoint, password(), || NOW);
    assert_eq!(crowd(&client).await, vec![Ok(()); 20]);
    assert_eq!(vendor.requests().iter().filter(|request| is_log_in(request)).count(), 1);

    let vendor = Vendor::start([refused("401 Unauthorized", "401"), iam_token(TOKEN, TOMORROW), app()]).await;
    let client = cloud_rtc(&vendor.endpoint, password(), || NOW);
    assert_eq!(crowd(&client).await, vec![Err(Class::Credentials); 20]);
    assert_eq!(vendor.requests().len(), 1, "a wrong password is tried once");
    client.get_app(APP).await.expect("a later call tries anew");

    // A token that the vendor has forgotten is replaced once, although twenty calls hear of it.
    let mut log_ins = 0;
    let vendor = Vendor::answering(move |request| {
        if is_log_in(request) {
            log_ins += 1;
            return iam_token(&format!("token-{log_ins}"), TOMORROW);
        }
        match request.header("x-auth-token") {
            Some("token-1") => refused("401 Unauthorized", "APIGW.0301"),
            _ => app(),
        }
    })
    .await;
    let client = cloud_rtc(&vendor.endpoint, password(), || NOW);
    assert_eq!(crowd(&client).await, vec![Ok(()); 20]);
    assert_eq!(vendor.requests().iter().filter(|request| is_log_in(request)).count(), 2);
}
