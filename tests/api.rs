//! The CRDs on a real API server: they install, show their defaults, take what is right and refuse what is wrong, with
//! words that name the field.
//!
//! Each row is one object. No operator runs here.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall say where")]

mod support;

use std::time::Duration;

use http::{Method, StatusCode};
use kube::Client;
use kube::client::Body;
use roomkeeper::api::condition::{DRIFTED, READY, STALLED};
use roomkeeper::api::status::{AppliedSecret, Drift, LastFailure, LastOperation, Observed};
use roomkeeper::api::{Condition, ConditionStatus, ProviderConfig, ProviderConfigStatus, Room, RoomStatus, schema};
use roomkeeper::generate;
use serde_json::{Value, json};
use support::ControlPlane;
use tokio::sync::OnceCell;

const GROUP_PATH: &str = "/apis/roomkeeper.dev/v1alpha1";
const CRD_PATH: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const SERVED: Duration = Duration::from_secs(30);

/// What the API server said.
struct Answer {
    status: StatusCode,
    /// The texts of its warning headers, which kubectl prints and kube hides.
    warnings: Vec<String>,
    body: Value,
}

impl Answer {
    /// Says whether the object was refused for this field with these words.
    fn refuses(&self, field: &str, words: &str) -> bool {
        let causes = self.body["details"]["causes"].as_array();
        self.status == StatusCode::UNPROCESSABLE_ENTITY
            && causes.into_iter().flatten().any(|cause| {
                cause["field"] == field && cause["message"].as_str().is_some_and(|message| message.contains(words))
            })
    }
}

async fn send(client: &Client, method: Method, path: &str, content_type: &str, body: &Value) -> Answer {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", content_type)
        .body(Body::from(serde_json::to_vec(body).unwrap()))
        .unwrap();
    let response = client.send(request).await.unwrap();
    let warnings = response.headers().get_all("warning").iter().map(|text| text.to_str().unwrap().to_owned()).collect();
    let status = response.status();
    let body = serde_json::from_slice(&response.into_body().collect_bytes().await.unwrap()).unwrap_or_default();
    Answer { status, warnings, body }
}

async fn apply(client: &Client, path: &str, body: &Value) -> Answer {
    let path = format!("{path}?fieldManager=roomkeeper-tests&force=true&fieldValidation=Strict");
    send(client, Method::PATCH, &path, "application/apply-patch+yaml", body).await
}

/// Installs the CRDs once for all tests of this file and returns a client and the warnings of the installation.
async fn installed() -> (Client, &'static [String]) {
    static WARNINGS: OnceCell<Vec<String>> = OnceCell::const_new();
    let client = ControlPlane::shared().client().await;
    let warnings = WARNINGS.get_or_init(|| install(&client)).await;
    (client, warnings)
}

async fn install(client: &Client) -> Vec<String> {
    let mut warnings = Vec::new();
    for crd in schema::crds() {
        let name = crd.metadata.name.clone().unwrap();
        let answer = apply(client, &format!("{CRD_PATH}/{name}"), &json!(crd)).await;
        assert!(answer.status.is_success(), "{name}: {}", answer.body);
        warnings.extend(answer.warnings);
        let list = format!("{GROUP_PATH}/{}", crd.spec.names.plural);
        support::wait_until(SERVED, &format!("{list} is served"), async || {
            send(client, Method::GET, &list, "application/json", &Value::Null).await.status.is_success()
        })
        .await;
    }
    warnings
}

/// A new namespace, and where its rooms and its ProviderConfigs are.
async fn namespace(client: &Client) -> (String, String) {
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "generateName": "api-" } });
    let answer = send(client, Method::POST, "/api/v1/namespaces", "application/json", &namespace).await;
    let name = answer.body["metadata"]["name"].as_str().unwrap();
    (format!("{GROUP_PATH}/namespaces/{name}/rooms"), format!("{GROUP_PATH}/namespaces/{name}/providerconfigs"))
}

async fn create(client: &Client, path: &str, object: &Value, dry_run: &str) -> Answer {
    let path = format!("{path}?fieldValidation=Strict{dry_run}");
    send(client, Method::POST, &path, "application/json", object).await
}

const DRY_RUN: &str = "&dryRun=All";

/// An object that is right, changed by a merge patch.
fn changed(base: &Value, patch: &Value) -> Value {
    let mut object = base.clone();
    json_patch::merge(&mut object, patch);
    object
}

fn room() -> Value {
    json!({
        "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "Room", "metadata": { "name": "weekly-sync" },
        "spec": { "providerConfigRef": { "name": "tencent" }, "tencentRoom": { "owner": "alice", "name": "Weekly sync" } },
    })
}

fn account() -> Value {
    json!({
        "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "ProviderConfig", "metadata": { "name": "tencent" },
        "spec": { "tencent": {
            "sdkAppId": 1_400_000_000, "region": "Singapore", "identifier": "administrator",
            "secretKeyRef": { "name": "tencent", "key": "secretKey" },
        } },
    })
}

/// A room with one field of `tencentRoom` changed.
fn tencent(field: &str, value: Value) -> Value {
    json!({ "spec": { "tencentRoom": { field: value } } })
}

/// A live room with one field.
fn live(field: &str, value: Value) -> Value {
    json!({ "spec": { "tencentRoom": null, "tencentLive": { field: value } } })
}

/// A CloudRTC room with a part of the spec changed.
fn rtc(spec: Value) -> Value {
    let right = json!({ "spec": {
        "tencentRoom": null, "huaweiRtc": { "appId": "5ff9701f2346968bb306cb43" }, "dismissal": { "whenOccupied": "Wait" },
    } });
    // Not a merge: a null in the patch must stay one.
    let mut patch = right;
    for (field, value) in spec.as_object().unwrap() {
        patch["spec"][field] = value.clone();
    }
    patch
}

/// An account with one field of `tencent` changed.
fn app(field: &str, value: Value) -> Value {
    json!({ "spec": { "tencent": { field: value } } })
}

/// An account that is called at an address of its own.
fn at(endpoint: &str) -> Value {
    json!({ "spec": { "tencent": { "region": null, "endpoint": endpoint } } })
}

fn huawei_rtc(account: Value) -> Value {
    json!({ "spec": { "tencent": null, "huaweiRtc": account } })
}

fn huawei_meeting(account: Value) -> Value {
    json!({ "spec": { "tencent": null, "huaweiMeeting": account } })
}

#[tokio::test]
async fn crds_install_without_a_warning() {
    let (client, warnings) = installed().await;
    assert_eq!(warnings, Vec::<String>::new());
    for crd in schema::crds() {
        let path = format!("{CRD_PATH}/{}", crd.metadata.name.unwrap());
        let answer = send(&client, Method::GET, &path, "application/json", &Value::Null).await;
        let conditions = answer.body["status"]["conditions"].as_array().unwrap().clone();
        let mut types: Vec<_> = conditions.iter().filter(|condition| condition["status"] == "True").collect();
        types.retain(|condition| !["Established", "NamesAccepted"].map(Value::from).contains(&condition["type"]));
        assert!(types.is_empty(), "{path}: {types:?}");
    }
}

#[tokio::test]
async fn new_objects_do_not_look_healthy() {
    let (client, _) = installed().await;
    let (rooms, accounts) = namespace(&client).await;
    let created = create(&client, &rooms, &room(), "").await;
    assert_eq!(created.warnings, Vec::<String>::new());
    let room: Room = serde_json::from_value(created.body.clone()).unwrap();
    assert_eq!(room.status, Some(RoomStatus::default()), "{}", created.body);
    assert_eq!(created.body["status"]["observedGeneration"], -1);
    assert_eq!(created.body["status"]["conditions"][0]["status"], "Unknown");

    let created = create(&client, &accounts, &account(), "").await;
    let account: ProviderConfig = serde_json::from_value(created.body.clone()).unwrap();
    assert_eq!(account.status, Some(ProviderConfigStatus::default()), "{}", created.body);
    assert_eq!(created.body["status"]["inUse"], false);
}

#[tokio::test]
async fn right_rooms_are_taken_and_read() {
    let rows = [
        ("the example", json!({})),
        ("a name of 100 bytes in Chinese", tencent("name", json!("会".repeat(33) + "x"))),
        ("an id of 48 bytes with a space", tencent("roomId", json!(format!("a {}", "b".repeat(46))))),
        (
            "a long name with an id",
            json!({ "metadata": { "name": "n".repeat(60) }, "spec": { "tencentRoom": { "roomId": "r" } } }),
        ),
        ("no password", tencent("password", json!({ "none": {} }))),
        ("a password", tencent("password", json!({ "secretKeyRef": { "name": "s", "key": "k" } }))),
        ("an explicit null is an absent field", tencent("password", json!(null))),
        (
            "a schedule of five minutes",
            tencent("schedule", json!({ "start": "2030-01-31T09:00:00Z", "end": "2030-01-31T09:05:00Z" })),
        ),
        (
            "seats and invitees",
            json!({ "spec": { "tencentRoom": { "seats": { "enabled": true, "max": 8 }, "invitees": ["bob"] } } }),
        ),
        ("the shortest interval", json!({ "spec": { "driftCheckInterval": "30s" } })),
        ("a mixed interval", json!({ "spec": { "driftCheckInterval": "1h30m" } })),
        ("observe only", json!({ "spec": { "managementPolicies": [] } })),
        (
            "every verb",
            json!({ "spec": { "managementPolicies": ["Create", "Adopt", "Update", "ChangeOwner", "Dismiss"] } }),
        ),
        (
            "drift of one field",
            json!({ "spec": { "driftCorrection": { "default": "WhenIdle", "fields": { "password": "OnEdit" } } } }),
        ),
        (
            "a shared account",
            json!({ "spec": { "providerConfigRef": { "kind": "ClusterProviderConfig", "name": "c" } } }),
        ),
        ("a live room", live("metadata", json!({ "k".repeat(50): "v".repeat(2048) }))),
        ("a CloudRTC room", rtc(json!({}))),
        ("a CloudRTC room with its verb", rtc(json!({ "managementPolicies": ["Dismiss"] }))),
    ];
    let (client, _) = installed().await;
    let (rooms, _) = namespace(&client).await;
    for (what, patch) in rows {
        let answer = create(&client, &rooms, &changed(&room(), &patch), DRY_RUN).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{what}: {}", answer.body["message"]);
        let room: Room = serde_json::from_value(answer.body).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(room.spec.engine().is_ok() && room.room_id().is_ok() && room.spec.policies().is_ok(), "{what}");
    }
}

#[tokio::test]
async fn wrong_rooms_are_refused_by_the_field() {
    const ENGINE: &str = "set exactly one of tencentRoom, tencentLive and huaweiRtc";
    const ID: &str = "spec.tencentRoom.roomId";
    let rows = [
        ("two engines", json!({ "spec": { "tencentLive": {} } }), "spec", ENGINE),
        ("no engine", json!({ "spec": { "tencentRoom": null } }), "spec", ENGINE),
        (
            "a name of 101 bytes in Chinese",
            tencent("name", json!("会".repeat(33) + "xx")),
            "spec.tencentRoom.name",
            "100 bytes",
        ),
        ("a name of 101 letters", tencent("name", json!("x".repeat(101))), "spec.tencentRoom.name", "100"),
        ("an empty name", tencent("name", json!("")), "spec.tencentRoom.name", "at least 1"),
        ("an id in Chinese", tencent("roomId", json!("会议")), ID, "printable ASCII"),
        ("an id with a line end", tencent("roomId", json!("a\nb")), ID, "printable ASCII"),
        ("an id of 49 bytes", tencent("roomId", json!("x".repeat(49))), ID, "48"),
        ("a long object name without an id", json!({ "metadata": { "name": "n".repeat(49) } }), ID, "set roomId"),
        ("an owner in Chinese", tencent("owner", json!("爱丽丝")), "spec.tencentRoom.owner", "printable ASCII"),
        ("an owner of 33 bytes", tencent("owner", json!("x".repeat(33))), "spec.tencentRoom.owner", "32"),
        (
            "501 bytes of own text",
            tencent("customInfo", json!("é".repeat(250) + "x")),
            "spec.tencentRoom.customInfo",
            "500 bytes",
        ),
        (
            "a password from both",
            tencent("password", json!({ "secretKeyRef": { "name": "s", "key": "k" }, "none": {} })),
            "spec.tencentRoom.password",
            "exactly one of secretKeyRef and none",
        ),
        (
            "a password from nowhere",
            tencent("password", json!({})),
            "spec.tencentRoom.password",
            "exactly one of secretKeyRef and none",
        ),
        (
            "nobody may enter",
            tencent("maxMembers", json!(0)),
            "spec.tencentRoom.maxMembers",
            "greater than or equal to 1",
        ),
        (
            "more people than a number holds",
            tencent("maxMembers", json!(5_000_000_000_u64)),
            "spec.tencentRoom.maxMembers",
            "less than or equal to 4294967295",
        ),
        ("no seats", tencent("seats", json!({ "max": 0 })), "spec.tencentRoom.seats.max", "greater than or equal to 1"),
        (
            "four minutes",
            tencent("schedule", json!({ "start": "2030-01-31T09:00:00Z", "end": "2030-01-31T09:04:59Z" })),
            "spec.tencentRoom.schedule.end",
            "300 seconds",
        ),
        (
            "an invitee in Chinese",
            tencent("invitees", json!(["bob", "爱丽丝"])),
            "spec.tencentRoom.invitees",
            "printable ASCII",
        ),
        (
            "a seat mode of our own",
            tencent("takeSeatMode", json!("Free")),
            "spec.tencentRoom.takeSeatMode",
            "FreeToTake",
        ),
        (
            "an interval of 29 seconds",
            json!({ "spec": { "driftCheckInterval": "29s" } }),
            "spec.driftCheckInterval",
            "at least 30s",
        ),
        (
            "an interval in days",
            json!({ "spec": { "driftCheckInterval": "1d" } }),
            "spec.driftCheckInterval",
            "should match",
        ),
        (
            "an unknown verb",
            json!({ "spec": { "managementPolicies": ["Delete"] } }),
            "spec.managementPolicies[0]",
            "Dismiss",
        ),
        (
            "a verb twice",
            json!({ "spec": { "managementPolicies": ["Create", "Create"] } }),
            "spec.managementPolicies[1]",
            "Duplicate",
        ),
        (
            "drift of a field of another engine",
            json!({ "spec": { "driftCorrection": { "fields": { "notice": "OnEdit" } } } }),
            "spec.driftCorrection.fields",
            "tencentRoom cannot correct",
        ),
        (
            "drift of a create-only field",
            json!({ "spec": { "driftCorrection": { "fields": { "seats": "OnEdit" } } } }),
            "spec.driftCorrection.fields",
            "cannot correct",
        ),
        (
            "an account without a name",
            json!({ "spec": { "providerConfigRef": { "name": "" } } }),
            "spec.providerConfigRef.name",
            "at least 1",
        ),
        (
            "an account of another kind",
            json!({ "spec": { "providerConfigRef": { "kind": "Secret" } } }),
            "spec.providerConfigRef.kind",
            "ClusterProviderConfig",
        ),
        ("a notice of 101 bytes", live("notice", json!("é".repeat(50) + "x")), "spec.tencentLive.notice", "100 bytes"),
        (
            "a cover of 201 bytes",
            live("coverUrl", json!("é".repeat(100) + "x")),
            "spec.tencentLive.coverUrl",
            "200 bytes",
        ),
        ("four categories", live("category", json!([1, 2, 3, 4])), "spec.tencentLive.category", "3 items"),
        (
            "a key of 51 bytes",
            live("metadata", json!({ "k".repeat(51): "v" })),
            "spec.tencentLive.metadata",
            "50 bytes",
        ),
        (
            "a value of 2049 bytes",
            live("metadata", json!({ "k": "é".repeat(1024) + "x" })),
            "spec.tencentLive.metadata",
            "2048 bytes",
        ),
        (
            "17 KB of values",
            live("metadata", (0..9).map(|key| (key.to_string(), json!("v".repeat(1900)))).collect()),
            "spec.tencentLive.metadata",
            "16384 bytes",
        ),
        (
            "a CloudRTC id with a dot",
            rtc(json!({ "huaweiRtc": { "appId": "app", "roomId": ".." } })),
            "spec.huaweiRtc.roomId",
            "should match",
        ),
        (
            "a CloudRTC object name with a dot",
            changed(&rtc(json!({})), &json!({ "metadata": { "name": "a.b" } })),
            "spec.huaweiRtc.roomId",
            "set roomId",
        ),
        (
            "CloudRTC cannot update",
            rtc(json!({ "managementPolicies": ["Dismiss", "Update"] })),
            "spec.managementPolicies",
            "huaweiRtc can do no more than Dismiss",
        ),
        (
            "CloudRTC without a choice",
            rtc(json!({ "dismissal": { "timeout": "1h" } })),
            "spec.dismissal.whenOccupied",
            "choose Wait",
        ),
        (
            "CloudRTC without a dismissal",
            rtc(json!({ "dismissal": null })),
            "spec.dismissal.whenOccupied",
            "choose Wait",
        ),
        (
            "CloudRTC has no drift",
            rtc(json!({ "driftCorrection": { "default": "OnEdit" } })),
            "spec.driftCorrection",
            "remove it",
        ),
    ];
    let (client, _) = installed().await;
    let (rooms, _) = namespace(&client).await;
    for (what, patch, field, words) in rows {
        let answer = create(&client, &rooms, &changed(&room(), &patch), DRY_RUN).await;
        assert!(answer.refuses(field, words), "{what}: not refused for {field} with `{words}`: {}", answer.body);
    }
}

#[tokio::test]
async fn right_accounts_are_taken_and_read() {
    let keys = json!({ "idRef": { "name": "h", "key": "ak" }, "secretRef": { "name": "h", "key": "sk" } });
    let key = json!({ "name": "h", "key": "appKey" });
    let rows = [
        ("the example", json!({})),
        ("an address", at("https://rooms.example.com:8443")),
        ("an address with a slash", at("https://rooms.example.com/")),
        ("the own machine", at("http://127.0.0.1:8080")),
        ("the own machine in IPv6", at("http://[::1]:8080")),
        (
            "all knobs",
            json!({ "spec": {
            "rateLimit": { "percent": 100 }, "dismissals": { "maxPerMinute": 1 }, "caBundleRef": { "name": "ca", "key": "ca.crt" },
        } }),
        ),
        ("Huawei Meeting", huawei_meeting(json!({ "region": "cn-north-4", "appId": "a", "appKeyRef": key }))),
        ("CloudRTC with a key", huawei_rtc(json!({ "region": "cn-north-4", "projectId": "p", "accessKey": keys }))),
    ];
    let (client, _) = installed().await;
    let (_, accounts) = namespace(&client).await;
    for (what, patch) in rows {
        let answer = create(&client, &accounts, &changed(&account(), &patch), DRY_RUN).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{what}: {}", answer.body["message"]);
        let account: ProviderConfig =
            serde_json::from_value(answer.body).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(account.spec.vendor().is_ok(), "{what}");
    }
}

#[tokio::test]
async fn wrong_accounts_are_refused_by_the_field() {
    const VENDOR: &str = "set exactly one of tencent, huaweiMeeting and huaweiRtc";
    const PLACE: &str = "set exactly one of region";
    const ENDPOINT: &str = "spec.tencent.endpoint";
    let key = json!({ "name": "h", "key": "appKey" });
    let meeting = json!({ "region": "cn-north-4", "appId": "a", "appKeyRef": key });
    let login = json!({ "domain": "d", "user": "u", "passwordRef": key });
    let rows = [
        ("two vendors", json!({ "spec": { "huaweiMeeting": meeting } }), "spec", VENDOR),
        ("no vendor", json!({ "spec": { "tencent": null } }), "spec", VENDOR),
        ("a region and an address", app("endpoint", json!("https://rooms.example.com")), "spec.tencent.region", PLACE),
        ("neither", app("region", json!(null)), "spec.tencent.region", PLACE),
        ("an unknown region", app("region", json!("Paris")), "spec.tencent.region", "SiliconValley"),
        ("an app 0", app("sdkAppId", json!(0)), "spec.tencent.sdkAppId", "greater than or equal to 1"),
        (
            "an app that no number holds",
            app("sdkAppId", json!(5_000_000_000_u64)),
            "spec.tencent.sdkAppId",
            "4294967295",
        ),
        (
            "an administrator in Chinese",
            app("identifier", json!("管理员")),
            "spec.tencent.identifier",
            "printable ASCII",
        ),
        (
            "a Secret with a bad name",
            app("secretKeyRef", json!({ "name": "A_b" })),
            "spec.tencent.secretKeyRef.name",
            "should match",
        ),
        ("no address at all", at("rooms"), ENDPOINT, "https://host"),
        ("plain http elsewhere", at("http://rooms.example.com"), ENDPOINT, "plain http is only for"),
        ("another scheme", at("ftp://rooms.example.com"), ENDPOINT, "https://host"),
        ("an address with a user", at("https://user@rooms.example.com"), ENDPOINT, "without user"),
        ("an address with a path", at("https://rooms.example.com/v4"), ENDPOINT, "without user, path and query"),
        ("an address with a query", at("https://rooms.example.com?a=b"), ENDPOINT, "without user, path and query"),
        (
            "0 percent",
            json!({ "spec": { "rateLimit": { "percent": 0 } } }),
            "spec.rateLimit.percent",
            "greater than or equal to 1",
        ),
        (
            "101 percent",
            json!({ "spec": { "rateLimit": { "percent": 101 } } }),
            "spec.rateLimit.percent",
            "less than or equal to 100",
        ),
        (
            "a language for Tencent",
            json!({ "spec": { "language": "zh-CN" } }),
            "spec.language",
            "only Huawei Cloud Meeting",
        ),
        (
            "CloudRTC without a log-in",
            huawei_rtc(json!({ "region": "cn-north-4", "projectId": "p" })),
            "spec.huaweiRtc.accessKey",
            "exactly one of accessKey and password",
        ),
        (
            "CloudRTC with two log-ins",
            huawei_rtc(json!({
                "region": "cn-north-4", "projectId": "p", "password": login, "accessKey": { "idRef": key, "secretRef": key },
            })),
            "spec.huaweiRtc.accessKey",
            "exactly one of accessKey and password",
        ),
    ];
    let (client, _) = installed().await;
    let (_, accounts) = namespace(&client).await;
    for (what, patch, field, words) in rows {
        let answer = create(&client, &accounts, &changed(&account(), &patch), DRY_RUN).await;
        assert!(answer.refuses(field, words), "{what}: not refused for {field} with `{words}`: {}", answer.body);
    }
}

#[tokio::test]
async fn a_shared_account_has_the_rules_of_an_account_and_lists_namespaces() {
    let base =
        changed(&account(), &json!({ "kind": "ClusterProviderConfig", "spec": { "allowedNamespaces": ["events"] } }));
    let (client, _) = installed().await;
    let path = format!("{GROUP_PATH}/clusterproviderconfigs");
    for (what, patch) in [("the example", json!({})), ("all", json!({ "spec": { "allowedNamespaces": ["*"] } }))] {
        let answer = create(&client, &path, &changed(&base, &patch), DRY_RUN).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{what}: {}", answer.body["message"]);
    }
    for (what, patch, field, words) in [
        ("nobody is named", json!({ "spec": { "allowedNamespaces": null } }), "spec.allowedNamespaces", "Required"),
        (
            "a pattern",
            json!({ "spec": { "allowedNamespaces": ["team-*"] } }),
            "spec.allowedNamespaces[0]",
            "should match",
        ),
        ("no vendor", json!({ "spec": { "tencent": null } }), "spec", "set exactly one of tencent"),
        ("an app 0", app("sdkAppId", json!(0)), "spec.tencent.sdkAppId", "greater than or equal to 1"),
        ("a region and an address", app("endpoint", json!("https://a.example")), "spec.tencent.region", "exactly one"),
    ] {
        let answer = create(&client, &path, &changed(&base, &patch), DRY_RUN).await;
        assert!(answer.refuses(field, words), "{what}: not refused for {field} with `{words}`: {}", answer.body);
    }
}

#[tokio::test]
async fn examples_are_taken_without_a_warning() {
    let (client, _) = installed().await;
    let (rooms, accounts) = namespace(&client).await;
    let shared = format!("{GROUP_PATH}/clusterproviderconfigs");
    let mut taken = 0;
    for (name, text) in generate::files().unwrap() {
        let object: Value = serde_saphyr::from_str(&text).unwrap();
        let path = match object["kind"].as_str().unwrap() {
            "Room" => &rooms,
            "ProviderConfig" => &accounts,
            "ClusterProviderConfig" => &shared,
            _ => continue,
        };
        // The namespace of the path is the one that counts here.
        let object = changed(&object, &json!({ "metadata": { "namespace": null } }));
        let answer = create(&client, path, &object, DRY_RUN).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{name}: {}", answer.body["message"]);
        assert_eq!(answer.warnings, Vec::<String>::new(), "{name}");
        taken += 1;
    }
    assert!(taken >= 4, "only {taken} examples were tried");
}

/// What becomes of an edit.
enum Edit {
    Taken,
    Refused(&'static str, &'static str),
}

/// Creates each row's object, changed by its first patch, and tries its second patch on it.
async fn edit(client: &Client, path: &str, base: &Value, rows: Vec<(&str, Value, Value, Edit)>) {
    for (number, (what, before, after, wanted)) in rows.into_iter().enumerate() {
        let named = json!({ "metadata": { "name": format!("row-{number}") } });
        let created = create(client, path, &changed(&changed(base, &named), &before), "").await;
        assert_eq!(created.status, StatusCode::CREATED, "{what}: {}", created.body);
        let path = format!("{path}/row-{number}?fieldValidation=Strict{DRY_RUN}");
        let edited = send(client, Method::PATCH, &path, "application/merge-patch+json", &after).await;
        match wanted {
            Edit::Taken => assert_eq!(edited.status, StatusCode::OK, "{what}: {}", edited.body),
            Edit::Refused(field, words) => {
                assert!(
                    edited.refuses(field, words),
                    "{what}: not refused for {field} with `{words}`: {}",
                    edited.body
                );
            }
        }
    }
}

#[tokio::test]
async fn the_identity_of_a_room_cannot_change() {
    const ID: Edit = Edit::Refused("spec.tencentRoom.roomId", "create another Room");
    const ENGINE: Edit = Edit::Refused("spec", "the engine of a Room");
    let (client, _) = installed().await;
    let (rooms, _) = namespace(&client).await;
    let rows = vec![
        ("another id", tencent("roomId", json!("a")), tencent("roomId", json!("b")), ID),
        ("an id appears", json!({}), tencent("roomId", json!("a")), ID),
        ("an id goes", tencent("roomId", json!("a")), tencent("roomId", json!(null)), ID),
        ("the id that is in effect is written down", json!({}), tencent("roomId", json!("row-3")), Edit::Taken),
        (
            "the id that is in effect is left out",
            tencent("roomId", json!("row-4")),
            tencent("roomId", json!(null)),
            Edit::Taken,
        ),
        ("another engine", json!({}), live("name", json!("Show")), ENGINE),
        (
            "a live id changes",
            live("roomId", json!("a")),
            json!({ "spec": { "tencentLive": { "roomId": "b" } } }),
            Edit::Refused("spec.tencentLive.roomId", "create another Room"),
        ),
        (
            "another CloudRTC app",
            rtc(json!({})),
            json!({ "spec": { "huaweiRtc": { "appId": "other" } } }),
            Edit::Refused("spec.huaweiRtc.appId", "create another Room"),
        ),
        (
            "another CloudRTC room",
            rtc(json!({})),
            json!({ "spec": { "huaweiRtc": { "roomId": "other" } } }),
            Edit::Refused("spec.huaweiRtc.roomId", "create another Room"),
        ),
        (
            "another name and owner",
            json!({}),
            json!({ "spec": { "tencentRoom": { "name": "Other", "owner": null } } }),
            Edit::Taken,
        ),
        (
            "another ProviderConfig",
            json!({}),
            json!({ "spec": { "providerConfigRef": { "name": "other" } } }),
            Edit::Taken,
        ),
        (
            "create-only fields are the controller's to judge",
            json!({}),
            tencent("invitees", json!(["bob"])),
            Edit::Taken,
        ),
    ];
    edit(&client, &rooms, &room(), rows).await;
}

#[tokio::test]
async fn the_identity_of_an_account_cannot_change() {
    let (client, _) = installed().await;
    let (_, accounts) = namespace(&client).await;
    let key = json!({ "name": "h", "key": "appKey" });
    let meeting = huawei_meeting(json!({ "region": "cn-north-4", "appId": "a", "corpId": "c", "appKeyRef": key }));
    let login = json!({ "domain": "d", "user": "u", "passwordRef": key });
    let rtc = huawei_rtc(json!({ "region": "cn-north-4", "projectId": "p", "password": login }));
    let corp = Edit::Refused("spec.huaweiMeeting.corpId", "cannot change");
    let rows = vec![
        (
            "another app",
            json!({}),
            app("sdkAppId", json!(1_400_000_001)),
            Edit::Refused("spec.tencent.sdkAppId", "cannot change"),
        ),
        (
            "another region",
            json!({}),
            app("region", json!("China")),
            Edit::Refused("spec.tencent.region", "cannot change"),
        ),
        (
            "an address for a region",
            json!({}),
            at("https://a.example"),
            Edit::Refused("spec.tencent.region", "cannot change"),
        ),
        (
            "a region for an address",
            at("https://a.example"),
            json!({ "spec": { "tencent": { "region": "China", "endpoint": null } } }),
            Edit::Refused("spec.tencent.region", "cannot change"),
        ),
        ("another vendor", json!({}), meeting.clone(), Edit::Refused("spec", "the vendor")),
        ("another corporation", meeting.clone(), json!({ "spec": { "huaweiMeeting": { "corpId": "d" } } }), corp),
        (
            "no corporation",
            meeting.clone(),
            json!({ "spec": { "huaweiMeeting": { "corpId": null } } }),
            Edit::Refused("spec.huaweiMeeting.corpId", "cannot change"),
        ),
        (
            "another Meeting app",
            meeting,
            json!({ "spec": { "huaweiMeeting": { "appId": "b" } } }),
            Edit::Refused("spec.huaweiMeeting.appId", "cannot change"),
        ),
        (
            "another project",
            rtc,
            json!({ "spec": { "huaweiRtc": { "projectId": "q" } } }),
            Edit::Refused("spec.huaweiRtc.projectId", "cannot change"),
        ),
        ("another address", at("https://a.example"), at("https://b.example"), Edit::Taken),
        (
            "another administrator and Secret",
            json!({}),
            json!({ "spec": { "tencent": { "identifier": "other", "secretKeyRef": { "key": "new" } } } }),
            Edit::Taken,
        ),
    ];
    edit(&client, &accounts, &account(), rows).await;
}

#[tokio::test]
async fn a_misspelled_field_is_named() {
    let (client, _) = installed().await;
    let (rooms, _) = namespace(&client).await;
    let misspelled = changed(&room(), &tencent("maxMember", json!(300)));
    let strict = create(&client, &rooms, &misspelled, DRY_RUN).await;
    assert_eq!(strict.status, StatusCode::BAD_REQUEST);
    let message = strict.body["message"].as_str().unwrap();
    assert!(message.contains("unknown field \"spec.tencentRoom.maxMember\""), "{message}");
    let path = format!("{rooms}?fieldValidation=Warn{DRY_RUN}");
    let warned = send(&client, Method::POST, &path, "application/json", &misspelled).await;
    assert_eq!(warned.status, StatusCode::CREATED);
    assert!(warned.warnings.iter().any(|warning| warning.contains("maxMember")), "{:?}", warned.warnings);
}

/// A status with every field set.
fn full_status() -> RoomStatus {
    let time = "2030-01-31T09:00:00Z".parse::<k8s_openapi::jiff::Timestamp>().map(Into::into);
    let now: k8s_openapi::apimachinery::pkg::apis::meta::v1::Time = time.unwrap();
    let condition = |type_: &str, reason: &str| Condition {
        type_: type_.into(),
        status: ConditionStatus::False,
        observed_generation: Some(1),
        last_transition_time: now.clone(),
        reason: reason.into(),
        message: "set spec.tencentRoom.owner to an account that exists".into(),
    };
    RoomStatus {
        observed_generation: 1,
        conditions: vec![
            condition(READY, "OwnerNotFound"),
            condition(STALLED, "OwnerNotFound"),
            condition(DRIFTED, "InSync"),
        ],
        settled_generation: Some(3),
        external_id: Some("tencent/1400000000/weekly-sync".into()),
        observed: Some(Observed {
            owner: Some("alice".into()),
            max_members: Some(300),
            password_enabled: Some(true),
            category: Some(vec![1, 1]),
            create_time: Some(now.clone()),
            ..Observed::default()
        }),
        drift: vec![Drift { field: "name".into(), desired: "a".into(), observed: "b".into(), since: now.clone() }],
        unverified: vec!["password".into()],
        applied_secrets: vec![AppliedSecret {
            field: "password".into(),
            uid: "u".into(),
            resource_version: "7".into(),
        }],
        last_operation: Some(LastOperation {
            verb: "Update".into(),
            code: "0".into(),
            request_id: Some("r".into()),
            time: now.clone(),
        }),
        last_failure: Some(LastFailure {
            operation: "Update".into(),
            code: Some("100001".into()),
            message: "会".repeat(85),
            request_id: None,
            time: now,
        }),
        last_handled_reconcile_at: Some("token".into()),
        last_handled_dismiss_at: Some("token".into()),
    }
}

#[tokio::test]
async fn a_status_is_kept_and_its_defaults_come_back() {
    let (client, _) = installed().await;
    let (rooms, _) = namespace(&client).await;
    create(&client, &rooms, &room(), "").await;
    let path = format!("{rooms}/weekly-sync/status");
    let status = |status: Value| json!({ "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "Room", "metadata": { "name": "weekly-sync" }, "status": status });
    let applied = apply(&client, &path, &status(json!(full_status()))).await;
    assert_eq!((applied.status, applied.warnings.len()), (StatusCode::OK, 0), "{}", applied.body);
    let read: Room = serde_json::from_value(applied.body).unwrap();
    assert_eq!(read.status, Some(full_status()));

    let mut free_text = full_status();
    free_text.conditions[0].reason = "Owner not found".into();
    let refused = apply(&client, &path, &status(json!(free_text))).await;
    assert!(refused.refuses("status.conditions[0].reason", "should match"), "{}", refused.body);

    let partial = apply(&client, &path, &status(json!({ "externalId": "tencent/1400000000/weekly-sync" }))).await;
    let read: Room = serde_json::from_value(partial.body).unwrap();
    let status = read.status.unwrap();
    assert_eq!((status.observed_generation, status.conditions), (-1, RoomStatus::default().conditions));
}

#[tokio::test]
async fn kubectl_shows_the_columns_and_selects_by_provider() {
    let (client, _) = installed().await;
    let (rooms, accounts) = namespace(&client).await;
    create(&client, &rooms, &room(), "").await;
    for (path, wanted) in [
        (&rooms, "Name Ready Reason Drifted External-ID Age Provider+ Owner+ Message+"),
        (&accounts, "Name Ready Reason In-Use Age Message+"),
    ] {
        let request =
            http::Request::get(path.as_str()).header("accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        let table: Value = client.request(request.body(Vec::new()).unwrap()).await.unwrap();
        let columns = table["columnDefinitions"].as_array().unwrap();
        let shown = columns.iter().map(|column| {
            let wide = if column["priority"] == 0 { "" } else { "+" };
            format!("{}{wide}", column["name"].as_str().unwrap())
        });
        assert_eq!(shown.collect::<Vec<_>>().join(" "), wanted);
    }
    for (name, count) in [("tencent", 1), ("other", 0)] {
        let path = format!("{rooms}?fieldSelector=spec.providerConfigRef.name%3D{name}");
        let listed = send(&client, Method::GET, &path, "application/json", &Value::Null).await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), count, "{name}");
    }
}
