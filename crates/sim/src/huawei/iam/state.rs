//! What IAM keeps for its customers, as plain data: users and the tokens they got.
//! Holds no rule: tests and people may put any state here, also one that no request could bring about.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::secret::SecretText;

/// How many failed signatures in a row lock an access key out (API signing guide, "Incorrect IAM authentication").
pub(crate) const MOST_FAILURES: usize = 5;
/// How long an access key is locked out then, and how long failures count.
pub(crate) const LOCKOUT: Duration = Duration::from_secs(5 * 60);

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
    /// When signatures with access keys failed one after the other; only what still counts is kept.
    pub failed_signatures: BTreeMap<String, Vec<Moment>>,
}

impl Default for Iam {
    fn default() -> Self {
        Self {
            users: BTreeMap::new(),
            token_seconds: 24 * 3600,
            tokens: Vec::new(),
            failed_signatures: BTreeMap::new(),
        }
    }
}

impl Iam {
    /// Returns a token by what a caller sends.
    pub(crate) fn token(&self, sent: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.value.expose() == sent)
    }

    /// Returns whether an access key is refused, however good its signature is.
    pub(crate) fn is_locked_out(&self, access_key: &str, now: Moment) -> bool {
        let failed = self.failed_signatures.get(access_key);
        failed.is_some_and(|failed| failed.iter().filter(|at| now.since(**at) < LOCKOUT).count() >= MOST_FAILURES)
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
