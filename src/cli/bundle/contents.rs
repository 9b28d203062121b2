//! What goes into the archive. What cannot be read becomes a note, and the rest goes on.

use k8s_openapi::api::admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::apimachinery::pkg::version::Info;
use kube::api::ApiResource;
use kube::{Api, Client, Resource, ResourceExt as _};
use serde::Serialize;
use serde_json::{Value, json};

use super::archive::File;
use super::clean;
use super::filter::Filter;
use crate::api::{ClusterProviderConfig, GROUP, MeetingRoom, ProviderConfig, Room, schema};
use crate::cli::doctor::{self, Check, Scene, words_of};
use crate::{generate, listing};

/// Files without secrets, and what could not be had.
pub(super) struct Contents<'a> {
    filter: &'a Filter,
    /// The files so far.
    pub(super) files: Vec<File>,
    /// What is missing, and why.
    pub(super) notes: Vec<String>,
}

impl<'a> Contents<'a> {
    /// Begins with nothing.
    pub(super) fn new(filter: &'a Filter) -> Self {
        Contents { filter, files: Vec::new(), notes: Vec::new() }
    }

    /// Adds a text.
    pub(super) fn text(&mut self, path: &str, what: &'static str, text: &str) {
        let (path, bytes) = (self.filter.text(path), self.filter.bytes(text.as_bytes()));
        self.files.push(File { path, what, bytes });
    }

    /// Adds a document, as YAML.
    pub(super) fn document(&mut self, path: &str, what: &'static str, document: &impl Serialize) {
        let yaml = serde_json::to_value(document).map_err(|error| error.to_string());
        let yaml = yaml.map(|document| self.filter.document(document));
        match yaml.and_then(|document| serde_saphyr::to_string(&document).map_err(|error| error.to_string())) {
            Ok(yaml) => self.text(path, what, &yaml),
            Err(error) => self.note(format!("{path}: cannot be written as YAML: {error}")),
        }
    }

    /// Says what is missing, and why.
    pub(super) fn note(&mut self, note: String) {
        self.notes.push(self.filter.text(&note));
    }

    /// Adds what was read, or a note.
    fn read<T: Serialize>(&mut self, path: &str, what: &'static str, read: kube::Result<T>) {
        match read {
            Ok(document) => self.document(path, what, &document),
            Err(error) => self.note(format!("{path}: {}", words_of(&error))),
        }
    }

    /// Adds what doctor says.
    pub(super) fn doctor(&mut self, checks: &[Check]) {
        self.text(
            "doctor.txt",
            "what `roomkeeper doctor` says",
            &anstream::adapter::strip_str(&doctor::text(checks)).to_string(),
        );
        match doctor::json(checks) {
            Ok(json) => self.text("doctor.json", "the same for programs", &json),
            Err(error) => self.note(format!("doctor.json: {error}")),
        }
    }

    /// Adds which versions there are.
    pub(super) fn versions(&mut self, server: &Info, time: &str) {
        let versions = json!({ "roomkeeper": env!("CARGO_PKG_VERSION"), "packed": time, "server": server });
        self.document("versions.yaml", "versions of this program and of the API server", &versions);
    }

    /// Adds the definitions, without their schemas.
    pub(super) async fn definitions(&mut self, scene: &Scene) {
        let api = Api::<CustomResourceDefinition>::all(scene.client.clone());
        for definition in schema::crds() {
            let name = definition.name_any();
            let read = api.get(&name).await.map(|there| {
                let versions = there.spec.versions.iter();
                let versions: Vec<Value> = versions
                    .map(
                        |version| json!({ "name": version.name, "served": version.served, "storage": version.storage }),
                    )
                    .collect();
                let status = there.status.unwrap_or_default();
                json!({
                    "name": name,
                    "generation": there.metadata.generation,
                    "deletionTimestamp": there.metadata.deletion_timestamp,
                    "versions": versions,
                    "storedVersions": status.stored_versions,
                    "conditions": status.conditions,
                })
            });
            self.read(&format!("definitions/{name}.yaml"), "a definition without its schema", read);
        }
    }

    /// Adds every object of ours.
    pub(super) async fn objects(&mut self, scene: &Scene) {
        let (client, namespace) = (&scene.client, scene.namespace.as_deref());
        let what = "objects with their status";
        let lists = [
            ("ClusterProviderConfig", listed::<ClusterProviderConfig>(client, None).await),
            ("ProviderConfig", listed::<ProviderConfig>(client, namespace).await),
            ("Room", listed::<Room>(client, namespace).await),
            ("MeetingRoom", listed::<MeetingRoom>(client, namespace).await),
        ];
        for (kind, list) in lists {
            match list {
                Ok(list) => {
                    for object in list {
                        let part = |field: &str| object["metadata"][field].as_str().map(str::to_owned);
                        let place =
                            [part("namespace"), part("name")].into_iter().flatten().collect::<Vec<_>>().join("/");
                        self.document(&format!("objects/{kind}/{place}.yaml"), what, &clean::object(object));
                    }
                }
                Err(error) => self.note(format!("objects/{kind}: {}", words_of(&error))),
            }
        }
    }

    /// Adds the events about our objects, and about the operator's pods.
    pub(super) async fn events(&mut self, scene: &Scene) {
        let home = scene.told.operator_namespace.as_str();
        let mut places = vec![scene.namespace.as_deref()];
        if scene.namespace.as_deref().is_some_and(|namespace| namespace != home) {
            places.push(Some(home));
        }
        for place in places {
            let read = listed::<Event>(&scene.client, place).await.map(|events| {
                let events = events.into_iter().filter(|event| is_about_us(event, home));
                events.map(clean::object).collect::<Vec<_>>()
            });
            let path = format!("events/{}.yaml", place.unwrap_or("all-namespaces"));
            self.read(&path, "events about objects and the operator", read);
        }
    }

    /// Adds the guards that are installed.
    pub(super) async fn guards(&mut self, scene: &Scene) {
        let policies = Api::<ValidatingAdmissionPolicy>::all(scene.client.clone());
        let bindings = Api::<ValidatingAdmissionPolicyBinding>::all(scene.client.clone());
        for (policy, _) in generate::installed_guards(&scene.told.operator_namespace) {
            let name = policy.name_any();
            let policy = policies.get(&name).await.map(|there| clean::object(json!(there)));
            self.read(&format!("guards/{name}.policy.yaml"), "a guard against deletion", policy);
            let binding = bindings.get(&name).await.map(|there| clean::object(json!(there)));
            self.read(&format!("guards/{name}.binding.yaml"), "where a guard holds", binding);
        }
    }

    /// Adds the Lease and the Deployment.
    pub(super) async fn operator(&mut self, scene: &Scene) {
        let leases = Api::<Lease>::namespaced(scene.client.clone(), &scene.told.operator_namespace);
        let lease = leases.get(&scene.told.lease).await.map(|lease| clean::object(json!(lease)));
        self.read("operator/lease.yaml", "the Lease: who acts", lease);
        match &scene.deployment {
            Ok(Some(deployment)) => {
                let what = "the Deployment, without settings that are not the program's own";
                self.document("operator/deployment.yaml", what, &clean::workload(json!(deployment)));
            }
            Ok(None) => {
                self.note("operator/deployment.yaml: there is no Deployment with the operator's label".to_owned())
            }
            Err(error) => self.note(format!("operator/deployment.yaml: {}", words_of(error))),
        }
    }
}

async fn listed<K: Resource<DynamicType = ()>>(client: &Client, namespace: Option<&str>) -> kube::Result<Vec<Value>> {
    listing::of(client, &ApiResource::erase::<K>(&()), namespace).await
}

/// Tells whether an event is about an object of ours, or about something that runs in the operator's namespace.
fn is_about_us(event: &Value, home: &str) -> bool {
    let regarding = &event["regarding"];
    let group = regarding["apiVersion"].as_str().unwrap_or_default().split('/').next().unwrap_or_default();
    let kind = regarding["kind"].as_str().unwrap_or_default();
    let runs = ["Pod", "Deployment", "ReplicaSet", "Lease"].contains(&kind) && regarding["namespace"] == home;
    group == GROUP || runs
}
