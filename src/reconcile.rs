//! The driver: one pass over one object, from its goal to its status. Read top to bottom, this is the operator.
//!
//! It makes no decision of its own: what to do is the plan's, when to come back is `schedule`'s.

use std::time::{Duration, Instant};

use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::decision::{Claiming, Goal, Instruction};
use roomkeeper_plan::ids::Timestamp;
use roomkeeper_plan::policy::Verb;
use roomkeeper_plan::{Act, Plan, Sight};
use roomkeeper_providers as providers;

use crate::accounts::{Accounts, Turn};
use crate::cluster::{WriteError, Writer};
use crate::engines::Engine;
use crate::execute::{self, Failed, Progress};
use crate::metrics::Metrics;
use crate::object::Object;
use crate::pacing::Token;
use crate::pass::{self, Look, Open, Start};
use crate::patience::{Cut, Patience};
use crate::report::{self, Report};
use crate::schedule::{Next, Notes};
use crate::settled::Settled;
use crate::source::Source;
use crate::{begun, claim, events, join_info, status};

/// The longest that a pass may take, waits for its turn aside; then its status is saved and it is tried again.
const PASS_DEADLINE: Duration = Duration::from_secs(60);

/// How often a pass looks and acts: the vendor gets one retry, and the third look reports.
const ROUNDS: usize = 3;

/// What a pass works with, besides its object.
pub struct Context<'a, S> {
    /// The vendor accounts.
    pub accounts: &'a Accounts,
    /// Configs, Secrets and rivals.
    pub source: &'a S,
    /// The way to write to Kubernetes.
    pub writer: &'a Writer,
    /// How long after a good look the next one comes, where the object does not say.
    pub drift_check: Duration,
    /// Whether anything may be changed at a vendor.
    pub mode: Mode,
    /// Counts the passes.
    pub metrics: &'a Metrics,
}

/// What the operator was started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To keep rooms.
    Keep,
    /// To look at them only.
    ObserveOnly,
}

impl Mode {
    /// Returns what may be done of a plan.
    fn limit<A: Act>(self, plan: Plan<A>) -> Plan<A> {
        match self {
            Mode::Keep => plan,
            Mode::ObserveOnly => plan.observed_only(),
        }
    }
}

/// Why a pass did not settle.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be planned.
    #[error(transparent)]
    Pass(#[from] pass::Error),
    /// The claim could not be written, so nothing was sent to the vendor.
    #[error("the claim could not be written, so nothing was done: {0}")]
    Claim(#[source] WriteError),
    /// The vendor refused a step, or nobody knows whether it took it.
    #[error("a step failed")]
    Step {
        /// The verb of the step.
        verb: Verb,
        /// What the vendor said.
        source: providers::Error,
    },
    /// Three rounds were not enough.
    #[error("the room still differs after {ROUNDS} rounds")]
    Unsettled,
    /// The pass took too long.
    #[error("the pass took longer than {} seconds", PASS_DEADLINE.as_secs())]
    Deadline,
    /// It began with another config or another credential than those of now.
    #[error("the config or a Secret that it names changed during the pass")]
    Superseded,
}

/// One pass over one object. Saves what happened into the status, whatever happened.
pub async fn reconcile<E: Engine, S: Source>(
    object: &Object,
    context: &Context<'_, S>,
    notes: &mut Notes<E>,
    token: Option<Token>,
) -> Next {
    if object.deletion.is_some() && !object.held {
        return Next::Forget;
    }
    let (now, began) = (now(), Instant::now());
    let mut progress = Progress { done: notes.take_untold(), ours: None, failed: None };
    let patience = Patience::default();
    let turn = Turn { token, patience: patience.clone() };
    let pass = pass::<E, S>(object, context, notes, turn, &mut progress);
    let result = patience.run(PASS_DEADLINE, pass).await.unwrap_or_else(|cut| Err(cut.into()));
    context.metrics.passed(E::FIELD, result.as_ref().err(), began.elapsed());
    let ours = progress.ours.clone();
    let report = report::of::<E>(object, &result, progress);
    notes.follow(&report, result.as_ref().ok());
    if !report.is_worth_writing(notes.failures()) {
        // That the room is ours must not wait for patience: the next look may not be able to tell.
        let noted = claim::note(object, ours.as_ref(), context.writer).await;
        let next = noted.map(|()| notes.next(object, &report, context.drift_check));
        notes.keep_untold(report.done);
        return next.unwrap_or_else(|error| notes.unwritten(object, &error));
    }
    match save(object, &report, context.writer, now).await {
        Ok(()) => notes.written(object, &report, context.drift_check),
        Err(error) => notes.unwritten(object, &error),
    }
}

/// Writes what a pass found out: the status, then its events, and last of all lets the object go.
async fn save(object: &Object, report: &Report, writer: &Writer, now: Timestamp) -> Result<(), WriteError> {
    status::save(object, report, writer, now).await?;
    events::publish(object, report, writer).await;
    claim::followed(object, report, writer).await?;
    claim::settle(object, report, writer).await
}

async fn pass<E: Engine, S: Source>(
    object: &Object,
    context: &Context<'_, S>,
    notes: &mut Notes<E>,
    turn: Turn,
    progress: &mut Progress,
) -> Result<Settled<E>, Error> {
    let start = match pass::start::<E>(object, context.accounts, context.source, turn).await {
        // What a person asks for does not wait for a spec or a config to be mended.
        Err(_) if object.deletion.is_some() && object.instruction() != Instruction::None => {
            return Ok(Settled::let_go(object));
        }
        start => start?, // reads Secrets
    };
    let mut open = match start {
        Start::Decided(decided) => {
            let (claiming, terms) = (decided.plan.claiming, &decided.wanted.terms);
            let claimed = claim::ensure(object, claiming, decided.room.as_ref(), None, terms, context.writer).await;
            return claimed.map_err(Error::Claim).map(|_| Settled::without_looking(*decided));
        }
        Start::Open(open) => open,
    };
    open.memory.earlier = notes.earlier(object, &open.secrets);
    let mut object = object.clone();
    for round in 1..=ROUNDS {
        let mut look = open.look(&object, context.source, now()).await?; // reads the vendor, then plans
        look.plan = context.mode.limit(look.plan);
        tell_of(&look.plan, &object, round);
        object = claim(&mut open, &look, &object, progress, context).await?; // writes Kubernetes, the first time only
        if look.plan.steps.is_empty() {
            let told = tell_how_to_join(&look, &object, context.writer).await; // writes Kubernetes, if it differs
            return Ok(Settled::after_looking(open, look).told(told.err()));
        }
        object = act(&mut open, look, &object, progress, context.writer).await?; // writes the vendor
    }
    Err(progress.failed.take().map_or(Error::Unsettled, Error::from))
}

/// Logs the steps that are about to be done.
fn tell_of<A: ToString>(plan: &Plan<A>, object: &Object, round: usize) {
    if !plan.steps.is_empty() {
        let steps: Vec<String> = plan.steps.iter().map(|step| step.action.to_string()).collect();
        let (uid, version) = (&object.uid, object.resource_version);
        tracing::debug!(object = %object.key, uid, version, round, ?steps, "planned");
    }
}

/// Brings the claim to what the plan says, and remembers whose the room is.
async fn claim<E: Engine, S: Source>(
    open: &mut Open<E>,
    look: &Look<E>,
    object: &Object,
    progress: &mut Progress,
    context: &Context<'_, S>,
) -> Result<Object, Error> {
    let (claiming, terms, room) = (look.plan.claiming, &open.wanted.terms, open.room.clone());
    let writer = context.writer;
    let _taking = match (claiming, &room, &open.memory.ownership) {
        (Claiming::Take, Some(room), Ownership::Unclaimed) => {
            // Two objects that both won when they looked must not both claim.
            let taking = writer.take(room).filter(|_| !open.is_lost(object, context.source));
            Some(taking.ok_or(Error::Claim(WriteError::Changed))?)
        }
        (Claiming::Take | Claiming::AsIs | Claiming::GiveUp, _, _) => None,
    };
    let sent = look.plan.makes().then(|| E::sent(&open.wanted, &open.session)).flatten();
    let claimed = claim::ensure(object, claiming, room.as_ref(), sent.as_ref(), terms, writer).await;
    let claimed = claimed.map_err(Error::Claim)?;
    // The answer to a write of this moment has shown the object.
    let is_shown = claimed.resource_version != object.resource_version;
    let object = if (look.plan.makes() || look.plan.ends()) && !is_shown {
        claim::stands(&claimed, writer).await.map_err(Error::Claim)? // reads Kubernetes
    } else {
        claimed
    };
    if object.deletion.is_some() && matches!(open.wanted.goal, Goal::Present(_)) {
        // It was deleted meanwhile, so this pass has another goal than the object.
        return Err(Error::Claim(WriteError::Changed));
    }
    match (claiming, &look.sight, room) {
        (Claiming::Take, Sight::Present(_), Some(room)) => {
            if open.memory.ownership == Ownership::Intended && !look.plan.steps.is_empty() {
                // The next step may take away what the room is told by, so it is written down before.
                claim::confirm(&object, &room, writer).await.map_err(Error::Claim)?;
            }
            open.memory.confirmed();
            progress.ours = Some(room);
        }
        (Claiming::Take, Sight::Absent, _) => open.memory.claimed(),
        (Claiming::Take, Sight::Present(_), None) | (Claiming::AsIs | Claiming::GiveUp, _, _) => {}
    }
    Ok(object)
}

/// Writes how people join the room, if it is ours and the spec asks for it.
async fn tell_how_to_join<E: Engine>(look: &Look<E>, object: &Object, writer: &Writer) -> Result<(), join_info::Error> {
    match (look.plan.claiming, &look.sight) {
        (Claiming::Take, Sight::Present(seen)) => match E::join_info(seen) {
            Some(info) => join_info::save(object, &info, writer).await,
            None => Ok(()),
        },
        (Claiming::Take | Claiming::AsIs | Claiming::GiveUp, _) => Ok(()),
    }
}

/// Does the steps. What nobody can see afterwards is written down before the first, and what became of it after the last.
async fn act<E: Engine>(
    open: &mut Open<E>,
    look: Look<E>,
    object: &Object,
    progress: &mut Progress,
    writer: &Writer,
) -> Result<Object, Error> {
    let begins = look.plan.begins.clone();
    let mut object = claim::begin(object, begins.as_ref(), writer).await.map_err(Error::Claim)?;
    open.memory.begun = begins.clone().or(open.memory.begun.take());
    progress.failed = execute::run(open, look, progress).await;
    if let Some(begun) = begins {
        let failure = progress.failed.as_ref().map(|failed| &failed.source);
        open.memory.begun = begun::after(&begun, failure);
        object = claim::begun(&object, open.memory.begun.as_ref(), writer).await.map_err(Error::Claim)?;
    }
    match progress.failed.take() {
        Some(failed) if !failed.is_news => Err(failed.into()),
        failed => {
            progress.failed = failed;
            Ok(object)
        }
    }
}

impl From<Cut> for Error {
    fn from(cut: Cut) -> Self {
        match cut {
            Cut::TooLong => Error::Deadline,
            Cut::GivenUp => Error::Superseded,
        }
    }
}

impl From<Failed> for Error {
    fn from(Failed { verb, source, is_news: _ }: Failed) -> Self {
        Error::Step { verb, source }
    }
}

fn now() -> Timestamp {
    Timestamp(k8s_openapi::jiff::Timestamp::now().as_second())
}
