//! Which commands mend the account that a room names. Pure.

use roomkeeper_plan::limits::DISMISSALS_PER_MINUTE_MAX;
use serde_json::json;

use super::Scene;
use crate::cli::explain::explanation::{Command, SecretKey};
use crate::cli::explain::kubectl::{Kubectl, destructive, harmless, quoted};
use crate::cli::explain::{config, credential, secrets};
use crate::config::StoredConfig;
use crate::source::ConfigKey;

impl Scene<'_> {
    /// Lets more of the account's rooms be dismissed in a minute; absent: the config is not known.
    pub(super) fn raise_brake(&self) -> Option<Command> {
        let config = self.facts.config.as_ref().ok()?.as_ref()?;
        let raised = config.spec.dismissals_per_minute().saturating_mul(10).min(DISMISSALS_PER_MINUTE_MAX);
        let patch = json!({ "spec": { "dismissals": { "maxPerMinute": raised } } });
        let kubectl = Kubectl::of_config(&config.key, self.context.program);
        Some(destructive(
            kubectl.patch(&patch),
            format!("ends up to {raised} of the account's waiting rooms in a minute, this one among them"),
        ))
    }

    /// Puts in place what the room's config, or the room, names and what is missing.
    pub(super) fn mend_config(&self) -> Vec<Command> {
        let config = self.facts.config.as_ref().ok().and_then(Option::as_ref);
        if let Some(allow) = config.and_then(|config| self.allow_namespace(config)) {
            return vec![allow];
        }
        let gaps: Vec<&SecretKey> = credential::gaps(&self.facts.around.secrets).collect();
        if !gaps.is_empty() {
            return secrets::fill(&gaps, &self.facts.around.secrets, self.context.program);
        }
        if let Some(config) = config {
            return vec![config::edit(&config.key, self.context.program)];
        }
        let configs = format!("{} get providerconfigs,clusterproviderconfigs", self.kubectl.start());
        vec![self.edit(), harmless(configs, "shows which configs there are to be named")]
    }

    /// Lets the room's namespace use a config; absent: it may already.
    fn allow_namespace(&self, config: &StoredConfig) -> Option<Command> {
        let namespace = &self.object.key.name.namespace;
        let (Err(_), ConfigKey::Cluster(_)) = (config.allow(namespace), &config.key) else {
            return None;
        };
        let kubectl = Kubectl::of_config(&config.key, self.context.program);
        let patch = json!([{ "op": "add", "path": "/spec/allowedNamespaces/-", "value": namespace }]);
        let patch = format!("--type=json -p {}", quoted(&patch.to_string()));
        let effect = format!("lets all rooms of the namespace {namespace} use the account");
        Some(harmless(kubectl.about("patch", &patch), effect))
    }
}
