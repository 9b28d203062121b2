//! The generated files are up to date, can be read back, and keep the house's rules for schemas.
//!
//! `UPDATE=1 cargo test --test generated` (`make generate`) rewrites them. No API server is needed here.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall say where")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::core::TypeMeta;
use roomkeeper::api::{
    ClusterProviderConfig, GROUP, MeetingRoom, ProviderConfig, Room, VERSION, huawei_meeting, schema, tencent_live,
    tencent_room,
};
use roomkeeper::generate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every YAML file below a folder, by its path from the root of the repository.
fn yaml_files(folder: &Path, found: &mut BTreeMap<String, PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.insert(path.strip_prefix(repository()).unwrap().to_str().unwrap().to_owned(), path);
        }
    }
}

#[test]
fn files_are_what_the_types_say() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wanted = generate::files().unwrap();
    wanted.extend(monitoring());
    wanted.insert("docs/cli.md".to_owned(), roomkeeper::cli::reference());
    let mut there = BTreeMap::new();
    yaml_files(&repository().join("crds"), &mut there);
    yaml_files(&repository().join("config"), &mut there);
    yaml_files(&repository().join("examples"), &mut there);
    yaml_files(&repository().join("charts/roomkeeper/templates/crds"), &mut there);
    yaml_files(&repository().join("charts/roomkeeper/templates/admission"), &mut there);
    for (name, path) in there.iter().filter(|(name, _)| !wanted.contains_key(*name)) {
        assert!(update, "{name} is not generated any more: run `make generate`");
        fs::remove_file(path).unwrap();
    }
    for (name, text) in &wanted {
        let path = repository().join(name);
        if update {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == *text, "{name} is not what the sources say: run `make generate`");
    }
}

/// A chart can read files of its own folder only, so it has copies.
fn monitoring() -> impl Iterator<Item = (String, String)> {
    ["alerts.yaml", "dashboard.json"].into_iter().map(|name| {
        let file = repository().join("monitoring").join(name);
        (format!("charts/roomkeeper/monitoring/{name}"), fs::read_to_string(file).unwrap())
    })
}

#[test]
fn the_charts_version_is_that_of_the_program() {
    let text = fs::read_to_string(repository().join("charts/roomkeeper/Chart.yaml")).unwrap();
    let chart: Value = serde_saphyr::from_str(&text).unwrap();
    assert_eq!([&chart["version"], &chart["appVersion"]], [env!("CARGO_PKG_VERSION"); 2]);
}

#[test]
fn nothing_that_is_generated_for_the_chart_is_taken_for_a_template_by_accident() {
    for (name, text) in generate::files().unwrap() {
        let actions = text.matches("{{").count();
        let wanted = [text.starts_with("{{- if "), text.ends_with("{{- end }}\n")];
        let home =
            text.matches("'{{ .Release.Namespace }}'").count() + text.matches("\"{{ .Release.Namespace }}\"").count();
        assert_eq!(actions, home + wanted.into_iter().filter(|there| *there).count(), "{name}");
    }
}

#[test]
fn examples_are_read_back_as_what_they_were_written_from() {
    let files = generate::files().unwrap();
    let mut kinds = Vec::new();
    for (name, text) in files.iter().filter(|(name, _)| name.starts_with("examples/")) {
        let meta: TypeMeta = serde_saphyr::from_str(text).unwrap();
        match meta.kind.as_str() {
            "Room" => read_back::<Room>(name, text),
            "MeetingRoom" => read_back::<MeetingRoom>(name, text),
            "ProviderConfig" => read_back::<ProviderConfig>(name, text),
            "ClusterProviderConfig" => read_back::<ClusterProviderConfig>(name, text),
            "Namespace" => read_back::<Namespace>(name, text),
            "Secret" => read_back::<Secret>(name, text),
            other => panic!("{name} is of the kind {other}, which this test does not know"),
        }
        kinds.push(meta.kind);
    }
    for crd in schema::crds() {
        assert!(kinds.contains(&crd.spec.names.kind), "there is no example of {}", crd.spec.names.kind);
    }
}

fn read_back<T: DeserializeOwned + Serialize>(name: &str, text: &str) {
    let object: T = serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let body: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let written = serde_saphyr::to_string(&object).unwrap();
    assert_eq!(body.join("\n"), written.trim_end(), "{name} loses something when it is read");
}

#[test]
fn group_and_version_are_those_of_the_constants() {
    for crd in schema::crds() {
        assert_eq!(crd.spec.group, GROUP);
        assert_eq!(crd.spec.versions.iter().map(|version| version.name.as_str()).collect::<Vec<_>>(), [VERSION]);
        assert_eq!(crd.spec.names.categories, Some(vec!["roomkeeper".to_owned()]));
    }
}

#[test]
fn fields_that_can_be_corrected_are_fields() {
    let engines: [(&str, &str, &[&str]); 3] = [
        ("Room", "tencentRoom", &tencent_room::CORRECTABLE_FIELDS),
        ("Room", "tencentLive", &tencent_live::CORRECTABLE_FIELDS),
        ("MeetingRoom", "huaweiMeeting", &huawei_meeting::CORRECTABLE_FIELDS),
    ];
    for (kind, engine, fields) in engines {
        let properties = &root(kind)["properties"]["spec"]["properties"][engine]["properties"];
        for field in fields {
            assert!(properties[field].is_object(), "{engine} has no field {field}");
        }
    }
}

fn root(kind: &str) -> Value {
    let crd = schema::crds().into_iter().find(|crd| crd.spec.names.kind == kind).unwrap();
    json!(crd.spec.versions[0].schema.as_ref().unwrap().open_api_v3_schema)
}

/// A node of a schema and where it is.
struct Node<'a> {
    path: String,
    schema: &'a Value,
    /// Whether it is a field with a name, and not an item of a list or a value of a map.
    named: bool,
}

/// Calls `look` with every node of the schemas of all kinds.
fn every_node(mut look: impl FnMut(&Node<'_>)) {
    for kind in schema::crds().into_iter().map(|crd| crd.spec.names.kind) {
        let root = root(&kind);
        let mut open = vec![Node { path: kind, schema: &root, named: true }];
        while let Some(node) = open.pop() {
            look(&node);
            let at = |name: &str| format!("{}.{name}", node.path);
            for (name, schema) in node.schema["properties"].as_object().into_iter().flatten() {
                open.push(Node { path: at(name), schema, named: true });
            }
            for name in ["items", "additionalProperties"] {
                if let Some(schema) = node.schema.get(name) {
                    open.push(Node { path: at(name), schema, named: false });
                }
            }
        }
    }
}

/// Collects what is wrong, so that one run shows all of it.
fn check(rule: &str, broken: impl Fn(&Node<'_>) -> bool) {
    let mut wrong = Vec::new();
    let mut nodes = 0;
    every_node(|node| {
        nodes += 1;
        if broken(node) {
            wrong.push(node.path.clone());
        }
    });
    assert!(nodes > 200, "only {nodes} nodes were looked at");
    assert_eq!(wrong, Vec::<String>::new(), "{rule}");
}

#[test]
fn every_node_has_a_type() {
    check("has no type", |node| !node.schema["type"].is_string());
}

#[test]
fn every_field_is_described_in_one_paragraph_that_ends() {
    check("has no description that ends with a full stop", |node| {
        let text = node.schema["description"].as_str().unwrap_or_default();
        node.named && (text.len() < 10 || !text.ends_with('.') || text.contains('\n'))
    });
}

#[test]
fn nothing_is_nullable_or_of_a_format_that_the_server_does_not_know() {
    check("is nullable", |node| node.schema.get("nullable").is_some());
    check("has an unknown format", |node| {
        node.schema
            .get("format")
            .is_some_and(|format| !["date-time", "int32", "int64"].map(Value::from).contains(format))
    });
}

#[test]
fn every_optional_field_of_a_spec_says_what_absent_means() {
    let exempt = |name: &str| {
        // Exactly one of these is set, or the description says what it is for when it is there.
        ["tencentRoom", "tencentLive", "huaweiRtc", "tencent", "huaweiMeeting", "region", "endpoint"].contains(&name)
            || ["secretKeyRef", "none", "accessKey", "password"].contains(&name)
            || ["id", "meetingNumber", "personalMeetingId", "userId", "account"].contains(&name)
    };
    let mut silent = Vec::new();
    every_node(|node| {
        if !node.path.contains(".spec") {
            return;
        }
        let required = node.schema["required"].as_array().cloned().unwrap_or_default();
        for (name, field) in node.schema["properties"].as_object().into_iter().flatten() {
            let text = field["description"].as_str().unwrap_or_default();
            let told = text.contains("Absent: ") || field.get("default").is_some();
            if !required.contains(&json!(name)) && !told && !exempt(name) {
                silent.push(format!("{}.{name}", node.path));
            }
        }
    });
    assert_eq!(silent, Vec::<String>::new(), "does not say what absent means");
}

#[test]
fn everything_that_a_rule_could_touch_is_bounded() {
    check("has no maxLength, maxItems, maxProperties or list of values", |node| {
        if !node.path.contains(".spec") {
            return false;
        }
        let bounded = |keys: &[&str]| keys.iter().any(|key| node.schema.get(key).is_some());
        match node.schema["type"].as_str() {
            Some("string") => !bounded(&["maxLength", "enum", "format"]),
            Some("array") => !bounded(&["maxItems"]),
            Some("object") => {
                !bounded(&["properties", "maxProperties"]) && node.schema.get("additionalProperties").is_some()
            }
            _ => false,
        }
    });
}

#[test]
fn every_rule_names_a_field_and_says_what_to_do() {
    let mut rules = 0;
    every_node(|node| {
        for rule in node.schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
            rules += 1;
            let message = rule["message"].as_str().unwrap_or_default();
            assert!(message.len() > 20 && !message.contains('\n'), "{}: {rule} has no message", node.path);
            let field = rule["fieldPath"].as_str().unwrap_or_default();
            let there = field.split('.').skip(1).try_fold(node.schema, |at, name| at["properties"].get(name));
            assert!(field.starts_with('.') && there.is_some(), "{}: {rule} names no field", node.path);
        }
    });
    assert!(rules > 30, "only {rules} rules were looked at");
}
