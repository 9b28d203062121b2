//! The tokens of Cloud Meeting: one for each caller, one at a time, and never a log-in too many.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use roomkeeper_providers::huawei::Meeting;
use roomkeeper_providers::huawei::meeting::{Account, VmrUpdate};
use roomkeeper_providers::{Class, Outcome};
use serde_json::json;
use tokio::task::JoinSet;

use super::{APP_KEY, NOW, VMR, chain, is_log_in, meeting, meeting_token, pace, refused, shown};
use crate::vendor::{Answer, Request, Vendor, http};

const STALE: &str = "USG.000000004";

fn none() -> Answer {
    shown(&json!({"count": 0, "data": []}))
}

/// Answers as a vendor that gives each log-in another token, which holds for so many seconds.
fn generous(seconds: u64) -> impl FnMut(&Request) -> Answer + Send + 'static {
    let mut log_ins = 0;
    move |request| {
        if !is_log_in(request) {
            return none();
        }
        log_ins += 1;
        meeting_token(&format!("token-{log_ins}"), seconds)
    }
}

/// Returns for each request its token, or who logs in.
fn story(vendor: &Vendor) -> Vec<String> {
    let told = |request: &Request| match request.header("x-access-token") {
        Some(token) if request.line().starts_with("DELETE /v1/usg/acs/token") => format!("out {token}"),
        Some(token) => token.to_owned(),
        None => format!("in {}", request.json()["userId"]),
    };
    vendor.requests().iter().map(told).collect()
}

#[tokio::test]
async fn each_caller_has_a_token_of_its_own_and_nobody_else_is_logged_in() {
    let vendor = Vendor::answering(generous(40_000)).await;
    let client = meeting(&vendor.endpoint, None, || NOW);
    client.get_corp_vmrs(pace).await.expect("listed");
    client.get_member_vmrs("alice", pace).await.expect("listed");
    client.clone().get_member_vmrs("bob", pace).await.expect("listed");
    client.get_member_vmrs("alice", pace).await.expect("listed");
    client.assign_vmr(&Account::UserId("carol".into()), VMR).await.expect("assigned");
    let wanted = ["in \"\"", "token-1", "in \"alice\"", "token-2", "in \"bob\"", "token-3", "token-2", "token-1"];
    assert_eq!(story(&vendor), wanted);
}

#[tokio::test]
async fn a_token_is_renewed_at_four_fifths_of_its_life_and_the_old_one_given_back() {
    for (answer, life) in [(Some(1000), 1000), (Some(56_326), 56_325), (None, 43_200)] {
        let mut log_ins = 0;
        let vendor = Vendor::answering(move |request| {
            if !is_log_in(request) {
                return none();
            }
            log_ins += 1;
            let token = format!("token-{log_ins}");
            answer.map_or_else(|| shown(&json!({ "accessToken": token })), |seconds| meeting_token(&token, seconds))
        })
        .await;
        let time = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&time);
        let client = meeting(&vendor.endpoint, None, move || clock.load(Ordering::Relaxed));
        for now in [NOW, NOW + life / 5 * 4 - 1, NOW + life / 5 * 4] {
            time.store(now, Ordering::Relaxed);
            client.get_corp_vmrs(pace).await.expect("listed");
        }
        let wanted = ["in \"\"", "token-1", "token-1", "in \"\"", "out token-1", "token-2"];
        assert_eq!(story(&vendor), wanted, "{life}");
    }
}

#[tokio::test]
async fn a_clock_that_goes_back_renews_the_token() {
    let vendor = Vendor::answering(generous(1000)).await;
    let time = Arc::new(AtomicU64::new(NOW));
    let clock = Arc::clone(&time);
    let client = meeting(&vendor.endpoint, None, move || clock.load(Ordering::Relaxed));
    client.get_corp_vmrs(pace).await.expect("listed");
    time.store(NOW - 1, Ordering::Relaxed);
    client.get_corp_vmrs(pace).await.expect("listed");
    assert_eq!(story(&vendor), ["in \"\"", "token-1", "in \"\"", "out token-1", "token-2"]);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_only_once() {
    for refusal in [("401 Unauthorized", STALE), ("401 Unauthorized", "USG.1"), ("400 Bad Request", STALE)] {
        let stale = || refused(refusal.0, refusal.1);
        let answers = [meeting_token("one", 1000), stale(), meeting_token("two", 1000), none(), none()];
        let vendor = Vendor::start(answers).await;
        let client = meeting(&vendor.endpoint, None, || NOW);
        client.get_corp_vmrs(pace).await.expect("listed with the second token");
        client.get_corp_vmrs(pace).await.expect("the second token is kept");
        assert_eq!(story(&vendor), ["in \"\"", "one", "in \"\"", "two", "two"]);

        let vendor = Vendor::start([meeting_token("one", 1000), stale(), meeting_token("two", 1000), stale()]).await;
        let error = meeting(&vendor.endpoint, None, || NOW).get_corp_vmrs(pace).await.expect_err("refused again");
        assert_eq!((error.class(), error.operation()), (Class::Credentials, "get_corp_vmrs"));
        assert_eq!(story(&vendor), ["in \"\"", "one", "in \"\"", "two"]);
    }
    let stale = || refused("401 Unauthorized", STALE);
    let vendor = Vendor::start([meeting_token("one", 1000), stale(), meeting_token("two", 1000), stale()]).await;
    let client = meeting(&vendor.endpoint, None, || NOW);
    let error = client.update_vmr("alice", VMR, &VmrUpdate::default()).await.expect_err("refused again");
    assert_eq!(error.class(), Class::Denied, "the log-in proved the credential, so it concerns alice");
    assert_eq!(error.outcome(), Outcome::Refused);
}

#[tokio::test]
async fn no_other_refusal_is_repeated() {
    for (status, class) in
        [("403 Forbidden", Class::Denied), ("412 Disabled", Class::Denied), ("423 Locked", Class::Denied)]
    {
        let vendor = Vendor::start([meeting_token("one", 1000), refused(status, "USG.1"), none()]).await;
        let client = meeting(&vendor.endpoint, None, || NOW);
        assert_eq!(client.get_corp_vmrs(pace).await.expect_err("refused").class(), class);
        assert_eq!(vendor.requests().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn a_log_in_that_fails_blames_the_credential_or_the_user() {
    let rows = [
        ("401 Unauthorized", "USG.206010025", Class::Credentials, Class::Credentials),
        ("401 Unauthorized", "USG.1", Class::Credentials, Class::Credentials),
        ("400 Bad Request", "USG.1", Class::Credentials, Class::Invalid),
        ("403 Forbidden", "USG.1", Class::Credentials, Class::Denied),
        ("412 Precondition Failed", "USG.206010007", Class::Credentials, Class::Denied),
        ("423 Locked", "USG.1", Class::Credentials, Class::Denied),
        ("429 Slow", "APIGW.0308", Class::Throttled { after: None }, Class::Throttled { after: None }),
        ("500 Broken", "USG.1", Class::Unavailable, Class::Unavailable),
    ];
    for (status, code, administrator, user) in rows {
        let vendor = Vendor::start([refused(status, code), refused(status, code)]).await;
        let client = meeting(&vendor.endpoint, None, || NOW);
        let error = client.log_in_as_administrator().await.expect_err("not let in");
        assert_eq!((error.class(), error.operation()), (administrator, "log_in_as_administrator"), "{status}");
        let error = client.get_member_vmrs("alice", pace).await.expect_err("not let in");
        assert_eq!((error.class(), error.operation()), (user, "log_in_as_user"), "{status}");
        assert_eq!(error.request_id(), Some("req-2"));
        assert_eq!(vendor.requests().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn a_log_in_without_a_token_is_none() {
    for body in ["{}", "{\"accessToken\":\"\"}", "{\"accessToken\":\"hunter2\",\"validPeriod\":\"hunter2\"}"] {
        let vendor = Vendor::start([http("200 OK", "", body)]).await;
        let error = meeting(&vendor.endpoint, None, || NOW).log_in_as_administrator().await.expect_err("no token");
        assert_eq!(error.class(), Class::Unknown, "{body}");
        assert!(!chain(&error).contains("hunter2"), "{error}");
    }
    let vendor = Vendor::start([meeting_token("two\u{e9}", 1000)]).await;
    let error = meeting(&vendor.endpoint, None, || NOW).get_corp_vmrs(pace).await.expect_err("no header takes it");
    assert!(matches!(error.class(), Class::Unknown) || vendor.requests().len() == 2);
    assert!(!chain(&error).contains("two"), "{error}");
}

#[tokio::test]
async fn a_clock_that_the_vendor_proves_wrong_is_put_right_once() {
    let expired = |status: &str, code: &str| {
        let body = json!({"error_code": code, "error_msg": "expired"});
        http(status, "Date: Thu, 01 Jan 2026 00:20:00 GMT\r\n", &body.to_string())
    };
    for (status, code) in [("401 Unauthorized", "USG.1"), ("400 Bad Request", "USG.206010057")] {
        let vendor = Vendor::start([expired(status, code), meeting_token("one", 1000)]).await;
        let client = meeting(&vendor.endpoint, None, || NOW);
        client.log_in_as_administrator().await.expect("let in with the vendor's time");
        let times: Vec<u64> =
            vendor.requests().iter().filter_map(|request| request.json()["expireTime"].as_u64()).collect();
        assert_eq!(times, [NOW + 600, NOW + 1800]);

        let vendor = Vendor::start([expired(status, code), expired(status, code), none()]).await;
        let error = meeting(&vendor.endpoint, None, || NOW).log_in_as_administrator().await.expect_err("still not");
        assert_eq!(error.class(), Class::Credentials);
        assert_eq!(vendor.requests().len(), 2);
    }
}

/// Makes 20 calls as one user at the same time.
async fn crowd(client: &Meeting) -> Vec<Result<(), Class>> {
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        calls
            .spawn(async move { client.get_member_vmrs("alice", pace).await.map(drop).map_err(|error| error.class()) });
    }
    calls.join_all().await
}

#[tokio::test]
async fn a_crowd_logs_in_once_whatever_comes_of_it() {
    let vendor = Vendor::answering(generous(1000)).await;
    assert_eq!(crowd(&meeting(&vendor.endpoint, None, || NOW)).await, vec![Ok(()); 20]);
    assert_eq!(vendor.requests().iter().filter(|request| is_log_in(request)).count(), 1);

    let vendor = Vendor::start([refused("423 Locked", "USG.1")]).await;
    assert_eq!(crowd(&meeting(&vendor.endpoint, None, || NOW)).await, vec![Err(Class::Denied); 20]);
    assert_eq!(vendor.requests().len(), 1, "a locked user is tried once");

    let mut log_ins = 0;
    let vendor = Vendor::answering(move |request| {
        if is_log_in(request) {
            log_ins += 1;
            return meeting_token(&format!("token-{log_ins}"), 1000);
        }
        let forgotten = request.header("x-access-token") == Some("token-1");
        if forgotten { refused("401 Unauthorized", STALE) } else { none() }
    })
    .await;
    assert_eq!(crowd(&meeting(&vendor.endpoint, None, || NOW)).await, vec![Ok(()); 20]);
    assert_eq!(vendor.requests().iter().filter(|request| is_log_in(request)).count(), 2);
}

#[tokio::test]
async fn a_log_in_that_nobody_waits_for_any_more_is_left_to_the_next() {
    let mut log_ins = 0;
    let vendor = Vendor::answering(move |request| {
        if !is_log_in(request) {
            return none();
        }
        log_ins += 1;
        if log_ins == 1 { Answer::Silence } else { meeting_token("two", 1000) }
    })
    .await;
    let client = meeting(&vendor.endpoint, None, || NOW);
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.get_corp_vmrs(pace).await.map(drop) }
    });
    while vendor.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let second = tokio::spawn(async move { client.get_corp_vmrs(pace).await.map(drop) });
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.expect_err("aborted").is_cancelled());
    second.await.expect("no panic").expect("let in by a log-in of its own");
    assert_eq!(story(&vendor), ["in \"\"", "in \"\"", "two"]);
}

#[tokio::test]
async fn all_tokens_are_given_back_and_a_later_call_logs_in_again() {
    let mut answer = generous(1000);
    let vendor = Vendor::answering(move |request| {
        // A refusal is of no interest to anybody.
        if request.line().starts_with("DELETE") { refused("401 Unauthorized", STALE) } else { answer(request) }
    })
    .await;
    let client = meeting(&vendor.endpoint, None, || NOW);
    client.log_out().await;
    client.get_corp_vmrs(pace).await.expect("listed");
    let users: Vec<String> = (0..20).map(|number| format!("user-{number}")).collect();
    for user in &users {
        client.get_member_vmrs(user, pace).await.expect("listed");
    }
    let before = vendor.requests().len();
    client.log_out().await;
    client.log_out().await;
    let mut out = story(&vendor).split_off(before);
    out.sort();
    let mut wanted: Vec<String> = (1..=21).map(|number| format!("out token-{number}")).collect();
    wanted.sort();
    assert_eq!(out, wanted);
    client.get_corp_vmrs(pace).await.expect("listed");
    let requests = vendor.requests();
    let delete = requests.iter().find(|request| request.line().starts_with("DELETE")).expect("a log-out");
    assert_eq!((delete.target(), delete.body.as_str()), ("/v1/usg/acs/token", ""));
    assert_eq!(story(&vendor)[before + 21..], ["in \"\"", "token-22"]);
    assert!(!format!("{client:?}").contains(APP_KEY));
}
