//! The chart, installed by Helm: the operator runs with its account and its variables, and needs every right it gives.
//!
//! There is no kubelet, so no pod runs: what its container would be started with is read from the Deployment.

mod helm;
mod people;
mod pods;
mod rights;
mod uninstall;
mod values;

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{EnvVar, Secret};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Api;
use kube::api::{DeleteParams, ListParams};
use kube::config::{AuthInfo, Kubeconfig};
use roomkeeper::api::ProviderConfig;
use roomkeeper::key::Kind;
use roomkeeper_sim::App;
use roomkeeper_sim::huawei::meeting::room::Room as Vmr;
use serde_json::{Value, json};

use crate::operator::Operator;
use crate::story::{DEADLINE, KEY, OTHER_APP, ROOM, Story, create};
use crate::support::{Audit, ControlPlane, Options, wait_until};
use crate::{cloud_meeting, cloud_rtc};
use helm::{CHART, Helm};

/// The namespace and the name of the release, as the README has them.
const HOME: &str = "roomkeeper";

/// Starts a control plane and installs a chart by the commands of the README.
fn cluster(chart: &str) -> (&'static ControlPlane, Helm) {
    let (plane, helm) = empty_cluster();
    helm.shell(&commands(include_str!("../../README.md"), "## Install it in a cluster", chart));
    (plane, helm)
}

/// Starts a control plane.
fn empty_cluster() -> (&'static ControlPlane, Helm) {
    let plane = ControlPlane::start(&Options { audit: Audit::On, ..Options::default() });
    // It ends with this process.
    let plane: &ControlPlane = Box::leak(Box::new(plane.expect("a control plane starts")));
    (plane, Helm::of(plane))
}

/// What users are told about running it.
const OPERATIONS: &str = include_str!("../../docs/operations.md");

/// Returns the first commands of a page below these words, for a chart in this folder.
fn commands(page: &str, words: &str, chart: &str) -> String {
    let (_, below) = page.split_once(words).unwrap_or_else(|| panic!("the page does not say {words:?}"));
    let commands = below.split("```").nth(1).and_then(|block| block.strip_prefix("sh\n"));
    commands.unwrap_or_else(|| panic!("no commands below {words:?}")).replace("charts/roomkeeper", chart)
}

/// Sets the stage in a cluster with the chart: accounts of the namespace, and one that is shared.
async fn stage(plane: &'static ControlPlane) -> Story {
    let story = Story::on(plane, "chart").await;
    cloud_meeting::furnish(&story).await;
    cloud_rtc::begin_project(&story).await;
    let app = App::new(KEY, "administrator").with_accounts(["alice"]);
    story.sim.world(|world| world.tencent.insert(OTHER_APP, app));
    let secrets = Api::<Secret>::namespaced(story.client.clone(), HOME);
    create(&secrets, &json!({ "metadata": { "name": "shared" }, "stringData": { "secretKey": KEY } })).await;
    let other = json!({ "tencent": { "sdkAppId": OTHER_APP, "secretKeyRef": { "name": "shared" } } });
    story.create_cluster_config("shared", &other).await;
    story
}

/// The values for a stage; `more` is merged over them.
fn values(story: &Story, more: &Value) -> Value {
    let mut values =
        json!({ "allowedEndpointHosts": [story.sim.url().replace("http://", "")], "driftCheckInterval": "1h" });
    json_patch::merge(&mut values, more);
    values
}

/// Runs the operator as the Deployment has it, with the token of its ServiceAccount.
async fn run_operator(story: &mut Story) {
    if story.operator.is_some() {
        story.kill_operator().await;
    }
    // The next one has the same name and would not make the Lease again.
    let leases = Api::<Lease>::namespaced(story.client.clone(), HOME);
    if leases.get_opt(HOME).await.expect("the API server answers").is_some() {
        leases.delete(HOME, &DeleteParams::default()).await.expect("the Lease can go");
    }
    let deployments = Api::<Deployment>::namespaced(story.client.clone(), HOME);
    let pod = deployments.get(HOME).await.expect("Helm has made it").spec.and_then(|spec| spec.template.spec);
    let pod = pod.expect("it has a pod");
    let container = &pod.containers[0];
    let mut variables: BTreeMap<String, String> =
        container.env.iter().flatten().map(|variable| (variable.name.clone(), told(variable))).collect();
    let account = pod.service_account_name.expect("it has an account of its own");
    let kubeconfig = std::env::temp_dir().join(format!("roomkeeper-story-{}.kubeconfig", story.namespace));
    let token = story.plane.kubectl_command().args(["-n", HOME, "create", "token", &account]).output();
    let token = String::from_utf8(token.expect("kubectl runs").stdout).expect("a token is a text");
    let mut config = Kubeconfig::read_from(story.plane.kubeconfig()).expect("it can be read");
    let token = AuthInfo { token: Some(token.trim().to_owned().into()), ..AuthInfo::default() };
    config.auth_infos.iter_mut().for_each(|named| named.auth_info = Some(token.clone()));
    std::fs::write(&kubeconfig, serde_json::to_string(&config).expect("it has JSON")).expect("it can be written");
    variables.insert("KUBECONFIG".to_owned(), kubeconfig.to_str().expect("the path is a text").to_owned());
    // No other process of this machine is in its way.
    variables.insert("ROOMKEEPER_LISTEN".to_owned(), "127.0.0.1:0".to_owned());
    // The story hears what it plans.
    variables.insert("RUST_LOG".to_owned(), "warn,roomkeeper=debug".to_owned());
    let log = std::env::temp_dir().join(format!("roomkeeper-story-{}.log", story.namespace));
    let arguments = container.args.clone().unwrap_or_default();
    story.lives_in(HOME).await;
    story.operator = Some(Operator::start_as_told(&arguments, &variables, log));
}

/// Returns the value of a variable, as the kubelet would.
fn told(variable: &EnvVar) -> String {
    let field = variable.value_from.as_ref().and_then(|from| from.field_ref.as_ref());
    match field.map(|field| field.field_path.as_str()) {
        Some("metadata.namespace") => HOME.to_owned(),
        Some("metadata.name") => "roomkeeper-0".to_owned(),
        Some(other) => panic!("the kubelet knows {other}, this test does not"),
        None => variable.value.clone().unwrap_or_default(),
    }
}

/// Has the operator do everything that it can do, with objects that are gone in the end. Each round has its own meeting room.
async fn keep_rooms(story: Story, round: &str) -> Story {
    let id = format!("{round:0>32}");
    story.sim.world(|world| {
        let app = world.huawei_meeting.get_mut(cloud_meeting::MEETING_APP).expect("the story's app");
        let enterprise = app.enterprises.get_mut("corp").expect("the story's enterprise");
        enterprise.rooms.insert(id.clone(), Vmr::numbered(round).owned_by("alice@corp"));
    });
    let story = story.about(Kind::MeetingRoom);
    let meeting = json!({
        "metadata": { "name": "meeting" },
        "spec": {
            "huaweiMeeting": { "id": id, "onDelete": "Recycle" },
            "writeJoinInfoToSecretRef": { "name": format!("join-{round}") },
        },
    });
    cloud_meeting::create_room(&story, &meeting).await;
    story.until_reason("meeting", "InSync").await;
    let join = story.api::<Secret>().get_opt(&format!("join-{round}")).await.expect("the API server answers");
    assert!(join.is_some(), "how to join is told");

    let story = story.about(Kind::Room);
    let shared = json!({ "kind": "ClusterProviderConfig", "name": "shared" });
    story.create_room(&json!({})).await;
    story.create_room(&json!({ "metadata": { "name": "shared" }, "spec": { "providerConfigRef": shared } })).await;
    let show =
        json!({ "tencentRoom": null, "tencentLive": { "owner": "alice", "seatTemplate": "VideoDynamicGrid9Seats" } });
    story.create_room(&json!({ "metadata": { "name": "show" }, "spec": show })).await;
    cloud_rtc::joins(&story, "alice");
    story.create_room(&cloud_rtc::room(&json!({}))).await;
    let rooms = [ROOM, "shared", "show", cloud_rtc::ROOM];
    for room in rooms {
        story.until_reason(room, "InSync").await;
    }
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 12 } } })).await;
    story.until_event(ROOM, "Updated", "maxMembers").await;
    for room in rooms {
        story.delete_room(room).await;
        story.until_gone(room).await;
    }
    assert_eq!(story.deeds(ROOM).last().map(String::as_str), Some("destroy_room"));
    let story = story.about(Kind::MeetingRoom);
    story.delete_room("meeting").await;
    story.until_gone("meeting").await;
    story.about(Kind::Room)
}

/// Waits until nobody uses the accounts any more, as the operator says.
async fn until_accounts_rest(story: &Story) {
    let resting = async || {
        let configs = story.api::<ProviderConfig>().list(&ListParams::default()).await;
        let configs = configs.expect("the API server answers").items;
        configs.iter().all(|config| config.status.as_ref().is_none_or(|status| !status.in_use))
    };
    wait_until(DEADLINE, "the accounts to rest", resting).await;
}

#[tokio::test]
#[ignore = "it needs Helm: `make chart`"]
async fn an_upgrade_brings_the_kinds_and_what_is_granted_is_what_is_used_in_both_modes() {
    let (plane, helm) = cluster(&helm::older_chart());
    let definitions = Api::<CustomResourceDefinition>::all(plane.client().await);
    let categories = async || {
        let rooms = definitions.get("rooms.roomkeeper.dev").await.expect("the kind is installed");
        rooms.spec.names.categories
    };
    assert_eq!(categories().await, None, "the older chart has another definition");
    helm.shell(&commands(OPERATIONS, "## Upgrade", CHART));
    assert_eq!(categories().await, Some(vec!["roomkeeper".to_owned()]));

    let mut story = stage(plane).await;
    helm.upgrade(CHART, &values(&story, &json!({ "joinInfoSecrets": { &story.namespace: ["join-111"] } })));
    run_operator(&mut story).await;
    story = keep_rooms(story, "111").await;
    let granted = rights::granted(&story.client).await;
    assert!(granted.iter().any(|right| right.reads_secrets_everywhere()), "{granted:#?}");
    let until_now = rights::check(plane, &granted, 0).await;

    until_accounts_rest(&story).await;
    let namespaced = json!({
        "watchNamespaces": [story.namespace],
        "joinInfoSecrets": { &story.namespace: ["join-222"] },
    });
    helm.upgrade(CHART, &values(&story, &namespaced));
    run_operator(&mut story).await;
    story = keep_rooms(story, "222").await;
    let granted = rights::granted(&story.client).await;
    assert!(!granted.iter().any(|right| right.reads_secrets_everywhere()), "{granted:#?}");
    rights::check(plane, &granted, until_now).await;
}

#[test]
#[ignore = "it needs Helm: `make chart`"]
fn kinds_and_guards_that_were_applied_by_hand_are_taken_over() {
    let (_plane, helm) = empty_cluster();
    let root = env!("CARGO_MANIFEST_DIR");
    let older = helm::older_crds();
    helm.shell(&format!("kubectl create namespace {HOME}; kubectl apply -f {older} -f {root}/config/admission"));
    helm.shell(&commands(OPERATIONS, "applied by hand before", CHART));
    helm.shell(&commands(OPERATIONS, "## Upgrade", CHART));
    let categories = "kubectl get crd rooms.roomkeeper.dev -o jsonpath={.spec.names.categories} | grep roomkeeper";
    helm.shell(categories);
}
