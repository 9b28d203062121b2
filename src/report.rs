//! Turns the end of a pass, good or bad, into what the status, the events and the schedule need. Pure.
//!
//! It is the only place where an error becomes words for users; messages are the same for the same cause.

use roomkeeper_plan::begun::Followed;
use roomkeeper_plan::decision::{Claiming, Sight};
use roomkeeper_plan::policy::Verb;
use roomkeeper_plan::reason::{Mark, Reason, Status};
use roomkeeper_plan::verdict::Verdict;
use roomkeeper_plan::{Change, Left, Release};
use roomkeeper_providers::{self as providers, Class, Code, Retry, What};

use crate::accounts;
use crate::api::annotations;
use crate::api::status::{AppliedSecret, Observed};
use crate::engines::Engine;
use crate::execute::{Done, Progress};
use crate::object::Object;
use crate::pass;
use crate::reconcile::Error;
use crate::settled::{Heir, Settled};

/// What a pass found out and did, free of any engine.
#[derive(Debug)]
pub struct Report {
    /// What the conditions say.
    pub verdict: Verdict,
    /// What the last sight showed; absent: the pass had no sight, so the last one stands.
    pub sighting: Option<Sighting>,
    /// What becomes of `status.externalId`.
    pub external_id: ExternalIdField,
    /// The steps that the vendor accepted.
    pub done: Vec<Done>,
    /// The call that failed.
    pub failure: Option<Failure>,
    /// When to come back.
    pub pause: Pause,
    /// Whether the finalizer may go.
    pub may_go: bool,
    /// Why the room stays, if the object goes without it.
    pub release: Option<Release>,
    /// Who gets the room, if another object goes on with it.
    pub heir: Option<Heir>,
    /// How many people a dismissal waits for.
    pub people: Option<usize>,
    /// Whether the pass was one that failed to reach the vendor.
    pub unreached: bool,
    /// A begun dismissal that came to its end.
    pub followed: Option<Followed>,
    /// Whether the pass tells nothing new about an object that was seen before: a paused one.
    pub silent: bool,
}

/// What the vendor showed at the end of a pass.
#[derive(Debug, Default)]
pub struct Sighting {
    /// What the status shows of the room; absent: there is none.
    pub observed: Option<Observed>,
    /// The differences that stay.
    pub drift: Vec<Change>,
    /// Managed fields that the vendor does not show.
    pub unverified: Vec<String>,
    /// The Secrets that are applied now.
    pub applied: Vec<AppliedSecret>,
}

/// What becomes of `status.externalId`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExternalIdField {
    /// It says this: the room was seen as ours.
    Set(String),
    /// It stays.
    Keep,
    /// It goes: the room is not ours.
    Clear,
}

/// A vendor call that failed, for `status.lastFailure`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `Observe`, or the verb that was tried.
    pub operation: &'static str,
    /// The vendor's code.
    pub code: Option<String>,
    /// The vendor's text, without secrets, at most 256 bytes.
    pub message: String,
    /// The vendor's id of the call.
    pub request_id: Option<String>,
}

/// When to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// After the drift check interval.
    DriftCheck,
    /// Soon, then less and less often.
    Backoff,
    /// Not before this.
    After(std::time::Duration),
}

/// Where a status has what the vendor said, besides the message of `Ready`.
pub const VENDORS_WORDS: &str = "; the vendor's words are in status.lastFailure";

/// What a person can do about a deletion that does not go on, whatever holds it up.
const WAY_OUT: &str = "to let the object go and leave the room, annotate it with roomkeeper.dev/release: \"true\"";

/// Looks that fail before it is written that the vendor cannot be reached.
const PATIENCE: u32 = 3;

impl Report {
    /// Tells whether the status should hear of it: a vendor that failed once or twice is not news yet.
    #[must_use]
    pub fn is_worth_writing(&self, failures: u32) -> bool {
        !self.silent && (!self.unreached || failures >= PATIENCE)
    }
}

/// Returns the report on a pass.
pub fn of<E: Engine>(object: &Object, result: &Result<Settled<E>, Error>, progress: Progress) -> Report {
    match result {
        Ok(settled) => good(object, settled, progress),
        Err(error) => bad::<E>(object, error, progress),
    }
}

fn good<E: Engine>(object: &Object, settled: &Settled<E>, progress: Progress) -> Report {
    let sighting = settled.sight.as_ref().map(|sight| sighting(object, settled, sight));
    let seen = matches!(settled.sight, Some(Sight::Present(_)));
    let external_id = match (settled.claiming, &settled.room) {
        (Claiming::Take, Some(room)) if seen => ExternalIdField::Set(room.to_string()),
        (Claiming::Take | Claiming::AsIs, _) => ExternalIdField::Keep,
        (Claiming::GiveUp, _) => ExternalIdField::Clear,
    };
    let paused = settled.left.contains(&Left::Paused);
    let mut verdict = settled.verdict.clone();
    let stuck = object.deletion.is_some() && !settled.may_go && verdict.reason.mark() == Mark::Stalled;
    if stuck && !verdict.message.contains(annotations::RELEASE) {
        verdict.message = format!("{}; {WAY_OUT}", verdict.message);
    }
    Report {
        verdict,
        sighting,
        external_id,
        done: progress.done,
        failure: progress.failed.map(|failed| failure(failed.verb.as_str(), &failed.source)),
        pause: pause(settled.verdict.reason),
        may_go: settled.may_go,
        release: settled.left.iter().find_map(Left::release).cloned(),
        heir: settled.heir(),
        people: settled.left.iter().find_map(Left::people),
        unreached: false,
        followed: settled.followed.clone(),
        silent: paused && object.status.observed_generation >= 0,
    }
}

fn sighting<E: Engine>(object: &Object, settled: &Settled<E>, sight: &Sight<E::Observed>) -> Sighting {
    let drift: Vec<Change> = settled.left.iter().flat_map(|left| left.changes().iter().cloned()).collect();
    let unverified = settled.left.iter().filter_map(Left::unverified).map(str::to_owned);
    let observed = match (settled.desired(), sight) {
        (Some(desired), Sight::Present(seen)) => Some(E::report(desired, seen)),
        (None, _) | (_, Sight::Absent) => None,
    };
    let secrets = settled.open.iter().flat_map(|open| &open.secrets);
    let is_ours = settled.claiming == Claiming::Take && observed.is_some();
    let unverified: Vec<String> = unverified.collect();
    let applied = secrets.map(|(field, version)| AppliedSecret {
        field: (*field).to_owned(),
        uid: version.uid.clone(),
        resource_version: version.resource_version.clone(),
    });
    // What the vendor does not show is applied only if it was sent, now or at an earlier time.
    let is_applied = |secret: &AppliedSecret| {
        let field = secret.field.as_str();
        let is_seen = !unverified.iter().any(|hidden| hidden == field);
        let is_known = is_seen || settled.sent(field) || object.status.applied_secrets.contains(secret);
        is_ours && is_known && drift.iter().all(|change| change.field != field)
    };
    let applied = applied.filter(is_applied).collect();
    Sighting { observed, applied, unverified, drift }
}

fn bad<E: Engine>(object: &Object, error: &Error, progress: Progress) -> Report {
    let words = words::<E>(error);
    let deleting = object.deletion.is_some();
    // While an object is being deleted, what goes on by itself is called dismissing.
    let goes_on = matches!(words.reason, Reason::Reconciling | Reason::CorrectingDrift);
    let reason = if goes_on && deleting { Reason::Dismissing } else { words.reason };
    let message = if deleting { format!("{}; {WAY_OUT}", words.message) } else { words.message };
    Report {
        verdict: Verdict { reason, message, drifted: drifted(reason) },
        sighting: None,
        external_id: progress.ours.map_or(ExternalIdField::Keep, |room| ExternalIdField::Set(room.to_string())),
        done: progress.done,
        failure: words.failure,
        pause: words.pause,
        may_go: false,
        release: None,
        heir: None,
        people: None,
        unreached: words.unreached,
        followed: None,
        silent: false,
    }
}

/// Without a sight only two reasons speak of drift.
fn drifted(reason: Reason) -> Option<Status> {
    matches!(reason, Reason::CorrectingDrift | Reason::WaitingForOwner).then_some(Status::True)
}

/// An error in the terms of the status.
struct Words {
    reason: Reason,
    message: String,
    failure: Option<Failure>,
    pause: Pause,
    unreached: bool,
}

impl Words {
    fn plain(reason: Reason, message: String) -> Self {
        Words { reason, message, failure: None, pause: pause(reason), unreached: false }
    }
}

fn words<E: Engine>(error: &Error) -> Words {
    match error {
        Error::Pass(pass::Error::Invalid(invalid)) => Words::plain(Reason::InvalidSpec, invalid.to_string()),
        Error::Pass(pass::Error::Resolve(accounts::Error::Rejected(words))) => {
            Words::plain(Reason::CredentialsRejected, words.clone())
        }
        Error::Pass(pass::Error::Resolve(error)) => Words::plain(Reason::ProviderConfigNotReady, error.to_string()),
        Error::Pass(error @ pass::Error::Definition(_)) => Words::plain(Reason::Dismissing, error.to_string()),
        Error::Pass(pass::Error::Observe(source)) => vendor::<E>("Observe", None, source),
        Error::Step { verb, source } => vendor::<E>(verb.as_str(), Some(*verb), source),
        Error::Claim(_) | Error::Deadline | Error::Superseded => {
            Words { unreached: true, ..Words::plain(Reason::ProviderUnavailable, error.to_string()) }
        }
        Error::Unsettled => Words::plain(Reason::CorrectingDrift, error.to_string()),
    }
}

/// The message leaves the vendor's own text to `status.lastFailure`: it may hold what changes from call to call.
fn vendor<E: Engine>(operation: &'static str, verb: Option<Verb>, error: &providers::Error) -> Words {
    let reason = reason::<E>(verb, error.class());
    let code = error.code().map(|code| format!(" ({code})")).unwrap_or_default();
    let message = format!("{}: {}{code}{VENDORS_WORDS}", error.operation(), error.class());
    let pause = match error.retry() {
        Retry::After(pause) => Pause::After(pause),
        Retry::Backoff => Pause::Backoff,
        Retry::Slowly => Pause::DriftCheck,
    };
    let unreached = reason == Reason::ProviderUnavailable;
    Words { reason, message, failure: Some(failure(operation, error)), pause, unreached }
}

fn failure(operation: &'static str, error: &providers::Error) -> Failure {
    Failure {
        operation,
        code: error.code().map(|code| match code {
            Code::Tencent(number) => number.to_string(),
            Code::Huawei(code) => code.to_string(),
            Code::Http(status) => format!("HTTP {status}"),
        }),
        message: error.message().to_owned(),
        request_id: error.request_id().map(str::to_owned),
    }
}

fn reason<E: Engine>(verb: Option<Verb>, class: Class) -> Reason {
    match (class, verb) {
        (Class::Throttled { .. } | Class::Unavailable, _) => Reason::ProviderUnavailable,
        (Class::Misdirected, _) => Reason::ProviderConfigNotReady,
        (Class::Credentials, _) => Reason::CredentialsRejected,
        (Class::NotFound { what: What::App }, _) => E::NO_SUCH_APP,
        (Class::Denied, _) => Reason::PermissionDenied,
        (Class::Quota, _) => Reason::AccountLimit,
        (Class::NotFound { what: What::Account }, Some(_)) => Reason::OwnerNotFound,
        (Class::NotMember, Some(Verb::ChangeOwner)) => Reason::WaitingForOwner,
        (Class::Exists, Some(_)) => Reason::AlreadyExists,
        // On a look it is the room id: it is of another kind of room, for example.
        (Class::Invalid, _) => Reason::InvalidSpec,
        (Class::NotFound { what: What::Room }, Some(_)) => Reason::Reconciling,
        (Class::NotMember, Some(_)) => Reason::PermissionDenied,
        (Class::NotFound { what: What::Account | What::Room } | Class::NotMember | Class::Exists, None)
        | (Class::Unknown, _) => Reason::UnexpectedAnswer,
    }
}

/// Returns when an object is looked at again under a reason: soon what goes on by itself, everything else after the drift
/// check interval.
#[must_use]
pub fn pause(reason: Reason) -> Pause {
    match (reason, reason.mark()) {
        // People leave without telling us.
        (Reason::DismissalTimedOut | Reason::OccupancyUnknown, _) | (_, Mark::Reconciling) => Pause::Backoff,
        (_, Mark::Plain | Mark::Stalled) => Pause::DriftCheck,
    }
}
