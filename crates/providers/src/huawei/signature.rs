//! SDK-HMAC-SHA256, the signature of one request with an access key.
//! It reads no clock and sends nothing: time and request are given, headers are returned.
//!
//! Vendor page: "API Request Signing Guide",
//! <https://support.huaweicloud.com/intl/en-us/devg-apisign/apisign-devg-pdf.pdf>.
//! Where the guide leaves room, the vendor's own SDK for Python decides.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::hex;

/// The name of the algorithm, as it stands in the `Authorization` header and in the text to sign.
const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// When the request was signed; the vendor refuses more than 15 minutes of difference to its own clock.
const X_SDK_DATE: &str = "x-sdk-date";
/// The token that belongs to a temporary access key.
const X_SECURITY_TOKEN: &str = "x-security-token";
/// Stands for the hash of a body that has not been hashed.
const X_SDK_CONTENT_SHA256: &str = "x-sdk-content-sha256";

/// All characters except those that RFC 3986 leaves as they are.
pub(super) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same for a whole path: its slashes stay.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// An access key: permanent, or temporary with its security token.
#[derive(Debug, Clone)]
pub struct AccessKey {
    id: String,
    secret: SecretString,
    security_token: Option<SecretString>,
}

/// Why a text cannot be part of an access key. It never shows the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessKeyError {
    /// The access key id (AK).
    #[error("the access key id is empty or has spaces, commas or other than ASCII characters; copy it again")]
    Id,
    /// The secret access key (SK).
    #[error("the secret access key is empty or has spaces or other than ASCII characters; copy it again")]
    Secret,
    /// The token of a temporary key.
    #[error("the security token is empty or has spaces or other than ASCII characters; get a new one")]
    SecurityToken,
}

impl AccessKey {
    /// Returns the key, after a look whether a line break or a space came along when it was copied.
    ///
    /// `security_token` is absent for a permanent key.
    ///
    /// # Errors
    /// A part is empty, or has characters that cannot be in it.
    pub fn new(
        id: impl Into<String>,
        secret: SecretString,
        security_token: Option<SecretString>,
    ) -> Result<Self, AccessKeyError> {
        let id = id.into();
        if !is_visible(&id) || id.contains(',') {
            return Err(AccessKeyError::Id);
        }
        if !is_visible(secret.expose_secret()) {
            return Err(AccessKeyError::Secret);
        }
        if security_token.as_ref().is_some_and(|token| !is_visible(token.expose_secret())) {
            return Err(AccessKeyError::SecurityToken);
        }
        Ok(Self { id, secret, security_token })
    }

    /// Returns the access key id (AK), which is no secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what of the key must not be shown.
    pub(super) fn secrets(&self) -> impl Iterator<Item = SecretString> {
        let Self { id, secret, security_token } = self;
        // The id is no secret, but it comes from one, and gateways like to repeat it.
        [secret].into_iter().chain(security_token).cloned().chain([SecretString::from(id.as_str())])
    }
}

fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What of a request is signed.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a Method,
    /// The `Host` header as it will be sent: with the port, unless it is the scheme's own.
    pub host: &'a str,
    /// The path as it will be sent, percent-encoded.
    pub path: &'a str,
    /// Names and values of the query in any order, not encoded; a name may occur several times.
    pub query: &'a [(&'a str, &'a str)],
    /// Further headers to sign, each once; which, is the caller's choice.
    ///
    /// Leave out what a proxy or the HTTP library changes: `user-agent`, `accept`, `content-length`.
    /// `host`, `x-sdk-date`, `x-security-token` and `authorization` are not taken from here.
    pub headers: &'a [(HeaderName, &'a str)],
    /// The body as it will be sent.
    pub body: &'a [u8],
}

impl Request<'_> {
    /// Returns the query in the one spelling that is signed, without `?`; send exactly this.
    ///
    /// Sorted by name and value, then encoded as RFC 3986 says.
    pub fn canonical_query(&self) -> String {
        canonical_query(self.query)
    }

    /// Returns the path in the one spelling that is signed: it ends with a slash, although the path sent need not.
    fn canonical_path(&self) -> String {
        let decoded: Vec<u8> = percent_decode_str(self.path).collect();
        let encoded = percent_encode(&decoded, RESERVED_IN_PATH).to_string();
        if encoded.ends_with('/') { encoded } else { encoded + "/" }
    }

    fn payload_hash(&self) -> String {
        let stated = self.headers.iter().find(|(name, _)| name == X_SDK_CONTENT_SHA256);
        match stated {
            Some((_, hash)) if !self.body.is_empty() => (*hash).to_owned(),
            Some(_) | None => hex(&Sha256::digest(self.body)),
        }
    }
}

/// Returns names and values as the one spelling of a query.
pub(super) fn canonical_query(pairs: &[(&str, &str)]) -> String {
    let mut pairs = pairs.to_vec();
    pairs.sort_unstable();
    let encode = |text| utf8_percent_encode(text, RESERVED);
    let pairs: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

/// A request in the spelling that is signed. It has no `Debug`: the security token is in it.
pub struct Canonical {
    date: String,
    signed_headers: String,
    text: String,
}

impl Canonical {
    /// Spells out a request that is signed with the key at the given unix time, in seconds.
    pub fn of(request: &Request<'_>, key: &AccessKey, unix_seconds: u64) -> Self {
        let date = sdk_date(unix_seconds);
        // A map sorts by name, and what is put in later wins: ours.
        let mut headers: BTreeMap<&str, &str> =
            request.headers.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        headers.remove(AUTHORIZATION.as_str());
        headers.remove(X_SECURITY_TOKEN);
        headers.extend([(HOST.as_str(), request.host), (X_SDK_DATE, &date)]);
        let token = key.security_token.as_ref().map(|token| (X_SECURITY_TOKEN, token.expose_secret()));
        headers.extend(token);

        let signed_headers = headers.keys().copied().collect::<Vec<_>>().join(";");
        let headers: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let Request { method, .. } = request;
        let (path, query, hash) = (request.canonical_path(), request.canonical_query(), request.payload_hash());
        let text = format!("{method}\n{path}\n{query}\n{headers}\n{signed_headers}\n{hash}");
        Self { date, signed_headers, text }
    }

    /// Returns the canonical request. It holds the security token of a temporary key: keep it out of logs.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the names of the signed headers, lower-case, sorted, with `;` between.
    pub fn signed_headers(&self) -> &str {
        &self.signed_headers
    }

    /// Returns the text under the signature.
    pub fn string_to_sign(&self) -> String {
        format!("{ALGORITHM}\n{}\n{}", self.date, hex(&Sha256::digest(&self.text)))
    }
}

/// Returns the headers that a signed request has beside its own: `x-sdk-date`, `authorization`, and
/// `x-security-token` if the key is temporary.
///
/// `unix_seconds` is the time of signing. The values of the last two are marked as sensitive, so that `Debug` hides them.
pub fn sign(request: &Request<'_>, key: &AccessKey, unix_seconds: u64) -> HeaderMap {
    let canonical = Canonical::of(request, key, unix_seconds);
    let AccessKey { id, secret, security_token } = key;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("HMAC takes keys of any length");
    mac.update(canonical.string_to_sign().as_bytes());
    let signature = hex(&mac.finalize().into_bytes());

    let names = canonical.signed_headers();
    let authorization = format!("{ALGORITHM} Access={id}, SignedHeaders={names}, Signature={signature}");
    let mut headers = HeaderMap::new();
    if let Some(token) = security_token {
        headers.insert(X_SECURITY_TOKEN, sensitive(token.expose_secret()));
    }
    headers.insert(AUTHORIZATION, sensitive(&authorization));
    headers.insert(X_SDK_DATE, HeaderValue::from_str(&canonical.date).expect("digits and letters"));
    headers
}

fn sensitive(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(text).expect("an access key has visible ASCII characters only");
    value.set_sensitive(true);
    value
}

/// Returns the time in UTC as `x-sdk-date` has it, for example `20260101T000000Z`; later than the year 9999 counts as its end.
fn sdk_date(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests;
