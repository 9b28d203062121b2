//! What the CRDs are once they are installed: without warnings, with columns, and the examples are taken.
//!
//! Rules of single fields are elsewhere.

use http::{Method, StatusCode};
use roomkeeper::api::schema;
use roomkeeper::generate;
use serde_json::{Value, json};

use crate::meeting_rooms::meeting_room;
use crate::rooms::{room, tencent};
use crate::server::{CRD_PATH, DRY_RUN, GROUP_PATH, changed, create, installed, namespace, send};

#[tokio::test]
async fn crds_install_without_a_warning() {
    let (client, warnings) = installed().await;
    assert_eq!(warnings, Vec::<String>::new());
    for crd in schema::crds() {
        let path = format!("{CRD_PATH}/{}", crd.metadata.name.unwrap());
        let answer = send(&client, Method::GET, &path, "application/json", &Value::Null).await;
        let conditions = answer.body["status"]["conditions"].as_array().unwrap().clone();
        let mut types: Vec<_> = conditions.iter().filter(|condition| condition["status"] == "True").collect();
        types.retain(|condition| !["Established", "NamesAccepted"].map(Value::from).contains(&condition["type"]));
        assert!(types.is_empty(), "{path}: {types:?}");
    }
}

#[tokio::test]
async fn examples_are_taken_without_a_warning() {
    let (client, _) = installed().await;
    let places = namespace(&client).await;
    let shared = format!("{GROUP_PATH}/clusterproviderconfigs");
    let mut taken = 0;
    let files = generate::files().unwrap();
    for (name, text) in files.iter().filter(|(name, _)| name.starts_with("examples/")) {
        let object: Value = serde_saphyr::from_str(text).unwrap();
        let path = match object["kind"].as_str().unwrap() {
            "Room" => &places.rooms,
            "MeetingRoom" => &places.meeting_rooms,
            "ProviderConfig" => &places.accounts,
            "ClusterProviderConfig" => &shared,
            _ => continue,
        };
        // The namespace of the path is the one that counts here.
        let object = changed(&object, &json!({ "metadata": { "namespace": null } }));
        let answer = create(&client, path, &object, DRY_RUN).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{name}: {}", answer.body["message"]);
        assert_eq!(answer.warnings, Vec::<String>::new(), "{name}");
        taken += 1;
    }
    assert!(taken >= 9, "only {taken} examples were tried");
}

#[tokio::test]
async fn a_misspelled_field_is_named() {
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.rooms;
    let misspelled = changed(&room(), &tencent("maxMember", json!(300)));
    let strict = create(&client, &rooms, &misspelled, DRY_RUN).await;
    assert_eq!(strict.status, StatusCode::BAD_REQUEST);
    let message = strict.body["message"].as_str().unwrap();
    assert!(message.contains("unknown field \"spec.tencentRoom.maxMember\""), "{message}");
    let path = format!("{rooms}?fieldValidation=Warn{DRY_RUN}");
    let warned = send(&client, Method::POST, &path, "application/json", &misspelled).await;
    assert_eq!(warned.status, StatusCode::CREATED);
    assert!(warned.warnings.iter().any(|warning| warning.contains("maxMember")), "{:?}", warned.warnings);
}

#[tokio::test]
async fn kubectl_shows_the_columns_and_selects_by_provider() {
    let (client, _) = installed().await;
    let places = namespace(&client).await;
    create(&client, &places.rooms, &room(), "").await;
    create(&client, &places.meeting_rooms, &meeting_room(), "").await;
    let of_a_room = "Name Ready Reason Drifted External-ID Age Provider+ Owner+ Message+";
    for (path, wanted) in [
        (&places.rooms, of_a_room),
        (&places.meeting_rooms, of_a_room),
        (&places.accounts, "Name Ready Reason In-Use Age Message+"),
    ] {
        let request =
            http::Request::get(path.as_str()).header("accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        let table: Value = client.request(request.body(Vec::new()).unwrap()).await.unwrap();
        let columns = table["columnDefinitions"].as_array().unwrap();
        let shown = columns.iter().map(|column| {
            let wide = if column["priority"] == 0 { "" } else { "+" };
            format!("{}{wide}", column["name"].as_str().unwrap())
        });
        assert_eq!(shown.collect::<Vec<_>>().join(" "), wanted);
    }
    for (path, name, count) in [
        (&places.rooms, "tencent", 1),
        (&places.rooms, "other", 0),
        (&places.meeting_rooms, "huawei-meeting", 1),
        (&places.meeting_rooms, "other", 0),
    ] {
        let path = format!("{path}?fieldSelector=spec.providerConfigRef.name%3D{name}");
        let listed = send(&client, Method::GET, &path, "application/json", &Value::Null).await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), count, "{path}");
    }
}
