//! Manifests as a source: files, with Secrets from the same files or from the environment.
//!
//! It reads what it is given and nothing else; nothing is ever written.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::Secret as KubeSecret;
use roomkeeper_plan::claim::Candidate;
use roomkeeper_plan::ids::{ExternalId, ObjectName, SecretVersion};
use roomkeeper_plan::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Config, ConfigKey, Missing, SecretData, Source, unknown};
use crate::accounts::Accounts;
use crate::api::{ClusterProviderConfig, GROUP, MeetingRoom, ProviderConfig, ProviderConfigRef, Room};
use crate::config::{StoredConfig, references};
use crate::object::Object;

/// The namespace of a manifest that names none, as kubectl has it.
const DEFAULT_NAMESPACE: &str = "default";

/// Why manifests cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A document is not YAML.
    #[error("{origin}: {why}")]
    Syntax {
        /// The file, and the document in it.
        origin: String,
        /// Where and what.
        why: String,
    },
    /// A document is not what its kind asks for.
    #[error("{origin}: {kind} {name}: {field}: {why}")]
    Decode {
        /// The file.
        origin: String,
        /// Kind of the document.
        kind: String,
        /// Its name.
        name: String,
        /// The field.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing of ours is in the files.
    #[error("no Room or MeetingRoom was found in {0}")]
    Empty(String),
}

/// Manifests that were read.
#[derive(Debug, Default)]
pub struct Files {
    /// The objects, in the order of the files.
    pub objects: Vec<Object>,
    configs: HashMap<ConfigKey, StoredConfig>,
    /// The values of each Secret that are text, by key.
    secrets: HashMap<ObjectName, BTreeMap<String, Secret>>,
    operator_namespace: String,
}

impl Files {
    /// Reads a file, a folder (its `.yaml`, `.yml` and `.json` files, by name, and not the folders in it) or, for `-`,
    /// the standard input. Kinds that are not ours are passed over. The Secrets of `ClusterProviderConfig`s are in
    /// `operator_namespace`.
    ///
    /// # Errors
    /// Names the file, and the object and field where one is to blame.
    pub fn read(path: &Path, operator_namespace: &str) -> Result<Self, Error> {
        let mut files = Files { operator_namespace: operator_namespace.to_owned(), ..Files::default() };
        for (origin, text) in texts(path)? {
            files.take(&origin, &text)?;
        }
        if files.objects.is_empty() {
            return Err(Error::Empty(path.display().to_string()));
        }
        Ok(files)
    }

    fn take(&mut self, origin: &str, text: &str) -> Result<(), Error> {
        let syntax = |error: serde_saphyr::Error| Error::Syntax { origin: origin.to_owned(), why: error.to_string() };
        let documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(syntax)?;
        for document in documents {
            let items = match document.get("items").and_then(Value::as_array) {
                Some(items) => items.clone(),
                None => vec![document],
            };
            for item in items {
                self.take_one(origin, item)?;
            }
        }
        Ok(())
    }

    fn take_one(&mut self, origin: &str, mut document: Value) -> Result<(), Error> {
        let text = |path: &str| document.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (group, kind) = (text("/apiVersion"), text("/kind"));
        let group = group.split('/').next().unwrap_or_default().to_owned();
        if let Some(meta) = document.get_mut("metadata").and_then(Value::as_object_mut)
            && kind != "ClusterProviderConfig"
        {
            meta.entry("namespace").or_insert_with(|| DEFAULT_NAMESPACE.into());
        }
        match (group.as_str(), kind.as_str()) {
            (GROUP, "Room") => self.objects.push(Object::from(decode::<Room>(origin, document)?)),
            (GROUP, "MeetingRoom") => self.objects.push(Object::from(decode::<MeetingRoom>(origin, document)?)),
            (GROUP, "ProviderConfig") => self.config(StoredConfig::from(decode::<ProviderConfig>(origin, document)?)),
            (GROUP, "ClusterProviderConfig") => {
                self.config(StoredConfig::from(decode::<ClusterProviderConfig>(origin, document)?));
            }
            ("v1", "Secret") => {
                let secret = decode::<KubeSecret>(origin, document)?;
                let name = ObjectName {
                    namespace: secret.metadata.namespace.clone().unwrap_or_default(),
                    name: secret.metadata.name.clone().unwrap_or_default(),
                };
                self.secrets.insert(name, values(secret));
            }
            (_, _) => {}
        }
        Ok(())
    }

    fn config(&mut self, config: StoredConfig) {
        self.configs.insert(config.key.clone(), config);
    }

    /// Returns the keys that the manifests ask of a Secret.
    fn keys_of(&self, secret: &ObjectName) -> Vec<String> {
        let of_configs = self.configs.values().flat_map(|config| references(&config.spec));
        let of_configs = of_configs.filter(|reference| reference.name == secret.name);
        let mut keys: Vec<String> = of_configs.map(|reference| reference.key.clone()).collect();
        keys.extend(
            self.objects
                .iter()
                .flat_map(Object::secret_keys)
                .filter_map(|(name, key)| (name == *secret).then_some(key)),
        );
        keys
    }

    fn candidate(object: &Object, room: &ExternalId) -> Candidate {
        Candidate {
            object: object.key.name.clone(),
            // Files have no UIDs, so the name decides between two that are alike.
            uid: if object.uid.is_empty() { object.key.name.to_string() } else { object.uid.clone() },
            created: object.created,
            standing: object.standing(&object.ownership(room), true),
        }
    }
}

impl Source for Files {
    fn config(&self, namespace: &str, reference: &ProviderConfigRef) -> Result<Config, Missing> {
        let key = ConfigKey::of(namespace, reference);
        let config = self.configs.get(&key).ok_or_else(|| Missing::Config(key.clone()))?;
        config.allow(namespace)?;
        Ok(config.usable(&self.operator_namespace))
    }

    async fn secret(&self, secret: &ObjectName) -> Result<SecretData, Missing> {
        let manifest = self.secrets.get(secret);
        let mut values = manifest.cloned().unwrap_or_default();
        for key in self.keys_of(secret) {
            if let Ok(value) = std::env::var(variable(&secret.name, &key)) {
                values.insert(key, value.into());
            }
        }
        if manifest.is_none() && values.is_empty() {
            return Err(Missing::Secret(secret.clone()));
        }
        Ok(SecretData { version: SecretVersion { uid: String::new(), resource_version: String::new() }, values })
    }

    fn candidates(&self, object: &Object, room: &ExternalId, names: &[String]) -> (Candidate, Vec<Candidate>) {
        let others = self.objects.iter().filter(|other| {
            let config = self.config(&other.key.name.namespace, &other.config);
            let same_account =
                config.is_ok_and(|config| Accounts::account(&config).is_ok_and(|named| named == *room.account()));
            let same_room = other.names().iter().any(|name| names.contains(name));
            other.key != object.key && other.may_claim() && same_room && same_account
        });
        let others = others.map(|other| Files::candidate(other, room)).collect();
        (Files::candidate(object, room), others)
    }

    async fn is_uninstalling(&self, _object: &Object) -> Result<bool, String> {
        Ok(false)
    }
}

/// Returns the values of a Secret that are text; `stringData` counts before `data`, as it does when it is applied.
fn values(secret: KubeSecret) -> BTreeMap<String, Secret> {
    let bytes = secret.data.into_iter().flatten();
    let bytes = bytes.filter_map(|(key, value)| Some((key, String::from_utf8(value.0).ok()?)));
    bytes.chain(secret.string_data.into_iter().flatten()).map(|(key, text)| (key, text.into())).collect()
}

/// Returns the environment variable that stands for one key of a Secret: `ROOMKEEPER_SECRET_NAME_KEY`.
#[must_use]
pub fn variable(secret: &str, key: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
    };
    format!("ROOMKEEPER_SECRET_{}_{}", plain(secret), plain(key))
}

fn texts(path: &Path) -> Result<Vec<(String, String)>, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Read { path, source }
    };
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(failed(path))?;
        return Ok(vec![("standard input".to_owned(), text)]);
    }
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(failed(path))?;
        files = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(failed(path))?;
        files.retain(|file| {
            let extension = file.extension().and_then(|extension| extension.to_str());
            file.is_file() && matches!(extension, Some("yaml" | "yml" | "json"))
        });
        files.sort();
    }
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).map_err(failed(&file))?;
        Ok((file.display().to_string(), text))
    };
    files.into_iter().map(read).collect()
}

/// Decodes a document, and refuses fields that its kind does not have.
fn decode<K: for<'de> Deserialize<'de> + Serialize>(origin: &str, document: Value) -> Result<K, Error> {
    let text = |path: &str| document.pointer(path).and_then(Value::as_str).unwrap_or("without a name").to_owned();
    let (kind, name) = (text("/kind"), text("/metadata/name"));
    let refuse = |field, why| Error::Decode { origin: origin.to_owned(), kind, name, field, why };
    let decoded: K = match serde_path_to_error::deserialize(&document) {
        Ok(decoded) => decoded,
        Err(error) => return Err(refuse(error.path().to_string(), error.inner().to_string())),
    };
    match serde_json::to_value(&decoded).ok().and_then(|written| unknown::field(&document, &written)) {
        Some(field) => Err(refuse(field, "there is no such field; correct its spelling or remove it".to_owned())),
        None => Ok(decoded),
    }
}
