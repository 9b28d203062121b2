//! A control plane with the CRDs and the policies, and the words to try what they refuse.
//!
//! It knows no policy.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};
use kube::Client;
use kube::client::Body;
use roomkeeper::generate;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::support::{ControlPlane, Options, Process, wait_for, wait_until};

/// The namespace that the operator is installed in, as the manifests have it.
pub(crate) const HOME: &str = "roomkeeper";
/// For what takes a moment; a policy, or what it looks at, is known to the API server a second later.
pub(crate) const SOON: Duration = Duration::from_secs(60);
/// For the deletion of a namespace, which Kubernetes tries again after up to a minute.
const ENDED: Duration = Duration::from_secs(300);

/// A namespace of a test's own.
pub(crate) struct Stage {
    plane: &'static ControlPlane,
    client: Client,
    pub(crate) namespace: String,
}

/// What the API server said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Answer {
    fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }

    /// Tells whether a policy refused with all of these words.
    pub(crate) fn refuses(&self, words: &[&str]) -> bool {
        self.status == StatusCode::FORBIDDEN && words.iter().all(|words| self.message().contains(words))
    }
}

impl Stage {
    /// Sets the stage on the control plane that the tests share.
    pub(crate) async fn begin(name: &str) -> Self {
        static INSTALLED: OnceCell<()> = OnceCell::const_new();
        let plane = ControlPlane::shared();
        INSTALLED.get_or_init(|| async { install(plane) }).await;
        Stage::on(plane, name).await
    }

    /// Sets the stage on a control plane of the test's own, which it may take the CRDs from.
    pub(crate) async fn alone(name: &str) -> Self {
        let plane = ControlPlane::start(&Options::default()).expect("a control plane starts");
        // It ends with this process.
        let plane = Box::leak(Box::new(plane));
        install(plane);
        Stage::on(plane, name).await
    }

    async fn on(plane: &'static ControlPlane, name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let namespace = format!("{name}-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let stage = Stage { plane, client: plane.client().await, namespace };
        stage.create("/api/v1/namespaces", &json!({ "metadata": { "name": stage.namespace } })).await;
        stage
    }

    /// Where our namespaced objects of this kind are.
    pub(crate) fn ours(&self, plural: &str) -> String {
        format!("/apis/roomkeeper.dev/v1alpha1/namespaces/{}/{plural}", self.namespace)
    }

    /// Where the namespace's objects of one of Kubernetes' own kinds are.
    pub(crate) fn core(&self, plural: &str) -> String {
        format!("/api/v1/namespaces/{}/{plural}", self.namespace)
    }

    /// Where the namespace's rights are.
    pub(crate) fn rbac(&self, plural: &str) -> String {
        format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{}/{plural}", self.namespace)
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        let kind = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
        let request = http::Request::builder().method(method).uri(path).header("content-type", kind);
        let response = self.client.send(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect_bytes().await.unwrap();
        Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    /// Creates an object and returns where it is.
    pub(crate) async fn create(&self, path: &str, object: &Value) -> String {
        let answer = self.send(Method::POST, path, object).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.body);
        format!("{path}/{}", answer.body["metadata"]["name"].as_str().unwrap())
    }

    /// Creates an object with a name only, and whatever more its kind needs.
    pub(crate) async fn named(&self, path: &str, name: &str, more: &Value) -> String {
        let mut object = json!({ "metadata": { "name": name } });
        json_patch::merge(&mut object, more);
        self.create(path, &object).await
    }

    pub(crate) async fn patch(&self, path: &str, patch: &Value) {
        let answer = self.send(Method::PATCH, path, patch).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    }

    /// Writes what the operator says of a config.
    pub(crate) async fn set_in_use(&self, config: &str, in_use: bool) {
        self.patch(&format!("{config}/status"), &json!({ "status": { "inUse": in_use } })).await;
    }

    pub(crate) async fn is_there(&self, path: &str) -> bool {
        let answer = self.send(Method::GET, path, &Value::Null).await;
        assert!(answer.status.is_success() || answer.status == StatusCode::NOT_FOUND, "{path}: {}", answer.body);
        answer.status.is_success()
    }

    pub(crate) async fn delete(&self, path: &str) {
        let answer = self.send(Method::DELETE, path, &Value::Null).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
    }

    async fn try_to_delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, &format!("{path}?dryRun=All"), &Value::Null).await
    }

    async fn try_to_patch(&self, path: &str, patch: &Value) -> Answer {
        self.send(Method::PATCH, &format!("{path}?dryRun=All"), patch).await
    }

    /// Waits until the deletion is refused with these words, and returns all of them.
    pub(crate) async fn until_kept(&self, path: &str, words: &[&str]) -> String {
        let mut last = None;
        let look = async || {
            let answer = last.insert(self.try_to_delete(path).await);
            answer.refuses(words).then(|| answer.message().to_owned())
        };
        wait_for(SOON, &format!("the deletion of {path} to be refused with {words:?}"), look).await
    }

    /// Checks that the deletion is refused with these words, and returns all of them.
    pub(crate) async fn keeps(&self, path: &str, words: &[&str]) -> String {
        let answer = self.try_to_delete(path).await;
        assert!(answer.refuses(words), "{path}: not refused with {words:?}: {answer:?}");
        answer.message().to_owned()
    }

    /// Checks that a change is refused with these words.
    pub(crate) async fn keeps_from(&self, path: &str, patch: &Value, words: &[&str]) {
        let answer = self.try_to_patch(path, patch).await;
        assert!(answer.refuses(words), "{path}: not refused with {words:?}: {answer:?}");
    }

    /// Checks that an object could be deleted.
    pub(crate) async fn lets_go(&self, path: &str) {
        let answer = self.try_to_delete(path).await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
    }

    /// Waits until an object could be deleted.
    pub(crate) async fn until_let_go(&self, path: &str) {
        let passes = async || self.try_to_delete(path).await.status.is_success();
        wait_until(SOON, &format!("{path} to be deletable"), passes).await;
    }

    /// Checks that a change would be taken.
    pub(crate) async fn lets(&self, path: &str, patch: &Value) {
        let answer = self.try_to_patch(path, patch).await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
    }

    /// Runs the command that begins with these words, as a refusal tells it; it ends with a semicolon or the refusal.
    pub(crate) fn follow(&self, refusal: &str, command: &str, more: &[&str]) {
        let from = refusal.find(command).unwrap_or_else(|| panic!("no {command} in: {refusal}"));
        let told = refusal[from..].split(';').next().unwrap();
        let words: Vec<&str> = told.split_whitespace().skip(1).chain(more.iter().copied()).collect();
        kubectl(self.plane, &words);
    }

    /// Returns the conditions of the namespace that are true, in one text.
    pub(crate) async fn waits_for(&self) -> String {
        let namespace = self.send(Method::GET, &format!("/api/v1/namespaces/{}", self.namespace), &Value::Null).await;
        let conditions = namespace.body["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let told = conditions.iter().filter(|condition| condition["status"] == "True");
        told.map(|condition| condition["message"].as_str().unwrap_or_default()).collect::<Vec<_>>().join("\n")
    }

    pub(crate) async fn delete_namespace(&self) {
        self.delete(&format!("/api/v1/namespaces/{}", self.namespace)).await;
    }

    /// Waits until Kubernetes has tried to delete all that is in the namespace, and says that it waits for this.
    pub(crate) async fn until_waits_for(&self, words: &[&str]) {
        let told = async || {
            let told = self.waits_for().await;
            words.iter().all(|words| told.contains(words))
        };
        wait_until(SOON, &format!("{} to wait for {words:?}", self.namespace), told).await;
    }

    pub(crate) async fn until_namespace_is_gone(&self) {
        let path = format!("/api/v1/namespaces/{}", self.namespace);
        let gone = async || !self.is_there(&path).await;
        wait_until(ENDED, &format!("{} to be gone", self.namespace), gone).await;
    }
}

/// Returns an example of this repository without its namespace, changed by a merge patch.
pub(crate) fn example(file: &str, patch: &Value) -> Value {
    let files = generate::files().unwrap();
    let mut object: Value = serde_saphyr::from_str(&files[&format!("examples/{file}.yaml")]).unwrap();
    json_patch::merge(&mut object, &json!({ "metadata": { "namespace": null } }));
    json_patch::merge(&mut object, patch);
    object
}

/// Installs what a user installs, and the namespace of the operator.
pub(crate) fn install(plane: &ControlPlane) {
    let folder = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(name).to_str().unwrap().to_owned();
    kubectl(plane, &["apply", "-f", &folder("crds")]);
    kubectl(plane, &["wait", "--for=condition=Established", "--timeout=60s", "crds", "--all"]);
    kubectl(plane, &["apply", "-f", &folder("config/admission")]);
    let home = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": { "name": HOME, "labels": { "app.kubernetes.io/name": "roomkeeper" } },
    });
    let file = std::env::temp_dir().join(format!("roomkeeper-admission-home-{}.json", std::process::id()));
    std::fs::write(&file, home.to_string()).unwrap();
    kubectl(plane, &["apply", "-f", file.to_str().unwrap()]);
    std::fs::remove_file(&file).unwrap();
}

impl Stage {
    /// Installs again what was uninstalled.
    pub(crate) fn install_again(&self) {
        install(self.plane);
    }

    /// Starts the API server again; only on a control plane of the test's own.
    pub(crate) async fn restart_api_server(&self) {
        self.plane.restart(Process::KubeApiserver).await.expect("the API server starts again");
    }
}

fn kubectl(plane: &ControlPlane, arguments: &[&str]) {
    let output = plane.kubectl_command().args(arguments).output().unwrap();
    assert!(output.status.success(), "kubectl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
