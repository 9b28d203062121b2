//! Finds what a manifest says and its type cannot hold: a misspelt field, which would be passed over in silence.
//!
//! kubectl has the API server refuse such fields; files meet no API server. Values are not looked at, only names.

use serde_json::Value;

/// Returns the path of the first field that was read and that the decoded object, written down again, does not have.
///
/// `status` is passed over, as it is when a manifest is applied, and so is what is null or empty: it may be left out.
pub(super) fn field(read: &Value, written: &Value) -> Option<String> {
    let fields = read.as_object()?.iter().filter(|(name, _)| *name != "status");
    fields.into_iter().find_map(|(name, value)| lost_under(name.clone(), value, written.get(name)))
}

fn lost_under(path: String, read: &Value, written: Option<&Value>) -> Option<String> {
    match (read, written) {
        (Value::Null, _) => None,
        (Value::Object(read), None) if read.is_empty() => None,
        (Value::Array(read), None) if read.is_empty() => None,
        (_, None) => Some(path),
        (Value::Object(read), Some(written)) => {
            read.iter().find_map(|(name, value)| lost_under(format!("{path}.{name}"), value, written.get(name)))
        }
        (Value::Array(read), Some(written)) => {
            let items = read.iter().enumerate();
            items.into_iter().find_map(|(at, item)| lost_under(format!("{path}[{at}]"), item, written.get(at)))
        }
        (Value::Bool(_) | Value::Number(_) | Value::String(_), Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_that_is_not_written_again_is_named_by_its_path() {
        let written = json!({ "spec": { "name": "other words", "tags": [{ "key": "a" }] } });
        let rows = [
            (json!({ "spec": { "name": "words" } }), None),
            (json!({ "spec": { "nmae": "words" } }), Some("spec.nmae")),
            (json!({ "spec": { "tags": [{ "key": "b", "vlaue": 1 }] } }), Some("spec.tags[0].vlaue")),
            (json!({ "spec": { "left": null, "out": {}, "empty": [] } }), None),
            (json!({ "status": { "of": "another version" } }), None),
            (json!({ "sepc": {}, "spce": { "name": "words" } }), Some("spce")),
        ];
        for (read, lost) in rows {
            assert_eq!(field(&read, &written).as_deref(), lost, "{read}");
        }
    }
}
