//! The admission policies and their bindings: there, and as this program would install them.

use k8s_openapi::api::admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding};
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};

use super::check::{Check, Group};
use super::scene::Scene;
use super::words;
use crate::generate;

/// What the API server puts in where nothing is said.
const DEFAULTS: [(&str, Defaulted); 4] = [
    ("matchPolicy", Defaulted::Text("Equivalent")),
    ("scope", Defaulted::Text("*")),
    ("namespaceSelector", Defaulted::Empty),
    ("objectSelector", Defaulted::Empty),
];

/// A value that the API server puts in.
#[derive(Clone, Copy)]
enum Defaulted {
    Text(&'static str),
    Empty,
}

/// How a policy, with its binding, is.
enum Standing {
    AsItShouldBe,
    Missing(&'static str),
    Changed { what: &'static str, field: String },
}

/// Looks at each guard; where none is there, somebody has decided so.
pub(super) async fn look(scene: &Scene) -> Vec<Check> {
    let mut found = Vec::new();
    for (policy, binding) in generate::installed_guards(&scene.told.operator_namespace) {
        let name = policy.name_any();
        match standing(scene, &policy, &binding).await {
            Ok(standing) => found.push((name, standing)),
            Err(error) => {
                let next = "run doctor as somebody who may get validatingadmissionpolicies and their bindings";
                return vec![Group::Guards.check("policies").not_known(words::of(&error), next)];
            }
        }
    }
    if found.iter().all(|(_, standing)| matches!(standing, Standing::Missing("policy"))) {
        let next = "if nobody has turned them off on purpose, apply config/admission/ of this version, or set \
                    admissionPolicies.enabled=true in the chart's values";
        let none = "none is installed: a config in use, its Secret or the operator's rights can be deleted while rooms \
                    need them";
        return vec![Group::Guards.check("policies").warning(none, next)];
    }
    found.into_iter().map(|(name, standing)| check(name, &standing)).collect()
}

fn check(name: String, standing: &Standing) -> Check {
    let check = Group::Guards.check(name);
    let next = "apply config/admission/ of this version, or upgrade the chart to it";
    match standing {
        Standing::AsItShouldBe => check.ok("it is bound, and as this version has it"),
        Standing::Missing(what) => check.failed(format!("its {what} is not installed, so it refuses nothing"), next),
        Standing::Changed { what, field } => {
            check.failed(format!("its {what} is not as this version has it: {field} differs"), next)
        }
    }
}

async fn standing(
    scene: &Scene,
    policy: &ValidatingAdmissionPolicy,
    binding: &ValidatingAdmissionPolicyBinding,
) -> kube::Result<Standing> {
    let name = policy.name_any();
    let there = Api::<ValidatingAdmissionPolicy>::all(scene.client.clone()).get_opt(&name).await?;
    let Some(there) = there else { return Ok(Standing::Missing("policy")) };
    let bound = Api::<ValidatingAdmissionPolicyBinding>::all(scene.client.clone()).get_opt(&name).await?;
    let Some(bound) = bound else { return Ok(Standing::Missing("binding")) };
    if let Some(field) = difference(&json!(policy.spec), &json!(there.spec), "spec") {
        return Ok(Standing::Changed { what: "policy", field });
    }
    if let Some(field) = difference(&json!(binding.spec), &json!(bound.spec), "spec") {
        return Ok(Standing::Changed { what: "binding", field });
    }
    Ok(Standing::AsItShouldBe)
}

/// Returns the first field that differs, defaults of the API server aside; absent: none.
fn difference(wanted: &Value, there: &Value, path: &str) -> Option<String> {
    match (wanted, there) {
        (Value::Object(wanted), Value::Object(there)) => {
            let gone = |(name, value): (&String, &Value)| {
                let path = format!("{path}.{name}");
                difference(value, there.get(name).unwrap_or(&Value::Null), &path)
            };
            let added = |(name, value): (&String, &Value)| {
                (!wanted.contains_key(name) && !is_default(name, value)).then(|| format!("{path}.{name}"))
            };
            wanted.iter().find_map(gone).or_else(|| there.iter().find_map(added))
        }
        (Value::Array(wanted), Value::Array(there)) if wanted.len() == there.len() => {
            let mut pairs = wanted.iter().zip(there).enumerate();
            pairs.find_map(|(place, (wanted, there))| difference(wanted, there, &format!("{path}[{place}]")))
        }
        _ => (wanted != there).then(|| path.to_owned()),
    }
}

fn is_default(name: &str, value: &Value) -> bool {
    DEFAULTS.iter().any(|(field, default)| {
        *field == name
            && match default {
                Defaulted::Text(text) => value == text,
                Defaulted::Empty => *value == json!({}),
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_api_server_puts_in_is_no_difference_and_everything_else_is() {
        let wanted = json!({ "rules": [{ "verbs": ["DELETE"] }], "fail": "Ignore" });
        let rows = [
            (wanted.clone(), None),
            (json!({ "rules": [{ "verbs": ["DELETE"], "scope": "*" }], "fail": "Ignore", "objectSelector": {} }), None),
            (
                json!({ "rules": [{ "verbs": ["DELETE"], "scope": "Cluster" }], "fail": "Ignore" }),
                Some("spec.rules[0].scope"),
            ),
            (json!({ "rules": [], "fail": "Ignore" }), Some("spec.rules")),
            (json!({ "rules": [{ "verbs": ["UPDATE"] }], "fail": "Ignore" }), Some("spec.rules[0].verbs[0]")),
            (json!({ "rules": [{ "verbs": ["DELETE"] }] }), Some("spec.fail")),
            (json!({ "rules": [{ "verbs": ["DELETE"] }], "fail": "Ignore", "x": 1 }), Some("spec.x")),
        ];
        for (there, differs) in rows {
            assert_eq!(difference(&wanted, &there, "spec").as_deref(), differs, "{there}");
        }
    }
}
