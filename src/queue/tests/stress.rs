//! The queue among real threads: no key is lost, and none runs twice at once.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, timeout};

use crate::pacing::{Bucket, Rate};
use crate::queue::{Lane, Queue, Slot};

const KEYS: usize = 100;
const ACCOUNTS: usize = 4;
const ADDS: usize = 10_000;
const SLOTS: usize = 8;
/// Shorter than the wait after a pass that ends without a word, which would hide a lost key.
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Object {
    /// Raised before each add: what the next pass has to see.
    wanted: AtomicU64,
    seen: AtomicU64,
    running: AtomicBool,
}

struct World {
    queue: Queue<usize, usize>,
    objects: Vec<Object>,
    running: AtomicUsize,
    passes: AtomicUsize,
}

impl World {
    async fn pass(&self, mut slot: Slot<usize, usize>, random: &mut StdRng) {
        let object = &self.objects[*slot.key()];
        assert!(!object.running.swap(true, SeqCst), "two passes of one key at once");
        assert!(self.running.fetch_add(1, SeqCst) < SLOTS, "more passes than slots");
        self.passes.fetch_add(1, SeqCst);
        object.seen.store(object.wanted.load(SeqCst), SeqCst);
        for _ in 0..random.random_range(0..4) {
            yield_now().await;
        }
        if random.random_bool(0.5) {
            drop(slot.take_token().map(|token| token.spend()));
        }
        self.running.fetch_sub(1, SeqCst);
        object.running.store(false, SeqCst);
        match random.random_range(0..3) {
            0 => slot.forget(),
            1 => slot.again_at(Lane::Drift, Instant::now() + Duration::from_micros(random.random_range(0..2000))),
            // The pass ends without a word; what was added meanwhile must run all the same.
            _ => drop(slot),
        }
    }

    async fn add(&self, random: &mut StdRng) {
        for _ in 0..ADDS {
            let key = random.random_range(0..KEYS);
            let account = (key + random.random_range(0..2)) % ACCOUNTS;
            let lane = if random.random_bool(0.5) { Lane::Edit } else { Lane::Drift };
            self.objects[key].wanted.fetch_add(1, SeqCst);
            if random.random_bool(0.2) {
                self.queue.add_at(key, account, lane, Instant::now() + Duration::from_micros(500));
            } else {
                self.queue.add(key, account, lane);
            }
            if random.random_bool(0.3) {
                yield_now().await;
            }
        }
    }

    fn is_settled(&self) -> bool {
        self.objects.iter().all(|object| object.seen.load(SeqCst) == object.wanted.load(SeqCst))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_key_is_lost_or_runs_twice_at_once() {
    let world = Arc::new(World {
        queue: Queue::new(NonZeroUsize::new(SLOTS).expect("there are slots")),
        objects: std::iter::repeat_with(Object::default).take(KEYS).collect(),
        running: AtomicUsize::new(0),
        passes: AtomicUsize::new(0),
    });
    // Two accounts have a gate that is in the way now and then, two have none.
    for account in 0..2 {
        world.queue.set_gate(account, Bucket::new(Rate::per_second(20_000)));
    }
    let mut workers = JoinSet::new();
    for seed in 0..12 {
        let (world, mut random) = (Arc::clone(&world), StdRng::seed_from_u64(seed));
        workers.spawn(async move {
            while let Some(slot) = world.queue.next().await {
                world.pass(slot, &mut random).await;
            }
        });
    }
    let mut writers = JoinSet::new();
    for seed in 100..104 {
        let (world, mut random) = (Arc::clone(&world), StdRng::seed_from_u64(seed));
        writers.spawn(async move { world.add(&mut random).await });
    }
    let settled = timeout(DEADLINE, async {
        while let Some(ended) = writers.join_next().await {
            ended.expect("no writer panics");
        }
        while !world.is_settled() {
            yield_now().await;
        }
        world.queue.close();
        while let Some(ended) = workers.join_next().await {
            ended.expect("no worker panics");
        }
        world.queue.idle().await;
    });
    assert!(settled.await.is_ok(), "some change was seen by no pass: {:?}", world.queue);
    assert!(world.passes.load(SeqCst) > KEYS);
}
