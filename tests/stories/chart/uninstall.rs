//! Uninstalling: by accident it changes nothing, on purpose it leaves objects and rooms.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Api;
use serde_json::json;

use super::helm::CHART;
use super::{HOME, Helm, OPERATIONS, cluster, commands, run_operator, stage, until_accounts_rest, values};
use crate::story::{DEADLINE, ROOM, Story};
use crate::support::{Process, wait_until};

/// What Helm says of a refused uninstall.
fn refusal(helm: &Helm) -> Option<String> {
    let output = helm.attempt(&["uninstall", HOME, "-n", HOME]);
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Follows the page: one command, and then the uninstall, which is refused until the API server has heard of it.
async fn uninstall(helm: &Helm, way: &str) {
    let commands = commands(OPERATIONS, way, CHART);
    let (first, then) = commands.trim().split_once('\n').expect("there are two");
    assert_eq!(then, format!("helm uninstall {HOME} --namespace {HOME}"));
    helm.shell(first);
    wait_until(DEADLINE, "the uninstall to pass", async || refusal(helm).is_none()).await;
}

async fn is_installed(story: &Story) -> bool {
    let deployment = Api::<Deployment>::namespaced(story.client.clone(), HOME).get_opt(HOME).await;
    let account = Api::<ServiceAccount>::namespaced(story.client.clone(), HOME).get_opt(HOME).await;
    let there = [deployment.expect("the API server answers").is_some(), account.expect("it answers").is_some()];
    assert_eq!(there[0], there[1], "half of it is there");
    there[0]
}

#[tokio::test]
#[ignore = "it needs Helm: `make chart`"]
async fn an_uninstall_is_refused_as_a_whole_or_leaves_objects_and_rooms_and_another_install_goes_on() {
    let (plane, helm) = cluster(CHART);
    let mut story = stage(plane).await;
    let guarded = values(&story, &json!({ "watchNamespaces": [story.namespace] }));
    helm.upgrade(CHART, &guarded);
    run_operator(&mut story).await;
    story.create_room(&json!({})).await;
    let status = story.until_reason(ROOM, "InSync").await;

    // The guards are there a moment after they were installed.
    let begin = ["-n", HOME, "delete", "--dry-run=server", "configmap", "roomkeeper-uninstall"];
    let is_guarded = async || !plane.kubectl_command().args(begin).output().expect("kubectl runs").status.success();
    wait_until(DEADLINE, "the uninstall to be guarded", is_guarded).await;
    let told = refusal(&helm).expect("it is refused");
    for words in ["nothing was deleted", "helm -n roomkeeper upgrade roomkeeper CHART", "kubectl delete crds"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(is_installed(&story).await, "{told}");
    // It is still a release that can be upgraded.
    uninstall(&helm, "**For a while.**").await;
    assert!(!is_installed(&story).await);
    story.kill_operator().await;
    let deeds = story.deeds(ROOM);
    assert!(story.vendor_room(ROOM).is_some(), "the room is gone");
    assert_eq!(story.room(ROOM).await.and_then(|room| room.status), Some(status), "the object is as it was");

    helm.upgrade(CHART, &guarded);
    run_operator(&mut story).await;
    story.look_again(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.deeds(ROOM), deeds, "the same room is kept on");

    // For good: the kinds first, with the guards in place.
    plane.restart(Process::KubeControllerManager).await.expect("it starts again");
    uninstall(&helm, "**For good.**").await;
    assert!(story.vendor_room(ROOM).is_some(), "uninstalling dismisses nobody");
    assert!(!is_installed(&story).await);
    assert_eq!(story.deeds(ROOM), deeds);
    story.versions.judge_nothing();
}

#[tokio::test]
#[ignore = "it needs Helm: `make chart`"]
async fn a_namespace_with_an_account_in_use_keeps_the_operators_rights_and_the_upgrade_says_so() {
    let (plane, helm) = cluster(CHART);
    let mut story = stage(plane).await;
    let both = values(&story, &json!({ "watchNamespaces": [story.namespace, "default"] }));
    helm.upgrade(CHART, &both);
    run_operator(&mut story).await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let role = ["-n", &story.namespace, "delete", "--dry-run=server", "role", HOME];
    let is_kept = async || !plane.kubectl_command().args(role).output().expect("kubectl runs").status.success();
    wait_until(2 * DEADLINE, "the rights to be guarded", is_kept).await;

    let one = values(&story, &json!({ "watchNamespaces": ["default"] }));
    let told = helm.refusal_of_upgrade(CHART, &one);
    assert!(told.contains("the ProviderConfig tencent of that namespace is in use"), "{told}");
    helm.upgrade(CHART, &both);
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    until_accounts_rest(&story).await;
    // The API server hears of it a moment later.
    wait_until(DEADLINE, "the rights to be free", async || !is_kept().await).await;
    helm.upgrade(CHART, &one);
    assert!(story.vendor_room(ROOM).is_none());
}

#[tokio::test]
#[ignore = "it needs Helm: `make chart`"]
async fn one_of_several_releases_goes_while_the_guards_of_another_are_there() {
    let (plane, helm) = cluster(CHART);
    let binding = ["delete", "--dry-run=server", "clusterrolebinding", HOME];
    let is_guarded = async || !plane.kubectl_command().args(binding).output().expect("kubectl runs").status.success();
    wait_until(DEADLINE, "the rights to be guarded", is_guarded).await;
    helm.shell(&format!(
        "kubectl create namespace other
        helm install other {CHART} -n other --set crds.install=false,admissionPolicies.enabled=false"
    ));
    helm.shell(&commands(OPERATIONS, "To uninstall one of them", CHART));
    let left = plane.kubectl_command().args(["-n", "other", "get", "deployments,roles", "-o", "name"]).output();
    assert_eq!(String::from_utf8_lossy(&left.expect("kubectl runs").stdout), "");
    assert!(is_guarded().await, "what is left of the other release is no matter of this one");
}
