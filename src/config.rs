//! One `ProviderConfig` or `ClusterProviderConfig` as the controller sees it, and which Secrets it names.
//!
//! It is a snapshot; nothing here reads or writes the cluster.

use roomkeeper_plan::ids::ObjectName;
use tokio_util::sync::CancellationToken;

use crate::api::condition::{Condition, ConditionStatus, READY};
use crate::api::provider_config::ALL_NAMESPACES;
use crate::api::{ClusterProviderConfig, ProviderConfig, ProviderConfigSpec, ProviderConfigStatus, SecretKeyRef};
use crate::source::{Config, ConfigKey, Missing};

/// A snapshot of one `ProviderConfig` or `ClusterProviderConfig`.
#[derive(Clone, Debug)]
pub struct StoredConfig {
    /// Which one.
    pub key: ConfigKey,
    /// `metadata.uid`
    pub uid: String,
    /// `metadata.generation`
    pub generation: i64,
    /// `metadata.resourceVersion`
    pub resource_version: u64,
    /// The account.
    pub spec: ProviderConfigSpec,
    /// Who may use it; absent for a `ProviderConfig`: its own namespace.
    pub allowed_namespaces: Option<Vec<String>>,
    /// The last status.
    pub status: ProviderConfigStatus,
    /// Cancelled when the config or a Secret that it names changes or goes; a new status is no change.
    pub superseded: CancellationToken,
}

/// Returns the Secrets that a config names.
#[must_use]
pub fn references(spec: &ProviderConfigSpec) -> Vec<&SecretKeyRef> {
    let mut found: Vec<&SecretKeyRef> = spec.ca_bundle_ref.iter().collect();
    found.extend(spec.tencent.as_ref().map(|tencent| &tencent.secret_key_ref));
    found.extend(spec.huawei_meeting.as_ref().map(|meeting| &meeting.app_key_ref));
    if let Some(rtc) = &spec.huawei_rtc {
        found.extend(rtc.password.as_ref().map(|password| &password.password_ref));
        if let Some(key) = &rtc.access_key {
            found.extend([&key.id_ref, &key.secret_ref]);
            found.extend(&key.security_token_ref);
        }
    }
    found
}

impl StoredConfig {
    /// Returns the config in the form that a pass uses, whoever asks.
    #[must_use]
    pub fn usable(&self, operator_namespace: &str) -> Config {
        Config {
            key: self.key.clone(),
            spec: self.spec.clone(),
            secrets_in: self.key.secrets_in(operator_namespace).to_owned(),
            superseded: self.superseded.clone(),
        }
    }

    /// Returns the Secrets that the config names, each with the key; those of a `ClusterProviderConfig` are in
    /// `operator_namespace`.
    #[must_use]
    pub fn secret_keys(&self, operator_namespace: &str) -> Vec<(ObjectName, String)> {
        let namespace = self.key.secrets_in(operator_namespace);
        let named = |reference: &SecretKeyRef| {
            let secret = ObjectName { namespace: namespace.to_owned(), name: reference.name.clone() };
            (secret, reference.key.clone())
        };
        references(&self.spec).into_iter().map(named).collect()
    }

    /// Tells whether the vendor accepted the config's credential, by its status.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let is_true = |condition: &Condition| condition.type_ == READY && condition.status == ConditionStatus::True;
        self.status.conditions.iter().any(is_true)
    }

    /// Checks that objects of a namespace may use the config.
    ///
    /// # Errors
    /// A `ClusterProviderConfig` that does not list the namespace.
    pub fn allow(&self, namespace: &str) -> Result<(), Missing> {
        let allowed = self.allowed_namespaces.as_ref();
        if allowed.is_none_or(|allowed| allowed.iter().any(|allowed| allowed == ALL_NAMESPACES || allowed == namespace))
        {
            return Ok(());
        }
        Err(Missing::NotAllowed { config: self.key.clone(), namespace: namespace.to_owned() })
    }
}

impl From<ProviderConfig> for StoredConfig {
    fn from(config: ProviderConfig) -> Self {
        let name = ObjectName {
            namespace: config.metadata.namespace.clone().unwrap_or_default(),
            name: config.metadata.name.clone().unwrap_or_default(),
        };
        StoredConfig {
            key: ConfigKey::Namespaced(name),
            uid: config.metadata.uid.unwrap_or_default(),
            generation: config.metadata.generation.unwrap_or_default(),
            resource_version: version(config.metadata.resource_version.as_deref()),
            spec: config.spec,
            allowed_namespaces: None,
            status: config.status.unwrap_or_default(),
            superseded: CancellationToken::new(),
        }
    }
}

impl From<ClusterProviderConfig> for StoredConfig {
    fn from(config: ClusterProviderConfig) -> Self {
        StoredConfig {
            key: ConfigKey::Cluster(config.metadata.name.clone().unwrap_or_default()),
            uid: config.metadata.uid.unwrap_or_default(),
            generation: config.metadata.generation.unwrap_or_default(),
            resource_version: version(config.metadata.resource_version.as_deref()),
            spec: config.spec.config,
            allowed_namespaces: Some(config.spec.allowed_namespaces),
            status: config.status.unwrap_or_default(),
            superseded: CancellationToken::new(),
        }
    }
}

/// Reads a resourceVersion as the number that Kubernetes lets clients compare.
fn version(text: Option<&str>) -> u64 {
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use kube::core::ObjectMeta;

    use super::*;

    #[test]
    fn a_cluster_config_serves_the_namespaces_that_it_lists_by_name_or_all_at_once() {
        let config = |names: &[&str]| {
            let allowed_namespaces = names.iter().map(|name| (*name).to_owned()).collect();
            let spec = crate::api::ClusterProviderConfigSpec { allowed_namespaces, ..Default::default() };
            StoredConfig::from(ClusterProviderConfig { metadata: ObjectMeta::default(), spec, status: None })
        };
        let rows = [(&["events"][..], true), (&["*"], true), (&["sales", "event", "events2"], false), (&[], false)];
        for (names, allowed) in rows {
            assert_eq!(config(names).allow("events").is_ok(), allowed, "{names:?}");
        }
        let namespaced = ProviderConfig { metadata: ObjectMeta::default(), ..ProviderConfig::default() };
        assert_eq!(StoredConfig::from(namespaced).allow("events"), Ok(()));
    }
}
