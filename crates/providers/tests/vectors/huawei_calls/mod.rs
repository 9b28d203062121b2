//! Each call that we make, beside the same call of Huawei's own SDK: method, path, query and body are equal.
//!
//! Our client really sends, with inputs read from the recorded request; what is compared is what a listener got.
//! Recorded calls that we do not make are listed, and do not fail. Beside the folder of known answers, requests of further
//! calls are in `recorded.json`.

mod replay;

use std::collections::BTreeSet;
use std::io::Write as _;

use roomkeeper_providers::Class;
use roomkeeper_sim::huawei::{AccessKey as KnownKey, Application, LoginClaims, Tenancy};
use roomkeeper_sim::{Moment, verify_app_id, verify_signature};
use serde_json::Value;

use self::replay::{Replay, TOKEN};
use crate::huawei_meeting_appid::named;
use crate::huawei_sdk_requests::{Recorded, all, decoded, pairs};
use crate::vendor::Request;
use crate::{huawei_meeting_appid, huawei_sdk_hmac_sha256};

/// What we say although the SDK can leave it to the vendor's default: the part of a list, its begin, and some defaults.
const ALWAYS_SAID: [(&str, Option<&str>); 6] = [
    ("limit", None),
    ("offset", None),
    ("start_time", None),
    ("accountType", Some("0")),
    ("type", Some("summary")),
    ("nocatalog", Some("true")),
];

#[tokio::test]
async fn each_recorded_call_that_we_make_is_the_call_that_our_client_sends() {
    let (compared, foreign) = compare_all(all()).await;
    // Not by a macro, which the test harness would swallow.
    for line in foreign {
        writeln!(std::io::stderr(), "not a call of ours: {line}").expect("standard error takes a line");
    }
    assert!(compared > 0, "none of the recorded requests is a call of ours");
}

#[tokio::test]
async fn our_further_calls_are_those_of_the_sdk_too() {
    #[derive(serde::Deserialize)]
    struct Further {
        requests: Vec<Named>,
    }
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
        #[serde(flatten)]
        request: Recorded,
    }
    let Further { requests } = serde_json::from_str(include_str!("recorded.json")).expect("recorded requests");
    let count = requests.len();
    let (compared, foreign) = compare_all(requests.into_iter().map(|Named { name, request }| (name, request))).await;
    let refused = |name: &str| format!("{name}: our client refuses such ids");
    assert_eq!(foreign, [refused("remove_room without a room id"), refused("associate_vmr with a slash in the name")]);
    assert_eq!(compared, count - foreign.len());
}

/// Compares the calls that we make; returns how many they are, and the others with a reason.
async fn compare_all(requests: impl IntoIterator<Item = (String, Recorded)>) -> (usize, Vec<String>) {
    let (mut compared, mut foreign) = (0, Vec::new());
    for (place, recorded) in requests {
        match Replay::of(&recorded).await {
            Replay::Sent(request) => {
                compare(&place, &recorded, &request);
                compared += 1;
            }
            Replay::Refused(error) => {
                assert_eq!(error.class(), Class::Invalid, "{place}: our client sent nothing: {error}");
                foreign.push(format!("{place}: our client refuses such ids"));
            }
            Replay::NotOurs(reason) => foreign.push(format!("{place}: {reason}")),
        }
    }
    (compared, foreign)
}

fn compare(place: &str, recorded: &Recorded, ours: &Request) {
    let (method, target) = (ours.head.split(' ').next().unwrap_or_default(), ours.target());
    assert_eq!(method, recorded.method, "{place}: the method differs");
    let theirs = path(&recorded.target);
    assert_eq!(path(target), theirs, "{place}: the path differs");
    compare_query(place, recorded, target);
    compare_body(place, recorded, ours);
    match theirs.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["v3", "auth", "tokens"] => {}
        ["v2", "usg", "acs", "auth", "appauth"] => check_login(place, recorded, ours),
        ["v2", "apps", ..] | ["v1", _, "rtc", ..] => check_signature(place, recorded, ours),
        _ => assert_eq!(ours.header("x-access-token"), Some(TOKEN), "{place}: the token is missing"),
    }
}

/// Returns the parts of a target's path, decoded.
fn path(target: &str) -> Vec<String> {
    let path = target.split('?').next().unwrap_or_default();
    path.split('/').skip(1).map(decoded).collect()
}

fn compare_query(place: &str, recorded: &Recorded, target: &str) {
    let mut more = pairs(target);
    for pair in pairs(&recorded.target) {
        let found = more.iter().position(|ours| *ours == pair);
        more.swap_remove(found.unwrap_or_else(|| panic!("{place}: we do not say {pair:?} but {more:?}")));
    }
    let named: BTreeSet<String> = pairs(&recorded.target).into_iter().map(|(name, _)| name).collect();
    for (name, value) in more {
        let known = ALWAYS_SAID.iter().find(|(always, _)| *always == name);
        let fits = known.is_some_and(|(_, default)| default.is_none_or(|default| default == value));
        assert!(fits && !named.contains(&name), "{place}: we say {name}={value} and the SDK does not");
    }
    let spelled = target.split_once('?').map_or("", |(_, query)| query);
    let mut sorted: Vec<&str> = spelled.split('&').collect();
    sorted.sort_unstable();
    assert_eq!(sorted.join("&"), spelled, "{place}: the query is not sorted");
}

fn compare_body(place: &str, recorded: &Recorded, ours: &Request) {
    if recorded.body.is_empty() {
        assert_eq!(ours.body, "", "{place}: we send a body and the SDK does not");
        return;
    }
    let mut theirs: Value = serde_json::from_str(&recorded.body).expect(place);
    let mut ours = ours.json();
    for body in [&mut theirs, &mut ours] {
        without_nulls(body);
        // An empty user is the administrator, and so is none.
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|name, value| name != "userId" || value != "");
        }
    }
    if let (Some(theirs), Some(ours)) = (theirs.get("nonce").cloned(), ours.get_mut("nonce")) {
        // A new one each time; its length is checked with the signature.
        *ours = theirs;
    }
    if let Some(project) = theirs.pointer("/auth/scope/project/name") {
        // The SDK can name a project where we have its id.
        assert_eq!(ours.pointer("/auth/scope/project/id"), Some(project), "{place}: another project");
        ours["auth"]["scope"] = theirs["auth"]["scope"].clone();
    }
    assert_eq!(ours, theirs, "{place}: the body differs");
}

/// Takes out what is null, which the vendor reads as absent.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Has the simulator verify our signature; a call with a token has none.
fn check_signature(place: &str, recorded: &Recorded, ours: &Request) {
    let Some(authorization) = recorded.authorization("SDK-HMAC-SHA256") else {
        assert_eq!(ours.header("x-auth-token"), Some(TOKEN), "{place}: the token is missing");
        return;
    };
    let sent = recorded.sent(authorization);
    let keys = huawei_sdk_hmac_sha256::Vectors::read();
    let secret = keys.secrets_of(sent.access_key())[0];
    let security_token = sent.headers.get("x-security-token").copied();
    let key_of = |_: &str| Some(KnownKey { secret, security_token });
    let now = Moment::from_unix_seconds(sent.signed_at());
    let signer = verify_signature(&head(ours), ours.body.as_bytes(), key_of, now);
    let signer = signer.unwrap_or_else(|error| panic!("{place}: the simulator says: {error}"));
    assert_eq!((signer.access_key.as_str(), signer.signed_at), (sent.access_key(), now), "{place}");
    for header in ["content-type", "x-project-id", "x-sdk-date"] {
        let Some(theirs) = sent.headers.get(header) else { continue };
        // The SDK adds a character set to some types.
        let theirs = theirs.split(';').next();
        assert_eq!(ours.header(header), theirs, "{place}: the header {header} differs");
    }
}

/// Has the simulator verify our log-in.
fn check_login(place: &str, recorded: &Recorded, ours: &Request) {
    let vectors = huawei_meeting_appid::Vectors::read();
    let body = ours.json();
    let text = |name: &str| body[name].as_str();
    let claims = LoginClaims {
        app_id: text("appId").expect(place),
        corp_id: named(text("corpId")),
        user_id: named(text("userId")),
        expire_time: body["expireTime"].as_u64().expect(place),
        nonce: text("nonce").expect(place),
    };
    let tenancy = if claims.corp_id.is_some() { Tenancy::ServiceProvider } else { Tenancy::SingleEnterprise };
    let application = Application { app_id: claims.app_id, app_key: vectors.keys()[0], tenancy };
    let authorization = ours.header("authorization").expect(place);
    let verified = verify_app_id(authorization, claims, application, Moment::from_unix_seconds(claims.expire_time));
    verified.unwrap_or_else(|error| panic!("{place}: the simulator says: {error}"));
    let access = |header: &str| header.split_once(",access=").map(|(_, access)| access.to_owned());
    if let Some(theirs) = recorded.headers().get("authorization").copied().and_then(access) {
        assert_eq!(access(authorization), Some(theirs), "{place}: another app id in the header");
    }
}

/// Returns the head of a request as the simulator's server would have it.
fn head(request: &Request) -> http::request::Parts {
    let method = request.head.split(' ').next().unwrap_or_default();
    let mut head = http::Request::builder().method(method).uri(request.target());
    for (name, value) in request.head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
        head = head.header(name, value);
    }
    head.body(()).expect("a request").into_parts().0
}
