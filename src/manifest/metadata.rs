//! What the API server asks of the metadata of every object.
//!
//! Only what people write there is checked: name, labels and annotations. Owner references, finalizers and what the API
//! server keeps itself need the right types and no more; the namespace is a matter of the path that an object goes to.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use regex::Regex;
use roomkeeper_plan::limits::OBJECT_NAME_BYTES;
use serde_json::{Map, Value};

use super::stored::NO_SUCH_FIELD;
use super::{Finding, Found, path};
use crate::api::OBJECT_NAME;

const METADATA: &str = "metadata";
/// How many random characters the API server puts behind `generateName`.
const GENERATED: &str = "xxxxx";
/// Longest name that is generated, in bytes.
const GENERATED_NAME_BYTES: usize = 63;
/// Longest value of a label, and longest name of one without its prefix, in bytes.
const LABEL_BYTES: usize = 63;
/// Longest keys and values of all annotations together, in bytes.
const ANNOTATIONS_BYTES: usize = 256 * 1024;

/// Returns the field of the metadata that is not of its type, with which the API server reads no further.
pub(super) fn misread(document: &Value) -> Option<Finding> {
    let metadata = document.get(METADATA)?;
    if metadata.is_null() {
        return None;
    }
    let error = serde_path_to_error::deserialize::<_, ObjectMeta>(&without_nulls(metadata)).err()?;
    let below = error.path().to_string();
    let field = if below == "." { METADATA.to_owned() } else { path::child(METADATA, &below) };
    Some(Finding::new(field, "is not of the type that Kubernetes has for it"))
}

/// Drops nulls, which the API server reads as absent here, and in maps as empty texts.
fn without_nulls(metadata: &Value) -> Value {
    let mut metadata = metadata.clone();
    for field in metadata.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Value::Object(entries) = field {
            entries.values_mut().filter(|value| value.is_null()).for_each(|value| *value = "".into());
        }
    }
    metadata
}

/// Returns the fields that no metadata has.
pub(super) fn unknown(document: &Value) -> Vec<Finding> {
    static FIELDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let schema = schemars::schema_for!(ObjectMeta);
        let properties = schema.get("properties").and_then(Value::as_object);
        properties.into_iter().flat_map(Map::keys).cloned().collect()
    });
    let fields = fields(document).into_iter().flatten();
    let unknown = fields.filter(|(name, _)| !FIELDS.contains(*name));
    unknown.map(|(name, _)| Finding::new(path::child(METADATA, name), NO_SUCH_FIELD)).collect()
}

fn fields(document: &Value) -> Option<&Map<String, Value>> {
    document.get(METADATA)?.as_object()
}

fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    fields(document).and_then(|fields| fields.get(field)).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the name that the object has or gets. Empty: it says none.
pub(super) fn name(document: &Value) -> String {
    let (name, prefix) = (text(document, "name"), text(document, "generateName"));
    if !name.is_empty() || prefix.is_empty() {
        return name.to_owned();
    }
    let kept = prefix.floor_char_boundary(GENERATED_NAME_BYTES - GENERATED.len());
    format!("{}{GENERATED}", &prefix[..kept])
}

/// Returns what people write into metadata, with the name that the object has or gets.
pub(super) fn written(document: &Value) -> Value {
    const FIELDS: [&str; 4] = ["annotations", "finalizers", "labels", "ownerReferences"];
    let fields = fields(document).into_iter().flatten().filter(|(name, _)| FIELDS.contains(&name.as_str()));
    let mut written: Map<String, Value> = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    written.insert("name".to_owned(), name(document).into());
    written.into()
}

/// Checks the values of the metadata, which are of their types.
pub(super) fn check(document: &Value, found: &mut Found) {
    let name = name(document);
    if name.is_empty() {
        found.unusable("metadata.name", "is required");
    } else if !is_subdomain(&name) {
        found.invalid("metadata.name", no_name());
    }
    let prefix = text(document, "generateName");
    // A dash is right where the random characters follow.
    let whole = prefix.strip_suffix('-').map_or_else(|| prefix.to_owned(), |begun| format!("{begun}x"));
    if !prefix.is_empty() && !is_subdomain(&whole) {
        found.invalid("metadata.generateName", no_name());
    }
    let entries = |field: &str| fields(document)?.get(field)?.as_object();
    for (key, value) in entries("labels").into_iter().flatten() {
        if !is_qualified(key) {
            found.invalid("metadata.labels", NOT_QUALIFIED);
        }
        if !value.as_str().is_none_or(|value| value.is_empty() || is_label(value)) {
            found.invalid(
                "metadata.labels",
                format!("a value must be at most {LABEL_BYTES} letters, digits, `-`, `_` and `.`"),
            );
        }
    }
    let annotations: Vec<_> = entries("annotations").into_iter().flatten().collect();
    if annotations.iter().any(|(key, _)| !is_qualified(&key.to_lowercase())) {
        found.invalid("metadata.annotations", NOT_QUALIFIED);
    }
    let bytes = annotations.iter().map(|(key, value)| key.len() + value.as_str().map_or(0, str::len)).sum::<usize>();
    if bytes > ANNOTATIONS_BYTES {
        found.unusable("metadata.annotations", format!("must have at most {ANNOTATIONS_BYTES} bytes together"));
    }
}

fn no_name() -> String {
    format!(
        "must be lower case letters, digits, `-` and `.`, begin and end with a letter or digit, and have at most \
         {OBJECT_NAME_BYTES} characters"
    )
}

const NOT_QUALIFIED: &str =
    "a key must be a name such as `tier` or `example.com/tier`, of letters, digits, `-`, `_` and `.`";

fn is_subdomain(text: &str) -> bool {
    static NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(OBJECT_NAME).expect("the schemas have it too"));
    text.len() <= OBJECT_NAME_BYTES && NAME.is_match(text)
}

/// Whether a text is a name, with or without a domain before it.
fn is_qualified(text: &str) -> bool {
    match text.split_once('/') {
        Some((domain, name)) => is_subdomain(domain) && is_label(name),
        None => is_label(text),
    }
}

fn is_label(text: &str) -> bool {
    let ends = |c: char| c.is_ascii_alphanumeric();
    text.len() <= LABEL_BYTES
        && text.starts_with(ends)
        && text.ends_with(ends)
        && text.chars().all(|c| ends(c) || "-_.".contains(c))
}
