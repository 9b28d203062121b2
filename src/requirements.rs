//! What the operator needs from the cluster: CRDs that are not older than this program, and its rights. What is missing is
//! named.
//!
//! The operator asks for itself (`controller/requirements.rs`), `roomkeeper doctor` for the operator and for whoever runs it.

pub mod rights;

use kube::Client;
use serde_json::{Value, json};

use crate::api::schema;

/// Where the API server tells the schemas of our kinds to everybody who may log in.
const SCHEMAS: &str = "/openapi/v3/apis/roomkeeper.dev/v1alpha1";
/// How many fields that are missing are named.
const NAMED: usize = 3;

/// Returns the kinds whose installed schema lacks something that this program reads or writes.
///
/// # Errors
/// The API server's, also if it serves none of our kinds.
pub async fn outdated(client: &Client) -> kube::Result<Vec<String>> {
    let request = http::Request::get(SCHEMAS).body(Vec::new()).map_err(kube::Error::HttpError)?;
    let installed: Value = client.request(request).await?;
    Ok(schema::crds()
        .iter()
        .filter_map(|crd| {
            let kind = &crd.spec.names.kind;
            let installed = &installed["components"]["schemas"][format!("dev.roomkeeper.v1alpha1.{kind}")];
            let wanted = json!(crd.spec.versions.first()?.schema.as_ref()?.open_api_v3_schema);
            let mut lacks = Vec::new();
            compare(&wanted, installed, "", &mut lacks);
            (!lacks.is_empty()).then(|| describe(kind, &lacks))
        })
        .collect())
}

fn describe(kind: &str, lacks: &[String]) -> String {
    let named = some(lacks, NAMED, ", ");
    format!("the CRD of {kind} is older than this program, apply crds/ of its version: it lacks {named}")
}

/// Names the first `most` of several things, and counts the rest.
pub(crate) fn some(things: &[String], most: usize, between: &str) -> String {
    let named = things.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(between);
    match things.len().saturating_sub(most) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Collects what a schema has and the installed one has not: fields, and values of fields. What the installed one has
/// besides may come from a later version.
fn compare(wanted: &Value, installed: &Value, path: &str, lacks: &mut Vec<String>) {
    for (name, field) in wanted["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match installed["properties"].get(name) {
            Some(there) => compare(field, there, &path, lacks),
            None => lacks.push(path),
        }
    }
    for value in wanted["enum"].as_array().into_iter().flatten() {
        if !installed["enum"].as_array().is_none_or(|known| known.contains(value)) {
            lacks.push(format!("{path}={}", value.as_str().unwrap_or_default()));
        }
    }
    for nested in ["items", "additionalProperties"] {
        if wanted[nested].is_object() {
            compare(&wanted[nested], &installed[nested], path, lacks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_that_lacks_a_field_or_a_value_is_older_and_one_that_has_more_is_not() {
        let schema = |fields: Value| json!({ "properties": { "spec": { "properties": fields } } });
        let list = |fields: Value| json!({ "items": { "properties": fields } });
        let mode = |words: &[&str]| json!({ "type": "string", "enum": words });
        let wanted = schema(json!({ "mode": mode(&["A", "B"]), "drift": list(json!({ "since": {} })), "name": {} }));
        let rows = [
            (wanted.clone(), vec![]),
            (
                schema(
                    json!({ "mode": mode(&["A", "B", "C"]), "drift": list(json!({ "since": {} })), "name": {}, "x": {} }),
                ),
                vec![],
            ),
            (
                schema(json!({ "mode": mode(&["A"]), "drift": list(json!({})) })),
                vec!["spec.drift.since", "spec.mode=B", "spec.name"],
            ),
            (Value::Null, vec!["spec"]),
        ];
        for (installed, expected) in rows {
            let mut lacks = Vec::new();
            compare(&wanted, &installed, "", &mut lacks);
            assert_eq!(lacks, expected, "{installed}");
        }
    }
}
