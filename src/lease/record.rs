//! What a Lease says to a candidate. Pure: the time is a parameter, and only the candidate's own clock counts.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use tokio::time::Instant;

/// Whose a Lease is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nobody's, or its holder has not renewed it for as long as it promised to.
    Free,
    /// This candidate's, from an earlier life of the same pod or from a write whose answer was lost.
    Mine,
    /// Somebody else's.
    Held {
        /// Who has it.
        by: String,
    },
}

/// One who wants the Lease, and what it saw of it.
#[derive(Debug)]
pub(super) struct Candidate {
    me: String,
    /// The last renewal that was seen, and when it was seen first.
    seen: Option<(Renewal, Instant)>,
}

/// What changes whenever a holder renews.
#[derive(Debug, PartialEq, Eq)]
struct Renewal {
    holder: String,
    at: Option<MicroTime>,
    transitions: Option<i32>,
}

impl Candidate {
    pub(super) fn new(me: String) -> Self {
        Candidate { me, seen: None }
    }

    pub(super) fn me(&self) -> &str {
        &self.me
    }

    /// Judges a Lease that was read at this time; absent: there is none.
    ///
    /// A holder has lost it once nothing changed for the whole duration, as measured here: clocks of two machines are
    /// never compared.
    pub(super) fn judge(&mut self, lease: Option<&LeaseSpec>, now: Instant) -> Standing {
        let holder = lease.and_then(|lease| lease.holder_identity.clone()).filter(|holder| !holder.is_empty());
        let (Some(lease), Some(holder)) = (lease, holder) else {
            return Standing::Free;
        };
        if holder == self.me {
            return Standing::Mine;
        }
        let renewal =
            Renewal { holder: holder.clone(), at: lease.renew_time.clone(), transitions: lease.lease_transitions };
        let since = match &self.seen {
            Some((seen, since)) if *seen == renewal => *since,
            Some(_) | None => {
                self.seen = Some((renewal, now));
                now
            }
        };
        if now.duration_since(since) < promised(lease) { Standing::Held { by: holder } } else { Standing::Free }
    }

    /// Returns the Lease as this candidate writes it: taken, or renewed if it was this candidate's.
    pub(super) fn claim(&self, before: Option<&LeaseSpec>, duration: Duration, now: Timestamp) -> LeaseSpec {
        let is_mine = before.is_some_and(|before| before.holder_identity.as_deref() == Some(&self.me));
        let transitions = before.and_then(|before| before.lease_transitions).unwrap_or(0);
        let kept = before.filter(|_| is_mine).and_then(|before| before.acquire_time.clone());
        LeaseSpec {
            holder_identity: Some(self.me.clone()),
            lease_duration_seconds: i32::try_from(duration.as_secs()).ok(),
            acquire_time: kept.or(Some(MicroTime(now))),
            renew_time: Some(MicroTime(now)),
            lease_transitions: Some(if is_mine || before.is_none() { transitions } else { transitions + 1 }),
            ..LeaseSpec::default()
        }
    }
}

/// How long a holder may be silent.
fn promised(lease: &LeaseSpec) -> Duration {
    let seconds = lease.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    Duration::from_secs(seconds.unwrap_or_default())
}

/// Returns a Lease as its holder leaves it to whoever comes next.
pub(super) fn released(lease: &Lease) -> Lease {
    let spec = lease.spec.clone().unwrap_or_default();
    let spec = LeaseSpec { holder_identity: Some(String::new()), lease_duration_seconds: Some(1), ..spec };
    Lease { spec: Some(spec), ..lease.clone() }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const DURATION: Duration = Duration::from_secs(20);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a small number")
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_is_free_once_its_holder_was_silent_for_as_long_as_it_promised_to_renew() {
        let holder = Candidate::new("a".to_owned());
        let mut other = Candidate::new("b".to_owned());
        let held = Standing::Held { by: "a".to_owned() };
        assert_eq!(other.judge(None, Instant::now()), Standing::Free);
        // The clock of the holder's machine is years behind.
        let taken = holder.claim(None, DURATION, at(1));
        assert_eq!(other.judge(Some(&taken), Instant::now()), held);
        advance(DURATION - Duration::from_millis(1)).await;
        assert_eq!(other.judge(Some(&taken), Instant::now()), held);
        let renewed = holder.claim(Some(&taken), DURATION, at(2));
        assert_eq!(other.judge(Some(&renewed), Instant::now()), held);
        advance(DURATION - Duration::from_millis(1)).await;
        assert_eq!(other.judge(Some(&renewed), Instant::now()), held, "it counts from the renewal");
        advance(Duration::from_millis(1)).await;
        assert_eq!(other.judge(Some(&renewed), Instant::now()), Standing::Free);
        let taken_over = other.claim(Some(&renewed), DURATION, at(3));
        assert_eq!((taken_over.lease_transitions, renewed.lease_transitions), (Some(1), Some(0)));
        assert_eq!(other.judge(Some(&taken_over), Instant::now()), Standing::Mine);
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewal_keeps_since_when_the_lease_is_held_and_a_release_frees_it_at_once() {
        let holder = Candidate::new("a".to_owned());
        let taken = holder.claim(None, DURATION, at(1));
        let renewed = holder.claim(Some(&taken), DURATION, at(9));
        assert_eq!(renewed.acquire_time, taken.acquire_time);
        assert_eq!(renewed.renew_time, Some(MicroTime(at(9))));
        let mut other = Candidate::new("b".to_owned());
        assert_eq!(other.judge(Some(&renewed), Instant::now()), Standing::Held { by: "a".to_owned() });
        let released = released(&Lease { spec: Some(renewed), ..Lease::default() });
        assert_eq!(other.judge(released.spec.as_ref(), Instant::now()), Standing::Free);
    }
}
