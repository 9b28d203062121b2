//! Where manifests and Secrets come from.

use serde_json::json;

use crate::stage::*;

#[tokio::test]
async fn secrets_come_from_the_environment_where_no_manifest_has_them() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|room| {
        (room.password_enabled, room.password) = (true, PASSWORD.to_owned());
    });
    let path = stage.file("manifests.yaml", &yaml(&[stage.config(), with_password()]));
    let arguments = ["-f", path.as_str(), "--assume-owned"];
    let missing =
        "\n    ProviderConfigNotReady: the Secret events/tencent does not exist; create it or correct the reference\n";
    stage.run(&arguments, &[], "").await.says("no key", ERROR, missing);
    let no_door =
        "\n    ProviderConfigNotReady: the Secret events/door does not exist; create it or correct the reference\n";
    stage.run(&arguments, &[(KEY_VARIABLE, KEY)], "").await.says("no password", ERROR, no_door);
    let both = [(KEY_VARIABLE, KEY), ("ROOMKEEPER_SECRET_DOOR_CODE", PASSWORD)];
    stage.run(&arguments, &both, "").await.is("both", NOTHING, IN_SYNC);
}

#[tokio::test]
async fn a_folder_a_list_and_the_standard_input_are_read_alike() {
    let stage = Stage::new().await;
    let key = secret("tencent", "secretKey", KEY);
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": [stage.config(), key.clone(), room(&json!({}))] });
    stage.run(&["-f", "-"], &[], &yaml(&[list])).await.is("standard input, a list", CHANGES, CREATE);

    stage.file("account.yml", &yaml(&[stage.config(), key]));
    stage.file("room.json", &room(&json!({})).to_string());
    stage.file("notes.txt", "{ not for us");
    let other = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "of-somebody-else" } });
    stage.file("other.yaml", &yaml(&[other]));
    let folder = stage.folder.display().to_string();
    stage.run(&["-f", &folder], &[], "").await.is("a folder", CHANGES, CREATE);
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_with_object_and_field() {
    let stage = Stage::new().await;
    let rows = [
        ("bad YAML", "kind: Room\n  metadata: [".to_owned(), vec!["manifests.yaml: ", "line 2"]),
        (
            "a Secret with a number",
            yaml(&[
                json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "s" }, "stringData": { "k": 7 } }),
            ]),
            vec!["manifests.yaml: Secret s: stringData"],
        ),
        ("nothing of ours", yaml(&[stage.config()]), vec!["no Room or MeetingRoom was found in ", "manifests.yaml"]),
        ("an empty file", String::new(), vec!["no Room or MeetingRoom was found in ", "manifests.yaml"]),
    ];
    for (what, text, words) in rows {
        let path = stage.file("manifests.yaml", &text);
        stage.run(&["-f", &path], &[], "").await.fails(what, &words);
    }
    let rows = [
        ("an undecodable field", json!({ "maxMembers": "many" }), "\n    spec.tencentRoom.maxMembers: "),
        ("a misspelt field", json!({ "maxMember": 3 }), "\n    spec.tencentRoom.maxMember: there is no such field"),
    ];
    for (what, engine, words) in rows {
        let wrong = room(&json!({ "metadata": { "name": "wrong" }, "spec": { "tencentRoom": engine } }));
        let path = stage.file("manifests.yaml", &yaml(&[wrong, room(&json!({}))]));
        let told = stage.run(&["-f", &path], &[], "").await;
        told.says(what, ERROR, words);
        told.says(what, ERROR, "! Room events/wrong\n");
        told.says("the other object has its turn", ERROR, "! Room events/weekly-sync\n");
    }
    for text in [
        format!("kind: Secret\nstringData:\n  code: {PASSWORD}\n broken\n"),
        yaml(&[
            json!({ "kind": "Secret", "apiVersion": "v1", "metadata": { "name": "s" }, "data": { "k": PASSWORD } }),
        ]),
        yaml(&[
            json!({ "kind": "Secret", "apiVersion": "v1", "metadata": { "name": "s" }, "stringData": { "k": 31_415_926 } }),
        ]),
    ] {
        let told = stage.run(&["-f", &stage.file("manifests.yaml", &text)], &[], "").await;
        told.fails("a Secret that cannot be read", &["manifests.yaml: "]);
        assert!(!told.err.contains("canary") && !told.err.contains("31415926"), "{}", told.err);
    }
    let absent = stage.folder.join("absent.yaml").display().to_string();
    let words = format!("{absent} cannot be read: No such file");
    stage.run(&["-f", &absent], &[], "").await.fails("a missing file", &[&words]);
    assert!(stage.sim.journal().is_empty());
}
