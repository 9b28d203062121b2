//! Reports objects that cannot be decoded on the objects themselves; they have no pass.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::DynamicObject;
use kube::{Api, Client};
use roomkeeper_plan::reason::Reason;

use super::configs::condition;
use super::{Shared, name};
use crate::api::condition::{self, ConditionStatus};
use crate::api::{MeetingRoom, ProviderConfigRef, Room, RoomStatus};
use crate::key::Kind;
use crate::source::ConfigKey;

/// Says on an object itself that it cannot be decoded, and which field is to blame.
pub(super) async fn report(shared: &Shared, client: Client, kind: Kind, meta: ObjectMeta) {
    let object = name(&meta);
    let resource = kind.resource();
    let api = Api::<DynamicObject>::namespaced_with(client, &object.namespace, &resource);
    let raw = match api.get(&object.name).await {
        Ok(raw) => raw,
        Err(error) => {
            tracing::error!(object = %object, %error, "an object cannot be decoded, and not be read again");
            return;
        }
    };
    if shared.settings.config_labels.is_some() && !names_a_served_config(&raw, shared) {
        return;
    }
    let Some(why) = why(kind, &raw) else {
        return;
    };
    let last: RoomStatus = serde_json::from_value(raw.data["status"].clone()).unwrap_or_default();
    let generation = raw.metadata.generation.unwrap_or_default();
    let message = format!("the object cannot be read: {why}; correct the field, or apply the CRDs of this version");
    let reason = Reason::InvalidSpec.to_string();
    let make = |type_, status| condition(&last.conditions, generation, type_, status, (&reason, &message));
    let conditions =
        vec![make(condition::READY, ConditionStatus::False), make(condition::STALLED, ConditionStatus::True)];
    let status = RoomStatus { observed_generation: generation, conditions, ..last.clone() };
    if status == last {
        return;
    }
    tracing::error!(object = %object, %why, "an object cannot be decoded; the others go on");
    if let Err(error) = shared.writer.write_status_unread(kind, &raw.metadata, &status).await {
        tracing::warn!(object = %object, %error, "the status could not be written");
    }
}

fn names_a_served_config(raw: &DynamicObject, shared: &Shared) -> bool {
    let reference: Option<ProviderConfigRef> =
        serde_json::from_value(raw.data["spec"]["providerConfigRef"].clone()).ok();
    let namespace = raw.metadata.namespace.as_deref().unwrap_or_default();
    reference.is_some_and(|reference| shared.objects.config(&ConfigKey::of(namespace, &reference)).is_some())
}

/// Names the field that cannot be decoded; absent: it can be, by now.
fn why(kind: Kind, raw: &DynamicObject) -> Option<String> {
    let json = serde_json::to_value(raw).ok()?;
    let error = match kind {
        Kind::Room => serde_path_to_error::deserialize::<_, Room>(json).err(),
        Kind::MeetingRoom => serde_path_to_error::deserialize::<_, MeetingRoom>(json).err(),
    }?;
    Some(format!("{}: {}", error.path(), error.inner()))
}
