//! What is broken in the cluster: definitions, guards, rights, the operator, the cluster itself.

use k8s_openapi::api::admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams};
use roomkeeper::api::schema;
use serde_json::{Value, json};

use super::stage::{doctor, doctor_with, finds, flags, furnish, guard, pods_are_ready};
use crate::rights;
use crate::story::{DEADLINE, ROOM, Story, create};
use crate::support::wait_until;

/// Runs doctor until it prints this: what the API server tells of definitions and rights comes a moment late.
async fn until_finds(story: &Story, texts: &[&str]) {
    let what = format!("doctor to find {texts:?}");
    let found = async || {
        let (_, said) = doctor(story, &flags(story)).await;
        texts.iter().all(|text| said.contains(text))
    };
    wait_until(2 * DEADLINE, &what, found).await;
}

async fn json_patch(api: &Api<CustomResourceDefinition>, name: &str, operation: Value) {
    let patch = Patch::Json::<()>(serde_json::from_value(json!([operation])).expect("a patch"));
    api.patch(name, &PatchParams::default(), &patch).await.expect("the CRD is taken");
}

#[tokio::test]
async fn what_is_broken_in_the_cluster_is_named_with_what_to_do() {
    let mut story = Story::prepare_alone("doctor-broken").await;
    furnish(&story).await;
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    finds(&story, 0, &["none is older than this program"]).await;

    older_definition(&story).await;
    guards(&story).await;
    right(&story).await;
    not_ready(&story).await;
    operator(&mut story).await;
    no_definitions(&story).await;
}

async fn older_definition(story: &Story) {
    let crds: Api<CustomResourceDefinition> = Api::all(story.client.clone());
    let name = "rooms.roomkeeper.dev";
    let field = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/settledGeneration";
    let rooms = serde_json::to_value(crds.get(name).await.expect("it is installed")).expect("a CRD is JSON");
    json_patch(&crds, name, json!({ "op": "remove", "path": field })).await;
    let older = "failed     schemas: the CRD of Room is older than this program, apply crds/ of its version: it lacks \
                 status.settledGeneration\n             next: apply crds/ of this version";
    until_finds(story, &[older, "1 failed"]).await;
    json_patch(&crds, name, json!({ "op": "add", "path": field, "value": rooms.pointer(field) })).await;
    until_finds(story, &["none is older than this program"]).await;
}

async fn guards(story: &Story) {
    let policies = Api::<ValidatingAdmissionPolicy>::all(story.client.clone());
    let bindings = Api::<ValidatingAdmissionPolicyBinding>::all(story.client.clone());
    let names: Vec<String> = policies
        .list(&Default::default())
        .await
        .expect("a list")
        .items
        .into_iter()
        .filter_map(|p| p.metadata.name)
        .collect();
    let (changed, unbound, missing) = (&names[0], &names[1], &names[2]);
    let ignore = json!([{ "op": "replace", "path": "/spec/validations/0/expression", "value": "true" }]);
    let patch = Patch::Json::<()>(serde_json::from_value(ignore).expect("a patch"));
    policies.patch(changed, &PatchParams::default(), &patch).await.expect("the policy is there");
    bindings.delete(unbound, &DeleteParams::default()).await.expect("the binding is there");
    policies.delete(missing, &DeleteParams::default()).await.expect("the policy is there");
    let found = [
        format!(
            "failed     {changed}: its policy is not as this version has it: spec.validations[0].expression differs"
        ),
        format!("failed     {unbound}: its binding is not installed, so it refuses nothing"),
        format!("failed     {missing}: its policy is not installed, so it refuses nothing"),
    ];
    finds(story, 1, &found.each_ref().map(String::as_str)).await;

    for name in &names {
        // Some are gone by now.
        let _ = policies.delete(name, &DeleteParams::default()).await;
    }
    finds(story, 0, &["warning    policies: none is installed"]).await;
    guard(story).await;
    finds(story, 0, &["ok         config-in-use.roomkeeper.dev"]).await;
}

async fn right(story: &Story) {
    let roles: Api<ClusterRole> = Api::all(story.client.clone());
    let rule = |group: &str, resources: &[&str], verbs: &[&str]| json!({ "apiGroups": [group], "resources": resources, "verbs": verbs });
    let rules = json!([
        rule("roomkeeper.dev", &["*"], &["*"]),
        rule("", &["secrets"], &["get", "watch"]),
        rule("events.k8s.io", &["events"], &["create"]),
        rule("coordination.k8s.io", &["leases"], &["create", "get", "update"]),
        rule("apiextensions.k8s.io", &["customresourcedefinitions"], &["get"]),
    ]);
    create(&roles, &json!({ "metadata": { "name": "few" }, "rules": rules })).await;
    let subject = json!({ "kind": "ServiceAccount", "name": "few", "namespace": story.namespace });
    let binding = json!({
        "metadata": { "name": "few" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "few" },
        "subjects": [subject],
    });
    create::<ClusterRoleBinding>(&Api::all(story.client.clone()), &binding).await;
    let flags = [flags(story), ["--service-account", "few"].map(str::to_owned).to_vec()].concat();
    let namespace = &story.namespace;
    let lacks = format!("failed     ServiceAccount {namespace}/few: it may not list secrets in {namespace}\n");
    wait_until(DEADLINE, "the one right that is missing", async || {
        let (code, said) = doctor(story, &flags).await;
        said.contains(&lacks) && code == 1
    })
    .await;
}

async fn not_ready(story: &Story) {
    let elsewhere = json!({ "providerConfigRef": { "name": "nowhere" } });
    story.create_room(&json!({ "metadata": { "name": "orphan" }, "spec": elsewhere })).await;
    story.until_reason("orphan", "ProviderConfigNotReady").await;
    let table = format!(
        "  warning    ready: 1 of 2 objects are not\n\
         \x20            REASON                   OBJECTS   WHICH\n\
         \x20            ProviderConfigNotReady   1         Room {}/orphan\n\
         \x20            next: docs/conditions.md",
        story.namespace
    );
    finds(story, 0, &[&table]).await;
    story.delete_room("orphan").await;
    story.until_gone("orphan").await;
}

async fn operator(story: &mut Story) {
    pods_are_ready(story, 0).await;
    finds(story, 1, &["0 of 1 pod ready, image registry.example/roomkeeper:0.1.0"]).await;
    pods_are_ready(story, 1).await;
    let running = story.operator.take().expect("it runs");
    running.terminate();
    running.ended(DEADLINE).await;
    story.create_room(&json!({ "metadata": { "name": "unseen" } })).await;
    let nobody = format!("failed     Lease {0}/{0}: nobody holds it, so no operator acts", story.namespace);
    let unseen = format!("warning    looked at: 1 object never: Room {}/unseen", story.namespace);
    finds(story, 1, &[&nobody, &unseen]).await;

    story.start_operator();
    story.until_reason("unseen", "InSync").await;
    // It is frozen, so its Lease is held and not renewed.
    story.operator.as_ref().expect("it runs").freeze();
    let held = format!("failed     Lease {0}/{0}: story holds it and has not renewed it for ", story.namespace);
    until_finds(story, &[&held, "so no operator acts"]).await;
    story.kill_operator().await;
}

async fn no_definitions(story: &Story) {
    let crds: Api<CustomResourceDefinition> = Api::all(story.client.clone());
    for room in [ROOM, "unseen"] {
        story.patch_room(room, &json!({ "metadata": { "finalizers": null } })).await;
    }
    for definition in schema::crds() {
        let name = definition.metadata.name.expect("it has a name");
        crds.delete(&name, &DeleteParams::default()).await.expect("it is installed");
    }
    until_finds(
        story,
        &["failed     rooms.roomkeeper.dev: it is not installed\n", "the API server serves none of the kinds"],
    )
    .await;
    let (code, _) = doctor(story, &flags(story)).await;
    assert_eq!(code, 1);
}

#[tokio::test]
async fn a_cluster_that_gives_no_answer_is_the_only_thing_that_is_told() {
    let path = std::env::temp_dir().join(format!("roomkeeper-nowhere-{}.kubeconfig", std::process::id()));
    let named = |key: &str, value: Value| json!([{ "name": "nowhere", key: value }]);
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": named("cluster", json!({ "server": "http://127.0.0.1:1" })),
        "contexts": named("context", json!({ "cluster": "nowhere", "user": "nowhere" })),
        "users": named("user", json!({})),
        "current-context": "nowhere",
    });
    std::fs::write(&path, config.to_string()).expect("the kubeconfig can be written");
    let (code, said) = doctor_with(&path, &[]).await;
    let expected = "Cluster\n  failed     API server: http://127.0.0.1:1 gives no answer: Connection refused (os error 111)\n  \
                    \x20          next: check --kubeconfig and --context, whether that address can be reached from here, and whether \
                    you are logged in\n\n1 failed\n";
    assert_eq!((code, said.as_str()), (1, expected));
    std::fs::remove_file(&path).expect("it was just written");
}

#[tokio::test]
async fn an_operator_whose_clock_is_off_acts_and_is_told_apart_from_one_that_does_not() {
    let story = Story::prepare("doctor-clock").await;
    let leases = story.api::<Lease>();
    let lease = |second: i64| {
        let time = Timestamp::now() - SignedDuration::from_mins(10) + SignedDuration::from_secs(second);
        let time = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string();
        json!({ "spec": { "holderIdentity": "elsewhere", "leaseDurationSeconds": 20, "renewTime": time } })
    };
    let mut made = lease(0);
    made["metadata"] = json!({ "name": "roomkeeper" });
    create(&leases, &made).await;
    let renewals = async {
        for second in 1.. {
            let patch = Patch::Merge(lease(second));
            leases.patch("roomkeeper", &PatchParams::default(), &patch).await.expect("the Lease is there");
        }
    };
    let flags = flags(&story);
    let (_, said) = tokio::select! {
        said = doctor(&story, &flags) => said,
        () = renewals => unreachable!("it goes on"),
    };
    let off = format!("warning    Lease {}/roomkeeper: elsewhere renews it, by a clock that is ", story.namespace);
    assert!(said.contains(&off), "{said}");
}

#[tokio::test]
async fn whoever_may_see_little_is_told_what_is_not_known_and_whom_to_ask() {
    let mut story = Story::prepare("doctor-few").await;
    let user = format!("{}-viewer", story.namespace);
    let binding = json!({
        "metadata": { "name": user },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": rights::OPERATOR },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user }],
    });
    let nobody = format!("{}-nobody", story.namespace);
    create::<ClusterRoleBinding>(&Api::all(story.client.clone()), &binding).await;
    let hosts = story.sim.url().replace("http://", "");
    let flags = [flags(&story), ["--allowed-endpoint-hosts", &hosts].map(str::to_owned).to_vec()].concat();
    story.as_user(&user);
    let of_viewer = story.kubeconfig().to_owned();
    let seen = [
        "not known  ServiceAccount",
        "next: run doctor as somebody who may create subjectaccessreviews.authorization.k8s.io",
        "credential: the vendor accepts it",
    ];
    wait_until(DEADLINE, "the viewer's rights to hold, and what may be seen to be looked at", async || {
        let (_, said) = doctor_with(&of_viewer, &flags).await;
        seen.iter().all(|words| said.contains(words))
    })
    .await;

    story.as_user(&nobody);
    let (_, said) = doctor_with(story.kubeconfig(), &flags[2..]).await;
    let narrowed = "warning    namespaces: you may not list the objects of all, so only default is looked at\n             next: name";
    assert!(said.contains(narrowed), "{said}");
    let (_, said) = doctor_with(story.kubeconfig(), &flags).await;
    for unknown in
        ["not known  ProviderConfig:", "not known  Room:", "not known  policies:", "not known  rooms.roomkeeper.dev:"]
    {
        assert!(said.contains(unknown), "{unknown} in {said}");
    }
}
