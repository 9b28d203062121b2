//! The Secrets that configs and rooms name. Their values are read for one purpose, to be kept out of the archive; of the
//! Secrets themselves only names, types, versions and names of keys go in.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};
use roomkeeper_plan::ids::ObjectName;
use serde_json::{Value, json};

use crate::cli::doctor::{Scene, words_of};
use crate::object::{Object, Spec};

/// What is known of the Secrets.
pub(super) struct Read {
    /// Each Secret without its values.
    pub(super) listed: Vec<Value>,
    /// All values.
    pub(super) values: Vec<Vec<u8>>,
    /// Those that could not be read, each with the reason: their values cannot be told apart from other texts.
    pub(super) unread: Vec<String>,
}

/// Reads them.
pub(super) async fn read(scene: &Scene) -> Read {
    let mut all = Read { listed: Vec::new(), values: Vec::new(), unread: Vec::new() };
    for name in named(scene) {
        match one(&scene.client, &name).await {
            Ok(Some(secret)) => {
                let data = secret.data.unwrap_or_default();
                all.listed.push(json!({
                    "namespace": name.namespace,
                    "name": name.name,
                    "type": secret.type_,
                    "resourceVersion": secret.metadata.resource_version,
                    "keys": data.keys().collect::<Vec<_>>(),
                }));
                all.values.extend(data.into_values().map(|value| value.0));
            }
            Ok(None) => all.listed.push(json!({ "namespace": name.namespace, "name": name.name, "missing": true })),
            Err(error) => all.unread.push(format!("the Secret {name}: {}", words_of(&error))),
        }
    }
    all
}

async fn one(client: &Client, name: &ObjectName) -> kube::Result<Option<Secret>> {
    Api::namespaced(client.clone(), &name.namespace).get_opt(&name.name).await
}

/// Returns the Secrets that configs and rooms name, also those that the operator writes.
fn named(scene: &Scene) -> BTreeSet<ObjectName> {
    let home = &scene.told.operator_namespace;
    let of_configs = scene.configs.items.iter().flat_map(|config| config.secret_keys(home)).map(|(name, _)| name);
    let of_rooms = scene.objects.items.iter().flat_map(Object::secret_keys).map(|(name, _)| name);
    let written = scene.objects.items.iter().filter_map(|object| {
        let Spec::MeetingRoom(room) = &object.spec else { return None };
        let join = room.spec.write_join_info_to_secret_ref.as_ref()?;
        Some(ObjectName { namespace: object.key.name.namespace.clone(), name: join.name.clone() })
    });
    of_configs.chain(of_rooms).chain(written).collect()
}
