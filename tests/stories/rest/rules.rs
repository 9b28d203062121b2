//! The rules that a status keeps whatever happens: those of kstatus, which Flux and others read it by.

use std::collections::BTreeSet;

use roomkeeper::api::condition::{Condition, ConditionStatus, NEVER_OBSERVED, READY, RECONCILING, STALLED};
use roomkeeper::api::{Room, RoomStatus};
use roomkeeper_plan::reason::Reason;

/// Checks all versions of one object, oldest first, and returns the reasons that `Ready` had.
///
/// # Panics
/// At the first version that breaks a rule.
pub(super) fn hold(versions: &[Room]) -> BTreeSet<String> {
    assert_eq!(versions.first().map(|first| status(first).observed_generation), Some(NEVER_OBSERVED));
    for version in versions {
        stand_alone(status(version));
    }
    for pair in versions.windows(2) {
        follow(&pair[0], &pair[1]);
    }
    let ready = versions.iter().filter_map(|version| find(status(version), READY));
    ready.map(|ready| ready.reason.clone()).collect()
}

fn status(room: &Room) -> &RoomStatus {
    room.status.as_ref().expect("an object without a status looks healthy")
}

fn find<'a>(status: &'a RoomStatus, type_: &str) -> Option<&'a Condition> {
    status.conditions.iter().find(|condition| condition.type_ == type_)
}

/// What one status keeps by itself.
fn stand_alone(status: &RoomStatus) {
    let told = format!("{status:#?}");
    let ready = find(status, READY).unwrap_or_else(|| panic!("Ready is always there: {told}"));
    let types: BTreeSet<&str> = status.conditions.iter().map(|condition| condition.type_.as_str()).collect();
    assert_eq!(types.len(), status.conditions.len(), "a condition stands twice: {told}");
    for condition in &status.conditions {
        let known = Reason::ALL.iter().any(|reason| reason.to_string() == condition.reason);
        assert!(known, "{} is no reason of ours: {told}", condition.reason);
        assert_eq!(condition.reason, ready.reason, "two reasons at a time: {told}");
    }
    if status.observed_generation == NEVER_OBSERVED {
        assert_eq!((types.len(), ready.status), (1, ConditionStatus::Unknown), "nobody has looked: {told}");
        return;
    }
    for condition in &status.conditions {
        assert_eq!(condition.observed_generation, Some(status.observed_generation), "{told}");
        assert!(condition.last_transition_time.0.as_second() > 0, "1970 is nobody's transition: {told}");
    }
    let marks: Vec<&Condition> = [RECONCILING, STALLED].iter().filter_map(|type_| find(status, type_)).collect();
    assert!(marks.len() <= 1, "it cannot go on and be stuck: {told}");
    for mark in marks {
        assert_eq!(mark.status, ConditionStatus::True, "{} is there only while it is true: {told}", mark.type_);
        assert_ne!(ready.status, ConditionStatus::True, "it is ready and {}: {told}", mark.type_);
    }
}

/// What one version keeps in regard of the one before it.
fn follow(before: &Room, now: &Room) {
    let (last, next) = (status(before), status(now));
    let told = || format!("{last:#?}\nwas followed by\n{next:#?}");
    if last == next {
        return;
    }
    // The story waits before each edit, so no pass is under way that began before it.
    let generation = now.metadata.generation.expect("the API server counts generations");
    assert_eq!(next.observed_generation, generation, "a write that speaks of another generation: {}", told());
    for condition in &next.conditions {
        let Some(before) = find(last, &condition.type_).filter(|before| before.observed_generation.is_some()) else {
            continue;
        };
        let (was, is) = (&before.last_transition_time.0, &condition.last_transition_time.0);
        if before.status == condition.status {
            assert_eq!(was, is, "{} did not change: {}", condition.type_, told());
        } else {
            assert!(was <= is, "{} went back in time: {}", condition.type_, told());
        }
    }
}
