//! What a pass that ran to its end knows, whatever its engine; the report is made from it.

use roomkeeper_plan::begun::Followed;
use roomkeeper_plan::decision::{Claiming, Goal, Instruction};
use roomkeeper_plan::ids::{ExternalId, ObjectName};
use roomkeeper_plan::policy::Verb;
use roomkeeper_plan::reason::Mark;
use roomkeeper_plan::{Act, Left, Reason, Release, Sight, verdict};

use crate::engines::Engine;
use crate::join_info;
use crate::object::Object;
use crate::pass::{Decided, Look, Open};

/// The object that goes on with a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heir {
    /// The object.
    pub object: ObjectName,
    /// The room.
    pub room: ExternalId,
    /// Names of the room that only a look has shown.
    pub names: Vec<String>,
}

/// What a pass that ran to its end knows.
pub struct Settled<E: Engine> {
    /// The pass, if the vendor was looked at.
    pub open: Option<Box<Open<E>>>,
    /// The last sight, if the vendor was looked at.
    pub sight: Option<Sight<E::Observed>>,
    /// What the last plan left.
    pub left: Vec<Left>,
    /// What becomes of the claim.
    pub claiming: Claiming,
    /// The room, if its account is known.
    pub room: Option<ExternalId>,
    /// The verdict for the status.
    pub verdict: verdict::Verdict,
    /// Whether the object may go: it is being deleted, and its room is gone or stays on purpose.
    pub may_go: bool,
    /// A begun dismissal that came to its end.
    pub followed: Option<Followed>,
}

impl<E: Engine> Settled<E> {
    /// A deleted object that a person released or paused goes, although nobody can tell more about it.
    pub(crate) fn let_go(object: &Object) -> Self {
        let release = match object.instruction() {
            Instruction::Pause => Release::Paused,
            Instruction::Release | Instruction::Uninstall | Instruction::None => Release::Requested,
        };
        let message = format!("the room stays: {}", verdict::release_words(&release));
        Settled {
            open: None,
            sight: None,
            left: vec![Left::Released(release)],
            claiming: Claiming::GiveUp,
            room: None,
            verdict: verdict::Verdict { reason: Reason::Dismissing, message, drifted: None },
            may_go: true,
            followed: None,
        }
    }

    pub(crate) fn without_looking(decided: Decided<E>) -> Self {
        let Decided { wanted, plan, room } = decided;
        let verdict = verdict::of(&wanted, None::<&Sight<E::Observed>>, &plan);
        let may_go = matches!(wanted.goal, Goal::Absent(_)) && may_go(&plan.left);
        let (left, claiming, followed) = (plan.left, plan.claiming, plan.followed);
        Settled { open: None, sight: None, left, claiming, room, verdict, may_go, followed }
    }

    pub(crate) fn after_looking(open: Box<Open<E>>, look: Look<E>) -> Self {
        let verdict = verdict::of(&open.wanted, Some(&look.sight), &look.plan);
        let may_go = matches!(open.wanted.goal, Goal::Absent(_)) && may_go(&look.plan.left);
        let room = open.room.clone();
        let (left, claiming, followed) = (look.plan.left, look.plan.claiming, look.plan.followed);
        Settled { open: Some(open), sight: Some(look.sight), left, claiming, room, verdict, may_go, followed }
    }

    /// Returns who gets the room, if another object goes on with it.
    #[must_use]
    pub fn heir(&self) -> Option<Heir> {
        match (self.left.iter().find_map(Left::release), &self.room) {
            (Some(Release::HandedOver { to }), Some(room)) => {
                let names = self.open.as_ref().map(|open| open.names.clone()).unwrap_or_default();
                Some(Heir { object: to.clone(), room: room.clone(), names })
            }
            (Some(_) | None, _) => None,
        }
    }

    /// Adds that people could not be told how to join; what else was seen stands.
    #[must_use]
    pub(crate) fn told(mut self, trouble: Option<join_info::Error>) -> Self {
        let (reason, message) = match trouble {
            None => return self,
            Some(error @ join_info::Error::Taken(_)) => (Reason::InvalidSpec, error.to_string()),
            Some(error @ join_info::Error::Write { .. }) => (Reason::ProviderUnavailable, error.to_string()),
        };
        // What a person has to do about the room itself comes first.
        if self.verdict.reason.mark() == Mark::Plain {
            (self.verdict.reason, self.verdict.message) = (reason, message);
        }
        self
    }

    /// Tells whether a step that the vendor accepted for this goal has sent a field; a create sends all of them.
    #[must_use]
    pub fn sent(&self, field: &str) -> bool {
        let memory = self.open.as_ref().map(|open| &open.memory);
        let steps = memory.into_iter().flat_map(|memory| memory.earlier.iter().chain(&memory.tried));
        steps.into_iter().any(|tried| {
            let because = &tried.step.because;
            tried.step.action.verb() == Verb::Create || because.iter().any(|change| change.field == field)
        })
    }

    /// Returns what the spec asks for, if the goal is a room.
    #[must_use]
    pub fn desired(&self) -> Option<&E::Desired> {
        match &self.open.as_ref()?.wanted.goal {
            Goal::Present(desired) => Some(desired),
            Goal::Absent(_) => None,
        }
    }
}

/// An object that is being deleted may go when nothing is left, or its room is left on purpose.
fn may_go(left: &[Left]) -> bool {
    left.iter().all(|left| matches!(left, Left::Released(_)))
}
