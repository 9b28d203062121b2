//! The object as the API server would have it before it validates it: no unknown fields, no nulls, with defaults.
//!
//! It judges no value, only names.

use serde_json::{Map, Value};

use super::schema::Schema;
use super::{Finding, metadata, path};

/// The fields of every object, which a schema does not tell.
const OF_EVERY_KIND: [&str; 3] = ["apiVersion", "kind", "metadata"];
const STATUS: &str = "status";

/// Returns the fields of an object that its kind does not have, whatever their values are.
pub(super) fn unknown(schema: &Schema, document: &Value) -> Vec<Finding> {
    let mut found = Vec::new();
    let fields = document.as_object().into_iter().flatten();
    for (name, value) in fields.filter(|(name, _)| !OF_EVERY_KIND.contains(&name.as_str())) {
        unknown_field(schema, name, value, "", &mut found);
    }
    found
}

fn unknown_field(schema: &Schema, name: &str, value: &Value, path: &str, found: &mut Vec<Finding>) {
    let path = path::child(path, name);
    match schema.field(name) {
        Some(schema) => unknown_below(schema, value, &path, found),
        None => found.push(Finding::new(path, NO_SUCH_FIELD)),
    }
}

/// What is said of a field that there is not.
pub(super) const NO_SUCH_FIELD: &str = "there is no such field; correct its spelling or remove it";

fn unknown_below(schema: &Schema, value: &Value, path: &str, found: &mut Vec<Finding>) {
    match (value, &schema.items) {
        (Value::Object(fields), _) => {
            for (name, value) in fields {
                unknown_field(schema, name, value, path, found);
            }
        }
        (Value::Array(items), Some(schema)) => {
            for (at, item) in items.iter().enumerate() {
                unknown_below(schema, item, &path::item(path, at), found);
            }
        }
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_), _) => {}
    }
}

/// Returns an object as it would be stored, without its status and without what the API server writes into metadata.
pub(super) fn stored(schema: &Schema, document: &Value) -> Value {
    let mut object = document.clone();
    if let Value::Object(fields) = &mut object {
        fields.remove(STATUS);
        prepare_fields(schema, fields);
        fields.remove(STATUS);
        for name in OF_EVERY_KIND {
            fields.extend(document.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        fields.insert("metadata".to_owned(), metadata::written(document));
    }
    object
}

fn prepare(schema: &Schema, value: &mut Value) {
    match (value, &schema.items) {
        (Value::Object(fields), _) => prepare_fields(schema, fields),
        (Value::Array(items), Some(schema)) => items.iter_mut().for_each(|item| prepare(schema, item)),
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_), _) => {}
    }
}

/// Drops what is unknown or null: no field of ours may be null. What is absent then gets its default.
fn prepare_fields(schema: &Schema, fields: &mut Map<String, Value>) {
    fields.retain(|name, value| !value.is_null() && schema.field(name).is_some());
    for (name, field) in &schema.properties {
        if let Some(default) = &field.default {
            fields.entry(name.clone()).or_insert_with(|| default.clone());
        }
    }
    for (name, value) in fields {
        if let Some(field) = schema.field(name) {
            prepare(field, value);
        }
    }
}
