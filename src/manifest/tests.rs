//! What needs no API server to be told: how a stored object is respected, and what a finding may not say.
//!
//! That the verdicts are the API server's is asked in `tests/api/`, of each row there.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::schema::Schema;
use super::structure::repeated;
use super::{Finding, KINDS, check};

fn room(tencent_room: Value) -> Value {
    json!({
        "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "Room", "metadata": { "name": "weekly-sync" },
        "spec": { "providerConfigRef": { "name": "tencent" }, "tencentRoom": tencent_room },
    })
}

fn fields(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.field.as_str()).collect()
}

#[test]
fn schemas_have_no_keyword_that_is_not_checked() {
    assert_eq!(Vec::from_iter(KINDS.keys()), ["ClusterProviderConfig", "MeetingRoom", "ProviderConfig", "Room"]);
}

#[test]
fn what_did_not_change_is_not_refused() {
    // Such objects are older than the rules that they break.
    let bad = room(json!({ "name": "会".repeat(40), "whenEnded": "Never", "invitees": ["a", "a", "a".repeat(33)] }));
    assert_eq!(check(&bad, Some(&bad)), []);

    let mut edited = bad.clone();
    edited["spec"]["tencentRoom"]["maxMembers"] = 7.into();
    let findings = check(&edited, Some(&bad));
    // The rule about the bytes of the name stands at `tencentRoom`, which did change.
    assert_eq!(fields(&findings), ["spec.tencentRoom.name"], "{findings:?}");

    edited["spec"]["tencentRoom"]["name"] = "short".into();
    assert_eq!(check(&edited, Some(&bad)), []);

    edited["spec"]["tencentRoom"]["whenEnded"] = "Perhaps".into();
    assert_eq!(fields(&check(&edited, Some(&bad))), ["spec.tencentRoom.whenEnded"]);

    // A list without keys is one value: all of it counts again as soon as it changes, but for what was there twice.
    edited["spec"]["tencentRoom"] = json!({ "invitees": ["a", "a", "a".repeat(33), "b"] });
    assert_eq!(fields(&check(&edited, Some(&bad))), ["spec.tencentRoom.invitees[2]"]);
}

#[test]
fn rules_about_changes_run_when_there_is_something_before() {
    let (before, after) = (room(json!({ "roomId": "a" })), room(json!({ "roomId": "b" })));
    assert_eq!(check(&after, None), []);
    let findings = check(&after, Some(&before));
    assert_eq!(fields(&findings), ["spec.tencentRoom.roomId"], "{findings:?}");
    assert!(findings[0].why.contains("create another Room"), "{findings:?}");
}

#[test]
fn a_rule_that_cannot_be_evaluated_refuses() {
    // The format allows small letters, and CEL does not read them.
    let schedule = json!({ "start": "2030-01-31t09:00:00z", "end": "2030-01-31T09:05:00Z" });
    let findings = check(&room(json!({ "schedule": schedule })), None);
    assert_eq!(fields(&findings), ["spec.tencentRoom.schedule"], "{findings:?}");
}

#[test]
fn items_of_a_list_with_keys_are_the_same_when_their_keys_are() {
    let schema: Schema = serde_json::from_value(json!({
        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
        "items": { "type": "object", "properties": { "name": { "type": "string" }, "size": { "type": "integer" } } },
    }))
    .expect("it is a schema");
    let list = json!([{ "name": "a", "size": 1 }, { "name": "b", "size": 1 }, { "name": "a", "size": 2 }]);
    assert_eq!(fields(&repeated(&schema, &list, "list")), ["list[2]"]);
    assert_eq!(schema.same_item(&json!({ "name": "b" }), Some(&list)), Some(&list[1]));
    assert_eq!(schema.same_item(&json!({ "name": "c" }), Some(&list)), None);
}

const NAMES: &[&str] =
    &["apiVersion", "kind", "metadata", "spec", "tencentRoom", "schedule", "start", "end", "name", "status"];

/// Any document; the names in it are often those of our fields.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[x会é🎥]{20,70}".prop_map(Value::from),
        "-?[0-9]{0,30}(h|m|s|ns)?".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})".prop_map(Value::from),
        "(http|https)://[-a-z:@\\[\\]%?#/.]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        let name = prop_oneof![prop::sample::select(NAMES).prop_map(str::to_owned), any::<String>()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6).prop_map(|fields| json!(fields)),
        ]
    })
}

const PLACES: &[(&str, &str)] = &[
    ("Room", "/spec/tencentRoom/schedule/start"),
    ("Room", "/spec/driftCheckInterval"),
    ("Room", "/spec/tencentRoom/name"),
    ("Room", "/spec/tencentRoom/invitees"),
    ("ProviderConfig", "/spec/tencent/endpoint"),
    ("MeetingRoom", "/spec/huaweiMeeting"),
    ("Room", "/metadata"),
    ("Room", "/metadata/generateName"),
    ("Room", "/spec"),
];

/// Any value at a place where a rule can meet it.
fn placed() -> impl Strategy<Value = Value> {
    (prop::sample::select(PLACES), documents()).prop_map(|((kind, place), value)| {
        let mut names: Vec<&str> = place.split('/').skip(1).collect();
        let mut value = names.pop().map_or(value.clone(), |last| json!({ last: value }));
        while let Some(name) = names.pop() {
            value = json!({ name: value });
        }
        json_patch::merge(&mut value, &json!({ "apiVersion": "roomkeeper.dev/v1alpha1", "kind": kind }));
        value
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_document_makes_the_check_panic(document in documents(), placed in placed(), before in placed()) {
        for (document, before) in [(&document, None), (&placed, None), (&placed, Some(&before))] {
            let _ = check(document, before);
        }
    }

    #[test]
    fn no_finding_tells_a_value(place in 0_usize..6, suffix in "[A-Z]{12}") {
        let secret = format!("hunter2/{suffix}");
        let mut document = room(json!({ "owner": "alice" }));
        match place {
            0 => document["spec"]["tencentRoom"]["password"] = json!(secret),
            1 => document["spec"]["tencentRoom"]["password"] = json!({ "secretKeyRef": { "name": secret, "key": secret } }),
            2 => document["spec"]["tencentRoom"]["whenEnded"] = json!(secret),
            3 => document["spec"]["driftCheckInterval"] = json!(secret),
            4 => document["metadata"]["labels"] = json!({ "tier": secret }),
            _ => document["spec"]["tencentRoom"]["maxMembers"] = json!([secret]),
        }
        let findings = check(&document, None);
        prop_assert!(!findings.is_empty() && !format!("{findings:?}").contains(&suffix), "{findings:?}");
    }
}
