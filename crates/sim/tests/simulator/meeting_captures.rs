//! Requests of the vendor's own SDK, sent byte for byte as they were recorded, and what was recorded as the answer.
//! Takes every file of the folder; what kind of call it is tells its path, not its name.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roomkeeper_sim::huawei::meeting::conference::{Conference, ControlToken};
use roomkeeper_sim::huawei::meeting::room::{Device, Room, RoomMode, RoomStatus};
use roomkeeper_sim::huawei::meeting::state::{AdminType, Enterprise, MeetingApp, User};
use roomkeeper_sim::huawei::meeting::token::{Holder, Token};
use roomkeeper_sim::{Effect, Fault, Refusal, Simulator};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::meeting_client::{APP_ID, CORP, RECORDED, simulator_with};
use crate::vectors;

#[derive(Deserialize)]
struct Capture {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: Option<String>,
}

/// The file with the key that the log-ins were signed with.
#[derive(Deserialize)]
struct Signed {
    meeting_appid: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    app_key: String,
}

fn app_key() -> String {
    let Signed { meeting_appid } = vectors::read("huawei_meeting_appid.json");
    meeting_appid.first().expect("there are known answers").app_key.clone()
}

/// A call of the vendor's SDK: method, path, the journal's name, and what makes the world that it needs.
/// `*` at the end stands for one part of a path.
type Call = (&'static str, &'static str, &'static str, fn(&Capture, &mut Enterprise));

const CALLS: &[Call] = &[
    ("POST", "/v2/usg/acs/auth/appauth", "app_auth", |_, _| {}),
    ("POST", "/v1/usg/acs/auth/account", "account_auth", |_, _| {}),
    ("PUT", "/v1/usg/acs/token", "refresh_token", |_, _| {}),
    ("POST", "/v1/usg/acs/token/validate", "validate_token", |_, _| {}),
    ("DELETE", "/v1/usg/acs/token", "log_out", |_, _| {}),
    ("GET", "/v1/usg/dcs/member/vmr", "search_member_vmr", listed),
    ("GET", "/v1/usg/dcs/corp/vmr", "search_corp_vmr", listed),
    ("PUT", "/v1/usg/dcs/member/vmr/*", "update_member_vmr", |capture, corp| {
        corp.rooms.insert(capture.place(), Room::numbered("938305104").owned_by(CALLER));
    }),
    ("POST", "/v1/usg/dcs/corp/vmr/assign-to-member/*", "associate_vmr", |capture, corp| {
        capture.named_user(corp);
        corp.rooms.extend(capture.items().into_iter().map(|id| (id, Room::numbered("938305104"))));
    }),
    ("POST", "/v1/usg/dcs/corp/vmr/recycle-from-member/*", "disassociate_vmr", |capture, corp| {
        let account = capture.named_user(corp);
        let room = Room::numbered("938305104").owned_by(&account);
        corp.rooms.extend(capture.items().into_iter().map(|id| (id, room.clone())));
    }),
    ("POST", "/v1/usg/dcs/corp/vmr/delete", "delete_corp_vmr", |capture, corp| {
        corp.rooms.extend(capture.items().into_iter().map(|id| (id, Room::numbered("938305104"))));
    }),
    ("GET", "/v1/usg/dcs/corp/member/*", "show_member", |capture, corp| {
        let account = capture.named_user(corp);
        corp.rooms.insert("ff80808167ef1edf0167f33d650c0662".to_owned(), room().owned_by(&account));
    }),
    ("POST", "/v1/usg/abs/users/list", "list_users", |capture, corp| {
        for id in capture.items() {
            let user = User { id: Some(id.clone()), ..User::third_party(&id) };
            corp.users.insert(format!("account of {id}"), user);
        }
    }),
    ("GET", "/v1/mmc/management/conferences/online", "online_conferences", conference),
    ("GET", "/v1/mmc/control/conferences/token", "conference_token", conference),
    ("PUT", "/v1/mmc/control/conferences/stop", "stop_conference", conference),
    ("DELETE", "/v1/mmc/management/conferences", "delete_conference", conference),
];

/// The account of whoever carries the token of the recordings, and the user id.
const CALLER: &str = "acct";

/// A room with everything that an answer can show.
fn room() -> Room {
    Room {
        gust_pwd: "654321".to_owned(),
        device: Some(Device { id: "dev-1".to_owned(), name: "IdeaHub".to_owned() }),
        ..Room::numbered("938305104").owned_by(CALLER)
    }
}

/// A room that the list shows, whatever it is asked for.
fn listed(capture: &Capture, corp: &mut Enterprise) {
    let key = capture.query("searchKey").unwrap_or_default();
    let mode = match (capture.query("specialVmr").as_deref(), capture.query("vmrMode").as_deref()) {
        (Some("false"), _) => RoomMode::PersonalMeetingId,
        (_, Some("2")) => RoomMode::Webinar,
        (_, _) => RoomMode::CloudMeetingRoom,
    };
    let status = match capture.query("status").as_deref() {
        Some("1") => Some(RoomStatus::Disabled),
        Some("2") => Some(RoomStatus::Unallocated),
        _ => None,
    };
    let room = Room { name: format!("the room {key}"), mode, status, ..room() };
    corp.rooms.insert("ff80808167ef1edf0167f33d650c0662".to_owned(), room);
}

/// A conference that the request is about.
fn conference(capture: &Capture, corp: &mut Enterprise) {
    let id = capture.query("conferenceID").unwrap_or_else(|| "900000001".to_owned());
    let conference = Conference {
        subject: format!("about {}", capture.query("searchKey").unwrap_or_default()),
        host: CALLER.to_owned(),
        chair_pwd: capture.header("X-Password").unwrap_or_default().to_owned(),
        ..Conference::default()
    };
    corp.conferences.insert(id, conference);
}

impl Capture {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(decoded(pair))
    }

    /// The last part of the path.
    fn place(&self) -> String {
        decoded(self.path().rsplit('/').next().unwrap_or_default())
    }

    fn json(&self) -> Value {
        serde_json::from_str(self.body.as_deref().unwrap_or_default()).unwrap_or_default()
    }

    /// The texts of a body that is a list, or the ids of its objects.
    fn items(&self) -> Vec<String> {
        let body = self.json();
        let items = body.as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().or(item["id"].as_str()).map(str::to_owned)).collect()
    }

    /// Adds the user that the path names, and returns the account.
    fn named_user(&self, corp: &mut Enterprise) -> String {
        let name = self.place();
        let (account, user) = match self.query("accountType").as_deref() {
            Some("1") => (format!("account of {name}"), User::third_party(&name)),
            _ => (name, User::default()),
        };
        corp.users.insert(account.clone(), user);
        account
    }

    /// Returns the App ID that opens what the request needs.
    fn app(&self, prepare: fn(&Capture, &mut Enterprise)) -> MeetingApp {
        let body = self.json();
        let corp = body["corpId"].as_str();
        let key = &app_key();
        let mut app = match corp {
            Some(corp) => MeetingApp::of_service_provider(key, Some(corp).filter(|corp| !corp.is_empty())),
            None => MeetingApp::of_enterprise(key, CORP),
        };
        let caller = User { name: "name".to_owned(), ..User::third_party("third") };
        app = app.with_user(CALLER, caller.administrating(AdminType::Default));
        // What was refused with 401 knows neither the token, nor the password, nor the key.
        let known = self.recorded_status() != 401;
        if let Some((account, password)) = self.password().filter(|_| known) {
            app = app.with_user(&account, User::with_password(&password));
        }
        app.enterprises.values_mut().for_each(|corp| prepare(self, corp));
        if known {
            app.tokens = self.header("X-Access-Token").into_iter().chain(body["token"].as_str()).map(token).collect();
        }
        app.control_tokens = self
            .header("X-Conference-Authorization")
            .map(|token| ControlToken {
                token: token.into(),
                conference: self.query("conferenceID").unwrap_or_default(),
                created: RECORDED,
            })
            .into_iter()
            .collect();
        app
    }

    fn password(&self) -> Option<(String, String)> {
        let encoded = self.header("Authorization")?.strip_prefix("Basic ")?;
        let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        text.split_once(':').map(|(account, password)| (account.to_owned(), password.to_owned()))
    }

    /// Brings about that the simulator refuses as it was recorded.
    fn refuse(&self, simulator: &Simulator, operation: &str) {
        let change = |change: &dyn Fn(&mut MeetingApp)| {
            simulator.world(|world| change(world.meeting_app_mut(APP_ID).expect("the app")));
        };
        match self.recorded_status() {
            200..=399 => {}
            401 => change(&|app| app.app_key = Some("another key".into())),
            403 => change(&|app| app.denied_operations.extend([operation.to_owned()])),
            429 => change(&|app| app.limits.per_operation.extend([(operation.to_owned(), 0)])),
            status => {
                let code = self.recorded()["error_code"].as_str().unwrap_or("USG.999999999").to_owned();
                let effect = Effect::Refuse(Refusal::of(code.as_str()).status(status));
                simulator.faults().add(Fault::at(operation, effect)).expect("a known operation");
            }
        }
    }

    /// The status that was recorded; one of success if nothing was.
    fn recorded_status(&self) -> u16 {
        self.response.as_ref().map_or(200, |response| response.status)
    }

    fn recorded_body(&self) -> Option<&str> {
        self.response.as_ref()?.body.as_deref()
    }

    /// The body that was recorded. The vendor's pages show none of a refusal: of one only code and text count.
    fn recorded(&self) -> Value {
        let mut body: Value = serde_json::from_str(self.recorded_body().unwrap_or_default()).unwrap_or_default();
        let refused = self.recorded_status() >= 400;
        if let Some(fields) = body.as_object_mut().filter(|_| refused) {
            fields.retain(|name, _| ["error_code", "error_msg"].contains(&name.as_str()));
        }
        body
    }
}

fn token(access: &str) -> Token {
    Token {
        access: access.into(),
        refresh: "the refresh token".into(),
        holder: Holder::User { corp: CORP.to_owned(), account: CALLER.to_owned() },
        client_type: 72,
        created: RECORDED,
        valid_period: 3600,
        refresh_valid_period: 7200,
    }
}

/// Resolves percent signs.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Sends the bytes of a recording, and returns status, headers and body of the answer.
async fn replay(simulator: &Simulator, capture: &Capture) -> (u16, String, String) {
    let Capture { method, target, headers, body, .. } = capture;
    let mut request = format!("{method} {target} HTTP/1.1\r\n");
    for (name, value) in headers {
        // The connection is closed after the answer, so that its end is known.
        if !name.eq_ignore_ascii_case("connection") {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    request.push_str(&format!("Connection: close\r\n\r\n{}", body.as_deref().unwrap_or_default()));
    let address = simulator.url().strip_prefix("http://").expect("an address").to_owned();
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    (status, head.to_lowercase(), body.to_owned())
}

/// Says where an answer has not what was recorded: a field that is missing, or a value of another type.
/// Further fields are fine, and so is any value where `null` was recorded.
fn difference(recorded: &Value, answered: &Value, at: &str) -> Option<String> {
    match (recorded, answered) {
        (Value::Null, _)
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::String(_), Value::String(_)) => None,
        (Value::Object(recorded), Value::Object(answered)) => recorded.iter().find_map(|(name, value)| {
            let at = format!("{at}.{name}");
            match answered.get(name) {
                Some(answered) => difference(value, answered, &at),
                None => Some(format!("{at} is missing")),
            }
        }),
        (Value::Array(recorded), Value::Array(answered)) => match (recorded.first(), answered.first()) {
            (None, _) => None,
            (Some(recorded), Some(answered)) => difference(recorded, answered, &format!("{at}[0]")),
            (Some(_), None) => Some(format!("{at} is empty")),
        },
        (_, _) => Some(format!("{at} is {answered}, and was {recorded}")),
    }
}

/// Returns the call that a capture is one of.
fn call_of(capture: &Capture) -> Option<&'static Call> {
    let matches = |(method, path, ..): &&Call| {
        let same = match path.strip_suffix('*') {
            Some(before) => capture.path().strip_prefix(before).is_some_and(|rest| !rest.contains('/')),
            None => capture.path() == *path,
        };
        *method == capture.method && same
    };
    CALLS.iter().find(matches)
}

async fn check(capture: &Capture, (_, _, operation, prepare): &Call) -> Result<(), String> {
    let simulator = simulator_with(capture.app(*prepare)).await;
    capture.refuse(&simulator, operation);
    let (status, head, body) = replay(&simulator, capture).await;
    let recorded_status = capture.recorded_status();
    if status != recorded_status {
        return Err(format!("status {status}, and was {recorded_status}: {body}"));
    }
    let mut headers = capture.response.iter().flat_map(|response| &response.headers);
    let request_id = headers.any(|(name, _)| name.eq_ignore_ascii_case("x-request-id"));
    if request_id && !head.contains("x-request-id:") {
        return Err("the header X-Request-Id is missing".to_owned());
    }
    if capture.recorded_body() == Some("") && status < 400 && !body.is_empty() {
        return Err(format!("a body, and there was none: {body}"));
    }
    let entry = simulator.journal().pop().ok_or("no journal entry")?;
    if entry.operation != *operation || entry.status != Some(status) {
        return Err(format!("the journal says {entry:?}"));
    }
    let answered: Value = serde_json::from_str(&body).unwrap_or_default();
    difference(&capture.recorded(), &answered, "the answer").map_or(Ok(()), Err)
}

/// Returns all recorded calls with the names of their files.
fn captures() -> Vec<(String, Capture)> {
    let folder = vectors::folder().join("huawei_sdk_requests");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let mut names: Vec<String> = files
        .map(|file| file.expect("a file").file_name().into_string().expect("a name"))
        .filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "json"))
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), vectors::read(&format!("huawei_sdk_requests/{name}")))).collect()
}

#[tokio::test]
async fn recorded_calls_are_taken_as_they_stand_and_answered_as_recorded() {
    let (mut taken, mut failed) = (0, Vec::new());
    for (name, capture) in &captures() {
        let Some(call) = call_of(capture) else {
            println!("{name} is a call that the simulator does not have: {} {}", capture.method, capture.target);
            continue;
        };
        taken += 1;
        if let Err(reason) = check(capture, call).await {
            failed.push(format!("{name}: {reason}"));
        }
    }
    assert!(taken > 0, "there are recorded calls");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_difference_is_a_missing_field_or_another_type() {
    let recorded = serde_json::json!({ "a": null, "b": [{ "c": 1 }], "d": "" });
    let rows = [
        (serde_json::json!({ "a": 1, "b": [{ "c": 2, "e": 0 }], "d": "x", "f": 0 }), None),
        (serde_json::json!({ "a": 1, "b": [{ "c": "1" }], "d": "" }), Some("it.b[0].c is \"1\", and was 1")),
        (serde_json::json!({ "a": 1, "b": [], "d": "" }), Some("it.b is empty")),
        (serde_json::json!({ "a": null, "b": [{ "c": 1 }] }), Some("it.d is missing")),
        (serde_json::json!({ "a": null, "b": [{ "c": 1 }], "d": null }), Some("it.d is null, and was \"\"")),
    ];
    for (answered, wanted) in rows {
        assert_eq!(difference(&recorded, &answered, "it").as_deref(), wanted);
    }
}
