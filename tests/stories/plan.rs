//! `roomkeeper plan --cluster`: accounts, Secrets and claims come from the cluster, manifests from files.

use std::process::Output;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::story::{ROOM, Story, create};

/// Plans these manifests with what the story's cluster has, as this user.
async fn plan(story: &Story, manifests: &[Value], more: &[&str]) -> (Option<i32>, String) {
    let path = std::env::temp_dir().join(format!("{}.plan.yaml", story.namespace));
    let text: String = manifests.iter().map(|manifest| format!("---\n{manifest}\n")).collect();
    std::fs::write(&path, text).expect("the manifests can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_roomkeeper"));
    command.args(["plan", "-f"]).arg(&path).args(more).args(["--operator-namespace", &story.namespace]);
    command.args(["--allowed-endpoint-hosts", story.sim.url().trim_start_matches("http://")]);
    command.env("KUBECONFIG", story.plane.kubeconfig());
    let Output { status, stdout, stderr } = command.output().await.expect("the program runs");
    std::fs::remove_file(&path).expect("it was just written");
    let said = [stdout, stderr].concat();
    (status.code(), String::from_utf8(said).expect("it is UTF-8"))
}

#[tokio::test]
async fn what_files_do_not_have_comes_from_the_cluster() {
    let story = Story::begin("plan-cluster").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;

    let edited = story.room_manifest(&json!({ "spec": { "tencentRoom": { "maxMembers": 20 } } }));
    let namespace = &story.namespace;
    // Other stories have objects of the same account.
    let flags = ["--cluster", "--watch-namespaces", namespace];
    let (code, said) = plan(&story, std::slice::from_ref(&edited), &flags).await;
    let wanted = format!(
        "\
~ Room {namespace}/{ROOM}
    room tencent/1400000000/{ROOM} (this object's, by its records)
    1. update the room
       maxMembers: 300 -> 20

Plan: 1 to update.
Deletions are not shown: name what was there before with --base.
"
    );
    assert_eq!((code, said.as_str()), (Some(2), wanted.as_str()));

    let (code, said) = plan(&story, &[edited], &[]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the ProviderConfig ") && said.contains("does not exist"), "{said}");

    let rival = json!({ "metadata": { "name": "rival" }, "spec": { "tencentRoom": { "roomId": ROOM } } });
    let (code, said) = plan(&story, &[story.room_manifest(&rival)], &flags).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("DuplicateClaim: the room belongs to {namespace}/{ROOM};")), "{said}");

    let other_id = json!({ "spec": { "tencentRoom": { "roomId": "another" } } });
    let (code, said) = plan(&story, &[story.room_manifest(&other_id)], &[&flags[..], &["--offline"]].concat()).await;
    assert_eq!(code, Some(1), "an id cannot change: {said}");
}

#[tokio::test]
async fn a_removed_object_is_planned_as_the_cluster_has_it() {
    let story = Story::begin("plan-removed").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let base = std::env::temp_dir().join(format!("{}.base.yaml", story.namespace));
    let never_there = story.room_manifest(&json!({ "metadata": { "name": "never-applied" } }));
    let text = format!("{}\n---\n{never_there}", story.room_manifest(&json!({})));
    std::fs::write(&base, text).expect("the base can be written");
    let base_path = base.to_string_lossy();
    let flags = ["--cluster", "--watch-namespaces", &story.namespace, "--base", &base_path];
    let (code, said) = plan(&story, &[], &flags).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("(this object's, by its records)\n    1. dismiss the room  cannot be undone\n"), "{said}");
    assert!(!said.contains("never-applied"), "{said}");

    story.annotate(ROOM, "roomkeeper.dev/protect", "true").await;
    let (code, said) = plan(&story, &[], &flags).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("its deletion is refused: it is annotated with roomkeeper.dev/protect"), "{said}");
    std::fs::remove_file(&base).expect("it was just written");
}

#[tokio::test]
async fn who_may_read_only_some_namespaces_is_served_and_who_may_read_none_is_told() {
    let mut story = Story::begin("plan-rights").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let user = format!("{}-developer", story.namespace);
    story.as_user(&user);
    let kubeconfig = story.kubeconfig().display().to_string();
    let flags = ["--cluster", "--kubeconfig", kubeconfig.as_str()];
    let (code, said) = plan(&story, &[story.room_manifest(&json!({}))], &flags).await;
    let wanted = format!("you may not list rooms in the namespace {}", story.namespace);
    assert!(code == Some(1) && said.contains(&wanted), "{said}");

    let role = json!({ "metadata": { "name": "plan" }, "rules": [
        { "apiGroups": ["roomkeeper.dev"], "resources": ["rooms", "meetingrooms", "providerconfigs"], "verbs": ["list"] },
        { "apiGroups": [""], "resources": ["secrets"], "verbs": ["get"] },
    ]});
    create(&story.api::<k8s_openapi::api::rbac::v1::Role>(), &role).await;
    let binding = json!({
        "metadata": { "name": "plan" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "plan" },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user }],
    });
    create(&story.api::<k8s_openapi::api::rbac::v1::RoleBinding>(), &binding).await;
    let (code, said) = plan(&story, &[story.room_manifest(&json!({}))], &flags).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("(this object's, by its records)\n    InSync: "), "{said}");

    let (code, said) = plan(&story, &[story.room_manifest(&json!({}))], &["--cluster", "--context", "nowhere"]).await;
    assert!(code == Some(1) && said.contains("--context=nowhere is not usable"), "{said}");
}
