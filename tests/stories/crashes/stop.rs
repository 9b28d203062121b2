//! A stop that was asked for, as Kubernetes asks before it replaces a pod.

use std::time::Duration;

use roomkeeper_sim::Effect;
use serde_json::json;

use super::tencent::Engine::Room;
use super::tencent::{Act, CREATE, scene};
use super::{Act as _, Call, Row};
use crate::story::{DEADLINE, ROOM, Story};
use crate::support::wait_until;

/// The operator gives a pass 20 seconds to end; a stop that takes half of that did not wait for one that hangs.
const STOP: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_stopped_operator_ends_the_pass_under_way_and_starts_no_other() {
    let mut story = Story::begin("stopped").await;
    let create = Row::new(ROOM, Act::Create(Room), Call::First(CREATE), Effect::HoldAfter).begin(&story).await;
    story.until_held(create).await;
    story.operator.as_ref().expect("it runs").terminate();
    wait_until(DEADLINE, "the operator to say that it stops", async || story.log().contains("stopping")).await;
    story.create_room(&json!({ "metadata": { "name": "too-late" } })).await;
    assert!(story.operator.as_mut().expect("it was there").runs(), "it did not wait for its pass");
    story.sim.faults().release(create).expect("it holds the create");

    assert_eq!(story.operator.take().expect("it was there").ended(STOP).await.code(), Some(0));
    assert_eq!(scene(&story, ROOM).await, "claimed, InSync, alice's room for 300", "the pass saved what it saw");
    assert_eq!(scene(&story, "too-late").await, "unclaimed, Pending, no room");

    story.start_operator();
    Act::Create(Room).ends_well(&story, ROOM).await;
    Act::Create(Room).ends_well(&story, "too-late").await;
    let idle = story.operator.take().expect("it runs");
    idle.terminate();
    assert_eq!(idle.ended(STOP).await.code(), Some(0));
}
