//! The decision as a value: what is wanted, seen and remembered on the way in, a [`Plan`] on the way out.
//!
//! The types are shared by all engines; what an engine can do is its own action type, so that what it cannot do
//! cannot be written.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::begun::{Begun, Followed};
use crate::claim::{Ownership, Sent};
use crate::diff::Change;
use crate::ids::{ObjectName, SecretVersion, Timestamp};
use crate::keeping::Act;
use crate::left::{Blocker, Left};
use crate::policy::{Terms, Verb};

/// What is wanted of the room. Deletion is a goal like any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal<D, I> {
    /// The room is there and has these settings.
    Present(D),
    /// The room is not there; only what tells it from others is needed.
    Absent(I),
}

/// A parsed and checked spec: the goal and the user's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted<D, I> {
    /// The goal.
    pub goal: Goal<D, I>,
    /// What the user allows, and when.
    pub terms: Terms,
    /// `metadata.generation` that the goal was read from.
    pub generation: i64,
}

/// What the vendor showed. A look that failed is an error, never [`Sight::Absent`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight<O> {
    /// The vendor says that there is no such room.
    Absent,
    /// The vendor shows this.
    Present(O),
}

/// What was written down or learned before this look.
#[derive(Clone, Debug)]
pub struct Memory<A, O> {
    /// Whose room it is, by claim and status.
    pub ownership: Ownership,
    /// What the last create sent; absent: nobody wrote it down, so the spec must do.
    pub sent: Option<Sent>,
    /// Other objects that name the same room.
    pub rivalry: Rivalry,
    /// The newest generation that was brought to `Ready=True`; absent: none yet.
    pub settled_generation: Option<i64>,
    /// Which version of which Secret was applied, by field.
    pub applied_secrets: BTreeMap<String, SecretVersion>,
    /// What a person asked for by annotation, or by deleting the CRD.
    pub instruction: Instruction,
    /// When deletion was asked for; absent: it was not.
    pub deletion_requested: Option<Timestamp>,
    /// Whether the account may dismiss one more room in this minute.
    pub brake: Brake,
    /// Steps that the vendor accepted in this pass, oldest first, with what was seen before each.
    pub tried: Vec<Tried<A, O>>,
    /// Steps that the vendor accepted in earlier passes for this same goal, while it was never reached.
    pub earlier: Vec<Tried<A, O>>,
    /// Actions that the vendor surely refused for this goal, in this pass or in earlier ones, for a reason that waiting
    /// does not mend: not those that it throttled.
    pub refused: Vec<A>,
    /// Token of the annotation `dismiss-requested-at` that is not answered yet; absent: none.
    pub dismiss_request: Option<String>,
    /// What was written down before a call that nobody can see afterwards; absent: nothing.
    pub begun: Option<Begun>,
}

/// A step that the vendor accepted, and the sight that it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried<A, O> {
    /// The step.
    pub step: Step<A>,
    /// What was seen before it.
    pub before: Sight<O>,
    /// What the first look after it showed; absent: nobody has looked since.
    pub after: Option<Sight<O>>,
}

/// How the object stands among those that name the same room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rivalry {
    /// No other object names this room.
    Alone,
    /// Another object has the better claim.
    Lost {
        /// That object.
        to: ObjectName,
    },
    /// This object has the best claim, and at least one other waits.
    Won {
        /// The next in line.
        over: ObjectName,
    },
}

/// What a person asked for outside the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Nothing.
    None,
    /// The annotation `paused`.
    Pause,
    /// The annotation `release`.
    Release,
    /// The CRD itself is being deleted.
    Uninstall,
}

/// Whether the account's limit of dismissals per minute has room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brake {
    /// One more dismissal may go out now.
    Free,
    /// The minute's dismissals are used up.
    Held,
    /// The same, and the last look at this goal found nothing else to wait for.
    StillHeld,
}

/// What to do now, in order, and what is left undone and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Plan<A> {
    /// Steps in the order they run; a change of owner is last. The first failure stops the rest.
    pub steps: Vec<Step<A>>,
    /// What no step takes care of.
    pub left: Vec<Left>,
    /// What becomes of the claim before the first step.
    pub claiming: Claiming,
    /// What must be written down before the first step, in the place of what was; absent: that stays as it is.
    pub begins: Option<Begun>,
    /// What came to its end, for people to be told. What was written down about it goes once they were: a crash in between
    /// tells it again and begins nothing anew.
    pub followed: Option<Followed>,
}

/// One call to the vendor that changes something, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<A> {
    /// The call.
    pub action: A,
    /// The differences it removes; never empty.
    pub because: Vec<Change>,
}

/// What happens to the object's claim on the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claiming {
    /// The claim is written (and the finalizer, if deletion would have something to do) unless it stands already.
    Take,
    /// Nothing is written.
    AsIs,
    /// The finalizer is taken away: the room is not ours to end.
    GiveUp,
}

impl<A, O> Memory<A, O> {
    /// Returns the memory of an object about which nothing else was written down and nothing was asked for.
    ///
    /// No room may be dismissed by it until somebody asks the brake.
    #[must_use]
    pub fn of(ownership: Ownership, rivalry: Rivalry) -> Self {
        Memory {
            ownership,
            sent: None,
            rivalry,
            settled_generation: None,
            applied_secrets: BTreeMap::new(),
            instruction: Instruction::None,
            deletion_requested: None,
            brake: Brake::Held,
            tried: Vec::new(),
            earlier: Vec::new(),
            refused: Vec::new(),
            dismiss_request: None,
            begun: None,
        }
    }
}

impl<A: Act, O> Memory<A, O> {
    /// Remembers what a look showed, as the first after the steps before it.
    pub fn saw(&mut self, sight: &Sight<O>)
    where
        O: Clone,
    {
        for tried in self.tried.iter_mut().filter(|tried| tried.after.is_none()) {
            tried.after = Some(sight.clone());
        }
    }

    /// Remembers that the claim on the room stands now.
    pub fn claimed(&mut self) {
        if self.ownership == Ownership::Unclaimed {
            self.ownership = Ownership::Intended;
        }
    }

    /// Remembers that the room was seen as ours, and that this is written down.
    pub fn confirmed(&mut self) {
        self.ownership = Ownership::Confirmed;
    }

    /// Remembers that the vendor accepted a step. A room that it made at our word is ours, whatever it looks like.
    pub fn accepted(&mut self, tried: Tried<A, O>) {
        if tried.step.action.verb() == Verb::Create {
            self.ownership = Ownership::Confirmed;
        }
        self.tried.push(tried);
    }
}

impl<A: Act> Plan<A> {
    /// Tells whether a step ends the room.
    #[must_use]
    pub fn ends(&self) -> bool {
        self.steps.iter().any(|step| step.action.verb() == Verb::Dismiss)
    }

    /// Tells whether a step makes the room.
    #[must_use]
    pub fn makes(&self) -> bool {
        self.steps.iter().any(|step| step.action.verb() == Verb::Create)
    }
}

impl<A: Act> Plan<A> {
    /// Returns what becomes of the plan where nothing may be changed at the vendor: its steps are left, and nothing is
    /// claimed.
    pub fn observed_only(self) -> Self {
        let Plan { steps, mut left, claiming, begins: _, followed } = self;
        let blocked = |step: Step<A>| Left::blocked(Blocker::ObserveOnly(step.action.verb()), step.because);
        left.extend(aims(steps).into_iter().map(blocked));
        let claiming = match claiming {
            Claiming::Take | Claiming::AsIs => Claiming::AsIs,
            Claiming::GiveUp => Claiming::GiveUp,
        };
        Plan { steps: Vec::new(), left, claiming, begins: None, followed }
    }
}

/// Leaves out the steps that are only on the way to another: a room is taken from its owner to be given to the next.
fn aims<A>(steps: Vec<Step<A>>) -> Vec<Step<A>> {
    let is_on_the_way = |earlier: &Step<A>, step: &Step<A>| {
        earlier.because.iter().all(|change| step.because.iter().any(|aim| aim.field == change.field))
    };
    steps.into_iter().fold(Vec::new(), |mut aims, step| {
        aims.retain(|earlier| !is_on_the_way(earlier, &step));
        aims.push(step);
        aims
    })
}

impl<A> Plan<A> {
    /// Returns a plan with nothing to do and nothing left.
    pub fn new(claiming: Claiming) -> Self {
        Plan { steps: Vec::new(), left: Vec::new(), claiming, begins: None, followed: None }
    }

    /// Returns a plan without steps that leaves one thing.
    pub fn only(left: Left, claiming: Claiming) -> Self {
        Plan { left: vec![left], ..Plan::new(claiming) }
    }

    /// Returns a plan of one step.
    pub fn step(action: A, because: Change, claiming: Claiming) -> Self {
        Plan { steps: vec![Step { action, because: vec![because] }], ..Plan::new(claiming) }
    }
}
