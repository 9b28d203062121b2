//! Makes the call of a recorded request with our client, against a listener that lets everybody in.
//! Inputs come from the recorded request, and from nowhere else.

use roomkeeper_providers::clock::Clock;
use roomkeeper_providers::huawei::Page;
use roomkeeper_providers::huawei::cloud_rtc::{
    self, AppState, CloudRtc, Login, RoomQuery, RoomState, UserQuery, UserState,
};
use roomkeeper_providers::huawei::meeting::{
    self, Account, CorpVmrQuery, GuestPassword, Language, Meeting, MemberVmrKind, MemberVmrQuery, VmrMode, VmrStatus,
    VmrUpdate,
};
use roomkeeper_providers::huawei::signature::AccessKey;
use roomkeeper_providers::{Error, SecretString, http as connections};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::path;
use crate::huawei_sdk_requests::{Recorded, pairs};
use crate::vendor::{Answer, Request, Vendor, http};
use crate::{huawei_meeting_appid, huawei_sdk_hmac_sha256};

/// The token that every log-in gives.
pub(super) const TOKEN: &str = "token-of-the-listener";
/// Where the recorded request does not say it: the project, the time, and the user whose rooms are meant.
const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const NOW: u64 = 1_767_225_600;
const USER: &str = "third-user-1";

/// What our client made of a recorded request.
pub(super) enum Replay {
    /// It sent this.
    Sent(Request),
    /// It sent nothing and says why.
    Refused(Error),
    /// It has no such call, for this reason.
    NotOurs(String),
}

/// What became of a call; whether the listener's answer makes sense does not matter.
type Made = Result<(), Error>;

impl Replay {
    /// Makes the call of a recorded request.
    pub(super) async fn of(recorded: &Recorded) -> Self {
        let vendor = Vendor::answering(let_in).await;
        let made = match call(recorded, &vendor.endpoint).await {
            Ok(made) => made,
            Err(reason) => return Self::NotOurs(reason),
        };
        let wanted = is_log_in(&recorded.target);
        let ours = vendor.requests().into_iter().find(|request| is_log_in(request.target()) == wanted);
        match (ours, made) {
            (Some(request), _) => Self::Sent(request),
            (None, Err(error)) => Self::Refused(error),
            (None, Ok(())) => panic!("{} {}: a call without a request", recorded.method, recorded.target),
        }
    }
}

fn let_in(request: &Request) -> Answer {
    if request.target().starts_with("/v3/auth/tokens") {
        let header = format!("X-Subject-Token: {TOKEN}\r\n");
        return http("201 Created", &header, "{\"token\":{\"expires_at\":\"2099-01-01T00:00:00Z\"}}");
    }
    http("200 OK", "", &json!({"accessToken": TOKEN, "validPeriod": 40_000}).to_string())
}

fn is_log_in(target: &str) -> bool {
    let path = target.split('?').next();
    matches!(path, Some("/v3/auth/tokens" | "/v2/usg/acs/auth/appauth"))
}

async fn call(recorded: &Recorded, endpoint: &Url) -> Result<Made, String> {
    let path = path(&recorded.target);
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (recorded.method.as_str(), path.as_slice()) {
        ("POST", ["v3", "auth", "tokens"]) => log_in_at_iam(recorded, endpoint).await,
        ("POST", ["v2", "usg", "acs", "auth", "appauth"]) => log_in(recorded, endpoint).await,
        (_, ["v2", "apps", ..] | ["v1", _, "rtc", ..]) => cloud_rtc_call(recorded, endpoint, &path).await,
        (_, ["v1", "usg" | "mmc", ..]) => meeting_call(recorded, endpoint, &path).await,
        (method, _) => Err(format!("{method} {}", recorded.target)),
    }
}

async fn cloud_rtc_call(recorded: &Recorded, endpoint: &Url, path: &[&str]) -> Result<Made, String> {
    let mut query = Query::of(recorded);
    let project = match path {
        ["v1", project, ..] => Some(*project),
        _ => recorded.headers().get("x-project-id").copied(),
    };
    let client = cloud_rtc(endpoint, project.unwrap_or(PROJECT), login(recorded), signed_at(recorded))?;
    match (recorded.method.as_str(), path) {
        ("POST", ["v2", "apps", app, "rooms", room, "dismiss"]) => {
            query.end()?;
            Ok(client.dismiss_room(app, room).await.map(drop))
        }
        ("GET", ["v2", "apps", app]) => {
            query.end()?;
            Ok(client.get_app(app).await.map(drop))
        }
        ("GET", ["v2", "apps"]) => {
            let (state, page) = (query.take("state").map(AppState::from), query.page()?);
            query.end()?;
            Ok(client.get_app_page(state, page).await.map(drop))
        }
        ("GET", ["v1", _, "rtc", "rooms"]) => {
            let wanted = RoomQuery {
                app: query.needed("app")?,
                room: query.take("room_id"),
                state: query.take("state").map(RoomState::from),
                since: query.time("start_time")?.unwrap_or(NOW),
                until: query.time("end_time")?,
            };
            let page = query.page()?;
            query.end()?;
            Ok(client.get_room_page(&wanted, page).await.map(drop))
        }
        ("GET", ["v1", _, "rtc", "users"]) => {
            let mut states = Vec::new();
            while let Some(state) = query.take("state") {
                states.push(UserState::from(state));
            }
            let wanted = UserQuery {
                app: query.needed("app")?,
                room: query.take("room_id"),
                states,
                since: query.time("start_time")?.unwrap_or(NOW),
                until: query.time("end_time")?,
            };
            query.only("type", "summary")?;
            let page = query.page()?;
            query.end()?;
            Ok(client.get_user_page(&wanted, page).await.map(drop))
        }
        (method, _) => Err(format!("{method} {}", recorded.target)),
    }
}

async fn meeting_call(recorded: &Recorded, endpoint: &Url, path: &[&str]) -> Result<Made, String> {
    let mut query = Query::of(recorded);
    let client = meeting(endpoint, "app", None, NOW)?;
    match (recorded.method.as_str(), path) {
        ("GET", ["v1", "usg", "dcs", "corp", "vmr"]) => {
            let wanted = CorpVmrQuery {
                search_key: query.take("searchKey"),
                mode: query.number("vmrMode")?.map(VmrMode::from),
                status: query.number("status")?.map(VmrStatus::from),
            };
            let page = query.page()?;
            query.end()?;
            Ok(client.get_corp_vmr_page(&wanted, page).await.map(drop))
        }
        ("GET", ["v1", "usg", "dcs", "member", "vmr"]) => {
            let kind = match query.take("specialVmr").as_deref() {
                None => None,
                Some("true") => Some(MemberVmrKind::CloudRoom),
                Some("false") => Some(MemberVmrKind::Personal),
                Some(other) => return Err(format!("nobody knows specialVmr={other}")),
            };
            let wanted = MemberVmrQuery { search_key: query.take("searchKey"), kind };
            let page = query.page()?;
            query.end()?;
            Ok(client.get_member_vmr_page(USER, &wanted, page).await.map(drop))
        }
        ("PUT", ["v1", "usg", "dcs", "member", "vmr", id]) => {
            query.end()?;
            Ok(client.update_vmr(USER, id, &update(&recorded.body)?).await.map(drop))
        }
        ("POST", ["v1", "usg", "dcs", "corp", "vmr", verb, name]) => {
            let account = query.account(name)?;
            query.end()?;
            let ids: Vec<String> = serde_json::from_str(&recorded.body).map_err(|_| "the body is no list of ids")?;
            let [id] = ids.as_slice() else { return Err(format!("{} rooms at once", ids.len())) };
            match *verb {
                "assign-to-member" => Ok(client.assign_vmr(&account, id).await.map(drop)),
                "recycle-from-member" => Ok(client.recycle_vmr(&account, id).await.map(drop)),
                _ => Err(format!("POST {}", recorded.target)),
            }
        }
        ("GET", ["v1", "usg", "dcs", "corp", "member", name]) => {
            let account = query.account(name)?;
            query.end()?;
            Ok(client.get_member(&account).await.map(drop))
        }
        ("GET", ["v1", "mmc", "management", "conferences", "online"]) => {
            let (key, all, page) = (query.needed("searchKey")?, query.needed("queryAll")?, query.page()?);
            query.end()?;
            if all != "true" {
                return Err("the conferences of one user".into());
            }
            Ok(client.get_online_conference_page(&key, page).await.map(drop))
        }
        ("DELETE", ["v1", "usg", "acs", "token"]) => {
            query.end()?;
            let let_in = client.log_in_as_administrator().await;
            client.log_out().await;
            Ok(let_in.map(drop))
        }
        (method, _) => Err(format!("{method} {}", recorded.target)),
    }
}

/// A log-in with a password, which a call makes by itself.
async fn log_in_at_iam(recorded: &Recorded, endpoint: &Url) -> Result<Made, String> {
    let body: Value = serde_json::from_str(&recorded.body).map_err(|_| "the body is no JSON")?;
    let text = |place: &str| body.pointer(place).and_then(Value::as_str).map(str::to_owned);
    let user = |place: &str| text(&format!("/auth/identity/password/user/{place}"));
    let project = text("/auth/scope/project/id").or_else(|| text("/auth/scope/project/name"));
    let (Some(domain), Some(user), Some(password), Some(project)) =
        (user("domain/name"), user("name"), user("password"), project)
    else {
        return Err("a log-in without a password, or not for a project".into());
    };
    let login = Login::Password { domain, user, password: password.into() };
    Ok(cloud_rtc(endpoint, &project, login, NOW)?.get_apps(1).await.map(drop))
}

async fn log_in(recorded: &Recorded, endpoint: &Url) -> Result<Made, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        app_id: String,
        user_id: Option<String>,
        corp_id: Option<String>,
        expire_time: u64,
        client_type: u32,
        #[serde(flatten)]
        rest: Map<String, Value>,
    }
    let body: Body = serde_json::from_str(&recorded.body).map_err(|error| format!("another body: {error}"))?;
    let mut more = body.rest.iter().filter(|(name, value)| *name != "nonce" && !value.is_null());
    if let Some((name, _)) = more.next() {
        return Err(format!("a log-in that registers a user, with {name}"));
    }
    if body.corp_id.as_deref() == Some("") {
        return Err("a log-in as service provider".into());
    }
    let Some(now) = body.expire_time.checked_sub(600).filter(|_| body.client_type == 72) else {
        return Err("a log-in that never expires, or of another kind of client".into());
    };
    let client = meeting(endpoint, &body.app_id, body.corp_id.as_deref(), now)?;
    match body.user_id.as_deref() {
        None | Some("") => Ok(client.log_in_as_administrator().await.map(drop)),
        Some(user_id) => Ok(client.get_member_vmrs(user_id, || std::future::ready(())).await.map(drop)),
    }
}

fn update(body: &str) -> Result<VmrUpdate, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Body {
        vmr_name: Option<String>,
        chair_pwd: Option<String>,
        gust_pwd: Option<String>,
        allow_gust_first: Option<bool>,
        gust_first_notice: Option<bool>,
    }
    let body: Body = serde_json::from_str(body).map_err(|error| format!("another body: {error}"))?;
    Ok(VmrUpdate {
        name: body.vmr_name,
        host_password: body.chair_pwd.map(SecretString::from),
        guest_password: body.gust_pwd.map(|password| match password.as_str() {
            "" => GuestPassword::None,
            _ => GuestPassword::Required(password.into()),
        }),
        allow_guest_first: body.allow_gust_first,
        notify_owner: body.gust_first_notice,
    })
}

/// Returns the login that the recorded request was made with: a key whose secret the vectors know, or a token.
fn login(recorded: &Recorded) -> Login {
    let Some(authorization) = recorded.authorization("SDK-HMAC-SHA256") else {
        return Login::Password { domain: "d".into(), user: "u".into(), password: "p".into() };
    };
    let sent = recorded.sent(authorization);
    let keys = huawei_sdk_hmac_sha256::Vectors::read();
    let token = sent.headers.get("x-security-token").map(|token| (*token).into());
    let key = AccessKey::new(sent.access_key(), keys.secrets_of(sent.access_key())[0].into(), token);
    Login::AccessKey(key.expect("a well-formed key"))
}

fn signed_at(recorded: &Recorded) -> u64 {
    recorded.authorization("SDK-HMAC-SHA256").map_or(NOW, |authorization| recorded.sent(authorization).signed_at())
}

fn cloud_rtc(endpoint: &Url, project_id: &str, login: Login, now: u64) -> Result<CloudRtc, String> {
    let config = cloud_rtc::Config {
        endpoint: endpoint.clone(),
        iam_endpoint: endpoint.clone(),
        project_id: project_id.into(),
        login,
        http: client(),
    };
    CloudRtc::with_clock(config, Clock::from_fn(move || now)).map_err(|error| error.to_string())
}

fn meeting(endpoint: &Url, app_id: &str, corp_id: Option<&str>, now: u64) -> Result<Meeting, String> {
    let config = meeting::Config {
        endpoint: endpoint.clone(),
        app_id: app_id.into(),
        corp_id: corp_id.map(str::to_owned),
        app_key: huawei_meeting_appid::Vectors::read().keys()[0].into(),
        language: Language::EnUs,
        http: client(),
    };
    Meeting::with_clock(config, Clock::from_fn(move || now)).map_err(|error| error.to_string())
}

fn client() -> connections::Client {
    let settings = connections::Settings { proxies: connections::Proxies::Never, ..connections::Settings::default() };
    connections::Client::new(&settings).expect("the settings of the test")
}

/// What a recorded query says and nobody has read yet.
struct Query(Vec<(String, String)>);

impl Query {
    fn of(recorded: &Recorded) -> Self {
        Self(pairs(&recorded.target))
    }

    fn take(&mut self, wanted: &str) -> Option<String> {
        let at = self.0.iter().position(|(name, _)| name == wanted)?;
        Some(self.0.remove(at).1)
    }

    fn needed(&mut self, name: &str) -> Result<String, String> {
        self.take(name).ok_or_else(|| format!("a list without {name}"))
    }

    fn number(&mut self, name: &str) -> Result<Option<i64>, String> {
        let number = self.take(name).map(|value| value.parse().map_err(|_| format!("{name} is no number")));
        number.transpose()
    }

    fn time(&mut self, name: &str) -> Result<Option<u64>, String> {
        let Some(text) = self.take(name) else { return Ok(None) };
        let time: jiff::Timestamp = text.parse().map_err(|_| format!("{name} is no time"))?;
        u64::try_from(time.as_second()).map(Some).map_err(|_| format!("{name} is before 1970"))
    }

    fn page(&mut self) -> Result<Page, String> {
        let (offset, limit) = (self.number("offset")?.unwrap_or(0), self.number("limit")?.unwrap_or(100));
        match (offset.try_into(), limit.try_into()) {
            (Ok(offset), Ok(limit)) => Ok(Page { offset, limit }),
            _ => Err("a page out of range".into()),
        }
    }

    fn account(&mut self, name: &str) -> Result<Account, String> {
        match self.number("accountType")? {
            None | Some(0) => Ok(Account::Account(name.into())),
            Some(1) => Ok(Account::UserId(name.into())),
            Some(other) => Err(format!("nobody knows accountType={other}")),
        }
    }

    /// Takes what may be said in one way only, which is also the default.
    fn only(&mut self, name: &str, value: &str) -> Result<(), String> {
        match self.take(name) {
            Some(other) if other != value => Err(format!("we never ask for {name}={other}")),
            Some(_) | None => Ok(()),
        }
    }

    /// Whatever is left is a filter that no call of ours has.
    fn end(self) -> Result<(), String> {
        match self.0.first() {
            Some((name, _)) => Err(format!("we never filter by {name}")),
            None => Ok(()),
        }
    }
}
