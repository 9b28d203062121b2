//! Documents that nobody means to write: each hostile value in each place of each kind.
//!
//! No verdict stands here: the API server's counts, and the operator's check must agree with it.

use std::collections::BTreeMap;

use futures::{StreamExt, future, stream};
use http::Method;
use kube::Client;
use roomkeeper::api::schema;
use serde_json::{Value, json};

use crate::accounts::account;
use crate::meeting_rooms::meeting_room;
use crate::rooms::{room, tencent};
use crate::server::{DRY_RUN, GROUP_PATH, changed, create, installed, namespace, send};
use crate::verdict::difference;

/// How many documents are asked about at a time.
const AT_A_TIME: usize = 16;
/// How many differences are shown.
const SHOWN: usize = 20;

const TIMES: [&str; 16] = [
    "2030-01-31T09:00:00Z",
    "2030-01-31t09:00:00z",
    "2030-01-31T09:00:00.5Z",
    "2030-01-31T09:00:00,5Z",
    "2030-01-31T09:00:00x5Z",
    "2030-01-31T09:04:59.999999999Z",
    "2030-02-30T09:00:00Z",
    "2030-01-31",
    "2030-01-31T24:00:00Z",
    "2030-01-31T09:00:60Z",
    "2030-01-31 09:00:00Z",
    "20300131T09:00:00Z",
    "2030-01-31T11:05:00+02:00",
    "2030-01-31T09:00:00+99:99",
    "+002030-01-31T09:00:00Z",
    "0001-01-01T00:00:00Z",
];

fn values() -> Vec<Value> {
    let texts = ["", "x", "30s", "1.5h", "-9h", "99999h99999m99999s", "会议", "a\nb\u{0}", "A_b", TIMES[0]];
    let long = ["会".repeat(33) + "x", "会".repeat(34), "🎥".repeat(64), "x".repeat(3000)];
    let mut values = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(3.0),
        json!(1.5),
        json!(300.000_000_000_01),
        json!(1e300),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(4_294_967_296_u64),
        json!([]),
        json!([null]),
        json!(["Create", "Create"]),
        json!(["a", "会", 1, {}, []]),
        json!([1, 1.5, 9_007_199_254_740_993_u64, 0]),
        json!({}),
        json!({ "": "" }),
        json!({ "none": null, "kind": null, "name": null }),
        json!({ "nobody": "knows" }),
        json!({ "name": "a", "key": "b" }),
        json!({ "会".repeat(17): "会".repeat(700), "k": "v" }),
        json!((0..20).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>()),
    ];
    values.extend(texts.into_iter().map(Value::from));
    values.extend(long.map(Value::from));
    values
}

/// Finds the place of each value below this schema, as names with `/` before each, and its type; items of lists are at
/// 0.
fn places(schema: &Value, place: &str, found: &mut BTreeMap<String, String>) {
    found.insert(place.to_owned(), schema["type"].as_str().unwrap().to_owned());
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        places(field, &format!("{place}/{name}"), found);
    }
    for (children, name) in [("items", "0"), ("additionalProperties", "k")] {
        if schema[children].is_object() {
            places(&schema[children], &format!("{place}/{name}"), found);
        }
    }
}

/// Whether a value is worth a try where the schema has this type: all of the same type are, and one of each other.
fn is_tried(value: &Value, kind: &str) -> bool {
    let same = match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(_) => kind == "integer",
        Value::String(_) => kind == "string",
        Value::Array(_) => kind == "array",
        Value::Object(_) => kind == "object",
    };
    same || [json!(0), json!("x"), json!([null]), json!({})].contains(value)
}

/// Puts a value in its place and makes the objects and lists above it where there are none.
fn put(document: &mut Value, place: &str, value: Value) {
    let Some((name, rest)) = place.strip_prefix('/').map(|place| place.split_once('/').unwrap_or((place, ""))) else {
        *document = value;
        return;
    };
    let rest = if rest.is_empty() { String::new() } else { format!("/{rest}") };
    if name == "0" {
        *document = json!([null]);
        return put(&mut document[0], &rest, value);
    }
    if !document.is_object() {
        *document = json!({});
    }
    put(&mut document[name], &rest, value);
}

/// Returns a right object with each value in each place below `within`.
fn documents(base: &Value, within: &str) -> Vec<Value> {
    let crds = json!(schema::crds());
    let crd = crds.as_array().unwrap().iter().find(|crd| crd["spec"]["names"]["kind"] == base["kind"]).unwrap();
    let root = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    let mut found = BTreeMap::new();
    places(&root["properties"]["spec"], "/spec", &mut found);
    let values = values();
    let wanted = found.iter().filter(|(place, _)| place.starts_with(within));
    let documents = wanted.flat_map(|(place, kind)| {
        values.iter().filter(|value| is_tried(value, kind)).map(|value| {
            let mut document = base.clone();
            put(&mut document, place, value.clone());
            document
        })
    });
    documents.collect()
}

/// Asks about new objects, or about edits of `before`.
async fn all_agree(client: &Client, path: &str, documents: Vec<Value>, before: Option<&Value>) {
    let (method, name) = match before {
        Some(before) => (Method::PUT, format!("/{}", before["metadata"]["name"].as_str().unwrap())),
        None => (Method::POST, String::new()),
    };
    let path = format!("{path}{name}?fieldValidation=Strict{DRY_RUN}");
    let asked = documents.iter().map(async |document| {
        let answer = send(client, method.clone(), &path, "application/json", document).await;
        difference(&answer, document, before)
    });
    let differences: Vec<_> = stream::iter(asked).buffer_unordered(AT_A_TIME).filter_map(future::ready).collect().await;
    let shown = &differences[..differences.len().min(SHOWN)];
    assert!(differences.is_empty(), "{} of {} differ:\n{}", differences.len(), documents.len(), shown.join("\n\n"));
}

#[tokio::test]
async fn rooms_with_hostile_values_get_the_verdict_of_the_server() {
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.rooms;
    all_agree(&client, &rooms, documents(&room(), "/spec"), None).await;
    let live = changed(&room(), &json!({ "spec": { "tencentRoom": null, "tencentLive": {} } }));
    all_agree(&client, &rooms, documents(&live, "/spec/tencentLive"), None).await;
    let rtc = json!({ "tencentRoom": null, "huaweiRtc": { "appId": "a" }, "dismissal": { "whenOccupied": "Wait" } });
    let rtc = changed(&room(), &json!({ "spec": rtc }));
    all_agree(&client, &rooms, documents(&rtc, "/spec/huaweiRtc"), None).await;
}

#[tokio::test]
async fn meeting_rooms_with_hostile_values_get_the_verdict_of_the_server() {
    let (client, _) = installed().await;
    let meeting_rooms = namespace(&client).await.meeting_rooms;
    all_agree(&client, &meeting_rooms, documents(&meeting_room(), "/spec"), None).await;
}

#[tokio::test]
async fn accounts_with_hostile_values_get_the_verdict_of_the_server() {
    let (client, _) = installed().await;
    let accounts = namespace(&client).await.accounts;
    all_agree(&client, &accounts, documents(&account(), "/spec"), None).await;
    let key = json!({ "name": "h", "key": "k" });
    let keys = json!({ "idRef": key, "secretRef": key });
    for (vendor, right) in [
        ("huaweiMeeting", json!({ "region": "cn-north-4", "appId": "a", "appKeyRef": key })),
        ("huaweiRtc", json!({ "region": "cn-north-4", "projectId": "p", "accessKey": keys })),
    ] {
        let account = changed(&account(), &json!({ "spec": { "tencent": null, vendor: right } }));
        all_agree(&client, &accounts, documents(&account, &format!("/spec/{vendor}")), None).await;
    }
    let shared = json!({ "kind": "ClusterProviderConfig", "spec": { "allowedNamespaces": ["events"] } });
    let shared = changed(&account(), &shared);
    let path = format!("{GROUP_PATH}/clusterproviderconfigs");
    all_agree(&client, &path, documents(&shared, "/spec/allowedNamespaces"), None).await;
}

#[tokio::test]
async fn edits_to_hostile_values_get_the_verdict_of_the_server() {
    let (client, _) = installed().await;
    let places = namespace(&client).await;
    for (path, base, within) in [
        (&places.rooms, room(), "/spec/tencentRoom"),
        (&places.meeting_rooms, meeting_room(), "/spec/huaweiMeeting"),
        (&places.accounts, account(), "/spec/tencent"),
    ] {
        let stored = create(&client, path, &base, "").await.body;
        all_agree(&client, path, documents(&stored, within), Some(&stored)).await;
    }
}

#[tokio::test]
async fn times_are_counted_as_the_server_counts_them() {
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.rooms;
    let ends = TIMES.into_iter().chain(["2030-01-31T09:05:00Z", "2030-01-31T09:05:00ZT", "9999-12-31T23:59:59Z"]);
    let ends: Vec<&str> = ends.collect();
    let schedules =
        TIMES.into_iter().flat_map(|start| ends.iter().map(move |end| json!({ "start": start, "end": end })));
    let documents = schedules.map(|schedule| changed(&room(), &tencent("schedule", schedule)));
    all_agree(&client, &rooms, documents.collect(), None).await;
}

#[tokio::test]
async fn addresses_are_read_as_the_server_reads_them() {
    let (client, _) = installed().await;
    let accounts = namespace(&client).await.accounts;
    let endpoints = [
        "http://localhost",
        "http://localhost/",
        "HTTP://localhost:80",
        "http://LOCALHOST",
        "http://127.1",
        "http://2130706433",
        "http://[::1]",
        "http://[0:0:0:0:0:0:0:1]",
        "http://[::1%25lo]",
        "http://[::1%25]",
        "http://[::1",
        "http://[127.0.0.1]",
        "http://[::1]:x",
        "http://[::1]:",
        "http://[::ffff:127.0.0.1]",
        "http://::1",
        "https://a:b:c",
        "https://a:1:2",
        "https://a:",
        "https://a:70000",
        "https://",
        "https:///",
        "https:",
        "https:a",
        "https:/a",
        "//a",
        "/a",
        "a",
        ":",
        ":a",
        "1https://a",
        "h+t.p-s://a",
        "https://a b",
        "https://a\u{7f}",
        "https://a\tb",
        " https://a",
        "https://例え.テスト",
        "https://a%20b",
        "https://%e4%be%8b",
        "https://a%zz",
        "https://a\\b",
        "https://a^b",
        "https://a`b",
        "https://a{b}",
        "https://a|b",
        "https://a\"b",
        "https://a<b>",
        "https://a_b",
        "https://a,b",
        "https://a;b=c",
        "https://a'b",
        "https://a]b",
        "https://a[b",
        "https://a/%zz",
        "https://a/%2F",
        "https://a//",
        "https://a/./",
        "https://a/../",
        "https://a?",
        "https://a/?",
        "https://a#",
        "https://a/#",
        "https://a:443?x=y#z",
        "https://@a",
        "https://u:p@a",
        "https://u v@a",
        "https://a@",
        "https://a.",
        "https://-",
        "*",
        "https://*",
        "https:\\\\a",
    ];
    let at = |endpoint| json!({ "spec": { "tencent": { "region": null, "endpoint": endpoint } } });
    let documents = endpoints.into_iter().map(|endpoint| changed(&account(), &at(endpoint)));
    all_agree(&client, &accounts, documents.collect(), None).await;
}

#[tokio::test]
async fn metadata_and_types_get_the_verdict_of_the_server() {
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.rooms;
    let named = |metadata: Value| {
        let mut document = room();
        document["metadata"] = metadata;
        document["spec"]["tencentRoom"]["roomId"] = "r".into();
        document
    };
    let labels = |labels: Value| named(json!({ "name": "a", "labels": labels }));
    let annotations = |annotations: Value| named(json!({ "name": "a", "annotations": annotations }));
    let mut documents: Vec<Value> = values().into_iter().map(named).collect();
    documents.extend(values().into_iter().map(|name| named(json!({ "name": name }))));
    documents.extend(values().into_iter().map(|name| named(json!({ "generateName": name }))));
    documents.extend(values().into_iter().map(labels));
    documents.extend(values().into_iter().map(|value| labels(json!({ "tier": value }))));
    documents.extend(values().into_iter().map(annotations));
    documents.extend(values().into_iter().map(|value| annotations(json!({ "example.com/Tier": value }))));
    for name in ["a.b", "a..b", "a.", ".a", "-a", "a-", "a_b", "A", "0"] {
        documents.push(named(json!({ "name": name })));
        documents.push(named(json!({ "generateName": name })));
        documents.push(labels(json!({ name: name })));
        documents.push(labels(json!({ format!("{name}/x"): "" })));
    }
    for length in [58, 63, 64, 253, 254] {
        let name = "n".repeat(length);
        documents.push(named(json!({ "name": name })));
        documents.push(named(json!({ "generateName": name })));
        documents.push(labels(json!({ name.clone(): name })));
        documents.push(labels(json!({ format!("{name}/{name}"): "" })));
    }
    documents.push(annotations(json!({ "a": "x".repeat(256 * 1024 - 1) })));
    documents.push(annotations(json!({ "a": "x".repeat(256 * 1024) })));
    documents.push(named(json!({ "name": "a", "nmae": null, "ownerReferences": null, "finalizers": [] })));
    // A name that is generated counts where a name would.
    documents.push(changed(&room(), &json!({ "metadata": { "name": null, "generateName": "n".repeat(43) } })));
    documents.push(changed(&room(), &json!({ "metadata": { "name": null, "generateName": "n".repeat(44) } })));
    for place in ["/status", "/apiVersion", "/kind", "/nothing", "/status/nothing", "/status/observedGeneration"] {
        for value in values() {
            let mut document = room();
            put(&mut document, place, value);
            documents.push(document);
        }
    }
    all_agree(&client, &rooms, documents, None).await;

    let shared = json!({
        "kind": "ClusterProviderConfig", "metadata": { "namespace": "events" }, "spec": { "allowedNamespaces": ["events"] },
    });
    create(&client, &format!("{GROUP_PATH}/clusterproviderconfigs"), &changed(&account(), &shared), DRY_RUN).await;
}
