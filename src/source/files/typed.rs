//! One document as what its kind makes of it, or what is wrong with it.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret as KubeSecret;
use roomkeeper_plan::ids::ObjectName;
use roomkeeper_plan::secret::Secret;
use serde::Deserialize;
use serde_json::Value;

use super::Error;
use super::documents::Document;
use crate::api::{ClusterProviderConfig, GROUP, MeetingRoom, ProviderConfig, Room, VERSION};
use crate::config::StoredConfig;
use crate::manifest::{self, Finding};
use crate::object::Object;

/// The namespace of a manifest that names none, as kubectl has it.
pub const DEFAULT_NAMESPACE: &str = "default";

/// Which document: its kind, namespace and name. A kind without namespaces has an empty one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// `kind`
    pub kind: String,
    /// `metadata.namespace` and `metadata.name`
    pub name: ObjectName,
}

/// What a document is.
#[derive(Debug)]
pub(super) enum Manifest {
    Object(Box<Object>),
    Config(Box<StoredConfig>),
    Secret(ObjectName, BTreeMap<String, Secret>),
    /// It is of a kind that is not ours.
    Other,
}

/// Returns which document it is, for kinds of ours and for Secrets; the namespace is filled in where none is named.
pub(super) fn identify(document: &mut Document) -> Option<Identity> {
    let value = &mut document.value;
    let text = |value: &Value, path: &str| value.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (api_version, kind) = (text(value, "/apiVersion"), text(value, "/kind"));
    if !is_ours(&api_version) && (api_version.as_str(), kind.as_str()) != ("v1", "Secret") {
        return None;
    }
    let is_namespaced = kind != "ClusterProviderConfig";
    if let Some(meta) = value.get_mut("metadata").and_then(Value::as_object_mut)
        && is_namespaced
    {
        meta.entry("namespace").or_insert_with(|| DEFAULT_NAMESPACE.into());
    }
    let namespace = if is_namespaced { text(value, "/metadata/namespace") } else { String::new() };
    Some(Identity { kind, name: ObjectName { namespace, name: text(value, "/metadata/name") } })
}

fn is_ours(api_version: &str) -> bool {
    api_version.split('/').next() == Some(GROUP)
}

/// Reads a document.
///
/// # Errors
/// [`Fault::Refused`] for a document of ours that the API server would not take, [`Fault::Unusable`] for a Secret that
/// nobody could.
pub(super) fn read(document: &Document) -> Result<Manifest, Fault> {
    let value = &document.value;
    let kind = value["kind"].as_str().unwrap_or_default();
    let api_version = value["apiVersion"].as_str().unwrap_or_default();
    match (api_version.split_once('/'), kind) {
        (Some((GROUP, VERSION)), "Room") => Ok(Manifest::Object(Box::new(decode::<Room>(value)?.into()))),
        (Some((GROUP, VERSION)), "MeetingRoom") => Ok(Manifest::Object(Box::new(decode::<MeetingRoom>(value)?.into()))),
        (Some((GROUP, VERSION)), "ProviderConfig") => {
            Ok(Manifest::Config(Box::new(decode::<ProviderConfig>(value)?.into())))
        }
        (Some((GROUP, VERSION)), "ClusterProviderConfig") => {
            Ok(Manifest::Config(Box::new(decode::<ClusterProviderConfig>(value)?.into())))
        }
        // The check has said that there is no such kind or version.
        (Some((GROUP, _)), _) => Err(Fault::Refused(Vec::new())),
        (None, "Secret") if api_version == "v1" => secret(document),
        (Some(_) | None, _) => Ok(Manifest::Other),
    }
}

/// Why a document is not read.
#[derive(Debug)]
pub(super) enum Fault {
    /// The API server would not take it.
    Refused(Vec<Finding>),
    /// Nothing can be planned with it.
    Unusable(Error),
}

fn decode<K: for<'de> Deserialize<'de>>(document: &Value) -> Result<K, Fault> {
    serde_path_to_error::deserialize(document)
        .map_err(|error| Fault::Refused(vec![Finding::new(error.path().to_string(), error.inner().to_string())]))
}

/// Checks a document of ours as the API server would, in the place of the stored one.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(value: &Value, stored: Option<&Value>) -> Result<(), Fault> {
    let is_ours = value["apiVersion"].as_str().is_some_and(is_ours);
    let findings = if is_ours { manifest::check(value, stored) } else { Vec::new() };
    if findings.is_empty() { Ok(()) } else { Err(Fault::Refused(findings)) }
}

fn secret(document: &Document) -> Result<Manifest, Fault> {
    let secret: KubeSecret = match serde_path_to_error::deserialize(&document.value) {
        Ok(secret) => secret,
        Err(error) => {
            let name = document.value.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("without a name");
            let field = error.path().to_string();
            // What the decoder says may quote the value.
            let why = "is not what a Secret holds".to_owned();
            let origin = document.origin.clone();
            return Err(Fault::Unusable(Error::Secret { origin, name: name.to_owned(), field, why }));
        }
    };
    let name = ObjectName {
        namespace: secret.metadata.namespace.clone().unwrap_or_default(),
        name: secret.metadata.name.clone().unwrap_or_default(),
    };
    Ok(Manifest::Secret(name, values(secret)))
}

/// Returns the values of a Secret that are text; `stringData` counts before `data`, as it does when it is applied.
fn values(secret: KubeSecret) -> BTreeMap<String, Secret> {
    let bytes = secret.data.into_iter().flatten();
    let bytes = bytes.filter_map(|(key, value)| Some((key, String::from_utf8(value.0).ok()?)));
    bytes.chain(secret.string_data.into_iter().flatten()).map(|(key, text)| (key, text.into())).collect()
}
