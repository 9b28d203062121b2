//! Huawei's clients; each test file has its own part of them.

mod faults;
mod lists;
mod meeting_calls;
mod proof;
mod room_calls;
mod tokens;

use std::error::Error as _;
use std::future::{Ready, ready};

use roomkeeper_providers::clock::Clock;
use roomkeeper_providers::huawei::cloud_rtc::{self, CloudRtc};
use roomkeeper_providers::huawei::meeting::{self, Language, Meeting};
use roomkeeper_providers::huawei::signature::AccessKey;
use roomkeeper_providers::{Error, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::connections;
use crate::vendor::{Answer, Request, http};

/// 2026-01-01T00:00:00Z.
const NOW: u64 = 1_767_225_600;
const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const APP: &str = "5ff9701f2346968bb306cb43";
const APP_ID: &str = "fdb8e4699586458bbd10c834872dcc62";
const VMR: &str = "ff80808167ef1edf0167f33d650c0662";

const SECRET_KEY: &str = "skExample/0000000000000000000000000000000";
const SECURITY_TOKEN: &str = "STS-TOKEN-EXAMPLE";
const PASSWORD: &str = "pass \"word\" 1";
const APP_KEY: &str = "appKeyExample0123456789";
/// The longest answer that is read, in bytes.
const LONGEST: usize = 16 * 1024;
/// The token that IAM gives, and the one of Cloud Meeting.
const TOKEN: &str = "MIIExampleToken";

fn access_key() -> cloud_rtc::Login {
    let key = AccessKey::new("AKEXAMPLE0000000000A", SECRET_KEY.into(), None);
    cloud_rtc::Login::AccessKey(key.expect("a well-formed key"))
}

fn password() -> cloud_rtc::Login {
    cloud_rtc::Login::Password { domain: "acme".into(), user: "keeper".into(), password: PASSWORD.into() }
}

/// Returns a client whose services are both at this address.
fn cloud_rtc(endpoint: &Url, login: cloud_rtc::Login, clock: impl Fn() -> u64 + Send + Sync + 'static) -> CloudRtc {
    let config = cloud_rtc::Config {
        endpoint: endpoint.clone(),
        iam_endpoint: endpoint.clone(),
        project_id: PROJECT.into(),
        login,
        http: connections(LONGEST),
    };
    CloudRtc::with_clock(config, Clock::from_fn(clock)).expect("the configuration of the test")
}

fn meeting(endpoint: &Url, corp_id: Option<&str>, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Meeting {
    let config = meeting::Config {
        endpoint: endpoint.clone(),
        app_id: APP_ID.into(),
        corp_id: corp_id.map(str::to_owned),
        app_key: SecretString::from(APP_KEY),
        language: Language::EnUs,
        http: connections(LONGEST),
    };
    Meeting::with_clock(config, Clock::from_fn(clock)).expect("the configuration of the test")
}

fn pace() -> Ready<()> {
    ready(())
}

/// Returns the vendor's success: this JSON, a request id and a date.
fn shown(body: &Value) -> Answer {
    http("200 OK", "X-Request-Id: req-1\r\nDate: Thu, 01 Jan 2026 00:00:07 GMT\r\n", &body.to_string())
}

/// Returns the vendor's refusal with this code.
fn refused(status: &str, code: &str) -> Answer {
    let body = json!({"error_code": code, "error_msg": "a text"});
    http(status, "X-request-Id: req-2\r\n", &body.to_string())
}

/// Returns IAM's answer to a log-in: a token that holds until then.
fn iam_token(token: &str, expires_at: &str) -> Answer {
    let headers = format!("X-Subject-Token: {token}\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n");
    http("201 Created", &headers, &json!({"token": {"expires_at": expires_at, "methods": ["password"]}}).to_string())
}

/// Returns Cloud Meeting's answer to a log-in: a token that holds for so many seconds.
fn meeting_token(token: &str, seconds: u64) -> Answer {
    shown(&json!({"accessToken": token, "validPeriod": seconds, "user": {"userId": "u1"}}))
}

fn is_log_in(request: &Request) -> bool {
    request.target().starts_with("/v3/auth/tokens") || request.target() == "/v2/usg/acs/auth/appauth"
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
