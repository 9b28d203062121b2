//! Verification of UserSig (TLSSigAPIv2), the signature in the query of every Tencent request.
//! Decodes and checks by itself; shares nothing with any code that signs, and never creates a signature.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use thiserror::Error;

use super::codes::Code;
use crate::clock::Moment;

/// The most bytes a decompressed UserSig may have. Real ones have under 400; more is an attack on memory.
const LARGEST_DOCUMENT: u64 = 64 * 1024;

/// How long a verified UserSig is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// When it was issued, by its own account.
    pub issued: Moment,
    /// The first moment at which it is no longer accepted.
    pub expires: Moment,
}

/// Why a UserSig is refused. [`UserSigError::code`] gives the vendor's code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UserSigError {
    /// There is nothing to verify.
    #[error("the usersig is empty; send one in the query")]
    Empty,
    /// It is not base64 in the vendor's alphabet, not zlib, or not the expected JSON.
    #[error("the usersig is not well formed: {0}; make a new one")]
    Invalid(&'static str),
    /// The compressed document ends too early.
    #[error("the usersig is cut off; send all of it")]
    Truncated,
    /// It was made for another SDKAppID.
    #[error("the usersig was made for SDKAppID {0}; make one for the SDKAppID in the query")]
    OtherApp(u64),
    /// It was made for another user.
    #[error("the usersig was made for user `{0}`; make one for the identifier in the query")]
    OtherUser(String),
    /// The signature does not match: most often the key of another SDKAppID.
    #[error("the usersig does not match the secret key; sign with the key of this SDKAppID")]
    KeyMismatch,
    /// It expired, by the simulator's clock.
    #[error("the usersig expired; make a new one and check the clock")]
    Expired,
}

impl UserSigError {
    /// Returns the vendor's code for this refusal.
    pub const fn code(&self) -> Code {
        match self {
            Self::Empty => Code::UserSigEmpty,
            Self::Invalid(_) => Code::UserSigInvalid,
            Self::Truncated => Code::UserSigTruncated,
            Self::OtherApp(_) => Code::UserSigOtherApp,
            Self::OtherUser(_) => Code::UserSigOtherUser,
            Self::KeyMismatch => Code::UserSigKeyMismatch,
            Self::Expired => Code::UserSigExpired,
        }
    }
}

/// The JSON document inside a UserSig. Key order and spaces are free: the official libraries differ.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "TLS.ver")]
    version: String,
    #[serde(rename = "TLS.identifier")]
    identifier: String,
    #[serde(rename = "TLS.sdkappid")]
    sdk_app_id: u64,
    /// Seconds that the signature is good for.
    #[serde(rename = "TLS.expire")]
    expire: u64,
    /// Unix seconds.
    #[serde(rename = "TLS.time")]
    time: u64,
    /// Base64 of extra bytes that are signed too; the server API needs none.
    #[serde(rename = "TLS.userbuf")]
    user_buffer: Option<String>,
    #[serde(rename = "TLS.sig")]
    signature: String,
}

/// What a UserSig must have been made with.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The key's text as the console shows it; it is not hex-decoded.
    pub secret_key: &'a str,
    /// The SDKAppID of the query.
    pub sdk_app_id: u64,
    /// The identifier of the query.
    pub identifier: &'a str,
}

/// Verifies a UserSig as the room services do.
///
/// A signature issued in the future is accepted: no tolerance is documented.
///
/// # Errors
/// The first check that fails, in the order: form, SDKAppID, user, signature, expiry.
pub fn verify_usersig(usersig: &str, expected: Expected<'_>, now: Moment) -> Result<Validity, UserSigError> {
    let document = decode(usersig)?;
    if document.sdk_app_id != expected.sdk_app_id {
        return Err(UserSigError::OtherApp(document.sdk_app_id));
    }
    if document.identifier != expected.identifier {
        return Err(UserSigError::OtherUser(document.identifier));
    }
    check_signature(&document, expected.secret_key)?;
    let issued = Moment::from_unix_seconds(document.time);
    let expires = Moment::from_unix_seconds(document.time.saturating_add(document.expire));
    if now >= expires {
        return Err(UserSigError::Expired);
    }
    Ok(Validity { issued, expires })
}

fn decode(usersig: &str) -> Result<Document, UserSigError> {
    if usersig.is_empty() {
        return Err(UserSigError::Empty);
    }
    if usersig.contains(['+', '/', '=']) {
        return Err(UserSigError::Invalid("it is in the plain base64 alphabet"));
    }
    // The vendor's own URL-safe variant: three characters of the standard alphabet are replaced.
    let standard: String = usersig
        .chars()
        .map(|character| match character {
            '*' => '+',
            '-' => '/',
            '_' => '=',
            other => other,
        })
        .collect();
    let compressed = STANDARD.decode(standard).map_err(|_| UserSigError::Invalid("it is not base64"))?;
    let mut json = Vec::new();
    ZlibDecoder::new(compressed.as_slice()).take(LARGEST_DOCUMENT).read_to_end(&mut json).map_err(|error| {
        match error.kind() == std::io::ErrorKind::UnexpectedEof {
            true => UserSigError::Truncated,
            false => UserSigError::Invalid("it is not zlib"),
        }
    })?;
    let document: Document =
        serde_json::from_slice(&json).map_err(|_| UserSigError::Invalid("it does not hold the expected JSON"))?;
    if document.version != "2.0" {
        return Err(UserSigError::Invalid("its version is not 2.0"));
    }
    Ok(document)
}

fn check_signature(document: &Document, secret_key: &str) -> Result<(), UserSigError> {
    let signature =
        STANDARD.decode(&document.signature).map_err(|_| UserSigError::Invalid("its signature is not base64"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret_key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(signed_text(document).as_bytes());
    mac.verify_slice(&signature).map_err(|_| UserSigError::KeyMismatch)
}

/// The text under the signature; its last line break is signed too.
fn signed_text(document: &Document) -> String {
    let Document { identifier, sdk_app_id, time, expire, user_buffer, version: _, signature: _ } = document;
    let mut text =
        format!("TLS.identifier:{identifier}\nTLS.sdkappid:{sdk_app_id}\nTLS.time:{time}\nTLS.expire:{expire}\n");
    if let Some(buffer) = user_buffer {
        text.push_str(&format!("TLS.userbuf:{buffer}\n"));
    }
    text
}
