//! The signature of a log-in to Cloud Meeting with an App ID.
//! It reads no clock and sends nothing: the log-in is given, a header is returned.
//!
//! Vendor pages: "Introduction to App ID Authentication",
//! <https://support.huaweicloud.com/intl/en-us/devg-meeting/meeting_20_0011.html>, and page `meeting_21_0311` of the
//! server API reference.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::hex;

/// The fewest characters of a nonce.
const NONCE_MIN: usize = 32;
/// The most characters of a nonce.
const NONCE_MAX: usize = 64;

/// Whom a log-in speaks for. One App ID and its key can speak for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity<'a> {
    /// The default administrator of the enterprise that the App ID belongs to.
    Administrator,
    /// A user of the enterprise that the App ID belongs to. The vendor may register an unknown one by itself.
    User {
        /// The user's id in the third-party system.
        user_id: &'a str,
    },
    /// The administrator of a service provider (SP).
    ServiceProvider,
    /// The default administrator of one of a service provider's enterprises.
    CorpAdministrator {
        /// The enterprise's id.
        corp_id: &'a str,
    },
    /// A user of one of a service provider's enterprises. The vendor may register an unknown one by itself.
    CorpUser {
        /// The enterprise's id.
        corp_id: &'a str,
        /// The user's id in the third-party system.
        user_id: &'a str,
    },
}

/// What a log-in says; the body of the request must say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login<'a> {
    /// The App ID.
    pub app_id: &'a str,
    /// Whom the log-in speaks for.
    pub identity: Identity<'a>,
    /// The last unix second at which the vendor takes this log-in; 0: it never expires.
    pub expires_at: u64,
    /// A random text of 32 to 64 characters, see [`nonce`].
    pub nonce: &'a str,
}

/// Why a log-in cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The App ID is empty.
    #[error("the app id is empty; copy it from the console")]
    EmptyAppId,
    /// The user is empty, which would be a log-in as administrator.
    #[error("the user id is empty; name a user, or log in as administrator")]
    EmptyUserId,
    /// The enterprise is empty, which would be a log-in as service provider.
    #[error("the enterprise id is empty; name an enterprise, or log in as service provider")]
    EmptyCorpId,
    /// The nonce is too short or too long.
    #[error("the nonce has {characters} characters; take {NONCE_MIN} to {NONCE_MAX}")]
    NonceLength {
        /// How many it has.
        characters: usize,
    },
}

impl Login<'_> {
    /// Returns the text under the signature.
    ///
    /// # Errors
    /// An empty id, which would speak for somebody else, or a nonce of the wrong length.
    pub fn string_to_sign(&self) -> Result<String, LoginError> {
        self.check()?;
        let Self { app_id, identity, expires_at, nonce } = self;
        // A part that is empty keeps its colon. The enterprise's part exists for service providers only.
        let speaker = match identity {
            Identity::Administrator => String::new(),
            Identity::User { user_id } => (*user_id).to_owned(),
            Identity::ServiceProvider => ":".to_owned(),
            Identity::CorpAdministrator { corp_id } => format!("{corp_id}:"),
            Identity::CorpUser { corp_id, user_id } => format!("{corp_id}:{user_id}"),
        };
        Ok(format!("{app_id}:{speaker}:{expires_at}:{nonce}"))
    }

    /// Returns the `Authorization` header of the log-in, signed with the key of the App ID.
    ///
    /// The signature is in lower-case digits, as documented. The value is marked as sensitive, so that `Debug` hides it.
    ///
    /// # Errors
    /// As [`Login::string_to_sign`].
    pub fn authorization(&self, app_key: &SecretString) -> Result<HeaderValue, LoginError> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(app_key.expose_secret().as_bytes()).expect("HMAC takes keys of any length");
        mac.update(self.string_to_sign()?.as_bytes());
        let (signature, access) = (hex(&mac.finalize().into_bytes()), STANDARD.encode(self.app_id));
        let text = format!("HMAC-SHA256 signature={signature},access={access}");
        let mut value = HeaderValue::from_str(&text).expect("base64 and hexadecimal digits are ASCII");
        value.set_sensitive(true);
        Ok(value)
    }

    fn check(&self) -> Result<(), LoginError> {
        let (corp_id, user_id) = match self.identity {
            Identity::Administrator | Identity::ServiceProvider => (None, None),
            Identity::User { user_id } => (None, Some(user_id)),
            Identity::CorpAdministrator { corp_id } => (Some(corp_id), None),
            Identity::CorpUser { corp_id, user_id } => (Some(corp_id), Some(user_id)),
        };
        let characters = self.nonce.chars().count();
        let checks = [
            (self.app_id.is_empty(), LoginError::EmptyAppId),
            (corp_id == Some(""), LoginError::EmptyCorpId),
            (user_id == Some(""), LoginError::EmptyUserId),
            (!(NONCE_MIN..=NONCE_MAX).contains(&characters), LoginError::NonceLength { characters }),
        ];
        checks.into_iter().find(|(wrong, _)| *wrong).map_or(Ok(()), |(_, error)| Err(error))
    }
}

/// Returns a new nonce: 32 random hexadecimal digits.
pub fn nonce() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{Identity, Login, LoginError, nonce};

    const NONCE: &str = "0123456789abcdef0123456789abcdef";
    const LOGIN: Login<'static> =
        Login { app_id: "app", identity: Identity::Administrator, expires_at: 1_767_226_200, nonce: NONCE };

    #[test]
    fn each_identity_has_its_own_text() {
        let (corp_id, user_id) = ("807074304", "third-user-1");
        let rows = [
            (Identity::Administrator, "app::"),
            (Identity::User { user_id }, "app:third-user-1:"),
            (Identity::ServiceProvider, "app:::"),
            (Identity::CorpAdministrator { corp_id }, "app:807074304::"),
            (Identity::CorpUser { corp_id, user_id }, "app:807074304:third-user-1:"),
        ];
        for (identity, start) in rows {
            let text = Login { identity, ..LOGIN }.string_to_sign();
            assert_eq!(text, Ok(format!("{start}1767226200:{NONCE}")));
        }
    }

    // The vendor's own SDK gives these signatures, there in capital letters.
    #[test]
    fn each_identity_has_its_known_signature() {
        let (corp_id, user_id) = ("807074304", "third-user-1");
        let rows = [
            (Identity::User { user_id }, "7747d6578806813263af0ac8cfb8c3728eaadf23ce0fe01eea1505f96e44bb94"),
            (Identity::Administrator, "177464a4ceba5aa38d343116f97297ed857307660ee0015f7d9e69bd82c786a5"),
            (
                Identity::CorpUser { corp_id, user_id },
                "9c8d371f91eb06bdf97d6605403b963b096477d3f9767f51ba4b6f305d5e95a3",
            ),
            (
                Identity::CorpAdministrator { corp_id },
                "934a16518c25766cd2557298414505d712d35ccbc951f6e6a6dbee85db4ecab3",
            ),
            (Identity::ServiceProvider, "b2f55769aaee54ba159d9837ec5da290ce95972eda7300b3800ded90048a576c"),
        ];
        let login = Login {
            app_id: "fdb8e4699586458bbd10c834872dcc62",
            nonce: "00000000-0000-4000-8000-000000000001",
            ..LOGIN
        };
        let key = SecretString::from("appKeyExample0123456789");
        for (identity, signature) in rows {
            let value = Login { identity, ..login }.authorization(&key).expect("a well-formed log-in");
            let access = "ZmRiOGU0Njk5NTg2NDU4YmJkMTBjODM0ODcyZGNjNjI=";
            assert_eq!(value, format!("HMAC-SHA256 signature={signature},access={access}"));
            assert!(!format!("{value:?}").contains(signature));
        }
    }

    #[test]
    fn a_login_that_would_speak_for_somebody_else_is_not_signed() {
        let rows = [
            (Login { app_id: "", ..LOGIN }, LoginError::EmptyAppId),
            (Login { identity: Identity::User { user_id: "" }, ..LOGIN }, LoginError::EmptyUserId),
            (Login { identity: Identity::CorpUser { corp_id: "c", user_id: "" }, ..LOGIN }, LoginError::EmptyUserId),
            (Login { identity: Identity::CorpUser { corp_id: "", user_id: "u" }, ..LOGIN }, LoginError::EmptyCorpId),
            (Login { identity: Identity::CorpAdministrator { corp_id: "" }, ..LOGIN }, LoginError::EmptyCorpId),
            (Login { nonce: &NONCE[1..], ..LOGIN }, LoginError::NonceLength { characters: 31 }),
            (Login { nonce: &NONCE.repeat(3), ..LOGIN }, LoginError::NonceLength { characters: 96 }),
        ];
        for (login, error) in rows {
            assert_eq!(login.authorization(&"k".into()).map(drop), Err(error));
        }
    }

    #[test]
    fn a_nonce_is_long_enough_and_new_each_time() {
        let (first, second) = (nonce(), nonce());
        assert_eq!(Login { nonce: &first, ..LOGIN }.string_to_sign().map(drop), Ok(()));
        assert_ne!(first, second);
    }
}
