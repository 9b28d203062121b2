//! Uninstalling: by accident it changes nothing, on purpose it leaves objects and rooms.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Api;
use serde_json::json;

use super::helm::CHART;
use super::{HOME, Helm, cluster, run_operator, stage, values};
use crate::story::{DEADLINE, ROOM, Story};
use crate::support::{Process, wait_until};

/// What Helm says of a refused uninstall.
fn refusal(helm: &Helm) -> Option<String> {
    let output = helm.attempt(&["uninstall", HOME, "-n", HOME]);
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
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
    let (plane, helm) = cluster(CHART).await;
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
    let mut free = guarded.clone();
    free["admissionPolicies"] = json!({ "enabled": false });
    helm.upgrade(CHART, &free);
    let uninstalled = async || refusal(&helm).is_none();
    wait_until(DEADLINE, "the uninstall to pass", uninstalled).await;
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
    let command = told[told.find("kubectl delete crds").expect("it is told")..].lines().next();
    helm.shell(command.expect("it has a line"));
    assert!(story.vendor_room(ROOM).is_some(), "uninstalling dismisses nobody");
    plane.restart(Process::KubeControllerManager).await.expect("it starts again");
    wait_until(DEADLINE, "the uninstall to pass", async || refusal(&helm).is_none()).await;
    assert!(!is_installed(&story).await);
    assert_eq!(story.deeds(ROOM), deeds);
    story.versions.judge_nothing();
}

#[tokio::test]
#[ignore = "it needs Helm: `make chart`"]
async fn one_of_several_releases_goes_while_the_guards_of_another_are_there() {
    let (plane, helm) = cluster(CHART).await;
    let binding = ["delete", "--dry-run=server", "clusterrolebinding", HOME];
    let is_guarded = async || !plane.kubectl_command().args(binding).output().expect("kubectl runs").status.success();
    wait_until(DEADLINE, "the rights to be guarded", is_guarded).await;
    helm.shell(&format!(
        "kubectl create namespace other
        helm install other {CHART} -n other --set crds.install=false,admissionPolicies.enabled=false"
    ));
    let page = include_str!("../../../docs/operations.md");
    let (_, below) = page.split_once("To uninstall one of them").expect("the page says how");
    let commands = below.split("```").nth(1).and_then(|block| block.strip_prefix("sh\n")).expect("by commands");
    helm.shell(commands);
    let left = plane.kubectl_command().args(["-n", "other", "get", "deployments,roles", "-o", "name"]).output();
    assert_eq!(String::from_utf8_lossy(&left.expect("kubectl runs").stdout), "");
    assert!(is_guarded().await, "what is left of the other release is no matter of this one");
}
