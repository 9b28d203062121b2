//! The way to Kubernetes for a pass: guarded metadata patches, status applies, events. Nothing here decides.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ObjectReference, Secret as KubeSecret};
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta, OwnerReference};
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::core::{DynamicObject, NamespaceResourceScope};
use kube::{Client, Resource, ResourceExt};
use roomkeeper_plan::secret::Secret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::api::annotations::FIELD_MANAGER;
use crate::api::{ClusterProviderConfig, MeetingRoom, ProviderConfig, ProviderConfigStatus, Room, RoomStatus};
use crate::config::StoredConfig;
use crate::events::News;
use crate::key::{Key, Kind};
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
        // 404: it is gone; 409: another UID.
        if let kube::Error::Api(status) = &error
            && matches!(status.code, 404 | 409)
        {
            return WriteError::Changed;
        }
        WriteError::Api(Box::new(error))
    }
}

/// Writes to the cluster, and tells [`Objects`] what came of it.
#[derive(Clone)]
pub struct Writer {
    client: Client,
    objects: Arc<Objects>,
}

/// Who our events say they are from.
const REPORTER: &str = "roomkeeper.dev/controller";

impl Writer {
    /// Makes a writer.
    #[must_use]
    pub fn new(client: Client, objects: Arc<Objects>) -> Self {
        Writer { client, objects }
    }

    /// Returns the newest known version of an object.
    #[must_use]
    pub fn known(&self, key: &Key) -> Option<Arc<Object>> {
        self.objects.get(key)
    }

    /// Patches the metadata of an object, if it is still the one with this UID.
    ///
    /// # Errors
    /// The object changed, or the API server refused.
    pub async fn patch(&self, object: &Object, mut operations: Vec<Value>) -> Result<Object, WriteError> {
        operations.insert(0, json!({ "op": "test", "path": "/metadata/uid", "value": object.uid }));
        let patch = Patch::Json::<()>(serde_json::from_value(Value::Array(operations))?);
        let written = match object.key.kind {
            Kind::Room => self.patched::<Room>(&object.key, &patch).await,
            Kind::MeetingRoom => self.patched::<MeetingRoom>(&object.key, &patch).await,
        };
        if let Err(kube::Error::Api(status)) = &written
            && status.code == 422
        {
            // A `test` of the patch failed.
            return Err(WriteError::Changed);
        }
        let written = written?;
        self.objects.written(written.clone());
        Ok(written)
    }

    /// Applies a complete status, as the one manager of it.
    ///
    /// # Errors
    /// The object changed, or the API server refused.
    pub async fn apply_status(&self, object: &Object, status: &RoomStatus) -> Result<(), WriteError> {
        let written = match object.key.kind {
            Kind::Room => self.applied::<Room>(object, status).await,
            Kind::MeetingRoom => self.applied::<MeetingRoom>(object, status).await,
        };
        self.objects.written(written?);
        Ok(())
    }

    async fn patched<K: Kept>(&self, key: &Key, patch: &Patch<()>) -> kube::Result<Object>
    where
        Object: From<K>,
    {
        let api = Api::<K>::namespaced(self.client.clone(), &key.name.namespace);
        api.patch(&key.name.name, &PatchParams::default(), patch).await.map(Object::from)
    }

    async fn applied<K: Kept>(&self, object: &Object, status: &RoomStatus) -> kube::Result<Object>
    where
        Object: From<K>,
    {
        let name = &object.key.name;
        let api = Api::<K>::namespaced(self.client.clone(), &name.namespace);
        let apply = complete::<K>(&object.uid, &name.name, status);
        api.patch_status(&name.name, &by_us(), &Patch::Apply(&apply)).await.map(Object::from)
    }

    /// Applies a complete status to an object that cannot be decoded.
    ///
    /// # Errors
    /// The object changed, or the API server refused.
    pub async fn apply_status_unread(
        &self,
        kind: Kind,
        meta: &ObjectMeta,
        status: &RoomStatus,
    ) -> Result<(), WriteError> {
        let (namespace, name) = (meta.namespace.as_deref().unwrap_or_default(), meta.name.as_deref());
        let name = name.unwrap_or_default();
        let api = Api::<DynamicObject>::namespaced_with(self.client.clone(), namespace, &kind.resource());
        let uid = meta.uid.as_deref().unwrap_or_default();
        let apply = match kind {
            Kind::Room => complete::<Room>(uid, name, status),
            Kind::MeetingRoom => complete::<MeetingRoom>(uid, name, status),
        };
        api.patch_status(name, &by_us(), &Patch::Apply(&apply)).await?;
        Ok(())
    }

    /// Applies a complete status to a config.
    ///
    /// # Errors
    /// The config changed, or the API server refused.
    pub async fn apply_config_status(
        &self,
        config: &StoredConfig,
        status: &ProviderConfigStatus,
    ) -> Result<(), WriteError> {
        let written = match &config.key {
            ConfigKey::Namespaced(name) => {
                let api = Api::<ProviderConfig>::namespaced(self.client.clone(), &name.namespace);
                let apply = complete::<ProviderConfig>(&config.uid, &name.name, status);
                StoredConfig::from(api.patch_status(&name.name, &by_us(), &Patch::Apply(&apply)).await?)
            }
            ConfigKey::Cluster(name) => {
                let api = Api::<ClusterProviderConfig>::all(self.client.clone());
                let apply = complete::<ClusterProviderConfig>(&config.uid, name, status);
                StoredConfig::from(api.patch_status(name, &by_us(), &Patch::Apply(&apply)).await?)
            }
        };
        self.objects.apply_config(written);
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
        let api = Api::<KubeSecret>::namespaced(self.client.clone(), &object.key.name.namespace);
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
        let params = PatchParams { force: known.is_some(), ..by_us() };
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
        Api::<Event>::namespaced(self.client.clone(), &name.namespace).create(&PostParams::default(), &event).await?;
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

/// A status apply, guarded by the UID so that it never lands on another object of the same name.
fn complete<K: Resource<DynamicType = ()>>(uid: &str, name: &str, status: &impl Serialize) -> Value {
    json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": { "name": name, "uid": uid },
        "status": status,
    })
}

fn by_us() -> PatchParams {
    PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::apply(FIELD_MANAGER).force() }
}
