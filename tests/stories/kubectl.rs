//! What people type, with the real kubectl: waiting for rooms, and giving Argo CD its health checks.

use std::path::Path;

use k8s_openapi::api::core::v1::ConfigMap;
use roomkeeper_sim::{Effect, Fault, Times};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::story::{APP, ROOM, Story, create};
use crate::support::ControlPlane;

/// Runs kubectl in the story's namespace, and returns whether it succeeded and what it said.
pub async fn kubectl(story: &Story, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::from(story.plane.kubectl_command());
    command.args(["--namespace", &story.namespace]).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().await.expect("kubectl runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// Applies a room as a file.
async fn apply(story: &Story, more: &Value) {
    let file = std::env::temp_dir().join(format!("{}.json", story.namespace));
    std::fs::write(&file, story.room_manifest(more).to_string()).expect("the manifest can be written");
    let (applied, said) = kubectl(story, &["apply", "--filename", &file.to_string_lossy()]).await;
    assert!(applied, "{said}");
    std::fs::remove_file(&file).expect("it was just written");
}

async fn wait(story: &Story, condition: &str, timeout: &str) -> (bool, String) {
    let (room, condition) = (format!("room/{ROOM}"), format!("--for=condition={condition}"));
    kubectl(story, &["wait", &room, &condition, &format!("--timeout={timeout}")]).await
}

#[tokio::test]
async fn waiting_ends_only_for_the_version_that_was_applied() {
    let mut story = Story::prepare("kubectl-wait").await;
    apply(&story, &json!({})).await;
    let (returned, said) = wait(&story, "Ready", "1s").await;
    assert!(!returned && said.contains("timed out"), "nobody has looked at a new object: {said}");
    story.start_operator();
    let (returned, said) = wait(&story, "Ready", "40s").await;
    assert!(returned, "{said}");

    // The operator does not get to look, so the Ready=True of before the edit stands.
    let look = Fault::at("room_engine/get_room_info", Effect::HoldBefore).times(Times::UntilRemoved);
    let held = story.sim.faults().add(look).expect("a known operation");
    apply(&story, &json!({ "spec": { "tencentRoom": { "owner": "bob" } } })).await;
    story.until_held(held).await;
    let stands = story.room(ROOM).await.and_then(|room| room.status).expect("it has a status");
    assert_eq!(stands.conditions[0].status.as_str(), "True", "the story is about an old Ready=True");
    let (returned, said) = wait(&story, "Ready", "2s").await;
    assert!(!returned && said.contains("timed out"), "the old Ready=True was taken for an answer: {said}");

    // Now it looks, and the edit waits for a person.
    story.sim.faults().remove(held).expect("it holds");
    let (returned, said) = wait(&story, "Reconciling", "40s").await;
    assert!(returned, "{said}");
    let (returned, said) = wait(&story, "Ready", "1s").await;
    assert!(!returned && said.contains("timed out"), "{said}");
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    let (returned, said) = wait(&story, "Ready", "40s").await;
    assert!(returned, "{said}");
    assert_eq!(story.vendor_room(ROOM).expect("there").owner, "bob");

    // More than the package allows: a person has to act.
    apply(&story, &json!({ "spec": { "tencentRoom": { "owner": "bob", "maxMembers": 5000 } } })).await;
    let (returned, said) = wait(&story, "Stalled", "40s").await;
    assert!(returned, "{said}");
}

#[tokio::test]
async fn argo_cd_is_given_its_health_checks_by_one_patch() {
    let story = Story::prepare("argocd-cm").await;
    let theirs = json!({ "metadata": { "name": "argocd-cm" }, "data": { "url": "https://argocd.example" } });
    create::<ConfigMap>(&story.api(), &theirs).await;
    // The command of docs/gitops.md.
    let patch = ["--type=merge", "--patch-file", "gitops/argo-cd/argocd-cm.yaml"];
    let (patched, said) = kubectl(&story, &[&["patch", "configmap", "argocd-cm"][..], &patch].concat()).await;
    assert!(patched, "{said}");
    let data = story.api::<ConfigMap>().get("argocd-cm").await.expect("there").data.unwrap_or_default();
    assert_eq!((data.len(), data["url"].as_str()), (5, "https://argocd.example"));
    for kind in ["Room", "MeetingRoom", "ProviderConfig", "ClusterProviderConfig"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("gitops/argo-cd/roomkeeper.dev");
        let script = std::fs::read_to_string(folder.join(kind).join("health.lua")).expect("the health check is there");
        assert_eq!(data[&format!("resource.customizations.health.roomkeeper.dev_{kind}")], script);
    }
}

#[tokio::test]
async fn it_is_a_plugin_under_another_name_and_completed_under_a_third() {
    let plane = ControlPlane::shared();
    let folder = std::env::temp_dir().join(format!("roomkeeper-plugins-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder can be made");
    for name in ["kubectl-roomkeeper", "kubectl_complete-roomkeeper"] {
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_roomkeeper"), folder.join(name)).expect("a link can be made");
    }
    let path = std::env::var("PATH").expect("there is a PATH");
    let run = async |arguments: &[&str]| {
        let mut command = Command::from(plane.kubectl_command());
        command.args(arguments).env("PATH", format!("{}:{path}", folder.display()));
        let output = command.output().await.expect("kubectl runs");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("it prints UTF-8");
        (output.status.code(), said)
    };
    let (code, said) = run(&["roomkeeper", "version"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with(concat!("roomkeeper ", env!("CARGO_PKG_VERSION"), "\n")), "{said}");
    let (code, said) = run(&["roomkeeper", "plan", "-f", "/nowhere"]).await;
    assert!(code == Some(1) && said.contains("error: /nowhere cannot be read") && said.contains("\nhint: "), "{said}");
    let (code, said) = run(&["roomkeeper", "plam"]).await;
    assert!(code == Some(2) && said.contains("Usage: kubectl roomkeeper "), "{said}");
    let (_, said) = run(&["__complete", "roomkeeper", "pl"]).await;
    assert!(said.starts_with("plan\tShows what the operator would do"), "{said}");
    let (_, said) = run(&["__complete", "roomkeeper", "plan", "--assume"]).await;
    assert!(said.starts_with("--assume-owned\t"), "{said}");

    // What it prints is what the API server takes.
    let (_, crds) = run(&["roomkeeper", "crds", "--with-guards"]).await;
    let file = folder.join("all.yaml");
    std::fs::write(&file, crds).expect("a file can be written");
    let apply = ["apply", "--server-side", "--dry-run=server", "--filename", &file.to_string_lossy()];
    let (code, said) = run(&apply).await;
    assert!(code == Some(0) && said.matches("serverside-applied").count() == 18, "{said}");
    std::fs::remove_dir_all(&folder).expect("it was just made");
}
