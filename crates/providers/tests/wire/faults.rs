//! Answers that are none: each gives a class, tells whether a write may have been applied, and shows nothing secret.

use std::error::Error as _;
use std::time::Duration;

use roomkeeper_providers::tencent::RoomEngine;
use roomkeeper_providers::tencent::room_engine::{Password, RoomUpdate};
use roomkeeper_providers::{Class, Code, Error, Outcome, Retry};

use crate::vendor::{Answer, Vendor, http, json};
use crate::{KEY, NOW, client, failure};

const HTML: &str = "<!DOCTYPE html><html><body>/v4/x?usersig=eJyrVg</body></html>";
const PASSWORD: &str = "correct \"horse\"";

async fn updated(answer: Answer) -> (Vendor, Error) {
    let vendor = Vendor::start([answer]).await;
    let engine = RoomEngine::new(client(&vendor.endpoint, || NOW));
    let update = RoomUpdate {
        room_id: "r".into(),
        password: Some(Password::Required(PASSWORD.into())),
        ..RoomUpdate::default()
    };
    let error = engine.update_room_info(&update).await.expect_err("no success was answered");
    (vendor, error)
}

#[tokio::test]
async fn what_is_not_an_answer_is_classified_and_never_repeated() {
    let throttled = |seconds| Class::Throttled { after: Some(Duration::from_secs(seconds)) };
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"ActionStatus\":\"OK\",".to_vec();
    let rows = [
        (http("200 OK", "", HTML), Class::Unknown, Outcome::Uncertain, Some(200), "HTML"),
        (http("200 OK", "", " \n "), Class::Unavailable, Outcome::Uncertain, Some(200), "nothing"),
        (http("200 OK", "", "{\"ErrorCode\":"), Class::Unavailable, Outcome::Uncertain, None, "breaks off"),
        (http("200 OK", "", &"x".repeat(5000)), Class::Unknown, Outcome::Uncertain, None, "more than 4096 bytes"),
        (http("502 Bad Gateway", "", HTML), Class::Unavailable, Outcome::Uncertain, Some(502), "web page"),
        (http("503 Busy", "", "{}"), Class::Unavailable, Outcome::Uncertain, Some(503), "no valid answer"),
        (http("404 Not Found", "", "{}"), Class::Unknown, Outcome::Uncertain, Some(404), "endpoint"),
        (http("429 Slow", "Retry-After: 7\r\n", ""), throttled(7), Outcome::Refused, Some(429), ""),
        (http("429 Slow", "Retry-After: 999999\r\n", ""), throttled(3600), Outcome::Refused, Some(429), ""),
        (http("429 Slow", "", ""), Class::Throttled { after: None }, Outcome::Refused, Some(429), ""),
        (http("302 Found", "Location: /login\r\n", ""), Class::Unknown, Outcome::Uncertain, Some(302), "proxy"),
        (Answer::Bytes(half), Class::Unavailable, Outcome::Uncertain, None, "before the answer was complete"),
        (Answer::Bytes(Vec::new()), Class::Unavailable, Outcome::Uncertain, None, "before the answer was complete"),
        (Answer::Silence, Class::Unavailable, Outcome::Uncertain, None, "within 0.5 s"),
        (json(&failure(60_008)), Class::Unavailable, Outcome::Uncertain, None, "a text"),
    ];
    for (row, (answer, class, outcome, status, text)) in rows.into_iter().enumerate() {
        let (vendor, error) = updated(answer).await;
        assert_eq!((error.class(), error.outcome()), (class, outcome), "row {row}: {error}");
        if let Some(status) = status {
            assert_eq!(error.code(), Some(&Code::Http(status)), "row {row}");
        }
        assert!(error.message().contains(text), "row {row}: {error}");
        assert_eq!(vendor.requests().len(), 1, "row {row}");
        assert_secretless(&vendor, &error);
    }
}

#[tokio::test]
async fn a_vendor_that_repeats_the_request_does_not_make_us_tell_its_secrets() {
    let (vendor, error) = updated(Answer::Echo).await;
    assert_eq!(error.class(), Class::Invalid);
    assert!(error.message().len() <= 256);
    assert_secretless(&vendor, &error);
}

#[tokio::test]
async fn a_vendor_that_cannot_be_reached_was_told_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free loopback port");
    let address = listener.local_addr().expect("a bound listener has an address");
    drop(listener);
    let endpoint = format!("http://{address}/").parse().expect("an address makes a URL");
    let error = RoomEngine::new(client(&endpoint, || NOW)).destroy_room("r").await.expect_err("nobody listens");
    assert_eq!((error.class(), error.outcome(), error.retry()), (Class::Unavailable, Outcome::Refused, Retry::Backoff));
    assert!(!chain(&error).contains("usersig"), "{}", chain(&error));
    assert!(chain(&error).contains("refused"), "the cause is kept: {}", chain(&error));
}

/// Fails if anything that can be printed of the error holds the signature, the key or the password.
fn assert_secretless(vendor: &Vendor, error: &Error) {
    let request = vendor.requests().remove(0);
    let shown = chain(error);
    for secret in [request.query()["usersig"], KEY, PASSWORD, "horse", "usersig=eJ"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

/// Returns all that can be printed of an error.
fn chain(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {:?}", error.request_id());
    let mut cause = error.source();
    while let Some(source) = cause {
        shown.push_str(&format!(" {source} {source:?}"));
        cause = source.source();
    }
    shown
}
