//! References to Secrets: how an object names a secret without holding it.
//!
//! No type here has a place for a secret value.

use kube::KubeSchema;
use roomkeeper_plan::limits::{OBJECT_NAME_BYTES, SECRET_KEY_BYTES};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NotExactlyOne;
use super::rules;

/// One key of a Secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretKeyRef {
    /// Name of the Secret.
    /// It is looked up in the namespace of this object; for a ClusterProviderConfig, in the namespace of the operator.
    #[schemars(length(min = 1, max = OBJECT_NAME_BYTES), regex(pattern = rules::OBJECT_NAME))]
    pub name: String,

    /// Key within the Secret's data.
    #[schemars(length(min = 1, max = SECRET_KEY_BYTES), regex(pattern = rules::SECRET_KEY))]
    pub key: String,
}

/// A password that is wanted: one from a Secret, or none at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct Password {
    /// The key of a Secret in this namespace that holds the password.
    /// A change of the Secret is applied to the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<SecretKeyRef>,

    /// Written as `none: {}`: the room shall have no password.
    /// It differs from leaving the whole password out, which means that the password is not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none: Option<NoPassword>,
}

/// Nothing: an object without fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoPassword {}

/// Where a wanted password comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSource<'a> {
    /// From this key of a Secret.
    Secret(&'a SecretKeyRef),
    /// The room shall have no password.
    None,
}

impl Password {
    /// Returns a password that comes from a Secret.
    #[must_use]
    pub fn from_secret(name: &str, key: &str) -> Self {
        Self { secret_key_ref: Some(SecretKeyRef { name: name.to_owned(), key: key.to_owned() }), none: None }
    }

    /// Returns the wish for a room without a password.
    #[must_use]
    pub fn none() -> Self {
        Self { secret_key_ref: None, none: Some(NoPassword {}) }
    }

    /// Returns where the password comes from.
    ///
    /// # Errors
    /// [`NotExactlyOne`] if both or neither of the fields are set, which the API server refuses.
    pub fn source(&self) -> Result<PasswordSource<'_>, NotExactlyOne> {
        match (&self.secret_key_ref, self.none) {
            (Some(secret), None) => Ok(PasswordSource::Secret(secret)),
            (None, Some(NoPassword {})) => Ok(PasswordSource::None),
            (None, None) | (Some(_), Some(_)) => Err(NotExactlyOne { choices: &["secretKeyRef", "none"] }),
        }
    }
}

/// Refuses a password from two places or from none; the field is a [`Password`].
pub(super) fn one_source(field: &str) -> rules::Rule {
    rules::invalid(
        format!("!has(self.{field}) || has(self.{field}.secretKeyRef) != has(self.{field}.none)"),
        format!("{field}: set exactly one of secretKeyRef and none; leave {field} out if it is not yours to manage"),
        format!(".{field}"),
    )
}
