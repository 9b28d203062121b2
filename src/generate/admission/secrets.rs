//! The guards of the Secrets that open the accounts of configs in use.
//!
//! They read names and keys of Secrets, never a value.

use super::{
    Guard, Labelled, Place, Sees, Undecided, all_the_same, config_in_use, not_being_deleted, not_released, rule,
};

/// Where the spec of a config refers to Secrets; [`references`](crate::config::references) reads the same fields.
const REFERENCES: [&str; 7] = [
    "caBundleRef",
    "tencent.secretKeyRef",
    "huaweiMeeting.appKeyRef",
    "huaweiRtc.password.passwordRef",
    "huaweiRtc.accessKey.idRef",
    "huaweiRtc.accessKey.secretRef",
    "huaweiRtc.accessKey.securityTokenRef",
];

/// Secrets that a `ProviderConfig` of their namespace names.
pub(super) fn in_use() -> Guard {
    guard(
        "secret-in-use",
        "\
A Secret that a ProviderConfig in use names is not deleted, and keeps the keys that it names: without them a room
can be neither corrected nor dismissed. Another value is no matter of this policy.
In a namespace that is deleted as a whole it stays until the rooms are gone, and goes then.

It is asked about every Secret, so it must never be in the way of others': failurePolicy: Ignore lets everything
pass where the API server does not know ProviderConfigs (yet, or any more), and a namespace without any is not
looked at.",
        Sees::Configs,
        Place::Everywhere,
    )
}

/// Secrets that a `ClusterProviderConfig` names, which are in the operator's namespace.
pub(super) fn shared_in_use() -> Guard {
    guard(
        "shared-secret-in-use",
        "\
A Secret in the operator's namespace that a ClusterProviderConfig in use names is not deleted, and keeps the keys
that it names. If the operator is in another namespace than roomkeeper, name that one in the binding below.

failurePolicy: Ignore, so that Secrets can be deleted where the API server does not know ClusterProviderConfigs.",
        Sees::ClusterConfigs,
        Place::Home,
    )
}

fn guard(name: &'static str, why: &'static str, sees: Sees, place: Place) -> Guard {
    let references: Vec<String> =
        REFERENCES.iter().map(|path| format!("?params.spec.?{}", path.replace('.', ".?"))).collect();
    Guard {
        name,
        why,
        rules: vec![rule("", &["secrets"], &["DELETE", "UPDATE"])],
        labelled: Labelled::Any,
        undecided: Undecided::Passes,
        sees: Some(sees),
        conditions: vec![
            (
                "loses-a-key",
                "request.operation == 'DELETE' || has(oldObject.data)\n\
                 && oldObject.data.exists(key, !has(object.data) || !(key in object.data))"
                    .to_owned(),
            ),
            not_being_deleted(),
            not_released(),
            config_in_use(),
        ],
        variables: vec![
            ("references", format!("[{}]", references.join(",\n"))),
            (
                "missed",
                "variables.references.filter(reference, reference.name == oldObject.metadata.name\n\
                 && (request.operation == 'DELETE' || has(oldObject.data) && reference.key in oldObject.data\n\
                 && (!has(object.data) || !(reference.key in object.data))))"
                    .to_owned(),
            ),
        ],
        passes: "variables.missed.size() == 0".to_owned(),
        words: format!(
            "'the ' + (request.operation == 'DELETE' ? '' : 'key ' + variables.missed[0].key + ' of the ')\n\
             + variables.object + ' is needed by the ' + params.kind + ' ' + params.metadata.name\n\
             + ', which is in use: without it the rooms of that account can be neither corrected nor dismissed; '\n\
             + 'put another value in its place, or delete the objects that name the ' + params.kind + ' first'\n\
             + {}",
            all_the_same()
        ),
        place,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::REFERENCES;
    use crate::api::ProviderConfigSpec;
    use crate::config::references;

    /// A spec with every field that refers to a Secret; the name of each Secret is where it stands.
    fn full() -> ProviderConfigSpec {
        let mut spec = json!({
            "tencent": { "sdkAppId": 1, "identifier": "a" },
            "huaweiMeeting": { "appId": "a" },
            "huaweiRtc": { "projectId": "p", "password": { "domain": "d", "user": "u" }, "accessKey": {} },
        });
        for path in REFERENCES {
            let reference = json!({ "name": path, "key": "k" });
            let nested = path.rsplit('.').fold(reference, |value, field| json!({ field: value }));
            merge(&mut spec, nested);
        }
        serde_json::from_value(spec).expect("the fields are those of the spec")
    }

    fn merge(spec: &mut Value, more: Value) {
        json_patch::merge(spec, &more);
    }

    #[test]
    fn the_policies_know_every_field_that_refers_to_a_secret() {
        let spec = full();
        let mut read: Vec<&str> = references(&spec).iter().map(|reference| reference.name.as_str()).collect();
        read.sort_unstable();
        let mut known = REFERENCES.to_vec();
        known.sort_unstable();
        assert_eq!(read, known);
    }

    #[test]
    fn references_reads_every_field_of_the_schema_that_refers_to_a_secret() {
        let schema = json!(schemars::schema_for!(ProviderConfigSpec)).to_string();
        assert_eq!(schema.matches("\"#/$defs/SecretKeyRef\"").count(), REFERENCES.len(), "{schema}");
    }
}
