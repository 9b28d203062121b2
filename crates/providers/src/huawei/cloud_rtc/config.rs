//! What opens CloudRTC, and where it is.
//! Nothing is sent from here: a configuration is looked at only.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::http;
use crate::huawei::id;
use crate::huawei::signature::AccessKey;

/// What opens CloudRTC for a project.
#[derive(Debug, Clone)]
pub struct Config {
    /// The service: `http` or `https`, a host, and nothing after it but perhaps a path. See [`Region::endpoint`].
    pub endpoint: Url,
    /// IAM, where a password becomes a token; not asked with an access key. See [`Region::iam_endpoint`].
    pub iam_endpoint: Url,
    /// The project, as the console shows it.
    pub project_id: String,
    /// Who calls.
    pub login: Login,
    /// The connections to use.
    pub http: http::Client,
}

/// Who calls, and how that is proved.
#[derive(Debug, Clone)]
pub enum Login {
    /// An access key, which signs each request; what the vendor recommends.
    AccessKey(AccessKey),
    /// An IAM user with a password, which is turned into a token for a day.
    ///
    /// A HUAWEI ID cannot log in this way.
    Password {
        /// The account that the user belongs to (IAM calls it domain).
        domain: String,
        /// The IAM user.
        user: String,
        /// The user's password.
        password: SecretString,
    },
}

/// Why a configuration cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The endpoint is not the base of an API.
    #[error("the endpoint must be an http or https URL with a host and without user, query and fragment")]
    Endpoint,
    /// IAM's endpoint is not the base of an API.
    #[error("the IAM endpoint must be an http or https URL with a host and without user, query and fragment")]
    IamEndpoint,
    /// The project's id cannot be part of a path.
    #[error("the project id must be 1 to 64 letters, digits, `_` and `-`; copy it from the console")]
    ProjectId,
    /// The account or the user is empty.
    #[error("the domain and the user of an IAM log-in must not be empty")]
    User,
    /// The password is empty.
    #[error("the password is empty")]
    PasswordEmpty,
    /// The password ends with a line feed, which a file often adds.
    #[error("the password ends with a line feed, remove it")]
    PasswordLine,
}

impl Config {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Self { endpoint, iam_endpoint, project_id, login, http: _ } = self;
        let checks = [
            (!http::is_base(endpoint), ConfigError::Endpoint),
            (!http::is_base(iam_endpoint), ConfigError::IamEndpoint),
            (!id::is_plain(project_id), ConfigError::ProjectId),
        ];
        checks.into_iter().find(|(wrong, _)| *wrong).map_or_else(|| login.check(), |(_, error)| Err(error))
    }
}

impl Login {
    fn check(&self) -> Result<(), ConfigError> {
        match self {
            // A key that is badly formed cannot be made.
            Self::AccessKey(_) => Ok(()),
            Self::Password { domain, user, .. } if domain.is_empty() || user.is_empty() => Err(ConfigError::User),
            Self::Password { password, .. } => match password.expose_secret() {
                "" => Err(ConfigError::PasswordEmpty),
                text if text.ends_with(['\n', '\r']) => Err(ConfigError::PasswordLine),
                _ => Ok(()),
            },
        }
    }
}

/// Where the service is. One endpoint serves the rooms of all regions; no other is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Region {
    /// `cn-north-4`, Beijing.
    CnNorth4,
}

impl Region {
    /// Every region.
    pub const ALL: [Self; 1] = [Self::CnNorth4];

    /// Returns the vendor's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CnNorth4 => "cn-north-4",
        }
    }

    /// Returns the base URL of CloudRTC.
    pub fn endpoint(self) -> Url {
        match self {
            Self::CnNorth4 => base("https://rtc-api.myhuaweicloud.com/"),
        }
    }

    /// Returns the base URL of IAM.
    pub fn iam_endpoint(self) -> Url {
        match self {
            Self::CnNorth4 => base("https://iam.cn-north-4.myhuaweicloud.com/"),
        }
    }
}

fn base(url: &str) -> Url {
    Url::parse(url).expect("a constant is a URL")
}
