//! IAM, Huawei's account system: a password becomes a token for one project.
//! It keeps no token and asks once.
//!
//! Vendor page: "Obtaining a User Token Through Password Authentication",
//! <https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html>.

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::answer::{Heard, unexpected};
use super::cloud_rtc::Operation;
use super::request::Outline;
use super::token::Granted;
use crate::error::Error;
use crate::http::Client;
use crate::lenient;
use crate::reply::Reply;

/// Where the answer has the token.
const X_SUBJECT_TOKEN: &str = "x-subject-token";
/// How long a token holds if the answer does not say, in seconds: the documented day.
const LIFETIME: u64 = 24 * 3600;

/// A log-in with a password.
pub(super) struct LogIn<'a> {
    pub(super) endpoint: &'a Url,
    pub(super) domain: &'a str,
    pub(super) user: &'a str,
    pub(super) password: &'a SecretString,
    pub(super) project_id: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    token: Shown,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default, deserialize_with = "lenient::time")]
    expires_at: Option<u64>,
}

impl LogIn<'_> {
    /// Asks for a token, which is to be replaced after half of its life.
    ///
    /// The lifetime counts on the vendor's clock where the answer has a `Date`, and on ours (`now`) from then on.
    ///
    /// # Errors
    /// `Credentials` where user and password are not taken.
    pub(super) async fn send(&self, http: &Client, now: u64) -> Result<Reply<Granted>, Error> {
        let outline = self.outline();
        let request = http
            .request(outline.method.clone(), outline.url(self.endpoint))
            .header(::http::header::CONTENT_TYPE, "application/json")
            .body(outline.body);
        let answer = http.send(outline.call.name(), request).await?;
        let heard = Heard::new(outline.call, answer, outline.secrets);
        let reply = heard.value::<Answer>()?;
        let Some(token) = heard.header(X_SUBJECT_TOKEN).filter(|token| !token.is_empty()) else {
            return Err(unexpected(outline.call, reply, "answered without a token in the header `X-Subject-Token`"));
        };
        let text = SecretString::from(token);
        let began = reply.date.unwrap_or(now);
        let lifetime = reply.value.token.expires_at.map_or(LIFETIME, |end| end.saturating_sub(began).min(LIFETIME));
        Ok(reply.map(|_| Granted { text, renew_at: now + lifetime / 2 }))
    }

    fn outline(&self) -> Outline<'static> {
        let Self { endpoint: _, domain, user, password, project_id } = self;
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "domain": {"name": domain}, "name": user, "password": password.expose_secret(),
            }}},
            "scope": {"project": {"id": project_id}},
        }});
        let mut outline = Outline::new(Operation::LogIn, Method::POST, vec!["v3", "auth", "tokens"])
            .with("nocatalog", true)
            .with_body(&body);
        outline.secrets.push((*password).clone());
        outline
    }
}
