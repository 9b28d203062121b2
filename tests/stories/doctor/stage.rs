//! An installation as the chart makes one, as far as a control plane without nodes can have it, and doctor as a process.

use k8s_openapi::api::admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use kube::api::{Api, Patch, PatchParams};
use kube::{Resource, ResourceExt as _};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::rights;
use crate::story::{Story, create};

/// The operator's ServiceAccount, and its Deployment.
pub const OPERATOR: &str = "roomkeeper";

/// Puts beside the operator's process what the chart installs with it: its Deployment, its rights, and the guards.
pub async fn furnish(story: &Story) {
    deploy(story).await;
    furnish_rights(story).await;
    guard(story).await;
}

/// Gives the rights of the operator to its ServiceAccount.
pub async fn furnish_rights(story: &Story) {
    let subject = json!({ "kind": "ServiceAccount", "name": OPERATOR, "namespace": story.namespace });
    let binding = json!({
        "metadata": { "name": story.namespace },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": rights::OPERATOR },
        "subjects": [subject],
    });
    create::<ClusterRoleBinding>(&Api::all(story.client.clone()), &binding).await;
}

/// Brings the guards to what this version has.
pub async fn guard(story: &Story) {
    for (policy, binding) in roomkeeper::generate::installed_guards(&story.namespace) {
        apply::<ValidatingAdmissionPolicy>(story, &policy).await;
        apply::<ValidatingAdmissionPolicyBinding>(story, &binding).await;
    }
}

async fn apply<K>(story: &Story, object: &K)
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned + serde::Serialize,
{
    let params = PatchParams::apply("stories").force();
    let api = Api::<K>::all(story.client.clone());
    api.patch(&object.name_any(), &params, &Patch::Apply(object)).await.expect("it is taken");
}

/// Has the Deployment that the chart makes.
pub async fn deploy(story: &Story) {
    let labels = json!({ "app.kubernetes.io/name": "roomkeeper" });
    let variable = |name: &str, value: &str| json!({ "name": name, "value": value });
    let container = json!({
        "name": "controller",
        "image": format!("registry.example/roomkeeper:{}", env!("CARGO_PKG_VERSION")),
        "args": ["controller", "--drift-check-interval=1h"],
        "env": [
            variable("ROOMKEEPER_LEASE", &story.namespace),
            variable("ROOMKEEPER_WATCH_NAMESPACES", &story.namespace),
            variable("ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS", &story.sim.url().replace("http://", "")),
            variable("HTTPS_PROXY", "http://robot:canary-proxy-password@proxy.example:3128"),
        ],
    });
    let deployment = json!({
        "metadata": { "name": OPERATOR, "labels": labels },
        "spec": {
            "replicas": 1,
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "serviceAccountName": OPERATOR, "containers": [container] },
            },
        },
    });
    let api = story.api::<Deployment>();
    create(&api, &deployment).await;
    pods_are_ready(story, 1).await;
}

/// Has the Deployment say that so many of its pods are ready.
pub async fn pods_are_ready(story: &Story, ready: i32) {
    let status = Patch::Merge(json!({ "status": { "replicas": 1, "readyReplicas": ready } }));
    let api = story.api::<Deployment>();
    api.patch_status(OPERATOR, &PatchParams::default(), &status).await.expect("the Deployment is there");
}

/// The flags that lead doctor to the story's operator.
pub fn flags(story: &Story) -> Vec<String> {
    ["-n", &story.namespace, "--operator-namespace", &story.namespace].map(str::to_owned).to_vec()
}

/// Runs doctor, and returns its exit code and what it printed.
pub async fn doctor(story: &Story, arguments: &[String]) -> (i32, String) {
    doctor_with(story.plane.kubeconfig(), arguments).await
}

/// Runs doctor with this way to the API server.
pub async fn doctor_with(kubeconfig: &std::path::Path, arguments: &[String]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roomkeeper"));
    command.arg("doctor").args(arguments).env("KUBECONFIG", kubeconfig);
    let output = command.output().await.expect("doctor runs");
    let said = String::from_utf8(output.stdout).expect("it is text");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code().expect("it was not killed"), said)
}

/// Puts words in the place of what differs from run to run.
pub fn golden(story: &Story, text: &str) -> String {
    let text = text.replace(&story.namespace, "NAMESPACE").replace(&story.sim.url(), "http://VENDOR");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if let Some((start, _)) = line.split_once("Kubernetes v") {
            *line = format!("{start}Kubernetes VERSION at ADDRESS, answered within TIME ms");
        }
    }
    lines.join("\n") + "\n"
}

/// Runs doctor, and checks that it ends with this code and prints each of these texts.
pub async fn finds(story: &Story, code: i32, texts: &[&str]) -> Value {
    let (ended, said) = doctor(story, &flags(story)).await;
    for text in texts {
        assert!(said.contains(text), "not found: {text}\nin: {said}");
    }
    assert_eq!(ended, code, "{said}");
    json!(said)
}
