//! Every test runs in virtual time: a sleep is a step of the clock and takes none of ours.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, sleep, timeout};

use super::{Bucket, Rate};

const SECOND: Duration = Duration::from_secs(1);

/// Takes and spends tokens until none is free, and returns how many there were.
fn spend_all(bucket: &Arc<Bucket>) -> usize {
    std::iter::from_fn(|| bucket.try_take().ok().map(|token| drop(token.spend()))).count()
}

#[test]
fn a_share_is_rounded_down_to_whole_calls() {
    let rows = [
        (Rate::per_second(200), 50, Rate::per_second(100)),
        (Rate::per_second(200), 100, Rate::per_second(200)),
        (Rate::per_second(200), 255, Rate::per_second(200)),
        (Rate::per_second(10), 25, Rate::per_second(2)),
        (Rate::per_minute(30), 50, Rate::per_minute(15)),
        (Rate::per_minute(60), 1, Rate::new(1, Duration::from_secs(100))),
        (Rate::per_second(1), 50, Rate::new(1, Duration::from_secs(2))),
        (Rate::per_second(10), 0, Rate::new(1, Duration::from_secs(10))),
        (Rate::per_second(0), 100, Rate::per_second(1)),
        (Rate::new(5, Duration::ZERO), 100, Rate::new(5, Duration::from_millis(1))),
    ];
    for (limit, percent, expected) in rows {
        assert_eq!(limit.share(percent), expected, "{percent} % of {limit:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_window_sees_more_calls_than_the_ceiling() {
    let ceilings = [
        Rate::per_second(100),
        Rate::per_second(7),
        Rate::per_second(1),
        Rate::per_minute(15),
        Rate::per_minute(60).share(1),
    ];
    for (seed, ceiling) in (0_u64..).zip(ceilings.into_iter().cycle().take(20)) {
        let sent = sent_by_unruly_callers(seed, ceiling).await;
        let calls = ceiling.calls as usize;
        assert!(sent.len() > calls * 5, "seed {seed}: only {} calls at {ceiling:?}", sent.len());
        for pair in sent.windows(calls + 1) {
            let took = pair[calls] - pair[0];
            assert!(took >= ceiling.window, "seed {seed}: {} calls in {took:?} at {ceiling:?}", calls + 1);
        }
    }
}

/// Lets many callers take tokens, hold them for a while, spend some and drop others, wait or not, with good and bad
/// answers, and returns when the calls were sent.
async fn sent_by_unruly_callers(seed: u64, ceiling: Rate) -> Vec<Instant> {
    let bucket = Bucket::new(ceiling);
    let sent = Arc::new(Mutex::new(Vec::new()));
    let ends_at = Instant::now() + ceiling.window * 20;
    let mut callers = JoinSet::new();
    for caller in 0..30 {
        let (bucket, sent) = (Arc::clone(&bucket), Arc::clone(&sent));
        let mut random = StdRng::seed_from_u64(seed * 1000 + caller);
        callers.spawn(async move {
            while Instant::now() < ends_at {
                let token = if random.random_bool(0.7) { Some(bucket.take().await) } else { bucket.try_take().ok() };
                sleep(ceiling.window.mul_f64(random.random_range(0.0..0.05))).await;
                if let Some(token) = token.filter(|_| random.random_bool(0.8)) {
                    let call = token.spend();
                    sent.lock().expect("no caller panics").push(Instant::now());
                    match random.random_range(0..1000) {
                        0 => call.throttled(Some(ceiling.window.mul_f64(0.2))),
                        1 => call.throttled(None),
                        _ => call.succeeded(),
                    }
                }
                if random.random_bool(0.1) {
                    sleep(ceiling.window.mul_f64(random.random_range(0.0..0.5))).await;
                }
            }
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended.expect("no caller panics");
    }
    std::mem::take(&mut *sent.lock().expect("no caller panics"))
}

#[tokio::test(start_paused = true)]
async fn steady_calls_use_the_whole_ceiling() {
    for (ceiling, calls) in [(Rate::per_second(100), 3000), (Rate::per_second(70), 3000), (Rate::per_minute(15), 300)] {
        let bucket = Bucket::new(ceiling);
        let start = Instant::now();
        for _ in 0..calls {
            drop(bucket.take().await.spend());
        }
        let ideal = ceiling.window.mul_f64(f64::from(calls) / f64::from(ceiling.calls));
        let ratio = start.elapsed().as_secs_f64() / ideal.as_secs_f64();
        // The first burst saves a little, late timers cost a little.
        assert!((0.98..=1.01).contains(&ratio), "{calls} calls took {ratio} of {ideal:?} at {ceiling:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_twentieth_of_a_window_goes_at_once() {
    for (ceiling, burst) in [(Rate::per_second(200), 10), (Rate::per_second(10), 3), (Rate::per_second(2), 2)] {
        let bucket = Bucket::new(ceiling);
        assert_eq!(spend_all(&bucket), burst, "at first, {ceiling:?}");
        advance(SECOND * 100).await;
        assert_eq!(spend_all(&bucket), burst, "after a long rest, {ceiling:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_ours_goes_at_once_and_then_waits_for_the_window() {
    let bucket = Bucket::at_once(Rate::per_minute(20));
    assert_eq!(spend_all(&bucket), 20);
    advance(30 * SECOND).await;
    assert_eq!(spend_all(&bucket), 0, "the minute is not over");
    advance(31 * SECOND).await;
    assert_eq!(spend_all(&bucket), 20);
}

#[tokio::test(start_paused = true)]
async fn hundreds_that_ask_now_and_then_go_at_the_rate_for_as_long_as_it_takes() {
    for allowed in [3, 20] {
        let bucket = Bucket::at_once(Rate::per_minute(allowed));
        let (start, went) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
        let mut callers = JoinSet::new();
        for caller in 0..150 {
            let (bucket, went) = (Arc::clone(&bucket), Arc::clone(&went));
            let mut random = StdRng::seed_from_u64(caller);
            callers.spawn(async move {
                loop {
                    if let Ok(token) = bucket.try_take() {
                        sleep(SECOND).await;
                        drop(token.spend());
                        went.lock().expect("no caller panics").push(Instant::now());
                        return;
                    }
                    sleep(SECOND * random.random_range(54..66)).await;
                }
            });
        }
        callers.join_all().await;
        let went = went.lock().expect("no caller panics");
        let allowed = allowed as usize;
        assert_eq!(went.iter().filter(|at| **at <= start + 2 * SECOND).count(), allowed, "in the first minute");
        for pair in went.windows(allowed + 1) {
            let took = pair[allowed] - pair[0];
            assert!(took >= 60 * SECOND, "{} went in {took:?}", allowed + 1);
        }
        let minutes = went.len().div_ceil(allowed) as u32;
        let took = start.elapsed();
        assert!(took <= 70 * SECOND * minutes, "{} took {took:?}, {allowed} a minute may go", went.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_is_drained_begins_with_its_rate_and_without_a_burst() {
    let bucket = Bucket::at_once(Rate::per_minute(20));
    bucket.drain();
    let start = Instant::now();
    let went: Vec<Duration> = stream_of(&bucket, 60 * SECOND).await.into_iter().map(|at| at - start).collect();
    assert_eq!(went.first(), Some(&(3 * SECOND)));
    assert!(went.len() <= 20 && went.windows(2).all(|pair| pair[1] - pair[0] >= 2 * SECOND), "{went:?}");
}

/// Takes and spends a token whenever there is one, for so long, and returns when.
async fn stream_of(bucket: &Arc<Bucket>, time: Duration) -> Vec<Instant> {
    let (end, mut went) = (Instant::now() + time, Vec::new());
    while let Ok(token) = tokio::time::timeout_at(end, bucket.take()).await {
        drop(token.spend());
        went.push(Instant::now());
    }
    went
}

#[tokio::test(start_paused = true)]
async fn asking_again_at_the_named_time_gets_a_token() {
    let bucket = Bucket::new(Rate::per_minute(15));
    for _ in 0..40 {
        spend_all(&bucket);
        let again_at = bucket.try_take().expect_err("all tokens are spent");
        assert!(again_at > Instant::now());
        advance(again_at - Instant::now()).await;
        drop(bucket.try_take().expect("the named time has come").spend());
    }
}

#[tokio::test(start_paused = true)]
async fn waiters_are_served_in_order_and_before_those_who_only_try() {
    let bucket = Bucket::new(Rate::per_second(10));
    spend_all(&bucket);
    let served = Arc::new(Mutex::new(Vec::new()));
    let mut waiters = JoinSet::new();
    for waiter in 0..30 {
        let (bucket, served) = (Arc::clone(&bucket), Arc::clone(&served));
        waiters.spawn(async move {
            let token = bucket.take().await;
            served.lock().expect("no waiter panics").push(waiter);
            token.spend()
        });
        tokio::task::yield_now().await;
    }
    let mut tries = 0;
    while served.lock().expect("no waiter panics").len() < 30 {
        tries += 1;
        let again_at = bucket.try_take().expect_err("somebody waits, so a try must not succeed");
        sleep((again_at - Instant::now()) / 2).await;
    }
    assert!(tries > 30, "tried only {tries} times");
    assert_eq!(*served.lock().expect("no waiter panics"), (0..30).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_waiter_loses_no_token_and_holds_nobody_up() {
    let bucket = Bucket::new(Rate::per_second(10));
    let mut spent = spend_all(&bucket);
    let start = Instant::now();
    for _ in 0..200 {
        let (first, second) = (bucket.take(), bucket.take());
        // Both leave the line after a millisecond, the first of them now and then with a token.
        drop(timeout(Duration::from_millis(1), async { tokio::join!(first, second) }).await);
        if let Ok(token) = timeout(Duration::from_millis(9), bucket.take()).await {
            drop(token.spend());
            spent += 1;
        }
    }
    assert!(start.elapsed() <= SECOND * 2);
    assert!((19..=20).contains(&spent), "{spent} calls in two seconds");
    assert_eq!(bucket.state().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn an_unspent_token_goes_to_the_next_in_line_at_once() {
    let bucket = Bucket::new(Rate::per_minute(1));
    let held = bucket.take().await;
    let waiter = tokio::spawn({
        let bucket = Arc::clone(&bucket);
        async move { (bucket.take().await, Instant::now()) }
    });
    sleep(SECOND).await;
    assert!(!waiter.is_finished());
    let dropped_at = Instant::now();
    drop(held);
    let (token, served_at) = waiter.await.expect("the waiter does not panic");
    assert_eq!(served_at, dropped_at);
    drop(token);
    assert!(bucket.try_take().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_token_knows_its_bucket() {
    let (one, other) = (Bucket::new(Rate::per_second(1)), Bucket::new(Rate::per_second(1)));
    let token = one.take().await;
    assert!(token.is_from(&one));
    assert!(!token.is_from(&other));
}

#[tokio::test(start_paused = true)]
async fn throttling_halves_the_rate_once_for_all_calls_under_way() {
    let bucket = Bucket::new(Rate::per_second(100));
    let [first, second, late, good] = [(); 4].map(|()| bucket.try_take().expect("the bucket is full").spend());
    advance(SECOND).await;
    first.throttled(None);
    assert!(bucket.try_take().is_err(), "what was saved up is gone");
    second.throttled(None);
    assert_eq!(bucket.headroom(), 0.5);
    advance(SECOND).await;
    late.throttled(None);
    good.succeeded();
    assert_eq!(bucket.headroom(), 0.5, "both calls were under way when the rate was halved");
    bucket.take().await.spend().throttled(None);
    assert_eq!(bucket.headroom(), 0.25, "this call was sent after it");
}

#[tokio::test(start_paused = true)]
async fn the_rate_has_a_floor_and_comes_back_within_ten_windows() {
    for (ceiling, floor) in [(Rate::per_second(100), 0.05), (Rate::per_minute(15), 1.0 / 15.0)] {
        let bucket = Bucket::new(ceiling);
        for _ in 0..20 {
            let call = bucket.take().await.spend();
            advance(Duration::from_millis(1)).await;
            call.throttled(None);
        }
        assert!((bucket.headroom() - floor).abs() < 1e-9, "{} at {ceiling:?}", bucket.headroom());
        let start = Instant::now();
        while bucket.headroom() < 0.5 {
            bucket.take().await.spend().succeeded();
        }
        let half_at = Instant::now();
        while bucket.headroom() < 1.0 {
            bucket.take().await.spend().succeeded();
        }
        assert!(half_at - start > ceiling.window * 5, "the rate jumped to half");
        assert!(half_at.elapsed() <= ceiling.window * 11, "{:?} at {ceiling:?}", half_at.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_the_vendor_asks_for_is_kept_but_not_for_ever() {
    let bucket = Bucket::new(Rate::per_second(100));
    for (after, expected) in [(SECOND * 7, SECOND * 7), (Duration::MAX, Duration::from_secs(300))] {
        let start = Instant::now();
        let [call, under_way] = [(); 2].map(|()| bucket.try_take().expect("the bucket is not empty").spend());
        call.throttled(None);
        under_way.throttled(Some(after));
        drop(bucket.take().await);
        assert_eq!(start.elapsed(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_raised_ceiling_serves_those_who_wait() {
    let bucket = Bucket::new(Rate::per_minute(60).share(1));
    bucket.take().await.spend().throttled(None);
    let headroom = bucket.headroom();
    let waiter = tokio::spawn({
        let bucket = Arc::clone(&bucket);
        async move { drop(bucket.take().await.spend()) }
    });
    sleep(SECOND).await;
    bucket.set_ceiling(Rate::per_second(100));
    timeout(SECOND, waiter).await.expect("the waiter learns of the new ceiling").expect("the waiter does not panic");
    assert!(bucket.headroom() <= headroom, "a new ceiling does not undo what throttling taught");
    assert!(!format!("{bucket:?}").is_empty());
}
