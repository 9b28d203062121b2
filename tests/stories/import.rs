//! From a vendor's console to Git to a cluster: what `roomkeeper import` writes is applied as it is, by the real kubectl, and
//! the operator finds nothing to do. Taken over, a room is its object's and follows it.

use k8s_openapi::api::core::v1::Secret;
use kube::api::ListParams;
use roomkeeper::api::annotations::{CLAIM, DISMISS_REQUESTED_AT};
use roomkeeper::api::{ProviderConfig, Room};
use roomkeeper_sim::RoomType;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::kubectl::kubectl;
use crate::scenes::cloud_meeting::{CloudMeeting, change_room, number};
use crate::scenes::cloud_rtc::CloudRtc;
use crate::scenes::tencent;
use crate::scenes::{Scene, writes};
use crate::story::Story;

/// A room that was there before, and what its object is called.
const ROOM: &str = "weekly-sync";

/// Runs an import with the account of the story, as its manifests stand in the cluster, and returns what it writes.
async fn import<S: Scene>(story: &Story, arguments: &[&str]) -> String {
    let config = story.api::<ProviderConfig>().get(S::CONFIG).await.expect("the story's config");
    let secrets = story.api::<Secret>().list(&ListParams::default()).await.expect("Secrets can be listed").items;
    let mut manifests = format!("{}\n", json!(config));
    for secret in &secrets {
        manifests += &format!("---\n{}\n", json!(secret));
    }
    let path = std::env::temp_dir().join(format!("roomkeeper-import-{}.yaml", story.namespace));
    std::fs::write(&path, manifests).expect("the manifests can be written");
    let output = Command::new(env!("CARGO_BIN_EXE_roomkeeper"))
        .args(["import", "--allowed-endpoint-hosts", story.sim.url().trim_start_matches("http://")])
        .args(["--config", S::CONFIG, "--namespace", &story.namespace])
        .arg("--filename")
        .arg(&path)
        .args(arguments)
        .output()
        .await
        .expect("the binary runs");
    std::fs::remove_file(&path).expect("it was just written");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).expect("it prints UTF-8")
}

/// Applies manifests as they are, and returns the names of their objects.
async fn apply(story: &Story, manifests: &str) -> Vec<String> {
    let path = std::env::temp_dir().join(format!("roomkeeper-imported-{}.yaml", story.namespace));
    std::fs::write(&path, manifests).expect("the manifests can be written");
    let file = path.to_string_lossy();
    let (applied, said) = kubectl(story, &["apply", "--validate=strict", "--output=name", "--filename", &file]).await;
    assert!(applied, "{said}\n{manifests}");
    std::fs::remove_file(&path).expect("it was just written");
    said.lines().filter_map(|line| line.split_once('/')).map(|(_, name)| name.to_owned()).collect()
}

async fn claim(story: &Story, name: &str) -> Option<String> {
    story.object(name).await.expect("there").metadata.annotations.and_then(|all| all.get(CLAIM).cloned())
}

/// An imported room is watched; imported to be taken over it is claimed, and an edit is applied.
async fn is_watched_then_taken_over<S: Scene>(name: &str, arguments: &[&str], edit: &Value) -> (Story, String) {
    let mut story = S::stage(name).await;
    S::stands(&story, ROOM);
    let watched = import::<S>(&story, arguments).await;
    let objects = apply(&story, &watched).await;
    let [object] = &objects[..] else { panic!("one room has one object: {objects:?}") };
    story.start_operator();
    story.until_reason(object, "InSync").await;
    assert_eq!(claim(&story, object).await, None, "whoever watches claims nothing");

    let adopting = import::<S>(&story, &[arguments, &["--adopt"]].concat()).await;
    assert_eq!(apply(&story, &adopting).await, objects);
    story.until_reason(object, "InSync").await;
    let claimed = claim(&story, object).await.expect("it is claimed");
    assert!(claimed.starts_with(&S::external_id(ROOM)), "{claimed}");
    assert_eq!(writes::<S>(&story, ROOM), Vec::<String>::new(), "neither changed anything");

    story.patch_room(object, edit).await;
    story.until_reason(object, "InSync").await;
    (story, object.clone())
}

#[tokio::test]
async fn an_imported_room_of_tencent_is_watched_and_then_taken_over() {
    let edit = json!({ "spec": { "tencentRoom": { "name": "Daily sync" } } });
    let arguments = ["--engine", "tencentRoom", ROOM];
    let (story, _) = is_watched_then_taken_over::<tencent::Room>("import-room", &arguments, &edit).await;
    assert_eq!(story.vendor_room(ROOM).expect("there").name, "Daily sync");
    assert_eq!(story.deeds(ROOM), ["update_room_info"]);
}

#[tokio::test]
async fn an_imported_show_is_watched_and_then_taken_over() {
    let edit = json!({ "spec": { "tencentLive": { "metadata": { "team": "events" } } } });
    let arguments = ["--engine", "tencentLive", ROOM];
    let (story, _) = is_watched_then_taken_over::<tencent::Show>("import-show", &arguments, &edit).await;
    assert_eq!(story.vendor_room(ROOM).expect("there").live.metadata["team"], "events");
}

#[tokio::test]
async fn an_imported_room_of_cloud_rtc_is_watched_and_then_taken_over() {
    let app = ["--engine", "huaweiRtc", "--app", crate::cloud_rtc::RTC_APP];
    let asked = json!({ "metadata": { "annotations": { DISMISS_REQUESTED_AT: "now" } } });
    let (story, _) = is_watched_then_taken_over::<CloudRtc>("import-rtc", &app, &asked).await;
    let what = "the room to be dismissed";
    story.until_journal(what, |journal| journal.iter().any(|entry| entry.calls("dismiss_room") && entry.applied)).await;
}

#[tokio::test]
async fn an_imported_meeting_room_is_watched_and_then_taken_over() {
    let arguments = ["--engine", "huaweiMeeting", &number(ROOM)];
    let edit = json!({ "spec": { "huaweiMeeting": { "name": "Small board room", "allowGuestFirst": true } } });
    let (story, object) = is_watched_then_taken_over::<CloudMeeting>("import-meeting", &arguments, &edit).await;
    assert_eq!(object, format!("another-name-{}", number(ROOM)));
    change_room(&story, ROOM, |room| {
        assert_eq!((room.name.as_str(), room.allow_gust_first), ("Small board room", true));
        assert_eq!(room.chair_pwd, crate::cloud_meeting::HOST, "a password that is not managed is sent back as it was");
    });
}

/// Words that YAML, kubectl and the rules of the API server could take for something else.
const ODD: [&str; 12] =
    ["on", "0123", "1e5", "null", "~", "- x: y", "{a}", "2030-01-01", "x # y", "'", "\"", "Town Hall #1"];

#[tokio::test]
async fn many_imported_rooms_are_taken_by_the_api_server_whatever_they_are_called() {
    let mut story = Story::prepare("import-odd").await;
    for id in ODD {
        story.vendor_makes(id, |room| {
            room.custom_info = format!("{id}\n\t\u{7}\u{2028}");
            (room.name, room.max_seats, room.seats_enabled) = (format!("周会 {id}"), 8, true);
            (room.password_enabled, room.password) = (true, "canary-of-the-host".to_owned());
        });
        story.vendor_makes(&format!("{id} live"), |show| {
            (show.room_type, show.live.seat_template) = (RoomType::Live, "VideoDynamicGrid9Seats".to_owned());
            show.live.metadata.extend([(id.to_owned(), id.to_owned()), ("text".to_owned(), "x\n".repeat(1_000))]);
            (show.live.notice, show.live.category) = (id.to_owned(), vec![2, 1]);
        });
    }
    let shows = ODD.map(|id| format!("{id} live"));
    let shows: Vec<&str> = shows.iter().map(String::as_str).collect();
    let rooms = [&["--engine", "tencentRoom", "--adopt", "--"][..], &ODD].concat();
    let shows = [&["--engine", "tencentLive", "--adopt", "--"][..], &shows].concat();
    let mut objects = apply(&story, &import::<tencent::Room>(&story, &rooms).await).await;
    objects.extend(apply(&story, &import::<tencent::Show>(&story, &shows).await).await);
    assert_eq!(objects.len(), 2 * ODD.len());
    story.start_operator();
    for object in &objects {
        story.until_reason(object, "InSync").await;
        let claim = claim(&story, object).await;
        assert!(claim.is_some_and(|claim| claim.starts_with("tencent/")), "{object} is not claimed");
    }
    let writes = story.sim.journal().into_iter().filter(|entry| entry.kind != roomkeeper_sim::Kind::Read).count();
    assert_eq!(writes, 0, "taking over changes nothing");
    let kept = story.api::<Room>().list(&ListParams::default()).await.expect("rooms can be listed").items;
    assert_eq!(kept.len(), objects.len());
}
