//! What the CRDs are once they are installed: without warnings, with columns, names and selectors, and the examples are taken.
//!
//! Rules of single fields are elsewhere.

use http::{Method, StatusCode};
use roomkeeper::api::schema;
use roomkeeper::generate;
use serde_json::{Value, json};

use crate::accounts::account;
use crate::meeting_rooms::meeting_room;
use crate::rooms::{room, tencent};
use crate::server::{CRD_PATH, DRY_RUN, GROUP_PATH, changed, create, installed, namespace, send};
use crate::support::ControlPlane;

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
async fn kubectl_shows_the_columns() {
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
}

#[tokio::test]
async fn objects_are_selected_by_their_account_and_by_the_room_that_the_spec_names() {
    let (client, _) = installed().await;
    let places = namespace(&client).await;
    let live = json!({ "tencentRoom": null, "tencentLive": { "owner": "alice", "roomId": "show-7" } });
    let rtc = json!({
        "tencentRoom": null,
        "huaweiRtc": { "appId": "5ff9701f2346968bb306cb43", "roomId": "stand-up-7" },
        "dismissal": { "whenOccupied": "Wait" },
    });
    let number = json!({ "huaweiMeeting": { "id": null, "meetingNumber": "938305104" } });
    let meeting = meeting_room();
    for (path, base, name, spec) in [
        (&places.rooms, &room(), "by-name", json!({})),
        (&places.rooms, &room(), "room", json!({ "tencentRoom": { "roomId": "sync-7" } })),
        (&places.rooms, &room(), "live", live),
        (&places.rooms, &room(), "rtc", rtc),
        (&places.meeting_rooms, &meeting, "by-id", json!({})),
        (&places.meeting_rooms, &meeting, "by-number", number),
    ] {
        let object = changed(base, &json!({ "metadata": { "name": name }, "spec": spec }));
        let answer = create(&client, path, &object, "").await;
        assert_eq!(answer.status, StatusCode::CREATED, "{name}: {}", answer.body["message"]);
    }
    let id = meeting["spec"]["huaweiMeeting"]["id"].as_str().unwrap();
    let account = "spec.providerConfigRef.name";
    for (path, field, value, wanted) in [
        (&places.rooms, account, "tencent", vec!["by-name", "live", "room", "rtc"]),
        (&places.rooms, account, "other", vec![]),
        (&places.rooms, "metadata.name", "by-name", vec!["by-name"]),
        (&places.rooms, "spec.tencentRoom.roomId", "sync-7", vec!["room"]),
        (&places.rooms, "spec.tencentLive.roomId", "show-7", vec!["live"]),
        (&places.rooms, "spec.huaweiRtc.roomId", "stand-up-7", vec!["rtc"]),
        (&places.meeting_rooms, account, "huawei-meeting", vec!["by-id", "by-number"]),
        (&places.meeting_rooms, account, "other", vec![]),
        (&places.meeting_rooms, "spec.huaweiMeeting.id", id, vec!["by-id"]),
        (&places.meeting_rooms, "spec.huaweiMeeting.meetingNumber", "938305104", vec!["by-number"]),
    ] {
        let path = format!("{path}?fieldSelector={field}%3D{value}");
        let listed = send(&client, Method::GET, &path, "application/json", &Value::Null).await;
        let items = listed.body["items"].as_array().unwrap_or_else(|| panic!("{path}: {}", listed.body));
        let mut names: Vec<_> = items.iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, wanted, "{path}");
    }
}

#[tokio::test]
async fn kubectl_finds_all_kinds_by_their_category_and_by_their_short_names() {
    let (client, _) = installed().await;
    let places = namespace(&client).await;
    let shared = format!("{GROUP_PATH}/clusterproviderconfigs");
    let cluster_wide = json!({ "kind": "ClusterProviderConfig", "metadata": { "name": "found-by-category" } });
    for (path, object) in [
        (&places.rooms, room()),
        (&places.meeting_rooms, meeting_room()),
        (&places.accounts, account()),
        (&shared, changed(&changed(&account(), &cluster_wide), &json!({ "spec": { "allowedNamespaces": ["a"] } }))),
    ] {
        let answer = create(&client, path, &object, "").await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.body["message"]);
    }
    let namespace = places.rooms.split('/').nth(5).unwrap();
    for words in ["roomkeeper", "rkr,rkm,rkpc,rkcpc"] {
        let mut kubectl = ControlPlane::shared().kubectl_command();
        let found = kubectl.args(["get", words, "-o", "name", "-n", namespace]).output().unwrap();
        let found = String::from_utf8(found.stdout).unwrap();
        for kind in ["room", "meetingroom", "providerconfig"] {
            let count = found.lines().filter(|line| line.starts_with(&format!("{kind}.roomkeeper.dev/"))).count();
            assert_eq!(count, 1, "`kubectl get {words}`: {kind}\n{found}");
        }
        let shared = "clusterproviderconfig.roomkeeper.dev/found-by-category";
        assert!(found.lines().any(|line| line == shared), "`kubectl get {words}`\n{found}");
    }
    let path = format!("{shared}/found-by-category");
    send(&client, Method::DELETE, &path, "application/json", &Value::Null).await;
}
