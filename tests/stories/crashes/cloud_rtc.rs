//! Rooms of CloudRTC, dismissed by an operator that dies on the way: whoever comes back meanwhile stays.
//!
//! Each room has a project of its own, since the vendor allows few lists a minute.

use std::time::Duration;

use futures::future::join_all;
use roomkeeper::api::RoomStatus;
use roomkeeper::api::annotations::DISMISS_REQUESTED_AT;
use roomkeeper_sim::Effect::{HoldAfter, HoldBefore};
use roomkeeper_sim::huawei::cloud_rtc::{Room, Visit};
use roomkeeper_sim::{Project, RtcRoom};
use serde_json::json;

use super::Call::{First, Second};
use super::{Act as _, Row, check_killed, kill, stage_with_operator, until_nothing_is_begun, written};
use crate::story::Story;

pub(super) const LIST: &str = "list_rooms";
pub(super) const DISMISS: &str = "dismiss_room";

const APP: &str = "5ff9701f2346968bb306cb43";
const SECRET_KEY: &str = "canary-sk-0000000000000000000000000000";
/// How far the lists lag once a room was dismissed, in seconds.
const LAG: u64 = 120;
/// More than a dismissal may take to be shown; the operator has to learn the vendor's time, for its signatures.
const LAG_AND_MORE: Duration = Duration::from_secs(1_000);

/// Why a room is dismissed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Its object is deleted.
    Delete,
    /// A person asks for it, and the object stays.
    Ask,
}

impl super::Act for Act {
    const LISTS: &[&str] = &[LIST];

    async fn stage(name: &str) -> Story {
        let story = Story::prepare(name).await;
        story.create_secret("rtc-id", "id", "AKSTORY").await;
        story.create_secret("rtc-key", "secret", SECRET_KEY).await;
        story
    }

    async fn prepare(self, story: &Story, name: &str) {
        let mut project = Project::new("AKSTORY", SECRET_KEY, APP);
        // Longer ago than the lists will lag.
        let started = story.sim.clock().now().minus(Duration::from_secs(3600));
        let alice = Visit { user: "alice".to_owned(), joined: started, ..Visit::default() };
        let room = Room { room_id: name.to_owned(), started, ended: None, visits: vec![alice] };
        project.apps.entry(APP.to_owned()).or_default().rooms.push(room);
        story.sim.world(|world| world.huawei_rtc.insert(name.to_owned(), project));
        let key = json!({
            "idRef": { "name": "rtc-id", "key": "id" },
            "secretRef": { "name": "rtc-key", "key": "secret" },
        });
        let account = json!({ "projectId": name, "endpoint": story.sim.url(), "accessKey": key });
        let config = json!({ "tencent": null, "huaweiRtc": account, "rateLimit": { "percent": 100 } });
        story.create_config(name, &config).await;
        let room = json!({
            "metadata": { "name": name },
            "spec": {
                "providerConfigRef": { "name": name },
                "tencentRoom": null,
                "huaweiRtc": { "appId": APP },
                "dismissal": { "whenOccupied": "Dismiss" },
            },
        });
        story.create_room(&room).await;
        story.until_reason(name, "InSync").await;
    }

    async fn perform(self, story: &Story, name: &str) {
        match self {
            Act::Delete => story.delete_room(name).await,
            Act::Ask => story.annotate(name, DISMISS_REQUESTED_AT, "now").await,
        }
    }

    fn operation(self, call: &str) -> String {
        call.to_owned()
    }

    fn place(self, name: &str) -> String {
        format!("{APP}/{name}")
    }

    async fn scene(self, story: &Story, name: &str) -> String {
        let who = inside(story, name).join(" and ");
        let who = if who.is_empty() { "nobody" } else { who.as_str() };
        format!("{}, {who} inside", written(story, name, &format!("huaweiRtc/{name}/{APP}/{name}")).await)
    }

    /// Whoever comes back is in another second's record, and the lists show for minutes what was before.
    async fn meanwhile(self, story: &Story, name: &str) {
        if dismissals(story, name) > 0 {
            lag(story, name);
            story.sim.clock().advance(Duration::from_secs(2));
            story.sim.join_rtc(place(name), "bob").expect("the app lets people in");
        }
    }

    async fn go_on(self, story: &Story, begun: &[&str]) {
        let waits = match self {
            Act::Delete => "Dismissing",
            Act::Ask => "Reconciling",
        };
        join_all(begun.iter().map(async |name| {
            story.until_reason(name, waits).await;
            assert_eq!(story.sim.writes_of(&self.place(name)).len(), 1, "{name} was dismissed in haste");
        }))
        .await;
        story.sim.clock().advance(LAG_AND_MORE);
    }

    async fn until_settled(self, story: &Story, name: &str) {
        match self {
            Act::Delete => story.until_gone(name).await,
            Act::Ask => {
                let handled = |status: &RoomStatus| status.last_handled_dismiss_at.as_deref() == Some("now");
                story.until_status(name, "the request to be answered", handled).await;
                until_nothing_is_begun(story, name).await;
            }
        }
    }

    async fn ends_well(self, story: &Story, name: &str) {
        let came_back = inside(story, name) == ["bob"];
        self.until_settled(story, name).await;
        let who = if came_back { "bob" } else { "nobody" };
        let object = match self {
            Act::Delete => "no object",
            Act::Ask => "claimed, InSync",
        };
        let end = format!("{object}, {who} inside");
        assert_eq!(self.scene(story, name).await, end, "{name}");
        assert_eq!(dismissals(story, name), 1, "{name}");
        if self == Act::Ask {
            let writes = story.sim.writes_of(&self.place(name));
            story.look_again(name).await;
            assert_eq!(self.scene(story, name).await, end, "{name}, looked at again");
            assert_eq!(story.sim.writes_of(&self.place(name)), writes, "{name} was dismissed again");
        }
    }
}

fn place(name: &str) -> RtcRoom<'_> {
    RtcRoom { project: name, app: APP, room: name }
}

/// Has the lists be late from here on.
fn lag(story: &Story, name: &str) {
    story.sim.world(|world| world.project_mut(name).expect("the row's project").list_lag_seconds = LAG);
}

fn dismissals(story: &Story, name: &str) -> usize {
    story.sim.applied(DISMISS, &format!("{APP}/{name}"))
}

/// Returns who is in the room that runs.
fn inside(story: &Story, name: &str) -> Vec<String> {
    let now = story.sim.clock().now();
    story.sim.world(|world| {
        let app = world.rtc_app(name, APP).expect("the row's app");
        let running = app.running(name, now);
        running.map_or(Vec::new(), |room| room.inside(now).map(|visit| visit.user.clone()).collect())
    })
}

#[tokio::test]
async fn killed_while_it_dismisses_a_room_of_a_deleted_object_it_dismisses_nobody_twice() {
    check_killed(
        "killed-dismissing",
        Act::Delete,
        &[
            ("before-the-look", First(LIST), HoldBefore, "claimed, was InSync, alice inside"),
            ("before-it-is-written-down", First(LIST), HoldAfter, "claimed, was InSync, alice inside"),
            ("before-the-call", First(DISMISS), HoldBefore, "claimed, was InSync, begun, alice inside"),
            ("before-the-reply", First(DISMISS), HoldAfter, "claimed, was InSync, begun, nobody inside"),
            ("before-the-second-look", Second(LIST), HoldBefore, "claimed, was InSync, accepted, nobody inside"),
            ("before-the-finalizer-goes", Second(LIST), HoldAfter, "claimed, was InSync, accepted, nobody inside"),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_dismisses_a_room_on_request_it_dismisses_nobody_twice() {
    check_killed(
        "killed-asked",
        Act::Ask,
        &[
            ("before-the-look", First(LIST), HoldBefore, "claimed, InSync, alice inside"),
            ("before-it-is-written-down", First(LIST), HoldAfter, "claimed, InSync, alice inside"),
            ("before-the-call", First(DISMISS), HoldBefore, "claimed, InSync, begun, alice inside"),
            ("before-the-reply", First(DISMISS), HoldAfter, "claimed, InSync, begun, nobody inside"),
            ("before-the-second-look", Second(LIST), HoldBefore, "claimed, InSync, accepted, nobody inside"),
            ("before-the-status", Second(LIST), HoldAfter, "claimed, InSync, accepted, nobody inside"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_dismissal_that_was_asked_for_counts_for_a_deletion_after_the_crash() {
    let mut story = stage_with_operator::<Act>("asked-and-deleted").await;
    let rows = [
        (Row::new("never-sent", Act::Ask, First(DISMISS), HoldBefore), "claimed, InSync, begun, alice inside"),
        (Row::new("never-answered", Act::Ask, First(DISMISS), HoldAfter), "claimed, InSync, begun, nobody inside"),
    ];
    join_all(rows.iter().map(|(row, _)| Act::Ask.prepare(&story, &row.name))).await;
    join_all(rows.iter().map(|(row, at_the_kill)| row.begin_and_hold(&story, at_the_kill))).await;
    kill(&mut story, rows.len()).await;
    let names: Vec<&str> = rows.iter().map(|(row, _)| row.name.as_str()).collect();
    for name in &names {
        lag(&story, name);
        story.delete_room(name).await;
    }
    story.start_operator();
    Act::Delete.go_on(&story, &names).await;
    // What is dismissed only now is shown after the lag.
    story
        .until_journal("the second dismissal", |entries| {
            entries.iter().filter(|entry| entry.calls(DISMISS)).count() == 3
        })
        .await;
    story.sim.clock().advance(Duration::from_secs(LAG));
    join_all(names.iter().map(|name| Act::Delete.ends_well(&story, name))).await;
}
