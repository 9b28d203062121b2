//! Several operators with one Lease: one acts, and another one goes on when that one cannot.

use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use roomkeeper_sim::{Effect, Entry};
use serde_json::json;

use crate::operator::Operator;
use crate::story::{DEADLINE, ROOM, Story};
use crate::support::wait_until;

/// How long a holder of the Lease may be silent.
const LEASE: Duration = Duration::from_secs(20);
/// How long a call to a vendor may last.
const LONGEST_CALL: Duration = Duration::from_secs(10);
/// An operator that lost the Lease ends by itself within this.
const END: Duration = Duration::from_secs(40);

fn looks(entries: &[Entry]) -> usize {
    entries.iter().filter(|entry| entry.calls("room_engine/get_room_info")).count()
}

async fn until_standing_by(operator: &Operator) {
    wait_until(DEADLINE, "the other operator to stand by", async || operator.log().contains("standing by")).await;
}

async fn holder(story: &Story) -> String {
    let leases: Api<Lease> = story.api();
    let lease = leases.get_opt(&story.namespace).await.expect("the API server answers");
    lease.and_then(|lease| lease.spec?.holder_identity).unwrap_or_default()
}

async fn until_held_by(story: &Story, name: &str) {
    let what = format!("{name} to have the Lease");
    story.patiently(&what, wait_until(2 * DEADLINE, &what, async || holder(story).await == name)).await;
}

/// Begins with a room in sync by the story's operator, and another one that stands by.
async fn begin(story: &mut Story) -> Operator {
    story.start_operator();
    until_held_by(story, "story").await;
    let other = story.start_another_operator("other");
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    until_standing_by(&other).await;
    other
}

/// Checks that the other operator keeps the rooms by now: an edit is applied, once.
async fn the_other_goes_on(story: &Story) {
    until_held_by(story, "other").await;
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 12 } } })).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
}

#[tokio::test]
async fn a_rolling_update_hands_over_long_before_the_lease_runs_out() {
    let mut story = Story::prepare("rolling").await;
    let _other = begin(&mut story).await;
    let began = Instant::now();
    let operator = story.operator.take().expect("it runs");
    operator.terminate();
    until_held_by(&story, "other").await;
    let took = began.elapsed();
    assert_eq!(operator.ended(END).await.code(), Some(0));
    assert!(took < LEASE / 2, "it waited for the Lease to run out: {took:?}");
    println!("handed over within {took:?}");
    the_other_goes_on(&story).await;
}

#[tokio::test]
async fn while_one_operator_acts_the_other_calls_nobody_and_writes_nothing() {
    let mut story = Story::prepare_alone("stand-by").await.with_drift_checks("300ms");
    let other = begin(&mut story).await;
    // A second one that looked, too, would try the credential of its own.
    let before = looks(&story.sim.journal());
    story.until_journal("ten drift checks", |entries| looks(entries) >= before + 10).await;
    let tried = story.sim.journal().iter().filter(|entry| entry.calls("accounts/account_check")).count();
    assert_eq!(tried, 1, "the one that stands by called the vendor");
    assert!(!other.log().contains("passes start"), "{}", other.log());
    story.kill_operator().await;
    story.start_operator();
    // Started again in its pod, it goes on at once.
    story.until_journal("ten drift checks more", |entries| looks(entries) >= before + 20).await;
    assert_eq!(holder(&story).await, "story");
    assert_eq!(story.deeds(ROOM), ["create_room"]);
}

#[tokio::test]
async fn a_killed_operators_rooms_are_kept_by_the_other_when_the_lease_has_run_out() {
    let mut story = Story::prepare("killed").await;
    let _other = begin(&mut story).await;
    story.kill_operator().await;
    the_other_goes_on(&story).await;
}

#[tokio::test]
async fn an_operator_that_was_frozen_in_the_middle_of_a_pass_does_nothing_more_when_it_wakes() {
    let mut story = Story::prepare("frozen").await;
    let _other = begin(&mut story).await;
    let update = story.fault("room_engine/update_room_info", Effect::HoldAfter);
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 12 } } })).await;
    story.until_held(update).await;
    story.operator.as_ref().expect("it runs").freeze();
    story.sim.faults().release(update).expect("it holds the update");

    the_other_goes_on(&story).await;
    // What the other one looks at by itself after it began comes before this look.
    story.look_again(ROOM).await;
    let calls = story.calls_about(ROOM).len();
    let frozen = story.operator.take().expect("it was there");
    frozen.thaw();
    let log = frozen.log();
    let ended = frozen.ended(END).await;
    assert!(!ended.success(), "it must not look as if it had been told to stop: {log}");
    assert_eq!(story.calls_about(ROOM).len(), calls, "it went on where it had stopped");
    assert_eq!(holder(&story).await, "other");
}

#[tokio::test]
async fn an_operator_that_is_cut_off_from_the_api_server_stops_calling_before_another_one_begins() {
    let mut story = Story::prepare("cut-off").await.with_drift_checks("300ms").with_relay().await;
    let _other = begin(&mut story).await;
    let before = looks(&story.sim.journal());
    story.until_journal("drift checks", |entries| looks(entries) >= before + 3).await;
    story.relay().cut();
    until_held_by(&story, "other").await;
    story.vendor_changes(ROOM, |room| room.max_members = 7);
    let corrected = |entries: &[Entry]| entries.iter().any(|entry| entry.calls("room_engine/update_room_info"));
    story.until_journal("the drift to be corrected", corrected).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);

    let ended = story.operator.take().expect("it was there").ended(END).await;
    assert!(!ended.success());
    // The room is looked at all the time, but for the time in which nobody might call: a call may last that long.
    let calls: Vec<u64> = story.sim.journal().iter().map(|entry| entry.at.unix_millis()).collect();
    let longest = calls.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap_or_default();
    println!("nobody called for {longest} ms");
    assert!(Duration::from_millis(longest) >= LONGEST_CALL, "the last call of one may meet the first of the other");
}
