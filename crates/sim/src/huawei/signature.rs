//! Verification of SDK-HMAC-SHA256, the signature with an access key that the gateway of Huawei Cloud checks.
//! Reads the request as it came over the wire, and never creates a signature for anybody.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::digits;
use crate::clock::Moment;

/// How far `x-sdk-date` may be from the server's clock, either way; documented.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// What the server knows of an access key. It has no `Debug`: both parts are secrets.
#[derive(Clone, Copy)]
pub struct AccessKey<'a> {
    /// The secret access key (SK).
    pub secret: &'a str,
    /// The token without which a temporary key is refused; absent for a permanent key, where a token sent does not matter.
    pub security_token: Option<&'a str>,
}

/// Who signed a request, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The access key id (AK).
    pub access_key: String,
    /// The time of signing, by the signer's account.
    pub signed_at: Moment,
}

/// Why a signature is refused. The gateway answers all of them with HTTP status 401.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// There is no `Authorization` header.
    #[error("the request has no authorization header; sign it")]
    Unsigned,
    /// The header is there, but not as documented.
    #[error("the authorization header is not well formed: {0}")]
    Malformed(&'static str),
    /// A header that every signature must cover is not among the signed ones.
    #[error("the signature does not cover the header `{0}`; sign it too")]
    NotCovered(&'static str),
    /// A signed header was not sent, or got lost on the way.
    #[error("the signed header `{0}` is missing; send it, or leave it unsigned")]
    MissingHeader(String),
    /// A signed header was sent twice or is no text, so that nobody can say what was signed.
    #[error("the signed header `{0}` is sent twice or is no text; send it once")]
    UnclearHeader(String),
    /// `x-sdk-date` is no time.
    #[error("the header `x-sdk-date` is no time; write it like 20260101T000000Z, in UTC")]
    InvalidDate,
    /// `x-sdk-date` is too far from the simulator's clock.
    #[error("the request was signed more than 15 minutes before or after the server's time; check the clock")]
    Skewed,
    /// Nobody knows the access key.
    #[error("the access key `{0}` is unknown; check the id")]
    UnknownKey(String),
    /// A temporary key came without its token, or with another.
    #[error("the access key is temporary and its security token is missing or another; send the one it came with")]
    WrongSecurityToken,
    /// `x-sdk-content-sha256` is not the hash of the body.
    #[error("the header `x-sdk-content-sha256` is not the hash of the body; hash what is sent")]
    WrongBodyHash,
    /// The signature does not match: another secret key, or the request was changed after it was signed.
    #[error("the signature does not match the request; check the secret key, and that nothing changes the request")]
    Mismatch,
}

/// Verifies the signature of a request as the gateway does, by the headers that it says are signed.
///
/// `key_of` looks an access key id up. The id itself is not signed: two ids with one secret key are interchangeable.
///
/// # Errors
/// The first check that fails, in the order: form, covered headers, time, access key, security token, body, signature.
pub fn verify_signature<'k>(
    head: &Parts,
    body: &[u8],
    key_of: impl FnOnce(&str) -> Option<AccessKey<'k>>,
    now: Moment,
) -> Result<Signer, SignatureError> {
    let header = head.headers.get(http::header::AUTHORIZATION).ok_or(SignatureError::Unsigned)?;
    let header = header.to_str().map_err(|_| SignatureError::Malformed("it is not ASCII"))?;
    let claim = Claim::parse(header)?;
    let headers = claim.covered(head)?;
    let value = |name: &str| headers.iter().find(|(covered, _)| *covered == name).map(|(_, value)| *value);

    let date = value("x-sdk-date").ok_or(SignatureError::NotCovered("x-sdk-date"))?;
    value("host").ok_or(SignatureError::NotCovered("host"))?;
    let signed_at = moment(date).ok_or(SignatureError::InvalidDate)?;
    if now.since(signed_at).max(signed_at.since(now)) > SKEW {
        return Err(SignatureError::Skewed);
    }
    let key = key_of(claim.access).ok_or_else(|| SignatureError::UnknownKey(claim.access.to_owned()))?;
    if key.security_token.is_some() && key.security_token != value("x-security-token") {
        return Err(SignatureError::WrongSecurityToken);
    }

    let payload = payload(body, value("x-sdk-content-sha256"))?;
    let canonical = canonical(head, &headers, claim.signed_headers, &payload);
    let text = format!("SDK-HMAC-SHA256\n{date}\n{}", digits(&Sha256::digest(canonical)));
    let mut mac = Hmac::<Sha256>::new_from_slice(key.secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    match digits(&mac.finalize().into_bytes()) == claim.signature {
        true => Ok(Signer { access_key: claim.access.to_owned(), signed_at }),
        false => Err(SignatureError::Mismatch),
    }
}

/// What an `Authorization` header says.
struct Claim<'a> {
    access: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn parse(header: &'a str) -> Result<Self, SignatureError> {
        let malformed = SignatureError::Malformed;
        let rest = header.strip_prefix("SDK-HMAC-SHA256 ").ok_or(malformed("its algorithm is not SDK-HMAC-SHA256"))?;
        let mut parts = rest.split(',').map(str::trim);
        let mut part = |name, error| parts.next().and_then(|part| part.strip_prefix(name)).ok_or(malformed(error));
        let access = part("Access=", "its first part is not Access=")?;
        let signed_headers = part("SignedHeaders=", "its second part is not SignedHeaders=")?;
        let signature = part("Signature=", "its third part is not Signature=")?;
        if parts.next().is_some() {
            return Err(malformed("it has more than three parts"));
        }
        let names: Vec<&str> = signed_headers.split(';').collect();
        let lower = |name: &&str| !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        if !names.iter().all(lower) || !names.is_sorted_by(|one, next| one < next) {
            return Err(malformed("its SignedHeaders are not sorted names in small letters"));
        }
        Ok(Self { access, signed_headers, signature })
    }

    /// Returns the covered headers with their values, in their order.
    fn covered(&self, head: &'a Parts) -> Result<Vec<(&'a str, &'a str)>, SignatureError> {
        let read = |name: &'a str| {
            let mut values = head.headers.get_all(name).iter();
            let value = values.next().ok_or_else(|| SignatureError::MissingHeader(name.to_owned()))?;
            match (std::str::from_utf8(value.as_bytes()), values.next()) {
                (Ok(text), None) => Ok((name, text.trim())),
                (_, _) => Err(SignatureError::UnclearHeader(name.to_owned())),
            }
        };
        self.signed_headers.split(';').map(read).collect()
    }
}

/// The one spelling of a request that both sides sign.
fn canonical(head: &Parts, headers: &[(&str, &str)], signed_headers: &str, payload: &str) -> String {
    let mut path = encode(&decode(head.uri.path()), b"/");
    if !path.ends_with('/') {
        path.push('/');
    }
    let mut text = format!("{}\n{path}\n{}\n", head.method, query(head.uri.query().unwrap_or_default()));
    for (name, value) in headers {
        text.push_str(&format!("{name}:{value}\n"));
    }
    text.push_str(&format!("\n{signed_headers}\n{payload}"));
    text
}

/// Sorts the pairs of a query by what they mean, and spells each in one way.
fn query(sent: &str) -> String {
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = sent
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name, b""), encode(value, b""))).collect();
    pairs.join("&")
}

/// Returns the last line of the canonical request: what the signer says of the body, if that is true.
fn payload(body: &[u8], stated: Option<&str>) -> Result<String, SignatureError> {
    let hash = digits(&Sha256::digest(body));
    match stated {
        // What is said of a body that is not there does not count.
        _ if body.is_empty() => Ok(hash),
        None => Ok(hash),
        Some("UNSIGNED-PAYLOAD") => Ok("UNSIGNED-PAYLOAD".to_owned()),
        Some(stated) if stated == hash => Ok(hash),
        Some(_) => Err(SignatureError::WrongBodyHash),
    }
}

/// Resolves percent signs with two digits; a plus is a plus here, and anything else stays as it is.
pub(super) fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, ..] => value_of(*high).zip(value_of(*low)).map(|(high, low)| (high << 4) | low),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &rest[3..] } else { tail };
    }
    bytes
}

fn value_of(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Writes all but unreserved characters (RFC 3986), and those to be kept, as percent signs with two capital digits.
fn encode(bytes: &[u8], kept: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(byte) || kept.contains(byte) {
            true => text.push(char::from(*byte)),
            false => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

fn moment(date: &str) -> Option<Moment> {
    // Nothing shorter or longer: the parser by itself would take a year of two digits.
    let expected = date.len() == "20260101T000000Z".len();
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok().filter(|_| expected)?;
    let seconds = time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    u64::try_from(seconds).ok().map(Moment::from_unix_seconds)
}
