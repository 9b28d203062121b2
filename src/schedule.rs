//! When an object is looked at again, and what is remembered between its passes.
//!
//! What is remembered here only saves calls; losing it in a restart changes no outcome.

use std::time::Duration;

use rand::RngExt;
use roomkeeper_plan::decision::Tried;
use roomkeeper_plan::ids::SecretVersion;
use roomkeeper_plan::reason::Status;

use crate::api::annotations;
use crate::cluster::WriteError;
use crate::engines::Engine;
use crate::execute::Done;
use crate::object::Object;
use crate::queue::Lane;

use crate::report::{Pause, Report};
use crate::settled::Settled;

/// The first pause after something that goes on by itself; it doubles with each look.
pub const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest of those pauses.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Drift checks come this much earlier or later, so that they do not all come together.
const JITTER: f64 = 0.1;

/// What the queue does with an object after its pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing more to do until something changes.
    Forget,
    /// Look again after this time.
    After {
        /// How long from now.
        pause: Duration,
        /// In which lane.
        lane: Lane,
    },
}

/// What is remembered of one object between its passes.
#[derive(Debug)]
pub struct Notes<E: Engine> {
    unreached: u32,
    waits: u32,
    goal: Option<GoalKey>,
    earlier: Vec<Tried<E::Action, E::Observed>>,
    untold: Vec<Done>,
    unwritten: u32,
}

/// What makes an earlier attempt an attempt at the same goal.
type GoalKey = (i64, Option<String>, Vec<(&'static str, SecretVersion)>);

impl<E: Engine> Default for Notes<E> {
    fn default() -> Self {
        Notes { unreached: 0, waits: 0, goal: None, earlier: Vec::new(), untold: Vec::new(), unwritten: 0 }
    }
}

impl<E: Engine> Notes<E> {
    /// Returns the steps that were accepted in earlier passes for this same goal.
    pub fn earlier(
        &mut self,
        object: &Object,
        secrets: &[(&'static str, SecretVersion)],
    ) -> Vec<Tried<E::Action, E::Observed>> {
        let asked = object.annotation(annotations::RECONCILE_REQUESTED_AT).map(str::to_owned);
        let goal = (object.generation, asked, secrets.to_vec());
        if self.goal.as_ref() != Some(&goal) {
            self.goal = Some(goal);
            self.earlier.clear();
        }
        self.earlier.clone()
    }

    /// Takes in how the pass went.
    pub fn follow(&mut self, report: &Report, settled: Option<&Settled<E>>) {
        self.unreached = if report.unreached { self.unreached.saturating_add(1) } else { 0 };
        self.waits = if report.pause == Pause::Backoff { self.waits.saturating_add(1) } else { 0 };
        if report.verdict.reason.ready() == Status::True {
            self.earlier.clear();
        } else if let Some(open) = settled.and_then(|settled| settled.open.as_ref()) {
            self.earlier.extend(open.memory.tried.iter().cloned());
        }
    }

    /// Keeps what was done in a pass that nothing was written about.
    pub fn keep_untold(&mut self, done: Vec<Done>) {
        self.untold = done;
    }

    /// Takes out what was done and not written about yet.
    pub fn take_untold(&mut self) -> Vec<Done> {
        std::mem::take(&mut self.untold)
    }

    /// Returns when to look again after what was seen is written.
    pub fn written(&mut self, object: &Object, report: &Report, drift_check: Duration) -> Next {
        self.unwritten = 0;
        self.next(object, report, drift_check)
    }

    /// Returns when to try again after Kubernetes took no write: soon, then less and less often.
    pub fn unwritten(&mut self, object: &Object, error: &WriteError) -> Next {
        tracing::warn!(object = %object.key, %error, "what was seen could not be written; it is tried again");
        self.unwritten = self.unwritten.saturating_add(1);
        Next::After { pause: doubled(self.unwritten), lane: Lane::Edit }
    }

    /// Returns how many looks in a row did not reach the vendor.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.unreached
    }

    /// Returns when to look again.
    #[must_use]
    pub fn next(&self, object: &Object, report: &Report, drift_check: Duration) -> Next {
        if report.may_go {
            return Next::Forget;
        }
        match report.pause {
            Pause::DriftCheck => {
                let interval = object.drift_check_interval().unwrap_or(drift_check);
                Next::After { pause: interval.mul_f64(spread(JITTER)), lane: Lane::Drift }
            }
            Pause::Backoff => Next::After { pause: doubled(self.waits), lane: Lane::Edit },
            Pause::After(pause) => Next::After { pause: pause.max(FIRST_PAUSE), lane: Lane::Edit },
        }
    }
}

/// Returns the pause after so many in a row.
fn doubled(times: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1_u32 << times.clamp(1, 16).saturating_sub(1));
    doubled.min(LONGEST_PAUSE).mul_f64(spread(JITTER))
}

fn spread(jitter: f64) -> f64 {
    rand::rng().random_range(1.0 - jitter..1.0 + jitter)
}

#[cfg(test)]
mod tests {
    use kube::core::ObjectMeta;
    use roomkeeper_plan::Reason;
    use roomkeeper_plan::verdict::Verdict;

    use super::*;
    use crate::api::{Interval, Room, RoomSpec};
    use crate::engines::tencent_room::TencentRoom;
    use crate::report::ExternalIdField;

    fn report(reason: Reason, pause: Pause) -> Report {
        Report {
            verdict: Verdict { reason, message: String::new(), drifted: None },
            sighting: None,
            external_id: ExternalIdField::Keep,
            done: Vec::new(),
            failure: None,
            pause,
            may_go: false,
            release: None,
            heir: None,
            people: None,
            unreached: reason == Reason::ProviderUnavailable,
            followed: None,
            silent: false,
        }
    }

    fn object(drift_check_interval: Option<u64>) -> Object {
        let drift_check_interval = drift_check_interval.map(Interval::from_seconds);
        let spec = RoomSpec { drift_check_interval, ..RoomSpec::default() };
        Object::from(Room { metadata: ObjectMeta::default(), spec, status: None })
    }

    fn pause_of(next: Next) -> f64 {
        match next {
            Next::After { pause, lane: _ } => pause.as_secs_f64(),
            Next::Forget => panic!("it is looked at again"),
        }
    }

    #[test]
    fn what_goes_on_by_itself_is_looked_at_soon_and_then_less_and_less_often() {
        let mut notes = Notes::<TencentRoom>::default();
        let waiting = report(Reason::WaitingForOwner, Pause::Backoff);
        for expected in [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0] {
            notes.follow(&waiting, None);
            let pause = pause_of(notes.next(&object(None), &waiting, Duration::from_secs(600)));
            assert!((expected * 0.9..=expected * 1.1).contains(&pause), "{pause} is not about {expected}");
        }
        notes.follow(&report(Reason::InSync, Pause::DriftCheck), None);
        notes.follow(&waiting, None);
        assert!(pause_of(notes.next(&object(None), &waiting, Duration::from_secs(600))) < 1.2, "it starts anew");
    }

    #[test]
    fn drift_checks_come_at_the_objects_interval_or_the_controllers_with_jitter() {
        let notes = Notes::<TencentRoom>::default();
        let well = report(Reason::InSync, Pause::DriftCheck);
        for (own, expected) in [(None, 600.0), (Some(60), 60.0)] {
            let pauses: Vec<f64> =
                (0..50).map(|_| pause_of(notes.next(&object(own), &well, Duration::from_secs(600)))).collect();
            assert!(pauses.iter().all(|pause| (expected * 0.9..=expected * 1.1).contains(pause)), "{pauses:?}");
            assert!(pauses.iter().any(|pause| (pause - pauses[0]).abs() > 0.001), "all at the same time");
        }
    }

    #[test]
    fn failures_count_only_in_a_row() {
        let mut notes = Notes::<TencentRoom>::default();
        let unreached = report(Reason::ProviderUnavailable, Pause::Backoff);
        notes.follow(&unreached, None);
        notes.follow(&unreached, None);
        assert!(!unreached.is_worth_writing(notes.failures()), "two failed looks are no news");
        notes.follow(&unreached, None);
        assert!(unreached.is_worth_writing(notes.failures()));
        notes.follow(&report(Reason::InSync, Pause::DriftCheck), None);
        notes.follow(&unreached, None);
        assert!(!unreached.is_worth_writing(notes.failures()));
    }
}
