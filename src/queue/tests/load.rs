//! What the queue is measured by: quota used to the last call, and edits that do not wait behind drift checks.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::queue;
use crate::pacing::{Bucket, Rate};
use crate::queue::{Lane, Queue, Slot};

/// How long the vendor takes for a call.
const CALL: Duration = Duration::from_millis(80);
/// The share of the vendor's limit, in calls per second.
const CEILING: u32 = 100;

/// A number; the account is another.
type Numbers = Queue<u32, u32>;

/// What a pass over an object does with its slot.
async fn pass(mut slot: Slot<u32, u32>, gate: Arc<Bucket>) {
    slot.take_token().expect("a pass behind a gate starts with a token").spend().succeeded();
    sleep(CALL).await;
    // An edit looks again after its change.
    if slot.lane() == Lane::Edit {
        gate.take().await.spend().succeeded();
        sleep(CALL).await;
    }
    slot.forget();
}

/// Runs passes until the queue is closed; returns the time of each start.
async fn work(queue: Numbers, gate: Arc<Bucket>) -> Vec<(u32, Instant)> {
    let mut started = Vec::new();
    while let Some(slot) = queue.next().await {
        started.push((*slot.key(), Instant::now()));
        tokio::spawn(pass(slot, Arc::clone(&gate)));
    }
    queue.idle().await;
    started
}

#[tokio::test(start_paused = true)]
async fn an_edit_among_ten_thousand_drift_checks_starts_within_a_third_of_a_second() {
    let (queue, gate): (Numbers, _) = (queue(16), Bucket::new(Rate::per_second(CEILING)));
    queue.set_gate(0, Arc::clone(&gate));
    (0..10_000).for_each(|key| queue.add(key, 0, Lane::Drift));
    let worker = tokio::spawn(work(queue.clone(), gate));
    let mut added = Vec::new();
    // Some edits are of objects that wait for their drift check, some are new.
    for key in (5_000..15_000).step_by(100) {
        // A step that meets every phase of the ceiling's window.
        sleep(Duration::from_millis(517)).await;
        added.push((key, Instant::now()));
        queue.add(key, 0, Lane::Edit);
    }
    assert!(queue.depths().drift > 1000, "drift checks must fill the quota to the end");
    timeout(Duration::from_secs(1), async {
        while queue.depths().edit > 0 {
            sleep(CALL).await;
        }
    })
    .await
    .expect("the last edit starts");
    queue.close();
    let started = worker.await.expect("the worker does not panic");
    for (key, added_at) in added {
        let start = started.iter().find(|(started, at)| *started == key && *at >= added_at);
        let (_, started_at) = start.expect("every edit starts");
        let waited = *started_at - added_at;
        assert!(waited <= Duration::from_millis(300), "edit {key} waited {waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn keys_drain_at_the_ceiling() {
    for accounts in [1, 3] {
        let queue: Numbers = queue(32);
        let gates: Vec<_> = (0..accounts).map(|_| Bucket::new(Rate::per_second(CEILING))).collect();
        for (account, gate) in (0..).zip(&gates) {
            queue.set_gate(account, Arc::clone(gate));
        }
        let keys = accounts * CEILING * 30;
        (0..keys).for_each(|key| queue.add(key, key % accounts, Lane::Drift));
        let start = Instant::now();
        for _ in 0..keys {
            let slot = queue.next().await.expect("the queue is open");
            let gate = Arc::clone(&gates[*slot.account() as usize]);
            tokio::spawn(pass(slot, gate));
        }
        let seconds = start.elapsed().as_secs_f64();
        // The first burst saves a little.
        assert!((29.0..=30.3).contains(&seconds), "{keys} keys of {accounts} accounts took {seconds} s instead of 30");
    }
}

#[tokio::test(start_paused = true)]
async fn drift_checks_come_round_at_their_interval() {
    const OBJECTS: u32 = 2_000;
    let interval = Duration::from_secs(600);
    let (queue, gate): (Numbers, _) = (queue(16), Bucket::new(Rate::per_second(CEILING)));
    queue.set_gate(0, gate);
    let began_at = Instant::now();
    (0..OBJECTS).for_each(|key| queue.add_at(key, 0, Lane::Drift, began_at + interval * key / OBJECTS));
    let mut latest = Duration::ZERO;
    for turn in 0..OBJECTS * 3 {
        let mut slot = queue.next().await.expect("the queue is open");
        drop(slot.take_token().expect("a pass behind a gate starts with a token").spend());
        let due_at = began_at + interval * (turn / OBJECTS) + interval * *slot.key() / OBJECTS;
        latest = latest.max(due_at.elapsed());
        slot.again_at(Lane::Drift, due_at + interval);
    }
    assert_eq!(queue.depths().scheduled, OBJECTS as usize);
    assert!(latest < Duration::from_millis(10), "a drift check was {latest:?} late");
}
