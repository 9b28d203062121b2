//! The shape of a JSON body: its keys and the types of its values.

use serde_json::Value;

/// Keys that the vendor's pages and SDK list for these answers; a recorder left some of them out.
const DOCUMENTED: &[&str] = &[
    // A refusal; only the gateway repeats the request id in it.
    "error_code",
    "error_msg",
    "request_id",
    "error",
    "message",
    "code",
    "title",
    // Apps.
    "count",
    "apps",
    "app_name",
    "app_id",
    "state",
    "update_time",
    "scope",
    "tenant_name",
    "domain",
    "create_time",
    "authentication",
    "enable",
    "expire",
    "app_key",
    "callbacks",
    "push_callback",
    "record_callback",
    "auto_record_mode",
    "mode",
    "record_rule_id",
    // The statistics.
    "total",
    "limit",
    "offset",
    "room_info_list",
    "app",
    "room_id",
    "duration",
    "start_time",
    "end_time",
    "users",
    "uid",
    "session",
    "nick_name",
    "ip",
    "region",
    "isp",
    "device_model",
    "platform",
    "sdk",
    "join_time",
    "leave_time",
    "scale",
    "time",
    "value",
    // IAM.
    "token",
    "catalog",
    "expires_at",
    "issued_at",
    "methods",
    "project",
    "roles",
    "user",
    "id",
    "name",
    "password_expires_at",
    "projects",
    "links",
    "self",
    "previous",
    "next",
    "domain_id",
    "parent_id",
    "is_domain",
    "enabled",
    "description",
];

/// Returns how our body differs from the recorded one: keys that are missing, types that are others, keys from nowhere.
pub(super) fn differences(recorded: &Value, ours: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    compare("", recorded, ours, &mut wrong);
    wrong
}

fn compare(place: &str, recorded: &Value, ours: &Value, wrong: &mut Vec<String>) {
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(ours)) => {
            for (key, value) in recorded {
                match ours.get(key) {
                    Some(own) => compare(&format!("{place}/{key}"), value, own, wrong),
                    // The vendor's pages show no request id in a refusal of CloudRTC.
                    None if key == "request_id" => {}
                    None => wrong.push(format!("{place}/{key} is missing")),
                }
            }
            let extra = ours.keys().filter(|key| !recorded.contains_key(*key) && !DOCUMENTED.contains(&key.as_str()));
            wrong.extend(extra.map(|key| format!("{place}/{key} is in no page of the vendor")));
        }
        (Value::Array(recorded), Value::Array(ours)) => {
            let Some(row) = recorded.first() else { return };
            if ours.is_empty() {
                wrong.push(format!("{place} has nothing to compare"));
            }
            ours.iter().for_each(|own| compare(&format!("{place}[]"), row, own, wrong));
        }
        (Value::Null, _)
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::String(_), Value::String(_)) => {}
        (_, _) => wrong.push(format!("{place} is {ours} and not like {recorded}")),
    }
}

#[test]
fn another_type_a_missing_key_and_one_from_nowhere_are_told() {
    let told = |ours: serde_json::Value| {
        let recorded = serde_json::json!({ "total": 1, "users": [{ "uid": "a" }], "token": null });
        differences(&recorded, &ours).join(", ")
    };
    use serde_json::json;
    assert_eq!(told(json!({ "total": 7, "users": [{ "uid": "b", "ip": "" }], "token": 1, "limit": 1 })), "");
    assert_eq!(
        told(json!({ "total": "7", "users": [{ "uid": 1 }], "token": 1 })),
        "/total is \"7\" and not like 1, /users[]/uid is 1 and not like \"a\""
    );
    assert_eq!(
        told(json!({ "total": 7, "users": [] , "x": 1 })),
        "/token is missing, /users has nothing to compare, /x is in no page of the vendor"
    );
}
