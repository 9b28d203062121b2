//! The API server as the rows see it: the CRDs are there, objects are tried, answers are read.
//!
//! Whatever it is asked about an object, the operator's own check of manifests is asked too, and must agree. It knows
//! no rule.

use std::time::Duration;

use http::{Method, StatusCode};
use kube::Client;
use kube::client::Body;
use roomkeeper::api::schema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::support::{self, ControlPlane};
use crate::verdict::agrees;

pub(crate) const GROUP_PATH: &str = "/apis/roomkeeper.dev/v1alpha1";
pub(crate) const CRD_PATH: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
pub(crate) const SERVED: Duration = Duration::from_secs(30);

/// What the API server said.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The texts of its warning headers, which kubectl prints and kube hides.
    pub(crate) warnings: Vec<String>,
    pub(crate) body: Value,
}

impl Answer {
    /// Says whether the object was refused for this field with these words.
    pub(crate) fn refuses(&self, field: &str, words: &str) -> bool {
        let causes = self.body["details"]["causes"].as_array();
        self.status == StatusCode::UNPROCESSABLE_ENTITY
            && causes.into_iter().flatten().any(|cause| {
                cause["field"] == field && cause["message"].as_str().is_some_and(|message| message.contains(words))
            })
    }
}

pub(crate) async fn send(client: &Client, method: Method, path: &str, content_type: &str, body: &Value) -> Answer {
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

pub(crate) async fn apply(client: &Client, path: &str, body: &Value) -> Answer {
    let path = format!("{path}?fieldManager=roomkeeper-tests&force=true&fieldValidation=Strict");
    send(client, Method::PATCH, &path, "application/apply-patch+yaml", body).await
}

/// Installs the CRDs once for all tests of this file and returns a client and the warnings of the installation.
pub(crate) async fn installed() -> (Client, &'static [String]) {
    static WARNINGS: OnceCell<Vec<String>> = OnceCell::const_new();
    let client = ControlPlane::shared().client().await;
    let definitions: Vec<Value> = schema::crds().into_iter().map(|crd| json!(crd)).collect();
    let warnings = WARNINGS.get_or_init(|| install(&client, &definitions)).await;
    (client, warnings)
}

/// Installs these definitions, waits until they are served and returns the warnings.
pub(crate) async fn install(client: &Client, definitions: &[Value]) -> Vec<String> {
    let mut warnings = Vec::new();
    for crd in definitions {
        let name = crd["metadata"]["name"].as_str().unwrap();
        let answer = apply(client, &format!("{CRD_PATH}/{name}"), crd).await;
        assert!(answer.status.is_success(), "{name}: {}", answer.body);
        warnings.extend(answer.warnings);
        let list = format!("{GROUP_PATH}/{}", crd["spec"]["names"]["plural"].as_str().unwrap());
        support::wait_until(SERVED, &format!("{list} is served"), async || {
            send(client, Method::GET, &list, "application/json", &Value::Null).await.status.is_success()
        })
        .await;
    }
    warnings
}

/// Where the objects of a new namespace are.
pub(crate) struct Places {
    pub(crate) rooms: String,
    pub(crate) meeting_rooms: String,
    pub(crate) accounts: String,
}

/// Makes a namespace.
pub(crate) async fn namespace(client: &Client) -> Places {
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "generateName": "api-" } });
    let answer = send(client, Method::POST, "/api/v1/namespaces", "application/json", &namespace).await;
    let name = answer.body["metadata"]["name"].as_str().unwrap();
    let path = |plural| format!("{GROUP_PATH}/namespaces/{name}/{plural}");
    Places { rooms: path("rooms"), meeting_rooms: path("meetingrooms"), accounts: path("providerconfigs") }
}

pub(crate) async fn create(client: &Client, path: &str, object: &Value, dry_run: &str) -> Answer {
    let path = format!("{path}?fieldValidation=Strict{dry_run}");
    let answer = send(client, Method::POST, &path, "application/json", object).await;
    agrees("a new object", &answer, object, None);
    answer
}

pub(crate) const DRY_RUN: &str = "&dryRun=All";

/// An object that is right, changed by a merge patch.
pub(crate) fn changed(base: &Value, patch: &Value) -> Value {
    let mut object = base.clone();
    json_patch::merge(&mut object, patch);
    object
}

/// Tries each row's object and reads what the server would keep.
pub(crate) async fn take<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    base: &Value,
    rows: Vec<(&str, Value)>,
) -> Vec<T> {
    let mut taken = Vec::new();
    for (what, patch) in rows {
        let answer = create(client, path, &changed(base, &patch), DRY_RUN).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{what}: {}", answer.body["message"]);
        taken.push(serde_json::from_value(answer.body).unwrap_or_else(|error| panic!("{what}: {error}")));
    }
    taken
}

/// Tries each row's object, which is refused for the field with the words.
pub(crate) async fn refuse(client: &Client, path: &str, base: &Value, rows: Vec<(&str, Value, &str, &str)>) {
    for (what, patch, field, words) in rows {
        let answer = create(client, path, &changed(base, &patch), DRY_RUN).await;
        assert!(answer.refuses(field, words), "{what}: not refused for {field} with `{words}`: {}", answer.body);
    }
}

/// What becomes of an edit.
pub(crate) enum Edit {
    Taken,
    Refused(&'static str, &'static str),
}

/// Creates each row's object, changed by its first patch, and tries its second patch on it.
pub(crate) async fn edit(client: &Client, path: &str, base: &Value, rows: Vec<(&str, Value, Value, Edit)>) {
    for (number, (what, before, after, wanted)) in rows.into_iter().enumerate() {
        let named = json!({ "metadata": { "name": format!("row-{number}") } });
        let created = create(client, path, &changed(&changed(base, &named), &before), "").await;
        assert_eq!(created.status, StatusCode::CREATED, "{what}: {}", created.body);
        let path = format!("{path}/row-{number}?fieldValidation=Strict{DRY_RUN}");
        let edited = send(client, Method::PATCH, &path, "application/merge-patch+json", &after).await;
        agrees(what, &edited, &changed(&created.body, &after), Some(&created.body));
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
