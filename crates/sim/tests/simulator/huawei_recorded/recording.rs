//! One recorded request: what it asks for, a world in which it can be served, and sending it again byte by byte.

use std::time::Duration;

use http::request::Parts;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use roomkeeper_sim::huawei::AccessKey;
use roomkeeper_sim::huawei::cloud_rtc::{Outcome, Room, Visit};
use roomkeeper_sim::{KnownKey, Moment, Project, RtcApp, Simulator, Token, User, UserState, World, verify_signature};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::DEADLINE;
use crate::vectors;

/// A request with the answer that it got; the answer came from a recorder, not from the vendor.
#[derive(Deserialize)]
pub(super) struct Recording {
    #[serde(skip)]
    pub(super) name: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    response: Option<RecordedReply>,
}

#[derive(Deserialize)]
struct RecordedReply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// An answer: recorded, or ours.
pub(super) struct Reply {
    pub(super) status: u16,
    /// The names of the headers, in small letters.
    pub(super) headers: Vec<String>,
    pub(super) body: String,
}

impl Reply {
    /// The body as JSON, if it is an object.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok().filter(Value::is_object)
    }
}

/// What a request calls, told from method and path alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    ListApps,
    ShowApp,
    CreateApp,
    StartApp,
    StopApp,
    DeleteApp,
    DismissRoom,
    RemoveUsers,
    ListRooms,
    ListUsers,
    RealtimeScale,
    CreateToken,
    ListProjects,
}

#[derive(Deserialize)]
struct KnownAnswers {
    sdk_hmac_sha256: Vec<KnownAnswer>,
}

#[derive(Deserialize)]
struct KnownAnswer {
    ak: String,
    sk: String,
}

impl Recording {
    /// Reads every recorded request of CloudRTC and IAM.
    pub(super) fn all() -> Vec<Self> {
        let folder = vectors::folder().join("huawei_sdk_requests");
        let entries = std::fs::read_dir(&folder).expect("the folder of recorded requests");
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
        let mut names: Vec<String> = entries.filter_map(name).collect();
        names.retain(|name| name.starts_with("rtc_") || name.starts_with("iam_"));
        names.sort();
        let read = |name: String| Self { name: name.clone(), ..vectors::read(&format!("huawei_sdk_requests/{name}")) };
        names.into_iter().map(read).collect()
    }

    pub(super) fn response(&self) -> Option<Reply> {
        let RecordedReply { status, headers, body } = self.response.as_ref()?;
        let names = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        Some(Reply { status: *status, headers: names, body: body.clone() })
    }

    /// When it was sent, by its own account.
    pub(super) fn time(&self) -> Moment {
        let date = self.header("x-sdk-date").unwrap_or("20260101T000000Z");
        let time = DateTime::strptime("%Y%m%dT%H%M%SZ", date).expect("a date of the vendor's form");
        moment(time)
    }

    /// The path's parts, decoded.
    fn parts(&self) -> Vec<String> {
        let path = self.target.split('?').next().unwrap_or_default();
        path.trim_start_matches('/').split('/').map(decoded).collect()
    }

    /// The first value of a query parameter.
    fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(key, value)| (decoded(key), decoded(value))).find(|(key, _)| key == name).map(|(_, value)| value)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn call(&self) -> Option<Call> {
        let parts = self.parts();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (self.method.as_str(), parts.as_slice()) {
            ("GET", ["v2", "apps"]) => Some(Call::ListApps),
            ("POST", ["v2", "apps"]) => Some(Call::CreateApp),
            ("GET", ["v2", "apps", _]) => Some(Call::ShowApp),
            ("DELETE", ["v2", "apps", _]) => Some(Call::DeleteApp),
            ("POST", ["v2", "apps", _, "enable"]) => Some(Call::StartApp),
            ("POST", ["v2", "apps", _, "disable"]) => Some(Call::StopApp),
            ("POST", ["v2", "apps", _, "rooms", _, "dismiss"]) => Some(Call::DismissRoom),
            ("POST", ["v2", "apps", _, "rooms", _, "batch-remove-users"]) => Some(Call::RemoveUsers),
            ("GET", ["v1", _, "rtc", "rooms"]) => Some(Call::ListRooms),
            ("GET", ["v1", _, "rtc", "users"]) => Some(Call::ListUsers),
            ("GET", ["v1", _, "rtc", "realtime", "scale"]) => Some(Call::RealtimeScale),
            ("POST", ["v3", "auth", "tokens"]) => Some(Call::CreateToken),
            ("GET", ["v3", "projects"]) => Some(Call::ListProjects),
            (_, _) => None,
        }
    }

    /// The name of the operation in faults and journal.
    pub(super) fn operation(&self) -> &'static str {
        match self.call().expect("a known call") {
            Call::ListApps => "list_apps",
            Call::ShowApp => "show_app",
            Call::CreateApp => "create_app",
            Call::StartApp => "start_app",
            Call::StopApp => "stop_app",
            Call::DeleteApp => "delete_app",
            Call::DismissRoom => "dismiss_room",
            Call::RemoveUsers => "remove_users",
            Call::ListRooms => "list_rooms",
            Call::ListUsers => "list_users",
            Call::RealtimeScale => "realtime_scale",
            Call::CreateToken => "create_token",
            Call::ListProjects => "list_projects",
        }
    }

    /// Says why the vendor could not serve the request, whatever its recorder answered: some were made wrong on purpose.
    pub(super) fn cannot_be_served(&self) -> Option<&'static str> {
        let allowed = |id: &str| {
            (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        let Some(call) = self.call() else { return Some("nothing is served there") };
        let is_signed = self.authorization().is_some_and(|text| text.starts_with("SDK-HMAC-SHA256 "));
        let has_token = self.authorization().is_none() && self.header("x-auth-token").is_some();
        if call != Call::CreateToken && !is_signed && !has_token {
            return Some("nobody can tell who sends it");
        }
        let about_a_room = matches!(call, Call::DismissRoom | Call::RemoveUsers);
        let of_the_statistics = matches!(call, Call::ListRooms | Call::ListUsers | Call::RealtimeScale);
        if about_a_room && !allowed(&self.parts()[4]) {
            return Some("no room has such an id");
        }
        (of_the_statistics && self.query("app").is_none()).then_some("the statistics ask for an app")
    }

    fn authorization(&self) -> Option<&str> {
        self.header("authorization")
    }

    fn project_id(&self) -> String {
        let parts = self.parts();
        let in_path = if parts[0] == "v1" { parts.get(1).cloned() } else { None };
        let in_scope = self.json()["auth"]["scope"]["project"]["id"].as_str().map(str::to_owned);
        let in_header = self.header("x-project-id").map(str::to_owned);
        in_header.or(in_path).or(in_scope).unwrap_or_else(|| "0123456789abcdef0123456789abcdef".to_owned())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A world in which the request can be served, and in which there is something to show.
    pub(super) fn world(&self) -> World {
        let (body, now) = (self.json(), self.time());
        let user = &body["auth"]["identity"]["password"]["user"];
        let text = |value: &Value, usual: &str| value.as_str().unwrap_or(usual).to_owned();
        let domain = text(&user["domain"]["name"], "example");
        let region =
            self.query("name").unwrap_or_else(|| text(&body["auth"]["scope"]["project"]["name"], "cn-north-4"));
        let mut project = Project { name: region, domain: domain.clone(), ..Project::default() };
        if let Some((id, secret)) = self.key() {
            let key = KnownKey { secret: secret.as_str().into(), security_token: None };
            project.access_keys.insert(id, key);
        }
        let in_path = self.parts().get(2).filter(|_| self.parts()[0] == "v2").cloned();
        let app = in_path.or_else(|| self.query("app")).unwrap_or_else(|| "5ff9701f2346968bb306cb43".to_owned());
        let rooms = vec![self.room(Outcome::Joined), self.room(Outcome::Failed)];
        project.apps.insert(app, RtcApp { name: "there-before".to_owned(), rooms, ..RtcApp::default() });
        let mut world = World::with_project(&self.project_id(), project);
        let name = text(&user["name"], "robot");
        let known = User { password: text(&user["password"], "-").as_str().into(), state: UserState::Active };
        world.iam.users.entry(domain.clone()).or_default().insert(name.clone(), known);
        if let Some(token) = self.header("x-auth-token") {
            let (value, project) = (token.into(), Some(self.project_id()));
            let expires = now.plus(Duration::from_secs(3600));
            world.iam.tokens.push(Token { value, domain, user: name, project, expires });
        }
        world
    }

    /// A room of the id that is asked for: one that runs with somebody in it, or one that is over.
    fn room(&self, outcome: Outcome) -> Room {
        let start = self.query("start_time").map(|text| moment(text.trim_end_matches('Z').parse().expect("a time")));
        let started = start.unwrap_or_else(|| self.time().minus(Duration::from_secs(60)));
        let in_path = self.parts().get(4).cloned();
        let room_id = in_path.or_else(|| self.query("room_id")).unwrap_or_else(|| "room-1".to_owned());
        let asked = |name: &str| self.query(name).unwrap_or_default();
        let visit = |left: Option<Moment>| Visit {
            user: self.query("uid").unwrap_or_else(|| "user001".to_owned()),
            nickname: asked("nickname"),
            region: asked("region"),
            isp: asked("isp"),
            joined: started,
            left,
            outcome,
        };
        let ended = if outcome == Outcome::Joined { None } else { Some(started) };
        Room { room_id, started, ended, visits: vec![visit(Some(started)), visit(None)] }
    }

    /// A world that refuses the request as it was refused when it was recorded, if a state can bring that about.
    pub(super) fn world_that_refuses(&self, world: &World) -> Option<World> {
        let mut world = world.clone();
        let project = world.huawei_rtc.values_mut().next()?;
        match (self.response()?.status, self.call()?) {
            (401, Call::CreateToken) => world.iam.users.clear(),
            (401, _) => {
                project.access_keys.clear();
                world.iam.tokens.clear();
            }
            (404, Call::DismissRoom) => project.apps.values_mut().for_each(|app| app.rooms.clear()),
            (404, Call::ShowApp | Call::StartApp | Call::StopApp | Call::DeleteApp) => project.apps.clear(),
            (429, Call::CreateToken | Call::ListProjects) => return None,
            (429, _) => {
                let limits = &mut project.limits;
                (limits.app_management, limits.room_management, limits.statistics) = (0, 0, 0);
            }
            (_, _) => return None,
        }
        Some(world)
    }

    /// The access key, with the one of the known secret keys that it was signed with.
    fn key(&self) -> Option<(String, String)> {
        let text = self.authorization()?.strip_prefix("SDK-HMAC-SHA256 Access=")?;
        let id = text.split(',').next()?.to_owned();
        let KnownAnswers { sdk_hmac_sha256 } = vectors::read("huawei_sdk_hmac_sha256.json");
        let (own, others): (Vec<_>, Vec<_>) = sdk_hmac_sha256.into_iter().partition(|known| known.ak == id);
        let signs = |known: &KnownAnswer| {
            let key = AccessKey { secret: &known.sk, security_token: None };
            verify_signature(&self.head(), self.body.as_bytes(), |_| Some(key), self.time()).is_ok()
        };
        let known = own.into_iter().chain(others).find(signs);
        // What an HTTP library made of a path with dots was signed by nobody.
        assert!(known.is_some() || self.cannot_be_served().is_some(), "{}: no known key signed it", self.name);
        Some((id, known?.sk))
    }

    fn head(&self) -> Parts {
        let request = http::Request::builder().method(self.method.as_str()).uri(&self.target);
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        request.body(()).expect("a request").into_parts().0
    }

    /// Sends the request as it was recorded, header by header, and reads the answer.
    pub(super) async fn replay(&self, simulator: &Simulator) -> Reply {
        let url = simulator.url();
        let address = url.strip_prefix("http://").expect("an http URL");
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("\r\n{}", self.body));
        let exchange = async {
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            stream.write_all(text.as_bytes()).await.expect("it is sent");
            read(&mut stream).await
        };
        tokio::time::timeout(DEADLINE, exchange).await.expect("an answer in time")
    }
}

/// Reads one answer from a connection that stays open.
async fn read(stream: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        assert!(stream.read_buf(&mut bytes).await.expect("readable") > 0, "the connection ends in the head");
    };
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head in ASCII");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    while bytes.len() < end + length.unwrap_or(0) {
        assert!(stream.read_buf(&mut bytes).await.expect("readable") > 0, "the connection ends in the body");
    }
    let body = String::from_utf8(bytes[end..].to_vec()).expect("a body in UTF-8");
    Reply { status, headers: headers.into_iter().map(|(name, _)| name).collect(), body }
}

fn moment(time: DateTime) -> Moment {
    let seconds = time.to_zoned(TimeZone::UTC).expect("a time in UTC").timestamp().as_second();
    Moment::from_unix_seconds(u64::try_from(seconds).expect("after 1970"))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, ..] => u8::from_str_radix(&format!("{}{}", *high as char, *low as char), 16).ok(),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &rest[3..] } else { tail };
    }
    String::from_utf8(bytes).expect("UTF-8")
}
