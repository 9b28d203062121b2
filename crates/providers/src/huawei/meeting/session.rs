//! The tokens of Cloud Meeting, one for each caller, and the calls that are made with them.
//! It repeats a call in one case only, once: the token was refused. It logs in as nobody but the callers it is given.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;
use http::header::{ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::task::JoinSet;

use super::{Config, Operation};
use crate::clock::Clock;
use crate::error::{Class, Error, Outcome};
use crate::huawei::answer::Heard;
use crate::huawei::app_id::{self, Identity, Login};
use crate::huawei::request::Outline;
use crate::huawei::skew::VendorClock;
use crate::huawei::token::{Granted, Held, Slot, Token};
use crate::lenient;
use crate::reply::Reply;

/// Marks a client of the server API.
const CLIENT_TYPE: u32 = 72;
/// How long a signed log-in can be used, in seconds; what the vendor's SDK takes.
const LOGIN_LIFETIME: u64 = 600;
/// How long a token holds if the answer does not say, in seconds: the shortest that is documented.
const TOKEN_LIFETIME: u64 = 12 * 3600;
/// Tokens given back at the same time.
const LOG_OUTS: usize = 8;

const X_ACCESS_TOKEN: HeaderName = HeaderName::from_static("x-access-token");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_TOKEN_TYPE: HeaderName = HeaderName::from_static("x-token-type");

/// Who makes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller<'a> {
    /// The enterprise's default administrator.
    Administrator,
    /// A user, by the id in the enterprise's own system; the vendor registers an unknown one.
    User(&'a str),
}

/// An enterprise and the tokens that are in use.
pub(super) struct Session {
    config: Config,
    clock: VendorClock,
    /// By user; absent: the administrator.
    slots: Mutex<BTreeMap<Option<String>, Arc<Slot>>>,
}

/// What a log-in answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(deserialize_with = "lenient::id")]
    access_token: String,
    /// In seconds.
    #[serde(default, deserialize_with = "lenient::number")]
    valid_period: Option<u64>,
}

impl Session {
    pub(super) fn new(config: Config, clock: Clock) -> Self {
        Self { config, clock: VendorClock::new(clock), slots: Mutex::default() }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Makes a call and returns the answer, whatever it says.
    pub(super) async fn call(&self, caller: Caller<'_>, outline: &Outline<'_>) -> Result<Heard, Error> {
        let token = self.token(caller, None).await?.token;
        let heard = self.send_with(outline, &token).await?;
        if !heard.is_stale_token() {
            return Ok(heard);
        }
        let token = self.token(caller, Some(&token)).await?.token;
        self.send_with(outline, &token).await
    }

    /// Logs in unless that is done.
    pub(super) async fn log_in(&self, caller: Caller<'_>) -> Result<Reply<()>, Error> {
        let held = self.token(caller, None).await?;
        Ok(held.log_in.unwrap_or(Reply { value: (), request_id: None, date: None }))
    }

    /// Gives all tokens back.
    pub(super) async fn log_out(self: &Arc<Self>) {
        let slots = std::mem::take(&mut *self.slots.lock().unwrap_or_else(PoisonError::into_inner));
        let mut under_way = JoinSet::new();
        for slot in slots.into_values() {
            let session = Arc::clone(self);
            under_way.spawn(async move {
                if let Some(token) = slot.take().await {
                    session.give_back(&token).await;
                }
            });
            if under_way.len() >= LOG_OUTS {
                under_way.join_next().await;
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Returns a caller's token, and gives the one back that it replaces: a caller has one at a time.
    async fn token(&self, caller: Caller<'_>, refused: Option<&Token>) -> Result<Held, Error> {
        let slot = self.slot(caller);
        let now = || self.clock.unix_seconds();
        let held = slot.token(now, refused, || self.send_log_in(caller)).await?;
        if let Some(replaced) = &held.replaced {
            self.give_back(replaced).await;
        }
        Ok(held)
    }

    fn slot(&self, caller: Caller<'_>) -> Arc<Slot> {
        let user = match caller {
            Caller::Administrator => None,
            Caller::User(user_id) => Some(user_id.to_owned()),
        };
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(user).or_default())
    }

    async fn give_back(&self, token: &Token) {
        let outline = Outline::new(Operation::LogOut, Method::DELETE, vec!["v1", "usg", "acs", "token"]);
        // The token ends by itself; nobody waits for this.
        drop(self.send_with(&outline, token).await);
    }

    /// Logs in, and once more if the refusal shows that our clock is wrong.
    async fn send_log_in(&self, caller: Caller<'_>) -> Result<Reply<Granted>, Error> {
        let now = self.clock.unix_seconds();
        let mut heard = self.attempt_log_in(caller, now).await?;
        if heard.may_be_clock() && self.clock.learn(now, heard.date()) {
            heard = self.attempt_log_in(caller, self.clock.unix_seconds()).await?;
        }
        let now = self.clock.unix_seconds();
        Ok(heard.value::<Answer>()?.map(|Answer { access_token, valid_period }| {
            // Renewed after 80 % of its life, so that no call meets its end.
            let lifetime = valid_period.unwrap_or(TOKEN_LIFETIME);
            Granted { text: access_token.into(), renew_at: now.saturating_add(lifetime / 5 * 4) }
        }))
    }

    async fn attempt_log_in(&self, caller: Caller<'_>, now: u64) -> Result<Heard, Error> {
        let Config { app_id, corp_id, app_key, .. } = &self.config;
        let (operation, user_id) = match caller {
            Caller::Administrator => (Operation::LogInAsAdministrator, ""),
            Caller::User(user_id) => (Operation::LogInAsUser, user_id),
        };
        let identity = identity(corp_id.as_deref(), caller);
        let nonce = app_id::nonce();
        let login = Login { app_id, identity, expires_at: now + LOGIN_LIFETIME, nonce: &nonce };
        let authorization = login.authorization(app_key).map_err(|error| {
            Error::new(operation.name(), Class::Invalid, Outcome::Refused).with_message(&error.to_string(), &[])
        })?;
        let mut body = json!({
            "appId": app_id, "clientType": CLIENT_TYPE, "expireTime": login.expires_at, "nonce": nonce,
            "userId": user_id,
        });
        if let Some(corp_id) = corp_id {
            body["corpId"] = corp_id.as_str().into();
        }
        let outline = Outline::new(operation, Method::POST, vec!["v2", "usg", "acs", "auth", "appauth"]);
        let secrets = vec![app_key.clone(), authorization.to_str().unwrap_or_default().into()];
        let mut proof = HeaderMap::from_iter([(http::header::AUTHORIZATION, authorization)]);
        proof.insert(X_TOKEN_TYPE, HeaderValue::from_static("LongTicket"));
        self.send(&outline.with_body(&body), proof, secrets).await
    }

    async fn send_with(&self, outline: &Outline<'_>, token: &Token) -> Result<Heard, Error> {
        let mut value = HeaderValue::from_str(token.text.expose_secret()).map_err(|_| {
            let text = "the token of the log-in cannot be sent, check the endpoint";
            Error::new(outline.call.name(), Class::Unknown, Outcome::Refused).with_message(text, &[])
        })?;
        value.set_sensitive(true);
        self.send(outline, HeaderMap::from_iter([(X_ACCESS_TOKEN, value)]), vec![token.text.clone()]).await
    }

    async fn send(
        &self,
        outline: &Outline<'_>,
        proof: HeaderMap,
        mut secrets: Vec<SecretString>,
    ) -> Result<Heard, Error> {
        secrets.extend(outline.secrets.iter().cloned());
        let Config { endpoint, language, http, .. } = &self.config;
        let request_id = uuid();
        let mut request = http
            .request(outline.method.clone(), outline.url(endpoint))
            .header(CONTENT_TYPE, "application/json; charset=UTF-8")
            .header(ACCEPT_LANGUAGE, language.as_str())
            .header(X_REQUEST_ID, &request_id)
            .headers(proof);
        if !outline.body.is_empty() {
            request = request.body(outline.body.clone());
        } else if outline.method != Method::GET {
            request = request.header(CONTENT_LENGTH, 0);
        }
        let answer = http.send(outline.call.name(), request).await;
        let answer = answer.map_err(|error| error.with_request_id(Some(&request_id)))?;
        Ok(Heard::new(outline.call, answer, secrets).with_sent_id(request_id))
    }
}

fn identity<'a>(corp_id: Option<&'a str>, caller: Caller<'a>) -> Identity<'a> {
    match (corp_id, caller) {
        (None, Caller::Administrator) => Identity::Administrator,
        (None, Caller::User(user_id)) => Identity::User { user_id },
        (Some(corp_id), Caller::Administrator) => Identity::CorpAdministrator { corp_id },
        (Some(corp_id), Caller::User(user_id)) => Identity::CorpUser { corp_id, user_id },
    }
}

/// Returns a new random UUID (version 4).
fn uuid() -> String {
    let random = rand::random::<u128>();
    let versioned = (random & !(0xf << 76) & !(0b11 << 62)) | (4 << 76) | (0b10 << 62);
    let digits = format!("{versioned:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}
