//! The driver: one pass over one object, from its goal to its status. Read top to bottom, this is the operator.
//!
//! It makes no decision of its own: what to do is the plan's, when to come back is `schedule`'s.

use std::time::Duration;

use roomkeeper_plan::begun::Followed;
use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::decision::{Claiming, Goal, Instruction, Step, Tried};
use roomkeeper_plan::ids::{ExternalId, ObjectName, Timestamp};
use roomkeeper_plan::policy::Verb;
use roomkeeper_plan::{Act, Left, Plan, Reason, Release, Sight, verdict};
use roomkeeper_providers::{self as providers, Class, Outcome, Retry, What};

use crate::accounts::Accounts;
use crate::cluster::{WriteError, Writer};
use crate::engines::{Engine, Note};
use crate::object::Object;
use crate::pacing::Token;
use crate::pass::{self, Decided, Open, Start};
use crate::report::{self, Report};
use crate::schedule::{Next, Notes};
use crate::source::Source;
use crate::{begun, claim, events, join_info, status};

/// The longest that a pass may take; then its status is saved and it is tried again.
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

/// A step that the vendor accepted.
#[derive(Debug)]
pub struct Done {
    /// What was done, in words.
    pub words: String,
    /// The verb of it.
    pub verb: Verb,
    /// The vendor's id of the call.
    pub request_id: Option<String>,
    /// What the answer told besides success.
    pub note: Note,
    /// Why it was done.
    pub because: Vec<roomkeeper_plan::Change>,
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
    /// What people need to join could not be told.
    #[error(transparent)]
    JoinInfo(#[from] join_info::Error),
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
    let now = now();
    let mut progress = Progress { done: notes.take_untold(), ours: None, failed: None };
    let pass = pass::<E, S>(object, context, notes, token, &mut progress);
    let result = tokio::time::timeout(PASS_DEADLINE, pass).await.unwrap_or(Err(Error::Deadline));
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

/// What a pass achieved, whether it came to its end or not.
pub struct Progress {
    /// The steps that the vendor accepted.
    pub done: Vec<Done>,
    /// The room, once it is known that it is the object's.
    pub ours: Option<ExternalId>,
    /// The last step that failed, also if the pass went on and settled.
    pub failed: Option<Failed>,
}

/// A step that the vendor refused, or nobody knows whether it took it.
#[derive(Debug)]
pub struct Failed {
    /// The verb of the step.
    pub verb: Verb,
    /// What the vendor said.
    pub source: providers::Error,
    /// Whether the room should be looked at again at once.
    pub is_news: bool,
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

async fn pass<E: Engine, S: Source>(
    object: &Object,
    context: &Context<'_, S>,
    notes: &mut Notes<E>,
    token: Option<Token>,
    progress: &mut Progress,
) -> Result<Settled<E>, Error> {
    let start = match pass::start::<E>(object, context.accounts, context.source, token).await {
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
    for _ in 0..ROUNDS {
        let mut look = open.look(&object, context.source, now()).await?; // reads the vendor, then plans
        look.plan = context.mode.limit(look.plan);
        let (claiming, terms) = (look.plan.claiming, &open.wanted.terms);
        let sent = look.plan.makes().then(|| E::sent(&open.wanted, &open.session)).flatten();
        let room = open.room.clone();
        let claimed = claim::ensure(&object, claiming, room.as_ref(), sent.as_ref(), terms, context.writer).await;
        object = claimed.map_err(Error::Claim)?; // writes Kubernetes, the first time only
        if object.deletion.is_some() && matches!(open.wanted.goal, Goal::Present(_)) {
            // It was deleted meanwhile, so this pass has another goal than the object.
            return Err(Error::Claim(WriteError::Changed));
        }
        match (claiming, &look.sight, &room) {
            (Claiming::Take, Sight::Present(_), Some(room)) => {
                if open.memory.ownership == Ownership::Intended && !look.plan.steps.is_empty() {
                    // The next step may take away what the room is told by, so it is written down before.
                    claim::confirm(&object, room, context.writer).await.map_err(Error::Claim)?;
                }
                open.memory.confirmed();
                progress.ours = Some(room.clone());
            }
            (Claiming::Take, Sight::Absent, _) => open.memory.claimed(),
            (Claiming::Take, Sight::Present(_), None) | (Claiming::AsIs | Claiming::GiveUp, _, _) => {}
        }
        if look.plan.steps.is_empty() {
            if let (Claiming::Take, Sight::Present(seen)) = (claiming, &look.sight)
                && let Some(info) = E::join_info(seen)
            {
                join_info::save(&object, &info, context.writer).await?; // writes Kubernetes, if it differs
            }
            return Ok(Settled::after_looking(open, look));
        }
        let begins = look.plan.begins.clone();
        object = claim::begin(&object, begins.as_ref(), context.writer).await.map_err(Error::Claim)?;
        open.memory.begun = begins.clone().or(open.memory.begun.take());
        progress.failed = execute(&mut open, look, progress).await; // writes the vendor
        if let Some(begun) = begins {
            let failure = progress.failed.as_ref().map(|failed| &failed.source);
            open.memory.begun = begun::after(&begun, failure);
            object = claim::begun(&object, open.memory.begun.as_ref(), context.writer).await.map_err(Error::Claim)?;
        }
        match progress.failed.take() {
            Some(failed) if !failed.is_news => return Err(failed.into()),
            failed => progress.failed = failed,
        }
    }
    Err(progress.failed.take().map_or(Error::Unsettled, Error::from))
}

/// A refusal that tells of another world than the one just seen: worth a second look at once.
fn is_news(error: &providers::Error) -> bool {
    match error.class() {
        Class::Exists | Class::NotMember | Class::NotFound { what: What::Room } => true,
        Class::NotFound { what: What::Account | What::App }
        | Class::Denied
        | Class::Credentials
        | Class::Invalid
        | Class::Quota
        | Class::Throttled { .. }
        | Class::Unavailable
        | Class::Unknown => false,
    }
}

/// Runs the steps in their order; the first failure stops the rest.
async fn execute<E: Engine>(open: &mut Open<E>, look: pass::Look<E>, progress: &mut Progress) -> Option<Failed> {
    let room = open.room.clone().expect("a plan has steps only for a room that the spec names or a look has shown");
    for step in look.plan.steps {
        let Step { action, because } = step;
        let verb = action.verb();
        let answer = E::execute(&open.session, room.room(), &action).await;
        // A dismissal that was surely refused has thrown nobody out, so it does not count against the brake.
        let refused = answer.as_ref().is_err_and(|error| error.outcome() == Outcome::Refused);
        if verb == Verb::Dismiss && !refused {
            open.session.spend_brake();
        }
        match answer {
            Ok(reply) => {
                let (words, request_id, note) = (action.to_string(), reply.request_id, reply.value);
                if verb == Verb::Create {
                    progress.ours = Some(room.clone());
                }
                progress.done.push(Done { words, verb, request_id, note, because: because.clone() });
                open.accepted(Tried { step: Step { action, because }, before: look.sight.clone(), after: None });
            }
            Err(source) => {
                let is_news = is_news(&source) || refused && action.leaves_half_done();
                if refused && source.retry() == Retry::Slowly {
                    open.memory.refused.push(action);
                }
                return Some(Failed { verb, source, is_news });
            }
        }
    }
    None
}

impl From<Failed> for Error {
    fn from(Failed { verb, source, is_news: _ }: Failed) -> Self {
        Error::Step { verb, source }
    }
}

impl<E: Engine> Settled<E> {
    /// A deleted object that a person released or paused goes, although nobody can tell more about it.
    fn let_go(object: &Object) -> Self {
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

    fn without_looking(decided: Decided<E>) -> Self {
        let Decided { wanted, plan, room } = decided;
        let verdict = verdict::of(&wanted, None::<&Sight<E::Observed>>, &plan);
        let may_go = matches!(wanted.goal, Goal::Absent(_)) && may_go(&plan.left);
        let (left, claiming, followed) = (plan.left, plan.claiming, plan.followed);
        Settled { open: None, sight: None, left, claiming, room, verdict, may_go, followed }
    }

    fn after_looking(open: Box<Open<E>>, look: pass::Look<E>) -> Self {
        let verdict = verdict::of(&open.wanted, Some(&look.sight), &look.plan);
        let may_go = matches!(open.wanted.goal, Goal::Absent(_)) && may_go(&look.plan.left);
        let room = open.room.clone();
        let (left, claiming, followed) = (look.plan.left, look.plan.claiming, look.plan.followed);
        Settled { open: Some(open), sight: Some(look.sight), left, claiming, room, verdict, may_go, followed }
    }

    /// Returns who gets the room, and which, if another object goes on with it.
    #[must_use]
    pub fn heir(&self) -> Option<(ObjectName, ExternalId)> {
        match (self.left.iter().find_map(Left::release), &self.room) {
            (Some(Release::HandedOver { to }), Some(room)) => Some((to.clone(), room.clone())),
            (Some(_) | None, _) => None,
        }
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

fn now() -> Timestamp {
    Timestamp(k8s_openapi::jiff::Timestamp::now().as_second())
}
