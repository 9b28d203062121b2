//! An enterprise with one room, whose calls get lost and whose vendor refuses one user; and the controller's pass.

use roomkeeper_plan::decision::{Goal, Tried};
use roomkeeper_plan::huawei_meeting::{
    Action, Activity, Conference, Ending, Heir, Owner, SeenOwner, SeenSettings, Sight, State,
};
use roomkeeper_plan::policy::Policies;
use roomkeeper_plan::{Act, Left, without_looking};

use super::cases::{Case, desired, in_sync, known, observed, person, retain, settings};
use crate::stage::terms;

/// The one whom the vendor refuses.
pub const REFUSED: &str = "bob";

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Event {
    /// The spec is edited to want this owner, or not to manage it.
    Edit(Option<&'static str>),
    /// The object is deleted.
    Delete(OnDelete),
    /// The controller makes a pass; its calls have these fates, then they are answered.
    Pass(Vec<Call>),
}

/// `onDelete`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    Retain,
    Recycle,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// It is answered.
    Answered,
    /// It takes effect and the answer is lost.
    ReplyLost,
    /// It is lost on the way there.
    Lost,
    /// It takes effect, and the controller crashes before it knows.
    CrashAfter,
    /// The controller crashes before it.
    CrashBefore,
}

/// The room and its object.
pub struct World {
    case: Case,
    owner: Option<&'static str>,
    /// How the object was deleted, once it is gone.
    pub over: Option<OnDelete>,
    /// Whether the last pass did not come to its end.
    pub busy: bool,
    /// Generations of the spec for which the room was taken from its owner, to go to another.
    pub taken: Vec<i64>,
}

const USERS: [&str; 3] = ["alice", "bob", "carol"];

impl World {
    pub fn new() -> Self {
        World { case: in_sync(), owner: Some("alice"), over: None, busy: false, taken: Vec::new() }
    }

    pub fn happen(&mut self, event: Event) {
        if self.over.is_some() {
            return;
        }
        match (event, &mut self.case.wanted.goal) {
            (Event::Edit(owner), Goal::Present(room)) => {
                room.identity.owner = owner.map(|owner| Owner::UserId(owner.into()));
                self.case.wanted.generation += 1;
                self.forget();
            }
            (Event::Delete(on_delete), Goal::Present(room)) => {
                self.case.wanted.goal = Goal::Absent(room.identity.clone());
                self.case.wanted.terms.policies = match on_delete {
                    OnDelete::Retain => retain(),
                    OnDelete::Recycle => Policies::by_default(),
                };
                self.forget();
            }
            (Event::Edit(_) | Event::Delete(_), Goal::Absent(_)) => {}
            (Event::Pass(calls), _) => self.pass(calls),
        }
    }

    pub fn owner(&self) -> Option<&'static str> {
        self.owner
    }

    pub fn wanted(&self) -> Option<String> {
        match &self.case.wanted.goal {
            Goal::Present(room) => room.identity.owner.as_ref().map(ToString::to_string),
            Goal::Absent(_) => None,
        }
    }

    /// What only the process remembered.
    fn forget(&mut self) {
        self.case.memory.tried.clear();
        self.case.memory.earlier.clear();
        self.case.memory.refused.clear();
    }

    fn look(&self) -> Sight {
        let mut seen = observed();
        seen.conference = Conference::None;
        match self.owner {
            Some(owner) => {
                seen.owner = SeenOwner::Person(person(owner));
                seen.settings = SeenSettings::Shown(settings());
            }
            None => {
                seen.state = State::Unallocated;
                seen.owner = SeenOwner::Nobody;
                seen.settings = SeenSettings::NotAsked;
            }
        }
        seen.heir = match self.wanted() {
            Some(wanted) if USERS.contains(&wanted.as_str()) => known(&wanted, Activity::Active, 1),
            Some(_) => Heir::Unknown,
            None => Heir::NotAsked,
        };
        Sight::Present(seen)
    }

    /// As the controller does it: at most three rounds, and after a refusal that leaves something half done one more.
    fn pass(&mut self, calls: Vec<Call>) {
        let mut calls = calls.into_iter();
        self.busy = true;
        for _ in 0..3 {
            if let Some(plan) = without_looking(&self.case.wanted, &self.case.memory) {
                self.settle(&plan.left);
                return;
            }
            self.case.sight = self.look();
            let sight = self.case.sight.clone();
            self.case.memory.saw(&sight);
            let plan = self.case.planned();
            self.case.write_down(&plan);
            if plan.steps.is_empty() {
                self.settle(&plan.left);
                return;
            }
            for step in plan.steps {
                match calls.next().unwrap_or(Call::Answered) {
                    Call::CrashBefore => return self.forget(),
                    Call::Lost => return self.end_of_pass(),
                    call @ (Call::Answered | Call::ReplyLost | Call::CrashAfter) => {
                        let taken = self.apply(&step.action);
                        match call {
                            Call::CrashAfter => return self.forget(),
                            Call::ReplyLost => return self.end_of_pass(),
                            Call::Answered | Call::Lost | Call::CrashBefore if taken => {
                                let before = self.case.sight.clone();
                                self.case.memory.accepted(Tried { step, before, after: None });
                            }
                            Call::Answered | Call::Lost | Call::CrashBefore => {
                                let half_done = step.action.leaves_half_done();
                                self.case.memory.refused.push(step.action);
                                if half_done {
                                    break;
                                }
                                return self.end_of_pass();
                            }
                        }
                    }
                }
            }
        }
        self.end_of_pass();
    }

    fn end_of_pass(&mut self) {
        let tried = std::mem::take(&mut self.case.memory.tried);
        self.case.memory.earlier.extend(tried);
    }

    fn settle(&mut self, left: &[Left]) {
        self.busy = false;
        self.end_of_pass();
        let goes = left.iter().all(|left| matches!(left, Left::Released(_)));
        if goes && matches!(self.case.wanted.goal, Goal::Absent(_)) {
            let is_retained = self.case.wanted.terms.policies != terms().policies;
            self.over = Some(if is_retained { OnDelete::Retain } else { OnDelete::Recycle });
        }
    }

    /// Does what is asked, or refuses it.
    fn apply(&mut self, action: &Action) -> bool {
        match action {
            Action::Update(_) => true,
            Action::Recycle { from, ending } if self.owner.map(person).as_ref() == Some(from) => {
                self.owner = None;
                if *ending == Ending::HandOver {
                    self.taken.push(self.case.wanted.generation);
                }
                true
            }
            Action::Assign { to } if self.owner.is_none() && *to != person(REFUSED) => {
                self.owner = USERS.into_iter().find(|user| person(user) == *to);
                true
            }
            Action::Recycle { .. } | Action::Assign { .. } => false,
        }
    }
}

#[test]
fn the_world_begins_in_sync() {
    let mut world = World::new();
    world.happen(Event::Pass(Vec::new()));
    assert!(!world.busy);
    assert_eq!(world.owner(), Some("alice"));
    assert_eq!(world.wanted(), desired().identity.owner.map(|owner| owner.to_string()));
}
