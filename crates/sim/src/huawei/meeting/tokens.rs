//! What a log-in gives out: made, counted, renewed, looked at, taken back.
//! Decides nothing about who may log in; `log_in` does.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::{Value, json};

use super::admission;
use super::answers::RenewalToken;
use super::codes::{Refusal, Refused};
use super::ids;
use super::operation::Operation;
use super::outcome::Outcome;
use super::request::{self, Fields};
use super::rules::{CLIENT_TYPE_API, MOST_TOKENS_OF_A_USER};
use super::state::{AdminType, MeetingApp, User, UserStatus};
use super::token::{Holder, Token};
use crate::clock::Moment;
use crate::huawei::gateway::header;
use crate::secret::SecretText;
use crate::service::{Context, Done, Request};
use crate::world::World;

/// Who gets a token, and for what kind of caller.
pub(super) struct Grant {
    pub(super) holder: Holder,
    pub(super) client_type: i64,
}

/// Makes a token. One more than a user may have ends the oldest.
pub(super) fn issue(app: &mut MeetingApp, app_id: &str, grant: Grant, now: Moment) -> Token {
    let Grant { holder, client_type } = grant;
    app.tokens.retain(|token| token.can_be_renewed(now) || token.lives(now));
    let most = if client_type == CLIENT_TYPE_API { MOST_TOKENS_OF_A_USER } else { 1 };
    let counts = |token: &Token| token.holder == holder && token.client_type == client_type && token.lives(now);
    let surplus = (app.tokens.iter().filter(|token| counts(token)).count() + 1).saturating_sub(most);
    let mut ended = 0;
    app.tokens.retain(|token| {
        let ends = ended < surplus && counts(token);
        ended += usize::from(ends);
        !ends
    });
    let token = Token {
        access: secret(app, app_id, "access", now),
        refresh: secret(app, app_id, "refresh", now),
        holder,
        client_type,
        created: now,
        valid_period: app.answers.valid_period,
        refresh_valid_period: app.answers.refresh_valid_period,
    };
    app.tokens.push(token.clone());
    token
}

/// Makes up a secret text that was not there before, also not in a simulator that ran earlier.
pub(super) fn secret(app: &mut MeetingApp, app_id: &str, what: &str, now: Moment) -> SecretText {
    app.tokens_made += 1;
    let (count, now) = (app.tokens_made.to_string(), now.unix_millis().to_string());
    SecretText::from(format!("stb{}", ids::fingerprint(&[app_id, what, &count, &now])).as_str())
}

/// Returns the user that a token belongs to, and the account; nothing for one who is not among the users.
pub(super) fn user_of<'a>(app: &'a MeetingApp, holder: &'a Holder) -> Option<(&'a str, &'a User)> {
    let enterprise = app.enterprises.get(holder.corp()?)?;
    let account = match holder {
        Holder::ServiceProvider => return None,
        Holder::Administrator { corp: _ } => enterprise.default_administrator()?,
        Holder::User { corp: _, account } => account,
    };
    enterprise.users.get(account).map(|user| (account, user))
}

/// Returns what a log-in answers.
pub(super) fn shown(app: &MeetingApp, app_id: &str, token: &Token, peer: IpAddr) -> Value {
    let Token { access, refresh, holder, client_type, created, valid_period, refresh_valid_period } = token;
    let ends = |period: u64| created.plus(Duration::from_secs(period)).unix_seconds();
    json!({
        "accessToken": access.expose(),
        "tokenIp": peer.to_string(),
        "validPeriod": valid_period,
        "expireTime": ends(*valid_period),
        "createTime": created.unix_millis(),
        "clientType": client_type,
        "tokenType": 0,
        "refreshToken": refresh.expose(),
        "refreshValidPeriod": refresh_valid_period,
        "refreshExpireTime": ends(*refresh_valid_period),
        "refreshCreateTime": created.unix_millis(),
        "forceLoginInd": 0,
        "firstLogin": false,
        "pwdExpired": false,
        "daysPwdAvailable": 90,
        "delayDelete": false,
        "user": shown_user(app, app_id, holder),
    })
}

fn shown_user(app: &MeetingApp, app_id: &str, holder: &Holder) -> Value {
    let corp = holder.corp().unwrap_or_default();
    let administrator = User { name: "administrator".to_owned(), ..User::default() }.administrating(AdminType::Default);
    let (account, user) = user_of(app, holder).unwrap_or(("administrator", &administrator));
    let user_type = match holder {
        Holder::ServiceProvider => 1,
        Holder::Administrator { .. } | Holder::User { .. } => 2,
    };
    json!({
        "userId": id_of(corp, account, user),
        "ucloginAccount": account,
        "thirdAccount": user.third_account,
        "name": shown_name(account, user),
        "nameEn": "",
        "companyId": corp,
        "appId": app_id,
        "userType": user_type,
        "adminType": user.admin_type.number(),
        "status": status_number(user.status),
        "freeUser": false,
        "corpType": 0,
    })
}

/// Returns the id of a user, which is not the account.
pub(super) fn id_of(corp: &str, account: &str, user: &User) -> String {
    user.id.clone().unwrap_or_else(|| ids::user_id(corp, account))
}

/// Returns the name that is shown of a user.
pub(super) fn shown_name<'a>(account: &'a str, user: &'a User) -> &'a str {
    if user.name.is_empty() { account } else { &user.name }
}

/// Returns the vendor's number of a user's status.
pub(super) const fn status_number(status: UserStatus) -> i64 {
    match status {
        UserStatus::Active | UserStatus::Locked => 0,
        UserStatus::Disabled => 1,
    }
}

/// `refresh_token`: a new token instead of the one that is named. What happens to the old one is not documented.
pub(super) fn renew(world: &mut World, request: &Request, context: &Context) -> Result<Outcome, Refusal> {
    let text = header(request, "X-Access-Token").unwrap_or_default();
    let found = world.huawei_meeting.iter_mut().find_map(|(app_id, app)| {
        let index = app.tokens.iter().position(|token| renews(app, token, text, context.now))?;
        Some((app_id, app, index))
    });
    let (app_id, app, index) = found.ok_or(Refused::TokenInvalid)?;
    admission::check_allowed(app, Operation::RefreshToken)?;
    let Token { holder, client_type, .. } = app.tokens.remove(index);
    let token = issue(app, app_id, Grant { holder, client_type }, context.now);
    Ok(Outcome::shown(shown(app, app_id, &token, context.peer)))
}

fn renews(app: &MeetingApp, token: &Token, text: &str, now: Moment) -> bool {
    let by_refresh = token.refresh.expose() == text && token.can_be_renewed(now);
    let by_access = token.access.expose() == text && token.lives(now);
    match app.answers.renewal_token {
        RenewalToken::Either => by_refresh || by_access,
        RenewalToken::RefreshToken => by_refresh,
        RenewalToken::AccessToken => by_access,
    }
}

/// `validate_token`: the token in the body, and if it is asked for a further one.
pub(super) fn validate(world: &mut World, request: &Request, context: &Context) -> Result<Outcome, Refusal> {
    let body = request::json(request)?;
    let body = Fields::of(&body)?;
    let text = body.required_text("token")?;
    let further = body.flag("needGenNewToken")?.unwrap_or_default();
    let found = world.huawei_meeting.iter_mut().find_map(|(app_id, app)| {
        let lives = |token: &&Token| token.access.expose() == text && token.lives(context.now);
        let token = app.tokens.iter().find(lives)?.clone();
        Some((app_id, app, token))
    });
    let (app_id, app, token) = found.ok_or(Refused::TokenInvalid)?;
    admission::check_allowed(app, Operation::ValidateToken)?;
    let token = match further {
        false => token,
        true => {
            let grant = Grant { holder: token.holder, client_type: token.client_type };
            issue(app, app_id, grant, context.now)
        }
    };
    Ok(Outcome::shown(shown(app, app_id, &token, context.peer)))
}

/// `log_out`: the token ends at once.
pub(super) fn log_out(world: &mut World, request: &Request, context: &Context) -> Result<Outcome, Refusal> {
    let caller = admission::admit(world, request, Operation::LogOut, context.now)?;
    let text = header(request, "X-Access-Token").unwrap_or_default();
    caller.app.tokens.retain(|token| token.access.expose() != text);
    Ok(Outcome { body: None, done: Done::Nothing })
}
