//! Manifests as a source: files, with Secrets from the same files or from the environment, and what a base and the cluster
//! add to them.
//!
//! It reads what it is given and nothing else; nothing is ever written.

pub mod documents;
pub mod live;
mod revision;
pub mod subject;
pub mod typed;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use roomkeeper_plan::claim::Candidate;
use roomkeeper_plan::ids::{ExternalId, ObjectName, SecretVersion, Timestamp};
use roomkeeper_plan::secret::Secret;

use self::documents::Document;
use self::live::Live;
use self::subject::{Before, Known, Refused, Subject};
use self::typed::{Fault, Identity, Manifest};
use super::{Config, ConfigKey, Missing, SecretData, Source, cluster};
use crate::accounts::Accounts;
use crate::api::ProviderConfigRef;
use crate::config::StoredConfig;
use crate::key::Key;
use crate::manifest::Finding;
use crate::object::Object;

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
    /// A Secret is none.
    #[error("{origin}: Secret {name}: {field}: {why}")]
    Secret {
        /// The file.
        origin: String,
        /// Its name.
        name: String,
        /// The field.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// What was there before cannot be read.
    #[error("--base={base} cannot be read: {why}")]
    Base {
        /// As it was asked for.
        base: String,
        /// What is wrong.
        why: String,
    },
    /// The cluster has no such kind.
    #[error("the cluster has no {kind}")]
    Kind {
        /// The kind, as its definition is named.
        kind: String,
    },
    /// The cluster does not let whoever asks read this.
    #[error("you may not list {resource} in the namespace {namespace}")]
    Forbidden {
        /// The resource.
        resource: String,
        /// Where.
        namespace: String,
    },
    /// The cluster does not answer.
    #[error("the cluster cannot be read")]
    Cluster(#[from] kube::Error),
}

/// What a plan is made of.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The manifests.
    pub documents: Vec<Document>,
    /// The manifests that were there before; absent: nobody knows, so nothing counts as removed.
    pub base: Option<Vec<Document>>,
    /// What the cluster has; absent: it is not asked.
    pub live: Option<Live>,
    /// The namespace of the Secrets of `ClusterProviderConfig`s.
    pub operator_namespace: String,
    /// Whether each room that is there is taken for its object's own.
    pub assume_owned: bool,
}

/// Manifests that were read, and what is known besides.
#[derive(Debug, Default)]
pub struct Files {
    /// The objects: first those whose manifests are gone, then the others in the order of the files.
    pub subjects: Vec<Subject>,
    /// Documents that the API server would not take.
    pub refused: Vec<Refused>,
    /// Objects that stay, in the files or only in the cluster.
    living: Vec<Object>,
    /// Where in `living` those are that call their room by a name.
    named: HashMap<String, Vec<usize>>,
    configs: HashMap<ConfigKey, StoredConfig>,
    /// The values of each Secret that are text, by key.
    secrets: HashMap<ObjectName, BTreeMap<String, Secret>>,
    live: Option<Live>,
    operator_namespace: String,
}

impl Files {
    /// Reads manifests. Kinds that are not ours are passed over; what is wrong with ours is kept in `refused`.
    ///
    /// # Errors
    /// A Secret is not readable.
    pub fn of(inputs: Inputs, now: Timestamp) -> Result<Self, Error> {
        let Inputs { documents, base, live, operator_namespace, assume_owned } = inputs;
        let known = Known { base: base.is_some(), live: live.is_some(), assume_owned };
        let mut files = Files { operator_namespace, ..Files::default() };
        let base = identified(base.unwrap_or_default());
        let earlier: HashMap<&Identity, &Document> =
            base.iter().map(|(identity, document)| (identity, document)).collect();
        let stored = live.as_ref().map(|live| &live.documents);
        let before = |identity: &Identity| Before {
            base: earlier.get(identity).copied(),
            live: stored.and_then(|stored| stored.get(identity)),
        };
        let mut there: BTreeMap<Identity, String> = BTreeMap::new();
        let mut kept = Vec::new();
        for (identity, document) in identified(documents) {
            let twin = there.insert(identity.clone(), document.origin.clone());
            let taken = match twin {
                Some(twin) => Err(twice(&twin)),
                None => files.take(&document, before(&identity), known),
            };
            match taken {
                Ok(subject) => kept.extend(subject),
                Err(Fault::Refused(findings)) => {
                    files.refused.push(Refused { identity, origin: document.origin, findings });
                }
                Err(Fault::Unusable(error)) => return Err(error),
            }
        }
        for (identity, document) in base.iter().filter(|(identity, _)| !there.contains_key(identity)) {
            files.take_earlier(document)?;
            files.subjects.extend(subject::removed(document, before(identity).live, known, now));
        }
        files.subjects.extend(kept);
        files.live = live;
        let others = files.take_others(&there);
        files.index(others);
        files.take_variables();
        Ok(files)
    }

    /// Takes one document of the files in.
    fn take(&mut self, document: &Document, before: Before<'_>, known: Known) -> Result<Option<Subject>, Fault> {
        let origin = document.origin.clone();
        let value =
            before.live.map_or_else(|| document.value.clone(), |live| subject::on_top_of(&document.value, live));
        typed::check(&value, before.stored())?;
        match typed::read(&Document { origin, value })? {
            Manifest::Object(object) => return Ok(Some(subject::kept(*object, &document.origin, before, known))),
            Manifest::Config(config) => drop(self.configs.insert(config.key.clone(), *config)),
            Manifest::Secret(name, values) => drop(self.secrets.insert(name, values)),
            Manifest::Other => {}
        }
        Ok(None)
    }

    /// Takes in what the base has and the files have not: the accounts of objects that are gone may be gone with them.
    fn take_earlier(&mut self, document: &Document) -> Result<(), Error> {
        match typed::read(document) {
            Ok(Manifest::Config(config)) => drop(self.configs.entry(config.key.clone()).or_insert(*config)),
            Ok(Manifest::Secret(name, values)) => drop(self.secrets.entry(name).or_insert(values)),
            Ok(Manifest::Object(_) | Manifest::Other) | Err(Fault::Refused(_)) => {}
            Err(Fault::Unusable(error)) => return Err(error),
        }
        Ok(())
    }

    /// Takes in the accounts that only the cluster has, and returns the objects that only it has.
    fn take_others(&mut self, there: &BTreeMap<Identity, String>) -> Vec<Object> {
        let mut others = Vec::new();
        for (identity, value) in self.live.iter().flat_map(|live| &live.documents) {
            let document = Document { origin: "the cluster".to_owned(), value: value.clone() };
            match typed::read(&document) {
                Ok(Manifest::Config(config)) => drop(self.configs.entry(config.key.clone()).or_insert(*config)),
                Ok(Manifest::Object(object)) if !there.contains_key(identity) => others.push(*object),
                Ok(Manifest::Object(_) | Manifest::Secret(..) | Manifest::Other) | Err(_) => {}
            }
        }
        others
    }

    /// Notes by which names all objects that stay call their rooms.
    fn index(&mut self, others: Vec<Object>) {
        let subjects: HashSet<&Key> = self.subjects.iter().map(|subject| &subject.object.key).collect();
        let others = others.into_iter().filter(|other| !subjects.contains(&other.key));
        let all = self.subjects.iter().map(|subject| subject.object.clone()).chain(others);
        self.living = all.filter(|object| object.deletion.is_none()).collect();
        for (at, object) in self.living.iter().enumerate() {
            object.names().into_iter().for_each(|name| self.named.entry(name).or_default().push(at));
        }
    }

    /// Takes in the keys of Secrets that the environment has; they count before those of the files.
    fn take_variables(&mut self) {
        let of_configs = self.configs.values().flat_map(|config| config.secret_keys(&self.operator_namespace));
        let of_objects = self.subjects.iter().flat_map(|subject| subject.object.secret_keys());
        let asked: BTreeSet<(ObjectName, String)> = of_configs.chain(of_objects).collect();
        for (name, key) in asked {
            if let Ok(value) = std::env::var(variable(&name.name, &key)) {
                self.secrets.entry(name).or_default().insert(key, value.into());
            }
        }
    }

    fn candidate(&self, object: &Object, room: &ExternalId) -> Candidate {
        Candidate {
            object: object.key.name.clone(),
            // Files have no UIDs, so the name decides between two that are alike.
            uid: if object.uid.is_empty() { object.key.name.to_string() } else { object.uid.clone() },
            created: object.created,
            standing: object.standing(&object.ownership(room), self.is_proven(object)),
        }
    }

    /// Tells whether the credential of an object was accepted. What nobody has stored yet counts as if it was.
    fn is_proven(&self, object: &Object) -> bool {
        let config = self.configs.get(&ConfigKey::of(&object.key.name.namespace, &object.config));
        config.is_some_and(|config| config.uid.is_empty() || config.is_accepted())
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
        if let Some(values) = self.secrets.get(secret) {
            let version = SecretVersion { uid: String::new(), resource_version: String::new() };
            return Ok(SecretData { version, values: values.clone() });
        }
        let stored = match &self.live {
            Some(live) => cluster::read_secret(&live.client, secret).await?,
            None => None,
        };
        stored.ok_or_else(|| Missing::Secret(secret.clone()))
    }

    fn candidates(&self, object: &Object, room: &ExternalId, names: &[String]) -> (Candidate, Vec<Candidate>) {
        let at: BTreeSet<usize> = names.iter().filter_map(|name| self.named.get(name)).flatten().copied().collect();
        let others = at.into_iter().map(|at| &self.living[at]).filter(|other| {
            let config = self.config(&other.key.name.namespace, &other.config);
            let same_account =
                config.is_ok_and(|config| Accounts::account(&config).is_ok_and(|named| named == *room.account()));
            other.key != object.key && other.may_claim() && same_account
        });
        let others = others.map(|other| self.candidate(other, room)).collect();
        (self.candidate(object, room), others)
    }

    async fn is_uninstalling(&self, object: &Object) -> Result<bool, String> {
        match &self.live {
            Some(live) => cluster::is_uninstalling(&live.client, object.key.kind).await,
            None => Ok(false),
        }
    }
}

/// Returns the namespaces that documents of ours are in.
#[must_use]
pub fn namespaces<'a>(documents: impl IntoIterator<Item = &'a Document>) -> BTreeSet<String> {
    let identified = documents.into_iter().filter_map(|document| typed::identify(&mut document.clone()));
    identified.map(|identity| identity.name.namespace).filter(|namespace| !namespace.is_empty()).collect()
}

/// Returns the environment variable that stands for one key of a Secret: `ROOMKEEPER_SECRET_NAME_KEY`.
#[must_use]
pub fn variable(secret: &str, key: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
    };
    format!("ROOMKEEPER_SECRET_{}_{}", plain(secret), plain(key))
}

fn identified(documents: Vec<Document>) -> Vec<(Identity, Document)> {
    let identify = |mut document: Document| typed::identify(&mut document).map(|identity| (identity, document));
    documents.into_iter().filter_map(identify).collect()
}

fn twice(origin: &str) -> Fault {
    let why = format!("the same object is in {origin} too; keep one of the two");
    Fault::Refused(vec![Finding::new("metadata.name", why)])
}
