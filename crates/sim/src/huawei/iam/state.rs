//! What IAM keeps for its customers, as plain data: users and the tokens they got.
//! Holds no rule: tests and people may put any state here, also one that no request could bring about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::secret::SecretText;

/// Everything that IAM knows. The projects are those of CloudRTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Iam {
    /// Users by the name of their account ("domain") and their own name.
    pub users: BTreeMap<String, BTreeMap<String, User>>,
    /// How long a token is good for, in seconds; the vendor's is a day.
    pub token_seconds: u64,
    /// The tokens that were given out and not taken back.
    pub tokens: Vec<Token>,
}

impl Default for Iam {
    fn default() -> Self {
        Self { users: BTreeMap::new(), token_seconds: 24 * 3600, tokens: Vec::new() }
    }
}

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct User {
    /// The password in clear.
    pub password: SecretText,
    /// Whether the user can log in.
    #[serde(default)]
    pub state: UserState,
}

/// Whether a user can log in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UserState {
    /// With the password.
    #[default]
    Active,
    /// Not for now: too many wrong passwords.
    Locked,
    /// Not at all: an administrator switched the user off.
    Disabled,
}

/// A token that was given out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    /// What the caller sends in `X-Auth-Token`.
    pub value: SecretText,
    /// The account ("domain") of the user.
    pub domain: String,
    /// The user who logged in.
    pub user: String,
    /// The project that the token is for; absent: none, which serves no CloudRTC call.
    pub project: Option<String>,
    /// The first moment at which it is not taken any more.
    pub expires: Moment,
}
