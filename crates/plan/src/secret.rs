//! A secret text that cannot be printed, and where it came from.
//!
//! It can be compared, because drift of a password is found by comparing; it has no `Display`.

use alloc::string::String;
use core::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::ids::SecretVersion;

/// A text that shows itself as `(secret)`.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Returns the text, for the one place that sends it to the vendor.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(SecretString::from(text))
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where in Kubernetes a secret value stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretRef {
    /// Name of the Secret, in the namespace of the object that names it.
    pub name: String,
    /// Key inside the Secret.
    pub key: String,
}

/// A value read from a Secret, with the version it was read at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretValue {
    /// The value.
    pub value: Secret,
    /// The Secret it came from.
    pub version: SecretVersion,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_secret_never_prints_itself() {
        let value = SecretValue {
            value: Secret::from(String::from("canary")),
            version: SecretVersion { uid: "u".into(), resource_version: "1".into() },
        };
        assert!(!format!("{value:?}{:?}", value.value).contains("canary"));
    }
}
