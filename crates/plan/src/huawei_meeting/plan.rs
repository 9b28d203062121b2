//! Decides what to do about a cloud meeting room. Pure: the same arguments give the same plan.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::owner::{self, HandOver};
use super::settings::{Stay, Wishes};
use super::{
    Action, Conference, Desired, Ending, Goal, Links, Memory, Mode, Observed, Plan, SeenOwner, SeenSettings, Sight,
    State, Wanted, compare,
};
use crate::begun::Followed;
use crate::claim::Ownership;
use crate::decision::Claiming;
use crate::diff::Change;
use crate::ids::Timestamp;
use crate::keeping::{self, Judge, Occupancy};
use crate::left::{Blocker, Left, Release};
use crate::policy::Policies;
use crate::shortcut;

/// Decides what to do now, in order, and what is left and why.
///
/// The caller has asked [`without_looking`](crate::without_looking) first.
pub fn plan(wanted: &Wanted, sight: &Sight, memory: &Memory, now: Timestamp) -> Plan {
    match (&wanted.goal, sight) {
        (Goal::Present(_), Sight::Absent) => Plan::only(Left::blocked(Blocker::NoSuchRoom, Vec::new()), Claiming::AsIs),
        (Goal::Present(desired), Sight::Present(seen)) => keep(desired, seen, wanted, memory),
        (Goal::Absent(_), Sight::Absent) => Plan::new(Claiming::GiveUp),
        (Goal::Absent(_), Sight::Present(seen)) => end(seen, wanted, memory, now),
    }
}

/// The room is wanted and there. It is ours because the spec names it, unless the policy only lets us look.
fn keep(desired: &Desired, seen: &Observed, wanted: &Wanted, memory: &Memory) -> Plan {
    if let Some(kind) = other_kind(seen.mode) {
        return Plan::only(Left::blocked(Blocker::OtherKind { kind: kind.into() }, Vec::new()), Claiming::GiveUp);
    }
    let only_looks = wanted.terms.policies == Policies::OBSERVE_ONLY;
    let mut plan = Plan::new(if only_looks { Claiming::AsIs } else { Claiming::Take });
    let judge = judge(seen, wanted, memory);
    let mut found = compare::differences(desired, seen);
    let owner = found.owner.take();
    let wishes = Wishes { desired, judge: &judge, found };
    match seen.state {
        State::Normal => correct(wishes, owner, seen, &mut plan),
        State::Unallocated => {
            owner::unallocated(desired.identity.owner.as_ref(), seen, &judge, &mut plan);
            wishes.wait(&mut plan);
        }
        State::Disabled => plan.left.push(Left::blocked(Blocker::RoomDisabled, wishes.outstanding(owner))),
        State::Other(state) => {
            plan.left.push(Left::blocked(Blocker::UnknownState { state }, wishes.outstanding(owner)))
        }
    }
    plan
}

/// Says what a room is that cannot be managed; `None`: it can.
fn other_kind(mode: Mode) -> Option<&'static str> {
    match mode {
        Mode::Personal | Mode::CloudRoom => None,
        Mode::Webinar => Some("a webinar"),
        Mode::Other(_) => Some("a room of a kind that is not documented"),
    }
}

fn judge<'a>(seen: &Observed, wanted: &'a Wanted, memory: &'a Memory) -> Judge<'a, Action, Observed> {
    Judge { terms: &wanted.terms, generation: wanted.generation, memory, occupancy: occupancy(seen.conference) }
}

/// Nobody counts the people in a room, but a conference tells that there are some.
fn occupancy(conference: Conference) -> Occupancy {
    match conference {
        Conference::NotAsked => Occupancy::Unknown,
        Conference::Running => Occupancy::Conference,
        Conference::None => Occupancy::Empty,
    }
}

/// The room has an owner: sorts each difference into what is done now and what is left. The settings come first, while
/// the present owner is the one who can change them.
fn correct(mut wishes: Wishes<'_>, owner: Option<Change>, seen: &Observed, plan: &mut Plan) {
    let Wishes { desired, judge, .. } = wishes;
    wishes.sort(plan);
    let unsent = judge.unsent(seen, |action, before, after| changed_unsent(desired, action, before, after));
    if !unsent.is_empty() {
        plan.left.push(Left::blocked(
            Blocker::NotPartial { managed: Vec::new(), unmanaged: unsent },
            wishes.outstanding(None),
        ));
        return;
    }
    let hand_over = owner::hand_over(desired.identity.owner.as_ref(), owner, seen, judge);
    let goes = !hand_over.steps.is_empty() || hand_over.left.iter().any(Left::goes_on);
    plan.left.extend(hand_over.left);
    wishes.plan(seen, if goes { Stay::Goes } else { Stay::Stays }, plan);
    let unseen = desired.links == Links::Wanted && seen.settings == SeenSettings::Hidden;
    if unseen && !goes && plan.left.iter().all(Left::goes_on) {
        let owner = Blocker::OwnerNotAddressable { owner: seen.owner.to_string() };
        plan.left.push(Left::blocked(owner, Vec::new()));
    }
    plan.steps.extend(hand_over.steps);
    plan.begins = hand_over.begins;
    plan.followed = hand_over.followed;
}

/// Unmanaged fields that an update changed; `None`: it was no update.
fn changed_unsent(
    desired: &Desired,
    action: &Action,
    before: &Observed,
    after: &Observed,
) -> Option<Vec<&'static str>> {
    match action {
        Action::Update(_) => Some(compare::changed_unsent(desired, before, after)),
        Action::Recycle { .. } | Action::Assign { .. } => None,
    }
}

/// The object is being deleted. A hand-over that was begun is brought to its end, also where the room stays.
fn end(seen: &Observed, wanted: &Wanted, memory: &Memory, now: Timestamp) -> Plan {
    let is_ours = match memory.ownership {
        Ownership::Confirmed | Ownership::Intended => other_kind(seen.mode).is_none(),
        Ownership::Unclaimed | Ownership::OtherAccount(_) => false,
    };
    if !is_ours {
        return Plan::only(Left::Released(Release::NotOurs), Claiming::GiveUp);
    }
    match (shortcut::stays(&wanted.terms, memory), seen.state) {
        (Some(release), State::Unallocated) => give_back(release, seen, wanted, memory),
        (Some(release), State::Normal | State::Disabled | State::Other(_)) => {
            let followed = HandOver::of(memory).map(|_| Followed::HandOver);
            Plan { followed, ..Plan::only(Left::Released(release), Claiming::GiveUp) }
        }
        (None, State::Unallocated) => Plan::new(Claiming::GiveUp),
        (None, State::Other(state)) => {
            Plan::only(Left::blocked(Blocker::UnknownState { state }, Vec::new()), Claiming::AsIs)
        }
        (None, State::Normal | State::Disabled) => recycle(seen, wanted, memory, now),
    }
}

/// The room shall stay as it is, and is nobody's: the deletion came in the middle of a hand-over.
fn give_back(release: Release, seen: &Observed, wanted: &Wanted, memory: &Memory) -> Plan {
    let mut plan = Plan::new(Claiming::AsIs);
    if let Some(begun) = HandOver::of(memory) {
        owner::give_back(begun, None, &judge(seen, wanted, memory), &mut plan);
    }
    if plan.steps.is_empty() {
        // Nobody takes it, and there is no object any more that could say so.
        return Plan::only(Left::Released(release), Claiming::GiveUp);
    }
    plan
}

fn recycle(seen: &Observed, wanted: &Wanted, memory: &Memory, now: Timestamp) -> Plan {
    if seen.mode == Mode::Personal {
        return Plan::only(Left::Released(Release::OwnerFixed), Claiming::GiveUp);
    }
    let from = match &seen.owner {
        SeenOwner::Person(from) => from,
        SeenOwner::Nobody => return Plan::new(Claiming::GiveUp),
        other @ (SeenOwner::Terminal | SeenOwner::Unclear { .. }) => {
            let owner = Blocker::OwnerNotAddressable { owner: other.to_string() };
            return Plan::only(Left::blocked(owner, Vec::new()), Claiming::AsIs);
        }
    };
    match keeping::waits(occupancy(seen.conference), &wanted.terms, memory, now) {
        Some(left) => Plan::only(left, Claiming::AsIs),
        None => {
            let because = Change { field: "owner", seen: from.to_string(), wanted: SeenOwner::Nobody.to_string() };
            let action = Action::Recycle { from: from.clone(), ending: Ending::Deletion };
            Plan::step(action, because, Claiming::AsIs)
        }
    }
}
