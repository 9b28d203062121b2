//! One application of Tencent's, opened by its secret key: URLs, signatures, one request at a time.
//! It repeats a call in one case only, an expired signature, and it never waits: pacing is the caller's part.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ::http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::usersig::{self, Subject};
use super::{Call, SdkAppId, code, envelope};
use crate::clock::Clock;
use crate::error::{Code, Error};
use crate::http;
use crate::reply::Reply;

/// How long a UserSig holds, in seconds: the vendor advises not less than a day.
const LIFETIME: u64 = 24 * 3600;
/// When a UserSig is replaced, in seconds after it was made: early, since the vendor's clock is not ours.
const RENEWAL: u64 = LIFETIME / 2;
/// What stays as it is in a query value (RFC 3986, unreserved).
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What opens an application.
#[derive(Debug, Clone)]
pub struct Config {
    /// The server API: `http` or `https`, a host, and nothing after it but perhaps a path. See [`super::Region::endpoint`].
    pub endpoint: Url,
    /// The application.
    pub sdk_app_id: SdkAppId,
    /// An administrator account of the application; it becomes the owner of rooms that name none.
    pub identifier: String,
    /// The application's secret key, as the console shows it.
    pub key: SecretString,
    /// The connections to use.
    pub http: http::Client,
}

/// Why a configuration cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The endpoint is not the base of an API.
    #[error("the endpoint must be an http or https URL with a host and without user, query and fragment")]
    Endpoint,
    /// The account name cannot be signed.
    #[error("the identifier must not be empty or contain control characters")]
    Identifier,
    /// The key is empty.
    #[error("the secret key is empty")]
    KeyEmpty,
    /// The key has white space around it, mostly a line feed from a file.
    #[error("the secret key begins or ends with white space, remove it (a file often ends with a line feed)")]
    KeyPadded,
}

/// A client of one application; cheap to clone, and clones share the signature.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    config: Config,
    clock: Clock,
    signature: Mutex<Option<Signature>>,
}

#[derive(Clone)]
struct Signature {
    text: SecretString,
    made_at: u64,
}

impl Client {
    /// Returns a client that signs with the time of this machine; nothing is sent yet.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::with_clock(config, Clock::system())
    }

    /// Returns a client that signs with the time of the given clock.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn with_clock(config: Config, clock: Clock) -> Result<Self, ConfigError> {
        if !http::is_base(&config.endpoint) {
            return Err(ConfigError::Endpoint);
        }
        // The signed text has a line for each value, so a line feed in one would forge another.
        if config.identifier.is_empty() || config.identifier.chars().any(char::is_control) {
            return Err(ConfigError::Identifier);
        }
        let key = config.key.expose_secret();
        if key.trim().is_empty() {
            return Err(ConfigError::KeyEmpty);
        }
        if key.trim() != key {
            return Err(ConfigError::KeyPadded);
        }
        Ok(Self(Arc::new(Inner { config, clock, signature: Mutex::default() })))
    }

    /// Returns the account that calls are made as.
    pub fn identifier(&self) -> &str {
        &self.0.config.identifier
    }

    /// Returns the application that calls are made to.
    pub fn sdk_app_id(&self) -> SdkAppId {
        self.0.config.sdk_app_id
    }

    /// Makes a call, and once more with a new UserSig if the vendor says that the first one expired.
    ///
    /// The secrets are what the body holds of them; no error repeats them.
    pub(super) async fn call<Q, A>(&self, call: impl Into<Call>, body: &Q, secrets: &[&str]) -> Result<Reply<A>, Error>
    where
        Q: Serialize + Sync,
        A: DeserializeOwned,
    {
        let call = call.into();
        // The vendor refuses an empty body; a struct gives at least `{}`.
        let body = serde_json::to_vec(body).expect("request types have string keys and finite numbers");
        let signature = self.signature();
        match self.attempt(call, &body, &signature, secrets).await {
            Err(error) if is_expired(&error) => {
                let renewed = self.renewed(&signature);
                self.attempt(call, &body, &renewed, secrets).await
            }
            answer => answer,
        }
    }

    async fn attempt<A: DeserializeOwned>(
        &self,
        call: Call,
        body: &[u8],
        signature: &SecretString,
        secrets: &[&str],
    ) -> Result<Reply<A>, Error> {
        let http = &self.0.config.http;
        let request = http
            .request(Method::POST, self.url(call, signature))
            .header(::http::header::CONTENT_TYPE, "application/json")
            .body(body.to_vec());
        let answer = http.send(call.name(), request).await?;
        let mut hidden = vec![signature.expose_secret(), self.0.config.key.expose_secret()];
        hidden.extend(secrets);
        let reply = envelope::read(call, answer.json_body()?, &hidden)?;
        Ok(Reply { date: answer.date(), ..reply })
    }

    /// Returns the URL of a call, which holds the signature and must never be shown.
    fn url(&self, call: Call, signature: &SecretString) -> Url {
        let Config { endpoint, sdk_app_id, identifier, key: _, http: _ } = &self.0.config;
        let mut url = endpoint.clone();
        url.path_segments_mut().expect("an http URL with a host has a path").pop_if_empty().extend([
            "v4",
            call.service(),
            call.name(),
        ]);
        let identifier = utf8_percent_encode(identifier, &UNRESERVED);
        let signature = signature.expose_secret();
        let random: u32 = rand::random();
        url.set_query(Some(&format!(
            "sdkappid={sdk_app_id}&identifier={identifier}&usersig={signature}&random={random}&contenttype=json"
        )));
        url
    }

    /// Returns the UserSig in use; makes one if there is none, or it is old, or the clock went back behind it.
    fn signature(&self) -> SecretString {
        let now = self.0.clock.unix_seconds();
        let mut kept = self.0.signature.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(Signature { text, made_at }) if (*made_at..made_at + RENEWAL).contains(&now) => text.clone(),
            Some(_) | None => kept.insert(self.sign(now)).text.clone(),
        }
    }

    /// Returns another UserSig than the expired one, unless a call beside this one has just made it.
    fn renewed(&self, expired: &SecretString) -> SecretString {
        let now = self.0.clock.unix_seconds();
        let mut kept = self.0.signature.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(Signature { text, .. }) if text.expose_secret() != expired.expose_secret() => text.clone(),
            Some(_) | None => kept.insert(self.sign(now)).text.clone(),
        }
    }

    fn sign(&self, now: u64) -> Signature {
        let subject = Subject {
            sdk_app_id: self.sdk_app_id(),
            identifier: self.identifier(),
            issued_at: now,
            lifetime: LIFETIME,
            userbuf: None,
        };
        Signature { text: usersig::sign(&subject, &self.0.config.key), made_at: now }
    }
}

fn is_expired(error: &Error) -> bool {
    match error.code() {
        Some(Code::Tencent(number)) => code::is_expired_signature(*number),
        Some(Code::Huawei(_) | Code::Http(_)) | None => false,
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.0.config.endpoint.as_str())
            .field("sdk_app_id", &self.0.config.sdk_app_id)
            .field("identifier", &self.0.config.identifier)
            .finish_non_exhaustive()
    }
}
