//! UserSig, Tencent's signature (TLSSigAPIv2): made from the application's secret key, sent in each URL.
//! It reads no clock and keeps nothing: when to make a new one is the client's part.
//!
//! A UserSig is JSON with an HMAC-SHA256 in it, compressed with zlib, in base64 with three characters replaced.
//! The vendor's own libraries order and space the JSON differently, so two correct strings need not be equal:
//! compare `TLS.sig` and the decoded JSON.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::SdkAppId;

/// The most bytes of JSON that a decoded UserSig may have; real ones have about 200.
const DOCUMENT_LIMIT: u64 = 64 * 1024;

/// What a UserSig is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The application that the key belongs to.
    pub sdk_app_id: SdkAppId,
    /// The account that the signature speaks for.
    pub identifier: &'a str,
    /// When it is made, in unix seconds.
    pub issued_at: u64,
    /// How long it holds, in seconds; the vendor advises at least a day.
    pub lifetime: u64,
    /// Private data that is signed along; the server API needs none.
    pub userbuf: Option<&'a [u8]>,
}

/// What a UserSig says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Version of the scheme, always `2.0`.
    #[serde(rename = "TLS.ver")]
    pub version: String,
    /// The account that it speaks for.
    #[serde(rename = "TLS.identifier")]
    pub identifier: String,
    /// The application.
    #[serde(rename = "TLS.sdkappid")]
    pub sdk_app_id: u64,
    /// How long it holds, in seconds from `issued_at`.
    #[serde(rename = "TLS.expire")]
    pub lifetime: u64,
    /// When it was made, in unix seconds.
    #[serde(rename = "TLS.time")]
    pub issued_at: u64,
    /// Private data in base64; absent in signatures for the server API.
    #[serde(rename = "TLS.userbuf", default, skip_serializing_if = "Option::is_none")]
    pub userbuf: Option<String>,
    /// The HMAC in base64.
    #[serde(rename = "TLS.sig")]
    pub signature: String,
}

/// Why a text is not a UserSig.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The alphabet or the length is wrong.
    #[error("the text is not base64 in the alphabet of a UserSig")]
    Base64(#[source] base64::DecodeError),
    /// The bytes are not zlib, or too many.
    #[error("the text is base64, but not of a zlib stream of reasonable size")]
    Zlib(#[source] std::io::Error),
    /// The document lacks fields or is not JSON.
    #[error("the text holds no JSON of a UserSig (near column {column})")]
    Json {
        /// Where reading stopped.
        column: usize,
    },
}

/// Returns a UserSig for the subject, signed with the application's secret key.
pub fn sign(subject: &Subject<'_>, key: &SecretString) -> SecretString {
    let userbuf = subject.userbuf.map(|bytes| STANDARD.encode(bytes));
    let claims = Claims {
        version: "2.0".into(),
        identifier: subject.identifier.into(),
        sdk_app_id: subject.sdk_app_id.0,
        lifetime: subject.lifetime,
        issued_at: subject.issued_at,
        signature: signature(&content(subject, userbuf.as_deref()), key),
        userbuf,
    };
    let document = serde_json::to_vec(&claims).expect("texts and numbers serialize");
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = zlib.write_all(&document).and_then(|()| zlib.finish()).expect("writing into a vector does not fail");
    SecretString::from(translated(&STANDARD.encode(packed), ["+*", "/-", "=_"]))
}

/// Returns what a UserSig says, without checking the signature: that needs the key.
///
/// # Errors
/// A text that is not base64 of a zlib stream of the JSON document.
pub fn decode(text: &str) -> Result<Claims, DecodeError> {
    let packed = STANDARD.decode(translated(text, ["*+", "-/", "_="])).map_err(DecodeError::Base64)?;
    let mut document = Vec::new();
    ZlibDecoder::new(packed.as_slice()).take(DOCUMENT_LIMIT).read_to_end(&mut document).map_err(DecodeError::Zlib)?;
    serde_json::from_slice(&document).map_err(|error| DecodeError::Json { column: error.column() })
}

/// Returns the text that is signed; its last line ends with a line feed too.
fn content(subject: &Subject<'_>, userbuf: Option<&str>) -> String {
    let Subject { sdk_app_id, identifier, issued_at, lifetime, userbuf: _ } = subject;
    let userbuf = userbuf.map(|base64| format!("TLS.userbuf:{base64}\n")).unwrap_or_default();
    format!(
        "TLS.identifier:{identifier}\nTLS.sdkappid:{sdk_app_id}\nTLS.time:{issued_at}\nTLS.expire:{lifetime}\n{userbuf}"
    )
}

fn signature(content: &str, key: &SecretString) -> String {
    // The key is the ASCII text that the console shows, not the bytes that its hexadecimal digits name.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).expect("HMAC takes keys of any length");
    mac.update(content.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Replaces in the text the first character of each pair by the second.
fn translated(text: &str, pairs: [&str; 3]) -> String {
    text.chars()
        .map(|character| {
            let pair = pairs.iter().find(|pair| pair.starts_with(character));
            pair.and_then(|pair| pair.chars().nth(1)).unwrap_or(character)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use secrecy::{ExposeSecret, SecretString};

    use super::{Claims, DecodeError, SdkAppId, Subject, decode, sign};

    const SUBJECT: Subject<'static> = Subject {
        sdk_app_id: SdkAppId(1_400_000_000),
        identifier: "administrator",
        issued_at: 1_700_000_000,
        lifetime: 86_400,
        userbuf: None,
    };

    #[test]
    fn what_was_signed_is_what_is_decoded() {
        let key = SecretString::from("k");
        for userbuf in [None, Some(&b"any \x00 bytes"[..]), Some(b"")] {
            let signed = sign(&Subject { userbuf, ..SUBJECT }, &key);
            let Claims { version, identifier, sdk_app_id, lifetime, issued_at, userbuf: shown, signature } =
                decode(signed.expose_secret()).expect("our own signature");
            assert_eq!((version.as_str(), identifier.as_str()), ("2.0", "administrator"));
            assert_eq!((sdk_app_id, lifetime, issued_at), (1_400_000_000, 86_400, 1_700_000_000));
            assert_eq!(shown.is_some(), userbuf.is_some());
            assert_eq!(signature.len(), 44);
        }
    }

    #[test]
    fn each_part_of_the_subject_and_the_key_is_signed() {
        let signature = |subject: &Subject<'_>, key: &str| {
            decode(sign(subject, &key.into()).expose_secret()).expect("our own signature").signature
        };
        let base = signature(&SUBJECT, "k");
        assert_ne!(base, signature(&SUBJECT, "l"));
        assert_ne!(base, signature(&Subject { sdk_app_id: SdkAppId(1), ..SUBJECT }, "k"));
        assert_ne!(base, signature(&Subject { identifier: "admin", ..SUBJECT }, "k"));
        assert_ne!(base, signature(&Subject { issued_at: 1, ..SUBJECT }, "k"));
        assert_ne!(base, signature(&Subject { lifetime: 1, ..SUBJECT }, "k"));
        assert_ne!(base, signature(&Subject { userbuf: Some(b"x"), ..SUBJECT }, "k"));
    }

    #[test]
    fn a_signature_fits_into_a_url_as_it_is() {
        let signed = sign(&SUBJECT, &"k".into());
        let allowed = |c: char| c.is_ascii_alphanumeric() || "*-_".contains(c);
        assert!(signed.expose_secret().chars().all(allowed));
    }

    #[test]
    fn a_text_that_is_no_signature_is_refused_at_the_step_where_it_fails() {
        assert!(matches!(decode("not base64!"), Err(DecodeError::Base64(_))));
        assert!(matches!(decode("AAAA"), Err(DecodeError::Zlib(_))));
        // The zlib stream of "{}".
        assert!(matches!(decode("eJyrrgUAAXUA*Q__"), Err(DecodeError::Json { .. })));
    }
}
