//! What is told where there is nothing to unblock: all is well, nobody runs, a config.

use serde_json::{Value, json};

use super::{READY, because, explain, explain_as, obey};
use crate::story::{DEADLINE, ROOM, Story};

const OBJECT: &str = "room/weekly-sync";

fn strings<'a>(value: &'a Value, field: &str) -> Vec<&'a str> {
    value.as_array().into_iter().flatten().filter_map(|item| item[field].as_str()).collect()
}

#[tokio::test]
async fn a_room_in_sync_is_told_with_its_account_its_credential_and_its_events() {
    let story = Story::begin("explain-well").await;
    story.create_room(&json!({ "spec": { "driftCheckInterval": "45m" } })).await;
    story.until_reason(ROOM, "InSync").await;
    story.until_config("tencent", "CredentialsAccepted").await;
    story.until_event(ROOM, "Created", "").await;

    let told = explain(&story, &["RKR", ROOM, "-o", "json"]).await;
    assert_eq!(told.code, Some(READY), "{} {}", told.out, told.err);
    let told = told.json();
    assert_eq!(told["ready"], true);
    assert_eq!(told["operator"]["state"], "Running", "{told:#}");
    assert_eq!(told["about"]["engine"], "tencentRoom");
    assert_eq!(told["about"]["externalId"], "tencent/1400000000/weekly-sync");
    assert_eq!(told["about"]["account"], "tencent/1400000000");
    assert_eq!(told["credential"]["state"], "Accepted");
    assert_eq!(strings(&told["credential"]["secrets"], "state"), ["Present"]);
    assert_eq!(strings(&told["events"], "reason"), ["Created"]);
    assert_eq!(strings(&told["holds"], "what"), ["Finalizer"]);
    assert!(told["next"][0].as_str().is_some_and(|next| next.contains("45m")), "{told:#}");
    assert_eq!(told["commands"], json!([]));

    let page = explain(&story, &[OBJECT]).await.out;
    assert!(page.starts_with(&format!("Room {}/{ROOM} is ready: InSync\n", story.namespace)), "{page}");
}

#[tokio::test]
async fn that_no_operator_runs_is_told_first() {
    let mut story = Story::prepare("explain-alone").await;
    story.create_room(&json!({})).await;
    let told = explain(&story, &[OBJECT]).await;
    assert!(told.out.starts_with("No operator runs as far as can be told: there is no Lease"), "{}", told.out);
    assert!(told.out.contains("nobody has looked at it yet"), "{}", told.out);
    because(&story, OBJECT, "Pending").await;

    story.start_operator();
    story.until_reason(ROOM, "InSync").await;
    let operator = story.operator.take().expect("it runs");
    operator.terminate();
    operator.ended(DEADLINE).await;
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "name": "Renamed" } } })).await;
    let told = because(&story, OBJECT, "InSync").await;
    assert_eq!(told["operator"]["state"], "NotRunning", "{told:#}");
    assert!(told["operator"]["message"].as_str().is_some_and(|words| words.contains("nobody holds")), "{told:#}");
    assert_eq!((&told["about"]["stale"], &told["about"]["observedGeneration"]), (&json!(true), &json!(1)), "{told:#}");
    assert!(told["next"][0].as_str().is_some_and(|next| next.starts_with("Nothing")), "{told:#}");
    assert!(strings(&told["commands"], "command")[0].ends_with("get deployments,pods"), "{told:#}");

    story.delete_room(ROOM).await;
    let told = because(&story, OBJECT, "InSync").await;
    assert_eq!(told["commands"][1]["destructive"], true, "{told:#}");
    obey(&story, &told, 1, "").await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_some(), "nobody ended the room");
}

#[tokio::test]
async fn a_config_tells_who_uses_it_and_who_of_them_is_not_ready() {
    let story = Story::begin("explain-config").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let stranger = json!({ "metadata": { "name": "stranger" }, "spec": { "tencentRoom": { "owner": "nobody" } } });
    story.create_room(&stranger).await;
    story.until_reason("stranger", "OwnerNotFound").await;
    story.until_config("tencent", "CredentialsAccepted").await;

    let told = explain(&story, &["providerconfig/tencent", "-o", "json"]).await;
    assert_eq!(told.code, Some(READY), "{} {}", told.out, told.err);
    let told = told.json();
    let users = &told["users"];
    assert_eq!((&users["count"], &users["notReady"]), (&json!(2), &json!(1)), "{told:#}");
    assert_eq!(strings(&users["examples"], "reason"), ["OwnerNotFound"], "{told:#}");
    assert_eq!(told["limits"], json!({ "ratePercent": 50, "dismissalsPerMinute": 20 }), "{told:#}");
    assert_eq!(told["commands"], json!([]));
}

#[tokio::test]
async fn what_a_person_may_not_read_is_said_to_be_unknown() {
    let story = Story::begin("explain-forbidden").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    // The operator's own user may read rooms one by one, and no config.
    let told = explain_as(&story, story.kubeconfig(), &[OBJECT, "-o", "json"]).await;
    assert_eq!(told.code, Some(READY), "{} {}", told.out, told.err);
    let told = told.json();
    assert_eq!(told["credential"]["state"], "Unknown", "{told:#}");
    assert!(told["credential"]["message"].as_str().is_some_and(|words| words.ends_with("you may not read it")));
    assert!(told.get("events").is_none(), "{told:#}");
}
