//! Objects of all engines at once, at rest.

use std::collections::BTreeMap;

use roomkeeper_sim::huawei::meeting::room::Room as Vmr;
use roomkeeper_sim::huawei::meeting::state::{AdminType, MeetingApp, User};
use roomkeeper_sim::{Entry, Kind, Project};
use serde_json::json;

use super::{events, write_requests};
use crate::story::{Story, create};

/// Objects of each engine.
const EACH: usize = 25;
/// Looks at each object while nothing may be written. CloudRTC's are paced to 30 lists a minute, so it has fewer.
const LOOKS: usize = 30;
const LISTS: usize = 6;

const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const RTC_APP: &str = "5ff9701f2346968bb306cb43";
const MEETING_APP: &str = "fdb8e4699586458bbd10c834872dcc62";

/// Has the two services of Huawei there, with a room for each object, and a config for each.
async fn huawei(story: &Story) {
    let owner = User::third_party("alice");
    let mut app = MeetingApp::of_enterprise("canary-app-key", "corp")
        .with_user("admin@corp", User::with_password("canary-admin").administrating(AdminType::Default))
        .with_user("alice@corp", owner);
    for number in 0..EACH {
        let room = Vmr { name: "Board room".into(), ..Vmr::numbered(&format!("7000{number}")) };
        app = app.with_room(&format!("{number:032x}"), room.owned_by("alice@corp"));
    }
    story.sim.world(|world| {
        world.huawei_rtc.insert(PROJECT.to_owned(), Project::new("AKSTORY", "canary-sk", RTC_APP));
        world.huawei_meeting.insert(MEETING_APP.to_owned(), app);
    });
    for (name, key, value) in
        [("rtc-id", "id", "AKSTORY"), ("rtc-key", "secret", "canary-sk"), ("meeting", "appKey", "canary-app-key")]
    {
        story.create_secret(name, key, value).await;
    }
    let key =
        json!({ "idRef": { "name": "rtc-id", "key": "id" }, "secretRef": { "name": "rtc-key", "key": "secret" } });
    let rtc = json!({ "projectId": PROJECT, "endpoint": story.sim.url(), "accessKey": key });
    story.create_config("rtc", &json!({ "tencent": null, "huaweiRtc": rtc, "rateLimit": { "percent": 100 } })).await;
    let meeting = json!({
        "appId": MEETING_APP,
        "endpoint": story.sim.url(),
        "appKeyRef": { "name": "meeting", "key": "appKey" },
    });
    story.create_config("meeting", &json!({ "tencent": null, "huaweiMeeting": meeting })).await;
}

/// Creates the objects, and returns their kinds and names.
async fn create_all(story: &Story) {
    for number in 0..EACH {
        let named = |engine: &str| json!({ "name": format!("{engine}-{number}") });
        story.create_room(&json!({ "metadata": named("room") })).await;
        let show = json!({ "tencentRoom": null, "tencentLive": { "owner": "alice", "seatTemplate": "VideoDynamicGrid9Seats", "metadata": { "a": "b" } } });
        story.create_room(&json!({ "metadata": named("show"), "spec": show })).await;
        let rtc = json!({
            "providerConfigRef": { "name": "rtc" },
            "tencentRoom": null,
            "huaweiRtc": { "appId": RTC_APP },
            "dismissal": { "whenOccupied": "Wait" },
        });
        story.create_room(&json!({ "metadata": named("rtc"), "spec": rtc })).await;
        let meeting = json!({
            "apiVersion": "roomkeeper.dev/v1alpha1",
            "kind": "MeetingRoom",
            "metadata": named("meeting"),
            "spec": {
                "providerConfigRef": { "name": "meeting" },
                "huaweiMeeting": { "id": format!("{number:032x}"), "owner": { "userId": "alice" }, "name": "Board room" },
            },
        });
        create(&story.api::<roomkeeper::api::MeetingRoom>(), &meeting).await;
    }
}

/// Counts how often each thing was looked at: a room of Tencent's by its id, the lists of Huawei as a whole.
fn looks(entries: &[Entry]) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.kind == Kind::Read) {
        let what = match entry.operation.as_str() {
            "room_engine/get_room_info" | "live_engine/get_room_info" => entry.room.clone().unwrap_or_default(),
            other => other.to_owned(),
        };
        *counted.entry(what).or_default() += 1;
    }
    counted
}

#[tokio::test]
async fn a_hundred_objects_of_all_engines_write_nothing_and_tell_nothing_while_nothing_differs() {
    let mut story = Story::prepare_alone("rest-engines").await.with_drift_checks("500ms");
    huawei(&story).await;
    create_all(&story).await;
    story.start_operator();
    for engine in ["room", "show", "rtc"] {
        for number in 0..EACH {
            story.until_reason(&format!("{engine}-{number}"), "InSync").await;
        }
    }
    let mut story = story.about(roomkeeper::key::Kind::MeetingRoom);
    for number in 0..EACH {
        story.until_reason(&format!("meeting-{number}"), "InSync").await;
    }
    for config in ["tencent", "rtc", "meeting"] {
        story.until_config(config, "CredentialsAccepted").await;
    }
    let settled = story.sim.journal().len();
    let before = looks(&story.sim.journal());
    // One more look at each, so that what follows the first status is written as well.
    let once_more = |entries: &[Entry]| enough(&before, &looks(entries), 2, 2);
    story.until_journal("one more look at each", once_more).await;
    let (requests, told) = (write_requests(&story).await, events(&story).await);

    let before = looks(&story.sim.journal());
    story.until_journal("30 looks at each", |entries| enough(&before, &looks(entries), LOOKS, LISTS)).await;
    assert_eq!(write_requests(&story).await, requests, "drift checks wrote to Kubernetes");
    assert_eq!(events(&story).await, told, "drift checks told something");
    let wrote = |entries: Vec<Entry>| entries.into_iter().filter(|entry| entry.kind == Kind::Write).count();
    assert_eq!(wrote(story.sim.journal().split_off(settled)), 0, "drift checks wrote to a vendor");

    story.kill_operator().await;
    story.start_operator();
    let before = looks(&story.sim.journal());
    story.until_journal("looks after the restart", |entries| enough(&before, &looks(entries), 2, 2)).await;
    assert_eq!(write_requests(&story).await, requests, "a restart wrote to Kubernetes");
}

/// Tells whether each room of Tencent's was looked at so many more times, and each list of Huawei's.
fn enough(before: &BTreeMap<String, usize>, now: &BTreeMap<String, usize>, rooms: usize, lists: usize) -> bool {
    let more = |what: &str| now.get(what).copied().unwrap_or(0) - before.get(what).copied().unwrap_or(0);
    let rooms_are = (0..EACH).all(|n| more(&format!("room-{n}")) >= rooms && more(&format!("show-{n}")) >= rooms);
    let rtc = ["list_rooms", "show_app"].iter().all(|list| more(list) >= lists);
    let meeting = ["search_corp_vmr", "search_member_vmr"].iter().all(|list| more(list) >= lists);
    rooms_are && rtc && meeting
}
