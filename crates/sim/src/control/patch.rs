//! JSON merge patches (RFC 7396), with which the control port changes parts of the world.
//! Knows nothing of what it changes; what does not fit its type is refused.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Applies a merge patch: `null` takes a field away, objects are merged, the rest is replaced.
pub(super) fn patched<T: Serialize + DeserializeOwned>(object: &T, change: &Value) -> Result<T, serde_json::Error> {
    let mut value = serde_json::to_value(object)?;
    merge(&mut value, change);
    serde_json::from_value(value)
}

fn merge(into: &mut Value, change: &Value) {
    let Value::Object(changes) = change else {
        *into = change.clone();
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    for (name, change) in changes {
        match change {
            Value::Null => {
                if let Some(fields) = into.as_object_mut() {
                    fields.remove(name);
                }
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                merge(&mut into[name], change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_takes_away_merges_and_replaces() {
        let mut value = json!({ "a": 1, "b": { "c": 2, "d": 3 }, "e": [1, 2] });
        merge(&mut value, &json!({ "a": null, "b": { "c": 4, "f": { "g": null, "h": 5 } }, "e": [3] }));
        assert_eq!(value, json!({ "b": { "c": 4, "d": 3, "f": { "h": 5 } }, "e": [3] }));
    }
}
