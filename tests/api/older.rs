//! Objects that are older than rules that they break: what of them may stay, and which edits are refused.
//!
//! They are stored under definitions without rules, on a control plane of their own.

use http::{Method, StatusCode};
use kube::Client;
use roomkeeper::api::schema;
use serde_json::{Value, json};

use crate::rooms::{room, tencent};
use crate::server::{DRY_RUN, SERVED, changed, install, namespace, send};
use crate::support::{self, ControlPlane, Options};
use crate::verdict::difference;

/// The keywords that refuse something.
const REFUSING: [&str; 9] = [
    "x-kubernetes-validations",
    "x-kubernetes-list-type",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "maxItems",
];

/// Takes the rules out of the schema of a spec.
fn without_rules(schema: &mut Value) {
    let fields = schema.as_object_mut().unwrap();
    fields.retain(|keyword, _| !REFUSING.contains(&keyword.as_str()));
    for field in fields.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(|of| of.values_mut())
    {
        without_rules(field);
    }
    for children in ["items", "additionalProperties"] {
        if let Some(child) = fields.get_mut(children) {
            without_rules(child);
        }
    }
}

/// Returns the definitions as they are, and without rules.
fn definitions() -> (Vec<Value>, Vec<Value>) {
    let strict: Vec<Value> = schema::crds().into_iter().map(|crd| json!(crd)).collect();
    let mut loose = strict.clone();
    for crd in &mut loose {
        let root = &mut crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
        without_rules(&mut root["properties"]["spec"]);
        root.as_object_mut().unwrap().remove("x-kubernetes-validations");
    }
    (strict, loose)
}

#[tokio::test]
async fn what_an_older_object_may_keep_is_what_the_server_lets_it_keep() {
    let plane = ControlPlane::start(&Options::default()).unwrap();
    let client = plane.client().await;
    let (strict, loose) = definitions();
    install(&client, &loose).await;
    let rooms = namespace(&client).await.rooms;
    let older = [
        tencent("name", json!("会".repeat(40))),
        tencent("name", json!("x".repeat(200))),
        tencent("whenEnded", json!("Never")),
        tencent("invitees", json!(["a", "a", "b".repeat(40)])),
        tencent("maxMembers", json!(0)),
        tencent("password", json!({ "none": {}, "secretKeyRef": { "name": "A_b", "key": "k" } })),
        json!({ "spec": { "driftCheckInterval": "never", "managementPolicies": ["Watch", "Watch"] } }),
        json!({ "spec": { "huaweiRtc": { "appId": "a" } } }),
    ];
    let mut stored = Vec::new();
    for (number, patch) in older.iter().enumerate() {
        let named = json!({ "metadata": { "name": format!("older-{number}") } });
        let object = changed(&changed(&room(), &named), patch);
        let path = format!("{rooms}?fieldValidation=Strict");
        let answer = send(&client, Method::POST, &path, "application/json", &object).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        stored.push(answer.body);
    }
    install(&client, &strict).await;
    rules_are_asked(&client, &rooms).await;

    let mut differences = Vec::new();
    for before in &stored {
        for edit in edits() {
            let path =
                format!("{rooms}/{}?fieldValidation=Strict{DRY_RUN}", before["metadata"]["name"].as_str().unwrap());
            let answer = send(&client, Method::PATCH, &path, "application/merge-patch+json", &edit).await;
            differences.extend(difference(&answer, &changed(before, &edit), Some(before)));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

fn edits() -> Vec<Value> {
    vec![
        json!({ "metadata": { "labels": { "tier": "a" } } }),
        json!({ "metadata": { "labels": { "tier": "?" } } }),
        json!({ "spec": { "providerConfigRef": { "name": "other" } } }),
        json!({ "spec": { "driftCheckInterval": "1h" } }),
        json!({ "spec": { "driftCheckInterval": "x" } }),
        json!({ "spec": { "managementPolicies": ["Watch"] } }),
        json!({ "spec": { "managementPolicies": ["Create", "Create"] } }),
        json!({ "spec": { "tencentRoom": null } }),
        json!({ "spec": { "huaweiRtc": { "appId": "b" } } }),
        tencent("owner", json!("bob")),
        tencent("owner", json!("爱丽丝")),
        tencent("name", json!("Short")),
        tencent("name", json!("é".repeat(90))),
        tencent("whenEnded", json!("Leave")),
        tencent("whenEnded", json!("Perhaps")),
        tencent("invitees", json!(["a", "a", "b".repeat(40), "c"])),
        tencent("invitees", json!(["a", "b"])),
        tencent("maxMembers", json!(-1)),
        tencent("password", json!({ "none": null })),
        tencent("password", json!({ "secretKeyRef": { "key": "other" } })),
        tencent("roomId", json!("other")),
    ]
}

/// Waits until the server asks the rules of the definitions again.
async fn rules_are_asked(client: &Client, rooms: &str) {
    let path = format!("{rooms}?fieldValidation=Strict{DRY_RUN}");
    let bad = changed(&room(), &tencent("name", json!("会".repeat(40))));
    support::wait_until(SERVED, "the rules are asked", async || {
        send(client, Method::POST, &path, "application/json", &bad).await.status == StatusCode::UNPROCESSABLE_ENTITY
    })
    .await;
}
