//! The way to Kubernetes for a pass: guarded patches of metadata and status, events. Nothing here decides.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ObjectReference, Secret as KubeSecret};
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta, OwnerReference};
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::core::{DynamicObject, NamespaceResourceScope};
use kube::{Client, Resource, ResourceExt};
use roomkeeper_plan::ids::ExternalId;
use roomkeeper_plan::secret::Secret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::api::annotations::FIELD_MANAGER;
use crate::api::{ClusterProviderConfig, MeetingRoom, ProviderConfig, ProviderConfigStatus, Room, RoomStatus};
use crate::config::StoredConfig;
use crate::events::News;
use crate::key::{Key, Kind};
use crate::leadership::Leadership;
use crate::object::Object;
use crate::objects::Objects;
use crate::source::ConfigKey;

/// Why a write to Kubernetes did not happen.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The object is not what it was when the pass read it.
    #[error("the object changed meanwhile")]
    Changed,
    /// There is something else of this name, which is not ours to write.
    #[error("there is another one of this name")]
    Taken,
    /// The API server refused, or could not be reached.
    #[error("{}", words(.0))]
    Api(#[source] Box<kube::Error>),
    /// Another operator acts by now.
    #[error("this process does not act any more")]
    NotLeading,
    /// A patch that cannot be written down.
    #[error("a patch could not be built: {0}")]
    Patch(#[from] serde_json::Error),
}

/// Says what the API server said, without its whole answer.
fn words(error: &kube::Error) -> String {
    if let kube::Error::Api(status) = error { status.message.clone() } else { error.to_string() }
}

impl From<kube::Error> for WriteError {
    fn from(error: kube::Error) -> Self {
        // 404: it is gone; 409: it is just being written; 422 without a field to blame: a `test` of the patch failed.
        if let kube::Error::Api(status) = &error
            && (matches!(status.code, 404 | 409) || status.code == 422 && !blames(status))
        {
            return WriteError::Changed;
        }
        WriteError::Api(Box::new(error))
    }
}

fn blames(status: &kube::core::Status) -> bool {
    status.details.as_ref().is_some_and(|details| !details.causes.is_empty())
}

/// Writes to the cluster, and tells [`Objects`] what came of it.
#[derive(Clone)]
pub struct Writer {
    client: Client,
    objects: Arc<Objects>,
    leadership: Leadership,
    /// The rooms whose claims are just being written.
    taking: Arc<Mutex<HashSet<ExternalId>>>,
}

/// A room that one pass is taking; another may when this value ends.
#[derive(Debug)]
pub struct Taking {
    room: ExternalId,
    taking: Arc<Mutex<HashSet<ExternalId>>>,
}

impl Drop for Taking {
    fn drop(&mut self) {
        self.taking.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.room);
    }
}

/// Who our events say they are from.
const REPORTER: &str = "roomkeeper.dev/controller";

impl Writer {
    /// Makes a writer; it writes nothing without leadership.
    #[must_use]
    pub fn new(client: Client, objects: Arc<Objects>, leadership: Leadership) -> Self {
        Writer { client, objects, leadership, taking: Arc::default() }
    }

    /// Keeps a room for one pass until its claim is written; `None`: another pass is just taking it.
    #[must_use]
    pub fn take(&self, room: &ExternalId) -> Option<Taking> {
        let is_free = self.taking.lock().unwrap_or_else(PoisonError::into_inner).insert(room.clone());
        is_free.then(|| Taking { room: room.clone(), taking: Arc::clone(&self.taking) })
    }

    /// Returns the client, for one request.
    fn client(&self) -> Result<Client, WriteError> {
        self.leadership.is_held().then(|| self.client.clone()).ok_or(WriteError::NotLeading)
    }

    /// Returns the newest known version of an object.
    #[must_use]
    pub fn known(&self, key: &Key) -> Option<Arc<Object>> {
        self.objects.get(key)
    }

    /// Reads an object live: what the watches tell may be late.
    ///
    /// # Errors
    /// It is gone, or another one has its name; or the API server refused.
    pub async fn read(&self, object: &Object) -> Result<Object, WriteError> {
        let read = match object.key.kind {
            Kind::Room => self.got::<Room>(&object.key).await,
            Kind::MeetingRoom => self.got::<MeetingRoom>(&object.key).await,
        }?;
        self.objects.written(read.clone());
        if read.uid == object.uid { Ok(read) } else { Err(WriteError::Changed) }
    }

    /// Patches the metadata of an object, if it is still the one with this UID.
    ///
    /// # Errors
    /// The object changed, or the API server refused.
    pub async fn patch(&self, object: &Object, operations: Vec<Value>) -> Result<Object, WriteError> {
        let patch = guarded(&object.uid, operations)?;
        let written = match object.key.kind {
            Kind::Room => self.patched::<Room>(&object.key, &patch).await,
            Kind::MeetingRoom => self.patched::<MeetingRoom>(&object.key, &patch).await,
        }?;
        self.objects.written(written.clone());
        Ok(written)
    }

    /// Writes a complete status, if the object is still the one with this UID.
    ///
    /// # Errors
    /// The object changed, or the API server refused.
    pub async fn write_status(&self, object: &Object, status: &RoomStatus) -> Result<(), WriteError> {
        let patch = complete(&object.uid, status)?;
        let written = match object.key.kind {
            Kind::Room => self.reported::<Room>(&object.key, &patch).await,
            Kind::MeetingRoom => self.reported::<MeetingRoom>(&object.key, &patch).await,
        }?;
        self.objects.written(written);
        Ok(())
    }

    async fn got<K: Kept>(&self, key: &Key) -> Result<Object, WriteError>
    where
        Object: From<K>,
    {
        let api = Api::<K>::namespaced(self.client()?, &key.name.namespace);
        Ok(Object::from(api.get(&key.name.name).await?))
    }

    async fn patched<K: Kept>(&self, key: &Key, patch: &Patch<()>) -> Result<Object, WriteError>
    where
        Object: From<K>,
    {
        let api = Api::<K>::namespaced(self.client()?, &key.name.namespace);
        Ok(Object::from(api.patch(&key.name.name, &PatchParams::default(), patch).await?))
    }

    async fn reported<K: Kept>(&self, key: &Key, patch: &Patch<()>) -> Result<Object, WriteError>
    where
        Object: From<K>,
    {
        let api = Api::<K>::namespaced(self.client()?, &key.name.namespace);
        Ok(Object::from(api.patch_status(&key.name.name, &by_us(), patch).await?))
    }

    /// Writes a complete status of an object that cannot be decoded.
    ///
    /// # Errors
    /// The object changed, or the API server refused.
    pub async fn write_status_unread(
        &self,
        kind: Kind,
        meta: &ObjectMeta,
        status: &RoomStatus,
    ) -> Result<(), WriteError> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let namespace = text(&meta.namespace);
        let api = Api::<DynamicObject>::namespaced_with(self.client()?, &namespace, &kind.resource());
        api.patch_status(&text(&meta.name), &by_us(), &complete(&text(&meta.uid), status)?).await?;
        Ok(())
    }

    /// Writes a complete status of a config.
    ///
    /// # Errors
    /// The config changed, or the API server refused.
    pub async fn write_config_status(
        &self,
        config: &StoredConfig,
        status: &ProviderConfigStatus,
    ) -> Result<(), WriteError> {
        let patch = complete(&config.uid, status)?;
        let written = match &config.key {
            ConfigKey::Namespaced(name) => {
                let api = Api::<ProviderConfig>::namespaced(self.client()?, &name.namespace);
                StoredConfig::from(api.patch_status(&name.name, &by_us(), &patch).await?)
            }
            ConfigKey::Cluster(name) => {
                let api = Api::<ClusterProviderConfig>::all(self.client()?);
                StoredConfig::from(api.patch_status(name, &by_us(), &patch).await?)
            }
        };
        self.objects.config_written(written);
        Ok(())
    }

    /// Brings a Secret of the object's own to these values; the same values are not written again.
    ///
    /// # Errors
    /// [`WriteError::Taken`] for a Secret that is not the object's; or the API server refused.
    pub async fn fill_secret(
        &self,
        object: &Object,
        name: &str,
        data: &BTreeMap<&'static str, Secret>,
    ) -> Result<(), WriteError> {
        let api = Api::<KubeSecret>::namespaced(self.client()?, &object.key.name.namespace);
        let known = api.get_opt(name).await?;
        let is_ours = |known: &KubeSecret| known.owner_references().iter().any(|owner| owner.uid == object.uid);
        let wanted: BTreeMap<String, ByteString> =
            data.iter().map(|(key, value)| ((*key).to_owned(), ByteString(value.expose().into()))).collect();
        let holds = |known: &KubeSecret| {
            let data = known.data.as_ref();
            wanted.iter().all(|(key, value)| data.and_then(|data| data.get(key)) == Some(value))
        };
        match &known {
            Some(known) if !is_ours(known) => return Err(WriteError::Taken),
            Some(known) if holds(known) => return Ok(()),
            Some(_) | None => {}
        }
        let resource = object.key.kind.resource();
        let owner = OwnerReference {
            api_version: resource.api_version,
            kind: resource.kind,
            name: object.key.name.name.clone(),
            uid: object.uid.clone(),
            controller: Some(true),
            block_owner_deletion: Some(false),
        };
        let secret = KubeSecret {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                owner_references: Some(vec![owner]),
                ..ObjectMeta::default()
            },
            data: Some(wanted),
            ..KubeSecret::default()
        };
        // A Secret that somebody made in this moment is theirs; what somebody changed in ours is put back.
        let params = PatchParams { force: known.is_some(), ..PatchParams::apply(FIELD_MANAGER) };
        api.patch(name, &params, &Patch::Apply(&secret)).await?;
        Ok(())
    }

    /// Publishes an event about an object. Each is an event of its own: what differs is in the note, and a recorder
    /// that counts repetitions keeps only the first one.
    ///
    /// # Errors
    /// The API server refused, as it does in a namespace that is being deleted.
    pub async fn publish(&self, object: &Object, news: &News) -> Result<(), WriteError> {
        let Key { kind, name } = &object.key;
        let event = Event {
            metadata: ObjectMeta {
                name: Some(format!("{:.220}.{:016x}", name.name, rand::random::<u64>())),
                namespace: Some(name.namespace.clone()),
                ..ObjectMeta::default()
            },
            event_time: Some(MicroTime(Timestamp::now())),
            type_: Some(news.weight.as_str().to_owned()),
            reason: Some(news.reason.to_string()),
            action: Some(news.action.to_owned()),
            note: Some(news.note.clone()),
            reporting_controller: Some(REPORTER.to_owned()),
            reporting_instance: Some(REPORTER.to_owned()),
            regarding: Some(ObjectReference {
                api_version: Some(Room::api_version(&()).into_owned()),
                kind: Some(kind.as_str().to_owned()),
                namespace: Some(name.namespace.clone()),
                name: Some(name.name.clone()),
                uid: Some(object.uid.clone()),
                ..ObjectReference::default()
            }),
            ..Event::default()
        };
        Api::<Event>::namespaced(self.client()?, &name.namespace).create(&PostParams::default(), &event).await?;
        Ok(())
    }
}

/// The kinds whose objects are rooms.
trait Kept:
    Resource<DynamicType = (), Scope = NamespaceResourceScope> + Clone + std::fmt::Debug + DeserializeOwned
{
}

impl Kept for Room {}
impl Kept for MeetingRoom {}

/// A patch that is refused unless the object is still the one with this UID.
fn guarded(uid: &str, mut operations: Vec<Value>) -> Result<Patch<()>, serde_json::Error> {
    operations.insert(0, json!({ "op": "test", "path": "/metadata/uid", "value": uid }));
    serde_json::from_value(Value::Array(operations)).map(Patch::Json)
}

/// A patch of a whole status. It is no apply: to the status of a custom resource the API server applies whatever the UID
/// in the apply says, so it would land on another object of the same name.
fn complete(uid: &str, status: &impl Serialize) -> Result<Patch<()>, serde_json::Error> {
    guarded(uid, vec![json!({ "op": "add", "path": "/status", "value": status })])
}

fn by_us() -> PatchParams {
    PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() }
}
