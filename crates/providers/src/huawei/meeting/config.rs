//! What opens Cloud Meeting, where it is, and in which language it answers.
//! Nothing is sent from here: a configuration is looked at only.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::http;

/// What opens Cloud Meeting for an enterprise.
#[derive(Debug, Clone)]
pub struct Config {
    /// The service: `http` or `https`, a host, and nothing after it but perhaps a path. See [`Region::endpoint`].
    pub endpoint: Url,
    /// The App ID, as the console shows it.
    pub app_id: String,
    /// One of a service provider's enterprises; absent: the App ID belongs to an enterprise itself.
    pub corp_id: Option<String>,
    /// The key of the App ID. It opens every user of the enterprise.
    pub app_key: SecretString,
    /// In which language the vendor says what went wrong.
    pub language: Language,
    /// The connections to use.
    pub http: http::Client,
}

/// Why a configuration cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The endpoint is not the base of an API.
    #[error("the endpoint must be an http or https URL with a host and without user, query and fragment")]
    Endpoint,
    /// The App ID cannot be signed.
    #[error("the app id must not be empty or contain colons or control characters; copy it from the console")]
    AppId,
    /// The enterprise cannot be signed.
    #[error("the enterprise id must not be empty or contain colons or control characters")]
    CorpId,
    /// The key is empty.
    #[error("the app key is empty")]
    KeyEmpty,
    /// The key has white space around it, mostly a line feed from a file.
    #[error("the app key begins or ends with white space, remove it (a file often ends with a line feed)")]
    KeyPadded,
}

impl Config {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Self { endpoint, app_id, corp_id, app_key, language: _, http: _ } = self;
        let key = app_key.expose_secret();
        let checks = [
            (!http::is_base(endpoint), ConfigError::Endpoint),
            (!is_signable(app_id), ConfigError::AppId),
            (corp_id.as_deref().is_some_and(|id| !is_signable(id)), ConfigError::CorpId),
            (key.trim().is_empty(), ConfigError::KeyEmpty),
            (key.trim() != key, ConfigError::KeyPadded),
        ];
        checks.into_iter().find(|(wrong, _)| *wrong).map_or(Ok(()), |(_, error)| Err(error))
    }
}

/// The signed text has a colon after each id, so a colon in one would forge another.
fn is_signable(id: &str) -> bool {
    !id.is_empty() && !id.contains(|c: char| c == ':' || c.is_control())
}

/// Where an enterprise is; it cannot be changed afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Region {
    /// `cn-north-4`, Mainland China.
    CnNorth4,
    /// `ap-southeast-1`, everywhere else.
    ApSoutheast1,
}

impl Region {
    /// Every region.
    pub const ALL: [Self; 2] = [Self::CnNorth4, Self::ApSoutheast1];

    /// Returns the vendor's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CnNorth4 => "cn-north-4",
            Self::ApSoutheast1 => "ap-southeast-1",
        }
    }

    /// Returns the base URL of the service.
    pub fn endpoint(self) -> Url {
        let url = match self {
            Self::CnNorth4 => "https://api.meeting.huaweicloud.com/",
            Self::ApSoutheast1 => "https://api-intl.meeting.huaweicloud.com/",
        };
        Url::parse(url).expect("a constant is a URL")
    }
}

/// In which language the vendor writes its texts (`Accept-Language`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// `en-US`.
    #[default]
    EnUs,
    /// `zh-CN`, the vendor's own default.
    ZhCn,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::EnUs, Self::ZhCn];

    /// Returns the vendor's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EnUs => "en-US",
            Self::ZhCn => "zh-CN",
        }
    }
}
