//! A caller of Huawei Cloud for the tests: signs with an access key, or sends a token, and may be wrong on purpose.

use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, Method};
use jiff::Timestamp;
use roomkeeper_sim::{Moment, Options, Project, RtcRoom, Simulator, World};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::client::{DEADLINE, NOON};

pub(crate) const PROJECT: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const APP: &str = "5ff9701f2346968bb306cb43";
pub(crate) const KEY: &str = "AKEXAMPLE0000000000A";
pub(crate) const SECRET: &str = "skExample/0000000000000000000000000000000";
pub(crate) const ROOM: RtcRoom<'static> = RtcRoom { project: PROJECT, app: APP, room: "room-1" };
pub(crate) const DISMISS: &str = "/v2/apps/5ff9701f2346968bb306cb43/rooms/room-1/dismiss";
pub(crate) const REMOVE: &str = "/v2/apps/5ff9701f2346968bb306cb43/rooms/room-1/batch-remove-users";
pub(crate) const ROOMS: &str = "/v1/0123456789abcdef0123456789abcdef/rtc/rooms";
pub(crate) const USERS: &str = "/v1/0123456789abcdef0123456789abcdef/rtc/users";
pub(crate) const SCALE: &str = "/v1/0123456789abcdef0123456789abcdef/rtc/realtime/scale";

/// The project that most tests use: one access key, one app without rooms.
pub(crate) fn project() -> Project {
    Project::new(KEY, SECRET, APP)
}

/// A simulator with that project, whose clock stands.
pub(crate) async fn simulator() -> Simulator {
    simulator_with(project()).await
}

pub(crate) async fn simulator_with(project: Project) -> Simulator {
    let world = World::with_project(PROJECT, project);
    let simulator = Simulator::start(Options::from(world)).await.expect("free ports");
    simulator.clock().stop_at(NOON);
    simulator
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// `null` if the body is no JSON.
    pub(crate) body: Value,
}

impl Answer {
    /// The code of a refusal, of CloudRTC, the gateway or IAM.
    pub(crate) fn code(&self) -> Option<String> {
        let text = self.body["error_code"].as_str().map(str::to_owned);
        text.or_else(|| self.body["error"]["code"].as_u64().map(|code| code.to_string()))
    }
}

/// Who a request is from.
#[derive(Debug, Clone)]
enum Credential {
    AccessKey { id: String, secret: String },
    Token(String),
    Nobody,
}

/// A request that is right unless a test makes it wrong.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) method: Method,
    pub(crate) path: String,
    query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    body: String,
    credential: Credential,
    signed_at: Moment,
}

impl Draft {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        let headers = [("content-type", "application/json"), ("x-project-id", PROJECT)];
        Self {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            body: String::new(),
            credential: Credential::AccessKey { id: KEY.to_owned(), secret: SECRET.to_owned() },
            signed_at: NOON,
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    /// Adds a query value.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(self, body: &str) -> Self {
        Self { body: body.to_owned(), ..self }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body(&body.to_string())
    }

    /// Sets a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a header out.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(key, _)| key != name);
        self
    }

    pub(crate) fn signed_with(self, id: &str, secret: &str) -> Self {
        Self { credential: Credential::AccessKey { id: id.to_owned(), secret: secret.to_owned() }, ..self }
    }

    pub(crate) fn signed_at(self, signed_at: Moment) -> Self {
        Self { signed_at, ..self }
    }

    /// Sends a token and neither a signature nor a project.
    pub(crate) fn token(self, token: &str) -> Self {
        Self { credential: Credential::Token(token.to_owned()), ..self }.without("x-project-id")
    }

    pub(crate) fn by_nobody(self) -> Self {
        Self { credential: Credential::Nobody, ..self }
    }

    pub(crate) async fn try_send(&self, simulator: &Simulator) -> reqwest::Result<reqwest::Response> {
        let url = simulator.url();
        let host = url.strip_prefix("http://").expect("an http URL");
        let target = match self.query() {
            query if query.is_empty() => self.path.clone(),
            query => format!("{}?{query}", self.path),
        };
        let mut request = plain().request(self.method.clone(), format!("{url}{target}")).body(self.body.clone());
        for (name, value) in self.headers.iter().chain(&self.proof(host)) {
            request = request.header(name, value);
        }
        request.send().await
    }

    pub(crate) async fn send(&self, simulator: &Simulator) -> Answer {
        let response = self.try_send(simulator).await.expect("a reply");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default() }
    }

    /// Sends a request that must succeed with this status, and returns the body.
    pub(crate) async fn ok(&self, simulator: &Simulator, status: u16) -> Value {
        let answer = self.send(simulator).await;
        assert_eq!(answer.status, status, "{} {}: {}", self.method, self.path, answer.body);
        answer.body
    }

    /// The headers that prove who sends the request.
    fn proof(&self, host: &str) -> Vec<(String, String)> {
        let owned = |(name, value): (&str, String)| (name.to_owned(), value);
        match &self.credential {
            Credential::Nobody => Vec::new(),
            Credential::Token(token) => vec![owned(("x-auth-token", token.clone()))],
            Credential::AccessKey { id, secret } => {
                let seconds = i64::try_from(self.signed_at.unix_seconds()).expect("a time");
                let date = Timestamp::from_second(seconds).expect("a time").strftime("%Y%m%dT%H%M%SZ").to_string();
                let signature = self.signature(host, &date, secret);
                let names = self.signed_names().join(";");
                let text = format!("SDK-HMAC-SHA256 Access={id}, SignedHeaders={names}, Signature={signature}");
                [("x-sdk-date", date), ("authorization", text)].map(owned).into()
            }
        }
    }

    fn signed_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.extend(["host", "x-sdk-date"]);
        names.sort_unstable();
        names
    }

    fn signature(&self, host: &str, date: &str, secret: &str) -> String {
        let mut canonical = format!("{}\n{}/\n{}\n", self.method, self.path, self.query());
        for name in self.signed_names() {
            let own = self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
            let value = match name {
                "host" => host,
                "x-sdk-date" => date,
                _ => own.expect("a header of the request"),
            };
            canonical.push_str(&format!("{name}:{value}\n"));
        }
        let names = self.signed_names().join(";");
        canonical.push_str(&format!("\n{names}\n{}", hex(&Sha256::digest(&self.body))));
        let text = format!("SDK-HMAC-SHA256\n{date}\n{}", hex(&Sha256::digest(canonical)));
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key length");
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    /// The query as it is sent and signed.
    fn query(&self) -> String {
        let mut pairs = self.query.clone();
        pairs.sort();
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        pairs.join("&")
    }
}

/// A client that trusts nobody, which is made faster than one that does; there is no HTTPS here.
fn plain() -> reqwest::Client {
    reqwest::Client::builder().tls_certs_only([]).timeout(DEADLINE).build().expect("a client")
}

fn encoded(text: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A list of the statistics about the app, from `NOON` minus a day on.
pub(crate) fn list(path: &str) -> Draft {
    Draft::get(path).with("app", APP).with("start_time", "2027-01-14T08:00:00Z")
}

/// Returns ids and states of the rooms that a list shows.
pub(crate) async fn shown_rooms(simulator: &Simulator, list: &Draft) -> Vec<(String, String)> {
    let now = simulator.clock().now();
    let body = list.clone().signed_at(now).ok(simulator, 200).await;
    let rooms = body["room_info_list"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    rooms.iter().map(|room| (text(&room["room_id"]), text(&room["state"]))).collect()
}
