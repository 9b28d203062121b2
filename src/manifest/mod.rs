//! What the API server says about a manifest, without an API server.
//!
//! The rules are those of the schemas that are installed ([`crate::api::schema`]): this module holds none of its own. It
//! reads no file and no cluster.
//!
//! The stages are the API server's, in its order: metadata is read (`metadata`), unknown fields are refused and
//! defaults are set (`stored`), types and limits are checked (`structure`), and at last the CEL rules (`rules`).
//! As there, a stage whose findings leave nothing to check ends the check.

mod functions;
mod metadata;
mod path;
mod rules;
mod schema;
mod stored;
mod structure;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use self::schema::Schema;
use crate::api::schema::crds;
use crate::api::{GROUP, VERSION};

/// Why the API server refuses a manifest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Finding {
    /// Path of the field as the API server writes it: `spec.tencentRoom.invitees[1]`.
    pub field: String,
    /// What is wrong with it and what to do; never what the manifest has there.
    pub why: String,
}

impl Finding {
    /// Names a field and what is wrong with it.
    pub fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Finding { field: field.into(), why: why.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.field, self.why)
    }
}

/// Returns why the API server would refuse this object, when it validates fields strictly, as kubectl asks it to. Empty:
/// it takes the object.
///
/// `document` is a whole object of one of our kinds; for a change it is the object as it would be after it. `before` is
/// the stored object that it replaces. Absent: the object is new, so rules about changes do not run. With it, what did
/// not change is not refused, as on the API server: it may be older than a rule. A rule about the whole object counts
/// it as changed when a label did, so `document` needs the labels and annotations that it would have too.
///
/// Of the metadata, the name, labels and annotations are checked. The status is passed over, since the API server drops
/// it, but for fields that it does not have.
#[must_use]
pub fn check(document: &Value, before: Option<&Value>) -> Vec<Finding> {
    let schema = match schema_of(document) {
        Ok(schema) => schema,
        Err(finding) => return vec![finding],
    };
    if let Some(misread) = metadata::misread(document) {
        return vec![misread];
    }
    let unknown = [metadata::unknown(document), stored::unknown(schema, document)].concat();
    if !unknown.is_empty() {
        return unknown;
    }
    let object = stored::stored(schema, document);
    let before = before.map(|before| stored::stored(schema, before));
    let before = before.as_ref();

    let mut found = Found::default();
    metadata::check(document, &mut found);
    structure::check(schema, &object, before, "", &mut found);
    // A list that had something twice before may keep it.
    let repeated = |object| structure::repeated(schema, object, "");
    if before.is_none_or(|before| repeated(before).is_empty()) {
        found.findings.extend(repeated(&object));
    }
    if !found.ends_the_check {
        rules::check(schema, &object, before, "", &mut found.findings);
    }
    found.findings
}

/// Returns the schema of the document's kind.
fn schema_of(document: &Value) -> Result<&'static Schema, Finding> {
    let text = |field: &str| document.get(field).and_then(Value::as_str);
    let version = format!("{GROUP}/{VERSION}");
    if text("apiVersion") != Some(version.as_str()) {
        return Err(Finding::new("apiVersion", format!("must be {version}")));
    }
    text("kind").and_then(|kind| KINDS.get(kind)).ok_or_else(|| {
        let kinds: Vec<&str> = KINDS.keys().map(String::as_str).collect();
        Finding::new("kind", format!("must be one of {}", kinds.join(", ")))
    })
}

/// The schemas of the kinds. Made once: the rules are compiled then.
static KINDS: LazyLock<BTreeMap<String, Schema>> = LazyLock::new(|| {
    let kinds = crds().into_iter().map(|crd| {
        let [version] = crd.spec.versions.as_slice() else { panic!("a kind has one version") };
        let schema = version.schema.as_ref().and_then(|schema| schema.open_api_v3_schema.as_ref());
        let schema = serde_json::to_value(schema).and_then(serde_json::from_value);
        let schema = schema.expect("schemas have no more than `Schema` knows: a test reads them all");
        (crd.spec.names.kind, schema)
    });
    kinds.collect()
});

/// What was found so far.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    /// Whether the rules cannot be asked, since they could meet what they are not made for.
    ends_the_check: bool,
}

impl Found {
    /// A value that the rules can still be asked about.
    fn invalid(&mut self, field: impl Into<String>, why: impl Into<String>) {
        self.findings.push(Finding::new(field, why));
    }

    /// A value that is missing, of the wrong type, none of a choice or too large: the API server asks no rule then.
    fn unusable(&mut self, field: impl Into<String>, why: impl Into<String>) {
        self.invalid(field, why);
        self.ends_the_check = true;
    }
}
