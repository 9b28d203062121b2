//! How a room names the object that opens its account.
//!
//! Whether that object is there, and may be used from here, is not known to it.

use roomkeeper_plan::limits::OBJECT_NAME_BYTES;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules;

/// The object that opens the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderConfigRef {
    /// Kind of the object: `ProviderConfig` of this namespace, or `ClusterProviderConfig`, which must allow this
    /// namespace.
    #[serde(default)]
    pub kind: ProviderConfigKind,

    /// Name of the object.
    #[schemars(length(min = 1, max = OBJECT_NAME_BYTES), regex(pattern = rules::OBJECT_NAME))]
    pub name: String,
}

/// The kinds that open an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum ProviderConfigKind {
    /// An account of one namespace.
    #[default]
    ProviderConfig,
    /// An account that several namespaces may use.
    ClusterProviderConfig,
}
