//! The API gateway in front of Huawei Cloud's services: who is let in, and how it refuses.
//! Knows access keys and tokens, but nothing of what a service does.

use serde_json::json;

use super::listed::{Listed, Row, said};
use super::signature::{AccessKey, SignatureError, verify_signature};
use crate::clock::Moment;
use crate::huawei::cloud_rtc::state::KnownKey;
use crate::huawei::iam::state::{LOCKOUT, UserState};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::service::{Answer, Done, Request};
use crate::world::World;

/// A code of the gateway (API signing guide, "Error Codes"). The numbers behind `APIG.` mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GatewayCode {
    /// No service has the path, or the method.
    NoSuchApi,
    /// The service did not answer the gateway in time.
    BackendTimeout,
    /// The signature or the token is not good.
    NotAuthenticated,
    /// The IAM user may not call this.
    NotAuthorized,
    /// The request was signed more than 15 minutes before or after.
    Skewed,
    /// The caller is not known in any way.
    NoAuthentication,
    /// The token is of another region, or too old.
    TokenOutdated,
    /// Too many requests.
    Throttled,
}

/// Every code with its name, HTTP status and text.
pub const GATEWAY_CODES: &[Row<GatewayCode>] = &[
    (GatewayCode::NoSuchApi, "APIGW.0101", 404, "The API does not exist or has not been published in the environment"),
    (GatewayCode::BackendTimeout, "APIGW.0201", 504, "Backend timeout"),
    (GatewayCode::NotAuthenticated, "APIGW.0301", 401, "Incorrect IAM authentication information"),
    (GatewayCode::NotAuthorized, "APIGW.0302", 403, "The IAM user is not authorized to access the API"),
    (GatewayCode::Skewed, "APIGW.0303", 401, "Incorrect app authentication information"),
    (GatewayCode::NoAuthentication, "APIGW.0305", 401, "Incorrect authentication information"),
    (GatewayCode::TokenOutdated, "APIGW.0307", 401, "The token must be updated"),
    (GatewayCode::Throttled, "APIGW.0308", 429, "The throttling threshold has been reached"),
];

impl Listed for GatewayCode {
    const ROWS: &'static [Row<Self>] = GATEWAY_CODES;
}

/// Returns whether a refusal is the gateway's to say and not a service's.
pub(crate) fn speaks(refusal: &Refusal) -> bool {
    let code = refusal.code.to_string();
    code.starts_with("APIGW.") || code.starts_with("APIG.")
}

/// Says a refusal as the gateway does; of a code that it does not know with status 400.
pub(crate) fn refuse(refusal: &Refusal, request_id: &str) -> Answer {
    let (status, text) = said::<GatewayCode>(refusal);
    let body = json!({ "error_msg": text, "error_code": refusal.code.to_string(), "request_id": request_id });
    let reply = Reply::json(&body).status(status).header("x-request-id", request_id);
    Answer { reply, code: Some(refusal.code.clone()), done: Done::Nothing }
}

/// Who a request says that it comes from; nothing of it is verified.
#[derive(Debug, Default)]
pub(crate) struct Claimed {
    /// The project that it is about.
    pub(crate) project: Option<String>,
    /// The access key or the user.
    pub(crate) identifier: Option<String>,
}

/// Who a request comes from.
pub(crate) enum Caller {
    /// The owner of an access key, in the project that the request names.
    AccessKey { id: String, project: Option<String> },
    /// A user with a token.
    User { domain: String, project: Option<String> },
}

/// Reads who a request says that it comes from.
pub(crate) fn claimed(world: &World, request: &Request) -> Claimed {
    let project = header(request, "x-project-id").map(str::to_owned);
    if let Some(access) = header(request, "authorization").and_then(access_key) {
        return Claimed { project, identifier: Some(access.to_owned()) };
    }
    let token = header(request, "x-auth-token").and_then(|sent| world.iam.token(sent));
    match token {
        Some(token) => Claimed { project: token.project.clone(), identifier: Some(token.user.clone()) },
        None => Claimed { project, identifier: None },
    }
}

/// Lets a request in, or refuses it. Failed signatures count: too many of them lock the access key out.
pub(crate) fn admit(world: &mut World, request: &Request, now: Moment) -> Result<Caller, Refusal> {
    if header(request, "authorization").is_some() {
        return by_signature(world, request, now);
    }
    let sent =
        header(request, "x-auth-token").ok_or_else(|| GatewayCode::NotAuthenticated.about("x-auth-token not found"))?;
    let token = world.iam.token(sent).ok_or_else(|| GatewayCode::NotAuthenticated.about("decrypt token fail"))?;
    if token.expires <= now {
        return Err(GatewayCode::NotAuthenticated.about("token expires"));
    }
    let user = world.iam.users.get(&token.domain).and_then(|users| users.get(&token.user));
    match user.map(|user| user.state) {
        Some(UserState::Active) => Ok(Caller::User { domain: token.domain.clone(), project: token.project.clone() }),
        Some(UserState::Locked | UserState::Disabled) | None => {
            Err(GatewayCode::NotAuthenticated.about("the user of the token is gone, locked or disabled"))
        }
    }
}

fn by_signature(world: &mut World, request: &Request, now: Moment) -> Result<Caller, Refusal> {
    let project = header(request, "x-project-id").map(str::to_owned);
    let claimed = header(request, "authorization").and_then(access_key).unwrap_or_default();
    if world.iam.is_locked_out(claimed, now) {
        return Err(GatewayCode::NotAuthenticated.about("the access key is locked for some minutes"));
    }
    let known = |id: &str| known_key(world, id, project.as_deref()).map(KnownKey::borrow);
    match verify_signature(&request.head, &request.body, known, now) {
        Ok(signer) => {
            world.iam.failed_signatures.remove(&signer.access_key);
            Ok(Caller::AccessKey { id: signer.access_key, project })
        }
        Err(error) => {
            if looks_like_guessing(&error) {
                let failed = world.iam.failed_signatures.entry(claimed.to_owned()).or_default();
                failed.retain(|at| now.since(*at) < LOCKOUT);
                failed.push(now);
            }
            let skewed = error == SignatureError::Skewed;
            let code = if skewed { GatewayCode::Skewed } else { GatewayCode::NotAuthenticated };
            Err(code.about(&error.to_string()))
        }
    }
}

/// Whether a failed signature counts against its access key. An unknown key has nothing that could be guessed.
const fn looks_like_guessing(error: &SignatureError) -> bool {
    match error {
        SignatureError::WrongSecurityToken | SignatureError::WrongBodyHash | SignatureError::Mismatch => true,
        SignatureError::Unsigned
        | SignatureError::Malformed(_)
        | SignatureError::NotCovered(_)
        | SignatureError::MissingHeader(_)
        | SignatureError::UnclearHeader(_)
        | SignatureError::InvalidDate
        | SignatureError::Skewed
        | SignatureError::UnknownKey(_) => false,
    }
}

/// What is known of an access key: in the project that is named, or in any.
fn known_key<'w>(world: &'w World, id: &str, project: Option<&str>) -> Option<&'w KnownKey> {
    let named = project.and_then(|project| world.huawei_rtc.get(project));
    named.into_iter().chain(world.huawei_rtc.values()).find_map(|project| project.access_keys.get(id))
}

impl KnownKey {
    fn borrow(&self) -> AccessKey<'_> {
        let security_token = self.security_token.as_ref().map(|token| token.expose());
        AccessKey { secret: self.secret.expose(), security_token }
    }
}

/// Returns a header's value, if it is there and text.
pub(crate) fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.head.headers.get(name)?.to_str().ok()
}

/// The id of the access key that an `Authorization` header names.
fn access_key(authorization: &str) -> Option<&str> {
    let rest = authorization.split_once("Access=")?.1;
    Some(rest.split(',').next().unwrap_or(rest).trim())
}
