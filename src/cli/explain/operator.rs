//! Whether the operator seems to run, by its Lease. Pure.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::LeaseSpec;
use k8s_openapi::jiff::{SignedDuration, Timestamp};

use super::explanation::{Operator, OperatorState};
use super::gather::Known;

/// How long past its promise a holder may be silent before it is taken for gone: clocks of two machines differ.
const TOLERANCE: Duration = Duration::from_secs(60);

/// Says what the Lease tells at this time. `place` is its namespace and name.
pub(super) fn judge(lease: &Known<Option<LeaseSpec>>, place: (&str, &str), now: Timestamp) -> Operator {
    let (namespace, name) = place;
    let lease_words = format!("the Lease {name} in the namespace {namespace}");
    let (state, message) = match lease {
        Err(why) => (
            OperatorState::Unknown,
            format!("whether the operator runs is not known, {lease_words} could not be read: {why}"),
        ),
        Ok(None) => (
            OperatorState::NotRunning,
            format!(
                "no operator runs as far as can be told: there is no Lease {name} in the namespace {namespace}; if it \
                 is elsewhere, say so by --operator-namespace and --lease"
            ),
        ),
        Ok(Some(lease)) => held(lease, &lease_words, now),
    };
    Operator { state, message }
}

fn held(lease: &LeaseSpec, words: &str, now: Timestamp) -> (OperatorState, String) {
    let holder = lease.holder_identity.as_deref().filter(|holder| !holder.is_empty());
    let (Some(holder), Some(renewed)) = (holder, lease.renew_time.as_ref()) else {
        return (OperatorState::NotRunning, format!("no operator runs: nobody holds {words}"));
    };
    let promised = lease.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or_default();
    let silent = now.duration_since(renewed.0);
    let allowed = Duration::from_secs(promised) + TOLERANCE;
    // Of a clock that is behind, a renewal is in the future.
    let is_late = Duration::try_from(silent).is_ok_and(|silent| silent > allowed);
    if is_late {
        let message = format!(
            "the operator does not run any more: {holder}, who holds {words}, renewed it {} ago",
            rough(silent)
        );
        (OperatorState::NotRunning, message)
    } else {
        (OperatorState::Running, format!("the operator runs: {holder} holds {words}"))
    }
}

/// Says a length of time in its largest unit.
pub(super) fn rough(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;

    use super::*;

    #[test]
    fn only_a_lease_that_is_held_and_was_renewed_lately_tells_of_an_operator() {
        let now = Timestamp::from_second(10_000).expect("a small number");
        let lease = |holder: &str, before: i64| LeaseSpec {
            holder_identity: Some(holder.to_owned()),
            lease_duration_seconds: Some(20),
            renew_time: Timestamp::from_second(10_000 - before).ok().map(MicroTime),
            ..LeaseSpec::default()
        };
        let rows = [
            (Ok(Some(lease("pod-1", 5))), OperatorState::Running, "pod-1 holds"),
            (Ok(Some(lease("pod-1", 80))), OperatorState::Running, "pod-1 holds"),
            (Ok(Some(lease("pod-1", -3_000))), OperatorState::Running, "pod-1 holds"),
            (Ok(Some(lease("pod-1", 81))), OperatorState::NotRunning, "81s ago"),
            (Ok(Some(lease("pod-1", 9_000))), OperatorState::NotRunning, "2h ago"),
            (Ok(Some(lease("", 5))), OperatorState::NotRunning, "nobody holds"),
            (Ok(Some(LeaseSpec::default())), OperatorState::NotRunning, "nobody holds"),
            (Ok(None), OperatorState::NotRunning, "--operator-namespace"),
            (Err("you may not read it".to_owned()), OperatorState::Unknown, "you may not read it"),
        ];
        for (lease, state, words) in rows {
            let judged = judge(&lease, ("roomkeeper", "roomkeeper"), now);
            assert_eq!(judged.state, state, "{judged:?}");
            assert!(judged.message.contains(words), "{judged:?}");
        }
    }
}
