//! Decides about the settings of a cloud meeting room, which only its owner can see and change.
//!
//! Which differences may be corrected was sorted out before; whose room it shall be is decided in `owner`.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::mem;

use super::{Action, Desired, GuestPassword, Observed, Plan, SeenOwner, SeenSettings, Settings, compare};
use crate::decision::Step;
use crate::diff::Change;
use crate::keeping::{Differences, Judge};
use crate::left::{Blocker, Left, Waiting};
use crate::policy::Verb;

/// What there is to do about the settings.
pub(super) struct Wishes<'a> {
    /// What the spec asks for.
    pub(super) desired: &'a Desired,
    /// What may be done.
    pub(super) judge: &'a Judge<'a, Action, Observed>,
    /// What differs, but for the owner, and what is managed and not shown.
    pub(super) found: Differences,
}

/// Whether the present owner stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stay {
    /// As far as anybody can tell.
    Stays,
    /// Another owner gets the room, now or soon.
    Goes,
}

impl Wishes<'_> {
    /// Keeps the differences that may be corrected now; the others go into what the plan leaves.
    pub(super) fn sort(&mut self, plan: &mut Plan) {
        let update = mem::take(&mut self.found.update);
        self.found.update = self.judge.sort(Verb::Update, update, &mut plan.left);
    }

    /// Plans the update, or what is left because nobody can act for the owner.
    pub(super) fn plan(self, seen: &Observed, owner: Stay, plan: &mut Plan) {
        if self.found.update.is_empty() && self.found.unverified.is_empty() {
            return;
        }
        let as_user = match &seen.owner {
            SeenOwner::Person(person) => person.user_id.as_deref(),
            SeenOwner::Nobody | SeenOwner::Terminal | SeenOwner::Unclear { .. } => None,
        };
        match (&seen.settings, as_user, owner) {
            (SeenSettings::Shown(settings), Some(as_user), _) => self.send(settings, as_user, plan),
            (SeenSettings::NotAsked, Some(_), _) => {
                plan.left.push(Left::waits(Waiting::Preflight, self.outstanding(None)))
            }
            (SeenSettings::NotAsked | SeenSettings::Hidden | SeenSettings::Shown(_), _, Stay::Goes) => self.wait(plan),
            (SeenSettings::NotAsked | SeenSettings::Hidden | SeenSettings::Shown(_), _, Stay::Stays) => {
                let why = match &seen.owner {
                    SeenOwner::Nobody => Blocker::Unallocated,
                    owner @ (SeenOwner::Person(_) | SeenOwner::Terminal | SeenOwner::Unclear { .. }) => {
                        Blocker::OwnerNotAddressable { owner: owner.to_string() }
                    }
                };
                plan.left.push(Left::blocked(why, self.outstanding(None)));
            }
        }
    }

    /// Leaves what is to be sent until the next owner's list is seen.
    pub(super) fn wait(self, plan: &mut Plan) {
        let due = self.outstanding(None);
        if !due.is_empty() {
            plan.left.push(Left::waits(Waiting::Preflight, due));
        }
    }

    /// Returns everything that is to be sent although nobody can send it now, and the change of owner.
    pub(super) fn outstanding(self, owner: Option<Change>) -> Vec<Change> {
        let due: Vec<_> = self.found.unverified.iter().copied().filter(|field| self.is_due(field)).collect();
        self.found.update.into_iter().chain(due.into_iter().map(Change::unshown)).chain(owner).collect()
    }

    fn send(self, seen: &Settings, as_user: &str, plan: &mut Plan) {
        let unshown = self.judge.unshown(&self.found.unverified, |field| self.is_due(field));
        plan.left.extend(self.found.unverified.iter().map(|&field| Left::Unverified { field }));
        let because: Vec<Change> = self.found.update.into_iter().chain(unshown).collect();
        if because.is_empty() {
            return;
        }
        let fields: Vec<&'static str> = because.iter().map(|change| change.field).collect();
        match compare::update(self.desired, seen, &fields, as_user) {
            Ok(update) => plan.steps.push(Step { action: Action::Update(Box::new(update)), because }),
            Err(why) => plan.left.push(Left::blocked(why, because)),
        }
    }

    /// Tells whether a field that the vendor does not show has to be sent: after an edit of the spec, and a password for
    /// each new version of its Secret.
    fn is_due(&self, field: &str) -> bool {
        let secret = match field {
            "hostPassword" => self.desired.host_password.as_ref(),
            "guestPassword" => self.desired.guest_password.as_ref().and_then(GuestPassword::secret),
            _ => None,
        };
        match secret {
            Some(secret) => self.judge.memory.applied_secrets.get(field) != Some(&secret.version),
            None => self.judge.edited(),
        }
    }
}
