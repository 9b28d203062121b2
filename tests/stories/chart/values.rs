//! The values: what the schema does not know is refused, and what it knows has its effect.

use serde_json::Value;

use super::helm::CHART;
use super::{HOME, Helm};

fn template(options: &[&str]) -> std::process::Output {
    let arguments = [&["template", HOME, CHART, "-n", HOME], options].concat();
    Helm::alone().attempt(&arguments)
}

/// Returns the schemas of objects that let unknown names pass.
fn open(path: &str, schema: &Value, found: &mut Vec<String>) {
    let Value::Object(fields) = schema else { return };
    if schema["type"] == "object" && fields.get("additionalProperties").is_none_or(|more| more == true) {
        found.push(path.to_owned());
    }
    for (name, field) in fields {
        open(&format!("{path}.{name}"), field, found);
    }
}

#[test]
#[ignore = "it needs Helm: `make chart`"]
fn the_schema_takes_no_unknown_name_anywhere() {
    let schema = std::fs::read_to_string(format!("{CHART}/values.schema.json")).expect("the chart has a schema");
    let mut found = Vec::new();
    open("", &serde_json::from_str(&schema).expect("it is JSON"), &mut found);
    assert_eq!(found, [".properties.global"], "the rest of Helm's own values is not ours");
    let rows = [
        "replcas=3",
        "image.tags=1",
        "image.digest=latest",
        "replicas=two",
        "watchNamespaces={Events}",
        "resources.request.cpu=1",
        "tolerations[0].keys=a",
        "log.format=xml",
    ];
    for row in rows {
        let output = template(&["--set", row]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains("values don't meet the specifications"), "{row}: {told}");
    }
}

#[test]
#[ignore = "it needs Helm: `make chart`"]
fn values_have_their_effect() {
    let digest = format!("image.digest=sha256:{}", "0".repeat(64));
    let pinned = format!("@sha256:{}", "0".repeat(64));
    let rows: [(&str, &str, bool); 17] = [
        ("replicas=1", "kind: PodDisruptionBudget", false),
        ("replicas=3", "kind: PodDisruptionBudget", true),
        ("networkPolicy.enabled=true", "kind: NetworkPolicy", true),
        ("service.enabled=false", "kind: Service\n", false),
        ("serviceMonitor.enabled=true", "kind: ServiceMonitor", true),
        ("crds.install=false", "kind: CustomResourceDefinition", false),
        ("admissionPolicies.enabled=false", "kind: ValidatingAdmissionPolicy", false),
        ("aggregateRoles=false", "aggregate-to", false),
        (&digest, &pinned, true),
        ("caBundle.configMap=ca", "SSL_CERT_FILE", true),
        ("watchNamespaces={a}", "name: roomkeeper-shared-accounts", true),
        ("watchNamespaces={a},sharedAccounts=false", "name: roomkeeper-shared-accounts", false),
        ("watchNamespaces={roomkeeper}", "name: roomkeeper-shared-accounts", false),
        ("fullnameOverride=other", "value: \"other\"", true),
        ("watchLabelSelector=release=a", "name: ROOMKEEPER_WATCH_LABEL_SELECTOR, value: \"release=a\"", true),
        ("prometheusRule.enabled=true", "alert: RoomkeeperNoLeader", true),
        ("dashboard.enabled=true", "grafana_dashboard: \"1\"", true),
    ];
    for (option, text, there) in rows {
        let output = template(&["--set", option]);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{option}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(told.contains(text), there, "{option}");
    }
}

#[test]
#[ignore = "it needs Helm: `make chart`"]
fn nothing_names_the_namespace_of_somebody_elses_release() {
    let told = Helm::alone().run(&["template", "rooms", CHART, "-n", "elsewhere"]);
    assert_eq!(
        told.matches("kubernetes.io/metadata.name: \"elsewhere\"").count(),
        3,
        "guards of the operator's namespace"
    );
    for line in
        told.lines().filter(|line| line.trim_start().starts_with("namespace:") || line.contains("metadata.name:"))
    {
        assert!(line.contains("elsewhere"), "{line}");
    }
}
