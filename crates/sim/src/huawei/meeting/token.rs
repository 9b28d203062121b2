//! What a log-in gave out, as plain data.
//! Who gets one, and how many live, is decided in `log_in`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::secret::SecretText;

/// What a log-in gave out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    /// What every call carries.
    pub access: SecretText,
    /// What only a renewal carries.
    pub refresh: SecretText,
    /// Who logged in.
    pub holder: Holder,
    /// What the log-in said of its caller; 72 is a program.
    pub client_type: i64,
    /// When it was made.
    pub created: Moment,
    /// Seconds for which calls can carry it.
    pub valid_period: u64,
    /// Seconds for which it can be renewed.
    pub refresh_valid_period: u64,
}

impl Token {
    /// Returns whether calls can carry it.
    pub fn lives(&self, now: Moment) -> bool {
        now < self.created.plus(Duration::from_secs(self.valid_period))
    }

    /// Returns whether it can be renewed.
    pub fn can_be_renewed(&self, now: Moment) -> bool {
        now < self.created.plus(Duration::from_secs(self.refresh_valid_period))
    }
}

/// Who logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Holder {
    /// The administrator of a service provider, who belongs to no enterprise.
    ServiceProvider,
    /// The default administrator of an enterprise.
    Administrator {
        /// The enterprise.
        corp: String,
    },
    /// A user.
    User {
        /// The enterprise.
        corp: String,
        /// The Meeting account.
        account: String,
    },
}

impl Holder {
    /// Returns the enterprise.
    pub fn corp(&self) -> Option<&str> {
        match self {
            Self::ServiceProvider => None,
            Self::Administrator { corp } | Self::User { corp, account: _ } => Some(corp),
        }
    }
}
