//! The two ways to log in: with the App ID's key as any user, and with an account's password.
//! Decides who the caller is and whether that one may log in; what is given out is made in `tokens`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::admission;
use super::codes::{Refusal, Refused};
use super::ids;
use super::operation::Operation;
use super::outcome::Outcome;
use super::request::{self, Fields};
use super::state::{Enterprise, MeetingApp, User, UserStatus};
use super::token::Holder;
use super::tokens::{self, Grant};
use crate::clock::Moment;
use crate::huawei::gateway::header;
use crate::huawei::{AppIdError, Application, LoginClaims, Speaker, verify_app_id};
use crate::service::{Context, Done, Request};
use crate::world::World;

/// `app_auth`: a user id that nobody has registers a user, unless the enterprise forbids it.
pub(super) fn with_app_id(world: &mut World, request: &Request, context: &Context) -> Result<Outcome, Refusal> {
    let body = request::json(request)?;
    let body = &Fields::of(&body)?;
    let claims = claims(body)?;
    let (app_id, client_type) = (claims.app_id, body.required_integer("clientType")?);
    let app = world.huawei_meeting.get_mut(app_id).ok_or(Refused::AppIdWrong)?;
    admission::check_allowed(app, Operation::AppAuth)?;
    let speaker = speaker(app, claims, request, context.now)?;
    let (holder, done) = holder(app, speaker, body)?;
    check_status(app, &holder)?;
    let token = tokens::issue(app, app_id, Grant { holder, client_type }, context.now);
    Ok(Outcome { body: Some(tokens::shown(app, app_id, &token, context.peer)), done })
}

/// Reads what a body says of the log-in.
fn claims<'b>(body: &Fields<'b>) -> Result<LoginClaims<'b>, Refusal> {
    Ok(LoginClaims {
        app_id: body.required_text("appId")?,
        corp_id: body.filled_text("corpId")?,
        user_id: body.filled_text("userId")?,
        expire_time: u64::try_from(body.required_integer("expireTime")?)
            .map_err(|_| Refusal::parameter("expireTime is at least 0"))?,
        nonce: body.required_text("nonce")?,
    })
}

/// Returns whom a log-in speaks for, if its signature says so too.
fn speaker(app: &MeetingApp, claims: LoginClaims<'_>, request: &Request, now: Moment) -> Result<Speaker, Refusal> {
    let app_key = app.app_key.as_ref().ok_or(Refused::AppIdWrong)?;
    let application = Application { app_id: claims.app_id, app_key: app_key.expose(), tenancy: app.tenancy };
    let authorization = header(request, "Authorization").unwrap_or_default();
    verify_app_id(authorization, claims, application, now).map_err(|error| {
        let refused = match error {
            AppIdError::NonceLength => Refused::ParameterInvalid,
            AppIdError::Expired => Refused::AppIdExpired,
            AppIdError::Malformed(_)
            | AppIdError::OtherApp
            | AppIdError::UnexpectedCorp
            | AppIdError::MissingCorp
            | AppIdError::Mismatch => Refused::AppIdWrong,
        };
        Refusal { refused, info: error.to_string() }
    })
}

/// Returns who logs in, and whether that registered a user.
fn holder(app: &mut MeetingApp, speaker: Speaker, body: &Fields<'_>) -> Result<(Holder, Done), Refusal> {
    let (corp, user_id) = match speaker {
        Speaker::ServiceProvider => return Ok((Holder::ServiceProvider, Done::Nothing)),
        Speaker::Administrator => (only_enterprise(app)?, None),
        Speaker::User(user) => (only_enterprise(app)?, Some(user)),
        Speaker::CorpAdministrator(corp) => (corp, None),
        Speaker::CorpUser { corp, user } => (corp, Some(user)),
    };
    let unknown = || Refusal::about(Refused::AppIdWrong, "the enterprise is unknown");
    let enterprise = app.enterprises.get_mut(&corp).ok_or_else(unknown)?;
    let Some(user_id) = user_id else { return Ok((Holder::Administrator { corp }, Done::Nothing)) };
    if let Some((account, _)) = enterprise.user_by_third_account(&user_id) {
        return Ok((Holder::User { account: account.to_owned(), corp }, Done::Nothing));
    }
    if !enterprise.auto_user_create {
        return Err(Refused::NoSuchUserToLogIn.into());
    }
    let account = register(enterprise, &corp, &user_id, body)?;
    Ok((Holder::User { corp, account }, Done::Changed))
}

fn only_enterprise(app: &MeetingApp) -> Result<String, Refusal> {
    let corp = app.enterprises.keys().next();
    corp.cloned().ok_or_else(|| Refusal::about(Refused::AppIdWrong, "the App ID has no enterprise"))
}

/// Registers a user, and returns the account, which is not the user id.
fn register(enterprise: &mut Enterprise, corp: &str, user_id: &str, body: &Fields<'_>) -> Result<String, Refusal> {
    let text = |name| body.text(name).map(|text| text.unwrap_or_default().to_owned());
    let user = User {
        name: body.filled_text("userName")?.unwrap_or(user_id).to_owned(),
        email: text("userEmail")?,
        phone: text("userPhone")?,
        dept_code: text("deptCode")?,
        ..User::third_party(user_id)
    };
    let account = format!("sim{}", ids::id(&["account", corp, user_id]));
    enterprise.users.insert(account.clone(), user);
    Ok(account)
}

/// `account_auth`: with an account and its password.
pub(super) fn with_account(world: &mut World, request: &Request, context: &Context) -> Result<Outcome, Refusal> {
    let body: Value = request::json(request)?;
    let body = Fields::of(&body)?;
    let account = body.required_text("account")?;
    let client_type = body.required_integer("clientType")?;
    let wrong = || Refusal::from(Refused::AccountOrPasswordWrong);
    let app_id = admission::app_of_account(world, account).ok_or_else(wrong)?;
    let app = world.huawei_meeting.get_mut(&app_id).ok_or_else(wrong)?;
    admission::check_allowed(app, Operation::AccountAuth)?;
    let found = app.enterprises.iter().find_map(|(corp, enterprise)| Some((corp, enterprise.users.get(account)?)));
    let (corp, user) = found.ok_or_else(wrong)?;
    let password = user.password.as_ref().ok_or_else(wrong)?;
    if basic(request).as_deref() != Some(format!("{account}:{}", password.expose()).as_str()) {
        return Err(wrong());
    }
    let holder = Holder::User { corp: corp.clone(), account: account.to_owned() };
    check_status(app, &holder)?;
    let token = tokens::issue(app, &app_id, Grant { holder, client_type }, context.now);
    Ok(Outcome::shown(tokens::shown(app, &app_id, &token, context.peer)))
}

/// Returns account and password of an `Authorization` header, with a colon between them.
fn basic(request: &Request) -> Option<String> {
    let encoded = header(request, "Authorization")?.strip_prefix("Basic ")?;
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

/// Checks that whoever is known may log in.
fn check_status(app: &MeetingApp, holder: &Holder) -> Result<(), Refusal> {
    let user = tokens::user_of(app, holder).map(|(_, user)| user.status);
    match user {
        None | Some(UserStatus::Active) => Ok(()),
        Some(UserStatus::Disabled) => Err(Refused::AccountDisabled.into()),
        Some(UserStatus::Locked) => Err(Refused::AccountLocked.into()),
    }
}
