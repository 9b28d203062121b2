//! `roomkeeper bundle`: what is in the archive, and that no secret is, wherever one was written.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::Api;
use roomkeeper_sim::{Effect, Refusal};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::cloud_meeting::{self, APP_KEY, GUEST, HOST};
use crate::doctor::stage::{deploy, flags, furnish_rights};
use crate::story::{DEADLINE, KEY, ROOM, Story, create};
use crate::support::wait_until;

/// A password of a room.
const DOOR: &str = "canary 314/159";

/// Runs bundle in a folder, and returns whether it succeeded, and what it printed on both channels.
async fn bundle(story: &Story, kubeconfig: &Path, folder: &Path, output: &str) -> (bool, Vec<u8>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roomkeeper"));
    command.arg("bundle").args(flags(story)).args(["-o", output]).env("KUBECONFIG", kubeconfig).current_dir(folder);
    let ended = command.output().await.expect("bundle runs");
    (ended.status.success(), ended.stdout, String::from_utf8_lossy(&ended.stderr).into_owned())
}

fn new_folder(story: &Story, name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("roomkeeper-bundle-{}-{name}", story.namespace));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// Unpacks an archive with the system's tar, and returns its files by their paths in its one folder.
async fn unpack(archive: &Path, into: &Path) -> BTreeMap<String, Vec<u8>> {
    let tar = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(into).output().await.expect("tar runs");
    assert!(tar.status.success(), "{}", String::from_utf8_lossy(&tar.stderr));
    let top: Vec<_> =
        std::fs::read_dir(into).expect("it is there").filter_map(Result::ok).filter(|e| e.path().is_dir()).collect();
    assert_eq!(top.len(), 1, "all is in one folder");
    let mut files = BTreeMap::new();
    let mut folders = vec![top[0].path()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("it is there").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(top[0].path()).expect("it is below").display().to_string();
                files.insert(name, std::fs::read(&path).expect("it can be read"));
            }
        }
    }
    files
}

/// Writes secrets into many places of the cluster where they do not belong.
async fn spill(story: &Story) {
    story.create_secret("door", "code", DOOR).await;
    let refused =
        Refusal::of(100_002).saying(&format!("you sent {APP_KEY} and {}", STANDARD.encode(format!("x{APP_KEY}y"))));
    story.fault("room_engine/create_room", Effect::Refuse(refused));
    let guest = json!({ "secretKeyRef": { "name": "guests", "key": "guest" } });
    cloud_meeting::create_room(story, &json!({ "spec": { "huaweiMeeting": { "guestPassword": guest } } })).await;
    let annotations = json!({
        "notes": format!("key {KEY}, {}, door {DOOR:?}, {}", STANDARD.encode(KEY), HOST),
        "url": "https://example.com/?code=canary%20314%2f159&usersig=eJcanary-signature&x=1",
        "kubectl.kubernetes.io/last-applied-configuration": format!("{{\"password\":\"{GUEST}\"}}"),
    });
    let info = format!("call {DOOR}");
    let password = json!({ "secretKeyRef": { "name": "door", "key": "code" } });
    let spec = json!({ "tencentRoom": { "customInfo": info, "password": password } });
    story.create_room(&json!({ "metadata": { "annotations": annotations }, "spec": spec })).await;
    let room = story.room(ROOM).await.expect("it is there");
    let event = json!({
        "metadata": { "name": "told" },
        "involvedObject": { "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "Room", "name": ROOM, "namespace": story.namespace, "uid": room.metadata.uid },
        "reason": "Told",
        "message": format!("Authorization: canary-token and {KEY}"),
    });
    create(&story.api::<Event>(), &event).await;
    let container = json!({ "name": "controller", "image": "roomkeeper", "args": ["controller"], "env": [{ "name": "TOKEN", "value": "canary-variable" }] });
    let pod = json!({
        "metadata": { "name": "roomkeeper-0", "labels": { "app.kubernetes.io/name": "roomkeeper" } },
        "spec": { "containers": [container], "nodeName": "nowhere", "automountServiceAccountToken": false },
    });
    create(&story.api::<Pod>(), &pod).await;
}

#[tokio::test]
async fn the_archive_has_what_support_needs_and_no_secret_wherever_one_was_written() {
    let mut story = Story::prepare("bundle").await;
    // Without the guards, which hold in the whole control plane that other stories share.
    deploy(&story).await;
    furnish_rights(&story).await;
    cloud_meeting::furnish(&story).await;
    spill(&story).await;
    story.start_operator();
    story.until_reason(ROOM, "InvalidSpec").await;
    let told = story.room(ROOM).await.and_then(|room| room.status?.last_failure).expect("the vendor refused");
    assert!(told.message.contains(APP_KEY), "the vendor's text holds the key of somebody else: {told:?}");

    let folder = new_folder(&story, "ours");
    let admin = story.plane.kubeconfig();
    let (packed, said, why) = bundle(&story, admin, &folder, "ticket.tar.gz").await;
    assert!(packed, "{why}");
    assert_eq!(String::from_utf8_lossy(&said), "ticket.tar.gz: read README.txt in it before you send it\n");
    let archive = folder.join("ticket.tar.gz");
    assert_eq!(std::fs::metadata(&archive).expect("it is there").permissions().mode() & 0o777, 0o600);

    let unpacked = new_folder(&story, "ours-unpacked");
    let files = unpack(&archive, &unpacked).await;
    let mut secrets = story.secrets().await;
    secrets.extend(
        [DOOR, KEY, APP_KEY, HOST, GUEST].map(|secret| STANDARD.encode(secret).trim_end_matches('=').to_owned()),
    );
    for (path, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        let told = secrets.iter().find(|secret| text.contains(secret.as_str()));
        assert_eq!(told, None, "{path} tells a secret: {text}");
        assert!(!path.contains("canary") && !text.contains("kind: Secret"), "{path}: {text}");
    }
    let readme = String::from_utf8_lossy(&files["README.txt"]).into_owned();
    let listed = readme.split("What is not").next().unwrap_or_default().lines();
    let listed: BTreeSet<&str> =
        listed.filter_map(|line| line.strip_prefix("  ")?.split_once(": ").map(|(path, _)| path)).collect();
    let packed: BTreeSet<&str> = files.keys().map(String::as_str).filter(|path| *path != "README.txt").collect();
    assert_eq!(listed, packed);
    let namespace = &story.namespace;
    let room = format!("objects/Room/{namespace}/{ROOM}.yaml");
    for expected in [
        "doctor.txt",
        "doctor.json",
        "versions.yaml",
        "secrets.yaml",
        "definitions/rooms.roomkeeper.dev.yaml",
        &room,
        &format!("objects/ProviderConfig/{namespace}/meeting.yaml"),
        &format!("events/{namespace}.yaml"),
        "operator/lease.yaml",
        "operator/deployment.yaml",
        "operator/pods/roomkeeper-0/pod.yaml",
    ] {
        assert!(packed.contains(expected), "{expected} is not in {packed:?}");
    }
    for missing in ["operator/pods/roomkeeper-0/log.txt: ", "operator/pods/roomkeeper-0/metrics.txt: "] {
        assert!(readme.contains(&format!("Not to be had: {missing}")), "{readme}");
    }
    let text = |path: &str| String::from_utf8_lossy(&files[path]).into_owned();
    assert!(
        text(&room).contains("call (secret)")
            && text(&room).contains("InvalidSpec")
            && !text(&room).contains("managedFields")
    );
    assert!(
        text("operator/deployment.yaml").contains("(left out)")
            && text("operator/deployment.yaml").contains("ROOMKEEPER_LEASE")
    );
    assert!(text("secrets.yaml").contains("- secretKey") && text("secrets.yaml").contains("type: Opaque"));
    let document: Value = serde_json::from_slice(&files["doctor.json"]).expect("it is JSON");
    assert!(document["checks"].as_array().is_some_and(|checks| checks.len() > 10));

    let (packed, _, why) = bundle(&story, admin, &folder, "ticket.tar.gz").await;
    assert!(!packed && why.contains("ticket.tar.gz is there already"), "{why}");
    let (packed, bytes, _) = bundle(&story, admin, &folder, "-").await;
    assert!(packed);
    std::fs::write(folder.join("piped.tar.gz"), bytes).expect("it can be written");
    let piped = unpack(&folder.join("piped.tar.gz"), &new_folder(&story, "piped")).await;
    assert_eq!(piped.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>());
}

#[tokio::test]
async fn whoever_may_not_read_the_secrets_is_told_to_read_the_archive_first() {
    let mut story = Story::prepare("bundle-few").await;
    let name = story.namespace.clone();
    let groups = ["roomkeeper.dev", "apps", "coordination.k8s.io", "events.k8s.io", "apiextensions.k8s.io"];
    let rules = json!([{ "apiGroups": groups, "resources": ["*"], "verbs": ["get", "list"] }]);
    create::<ClusterRole>(&Api::all(story.client.clone()), &json!({ "metadata": { "name": name }, "rules": rules }))
        .await;
    let binding = json!({
        "metadata": { "name": name },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name }],
    });
    create::<ClusterRoleBinding>(&Api::all(story.client.clone()), &binding).await;
    story.as_user(&name);
    let folder = new_folder(&story, "few");
    let user = story.kubeconfig().to_owned();
    let mut number = 0;
    wait_until(DEADLINE, "the rights to hold", async || {
        number += 1;
        let (packed, _, why) = bundle(&story, &user, &folder, &format!("{number}.tar.gz")).await;
        packed && why.contains("1 Secrets could not be read")
    })
    .await;
    let files = unpack(&folder.join(format!("{number}.tar.gz")), &new_folder(&story, "few-unpacked")).await;
    let readme = String::from_utf8_lossy(&files["README.txt"]).into_owned();
    assert!(readme.contains("Read everything before you send it"), "{readme}");
    assert!(readme.contains(&format!("the Secret {name}/tencent: secrets \"tencent\" is forbidden")), "{readme}");
    assert!(readme.contains("Not to be had: operator/pods: pods is forbidden"), "{readme}");
}
