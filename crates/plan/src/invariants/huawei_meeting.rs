//! What must hold for every plan about a cloud meeting room, besides what holds for all plans.
//!
//! It shares no code with the planner, so that a wrong planner cannot excuse itself.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::begun::Begun;
use crate::huawei_meeting::{
    Action, Conference, Ending, Heir, Memory, Mode, Observed, Person, Plan, SeenOwner, SentGuestPassword, Sight, State,
    Update,
};
use crate::secret::Secret;

/// Returns a sentence for each rule that the plan breaks.
#[must_use]
pub fn broken(sight: &Sight, memory: &Memory, plan: &Plan) -> Vec<String> {
    let seen = match sight {
        Sight::Present(seen) => seen,
        Sight::Absent if plan.steps.is_empty() => return Vec::new(),
        Sight::Absent => return [String::from("a step is taken on a room that is not there")].into(),
    };
    let mut broken = Vec::new();
    let mut is_free = seen.state == State::Unallocated;
    for step in &plan.steps {
        let rules = match &step.action {
            Action::Update(update) => rules_of_update(update, seen),
            Action::Recycle { from, ending } => rules_of_recycle(from, *ending, seen),
            Action::Assign { to } => [
                (is_free, "a room is given away that is somebody's"),
                (is_known(to, seen, memory), "a room is given to somebody whom nobody has seen"),
            ]
            .into(),
        };
        is_free |= matches!(step.action, Action::Recycle { .. });
        broken.extend(rules.into_iter().filter(|(holds, _)| !holds).map(|(_, words)| format!("{words}: {step:?}")));
    }
    let ends_free =
        matches!(plan.steps.last().map(|step| &step.action), Some(Action::Recycle { ending: Ending::HandOver, .. }));
    if ends_free {
        broken.push("a room is taken from its owner and given to nobody".into());
    }
    broken
}

type Rules = Vec<(bool, &'static str)>;

fn rules_of_update(update: &Update, seen: &Observed) -> Rules {
    let host = update.host_password.as_ref();
    let guest = match &update.guest_password {
        Some(SentGuestPassword::Set(secret)) => Some(secret),
        Some(SentGuestPassword::Clear) | None => None,
    };
    let is_digits = |secret: &&Secret| {
        let text = secret.expose();
        (4..=16).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit())
    };
    let is_owner = match &seen.owner {
        SeenOwner::Person(person) => person.user_id.as_ref() == Some(&update.as_user),
        SeenOwner::Nobody | SeenOwner::Terminal | SeenOwner::Unclear { .. } => false,
    };
    [
        (host.iter().chain(&guest).all(is_digits), "a mask is sent as a password"),
        (host.is_none() || host != guest, "the two passwords are the same"),
        (is_owner, "an update is sent as somebody who does not own the room"),
        (seen.state == State::Normal, "a room is updated that is disabled or nobody's"),
    ]
    .into()
}

fn rules_of_recycle(from: &Person, ending: Ending, seen: &Observed) -> Rules {
    let is_quiet = ending == Ending::Deletion || seen.conference == Conference::None;
    [
        (seen.mode == Mode::CloudRoom, "what is no cloud meeting room is taken from its user"),
        (seen.owner == SeenOwner::Person(from.clone()), "a room is taken from somebody who does not own it"),
        (is_quiet, "the owner changes while a conference runs, or may run"),
    ]
    .into()
}

fn is_known(to: &Person, seen: &Observed, memory: &Memory) -> bool {
    let is_old_owner = match &memory.begun {
        Some(Begun::HandOver { from, .. }) => from == to,
        Some(Begun::Dismissal { .. }) | None => false,
    };
    match &seen.heir {
        Heir::Known { person, rooms, .. } => (person == to && *rooms < 32) || is_old_owner,
        Heir::NotAsked | Heir::Unknown => is_old_owner,
    }
}
