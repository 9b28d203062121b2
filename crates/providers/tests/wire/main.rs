//! What the clients put on the wire and what they make of what comes back, seen from a bare TCP listener.

mod faults;
mod huawei;
mod live;
mod requests;
mod signature;
mod vendor;

use std::time::Duration;

use roomkeeper_providers::clock::Clock;
use roomkeeper_providers::tencent::{Client, Config, SdkAppId};
use roomkeeper_providers::{SecretString, http};
use serde_json::{Value, json};
use url::Url;

/// The application's key in all tests.
const KEY: &str = "0123456789abcdef";
/// The time at which the tests begin.
const NOW: u64 = 1_700_000_000;

/// Returns a client of Tencent at this address whose clock gives these unix seconds.
fn client(endpoint: &Url, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Client {
    let config = Config {
        endpoint: endpoint.clone(),
        sdk_app_id: SdkAppId(1_400_000_000),
        identifier: "admin +1".into(),
        key: SecretString::from(KEY),
        http: connections(4096),
    };
    Client::with_clock(config, Clock::from_fn(clock)).expect("the configuration of the test")
}

/// Returns connections with little patience, which read answers of so many bytes.
fn connections(body_limit: usize) -> http::Client {
    let settings = http::Settings {
        proxies: http::Proxies::Never,
        request_timeout: Duration::from_millis(500),
        body_limit,
        ..http::Settings::default()
    };
    http::Client::new(&settings).expect("the settings of the test")
}

/// Returns Tencent's success with nothing in it.
fn success() -> Value {
    json!({"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "RequestId": "req-1"})
}

/// Returns Tencent's success with this payload.
fn response(payload: Value) -> Value {
    let mut answer = success();
    answer["Response"] = payload;
    answer
}

/// Returns Tencent's failure with this code.
fn failure(code: i64) -> Value {
    json!({"ActionStatus": "FAIL", "ErrorCode": code, "ErrorInfo": "a text", "RequestId": "req-2"})
}
