//! Texts that a caller proves to know: keys, passwords, tokens.
//! Kept in clear, because they are compared; never shown by `Debug`. Whoever prints JSON of them must hide them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A secret text of the world. Its value never appears in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Returns the text as it is.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}
