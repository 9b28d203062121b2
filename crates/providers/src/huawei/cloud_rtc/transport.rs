//! Sends the calls of CloudRTC: signed with an access key, or with a token that a password gave.
//! It repeats a call in two cases only, once: the clock was wrong, or the token was refused.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::{Config, Login};
use crate::clock::Clock;
use crate::error::{Class, Error, Outcome};
use crate::huawei::answer::Heard;
use crate::huawei::iam::LogIn;
use crate::huawei::request::Outline;
use crate::huawei::signature::{self, AccessKey};
use crate::huawei::skew::VendorClock;
use crate::huawei::token::{Slot, Token};

const JSON: &str = "application/json";
const X_PROJECT_ID: HeaderName = HeaderName::from_static("x-project-id");
const X_AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// The way to CloudRTC.
pub(super) struct Transport {
    config: Config,
    clock: VendorClock,
    token: Slot,
}

impl Transport {
    pub(super) fn new(config: Config, clock: Clock) -> Self {
        Self { config, clock: VendorClock::new(clock), token: Slot::default() }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Makes a call and returns the answer, whatever it says.
    pub(super) async fn call(&self, outline: &Outline<'_>) -> Result<Heard, Error> {
        match &self.config.login {
            Login::AccessKey(key) => self.signed(outline, key).await,
            Login::Password { domain, user, password } => {
                let Config { iam_endpoint, project_id, .. } = &self.config;
                let log_in = LogIn { endpoint: iam_endpoint, domain, user, password, project_id };
                self.with_token(outline, &log_in).await
            }
        }
    }

    async fn signed(&self, outline: &Outline<'_>, key: &AccessKey) -> Result<Heard, Error> {
        let now = self.clock.unix_seconds();
        let heard = self.send_signed(outline, key, now).await?;
        if heard.status() == http::StatusCode::UNAUTHORIZED && self.clock.learn(now, heard.date()) {
            return self.send_signed(outline, key, self.clock.unix_seconds()).await;
        }
        Ok(heard)
    }

    async fn send_signed(&self, outline: &Outline<'_>, key: &AccessKey, now: u64) -> Result<Heard, Error> {
        let url = outline.url(&self.config.endpoint);
        let host = match (url.host_str().unwrap_or_default(), url.port()) {
            (host, None) => host.to_owned(),
            (host, Some(port)) => format!("{host}:{port}"),
        };
        let request = signature::Request {
            method: &outline.method,
            host: &host,
            path: url.path(),
            query: &outline.pairs(),
            headers: &[(CONTENT_TYPE, JSON), (X_PROJECT_ID, &self.config.project_id)],
            body: &outline.body,
        };
        let proof = signature::sign(&request, key, now);
        self.send(outline, proof, key.secrets().collect()).await
    }

    async fn with_token(&self, outline: &Outline<'_>, log_in: &LogIn<'_>) -> Result<Heard, Error> {
        let token = self.token(log_in, None).await?;
        let heard = self.send_with(outline, &token).await?;
        if !heard.is_stale_token() {
            return Ok(heard);
        }
        let token = self.token(log_in, Some(&token)).await?;
        self.send_with(outline, &token).await
    }

    async fn token(&self, log_in: &LogIn<'_>, refused: Option<&Token>) -> Result<Token, Error> {
        let now = || self.clock.unix_seconds();
        let held = self.token.token(now, refused, || log_in.send(&self.config.http, now())).await?;
        Ok(held.token)
    }

    async fn send_with(&self, outline: &Outline<'_>, token: &Token) -> Result<Heard, Error> {
        let mut value = HeaderValue::from_str(token.text.expose_secret()).map_err(|_| {
            let text = "the token that IAM gave cannot be sent, check the IAM endpoint";
            Error::new(outline.call.name(), Class::Unknown, Outcome::Refused).with_message(text, &[])
        })?;
        value.set_sensitive(true);
        self.send(outline, HeaderMap::from_iter([(X_AUTH_TOKEN, value)]), vec![token.text.clone()]).await
    }

    async fn send(
        &self,
        outline: &Outline<'_>,
        proof: HeaderMap,
        mut secrets: Vec<SecretString>,
    ) -> Result<Heard, Error> {
        // The signature is as good as the key for as long as it is taken.
        secrets.extend(proof.get("authorization").and_then(signature_of));
        secrets.extend(outline.secrets.iter().cloned());
        let Config { endpoint, project_id, http, .. } = &self.config;
        let mut request = http
            .request(outline.method.clone(), outline.url(endpoint))
            // Wanted even where the body is empty, as in a dismissal.
            .header(CONTENT_TYPE, JSON)
            .header(X_PROJECT_ID, project_id)
            .headers(proof);
        if !outline.body.is_empty() {
            request = request.body(outline.body.clone());
        } else if outline.method != http::Method::GET {
            request = request.header(CONTENT_LENGTH, 0);
        }
        let answer = http.send(outline.call.name(), request).await?;
        Ok(Heard::new(outline.call, answer, secrets))
    }
}

fn signature_of(authorization: &HeaderValue) -> Option<SecretString> {
    let (_, signature) = authorization.to_str().ok()?.rsplit_once("Signature=")?;
    Some(SecretString::from(signature))
}
