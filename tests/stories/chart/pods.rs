//! The pods: Pod Security, as the API server's own admission has it, takes them as `restricted` and says nothing.

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use super::helm::CHART;
use super::{HOME, Helm, cluster};
use crate::support::ControlPlane;

/// Returns the chart's object of this kind from the template of this name, with every option of a pod set.
fn rendered(kind: &str, template: &str) -> Value {
    let options = "caBundle.configMap=ca,proxy.https=http://proxy:3128,proxy.none=10.0.0.0/8,priorityClassName=high,\
                   observeOnly=true,log.filter=info,imagePullSecrets={registry},nodeSelector.zone=a";
    let show = format!("templates/{template}.yaml");
    let text = Helm::alone().run(&["template", HOME, CHART, "-n", HOME, "--show-only", &show, "--set", options]);
    let object: Value = serde_saphyr::from_str(&text).expect("Helm prints YAML");
    assert_eq!(object["kind"], kind);
    object
}

/// Has the API server say what would become of an object.
fn create_dry(plane: &ControlPlane, object: &Value) -> Output {
    let mut command = plane.kubectl_command();
    command.args(["-n", HOME, "create", "--dry-run=server", "-o", "name", "-f", "-"]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("kubectl starts");
    let mut stdin = child.stdin.take().expect("it reads");
    stdin.write_all(object.to_string().as_bytes()).expect("it reads to the end");
    drop(stdin);
    child.wait_with_output().expect("kubectl ends")
}

#[tokio::test]
#[ignore = "it needs Helm: `make chart`"]
async fn with_all_values_set_pods_are_restricted_and_pod_security_has_nothing_to_say() {
    let (plane, helm) = cluster(CHART);
    helm.shell(&format!("kubectl label namespace {HOME} pod-security.kubernetes.io/warn=restricted"));
    // The API server takes all that the values can bring, but for the kinds of the Prometheus operator.
    let all = json!({
        "networkPolicy": { "enabled": true },
        "dashboard": { "enabled": true },
        "joinInfoSecrets": { "default": [] },
        "watchNamespaces": ["default"],
        "caBundle": { "configMap": "ca" },
        "proxy": { "https": "http://proxy:3128", "none": "10.0.0.0/8,.svc" },
        "tolerations": [{ "key": "rooms", "operator": "Exists" }],
        "nodeSelector": { "zone": "a" },
        "podLabels": { "team": "rooms" },
        "podAnnotations": { "team": "rooms" },
        "serviceAccount": { "annotations": { "team": "rooms" } },
    });
    helm.upgrade(CHART, &all);
    let mut deployment = rendered("Deployment", "deployment");
    deployment["metadata"]["name"] = json!("other");
    let template = &deployment["spec"]["template"];
    let mut spec = template["spec"].clone();
    spec["priorityClassName"] = Value::Null;
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" }, "spec": spec });
    let mut test = rendered("Pod", "test");
    test["spec"]["serviceAccountName"] = json!(HOME);
    for object in [&deployment, &pod, &test] {
        let output = create_dry(plane, object);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && told.is_empty(), "{}: {told}", object["kind"]);
    }
    let mut root = pod.clone();
    root["spec"]["containers"][0]["securityContext"]["capabilities"] = Value::Null;
    let output = create_dry(plane, &root);
    assert!(!output.status.success(), "Pod Security looks at nothing here");
}
