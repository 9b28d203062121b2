//! Rooms of CloudRTC, which run while people are in them.

use roomkeeper_sim::{Project, RtcRoom};
use serde_json::{Value, json};

use super::lines;
use crate::stage::*;

const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const RTC_APP: &str = "5ff9701f2346968bb306cb43";
const ENGINE: &[&str] = &["--engine", "huaweiRtc", "--app", RTC_APP];

/// Has a project there with these rooms running, and one more that is over.
fn furnish(stage: &Stage, rooms: &[&str]) {
    let project = Project::new("AKIMPORT", "canary-sk", RTC_APP);
    stage.sim.world(|world| world.huawei_rtc.insert(PROJECT.to_owned(), project));
    let place = |room| RtcRoom { project: PROJECT, app: RTC_APP, room };
    for room in rooms {
        stage.sim.join_rtc(place(room), "alice").expect("the app lets people in");
    }
    stage.sim.join_rtc(place("over"), "alice").expect("the app lets people in");
    stage.sim.clock().advance(std::time::Duration::from_secs(2));
    stage.sim.leave_rtc(place("over"), "alice").expect("she is in");
    stage.sim.clock().advance(std::time::Duration::from_secs(2));
}

fn accounts(stage: &Stage) -> Vec<Value> {
    let key = |name: &str, key: &str| json!({ "name": name, "key": key });
    let config = json!({
        "apiVersion": "roomkeeper.dev/v1alpha1",
        "kind": "ProviderConfig",
        "metadata": { "name": "rtc", "namespace": "events" },
        "spec": { "rateLimit": { "percent": 100 }, "huaweiRtc": {
            "projectId": PROJECT,
            "endpoint": stage.sim.url(),
            "accessKey": { "idRef": key("rtc", "id"), "secretRef": key("rtc-key", "secret") },
        }},
    });
    vec![config, secret("rtc", "id", "AKIMPORT"), secret("rtc-key", "secret", "canary-sk")]
}

#[tokio::test]
async fn the_rooms_that_run_are_imported_and_need_nothing() {
    let stage = Stage::new().await;
    let rooms = ["Stand_Up", "stand-up", "0123", "-x-", &"Y".repeat(64)];
    furnish(&stage, &rooms);
    for (more, policies) in
        [(&[][..], "  managementPolicies: []\n"), (&["--adopt"], "  managementPolicies:\n  - Dismiss\n")]
    {
        let told = stage.import(&accounts(&stage), "rtc", &[ENGINE, more].concat()).await;
        assert_eq!((told.code, told.err.as_str()), (Some(NOTHING), ""), "{}", told.out);
        assert_eq!(told.out.matches(policies).count(), rooms.len(), "{}", told.out);
        // Nothing is dismissed with people in it.
        assert_eq!(lines(&told.out, "    whenOccupied: Wait"), rooms.len(), "{}", told.out);
        stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, rooms.len());
    }
    let lists = stage.sim.journal().iter().filter(|entry| entry.calls("list_rooms")).count();
    assert!(lists <= 2 + 2 * rooms.len(), "an import needs one list, whatever the number of its rooms: {lists}");
}

#[tokio::test]
async fn a_room_is_asked_for_by_its_id_while_it_runs() {
    let stage = Stage::new().await;
    furnish(&stage, &["stand-up", "other"]);
    let told = stage.import(&accounts(&stage), "rtc", &[ENGINE, &["stand-up", "over"]].concat()).await;
    assert_eq!((told.code, lines(&told.out, "kind: Room")), (Some(ERROR), 1), "{}", told.out);
    assert_eq!(
        told.err,
        "error: over: does not run in the app 5ff9701f2346968bb306cb43: people make it by joining, so ask for it while they \
         are in, or write its manifest by hand\n"
    );
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 1);
}

#[tokio::test]
async fn an_app_without_rooms_and_one_that_is_not_there_are_errors_with_what_to_do() {
    let stage = Stage::new().await;
    furnish(&stage, &[]);
    let told = stage.import(&accounts(&stage), "rtc", ENGINE).await;
    told.fails(
        "no rooms",
        &["no room runs in the app 5ff9701f2346968bb306cb43 of huaweiRtc/", "import while they are in"],
    );
    let unknown = ["--engine", "huaweiRtc", "--app", "0ff9701f2346968bb306cb43"];
    let told = stage.import(&accounts(&stage), "rtc", &unknown).await;
    told.fails("another app", &["the rooms of huaweiRtc/", "the application does not exist there, check its id"]);
    let told = stage.import(&accounts(&stage), "rtc", &["--engine", "huaweiRtc", "--app", "../x"]).await;
    told.fails("no id", &["--app=../x: cannot be the id of an app: it holds '.'"]);
}
