//! The operator dies at every point of a pass: the end is the same, and nothing is done twice.
//!
//! The simulator holds the call at which the operator is to die. What stands at that moment is compared first, so that
//! a story cannot pass by dying somewhere else.

mod api_server;
mod half_done;
mod lost_replies;
mod stop;

use futures::future::join_all;
use kube::api::{Api, Patch, PatchParams};
use roomkeeper::api::{ProviderConfig, annotations};
use roomkeeper_sim::{Delivery, Effect, Fault, FaultId};
use serde_json::json;

use crate::story::{APP, DEADLINE, Story, ready};
use crate::support::wait_until;

const LOOK: &str = "room_engine/get_room_info";
const CREATE: &str = "room_engine/create_room";
const UPDATE: &str = "room_engine/update_room_info";
const CHANGE_OWNER: &str = "room_engine/change_room_owner";
const DESTROY: &str = "room_engine/destroy_room";

/// What a person asks for, and so what the operator has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Create,
    Edit,
    HandOver,
    Delete,
}

/// A call of the pass that follows an act: the first or the second one of its operation.
#[derive(Clone, Copy, Debug)]
enum Call {
    First(&'static str),
    Second(&'static str),
}

/// One room, one act, and what the vendor does to one call of it.
struct Row {
    name: String,
    act: Act,
    call: Call,
    effect: Effect,
}

impl Act {
    /// Has the room there before the act, except where the act makes it.
    async fn prepare(self, story: &Story, name: &str) {
        if self == Act::Create {
            return;
        }
        story.create_room(&json!({ "metadata": { "name": name } })).await;
        story.until_reason(name, "InSync").await;
        if self == Act::HandOver {
            story.sim.join(APP, name, "bob").expect("bob is an account");
        }
    }

    async fn perform(self, story: &Story, name: &str) {
        let edit = async |field: serde_json::Value| {
            story.patch_room(name, &json!({ "spec": { "tencentRoom": field } })).await;
        };
        match self {
            Act::Create => drop(story.create_room(&json!({ "metadata": { "name": name } })).await),
            Act::Edit => edit(json!({ "maxMembers": 50 })).await,
            Act::HandOver => edit(json!({ "owner": "bob" })).await,
            Act::Delete => story.delete_room(name).await,
        }
    }

    /// What was done to the room in all, whatever went wrong on the way.
    fn deeds(self) -> &'static [&'static str] {
        match self {
            Act::Create => &["create_room"],
            Act::Edit => &["create_room", "update_room_info"],
            Act::HandOver => &["create_room", "change_room_owner"],
            Act::Delete => &["create_room", "destroy_room"],
        }
    }

    /// The scene in the end.
    fn end(self) -> &'static str {
        match self {
            Act::Create => "claimed, InSync, alice's room for 300",
            Act::Edit => "claimed, InSync, alice's room for 50",
            Act::HandOver => "claimed, InSync, bob's room for 300",
            Act::Delete => "no object, no room",
        }
    }

    /// Waits for the end, and sees that it was reached without doing anything twice, and that it is one.
    async fn ends_well(self, story: &Story, name: &str) {
        match self {
            Act::Create | Act::Edit | Act::HandOver => drop(story.until_reason(name, "InSync").await),
            Act::Delete => story.until_gone(name).await,
        }
        assert_eq!(scene(story, name).await, self.end(), "{name}");
        assert_eq!(story.deeds(name), self.deeds(), "{name}");
        let writes = story.sim.writes_of(name);
        let in_vain: Vec<_> = writes.iter().filter(|entry| !entry.applied && entry.fault.is_none()).collect();
        assert!(in_vain.is_empty(), "{name} was written to in vain: {in_vain:#?}");
        if self != Act::Delete {
            story.look_again(name).await;
            assert_eq!(scene(story, name).await, self.end(), "{name}, looked at again");
            assert_eq!(story.sim.writes_of(name), writes, "{name} was written to although it was in sync");
        }
    }
}

/// Tells in one line what stands in Kubernetes and at the vendor.
async fn scene(story: &Story, name: &str) -> String {
    let vendor = match story.vendor_room(name) {
        Some(room) => format!("{}'s room for {}", room.owner, room.max_members),
        None => "no room".to_owned(),
    };
    let Some(object) = story.room(name).await else {
        return format!("no object, {vendor}");
    };
    let claim = object.metadata.annotations.as_ref().and_then(|all| all.get(annotations::CLAIM));
    let ours = format!("tencent/{APP}/{name} {}/{name}", story.namespace);
    let finalizers = object.metadata.finalizers.unwrap_or_default();
    let claimed = match (claim, finalizers.as_slice()) {
        (Some(claim), [finalizer]) if *claim == ours && finalizer == annotations::FINALIZER => "claimed".to_owned(),
        (None, []) => "unclaimed".to_owned(),
        (claim, finalizers) => format!("claim {claim:?}, finalizers {finalizers:?}"),
    };
    let status = object.status.expect("the schema gives every object a status");
    let reason = ready(&status).map_or("no reason", |ready| ready.reason.as_str());
    let news = [-1, object.metadata.generation.unwrap_or_default()].contains(&status.observed_generation);
    let was = if news { "" } else { "was " };
    format!("{claimed}, {was}{reason}, {vendor}")
}

impl Row {
    fn new(name: &str, act: Act, call: Call, effect: Effect) -> Self {
        Row { name: name.to_owned(), act, call, effect }
    }

    /// Lets the act happen, and has the fault meet its call.
    async fn begin(&self, story: &Story) -> FaultId {
        let fault = |operation| script(story, &self.name, operation, self.effect.clone());
        match self.call {
            Call::First(operation) => {
                let fault = fault(operation);
                self.act.perform(story, &self.name).await;
                fault
            }
            Call::Second(operation) => {
                let first = script(story, &self.name, operation, Effect::HoldBefore);
                self.act.perform(story, &self.name).await;
                story.until_held(first).await;
                let fault = fault(operation);
                story.sim.faults().release(first).expect("it holds the first call");
                fault
            }
        }
    }
}

/// Has the vendor misbehave once at this operation on one room.
fn script(story: &Story, name: &str, operation: &str, effect: Effect) -> FaultId {
    story.sim.faults().add(Fault::at(operation, effect).room(name)).expect("the simulator knows the operation")
}

/// Sets the stage for many rooms at a time: the brake on dismissals is other stories' matter.
async fn stage(name: &str) -> Story {
    let mut story = Story::prepare(name).await;
    loosen_the_brake(&story).await;
    story.start_operator();
    story
}

async fn loosen_the_brake(story: &Story) {
    let patch = Patch::Merge(json!({ "spec": { "dismissals": { "maxPerMinute": 600 } } }));
    let configs: Api<ProviderConfig> = story.api();
    configs.patch("tencent", &PatchParams::default(), &patch).await.expect("the config is there");
}

/// Kills the operator while every row's call is held, and lets a new one go on.
///
/// The rows go side by side, since the operator gives up a call that is not answered in ten seconds.
async fn check_killed(name: &str, act: Act, rows: &[(&str, Call, Effect, &str)]) {
    let mut story = stage(name).await;
    let rows: Vec<(Row, &str)> =
        rows.iter().map(|(name, call, effect, scene)| (Row::new(name, act, *call, effect.clone()), *scene)).collect();
    join_all(rows.iter().map(|(row, _)| act.prepare(&story, &row.name))).await;
    join_all(rows.iter().map(async |(row, at_the_kill)| {
        let fault = row.begin(&story).await;
        story.until_held(fault).await;
        assert_eq!(scene(&story, &row.name).await, *at_the_kill, "{}", row.name);
    }))
    .await;

    story.kill_operator().await;
    story
        .until_journal("all connections to be gone", |entries| {
            entries.iter().filter(|entry| entry.delivery == Delivery::CallerGone).count() == rows.len()
        })
        .await;
    story.sim.faults().clear();
    for (row, at_the_kill) in &rows {
        assert_eq!(scene(&story, &row.name).await, *at_the_kill, "{}, after the kill", row.name);
    }

    story.start_operator();
    join_all(rows.iter().map(|(row, _)| act.ends_well(&story, &row.name))).await;
}

#[tokio::test]
async fn killed_while_it_makes_a_room_it_makes_one_room() {
    use Call::{First, Second};
    use Effect::{HoldAfter, HoldBefore};
    let made = "claimed, Pending, alice's room for 300";
    check_killed(
        "killed-making",
        Act::Create,
        &[
            ("before-the-look", First(LOOK), HoldBefore, "unclaimed, Pending, no room"),
            ("before-the-claim", First(LOOK), HoldAfter, "unclaimed, Pending, no room"),
            ("after-the-claim", First(CREATE), HoldBefore, "claimed, Pending, no room"),
            ("before-the-reply", First(CREATE), HoldAfter, made),
            ("before-the-second-look", Second(LOOK), HoldBefore, made),
            ("before-the-status", Second(LOOK), HoldAfter, made),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_edits_a_room_it_edits_once() {
    use Call::{First, Second};
    use Effect::{HoldAfter, HoldBefore};
    let (before, after) = ("claimed, was InSync, alice's room for 300", "claimed, was InSync, alice's room for 50");
    check_killed(
        "killed-editing",
        Act::Edit,
        &[
            ("before-the-look", First(LOOK), HoldAfter, before),
            ("before-the-update", First(UPDATE), HoldBefore, before),
            ("before-the-reply", First(UPDATE), HoldAfter, after),
            ("between-update-and-look", Second(LOOK), HoldBefore, after),
            ("before-the-status", Second(LOOK), HoldAfter, after),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_hands_a_room_over_it_does_so_once() {
    use Call::{First, Second};
    use Effect::{HoldAfter, HoldBefore};
    let (before, after) = ("claimed, was InSync, alice's room for 300", "claimed, was InSync, bob's room for 300");
    check_killed(
        "killed-handing-over",
        Act::HandOver,
        &[
            ("before-the-change", First(CHANGE_OWNER), HoldBefore, before),
            ("before-the-reply", First(CHANGE_OWNER), HoldAfter, after),
            ("between-change-and-look", Second(LOOK), HoldBefore, after),
            ("before-the-status", Second(LOOK), HoldAfter, after),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_ends_a_room_it_ends_it_once_and_lets_the_object_go() {
    use Call::{First, Second};
    use Effect::{HoldAfter, HoldBefore};
    let (before, after) = ("claimed, was InSync, alice's room for 300", "claimed, was InSync, no room");
    check_killed(
        "killed-ending",
        Act::Delete,
        &[
            ("before-the-destroy", First(DESTROY), HoldBefore, before),
            ("before-the-reply", First(DESTROY), HoldAfter, after),
            ("between-destroy-and-look", Second(LOOK), HoldBefore, after),
            ("before-the-finalizer-goes", Second(LOOK), HoldAfter, after),
        ],
    )
    .await;
}
