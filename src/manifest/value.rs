//! Values of an object as the rules in CEL see them.
//!
//! It checks nothing: what is not of its type stays what it is, and a rule that meets it fails.

use std::sync::{Arc, LazyLock};

use cel::objects::{Key, Map};
use cel::{Program, Value as Cel};
use serde_json::{Number, Value};

use super::functions;
use super::schema::{Format, Schema, Type};

/// Returns a value for the rules; texts that are times become times. What no schema tells stays as it is.
pub(super) fn typed(schema: Option<&Schema>, value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(truth) => Cel::Bool(*truth),
        Value::Number(number) => numeric(number),
        Value::String(text) => match schema.and_then(|schema| schema.format) {
            Some(Format::DateTime) => time(text),
            Some(Format::Int32 | Format::Int64) | None => textual(text),
        },
        Value::Array(items) => {
            let schema = schema.and_then(|schema| schema.items.as_deref());
            Cel::List(Arc::new(items.iter().map(|item| typed(schema, item)).collect()))
        }
        Value::Object(fields) => {
            let fields = fields.iter().filter_map(|(name, value)| {
                let schema = schema.and_then(|schema| schema.field(name));
                // No rule can count with `3.0` where its schema has integers: one that needs it fails.
                let counts = schema.is_none_or(|schema| schema.kind != Type::Integer || value.is_i64());
                counts.then(|| (Key::String(Arc::new(name.clone())), typed(schema, value)))
            });
            Cel::Map(Map { map: Arc::new(fields.collect()) })
        }
    }
}

fn textual(text: &str) -> Cel {
    Cel::String(Arc::new(text.to_owned()))
}

fn numeric(number: &Number) -> Cel {
    match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => Cel::Int(integer),
        (None, Some(float)) => Cel::Float(float),
        (None, None) => Cel::Null,
    }
}

/// Reads a time as a rule would read a text. What is none stays a text, with which no rule can count.
fn time(text: &str) -> Cel {
    static READ: LazyLock<Program> = LazyLock::new(|| Program::compile("timestamp(text)").expect("this is CEL"));
    // The API server's CEL wants capitals, unlike the format, and takes a comma before the fraction of a second.
    if text.contains(['t', 'z']) {
        return textual(text);
    }
    let mut scope = functions::CONTEXT.new_inner_scope();
    scope.add_variable_from_value("text", textual(&text.replacen(',', ".", 1)));
    READ.execute(&scope).unwrap_or_else(|_| textual(text))
}
