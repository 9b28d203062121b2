//! The order of passes, and what happens at their ends. The clock is virtual in all of these tests.

mod load;
mod stress;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, advance, timeout};

use super::{AFTER_UNFINISHED_PASS, Depths, Lane, Queue, Slot};
use crate::pacing::{Bucket, Rate};

const MINUTE: Duration = Duration::from_secs(60);

type Names = Queue<&'static str, &'static str>;

fn queue<K: super::Name, A: super::Name>(slots: usize) -> Queue<K, A> {
    Queue::new(NonZeroUsize::new(slots).expect("a test asks for at least one slot"))
}

/// Returns the pass that may start now.
async fn start<K: super::Name, A: super::Name>(queue: &Queue<K, A>) -> Slot<K, A> {
    timeout(Duration::ZERO, queue.next()).await.expect("a pass may start now").expect("the queue is open")
}

/// Fails if a pass may start now.
async fn assert_nothing_starts<K: super::Name, A: super::Name>(queue: &Queue<K, A>) {
    if let Ok(slot) = timeout(Duration::ZERO, queue.next()).await {
        panic!("no pass may start now, but this one does: {:?}", slot.expect("the queue is open").key());
    }
}

/// Runs every pass that may start now, one after the other, and returns their keys in order.
async fn run_all(queue: &Names) -> Vec<&'static str> {
    let mut keys = Vec::new();
    while let Ok(Some(slot)) = timeout(Duration::ZERO, queue.next()).await {
        keys.push(*slot.key());
        slot.forget();
    }
    keys
}

/// Returns a gate with no token left, and the next one in a minute.
fn shut_gate() -> Arc<Bucket> {
    let gate = Bucket::new(Rate::per_minute(1));
    drop(gate.try_take().expect("the bucket is full").spend());
    gate
}

#[tokio::test(start_paused = true)]
async fn edits_go_before_drift_checks_and_a_lane_is_first_in_first_out() {
    let queue: Names = queue(1);
    for key in ["drift 1", "drift 2", "moves up"] {
        queue.add(key, "account", Lane::Drift);
    }
    for key in ["edit 1", "edit 2", "moves up", "edit 3", "edit 1"] {
        queue.add(key, "account", Lane::Edit);
    }
    queue.add("edit 2", "account", Lane::Drift);
    assert_eq!(queue.depths(), Depths { edit: 4, drift: 2, scheduled: 0, running: 0 });
    assert_eq!(run_all(&queue).await, ["edit 1", "edit 2", "moves up", "edit 3", "drift 1", "drift 2"]);
    assert_eq!(queue.depths(), Depths::default());
}

#[tokio::test(start_paused = true)]
async fn accounts_take_turns() {
    let queue: Names = queue(1);
    for key in ["busy 1", "busy 2", "busy 3", "busy 4"] {
        queue.add(key, "busy", Lane::Edit);
    }
    for (key, account) in [("calm 1", "calm"), ("calm 2", "calm"), ("other", "other")] {
        queue.add(key, account, Lane::Drift);
    }
    let expected = ["busy 1", "calm 1", "other", "busy 2", "calm 2", "busy 3", "busy 4"];
    assert_eq!(run_all(&queue).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_added_while_it_runs_runs_again_afterwards() {
    let queue: Names = queue(4);
    queue.add("key", "account", Lane::Edit);
    let first = start(&queue).await;
    queue.add("key", "account", Lane::Drift);
    queue.add("key", "account", Lane::Edit);
    queue.add("key", "account", Lane::Drift);
    assert_nothing_starts(&queue).await;
    first.again_at(Lane::Drift, Instant::now() + MINUTE);
    let second = start(&queue).await;
    assert_eq!(second.lane(), Lane::Edit, "the more urgent lane wins");
    queue.add("key", "account", Lane::Drift);
    second.forget();
    assert_eq!(run_all(&queue).await, ["key"], "a pass cannot forget what came after it began");
    assert_eq!(queue.depths(), Depths::default());
}

#[tokio::test(start_paused = true)]
async fn the_agenda_makes_keys_ready_at_their_times() {
    let queue: Names = queue(1);
    let now = Instant::now();
    queue.add_at("later", "account", Lane::Drift, now + MINUTE * 3);
    queue.add_at("sooner", "account", Lane::Drift, now + MINUTE);
    queue.add_at("sooner", "account", Lane::Drift, now + MINUTE * 2);
    queue.add_at("moved", "account", Lane::Drift, now + MINUTE * 9);
    queue.add_at("moved", "account", Lane::Drift, now + MINUTE * 2);
    queue.add_at("past", "account", Lane::Edit, now);
    assert_eq!(queue.depths().scheduled, 4);
    for (key, minutes) in [("past", 0), ("sooner", 1), ("moved", 2), ("later", 3)] {
        let slot = queue.next().await.expect("the queue is open");
        assert_eq!((*slot.key(), now.elapsed()), (key, MINUTE * minutes));
        slot.forget();
    }
    assert_eq!(queue.depths(), Depths::default());
}

#[tokio::test(start_paused = true)]
async fn of_two_lanes_at_one_time_the_more_urgent_wins() {
    let queue: Names = queue(1);
    let at = Instant::now() + MINUTE;
    for lane in [Lane::Drift, Lane::Edit, Lane::Drift] {
        queue.add_at("key", "account", lane, at);
    }
    assert_eq!(queue.next().await.expect("the queue is open").lane(), Lane::Edit);
}

#[tokio::test(start_paused = true)]
async fn an_edit_does_not_wait_for_a_backoff_and_the_pass_sets_the_next_time() {
    let queue: Names = queue(1);
    let now = Instant::now();
    queue.add_at("key", "account", Lane::Drift, now + MINUTE);
    queue.add("key", "account", Lane::Edit);
    assert_eq!(queue.depths().scheduled, 1, "until a pass starts");
    let slot = start(&queue).await;
    assert_eq!(queue.depths().scheduled, 0);
    slot.again_at(Lane::Drift, now + MINUTE * 5);
    drop(queue.next().await.expect("the queue is open"));
    assert_eq!(now.elapsed(), MINUTE * 5);
}

#[tokio::test(start_paused = true)]
async fn a_time_that_is_set_while_the_pass_runs_stays() {
    let queue: Names = queue(2);
    let now = Instant::now();
    queue.add("early", "account", Lane::Edit);
    queue.add("forgotten by its pass", "account", Lane::Edit);
    let (early, forgotten) = (start(&queue).await, start(&queue).await);
    queue.add_at("early", "account", Lane::Edit, now + MINUTE);
    queue.add_at("forgotten by its pass", "account", Lane::Edit, now + MINUTE);
    early.again_at(Lane::Drift, now + MINUTE * 5);
    forgotten.forget();
    advance(MINUTE).await;
    assert_eq!(run_all(&queue).await, ["early", "forgotten by its pass"]);
}

#[tokio::test(start_paused = true)]
async fn a_time_that_comes_while_the_pass_runs_makes_it_run_again() {
    let queue: Names = queue(2);
    queue.add("key", "account", Lane::Edit);
    let slot = start(&queue).await;
    queue.add_at("key", "account", Lane::Drift, Instant::now() + MINUTE);
    advance(MINUTE).await;
    assert_nothing_starts(&queue).await;
    slot.again_at(Lane::Drift, Instant::now() + MINUTE * 5);
    assert_eq!(run_all(&queue).await, ["key"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_account_has_no_token_keeps_nobody_back() {
    let queue: Names = queue(1);
    queue.set_gate("shut", shut_gate());
    for key in ["a 1", "a 2"] {
        queue.add(key, "shut", Lane::Edit);
    }
    for key in ["b 1", "b 2"] {
        queue.add(key, "free", Lane::Drift);
    }
    assert_eq!(run_all(&queue).await, ["b 1", "b 2"]);
    assert_eq!(queue.depths(), Depths { edit: 2, ..Depths::default() });
    let asked_at = Instant::now();
    let mut slot = queue.next().await.expect("the queue is open");
    assert_eq!((*slot.key(), asked_at.elapsed()), ("a 1", MINUTE));
    drop(slot.take_token().expect("a pass behind a gate starts with a token").spend());
    assert!(slot.take_token().is_none());
    slot.forget();
    queue.remove_gate(&"shut");
    assert_eq!(run_all(&queue).await, ["a 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_a_pass_does_not_need_serves_the_next() {
    let queue: Names = queue(4);
    queue.set_gate("account", Bucket::new(Rate::per_minute(1)));
    for key in ["first", "second", "third"] {
        queue.add(key, "account", Lane::Drift);
    }
    let first = start(&queue).await;
    let waiting = tokio::spawn({
        let queue = queue.clone();
        async move { queue.next().await.map(|slot| (*slot.key(), Instant::now())) }
    });
    advance(Duration::from_millis(1)).await;
    assert!(!waiting.is_finished());
    let ended_at = Instant::now();
    first.forget();
    assert_eq!(waiting.await.expect("the worker does not panic"), Some(("second", ended_at)));
    assert_eq!(run_all(&queue).await, ["third"]);
}

#[tokio::test(start_paused = true)]
async fn one_account_leaves_a_quarter_of_the_slots_to_the_others() {
    let queue: Queue<u32, &str> = queue(8);
    (0..10).for_each(|key| queue.add(key, "hangs", Lane::Edit));
    let mut hanging = Vec::new();
    for _ in 0..6 {
        hanging.push(start(&queue).await);
    }
    assert_nothing_starts(&queue).await;
    queue.add(100, "other", Lane::Drift);
    assert_eq!(*start(&queue).await.key(), 100);
    hanging.pop();
    assert_eq!(*start(&queue).await.key(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_key_moves_with_its_account() {
    let queue: Names = queue(4);
    queue.set_gate("shut", shut_gate());
    queue.add("key", "shut", Lane::Edit);
    queue.add_at("due", "shut", Lane::Drift, Instant::now() + MINUTE / 2);
    assert_nothing_starts(&queue).await;
    queue.add("key", "free", Lane::Drift);
    queue.add_at("due", "free", Lane::Drift, Instant::now() + MINUTE);
    let slot = start(&queue).await;
    assert_eq!((*slot.key(), *slot.account(), slot.lane()), ("key", "free", Lane::Edit));
    queue.add("key", "third", Lane::Drift);
    assert_nothing_starts(&queue).await;
    slot.forget();
    let slot = start(&queue).await;
    assert_eq!((*slot.key(), *slot.account(), slot.lane()), ("key", "third", Lane::Drift));
    slot.forget();
    advance(MINUTE / 2).await;
    assert_eq!(*start(&queue).await.account(), "free");
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_key_is_gone_from_everywhere() {
    let queue: Names = queue(2);
    queue.add("ready", "account", Lane::Drift);
    queue.add_at("due", "account", Lane::Drift, Instant::now() + MINUTE);
    queue.add("running", "account", Lane::Edit);
    let slot = start(&queue).await;
    queue.add("running", "account", Lane::Edit);
    ["ready", "due", "running", "unknown"].iter().for_each(|key| queue.forget(key));
    slot.again_at(Lane::Drift, Instant::now());
    advance(MINUTE * 10).await;
    assert_nothing_starts(&queue).await;
    assert_eq!(queue.depths(), Depths::default());
    let state = format!("{queue:?}");
    assert!(state.contains("entries: {}") && state.contains("accounts: {}"), "something is left: {state}");
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_key_that_comes_back_while_its_pass_runs_runs_again() {
    let queue: Names = queue(2);
    queue.add("key", "account", Lane::Edit);
    let slot = start(&queue).await;
    queue.forget(&"key");
    queue.add("key", "account", Lane::Drift);
    slot.forget();
    assert_eq!(run_all(&queue).await, ["key"]);
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_panics_frees_its_slot_and_is_tried_again_later() {
    let queue: Names = queue(1);
    let gate = Bucket::new(Rate::per_minute(1));
    queue.set_gate("account", Arc::clone(&gate));
    queue.add("panics", "account", Lane::Edit);
    let slot = start(&queue).await;
    let pass = tokio::spawn(async move {
        let _slot = slot;
        panic!("this pass is meant to panic");
    });
    assert!(pass.await.expect_err("the pass panics").is_panic());
    assert_eq!(queue.depths(), Depths { scheduled: 1, ..Depths::default() });
    assert!(gate.try_take().is_ok(), "the token came back");
    queue.add("other", "account", Lane::Edit);
    assert_eq!(run_all(&queue).await, ["other"]);
    advance(AFTER_UNFINISHED_PASS).await;
    assert_eq!(run_all(&queue).await, ["panics"]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_queue_starts_nothing_and_is_idle_after_the_last_pass() {
    let queue: Names = queue(2);
    queue.idle().await;
    queue.add("key", "account", Lane::Edit);
    let slot = start(&queue).await;
    let waiting = tokio::spawn({
        let queue = queue.clone();
        async move { queue.next().await.is_none() }
    });
    let stopped = tokio::spawn({
        let queue = queue.clone();
        async move { queue.idle().await }
    });
    advance(MINUTE).await;
    queue.close();
    assert!(waiting.await.expect("the worker does not panic"), "a worker that waits learns of the end");
    queue.add("late", "account", Lane::Edit);
    assert!(queue.next().await.is_none());
    assert!(!stopped.is_finished());
    slot.again_at(Lane::Drift, Instant::now());
    timeout(MINUTE, stopped).await.expect("no slot is in use").expect("idle does not panic");
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_stops_waiting_takes_nothing_along() {
    let queue: Names = queue(1);
    queue.set_gate("account", shut_gate());
    queue.add("key", "account", Lane::Edit);
    let asked_at = Instant::now();
    for _ in 0..590 {
        assert!(timeout(Duration::from_millis(100), queue.next()).await.is_err());
    }
    assert!(queue.next().await.is_some());
    assert_eq!(asked_at.elapsed(), MINUTE);
}
