//! Decides about the owner of a cloud meeting room: it is taken from the old one and given to the new one, in two calls.
//!
//! Between the two calls the room is nobody's, so everything that can be known before is asked before, and who had it is
//! written down; a new owner whom the vendor refuses gives it back to the old one.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::{Action, Activity, Conference, Ending, Heir, Memory, Mode, Observed, Owner, Person, Plan, SeenOwner};
use crate::begun::{Begun, Followed};
use crate::decision::{Claiming, Step};
use crate::diff::Change;
use crate::keeping::Judge;
use crate::left::{Blocker, Left, Waiting};
use crate::limits;
use crate::policy::Verb;

/// A hand-over that was written down.
#[derive(Clone, Copy)]
pub(super) struct HandOver<'a> {
    from: &'a Person,
    generation: i64,
    refused: bool,
}

impl<'a> HandOver<'a> {
    /// Reads what was written down; a dismissal is none of this engine's.
    pub(super) fn of(memory: &'a Memory) -> Option<Self> {
        match memory.begun.as_ref()? {
            Begun::HandOver { from, to: _, generation, refused } => {
                Some(HandOver { from, generation: *generation, refused: *refused })
            }
            Begun::Dismissal { .. } => None,
        }
    }

    /// Tells whether the vendor refused the owner that this generation of the spec names.
    fn is_refused(&self, generation: i64) -> bool {
        self.refused && self.generation == generation
    }
}

/// Plans for a room that has an owner and may have to get another.
pub(super) fn hand_over(
    to: Option<&Owner>,
    differs: Option<Change>,
    seen: &Observed,
    judge: &Judge<'_, Action, Observed>,
) -> Plan {
    let mut plan = Plan::new(Claiming::AsIs);
    let open = judge.sort(Verb::ChangeOwner, differs.iter().cloned().collect(), &mut plan.left);
    if let (Some(to), Some(open)) = (to, open.into_iter().next()) {
        change(to, open, seen, judge, &mut plan);
    }
    if plan.begins.is_none() {
        plan.followed = ended(differs.as_ref(), judge);
    }
    plan
}

fn change(to: &Owner, change: Change, seen: &Observed, judge: &Judge<'_, Action, Observed>, plan: &mut Plan) {
    match ready(to, seen, judge) {
        Ok((from, heir)) => {
            let gap = Change { field: "owner", seen: change.seen.clone(), wanted: SeenOwner::Nobody.to_string() };
            let recycle = Action::Recycle { from: from.clone(), ending: Ending::HandOver };
            plan.begins = Some(Begun::HandOver {
                from: from.clone(),
                to: to.to_string(),
                generation: judge.generation,
                refused: false,
            });
            plan.steps.push(Step { action: recycle, because: vec![gap] });
            plan.steps.push(Step { action: Action::Assign { to: heir.clone() }, because: vec![change] });
        }
        Err(Stop::Waits(why)) => plan.left.push(Left::waits(why, vec![change])),
        Err(Stop::Blocked(why)) => plan.left.push(Left::blocked(why, vec![change])),
    }
}

/// Why the owner does not change now.
enum Stop {
    Waits(Waiting),
    Blocked(Blocker),
}

/// Returns from whom and to whom the room can go at once.
fn ready<'a>(
    to: &Owner,
    seen: &'a Observed,
    judge: &Judge<'_, Action, Observed>,
) -> Result<(&'a Person, &'a Person), Stop> {
    if seen.mode == Mode::Personal {
        return Err(Stop::Blocked(Blocker::OwnerFixed));
    }
    if HandOver::of(judge.memory).is_some_and(|begun| begun.is_refused(judge.generation)) {
        return Err(Stop::Blocked(Blocker::OwnerRefused { owner: to.to_string() }));
    }
    let from = match &seen.owner {
        SeenOwner::Person(from) => from,
        SeenOwner::Nobody => return Err(Stop::Blocked(Blocker::Unallocated)),
        other @ (SeenOwner::Terminal | SeenOwner::Unclear { .. }) => {
            return Err(Stop::Blocked(Blocker::OwnerNotAddressable { owner: other.to_string() }));
        }
    };
    let heir = heir(to, seen, judge.memory)?;
    match seen.conference {
        Conference::None => Ok((from, heir)),
        Conference::Running => Err(Stop::Waits(Waiting::Conference)),
        Conference::NotAsked => Err(Stop::Waits(Waiting::Preflight)),
    }
}

/// Returns the wanted owner, if the vendor can be expected to take that user.
fn heir<'a>(to: &Owner, seen: &'a Observed, memory: &Memory) -> Result<&'a Person, Stop> {
    let owner = to.to_string();
    let why = match &seen.heir {
        Heir::NotAsked => return Err(Stop::Waits(Waiting::Preflight)),
        Heir::Unknown => Blocker::OwnerNotFound { owner },
        Heir::Known { active: Activity::Inactive, .. } => Blocker::OwnerInactive { owner },
        Heir::Known { rooms, .. } if *rooms >= limits::VMRS_OF_A_USER => Blocker::OwnerFull { owner },
        Heir::Known { person, .. } if is_refused(person, memory) => Blocker::OwnerRefused { owner },
        Heir::Known { person, .. } => return Ok(person),
    };
    Err(Stop::Blocked(why))
}

/// Tells whether the vendor refused to give the room to this user.
fn is_refused(person: &Person, memory: &Memory) -> bool {
    memory.refused.contains(&Action::Assign { to: person.clone() })
}

/// What becomes of a room that is nobody's.
enum Next<'a> {
    /// This user gets it.
    Given(&'a Person),
    /// Its old owner gets it back.
    Back(HandOver<'a>),
    /// Nobody gets it now.
    Left(Left),
}

/// Plans for a room that is nobody's.
pub(super) fn unallocated(
    wanted: Option<&Owner>,
    seen: &Observed,
    judge: &Judge<'_, Action, Observed>,
    plan: &mut Plan,
) {
    match next(wanted, seen, judge) {
        Next::Given(heir) => {
            let because = vec![given_to(wanted.map_or_else(|| heir.to_string(), ToString::to_string))];
            plan.steps.push(Step { action: Action::Assign { to: heir.clone() }, because });
        }
        Next::Back(begun) => give_back(begun, wanted, judge, plan),
        Next::Left(left) => plan.left.push(left),
    }
}

fn next<'a>(wanted: Option<&Owner>, seen: &'a Observed, judge: &Judge<'a, Action, Observed>) -> Next<'a> {
    let begun = HandOver::of(judge.memory);
    let stays = |changes| Next::Left(Left::blocked(Blocker::Unallocated, changes));
    let Some(to) = wanted else {
        return begun.map_or_else(|| stays(Vec::new()), Next::Back);
    };
    let change = given_to(to.to_string());
    if seen.mode == Mode::Personal || !judge.terms.policies.allow(Verb::ChangeOwner) {
        return stays(vec![change]);
    }
    if let Some(begun) = begun.filter(|begun| begun.is_refused(judge.generation)) {
        return Next::Back(begun);
    }
    match (heir(to, seen, judge.memory), begun) {
        // What was begun is brought to its end, whatever is left for now otherwise.
        (Ok(heir), Some(_)) if judge.may_take(Verb::ChangeOwner, &change) => Next::Given(heir),
        (Ok(heir), None) if !judge.sort(Verb::ChangeOwner, vec![change.clone()], &mut Vec::new()).is_empty() => {
            Next::Given(heir)
        }
        (Ok(_), Some(_) | None) => stays(vec![change]),
        (Err(Stop::Waits(why)), _) => Next::Left(Left::waits(why, vec![change])),
        (Err(Stop::Blocked(_)), Some(begun)) => Next::Back(begun),
        (Err(Stop::Blocked(why)), None) => Next::Left(Left::blocked(why, vec![change])),
    }
}

/// Plans to give a room back to the owner that it was taken from.
///
/// If the vendor refused the new owner, that is written down first: the next look shows the old owner, and nothing else
/// would tell that it is not to be tried again.
pub(super) fn give_back(
    begun: HandOver<'_>,
    wanted: Option<&Owner>,
    judge: &Judge<'_, Action, Observed>,
    plan: &mut Plan,
) {
    let change = given_to(begun.from.to_string());
    if is_refused(begun.from, judge.memory) || !judge.may_take(Verb::ChangeOwner, &change) {
        plan.left.push(Left::blocked(Blocker::Unallocated, vec![change]));
        return;
    }
    let is_news = judge.memory.refused.iter().any(|action| matches!(action, Action::Assign { .. }))
        && !begun.is_refused(judge.generation);
    if let Some(to) = wanted.filter(|_| is_news) {
        let (from, to) = (begun.from.clone(), to.to_string());
        plan.begins = Some(Begun::HandOver { from, to, generation: judge.generation, refused: true });
    }
    plan.steps.push(Step { action: Action::Assign { to: begun.from.clone() }, because: vec![change] });
}

/// Tells that a hand-over that was begun is over: the room has an owner, and none is begun anew.
fn ended(differs: Option<&Change>, judge: &Judge<'_, Action, Observed>) -> Option<Followed> {
    let begun = HandOver::of(judge.memory)?;
    // That it was refused must be known as long as the spec asks for it.
    let is_kept = begun.is_refused(judge.generation) && differs.is_some();
    (!is_kept).then_some(Followed::HandOver)
}

fn given_to(owner: String) -> Change {
    Change { field: "owner", seen: SeenOwner::Nobody.to_string(), wanted: owner }
}
