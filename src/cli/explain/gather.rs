//! Reads what an explanation is made of, from the cluster. It judges nothing, changes nothing and calls no vendor.
//!
//! What may not be read is said to be unknown; only the object itself must be there.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::admissionregistration::v1::ValidatingAdmissionPolicyBinding;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::api::{Api, ListParams};
use kube::core::ObjectMeta;
use kube::{Client, Resource};
use serde::de::DeserializeOwned;

use super::explanation::{Purpose, SecretKey, SecretState};
use super::target::{Kind, Target, near};
use crate::api::{ClusterProviderConfig, MeetingRoom, ProviderConfig, Room, SecretKeyRef};
use crate::cli::hint::{Hint as _, INSTALL};
use crate::config::{self, StoredConfig};
use crate::object::Object;
use crate::source::ConfigKey;

/// Something that could be read, or the reason why it could not.
pub(super) type Known<T> = Result<T, String>;

/// Where to read.
pub(super) struct Place<'a> {
    pub(super) client: &'a Client,
    pub(super) namespace: &'a str,
    pub(super) operator_namespace: &'a str,
    pub(super) lease: &'a str,
}

/// What was read of an object and around it.
pub(super) enum Gathered {
    Room(Box<RoomFacts>),
    Config(Box<ConfigFacts>),
}

/// A `Room` or `MeetingRoom`, and what it names.
pub(super) struct RoomFacts {
    pub(super) object: Object,
    /// The config that it names; `None`: there is none.
    pub(super) config: Known<Option<StoredConfig>>,
    pub(super) around: Around,
}

/// A `ProviderConfig` or `ClusterProviderConfig`, and who names it.
pub(super) struct ConfigFacts {
    pub(super) config: StoredConfig,
    pub(super) meta: ObjectMeta,
    pub(super) users: Known<Vec<Object>>,
    pub(super) around: Around,
}

/// What is around any object.
pub(super) struct Around {
    /// The keys of Secrets that the object and its config name.
    pub(super) secrets: Vec<SecretKey>,
    /// The operator's Lease; `None`: there is none.
    pub(super) lease: Known<Option<LeaseSpec>>,
    /// Whether the admission policy is installed that keeps the object from being deleted.
    pub(super) guarded: Known<bool>,
    pub(super) events: Known<Vec<Event>>,
}

/// Reads an object and what is around it.
///
/// # Errors
/// The cluster does not answer, has not our kinds, or has no such object.
pub(super) async fn read(place: &Place<'_>, target: &Target) -> anyhow::Result<Gathered> {
    match target.kind {
        Kind::Room => place.room(Object::from(place.named::<Room>(target).await?)).await,
        Kind::MeetingRoom => place.room(Object::from(place.named::<MeetingRoom>(target).await?)).await,
        Kind::ProviderConfig => {
            let config = place.named::<ProviderConfig>(target).await?;
            place.config(config.metadata.clone(), config.into()).await
        }
        Kind::ClusterProviderConfig => {
            let api = Api::<ClusterProviderConfig>::all(place.client.clone());
            let config = place.get(&api, target).await?;
            place.config(config.metadata.clone(), config.into()).await
        }
    }
}

impl Place<'_> {
    fn api<K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>>(&self, namespace: &str) -> Api<K> {
        Api::namespaced(self.client.clone(), namespace)
    }

    async fn named<K>(&self, target: &Target) -> anyhow::Result<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + std::fmt::Debug,
    {
        self.get(&self.api(self.namespace), target).await
    }

    /// Reads the object itself.
    async fn get<K>(&self, api: &Api<K>, target: &Target) -> anyhow::Result<K>
    where
        K: Resource<DynamicType = ()> + Clone + DeserializeOwned + std::fmt::Debug,
    {
        let Target { kind, name } = target;
        match api.get_opt(name).await {
            Ok(Some(object)) => Ok(object),
            Ok(None) => Err(self.missing(api, target).await),
            // That an object is missing has a reason of its own.
            Err(kube::Error::Api(status)) if status.code == 404 => {
                Err(anyhow!("the cluster does not know the kind {}", kind.as_str())).hint(INSTALL)
            }
            Err(error @ kube::Error::Api(_)) => {
                Err(error).with_context(|| format!("the {} {name} could not be read", kind.as_str()))
            }
            Err(error) => Err(plain(error)).with_context(|| format!("the {} {name} could not be read", kind.as_str())),
        }
    }

    /// Says that there is no such object, and which one may have been meant.
    async fn missing<K>(&self, api: &Api<K>, Target { kind, name }: &Target) -> anyhow::Error
    where
        K: Resource<DynamicType = ()> + Clone + DeserializeOwned + std::fmt::Debug,
    {
        let place = match kind {
            Kind::ClusterProviderConfig => String::new(),
            Kind::Room | Kind::MeetingRoom | Kind::ProviderConfig => format!(" in the namespace {}", self.namespace),
        };
        let missing = format!("there is no {} {name}{place}", kind.as_str());
        let names = match api.list_metadata(&ListParams::default()).await {
            Ok(list) => list.items.into_iter().filter_map(|item| item.metadata.name).collect(),
            // It only helps.
            Err(_) => Vec::new(),
        };
        let all = Api::<K>::all(self.client.clone());
        let of_this_name = ListParams::default().fields(&format!("metadata.name={name}"));
        let elsewhere: Vec<String> = match all.list_metadata(&of_this_name).await {
            Ok(list) => list.items.into_iter().filter_map(|item| item.metadata.namespace).collect(),
            Err(_) => Vec::new(),
        };
        let near: Vec<String> = near(name, names).into_iter().map(|near| format!("{}/{near}", kind.word())).collect();
        match (elsewhere.as_slice(), near.as_slice()) {
            ([], []) => anyhow!("{missing}"),
            ([], near) => anyhow!("{missing}; did you mean {}?", near.join(", ")),
            ([first, ..], _) => anyhow!("{missing}, but there is one in {first}: say so by -n {first}"),
        }
    }

    async fn room(&self, object: Object) -> anyhow::Result<Gathered> {
        let key = ConfigKey::of(&object.key.name.namespace, &object.config);
        let config = known(self.config_of(&key).await);
        let mut wanted: Vec<(String, &SecretKeyRef, Purpose)> = Vec::new();
        if let Ok(Some(config)) = &config {
            wanted.extend(self.credentials(config));
        }
        let own = object.secret_refs();
        wanted.extend(own.into_iter().map(|own| (object.key.name.namespace.clone(), own, Purpose::Password)));
        let secrets = self.secrets(wanted).await;
        let name = &object.key.name;
        let around =
            self.around(secrets, "protect", object.key.kind.as_str(), (&name.namespace, &name.name, &object.uid));
        let around = around.await;
        Ok(Gathered::Room(Box::new(RoomFacts { object, config, around })))
    }

    async fn config(&self, meta: ObjectMeta, config: StoredConfig) -> anyhow::Result<Gathered> {
        let secrets = self.secrets(self.credentials(&config)).await;
        let (kind, namespace, name) = config.key.parts();
        // Events about what has no namespace are in this one.
        let place = namespace.unwrap_or("default");
        let around = self.around(secrets, "config-in-use", kind, (place, name, &config.uid)).await;
        let users = known(self.users(&config, namespace, name).await);
        Ok(Gathered::Config(Box::new(ConfigFacts { config, meta, users, around })))
    }

    async fn config_of(&self, key: &ConfigKey) -> kube::Result<Option<StoredConfig>> {
        Ok(match key {
            ConfigKey::Namespaced(name) => {
                let api = self.api::<ProviderConfig>(&name.namespace);
                api.get_opt(&name.name).await?.map(StoredConfig::from)
            }
            ConfigKey::Cluster(name) => {
                let api = Api::<ClusterProviderConfig>::all(self.client.clone());
                api.get_opt(name).await?.map(StoredConfig::from)
            }
        })
    }

    /// Returns the keys that a config names, each with its namespace.
    fn credentials<'a>(&self, config: &'a StoredConfig) -> Vec<(String, &'a SecretKeyRef, Purpose)> {
        let namespace = config.key.secrets_in(self.operator_namespace);
        let authorities = config.spec.ca_bundle_ref.as_ref();
        let purpose = |reference: &SecretKeyRef| match authorities {
            Some(bundle) if std::ptr::eq(bundle, reference) => Purpose::Authorities,
            Some(_) | None => Purpose::Credential,
        };
        let all = config::references(&config.spec).into_iter();
        all.map(|reference| (namespace.to_owned(), reference, purpose(reference))).collect()
    }

    /// Tells which keys are there; each Secret is read once, and its values are dropped here.
    async fn secrets(&self, wanted: Vec<(String, &SecretKeyRef, Purpose)>) -> Vec<SecretKey> {
        let mut read: BTreeMap<(String, String), kube::Result<Option<Secret>>> = BTreeMap::new();
        let mut found = Vec::new();
        for (namespace, SecretKeyRef { name, key }, purpose) in wanted {
            let place = (namespace.clone(), name.clone());
            if !read.contains_key(&place) {
                read.insert(place.clone(), self.api::<Secret>(&namespace).get_opt(name).await);
            }
            let state = read.get(&place).map_or(SecretState::Unknown, |secret| state(secret, key));
            found.push(SecretKey { namespace, name: name.clone(), key: key.clone(), purpose, state });
        }
        found
    }

    async fn around(
        &self,
        secrets: Vec<SecretKey>,
        guard: &str,
        kind: &str,
        (namespace, name, uid): (&str, &str, &str),
    ) -> Around {
        let leases = self.api::<Lease>(self.operator_namespace);
        let bindings = Api::<ValidatingAdmissionPolicyBinding>::all(self.client.clone());
        let guard = format!("{guard}.{}", crate::api::GROUP);
        let events = self.api::<Event>(namespace);
        let about = ListParams::default().fields(&format!("involvedObject.kind={kind},involvedObject.name={name}"));
        let (lease, guarded, events) =
            tokio::join!(leases.get_opt(self.lease), bindings.get_opt(&guard), events.list(&about));
        // An object of the same name that was there before is another one.
        let its_own = |event: &Event| event.involved_object.uid.as_deref().is_none_or(|about| about == uid);
        Around {
            secrets,
            lease: known(lease).map(|lease| lease.map(|lease| lease.spec.unwrap_or_default())),
            guarded: known(guarded).map(|binding| binding.is_some()),
            events: known(events).map(|list| list.items.into_iter().filter(its_own).collect()),
        }
    }

    /// Lists the objects that name a config.
    async fn users(&self, config: &StoredConfig, namespace: Option<&str>, name: &str) -> kube::Result<Vec<Object>> {
        let params = ListParams::default().fields(&format!("spec.providerConfigRef.name={name}"));
        let (rooms, meetings) = match namespace {
            Some(namespace) => (self.api::<Room>(namespace), self.api::<MeetingRoom>(namespace)),
            None => (Api::all(self.client.clone()), Api::all(self.client.clone())),
        };
        let (rooms, meetings) = tokio::try_join!(rooms.list(&params), meetings.list(&params))?;
        let all = rooms.items.into_iter().map(Object::from).chain(meetings.items.into_iter().map(Object::from));
        Ok(all.filter(|object| ConfigKey::of(&object.key.name.namespace, &object.config) == config.key).collect())
    }
}

/// Tells whether a Secret has a key with a text.
fn state(secret: &kube::Result<Option<Secret>>, key: &str) -> SecretState {
    match secret {
        Err(_) => SecretState::Unknown,
        Ok(None) => SecretState::NoSecret,
        Ok(Some(secret)) => match secret.data.as_ref().and_then(|data| data.get(key)) {
            None => SecretState::NoKey,
            Some(value) if value.0.is_empty() || std::str::from_utf8(&value.0).is_err() => SecretState::NoText,
            Some(_) => SecretState::Present,
        },
    }
}

/// Keeps why something could not be read.
fn known<T>(read: kube::Result<T>) -> Known<T> {
    read.map_err(|error| {
        let is_forbidden = matches!(&error, kube::Error::Api(status) if status.is_forbidden());
        if is_forbidden { "you may not read it".to_owned() } else { format!("{:#}", plain(error)) }
    })
}

/// Drops the form for programs that the client adds to what the API server said.
fn plain(error: kube::Error) -> anyhow::Error {
    if let kube::Error::Api(status) = &error {
        return anyhow!("the API server says: {}", status.message);
    }
    let is_foreign = matches!(error, kube::Error::SerdeError(_));
    let words = if is_foreign {
        "this version of the program cannot read it"
    } else {
        "the cluster does not answer as it should"
    };
    anyhow::Error::new(error).context(words)
}
