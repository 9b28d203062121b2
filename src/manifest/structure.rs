//! Types, required fields, choices and limits of a schema.
//!
//! It knows no rule in CEL, and sets no default.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use serde_json::{Map, Number, Value};

use super::schema::{Format, List, Schema, Type};
use super::{Finding, Found, path};

/// Checks a value and all that is in it, but for what is as it was `before`.
pub(super) fn check(schema: &Schema, value: &Value, before: Option<&Value>, path: &str, found: &mut Found) {
    if before == Some(value) {
        return;
    }
    match (schema.kind, value) {
        (Type::Object, Value::Object(fields)) => object(schema, fields, before, path, found),
        (Type::Array, Value::Array(items)) => array(schema, items, before, path, found),
        (Type::String, Value::String(text)) => string(schema, text, path, found),
        (Type::Integer, Value::Number(number)) => integer(schema, number, path, found),
        (Type::Boolean, Value::Bool(_)) => {}
        // The API server takes a list for the bytes of a text that has a format, and looks no further.
        (Type::String, Value::Array(_)) if schema.format.is_some() => {}
        (Type::Object | Type::Array | Type::String | Type::Integer | Type::Boolean, _) => {
            return found.unusable(path, format!("must be {}, and is {}", wanted(schema.kind), seen(value)));
        }
    }
    if !schema.choices.is_empty() && !schema.choices.contains(value) {
        let choices: Vec<String> = schema.choices.iter().map(plain).collect();
        found.unusable(path, format!("must be one of {}", choices.join(", ")));
    }
}

fn object(schema: &Schema, fields: &Map<String, Value>, before: Option<&Value>, path: &str, found: &mut Found) {
    if let Some(most) = schema.max_properties.filter(|most| fields.len() > *most) {
        found.unusable(path, format!("must have at most {most} entries, and has {}", fields.len()));
    }
    for name in schema.required.iter().filter(|name| !fields.contains_key(*name)) {
        found.unusable(path::child(path, name), "is required");
    }
    for (name, value) in fields {
        if let Some(field) = schema.field(name) {
            let before = before.and_then(|before| before.get(name));
            check(field, value, before, &path::child(path, name), found);
        }
    }
}

fn array(schema: &Schema, items: &[Value], before: Option<&Value>, path: &str, found: &mut Found) {
    if let Some(most) = schema.max_items.filter(|most| items.len() > *most) {
        found.unusable(path, format!("must have at most {most} items, and has {}", items.len()));
    }
    let Some(of_item) = &schema.items else { return };
    for (at, item) in items.iter().enumerate() {
        check(of_item, item, schema.same_item(item, before), &path::item(path, at), found);
    }
}

fn string(schema: &Schema, text: &str, path: &str, found: &mut Found) {
    let length = text.chars().count();
    if let Some(most) = schema.max_length.filter(|most| length > *most) {
        found.unusable(path, format!("must have at most {most} characters, and has {length}"));
    } else if let Some(least) = schema.min_length.filter(|least| length < *least) {
        found.invalid(path, format!("must have at least {least} characters, and has {length}"));
    } else if let Some(pattern) = schema.pattern.as_ref().filter(|pattern| !pattern.0.is_match(text)) {
        found.invalid(path, format!("must match the pattern {}", pattern.0));
    }
    if schema.format == Some(Format::DateTime) && !is_date_time(text) {
        found.unusable(path, "must be a time such as 2030-01-31T09:00:00Z");
    }
}

/// Checks a number as the API server does: `3.0` is an integer, and what a fraction cannot hold exactly is none.
fn integer(schema: &Schema, number: &Number, path: &str, found: &mut Found) {
    /// The largest integer up to which a fraction holds each one.
    const EXACT: f64 = 9_007_199_254_740_991.0;
    /// By which part of itself a fraction may miss an integer, so that the rules are still asked.
    const NEAR: f64 = 1e-9;
    let float = number.as_f64().unwrap_or(f64::NAN);
    let missed = (float - float.round()).abs();
    if !number.is_i64() && (float.abs() > EXACT || missed != 0.0) {
        if float.abs() > EXACT || missed >= NEAR * float.round().abs() {
            found.unusable(path, "must be a whole number, and not too large a one");
        } else {
            found.invalid(path, "must be a whole number");
        }
    }
    if let Some(least) = schema.minimum.filter(|least| float < *least) {
        found.invalid(path, format!("must be at least {least}"));
    }
    if let Some(most) = schema.maximum.filter(|most| float > *most) {
        found.invalid(path, format!("must be at most {most}"));
    }
}

/// Whether the API server takes a text for a time: it reads no further than to a second `t`, and takes any offset.
fn is_date_time(text: &str) -> bool {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        let hour = "([01][0-9]|2[0-3])";
        Regex::new(&format!("^{hour}(:[0-5][0-9]){{2}}(.[0-9]+)?(z|[+-][0-9]{{2}}:[0-9]{{2}})$")).expect("it is one")
    });
    let text = text.to_lowercase();
    let mut parts = text.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else { return false };
    // The parser takes other ways to write a date too, all of another length.
    date.len() == 10 && date.parse::<Date>().is_ok() && TIME.is_match(time)
}

/// Returns the items of sets and of lists with keys that are there for the second time.
pub(super) fn repeated(schema: &Schema, value: &Value, path: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let Some(field) = schema.field(name) {
                    found.extend(repeated(field, value, &path::child(path, name)));
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let path = path::item(path, at);
                let same = |other: &Value| match schema.list {
                    List::Atomic => false,
                    List::Set => other == item,
                    List::Map => schema.key(other) == schema.key(item),
                };
                if items[..at].iter().any(same) {
                    found.push(Finding::new(&path, "is there twice; remove one of them"));
                }
                found.extend(schema.items.iter().flat_map(|schema| repeated(schema, item, &path)));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found
}

fn wanted(kind: Type) -> &'static str {
    match kind {
        Type::Array => "a list",
        Type::Boolean => "true or false",
        Type::Integer => "a number",
        Type::Object => "an object",
        Type::String => "a text",
    }
}

/// Names the type of a value, not the value: it may be a secret in the wrong place.
fn seen(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn plain(choice: &Value) -> String {
    choice.as_str().map_or_else(|| choice.to_string(), str::to_owned)
}
