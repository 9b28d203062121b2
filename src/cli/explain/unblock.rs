//! Which commands bring a room on. Pure; it runs none.

mod account;

use roomkeeper_plan::reason::{Mark, Reason};
use serde_json::{Value, json};

use super::Context;
use super::explanation::{Command, OperatorState};
use super::gather::RoomFacts;
use super::kubectl::{Kubectl, destructive, harmless};
use super::secrets;
use super::standing::Standing;
use crate::api::{ManagementPolicy, annotations};
use crate::engines::Served;
use crate::object::{Object, Spec};

/// Most commands that are told.
const MOST: usize = 2;

/// The room and how commands about it are written.
struct Scene<'a> {
    facts: &'a RoomFacts,
    object: &'a Object,
    context: &'a Context<'a>,
    kubectl: Kubectl<'a>,
    /// The message of `Ready`.
    message: &'a str,
}

/// Returns the commands that bring a room on, the most useful first.
pub(super) fn room(facts: &RoomFacts, standing: &Standing<'_>, context: &Context<'_>) -> Vec<Command> {
    let object = &facts.object;
    let name = &object.key.name;
    let kubectl = Kubectl {
        program: context.program,
        namespace: Some(&name.namespace),
        kind: object.key.kind.as_str().to_lowercase(),
        name: &name.name,
    };
    let scene = Scene { facts, object, context, kubectl, message: standing.message() };
    let mut commands = scene.commands(standing);
    commands.truncate(MOST);
    commands
}

impl Scene<'_> {
    fn commands(&self, standing: &Standing<'_>) -> Vec<Command> {
        if standing.is_ready() && !standing.paused {
            return standing.reason.map(|reason| self.by_reason(reason)).unwrap_or_default();
        }
        let by_reason = || standing.reason.filter(|_| !standing.stale).map(|reason| self.by_reason(reason));
        match standing.operator {
            OperatorState::NotRunning => {
                let mut commands = vec![pods(self.context)];
                if standing.deleting {
                    commands.push(self.drop_finalizer());
                }
                commands.extend(by_reason().unwrap_or_default());
                commands
            }
            OperatorState::Running | OperatorState::Unknown if standing.paused && !standing.deleting => {
                vec![self.unpause()]
            }
            OperatorState::Running | OperatorState::Unknown => {
                let mut commands = by_reason().unwrap_or_default();
                let is_held_up = standing
                    .reason
                    .is_some_and(|reason| reason.mark() == Mark::Stalled || reason == Reason::ProviderConfigNotReady);
                let release = self.release();
                if standing.deleting && is_held_up && !commands.contains(&release) {
                    commands.truncate(MOST - 1);
                    commands.push(release);
                }
                commands
            }
        }
    }

    // A list of reasons, each with its commands.
    fn by_reason(&self, reason: Reason) -> Vec<Command> {
        match reason {
            Reason::InSync
            | Reason::AppliedUnverified
            | Reason::Ended
            | Reason::Reconciling
            | Reason::CorrectingDrift
            | Reason::Dismissing => Vec::new(),
            Reason::Pending => vec![pods(self.context)],
            Reason::Paused => vec![self.unpause()],
            Reason::DriftTolerated => vec![self.correct()],
            Reason::DriftNotCorrected => self.allow_what_differs(),
            Reason::NotEffective | Reason::OwnerNotFound => vec![self.look(), self.edit()],
            Reason::UpdateNotPartial | Reason::AccountLimit => vec![self.edit(), self.look()],
            Reason::PermissionDenied | Reason::RoomDisabled | Reason::OwnerNotAddressable => vec![self.look()],
            Reason::ProviderUnavailable | Reason::UnexpectedAnswer => vec![self.look()],
            Reason::InvalidSpec => vec![self.edit()],
            Reason::WaitingForOwner => self.keep_the_owner(),
            Reason::ProviderConfigNotReady => self.mend_config(),
            Reason::CredentialsRejected => secrets::renew(&self.facts.around.secrets, self.context.program),
            Reason::PasswordUnknown => vec![self.edit(), self.lose_password()],
            Reason::NotFound => self.find(),
            Reason::Unallocated => self.allocate(),
            Reason::AlreadyExists => vec![self.allow(
                &[ManagementPolicy::Adopt],
                "takes the room over: it is changed as the spec says, and ends with this object as the spec allows",
            )],
            Reason::DuplicateClaim => {
                vec![self.delete("deletes this object; the room stays with the other one, which the message names")]
            }
            Reason::AccountChanged => vec![self.edit(), self.release_and_delete()],
            Reason::DismissalWaiting | Reason::OccupancyUnknown | Reason::DismissalTimedOut => {
                vec![self.release(), self.end_now()]
            }
            Reason::DismissalHeld if self.object.deletion.is_none() => vec![self.withdraw()],
            Reason::DismissalHeld if self.is_observe_only() => vec![self.release(), how_started(self.context)],
            Reason::DismissalHeld => [Some(self.release()), self.raise_brake()].into_iter().flatten().collect(),
        }
    }

    fn annotate(&self, annotation: &str) -> String {
        self.kubectl.about("annotate", annotation)
    }

    fn look(&self) -> Command {
        let annotation = format!("--overwrite {}=\"$(date +%s)\"", annotations::RECONCILE_REQUESTED_AT);
        harmless(self.annotate(&annotation), "has the operator look again now, and try once more")
    }

    fn edit(&self) -> Command {
        harmless(self.kubectl.about("edit", ""), "opens the spec in an editor, to correct what the message names")
    }

    fn unpause(&self) -> Command {
        harmless(self.annotate(&format!("{}-", annotations::PAUSED)), "has the operator look at the object again")
    }

    fn withdraw(&self) -> Command {
        let annotation = format!("{}-", annotations::DISMISS_REQUESTED_AT);
        harmless(self.annotate(&annotation), "withdraws the request to end the room; nobody is removed")
    }

    fn release(&self) -> Command {
        harmless(
            self.annotate(&format!("{}=true", annotations::RELEASE)),
            "lets the deleted object go and leaves the room as it is; an event names the room that stays",
        )
    }

    fn delete(&self, effect: &str) -> Command {
        destructive(self.kubectl.about("delete", ""), effect)
    }

    fn release_and_delete(&self) -> Command {
        let effect = "deletes this object and leaves the room as it is";
        if self.object.deletion.is_some() {
            return self.release();
        }
        destructive(format!("{} && {}", self.release().command, self.kubectl.about("delete", "")), effect)
    }

    fn drop_finalizer(&self) -> Command {
        destructive(
            self.kubectl.patch(&json!({ "metadata": { "finalizers": null } })),
            "lets the object go although no operator runs; the room stays, and nobody is told which",
        )
    }

    fn end_now(&self) -> Command {
        destructive(
            self.kubectl.patch(&json!({ "spec": { "dismissal": { "whenOccupied": "Dismiss" } } })),
            "ends the room now, for everybody who is in it",
        )
    }

    fn correct(&self) -> Command {
        let always = |field: &str| (field.to_owned(), json!("Always"));
        let fields: serde_json::Map<String, Value> =
            self.object.status.drift.iter().map(|drift| always(&drift.field)).collect();
        harmless(
            self.kubectl.patch(&json!({ "spec": { "driftCorrection": { "fields": fields } } })),
            "has the difference corrected now, also while people are in the room",
        )
    }

    /// Adds verbs to what the operator may do; a meeting room lists no `Create` and no `Dismiss`.
    fn allow(&self, more: &[ManagementPolicy], effect: &str) -> Command {
        let patch = json!({ "spec": { "managementPolicies": self.policies_with(more) } });
        if more.contains(&ManagementPolicy::Dismiss) {
            destructive(self.kubectl.patch(&patch), effect)
        } else {
            harmless(self.kubectl.patch(&patch), effect)
        }
    }

    fn policies(&self) -> Vec<ManagementPolicy> {
        let all = self.object.spec.policy().map(|policy| policy.policies).unwrap_or_default();
        let listed = |verb: &ManagementPolicy| match &self.object.spec {
            Spec::Room(_) => true,
            Spec::MeetingRoom(_) => *verb != ManagementPolicy::Dismiss,
        };
        all.into_iter().filter(listed).collect()
    }

    fn policies_with(&self, more: &[ManagementPolicy]) -> Vec<ManagementPolicy> {
        let has = self.policies();
        ManagementPolicy::ALL.into_iter().filter(|verb| has.contains(verb) || more.contains(verb)).collect()
    }

    fn is_observe_only(&self) -> bool {
        self.message.contains("--observe-only")
    }

    fn allow_what_differs(&self) -> Vec<Command> {
        if self.is_observe_only() {
            return vec![how_started(self.context)];
        }
        let has = self.policies();
        let is_missing = |verb: &ManagementPolicy| !has.contains(verb);
        if self.object.dismiss_request().is_some() && is_missing(&ManagementPolicy::Dismiss) {
            let allow = self.allow(&[ManagementPolicy::Dismiss], "has the room ended, for everybody who is in it");
            return vec![self.withdraw(), allow];
        }
        let verb =
            |field: &str| if field == "owner" { ManagementPolicy::ChangeOwner } else { ManagementPolicy::Update };
        let mut missing: Vec<ManagementPolicy> =
            self.object.status.drift.iter().map(|drift| verb(&drift.field)).filter(is_missing).collect();
        missing.dedup();
        if missing.is_empty() {
            return vec![self.edit()];
        }
        let fields: Vec<&str> = self.object.status.drift.iter().map(|drift| drift.field.as_str()).collect();
        let effect = format!("has the operator set {} at the vendor as the spec says", fields.join(", "));
        vec![self.allow(&missing, &effect), self.edit()]
    }

    fn keep_the_owner(&self) -> Vec<Command> {
        let seen = self.object.status.observed.as_ref().and_then(|observed| observed.owner.as_deref());
        let engine = engine(self.object);
        let keep = |owner: &str| {
            harmless(
                self.kubectl.patch(&json!({ "spec": { engine: { "owner": owner } } })),
                format!("gives up the change: {owner} stays the owner"),
            )
        };
        seen.map(keep).into_iter().collect()
    }

    fn lose_password(&self) -> Command {
        destructive(
            self.kubectl.patch(&json!({ "spec": { "huaweiMeeting": { "acceptPasswordLoss": true } } })),
            "sends the update, by which the room loses the password that the message names",
        )
    }

    fn find(&self) -> Vec<Command> {
        if self.is_observe_only() {
            return vec![how_started(self.context)];
        }
        match Served::of(self.object) {
            Served::TencentRoom | Served::TencentLive => {
                vec![self.allow(&[ManagementPolicy::Create], "has the operator make the room")]
            }
            Served::HuaweiRtc | Served::HuaweiMeeting => vec![
                self.delete("deletes this object, so that one with the right name can be made; no room is touched"),
                self.look(),
            ],
        }
    }

    fn allocate(&self) -> Vec<Command> {
        let has_owner = match &self.object.spec {
            Spec::MeetingRoom(room) => room.spec.huawei_meeting.owner.is_some(),
            Spec::Room(_) => true,
        };
        if !has_owner {
            vec![self.edit(), self.look()]
        } else if self.policies().contains(&ManagementPolicy::ChangeOwner) {
            vec![self.look(), self.edit()]
        } else {
            vec![self.allow(&[ManagementPolicy::ChangeOwner], "gives the room to the owner that the spec names")]
        }
    }
}

/// Returns the field of the spec with the engine of an object.
pub(super) fn engine(object: &Object) -> &'static str {
    match Served::of(object) {
        Served::TencentRoom => "tencentRoom",
        Served::TencentLive => "tencentLive",
        Served::HuaweiRtc => "huaweiRtc",
        Served::HuaweiMeeting => "huaweiMeeting",
    }
}

/// Shows whether the operator is there.
pub(super) fn pods(context: &Context<'_>) -> Command {
    let start = super::kubectl::started(context.program, Some(context.operator_namespace));
    harmless(format!("{start} get deployments,pods"), "shows whether the operator is installed and runs")
}

/// Shows how the operator was started.
fn how_started(context: &Context<'_>) -> Command {
    let start = super::kubectl::started(context.program, Some(context.operator_namespace));
    harmless(
        format!("{start} get deployments -o yaml"),
        "shows how the operator was started: take --observe-only or ROOMKEEPER_OBSERVE_ONLY away where you installed it",
    )
}
