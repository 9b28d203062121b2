//! The cluster as a source: what the watches know, and Secrets read when they are used.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use k8s_openapi::api::core::v1::Secret as KubeSecret;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client};
use roomkeeper_plan::claim::Candidate;
use roomkeeper_plan::ids::{ExternalId, ObjectName, SecretVersion};

use super::{Config, ConfigKey, Missing, SecretData, Source};
use crate::accounts::Accounts;
use crate::api::ProviderConfigRef;
use crate::config::StoredConfig;
use crate::key::Kind;
use crate::object::Object;
use crate::objects::Objects;

/// The cluster, as a pass reads it.
pub struct Cluster {
    client: Client,
    objects: Arc<Objects>,
    operator_namespace: String,
    read: Mutex<HashMap<ObjectName, Option<SecretData>>>,
}

impl Cluster {
    /// Makes a source; the Secrets of `ClusterProviderConfig`s are in `operator_namespace`.
    #[must_use]
    pub fn new(client: Client, objects: Arc<Objects>, operator_namespace: String) -> Self {
        Cluster { client, objects, operator_namespace, read: Mutex::default() }
    }

    /// Tells whether a pass has read this Secret in another version than the watch shows now (absent: it is gone), and
    /// forgets that version.
    ///
    /// A Secret that nobody has read is no news, nor is the version that a pass has just read by itself.
    pub fn is_news(&self, secret: &ObjectName, now: Option<&SecretVersion>) -> bool {
        let mut read = self.cache();
        match read.get(secret) {
            Some(known) if known.as_ref().map(|data| &data.version) != now => {
                read.remove(secret);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Returns a config in the form that a pass uses, whoever asks.
    #[must_use]
    pub fn usable(&self, config: &StoredConfig) -> Config {
        config.usable(&self.operator_namespace)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, HashMap<ObjectName, Option<SecretData>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns an object as a candidate for a room; absent: it names another account, or is going.
    fn candidate(&self, object: &Object, room: &ExternalId) -> Option<Candidate> {
        let config = self.objects.config(&ConfigKey::of(&object.key.name.namespace, &object.config));
        // A namespace that may not use the config has no say in its account.
        let config = config.filter(|config| config.allow(&object.key.name.namespace).is_ok());
        let named = config.as_ref().and_then(|config| Accounts::account(&self.usable(config)).ok());
        // A claim outlives its config, so that nobody takes the room while the config is being mended.
        let named = named.or_else(|| object.claimed_room().map(|room| room.account().clone()))?;
        let ownership = object.ownership(room);
        let proven = config.is_some_and(|config| config.is_accepted());
        (named == *room.account()).then(|| Candidate {
            object: object.key.name.clone(),
            uid: object.uid.clone(),
            created: object.created,
            standing: object.standing(&ownership, proven),
        })
    }
}

impl Source for Cluster {
    fn config(&self, namespace: &str, reference: &ProviderConfigRef) -> Result<Config, Missing> {
        let key = ConfigKey::of(namespace, reference);
        let config = self.objects.config(&key).ok_or_else(|| Missing::Config(key.clone()))?;
        config.allow(namespace)?;
        Ok(self.usable(&config))
    }

    async fn secret(&self, secret: &ObjectName) -> Result<SecretData, Missing> {
        let newest = self.objects.secret_version(secret);
        let cached = self.cache().get(secret).cloned().flatten();
        if let Some(cached) = cached.filter(|cached| Some(&cached.version) == newest.as_ref()) {
            return Ok(cached);
        }
        let data = read_secret(&self.client, secret).await?;
        self.cache().insert(secret.clone(), data.clone());
        data.ok_or_else(|| Missing::Secret(secret.clone()))
    }

    fn candidates(&self, object: &Object, room: &ExternalId, names: &[String]) -> (Candidate, Vec<Candidate>) {
        let this = self.candidate(object, room).unwrap_or_else(|| Candidate {
            object: object.key.name.clone(),
            uid: object.uid.clone(),
            created: object.created,
            standing: object.standing(&object.ownership(room), false),
        });
        let others = self.objects.of_room(names).into_iter();
        let others = others.filter(|other| other.key != object.key && other.deletion.is_none() && other.may_claim());
        (this, others.filter_map(|other| self.candidate(&other, room)).collect())
    }

    async fn is_uninstalling(&self, object: &Object) -> Result<bool, String> {
        is_uninstalling(&self.client, object.key.kind).await
    }
}

/// Tells whether the definition of a kind is being deleted, or gone.
pub(super) async fn is_uninstalling(client: &Client, kind: Kind) -> Result<bool, String> {
    let api = Api::<CustomResourceDefinition>::all(client.clone());
    let definition = api.get_metadata_opt(kind.definition()).await.map_err(|error| error.to_string())?;
    Ok(definition.is_none_or(|definition| definition.metadata.deletion_timestamp.is_some()))
}

/// Tells whether an object can have this name: small letters, digits, and dashes and dots between them.
fn is_name(text: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [text.bytes().next(), text.bytes().next_back()];
    ends.into_iter().all(|end| end.is_some_and(is_alphanumeric))
        && text.bytes().all(|byte| is_alphanumeric(byte) || byte == b'-' || byte == b'.')
}

/// Reads a Secret; absent: there is none.
pub(super) async fn read_secret(client: &Client, secret: &ObjectName) -> Result<Option<SecretData>, Missing> {
    // The schema refuses other names. Without it one could lead to another namespace, as a part of a path.
    if !is_name(&secret.name) {
        return Ok(None);
    }
    let api = Api::<KubeSecret>::namespaced(client.clone(), &secret.namespace);
    let found = api.get_opt(&secret.name).await;
    let found = found.map_err(|error| Missing::Unreadable { secret: secret.clone(), why: error.to_string() })?;
    Ok(found.map(contents))
}

fn contents(secret: KubeSecret) -> SecretData {
    let text = |bytes: k8s_openapi::ByteString| String::from_utf8(bytes.0).ok();
    let data = secret.data.unwrap_or_default().into_iter();
    let values: BTreeMap<_, _> = data.filter_map(|(key, bytes)| Some((key, text(bytes)?.into()))).collect();
    SecretData {
        version: SecretVersion {
            uid: secret.metadata.uid.unwrap_or_default(),
            resource_version: secret.metadata.resource_version.unwrap_or_default(),
        },
        values,
    }
}
