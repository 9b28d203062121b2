//! What cannot be explained, and what is said then.

use serde_json::json;

use super::{ERROR, explain, run};
use crate::story::Story;
use crate::support::{ControlPlane, Options};

#[tokio::test]
async fn an_object_that_is_not_there_is_told_with_those_that_may_be_meant() {
    let mut story = Story::prepare("explain-missing").await;
    story.create_room(&json!({})).await;
    // Other stories have other names.
    story.create_room(&json!({ "metadata": { "name": "only-here" } })).await;
    let there = story.namespace.clone();
    let elsewhere = story.open_namespace("b").await;
    let rows = [
        ("room/weekly-snyc", "did you mean room/weekly-sync?".to_owned()),
        ("room/zebra", format!("there is no Room zebra in the namespace {there}\n")),
        ("meetingroom/weekly-sync", "there is no MeetingRoom weekly-sync".to_owned()),
        ("clusterproviderconfig/nowhere", "there is no ClusterProviderConfig nowhere\n".to_owned()),
        ("pod/weekly-sync", "`pod` is no kind that can be explained".to_owned()),
    ];
    for (object, words) in rows {
        let told = explain(&story, &[object]).await;
        assert_eq!(told.code, Some(ERROR), "{object}: {}", told.out);
        assert!(told.err.contains(&words), "{object}: {}", told.err);
    }
    story.go_to(&elsewhere);
    let told = explain(&story, &["room", "only-here"]).await;
    assert!(told.err.contains(&format!("but there is one in {there}: say so by -n {there}")), "{}", told.err);
}

#[tokio::test]
async fn a_cluster_without_our_kinds_or_without_an_answer_is_told_as_such() {
    let plane = ControlPlane::start(&Options::default()).expect("a control plane starts");
    let told = run(plane.kubeconfig(), &["room/weekly-sync"]).await;
    assert_eq!(told.code, Some(ERROR), "{}", told.out);
    assert!(told.err.contains("does not know the kind Room"), "{}", told.err);

    let text = std::fs::read_to_string(plane.kubeconfig()).expect("the kubeconfig can be read");
    let mut config: serde_json::Value = serde_saphyr::from_str(&text).expect("a kubeconfig");
    for known in config["clusters"].as_array_mut().expect("it has clusters") {
        // Nobody listens at the port for discarding.
        known["cluster"]["server"] = json!("https://127.0.0.1:9");
    }
    let path = std::env::temp_dir().join(format!("roomkeeper-explain-{}.kubeconfig", std::process::id()));
    std::fs::write(&path, config.to_string()).expect("the kubeconfig can be written");
    let told = run(&path, &["room/weekly-sync"]).await;
    assert_eq!(told.code, Some(ERROR), "{}", told.out);
    assert!(told.err.contains("the cluster does not answer"), "{}", told.err);
    std::fs::remove_file(&path).expect("it was just written");
}
