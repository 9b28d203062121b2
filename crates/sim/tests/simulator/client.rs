//! A caller for the tests: signs as the vendor's libraries do, and sends requests that may be wrong on purpose.

use std::io::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use hmac::{Hmac, KeyInit, Mac};
use roomkeeper_sim::{App, Moment, Options, Simulator, World};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const APP: u64 = 1_400_000_000;
pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
pub(crate) const ADMINISTRATOR: &str = "administrator";
/// When the simulator's clock stands in tests that do not need real time.
pub(crate) const NOON: Moment = Moment::from_unix_seconds(1_800_000_000);
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) const CREATE: &str = "room_engine_http_srv/create_room";
pub(crate) const GET: &str = "room_engine_http_srv/get_room_info";
pub(crate) const UPDATE: &str = "room_engine_http_srv/update_room_info";
pub(crate) const DESTROY: &str = "room_engine_http_srv/destroy_room";
pub(crate) const CHANGE_OWNER: &str = "room_engine_http_srv/change_room_owner";
pub(crate) const MEMBERS: &str = "room_engine_http_srv/get_room_member_list";
pub(crate) const LIVE_CREATE: &str = "live_engine_http_srv/create_room";
pub(crate) const LIVE_GET: &str = "live_engine_http_srv/get_room_info";
pub(crate) const LIVE_UPDATE: &str = "live_engine_http_srv/update_room_info";
pub(crate) const LIVE_DESTROY: &str = "live_engine_http_srv/destroy_room";
pub(crate) const LIVE_CHANGE_OWNER: &str = "live_engine_http_srv/change_room_owner";
pub(crate) const SET_METADATA: &str = "live_engine_http_srv/set_room_metadata";
pub(crate) const GET_METADATA: &str = "live_engine_http_srv/get_room_metadata";
pub(crate) const DEL_METADATA: &str = "live_engine_http_srv/del_room_metadata";
pub(crate) const IMPORT: &str = "im_open_login_svc/account_import";
pub(crate) const CHECK: &str = "im_open_login_svc/account_check";

/// The app that most tests use: two accounts besides the administrator, no rooms.
pub(crate) fn app() -> App {
    App::new(KEY, ADMINISTRATOR).with_accounts(["alice", "bob"])
}

/// A simulator with that app, whose clock stands.
pub(crate) async fn simulator() -> Simulator {
    simulator_with(app()).await
}

pub(crate) async fn simulator_with(app: App) -> Simulator {
    let simulator = Simulator::start(Options::from(World::with_app(APP, app))).await.expect("free ports");
    simulator.clock().stop_at(NOON);
    simulator
}

/// Signs a UserSig for one hour.
pub(crate) fn sign(app: u64, key: &str, identifier: &str, at: Moment) -> String {
    sign_for(app, key, identifier, at, 3600)
}

pub(crate) fn sign_for(app: u64, key: &str, identifier: &str, at: Moment, expire: u64) -> String {
    let time = at.unix_seconds();
    let text = format!("TLS.identifier:{identifier}\nTLS.sdkappid:{app}\nTLS.time:{time}\nTLS.expire:{expire}\n");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key length");
    mac.update(text.as_bytes());
    let document = json!({
        "TLS.ver": "2.0", "TLS.identifier": identifier, "TLS.sdkappid": app, "TLS.expire": expire, "TLS.time": time,
        "TLS.sig": STANDARD.encode(mac.finalize().into_bytes()),
    });
    pack(&document.to_string())
}

/// Compresses and encodes a document as a UserSig is.
pub(crate) fn pack(document: &str) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(document.as_bytes()).expect("writes to memory");
    encode(&encoder.finish().expect("writes to memory"))
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes).replace('+', "*").replace('/', "-").replace('=', "_")
}

/// A request that is right unless a test makes it wrong.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) method: reqwest::Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Draft {
    pub(crate) fn of(path: &str, body: &Value) -> Self {
        Self::by(ADMINISTRATOR, path, body)
    }

    pub(crate) fn by(identifier: &str, path: &str, body: &Value) -> Self {
        let usersig = sign(APP, KEY, identifier, NOON);
        let query = [
            ("sdkappid", APP.to_string()),
            ("identifier", identifier.to_owned()),
            ("usersig", usersig),
            ("random", "4294967295".to_owned()),
            ("contenttype", "json".to_owned()),
        ];
        Self {
            method: reqwest::Method::POST,
            path: format!("/v4/{path}"),
            query: query.map(|(name, value)| (name.to_owned(), value)).into(),
            body: body.to_string(),
        }
    }

    /// Sets a query value.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.query.retain(|(key, _)| key != name);
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a query value out.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.query.retain(|(key, _)| key != name);
        self
    }

    pub(crate) fn method(self, method: reqwest::Method) -> Self {
        Self { method, ..self }
    }

    pub(crate) fn body(self, body: &str) -> Self {
        Self { body: body.to_owned(), ..self }
    }

    pub(crate) async fn send_with(&self, http: &reqwest::Client, base: &str) -> reqwest::Result<reqwest::Response> {
        http.request(self.method.clone(), format!("{base}{}", self.path))
            .query(&self.query)
            .body(self.body.clone())
            .send()
            .await
    }

    pub(crate) async fn send(&self, simulator: &Simulator) -> reqwest::Result<reqwest::Response> {
        self.send_with(&http(), &simulator.url()).await
    }

    /// Sends the request and returns the answer, which must be HTTP 200 with JSON.
    pub(crate) async fn answer(&self, simulator: &Simulator) -> Value {
        self.answer_with(&http(), simulator).await
    }

    /// Does the same with a client that is there already, which saves time where there are many requests.
    pub(crate) async fn answer_with(&self, http: &reqwest::Client, simulator: &Simulator) -> Value {
        let response = self.send_with(http, &simulator.url()).await.expect("a reply");
        assert_eq!(response.status(), 200, "{} answers 200 whatever happened", self.path);
        response.json().await.expect("JSON")
    }
}

pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder().timeout(DEADLINE).build().expect("a client")
}

/// Calls an operation as the administrator.
pub(crate) async fn call(simulator: &Simulator, path: &str, body: Value) -> Value {
    Draft::of(path, &body).answer(simulator).await
}

/// Calls an operation that must succeed.
pub(crate) async fn ok(simulator: &Simulator, path: &str, body: Value) -> Value {
    let answer = call(simulator, path, body).await;
    assert_eq!(code(&answer), 0, "{path}: {answer}");
    answer
}

pub(crate) fn code(answer: &Value) -> i64 {
    answer["ErrorCode"].as_i64().expect("an ErrorCode")
}

/// Creates a room with these fields besides `RoomId` and `RoomType`.
pub(crate) async fn create(simulator: &Simulator, room: &str, fields: Value) {
    let mut info = json!({ "RoomId": room, "RoomType": "Conference" });
    for (name, value) in fields.as_object().expect("an object") {
        info[name] = value.clone();
    }
    ok(simulator, CREATE, json!({ "RoomInfo": info })).await;
}

/// Returns the `RoomInfo` of a room.
pub(crate) async fn info(simulator: &Simulator, room: &str) -> Value {
    ok(simulator, GET, json!({ "RoomId": room })).await["Response"]["RoomInfo"].clone()
}
