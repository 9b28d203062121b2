//! The rules of a schema in CEL.
//!
//! A value comes here only when its types are right. A rule that cannot be evaluated refuses, as on the API server.

use cel::{Context, ExecutionError};
use serde_json::Value;

use super::schema::{Rule, Schema};
use super::{Finding, functions, path, value};

/// Asks the rules of a value and of all that is in it. A rule that compares runs only if there is something before; any
/// other refuses nothing that did not change, unless it cannot be evaluated at all.
pub(super) fn check(schema: &Schema, object: &Value, before: Option<&Value>, path: &str, found: &mut Vec<Finding>) {
    if !schema.rules.is_empty() {
        let mut scope = functions::CONTEXT.new_inner_scope();
        scope.add_variable_from_value("self", value::typed(Some(schema), object));
        if let Some(before) = before {
            scope.add_variable_from_value("oldSelf", value::typed(Some(schema), before));
        }
        let unchanged = before == Some(object);
        let asked = schema.rules.iter().filter(|rule| before.is_some() || !rule.rule.compares);
        found.extend(asked.filter_map(|rule| match holds(rule, &scope) {
            Ok(true) => None,
            Ok(false) if unchanged && !rule.rule.compares => None,
            Ok(false) => {
                let field = rule.field_path.strip_prefix('.').unwrap_or(&rule.field_path);
                Some(Finding::new(path::child(path, field), &rule.message))
            }
            // The error can hold values, so only the rule is told.
            Err(_) => Some(Finding::new(path, format!("a rule cannot be applied to this: {}", rule.message))),
        }));
    }
    match (object, &schema.items) {
        (Value::Object(fields), _) => {
            for (name, value) in fields {
                if let Some(field) = schema.field(name) {
                    let before = before.and_then(|before| before.get(name));
                    check(field, value, before, &path::child(path, name), found);
                }
            }
        }
        (Value::Array(items), Some(of_item)) => {
            for (at, item) in items.iter().enumerate() {
                check(of_item, item, schema.same_item(item, before), &path::item(path, at), found);
            }
        }
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_), _) => {}
    }
}

fn holds(rule: &Rule, scope: &Context<'_, '_>) -> Result<bool, ExecutionError> {
    let verdict = rule.rule.program.execute(scope)?;
    if let cel::Value::Bool(holds) = verdict {
        return Ok(holds);
    }
    Err(ExecutionError::UnexpectedType { got: verdict.type_of().to_string(), want: "bool".to_owned() })
}
