//! Where a pass gets what is not in the object itself: configs, Secrets, rival objects.
//!
//! There are two: the cluster (through the watches) and files. A pass cannot tell them apart, so `plan -f` decides what
//! the controller would decide.

pub mod cluster;
pub mod files;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;

use roomkeeper_plan::claim::Candidate;
use roomkeeper_plan::ids::{ExternalId, ObjectName, SecretVersion};
use roomkeeper_plan::secret::Secret;
use tokio_util::sync::CancellationToken;

use crate::api::{ProviderConfigKind, ProviderConfigRef, ProviderConfigSpec};
use crate::object::Object;

/// Which `ProviderConfig` or `ClusterProviderConfig`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConfigKey {
    /// A `ProviderConfig`.
    Namespaced(ObjectName),
    /// A `ClusterProviderConfig`, by name.
    Cluster(String),
}

impl ConfigKey {
    /// Returns the config that an object of this namespace means.
    #[must_use]
    pub fn of(namespace: &str, reference: &ProviderConfigRef) -> Self {
        match reference.kind {
            ProviderConfigKind::ProviderConfig => {
                ConfigKey::Namespaced(ObjectName { namespace: namespace.to_owned(), name: reference.name.clone() })
            }
            ProviderConfigKind::ClusterProviderConfig => ConfigKey::Cluster(reference.name.clone()),
        }
    }

    /// Returns the namespace of the Secrets that the config names.
    #[must_use]
    pub fn secrets_in<'a>(&'a self, operator_namespace: &'a str) -> &'a str {
        match self {
            ConfigKey::Namespaced(name) => &name.namespace,
            ConfigKey::Cluster(_) => operator_namespace,
        }
    }
}

impl ConfigKey {
    /// Returns kind, namespace and name; absent: the kind has no namespaces.
    #[must_use]
    pub fn parts(&self) -> (&'static str, Option<&str>, &str) {
        match self {
            ConfigKey::Namespaced(name) => ("ProviderConfig", Some(&name.namespace), &name.name),
            ConfigKey::Cluster(name) => ("ClusterProviderConfig", None, name),
        }
    }
}

impl fmt::Display for ConfigKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigKey::Namespaced(name) => write!(f, "ProviderConfig {name}"),
            ConfigKey::Cluster(name) => write!(f, "ClusterProviderConfig {name}"),
        }
    }
}

/// A config that an object may use.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which one.
    pub key: ConfigKey,
    /// What it says.
    pub spec: ProviderConfigSpec,
    /// The namespace of the Secrets that it names.
    pub secrets_in: String,
    /// Cancelled when no call may be made any more as this config says: see [`crate::config::StoredConfig`].
    pub superseded: CancellationToken,
}

/// The contents of a Secret.
#[derive(Clone, Debug)]
pub struct SecretData {
    /// Which version this is.
    pub version: SecretVersion,
    /// The values that are text, by key.
    pub values: BTreeMap<String, Secret>,
}

/// Something that an object names and that is not to be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// There is no such config.
    #[error("the {0} that spec.providerConfigRef names does not exist; create it or correct the name")]
    Config(ConfigKey),
    /// A `ClusterProviderConfig` does not list the namespace.
    #[error("the {config} does not list the namespace {namespace} in spec.allowedNamespaces")]
    NotAllowed {
        /// The config.
        config: ConfigKey,
        /// The namespace that asks.
        namespace: String,
    },
    /// There is no such Secret.
    #[error("the Secret {0} does not exist; create it or correct the reference")]
    Secret(ObjectName),
    /// The Secret has no such key.
    #[error("the Secret {secret} has no key {key} with a text value; add it or correct the reference")]
    SecretKey {
        /// The Secret.
        secret: ObjectName,
        /// The key.
        key: String,
    },
    /// The Secret could not be read.
    #[error("the Secret {secret} could not be read: {why}")]
    Unreadable {
        /// The Secret.
        secret: ObjectName,
        /// What the API server said.
        why: String,
    },
}

/// What a pass reads besides its object.
pub trait Source: Send + Sync {
    /// Returns the config that an object of this namespace names.
    ///
    /// # Errors
    /// The config does not exist, or does not allow the namespace.
    fn config(&self, namespace: &str, reference: &ProviderConfigRef) -> Result<Config, Missing>;

    /// Reads a Secret.
    ///
    /// # Errors
    /// It does not exist or cannot be read.
    fn secret(&self, secret: &ObjectName) -> impl Future<Output = Result<SecretData, Missing>> + Send;

    /// Returns the object as a candidate for its room, and the other living objects that call the same room by one of
    /// these names.
    fn candidates(&self, object: &Object, room: &ExternalId, names: &[String]) -> (Candidate, Vec<Candidate>);

    /// Tells whether the definition of the object's kind is being deleted; read live, since it decides over rooms.
    ///
    /// # Errors
    /// Says why nobody can tell.
    fn is_uninstalling(&self, object: &Object) -> impl Future<Output = Result<bool, String>> + Send;
}

/// Takes one value out of a Secret.
///
/// # Errors
/// The Secret does not have the key.
pub fn value(data: &SecretData, secret: &ObjectName, key: &str) -> Result<Secret, Missing> {
    data.values.get(key).cloned().ok_or_else(|| Missing::SecretKey { secret: secret.clone(), key: key.to_owned() })
}
