//! Verification of the log-in to Cloud Meeting with an App ID.
//! Checks the signature against what the body says, and never creates a signature for anybody.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;

use super::digits;
use crate::clock::Moment;

/// What the server knows of an App ID. It has no `Debug`: the key is a secret.
#[derive(Clone, Copy)]
pub struct Application<'a> {
    /// The App ID.
    pub app_id: &'a str,
    /// Its key.
    pub app_key: &'a str,
    /// Whom it belongs to.
    pub tenancy: Tenancy,
}

/// Whom an App ID belongs to. The two sign differently.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tenancy {
    /// One enterprise.
    #[default]
    SingleEnterprise,
    /// A service provider (SP) with enterprises of its own.
    ServiceProvider,
}

/// What the body of a log-in says. An id that is empty in the body is absent here.
#[derive(Debug, Clone, Copy)]
pub struct LoginClaims<'a> {
    /// The App ID.
    pub app_id: &'a str,
    /// The enterprise.
    pub corp_id: Option<&'a str>,
    /// The user.
    pub user_id: Option<&'a str>,
    /// The last unix second at which the log-in is taken; 0: it never expires.
    pub expire_time: u64,
    /// A random text.
    pub nonce: &'a str,
}

/// Whom a log-in speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// The default administrator of the one enterprise.
    Administrator,
    /// A user of the one enterprise.
    User(String),
    /// The service provider's administrator.
    ServiceProvider,
    /// The default administrator of one of a service provider's enterprises.
    CorpAdministrator(String),
    /// A user of one of a service provider's enterprises.
    CorpUser {
        /// The enterprise.
        corp: String,
        /// The user.
        user: String,
    },
}

/// Why a log-in is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AppIdError {
    /// The `Authorization` header is not as documented.
    #[error("the authorization header is not well formed: {0}")]
    Malformed(&'static str),
    /// The body names another App ID than the one whose key was looked up, or the header does.
    #[error("the log-in is for another app id; name the same one in body and header")]
    OtherApp,
    /// An enterprise is named although the App ID belongs to a single one.
    #[error("the app id belongs to one enterprise; leave the enterprise id out")]
    UnexpectedCorp,
    /// A user is named, but not the enterprise.
    #[error("the app id belongs to a service provider; name the user's enterprise")]
    MissingCorp,
    /// The nonce has not 32 to 64 characters.
    #[error("the nonce has not 32 to 64 characters; make a longer or shorter one")]
    NonceLength,
    /// The signature does not match.
    #[error("the signature does not match the body; check the app key, and that body and signature say the same")]
    Mismatch,
    /// It expired, by the simulator's clock.
    #[error("the log-in expired; make a new one and check the clock")]
    Expired,
}

/// Verifies the signature of a log-in and returns whom it speaks for.
///
/// Capital and small digits are taken: the vendor's page shows small ones, its SDK sends capital ones.
/// The part `access=` may be left out, as third-party clients do.
///
/// # Errors
/// The first check that fails, in the order: form, App ID, enterprise, nonce, signature, expiry.
pub fn verify_app_id(
    authorization: &str,
    claims: LoginClaims<'_>,
    application: Application<'_>,
    now: Moment,
) -> Result<Speaker, AppIdError> {
    let (signature, access) = parse(authorization)?;
    let foreign =
        access.is_some_and(|access| STANDARD.decode(access).ok().as_deref() != Some(claims.app_id.as_bytes()));
    if foreign || claims.app_id != application.app_id {
        return Err(AppIdError::OtherApp);
    }
    let speaker = speaker(claims, application.tenancy)?;
    if !(32..=64).contains(&claims.nonce.chars().count()) {
        return Err(AppIdError::NonceLength);
    }
    let key = application.app_key.as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(signed_text(claims, application.tenancy).as_bytes());
    if !digits(&mac.finalize().into_bytes()).eq_ignore_ascii_case(signature) {
        return Err(AppIdError::Mismatch);
    }
    if claims.expire_time != 0 && now.unix_seconds() > claims.expire_time {
        return Err(AppIdError::Expired);
    }
    Ok(speaker)
}

/// Returns the signature and, if it is there, the App ID in base64.
fn parse(authorization: &str) -> Result<(&str, Option<&str>), AppIdError> {
    let malformed = AppIdError::Malformed;
    let rest = authorization.strip_prefix("HMAC-SHA256 ").ok_or(malformed("its scheme is not HMAC-SHA256"))?;
    let (first, second) = rest.split_once(',').map_or((rest, None), |(first, second)| (first, Some(second)));
    let signature = first.trim().strip_prefix("signature=").ok_or(malformed("its first part is not signature="))?;
    let access = match second.map(str::trim) {
        None => None,
        Some(second) => Some(second.strip_prefix("access=").ok_or(malformed("its second part is not access="))?),
    };
    Ok((signature, access))
}

fn speaker(claims: LoginClaims<'_>, tenancy: Tenancy) -> Result<Speaker, AppIdError> {
    let owned = str::to_owned;
    match (tenancy, claims.corp_id, claims.user_id) {
        (Tenancy::SingleEnterprise, None, None) => Ok(Speaker::Administrator),
        (Tenancy::SingleEnterprise, None, Some(user)) => Ok(Speaker::User(owned(user))),
        (Tenancy::SingleEnterprise, Some(_), _) => Err(AppIdError::UnexpectedCorp),
        (Tenancy::ServiceProvider, None, None) => Ok(Speaker::ServiceProvider),
        (Tenancy::ServiceProvider, None, Some(_)) => Err(AppIdError::MissingCorp),
        (Tenancy::ServiceProvider, Some(corp), None) => Ok(Speaker::CorpAdministrator(owned(corp))),
        (Tenancy::ServiceProvider, Some(corp), Some(user)) => {
            Ok(Speaker::CorpUser { corp: owned(corp), user: owned(user) })
        }
    }
}

/// The text under the signature; what is absent is empty, and only a service provider has the place for an enterprise.
fn signed_text(claims: LoginClaims<'_>, tenancy: Tenancy) -> String {
    let LoginClaims { app_id, corp_id, user_id, expire_time, nonce } = claims;
    let expire_time = expire_time.to_string();
    let user = user_id.unwrap_or_default();
    let parts = match tenancy {
        Tenancy::SingleEnterprise => vec![app_id, user, &expire_time, nonce],
        Tenancy::ServiceProvider => vec![app_id, corp_id.unwrap_or_default(), user, &expire_time, nonce],
    };
    parts.join(":")
}
