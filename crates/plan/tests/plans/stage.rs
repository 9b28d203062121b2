//! One question to a planner, whatever its engine: how it is built, answered, shown and settled.

use std::fmt::{Debug, Display, Write as _};
use std::path::Path;

use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::decision::{Brake, Tried};
use roomkeeper_plan::ids::Timestamp;
use roomkeeper_plan::policy::{Correction, DriftCorrection, Policies, Terms, Verb, WhenOccupied};
use roomkeeper_plan::{
    Act, Begun, Change, Claiming, Followed, Goal, Left, Memory, Plan, Purpose, Rivalry, Sight, Step, Wanted,
    invariants, verdict, without_looking,
};

pub const NOW: Timestamp = Timestamp(1_800_000_000);
pub const CALLER: &str = "administrator";

/// A planner and a vendor small enough to be obviously right.
pub trait Engine {
    type Desired: Clone + Debug;
    type Identity: Clone + Debug;
    type Observed: Clone + Debug;
    type Action: Act + Clone + Debug + Display + PartialEq;

    /// The planner.
    fn plan(case: &Case<Self>) -> Plan<Self::Action>
    where
        Self: Sized;

    /// Returns a sentence for each rule of this engine alone that a plan breaks.
    fn broken(_case: &Case<Self>, _plan: &Plan<Self::Action>) -> Vec<String>
    where
        Self: Sized,
    {
        Vec::new()
    }

    /// What the vendor shows after a step.
    fn after(action: &Self::Action, before: &Sight<Self::Observed>) -> Sight<Self::Observed>;
}

/// One question to a planner.
pub struct Case<E: Engine> {
    pub wanted: Wanted<E::Desired, E::Identity>,
    pub sight: Sight<E::Observed>,
    pub memory: Memory<E::Action, E::Observed>,
}

impl<E: Engine> Debug for Case<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#?}\n{:#?}\n{:#?}", self.wanted, self.sight, self.memory)
    }
}

pub fn terms() -> Terms {
    Terms {
        policies: Policies::by_default(),
        correction: DriftCorrection::default(),
        when_occupied: WhenOccupied::Wait,
        dismissal_timeout: None,
    }
}

impl<E: Engine> Case<E> {
    /// A room of ours at generation 1, for which all was well before.
    pub fn present(desired: E::Desired, observed: E::Observed) -> Self {
        Case {
            wanted: Wanted { goal: Goal::Present(desired), terms: terms(), generation: 1 },
            sight: Sight::Present(observed),
            memory: Memory {
                settled_generation: Some(1),
                brake: Brake::Free,
                ..Memory::of(Ownership::Confirmed, Rivalry::Alone)
            },
        }
    }

    /// The same room, whose object was deleted a minute ago.
    pub fn deleted(mut self, identity: E::Identity) -> Self {
        self.wanted.goal = Goal::Absent(identity);
        self.memory.deletion_requested = Some(Timestamp(NOW.0 - 60));
        self
    }

    pub fn wants(mut self, change: impl FnOnce(&mut E::Desired)) -> Self {
        match &mut self.wanted.goal {
            Goal::Present(desired) => change(desired),
            Goal::Absent(_) => panic!("this case deletes its room"),
        }
        self
    }

    pub fn sees(mut self, change: impl FnOnce(&mut E::Observed)) -> Self {
        match &mut self.sight {
            Sight::Present(observed) => change(observed),
            Sight::Absent => panic!("this case sees no room"),
        }
        self
    }

    pub fn sees_nothing(mut self) -> Self {
        self.sight = Sight::Absent;
        self
    }

    pub fn under(mut self, change: impl FnOnce(&mut Terms)) -> Self {
        change(&mut self.wanted.terms);
        self
    }

    pub fn remembers(mut self, change: impl FnOnce(&mut Memory<E::Action, E::Observed>)) -> Self {
        change(&mut self.memory);
        self
    }

    /// The spec was edited since all was well.
    pub fn edited(mut self) -> Self {
        self.wanted.generation += 1;
        self
    }

    /// The first step of the plan was accepted `times` times without effect.
    pub fn tried(mut self, times: usize) -> Self {
        let step = self.planned().steps.remove(0);
        for _ in 0..times {
            self.memory.tried.push(Tried { step: step.clone(), before: self.sight.clone(), after: None });
        }
        self
    }

    /// All steps of the plan were accepted `times` times without effect.
    pub fn tried_all(mut self, times: usize) -> Self {
        let steps = self.planned().steps;
        for step in std::iter::repeat_n(steps, times).flatten() {
            self.memory.tried.push(Tried { step, before: self.sight.clone(), after: None });
        }
        self
    }

    /// Plans once and checks that no invariant is broken.
    pub fn planned(&self) -> Plan<E::Action> {
        if let Some(plan) = without_looking(&self.wanted, &self.memory) {
            assert!(plan.steps.is_empty(), "a step without a look");
            return plan;
        }
        let plan = E::plan(self);
        let mut broken = invariants::broken(&self.wanted, &self.sight, &self.memory, &plan);
        broken.extend(E::broken(self, &plan));
        assert!(broken.is_empty(), "{broken:?}\nplan: {plan:?}\nsight: {:?}", self.sight);
        plan
    }

    /// Plans and applies until nothing is left to do; returns the steps of each round.
    ///
    /// The loop of the controller has three rounds, so a vendor that obeys must be done in two.
    pub fn settle(&mut self) -> Vec<Vec<Step<E::Action>>> {
        let mut rounds = Vec::new();
        for _ in 0..3 {
            let plan = self.planned();
            self.write_down(&plan);
            if plan.steps.is_empty() {
                let deleting = matches!(self.wanted.goal, Goal::Absent(_));
                assert!(
                    rounds.is_empty() || plan.claiming != Claiming::GiveUp || deleting,
                    "the room that the plan itself made or changed is given up: {plan:?}"
                );
                return rounds;
            }
            match (plan.claiming, &self.sight) {
                (Claiming::Take, Sight::Present(_)) => self.memory.confirmed(),
                (Claiming::Take, Sight::Absent) => self.memory.claimed(),
                (Claiming::AsIs | Claiming::GiveUp, _) => {}
            }
            for step in &plan.steps {
                let before = self.sight.clone();
                self.sight = E::after(&step.action, &before);
                self.memory.accepted(Tried { step: step.clone(), before, after: None });
            }
            if let Some(Begun::Dismissal { accepted, .. }) = &mut self.memory.begun {
                *accepted = true;
            }
            rounds.push(plan.steps);
        }
        panic!("three rounds and still something to do: {rounds:?}");
    }

    /// Does with what a plan begins and with what came to its end what the controller does.
    pub fn write_down(&mut self, plan: &Plan<E::Action>) {
        if let Some(Followed::Dismissal { purpose, .. }) = &plan.followed {
            self.memory.dismiss_request.take_if(|token| *purpose == Purpose::Request(token.clone()));
        }
        if plan.followed == Some(Followed::HandOver) {
            self.memory.begun = None;
        }
        if let Some(begun) = &plan.begins {
            self.memory.begun = Some(begun.clone());
        }
    }

    fn describe(&self, text: &mut String) {
        let plan = self.planned();
        let mut line = |line: String| writeln!(text, "{line}").expect("a String takes every write");
        line(format!("claim: {:?}", plan.claiming));
        if let Some(followed) = &plan.followed {
            line(format!("followed: {followed:?}"));
        }
        if let Some(begun) = &plan.begins {
            line(format!("first written down: {begun:?}"));
        }
        for (number, step) in plan.steps.iter().enumerate() {
            line(format!("{}. {}", number + 1, step.action));
            for change in &step.because {
                line(format!("     {}: {} -> {}", change.field, change.seen, change.wanted));
            }
        }
        for left in &plan.left {
            line(format!("left: {}", first_word(left)));
            for change in left.changes() {
                line(format!("     {}: {} -> {}", change.field, change.seen, change.wanted));
            }
        }
        if plan.steps.is_empty() {
            let verdict = verdict::of(&self.wanted, Some(&self.sight), &plan);
            line(format!("Ready={:?} {} Drifted={:?}", verdict.reason.ready(), verdict.reason, verdict.drifted));
            line(format!("  {}", verdict.message));
        }
        line(String::new());
    }
}

fn first_word(left: &Left) -> String {
    let debug = format!("{left:?}");
    let end = debug.find([' ', '(']).unwrap_or(debug.len());
    debug[..end].to_owned()
}

pub fn only(verbs: &[Verb]) -> Policies {
    verbs.iter().copied().collect()
}

/// Compares the plans of all rows with a golden file, and settles each row on a vendor that obeys.
pub fn check<E: Engine>(file: &str, rows: Vec<(&'static str, Case<E>)>) {
    let mut text = String::new();
    for (title, case) in &rows {
        writeln!(text, "## {title}").expect("a String takes every write");
        case.describe(&mut text);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == text, "{} is not what the planner says now; UPDATE=1 rewrites it:\n{text}", path.display());
    for (title, mut case) in rows {
        let rounds = case.settle();
        assert!(rounds.len() <= 2, "{title}: {rounds:?}");
        assert!(case.planned().steps.is_empty(), "{title}: planning again changes something");
    }
}

/// Checks for cases in which one field alone differs that its own `driftCorrection` counts, and not the default.
pub fn check_corrections<E: Engine>(rows: Vec<(&'static str, Case<E>)>) {
    for (field, mut case) in rows {
        let mut plan = |default, own| {
            case.wanted.terms.correction = DriftCorrection { default, fields: [(field.to_owned(), own)].into() };
            case.planned()
        };
        let is_it = |changes: &[Change]| matches!(changes, [change] if change.field == field);
        let left = plan(Correction::Always, Correction::OnEdit);
        let tolerated = matches!(left.left.as_slice(), [Left::Tolerated { changes }] if is_it(changes));
        assert!(left.steps.is_empty() && tolerated, "{field}, OnEdit for it: {left:?}");
        let corrected = plan(Correction::OnEdit, Correction::Always);
        let names_it = |step: &Step<E::Action>| step.because.iter().any(|change| change.field == field);
        assert!(corrected.steps.iter().any(names_it), "{field}, Always for it: {corrected:?}");
    }
}
