//! The CustomResourceDefinitions as they are installed.
//!
//! They come from the types; this module only gives them the last touch that a type cannot say. It writes no file.

use std::collections::BTreeMap;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSON, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use kube::CustomResourceExt;
use serde_json::json;

use super::{ClusterProviderConfig, MeetingRoom, ProviderConfig, Room};

/// The formats that the API server knows; it warns of any other.
const FORMATS: [&str; 3] = ["date-time", "int32", "int64"];

/// Returns the definitions of all kinds, ready to install, in the order of their names.
#[must_use]
pub fn crds() -> Vec<CustomResourceDefinition> {
    [ClusterProviderConfig::crd(), MeetingRoom::crd(), ProviderConfig::crd(), Room::crd()].map(finished).into()
}

fn finished(mut crd: CustomResourceDefinition) -> CustomResourceDefinition {
    for version in &mut crd.spec.versions {
        let Some(root) = version.schema.as_mut().and_then(|schema| schema.open_api_v3_schema.as_mut()) else {
            continue;
        };
        finish(root);
        // Without a default on the status itself, the defaults within it do not reach a new object.
        if let Some(status) = root.properties.as_mut().and_then(|properties| properties.get_mut("status")) {
            status.default = Some(JSON(json!({})));
        }
    }
    crd
}

/// Walks a schema and removes what Rust's types say and the API server should not hear.
fn finish(schema: &mut JSONSchemaProps) {
    // A field that is not nullable loses its null before the rules see it, so `has(self.x)` means what it says.
    schema.nullable = None;
    schema.title = None;
    // The server has no unsigned numbers: what it must refuse then is told by the largest one.
    if schema.format.as_deref() == Some("uint32") {
        schema.maximum = schema.maximum.or(Some(f64::from(u32::MAX)));
    }
    schema.format = schema.format.take().filter(|format| FORMATS.contains(&format.as_str()));
    schema.description = schema.description.take().map(|text| one_line_per_paragraph(&text));
    for child in children(schema) {
        finish(child);
    }
}

fn children(schema: &mut JSONSchemaProps) -> Vec<&mut JSONSchemaProps> {
    let mut children: Vec<&mut JSONSchemaProps> = schema.properties.iter_mut().flat_map(BTreeMap::values_mut).collect();
    if let Some(JSONSchemaPropsOrArray::Schema(items)) = &mut schema.items {
        children.push(items);
    }
    if let Some(JSONSchemaPropsOrBool::Schema(values)) = &mut schema.additional_properties {
        children.push(values);
    }
    children
}

/// Joins the lines of a paragraph, which are broken for the source and not for the reader.
fn one_line_per_paragraph(text: &str) -> String {
    let paragraphs: Vec<String> = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
    paragraphs.join("\n\n")
}
