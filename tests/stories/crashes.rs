//! The operator dies at every point of a pass: the end is the same, and nothing is done twice.
//!
//! The simulator holds the call at which the operator is to die. What stands at that moment is compared first, so that
//! a story cannot pass by dying somewhere else. The rows of each engine are in a file of their own.

mod api_server;
mod cloud_meeting;
mod cloud_rtc;
mod half_done;
mod late_accounts;
mod late_watches;
mod lost_replies;
mod stop;
mod tencent;
mod unseen;

use std::fmt::Debug;

use futures::future::join_all;
use roomkeeper::api::{RoomStatus, annotations};
use roomkeeper_sim::{Delivery, Effect, Fault, FaultId};
use serde_json::Value;

use crate::story::{DEADLINE, Story, ready};
use crate::support::wait_until;

/// What a person asks for, and so what the operator has to do. Each vendor has its own.
trait Act: Copy + Debug {
    /// Calls that name no room although they are about one, as lists do.
    const LISTS: &[&str];

    /// Returns the stage, still without an operator, for many rooms at a time.
    async fn stage(name: &str) -> Story;

    /// Has the room there before the act, except where the act makes it.
    async fn prepare(self, story: &Story, name: &str);

    async fn perform(self, story: &Story, name: &str);

    /// Returns the name of a call in the journal.
    fn operation(self, call: &str) -> String;

    /// Returns what the journal calls the room.
    fn place(self, name: &str) -> String;

    /// Tells in one line what stands in Kubernetes and at the vendor.
    async fn scene(self, story: &Story, name: &str) -> String;

    /// What people do at the vendor before the operator learns how its call went.
    async fn meanwhile(self, _story: &Story, _name: &str) {}

    /// Sees that nothing is done in haste about rooms of which it is written down that something was begun, and lets the
    /// time pass that the operator waits for.
    async fn go_on(self, _story: &Story, _begun: &[&str]) {}

    /// Waits for the end.
    async fn until_settled(self, story: &Story, name: &str);

    /// Waits for the end, and sees that it was reached without doing anything twice, and that it is one.
    async fn ends_well(self, story: &Story, name: &str);
}

/// A call of the pass that follows an act, by its name and how many of its operation there were.
#[derive(Clone, Copy, Debug)]
enum Call {
    First(&'static str),
    Second(&'static str),
    Third(&'static str),
}

impl Call {
    fn name(self) -> &'static str {
        let (Call::First(name) | Call::Second(name) | Call::Third(name)) = self;
        name
    }

    fn turn(self) -> usize {
        match self {
            Call::First(_) => 1,
            Call::Second(_) => 2,
            Call::Third(_) => 3,
        }
    }
}

/// One room, one act, and what the vendor does to one call of it.
struct Row<A> {
    name: String,
    act: A,
    call: Call,
    effect: Effect,
}

impl<A: Act> Row<A> {
    fn new(name: &str, act: A, call: Call, effect: Effect) -> Self {
        Row { name: name.to_owned(), act, call, effect }
    }

    /// Lets the act happen, and has the fault meet its call.
    async fn begin(&self, story: &Story) -> FaultId {
        let script = |effect| script(story, self.act, &self.name, self.call.name(), effect);
        if self.call.turn() == 1 {
            let fault = script(self.effect.clone());
            self.act.perform(story, &self.name).await;
            return fault;
        }
        let mut held = script(Effect::HoldBefore);
        self.act.perform(story, &self.name).await;
        for turn in 2..=self.call.turn() {
            story.until_held(held).await;
            let effect = if turn == self.call.turn() { self.effect.clone() } else { Effect::HoldBefore };
            let next = script(effect);
            story.sim.faults().release(held).expect("it holds the call before");
            held = next;
        }
        held
    }

    /// Lets the act happen until its call is held, and compares what stands then.
    async fn begin_and_hold(&self, story: &Story, at_the_kill: &str) {
        let fault = self.begin(story).await;
        story.until_held(fault).await;
        assert_eq!(self.act.scene(story, &self.name).await, at_the_kill, "{}", self.name);
    }
}

/// Has the vendor misbehave once at this call about one room.
fn script<A: Act>(story: &Story, act: A, name: &str, call: &str, effect: Effect) -> FaultId {
    let fault = Fault::at(&act.operation(call), effect);
    let fault = if A::LISTS.contains(&call) { fault } else { fault.room(&act.place(name)) };
    story.sim.faults().add(fault).expect("the simulator knows the operation")
}

/// Tells in one line what stands in Kubernetes of an object whose room is called so.
async fn written(story: &Story, name: &str, room: &str) -> String {
    let Some(object) = story.object(name).await else {
        return "no object".to_owned();
    };
    let annotation = |name: &str| object.metadata.annotations.as_ref().and_then(|all| all.get(name));
    let ours = format!("{room} {}/{name}", story.namespace);
    let finalizers = object.metadata.finalizers.clone().unwrap_or_default();
    let claimed = match (annotation(annotations::CLAIM), finalizers.as_slice()) {
        (Some(claim), [finalizer]) if *claim == ours && finalizer == annotations::FINALIZER => "claimed".to_owned(),
        (Some(claim), []) if *claim == ours => "claimed without a finalizer".to_owned(),
        (None, []) => "unclaimed".to_owned(),
        (claim, finalizers) => format!("claim {claim:?}, finalizers {finalizers:?}"),
    };
    let status: RoomStatus =
        serde_json::from_value(object.data["status"].clone()).expect("the schema gives every object a status");
    let reason = ready(&status).map_or("no reason", |ready| ready.reason.as_str());
    let news = [-1, object.metadata.generation.unwrap_or_default()].contains(&status.observed_generation);
    let was = if news { "" } else { "was " };
    let begun = annotation(annotations::BEGUN).map(|text| format!(", {}", begun(text))).unwrap_or_default();
    format!("{claimed}, {was}{reason}{begun}")
}

/// Tells what was written down of a call that nobody can see afterwards.
fn begun(text: &str) -> &'static str {
    let begun: Value = serde_json::from_str(text).expect("it is JSON");
    match (&begun["dismissal"]["accepted"], &begun["handOver"]["refused"]) {
        (Value::Bool(true), _) => "accepted",
        (_, Value::Bool(true)) => "refused",
        (Value::Bool(false), _) | (_, Value::Bool(false)) => "begun",
        (_, _) => panic!("it is neither a dismissal nor a hand-over: {text}"),
    }
}

/// Tells whether it is written down that something was begun.
async fn is_begun(story: &Story, name: &str) -> bool {
    let annotations = story.object(name).await.and_then(|object| object.metadata.annotations);
    annotations.is_some_and(|all| all.contains_key(annotations::BEGUN))
}

/// Returns the names of the rows of which it is written down that something was begun.
async fn those_begun<'a, A: Act + 'a>(story: &Story, rows: impl Iterator<Item = &'a Row<A>>) -> Vec<&'a str> {
    let names = join_all(rows.map(async |row| is_begun(story, &row.name).await.then_some(row.name.as_str()))).await;
    names.into_iter().flatten().collect()
}

/// Waits until what was begun is taken away, which follows the status that tells of its end.
async fn until_nothing_is_begun(story: &Story, name: &str) {
    let what = format!("what was begun of {name} to be over");
    story.patiently(&what, wait_until(DEADLINE, &what, async || !is_begun(story, name).await)).await;
}

async fn stage_with_operator<A: Act>(name: &str) -> Story {
    let mut story = A::stage(name).await;
    story.start_operator();
    story
}

/// Kills the operator while so many calls are held, which end with it.
pub async fn kill(story: &mut Story, held: usize) {
    story.kill_operator().await;
    story
        .until_journal("all connections to be gone", |entries| {
            entries.iter().filter(|entry| entry.delivery == Delivery::CallerGone).count() == held
        })
        .await;
    story.sim.faults().clear();
}

/// Kills the operator while every row's call is held, and lets a new one go on.
///
/// The rows go side by side, since the operator gives up a call that is not answered in ten seconds. Lists name no
/// room, so those who are to die at one go first, while nobody else asks for any.
async fn check_killed<A: Act>(name: &str, act: A, rows: &[(&str, Call, Effect, &str)]) {
    let mut story = stage_with_operator::<A>(name).await;
    let rows: Vec<(Row<A>, &str)> =
        rows.iter().map(|(name, call, effect, scene)| (Row::new(name, act, *call, effect.clone()), *scene)).collect();
    join_all(rows.iter().map(|(row, _)| act.prepare(&story, &row.name))).await;
    let (at_lists, others): (Vec<_>, Vec<_>) = rows.iter().partition(|(row, _)| A::LISTS.contains(&row.call.name()));
    for (row, at_the_kill) in at_lists {
        row.begin_and_hold(&story, at_the_kill).await;
    }
    join_all(others.iter().map(|(row, at_the_kill)| row.begin_and_hold(&story, at_the_kill))).await;

    kill(&mut story, rows.len()).await;
    for (row, at_the_kill) in &rows {
        assert_eq!(act.scene(&story, &row.name).await, *at_the_kill, "{}, after the kill", row.name);
        act.meanwhile(&story, &row.name).await;
    }

    let begun = those_begun(&story, rows.iter().map(|(row, _)| row)).await;
    story.start_operator();
    act.go_on(&story, &begun).await;
    join_all(rows.iter().map(|(row, _)| act.ends_well(&story, &row.name))).await;
}
