//! What is left out of objects whatever it says: managed fields, the copy that kubectl keeps, and settings of containers
//! that are not the program's own.

use clap::Args as _;
use serde_json::Value;

use crate::cli::controller;

/// A whole copy of the object as it was applied, with what has been taken out since.
const COPY: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// What stands in the place of a setting.
const LEFT_OUT: &str = "(left out)";
/// Variables besides the program's own that say nothing secret.
const HARMLESS: [&str; 4] = ["RUST_LOG", "SSL_CERT_FILE", "SSL_CERT_DIR", "NO_PROXY"];

/// Takes managed fields and kubectl's copy out of an object.
pub(super) fn object(mut object: Value) -> Value {
    if let Some(meta) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        meta.remove("managedFields");
        if let Some(annotations) = meta.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove(COPY);
        }
    }
    object
}

/// Takes out of a Deployment or a pod the settings that are not the program's own: a proxy's address can hold a password.
pub(super) fn workload(object: Value) -> Value {
    let mut object = self::object(object);
    for path in ["/spec", "/spec/template/spec"] {
        let Some(pod) = object.pointer_mut(path) else { continue };
        for kind in ["containers", "initContainers", "ephemeralContainers"] {
            for container in pod.get_mut(kind).and_then(Value::as_array_mut).into_iter().flatten() {
                settings(container);
            }
        }
    }
    if let Some(annotations) = object.pointer_mut("/spec/template/metadata/annotations").and_then(Value::as_object_mut)
    {
        annotations.remove(COPY);
    }
    object
}

fn settings(container: &mut Value) {
    let known = known();
    for variable in container.get_mut("env").and_then(Value::as_array_mut).into_iter().flatten() {
        let is_known = variable["name"].as_str().is_some_and(|name| known.iter().any(|known| known == name));
        if !is_known && variable.get("value").is_some() {
            variable["value"] = LEFT_OUT.into();
        }
    }
    let is_ours = container["args"][0] == "controller";
    for field in ["command", "args"] {
        if !is_ours && container.get(field).is_some() {
            container[field] = LEFT_OUT.into();
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] {
        if !is_ours && let Some(container) = container.as_object_mut() {
            container.remove(probe);
        }
    }
}

/// Returns the variables whose values say nothing secret.
fn known() -> Vec<String> {
    let ours = controller::Options::augment_args(clap::Command::new("controller"));
    let ours = ours.get_arguments().filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned));
    ours.chain(HARMLESS.map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_workload_the_programs_own_settings_stay_and_others_are_left_out() {
        let ours = json!({
            "args": ["controller", "--observe-only"],
            "env": [
                { "name": "ROOMKEEPER_LEASE", "value": "roomkeeper" },
                { "name": "HTTPS_PROXY", "value": "http://robot:password@proxy" },
                { "name": "POD_NAME", "valueFrom": {} },
            ],
        });
        let other = json!({ "command": ["sh", "-c", "password"], "env": [{ "name": "X", "value": "y" }] });
        let annotations = json!({ COPY: "password", "a": "b" });
        let deployment = json!({
            "metadata": { "annotations": annotations, "managedFields": [{}] },
            "spec": { "template": { "spec": { "containers": [ours, other] } } },
        });
        let clean = workload(deployment);
        assert_eq!(clean["metadata"], json!({ "annotations": { "a": "b" } }));
        let containers = &clean["spec"]["template"]["spec"]["containers"];
        assert_eq!(containers[0]["args"], json!(["controller", "--observe-only"]));
        let values: Vec<&Value> = (0..3).map(|place| &containers[0]["env"][place]["value"]).collect();
        assert_eq!(values, [&json!("roomkeeper"), &json!(LEFT_OUT), &Value::Null]);
        assert_eq!(containers[1], json!({ "command": LEFT_OUT, "env": [{ "name": "X", "value": LEFT_OUT }] }));
    }
}
