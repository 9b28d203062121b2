//! The controller's own pass over manifests, up to the plan: it looks at the vendor and changes nothing.

use std::pin::pin;

use futures::{StreamExt as _, stream};
use roomkeeper_plan::decision::{Claiming, Instruction};
use roomkeeper_plan::ids::{ExternalId, ObjectName, Timestamp};
use roomkeeper_plan::{Goal, Left, Plan, Release, Sight, claim, verdict};

use super::{Basis, Change, Difference, Entry, Outcome, Ownership, Preview, Step};
use crate::accounts::{Accounts, Turn};
use crate::api::annotations;
use crate::engines::huawei_meeting::HuaweiMeeting;
use crate::engines::huawei_rtc::HuaweiRtc;
use crate::engines::tencent_live::TencentLive;
use crate::engines::tencent_room::TencentRoom;
use crate::engines::{Engine, Served};
use crate::execute::Progress;
use crate::pass::{self, Closed, Prepared};
use crate::reconcile;
use crate::report;
use crate::settled::Settled;
use crate::source::files::Files;
use crate::source::files::subject::{Refused, Subject};
use crate::source::files::typed::Identity;

/// How many objects are looked at side by side: those of one account share the vendor's lists, and all have its pace.
const AT_A_TIME: usize = 1_000;

/// Whether vendors are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looking {
    /// They are.
    AtVendors,
    /// They are not, and no Secret is read.
    Offline,
}

/// Plans for all objects of the files; `tick` is called after each.
pub async fn preview(
    files: &Files,
    accounts: &Accounts,
    looking: Looking,
    base_known: bool,
    now: Timestamp,
    tick: impl Fn(),
) -> Preview {
    let mut entries: Vec<Entry> = files.refused.iter().map(refused).collect();
    let (removed, kept): (Vec<&Subject>, Vec<&Subject>) =
        files.subjects.iter().partition(|subject| subject.change == Change::Removed);
    let mut heirs = Vec::new();
    // Those that go first: others may get their rooms.
    for subjects in [removed, kept] {
        let subjects: Vec<Subject> = subjects.into_iter().map(|subject| heir(subject, &heirs)).collect();
        let one = async |subject| {
            let planned = one(subject, files, accounts, looking, now).await;
            tick();
            planned
        };
        let mut planned = pin!(stream::iter(&subjects).map(one).buffered(AT_A_TIME));
        while let Some((entry, hands_over)) = planned.next().await {
            heirs.extend(hands_over.map(|to| (entry.kind.clone(), to)));
            entries.push(entry);
        }
    }
    Preview::of(entries, looking, base_known)
}

/// Returns the subject as it is once others have handed their rooms over.
fn heir(subject: &Subject, heirs: &[(String, ObjectName)]) -> Subject {
    let mut subject = subject.clone();
    let key = &subject.object.key;
    if heirs.iter().any(|(kind, name)| kind == key.kind.as_str() && *name == key.name) {
        subject.take(Basis::HandedOver);
    }
    subject
}

async fn one(
    subject: &Subject,
    files: &Files,
    accounts: &Accounts,
    looking: Looking,
    now: Timestamp,
) -> (Entry, Option<ObjectName>) {
    let pass = Pass { subject, files, accounts, looking, now };
    match Served::of(&subject.object) {
        Served::TencentRoom => pass.run::<TencentRoom>().await,
        Served::TencentLive => pass.run::<TencentLive>().await,
        Served::HuaweiRtc => pass.run::<HuaweiRtc>().await,
        Served::HuaweiMeeting => pass.run::<HuaweiMeeting>().await,
    }
}

/// One pass over one object.
struct Pass<'a> {
    subject: &'a Subject,
    files: &'a Files,
    accounts: &'a Accounts,
    looking: Looking,
    now: Timestamp,
}

impl Pass<'_> {
    async fn run<E: Engine>(&self) -> (Entry, Option<ObjectName>) {
        let object = &self.subject.object;
        let identity = Identity { kind: object.key.kind.as_str().to_owned(), name: object.key.name.clone() };
        let mut entry = Entry::blank(identity, &self.subject.origin, self.subject.change);
        if let Some((message, outcome)) = at_once(self.subject) {
            (entry.message, entry.outcome) = (Some(message), outcome);
            return (entry, None);
        }
        let hands_over = match self.planned::<E>(&mut entry).await {
            Ok(hands_over) => hands_over,
            // What a person asks for does not wait for a spec or a config to be mended.
            Err(_) if object.deletion.is_some() && object.instruction() != Instruction::None => {
                entry.tell(Settled::<E>::let_go(object).verdict);
                None
            }
            Err(error) => {
                entry.fail::<E>(self.subject, error);
                None
            }
        };
        (entry, hands_over)
    }

    async fn planned<E: Engine>(&self, entry: &mut Entry) -> Result<Option<ObjectName>, pass::Error> {
        let (object, files) = (&self.subject.object, self.files);
        let closed = match pass::prepare::<E>(object, self.accounts, files).await? {
            Prepared::Decided(decided) => {
                entry.place(self.subject, decided.room.as_ref());
                entry.tell(verdict::of(&decided.wanted, None::<&Sight<E::Observed>>, &decided.plan));
                entry.outcome = outcome(&decided.plan);
                return Ok(heir_of(&decided.plan));
            }
            Prepared::Closed(closed) => closed,
        };
        entry.place(self.subject, closed.room.as_ref());
        if self.looking == Looking::Offline {
            entry.unseen(&closed);
            return Ok(None);
        }
        let mut open = closed.open(object, self.accounts, files, Turn::default()).await?;
        let look = open.look(object, files, self.now).await?;
        // Where the spec names the room by something else than its id, only the look has told.
        entry.place(self.subject, open.room.as_ref());
        let is_there = matches!(look.sight, Sight::Present(_));
        entry.takes_over =
            is_there && look.plan.claiming == Claiming::Take && entry.ownership == Some(Ownership::Unclaimed);
        entry.steps = look.plan.steps.iter().map(step).collect();
        if look.plan.steps.is_empty() || !look.plan.left.is_empty() {
            entry.tell(verdict::of(&open.wanted, Some(&look.sight), &look.plan));
        }
        entry.left = look.plan.left.iter().flat_map(Left::changes).map(difference).collect();
        entry.outcome = outcome(&look.plan);
        Ok(heir_of(&look.plan))
    }
}

/// Returns what is plain of an object before any pass: the guards and the finalizer decide before the operator hears of a
/// deletion.
fn at_once(subject: &Subject) -> Option<(String, Outcome)> {
    let object = &subject.object;
    if subject.change != Change::Removed {
        return None;
    }
    if object.is_told(annotations::PROTECT) {
        let annotation = annotations::PROTECT;
        let text =
            format!("its deletion is refused: it is annotated with {annotation}; take the annotation away first");
        return Some((text, Outcome::Error));
    }
    let text = "the object goes at once and the room stays: nothing holds the object".to_owned();
    (!object.held).then_some((text, Outcome::Nothing))
}

impl Entry {
    fn place(&mut self, subject: &Subject, room: Option<&ExternalId>) {
        self.room = room.map(ToString::to_string);
        let ownership = match subject.object.ownership_of(room) {
            claim::Ownership::Confirmed => Ownership::Own,
            claim::Ownership::Intended => Ownership::Claimed,
            claim::Ownership::Unclaimed => Ownership::Unclaimed,
            claim::Ownership::OtherAccount(_) => Ownership::OtherAccount,
        };
        self.ownership = Some(ownership);
        self.basis = (ownership != Ownership::Unclaimed).then_some(subject.basis);
    }

    fn tell(&mut self, verdict: verdict::Verdict) {
        (self.reason, self.message) = (Some(verdict.reason.to_string()), Some(verdict.message));
    }

    fn fail<E: Engine>(&mut self, subject: &Subject, error: pass::Error) {
        let error = reconcile::Error::Pass(error);
        let progress = Progress { done: Vec::new(), ours: None, failed: None };
        let report = report::of::<E>(&subject.object, &Err(error), progress);
        self.tell(report.verdict);
        // There is no status here; the words stand beside it.
        self.message = self.message.take().map(|message| message.replace(report::VENDORS_WORDS, ""));
        self.vendor = report.failure.map(|failure| failure.message).filter(|words| !words.is_empty());
        self.outcome = Outcome::Error;
    }

    /// Says what is known of an object without a look.
    fn unseen<E: Engine>(&mut self, closed: &Closed<E>) {
        let (message, outcome) = match &closed.wanted.goal {
            Goal::Present(_) => ("its manifest is good; the vendor was not asked", Outcome::Nothing),
            Goal::Absent(_) => ("the room is to be ended, if it is there; the vendor was not asked", Outcome::Changes),
        };
        (self.message, self.outcome) = (Some(message.to_owned()), outcome);
    }
}

fn refused(refused: &Refused) -> Entry {
    let mut entry = Entry::blank(refused.identity.clone(), &refused.origin, Change::Unknown);
    (entry.findings, entry.outcome) = (refused.findings.clone(), Outcome::Error);
    entry
}

fn step<A: roomkeeper_plan::Act + ToString>(step: &roomkeeper_plan::Step<A>) -> Step {
    Step {
        verb: step.action.verb().as_str(),
        call: step.action.to_string(),
        cannot_be_undone: step.action.cannot_be_undone(),
        because: step.because.iter().map(difference).collect(),
    }
}

fn difference(change: &roomkeeper_plan::Change) -> Difference {
    Difference { field: change.field.to_owned(), seen: change.seen.clone(), wanted: change.wanted.clone() }
}

/// Returns who gets the room of an object that goes.
fn heir_of<A>(plan: &Plan<A>) -> Option<ObjectName> {
    match plan.left.iter().find_map(Left::release)? {
        Release::HandedOver { to } => Some(to.clone()),
        Release::Requested
        | Release::Paused
        | Release::Uninstalling
        | Release::NotAllowed
        | Release::NotOurs
        | Release::Unconfirmed
        | Release::CameBack
        | Release::OwnerFixed => None,
    }
}

/// A plan that waits for a person is an error of the manifests; one that waits for the vendor is not.
fn outcome<A>(plan: &Plan<A>) -> Outcome {
    let blocked = plan.left.iter().any(|left| matches!(left, Left::Blocked { .. }));
    match (blocked, plan.steps.is_empty()) {
        (true, _) => Outcome::Error,
        (false, false) => Outcome::Changes,
        (false, true) => Outcome::Nothing,
    }
}
