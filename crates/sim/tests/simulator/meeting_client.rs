//! A caller of Cloud Meeting for the tests: signs as the vendor's page says, and sends requests that may be wrong.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use roomkeeper_sim::huawei::meeting::room::{Device, Room, RoomMode};
use roomkeeper_sim::huawei::meeting::state::{AdminType, MeetingApp, User};
use roomkeeper_sim::{Moment, Options, Simulator, World};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::client::DEADLINE;

pub(crate) const APP_ID: &str = "fdb8e4699586458bbd10c834872dcc62";
pub(crate) const APP_KEY: &str = "appKeyExample0123456789";
pub(crate) const CORP: &str = "807074304";
/// When the vendor's SDK was recorded.
pub(crate) const RECORDED: Moment = Moment::from_unix_seconds(1_767_225_600);

/// Alice's room.
pub(crate) const ROOM: &str = "ff80808167ef1edf0167f33d650c0662";
/// A room that nobody has.
pub(crate) const FREE: &str = "ff80808167ef1edf0167f33d650c0663";
/// Alice's personal meeting ID.
pub(crate) const PERSONAL: &str = "ff80808167ef1edf0167f33d650c0664";
/// A webinar that Bob has.
pub(crate) const WEBINAR: &str = "ff80808167ef1edf0167f33d650c0665";
/// A room that a terminal has.
pub(crate) const TERMINAL: &str = "ff80808167ef1edf0167f33d650c0666";
/// An id that no room has.
pub(crate) const NOWHERE: &str = "ff80808167ef1edf0167f33d650c0000";

/// Every operation of the service.
pub(crate) const OPERATIONS: &[&str] = &[
    "app_auth",
    "account_auth",
    "refresh_token",
    "validate_token",
    "log_out",
    "search_member_vmr",
    "update_member_vmr",
    "search_corp_vmr",
    "associate_vmr",
    "disassociate_vmr",
    "delete_corp_vmr",
    "show_member",
    "list_users",
    "online_conferences",
    "conference_token",
    "stop_conference",
    "delete_conference",
];

/// The app that most tests use: one enterprise with an administrator, Alice, Bob, and the rooms above.
pub(crate) fn app() -> MeetingApp {
    let room = |number: &str, name: &str| Room { name: name.to_owned(), ..Room::numbered(number) };
    let alices = Room { chair_pwd: "123456".to_owned(), ..room("938305104", "Board room") };
    let personal = Room { mode: RoomMode::PersonalMeetingId, ..room("912345678", "Alice's own") };
    let webinar = Room { mode: RoomMode::Webinar, ..room("938305106", "All hands") };
    let device = Device { id: "dev-1".to_owned(), name: "IdeaHub".to_owned() };
    let terminal = Room { device: Some(device), ..room("938305107", "Terminal room") };
    MeetingApp::of_enterprise(APP_KEY, CORP)
        .with_user("acct-chief", User::third_party("chief").administrating(AdminType::Default))
        .with_user("acct-alice", User { name: "Alice".to_owned(), ..User::third_party("alice") })
        .with_user("acct-bob", User::third_party("bob"))
        .with_user("dora@example.com", User::with_password("Dora's password"))
        .with_room(ROOM, alices.owned_by("acct-alice"))
        .with_room(FREE, room("938305105", "Spare room"))
        .with_room(PERSONAL, personal.owned_by("acct-alice"))
        .with_room(WEBINAR, webinar.owned_by("acct-bob"))
        .with_room(TERMINAL, terminal)
}

/// A simulator with that app, whose clock stands at the time of the recordings.
pub(crate) async fn simulator() -> Simulator {
    simulator_with(app()).await
}

pub(crate) async fn simulator_with(app: MeetingApp) -> Simulator {
    let simulator = Simulator::start(Options::from(World::with_meeting_app(APP_ID, app))).await.expect("free ports");
    simulator.clock().stop_at(RECORDED);
    simulator
}

/// Changes the app of the tests behind the service's back.
pub(crate) fn change(simulator: &Simulator, change: impl FnOnce(&mut MeetingApp)) {
    simulator.world(|world| change(world.meeting_app_mut(APP_ID).expect("the app")));
}

/// Returns a room as the world has it.
pub(crate) fn room(simulator: &Simulator, id: &str) -> Room {
    simulator.world(|world| world.huawei_meeting[APP_ID].room(id).expect("the room").clone())
}

/// One client for all tests: to make one takes longer than a request. Each test has a runtime of its own, and a
/// connection ends with it: none is kept.
static CLIENT: LazyLock<reqwest::Client> =
    LazyLock::new(|| reqwest::Client::builder().timeout(DEADLINE).pool_max_idle_per_host(0).build().expect("a client"));

/// A request that is right unless a test makes it wrong.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answered {
    /// Returns the body as JSON; `null` if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Returns status and code of a refusal.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["error_code"].as_str().unwrap_or_default().to_owned())
    }
}

impl Letter {
    pub(crate) fn new(method: Method, target: &str) -> Self {
        Self { method, target: target.to_owned(), headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new(Method::GET, target)
    }

    pub(crate) fn post(target: &str, body: &Value) -> Self {
        Self::new(Method::POST, target).body(&body.to_string())
    }

    pub(crate) fn put(target: &str, body: &Value) -> Self {
        Self::new(Method::PUT, target).body(&body.to_string())
    }

    pub(crate) fn delete(target: &str) -> Self {
        Self::new(Method::DELETE, target)
    }

    pub(crate) fn body(self, body: &str) -> Self {
        Self { body: body.to_owned(), ..self }
    }

    /// Sets a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("X-Access-Token", token)
    }

    pub(crate) async fn try_send(&self, simulator: &Simulator) -> reqwest::Result<Answered> {
        let url = format!("{}{}", simulator.url(), self.target);
        let mut request = CLIENT.request(self.method.clone(), url).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        Ok(Answered { status: response.status().as_u16(), text: response.text().await? })
    }

    pub(crate) async fn send(&self, simulator: &Simulator) -> Answered {
        self.try_send(simulator).await.expect("a reply")
    }

    /// Sends a request that must succeed, and returns its JSON.
    pub(crate) async fn ok(&self, simulator: &Simulator) -> Value {
        let answered = self.send(simulator).await;
        assert_eq!(answered.status, 200, "{} {}: {}", self.method, self.target, answered.text);
        answered.json()
    }

    /// Sends a request that must be refused, and returns status and code.
    pub(crate) async fn refused(&self, simulator: &Simulator) -> (u16, String) {
        self.send(simulator).await.refusal()
    }
}

/// An App ID log-in as it is before it is signed.
#[derive(Debug, Clone)]
pub(crate) struct LogIn {
    pub(crate) corp: Option<&'static str>,
    pub(crate) user: Option<String>,
    pub(crate) expires: u64,
    pub(crate) nonce: String,
    pub(crate) key: &'static str,
    pub(crate) client_type: i64,
    /// Further fields of the body.
    pub(crate) more: Value,
}

impl LogIn {
    /// The log-in of a user of a single enterprise; nobody is the administrator.
    pub(crate) fn of(user: Option<&str>) -> Self {
        Self {
            corp: None,
            user: user.map(str::to_owned),
            expires: RECORDED.unix_seconds() + 600,
            nonce: "0123456789abcdef0123456789abcdef".to_owned(),
            key: APP_KEY,
            client_type: 72,
            more: json!({}),
        }
    }

    /// The same in an enterprise of a service provider.
    pub(crate) fn in_corp(corp: &'static str, user: Option<&str>) -> Self {
        Self { corp: Some(corp), ..Self::of(user) }
    }

    /// Signs it as the vendor's page does: small hexadecimal digits.
    pub(crate) fn letter(&self) -> Letter {
        let Self { corp, user, expires, nonce, key, client_type, more } = self;
        let user = user.as_deref().unwrap_or_default();
        let expires_text = expires.to_string();
        let mut parts = vec![APP_ID];
        parts.extend(*corp);
        parts.extend([user, &expires_text, nonce]);
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key length");
        mac.update(parts.join(":").as_bytes());
        let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut body = json!({
            "appId": APP_ID, "clientType": client_type, "expireTime": expires, "nonce": nonce, "userId": user,
        });
        if let Some(corp) = corp {
            body["corpId"] = json!(corp);
        }
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let access = STANDARD.encode(APP_ID);
        Letter::post("/v2/usg/acs/auth/appauth", &body)
            .header("Authorization", &format!("HMAC-SHA256 signature={signature},access={access}"))
            .header("X-Token-Type", "LongTicket")
    }
}

/// Logs a user in and returns the access token; nobody is the administrator.
pub(crate) async fn log_in(simulator: &Simulator, user: Option<&str>) -> String {
    let answer = LogIn::of(user).letter().ok(simulator).await;
    answer["accessToken"].as_str().expect("a token").to_owned()
}

/// Returns the ids of the rooms in a list.
pub(crate) fn ids(list: &Value) -> Vec<&str> {
    list["data"].as_array().expect("a list").iter().map(|room| room["id"].as_str().expect("an id")).collect()
}
