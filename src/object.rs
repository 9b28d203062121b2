//! One object as the controller sees it, whatever its kind: identity, annotations, spec and last status.
//!
//! It is a snapshot; nothing here reads or writes the cluster.

use std::sync::Arc;
use std::time::Duration;

use kube::core::ObjectMeta;
use roomkeeper_plan::claim::{self, Ownership, Sent};
use roomkeeper_plan::decision::Instruction;
use roomkeeper_plan::ids::{Claim, ExternalId, ObjectName, Timestamp};
use roomkeeper_plan::{Reason, Rivalry};

use serde_json::Value;

use crate::api::condition::{self, Condition, ConditionStatus};
use crate::api::policy::PolicyFields;
use crate::api::{
    Interval, MeetingRoom, NotExactlyOne, ProviderConfigRef, Room, RoomStatus, SecretKeyRef, annotations,
};
use crate::key::{Key, Kind};

/// The spec of an object, by kind.
#[derive(Clone, Debug)]
pub enum Spec {
    /// Of a `Room`.
    Room(Arc<Room>),
    /// Of a `MeetingRoom`.
    MeetingRoom(Arc<MeetingRoom>),
}

impl Spec {
    /// Returns the policy fields, which every kind has.
    ///
    /// # Errors
    /// A `Room` has not exactly one engine.
    pub fn policy(&self) -> Result<PolicyFields<'_>, NotExactlyOne> {
        match self {
            Spec::Room(room) => room.spec.policy(),
            Spec::MeetingRoom(room) => Ok(room.spec.policy()),
        }
    }

    /// Tells whether two objects ask for the same, metadata aside.
    #[must_use]
    pub fn asks_the_same_as(&self, other: &Spec) -> bool {
        match (self, other) {
            (Spec::Room(this), Spec::Room(other)) => this.spec == other.spec,
            (Spec::MeetingRoom(this), Spec::MeetingRoom(other)) => this.spec == other.spec,
            (Spec::Room(_), Spec::MeetingRoom(_)) | (Spec::MeetingRoom(_), Spec::Room(_)) => false,
        }
    }

    fn meta(&self) -> &ObjectMeta {
        match self {
            Spec::Room(room) => &room.metadata,
            Spec::MeetingRoom(room) => &room.metadata,
        }
    }
}

/// A snapshot of one object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Kind, namespace and name.
    pub key: Key,
    /// `metadata.uid`; empty for an object that was read from a file.
    pub uid: String,
    /// `metadata.generation`
    pub generation: i64,
    /// `metadata.resourceVersion`, which grows with each write; 0 for an object that was read from a file.
    pub resource_version: u64,
    /// `metadata.creationTimestamp`
    pub created: Timestamp,
    /// `metadata.deletionTimestamp`; absent: the object is not being deleted.
    pub deletion: Option<Timestamp>,
    /// Whether our finalizer holds it.
    pub held: bool,
    /// The account it names.
    pub config: ProviderConfigRef,
    /// The spec.
    pub spec: Spec,
    /// The last status.
    pub status: RoomStatus,
    /// Whether its room is taken for its own although nothing is written down: a plan over files may say so. Never of an
    /// object in a cluster.
    pub presumed: bool,
}

impl From<Room> for Object {
    fn from(mut room: Room) -> Self {
        let status = room.status.take().unwrap_or_default();
        let config = room.spec.provider_config_ref.clone();
        room.metadata.managed_fields = None;
        Object::new(Kind::Room, config, status, Spec::Room(room.into()))
    }
}

impl From<MeetingRoom> for Object {
    fn from(mut room: MeetingRoom) -> Self {
        let status = room.status.take().unwrap_or_default();
        let config = room.spec.provider_config_ref.clone();
        room.metadata.managed_fields = None;
        Object::new(Kind::MeetingRoom, config, status, Spec::MeetingRoom(room.into()))
    }
}

impl Object {
    /// Makes a snapshot. Status and managed fields are not in `spec` any more: there may be ten thousand of these.
    fn new(kind: Kind, config: ProviderConfigRef, status: RoomStatus, spec: Spec) -> Self {
        let seconds = |time: &k8s_openapi::apimachinery::pkg::apis::meta::v1::Time| Timestamp(time.0.as_second());
        let meta = spec.meta();
        let finalizers = meta.finalizers.iter().flatten();
        Object {
            key: Key {
                kind,
                name: ObjectName {
                    namespace: meta.namespace.clone().unwrap_or_default(),
                    name: meta.name.clone().unwrap_or_default(),
                },
            },
            uid: meta.uid.clone().unwrap_or_default(),
            generation: meta.generation.unwrap_or_default(),
            resource_version: meta.resource_version.as_deref().and_then(|text| text.parse().ok()).unwrap_or_default(),
            created: meta.creation_timestamp.as_ref().map_or(Timestamp(0), seconds),
            deletion: meta.deletion_timestamp.as_ref().map(seconds),
            held: finalizers.into_iter().any(|finalizer| finalizer == annotations::FINALIZER),
            config,
            status,
            spec,
            presumed: false,
        }
    }

    /// Returns the names under which the object knows its room, within its account: what its spec says, and the id that
    /// it has claimed. Objects that share a name are rivals.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = match &self.spec {
            Spec::Room(room) => room.room_names(),
            Spec::MeetingRoom(room) => room.room_names(),
        };
        let claimed = self.claimed_room().map(|room| room.room().to_owned());
        names.extend(claimed.filter(|claimed| !names.contains(claimed)).into_iter().collect::<Vec<_>>());
        names
    }

    /// Returns the value of an annotation.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.spec.meta().annotations.as_ref()?.get(name).map(String::as_str)
    }

    /// Tells whether the object has any annotation.
    #[must_use]
    pub fn has_annotations(&self) -> bool {
        self.spec.meta().annotations.is_some()
    }

    /// Returns the finalizers, ours and others'.
    #[must_use]
    pub fn finalizers(&self) -> &[String] {
        self.spec.meta().finalizers.as_deref().unwrap_or_default()
    }

    /// Returns the keys of Secrets of the object's namespace that its spec names.
    #[must_use]
    pub fn secret_refs(&self) -> Vec<&SecretKeyRef> {
        match &self.spec {
            Spec::Room(room) => room.spec.secret_refs(),
            Spec::MeetingRoom(room) => room.spec.secret_refs(),
        }
    }

    /// Returns the Secrets of the object's namespace that its spec names, each with the key.
    #[must_use]
    pub fn secret_keys(&self) -> Vec<(ObjectName, String)> {
        let named = |reference: &SecretKeyRef| {
            let namespace = self.key.name.namespace.clone();
            (ObjectName { namespace, name: reference.name.clone() }, reference.key.clone())
        };
        self.secret_refs().into_iter().map(named).collect()
    }

    /// Returns how often the object wants to be looked at; absent: as the controller sees fit.
    #[must_use]
    pub fn drift_check_interval(&self) -> Option<Duration> {
        let interval = match &self.spec {
            Spec::Room(room) => room.spec.drift_check_interval,
            Spec::MeetingRoom(room) => room.spec.drift_check_interval,
        };
        interval.map(Interval::as_duration)
    }

    /// Tells whether an annotation says `"true"`.
    #[must_use]
    pub fn is_told(&self, name: &str) -> bool {
        self.annotation(name) == Some("true")
    }

    /// Returns what a person asked for by annotation.
    #[must_use]
    pub fn instruction(&self) -> Instruction {
        if self.is_told(annotations::RELEASE) && self.deletion.is_some() {
            Instruction::Release
        } else if self.is_told(annotations::PAUSED) {
            Instruction::Pause
        } else {
            Instruction::None
        }
    }

    /// Returns the token of a dismissal that was asked for and is not answered yet.
    #[must_use]
    pub fn dismiss_request(&self) -> Option<&str> {
        let handled = self.status.last_handled_dismiss_at.as_deref();
        let token = self.annotation(annotations::DISMISS_REQUESTED_AT).filter(|token| Some(*token) != handled);
        token.filter(|_| self.is_known())
    }

    /// Returns the token of a request for a dismissal that came with an object that nobody has looked at. It is as old as
    /// the manifest or the backup that it came from, so nobody asks for anything: who is in the room now stays.
    #[must_use]
    pub fn stale_dismiss_request(&self) -> Option<&str> {
        let can_ask = match &self.spec {
            Spec::Room(room) => room.spec.huawei_rtc.is_some(),
            Spec::MeetingRoom(_) => false,
        };
        self.annotation(annotations::DISMISS_REQUESTED_AT).filter(|_| can_ask && !self.is_known())
    }

    /// Tells whether a look at the object was written down: its schema's default says that none was.
    fn is_known(&self) -> bool {
        self.status.observed_generation >= 0
    }

    /// Returns what the last create sent; absent: no create is recorded.
    #[must_use]
    pub fn sent(&self) -> Option<Sent> {
        let recorded: Value = serde_json::from_str(self.annotation(annotations::SENT)?).ok()?;
        let text = |field: &str| recorded.get(field).and_then(Value::as_str).map(str::to_owned);
        Some(Sent { owner: text("owner")?, name: text("name")? })
    }

    /// Returns whose room it is, by what was written down.
    #[must_use]
    pub fn ownership(&self, room: &ExternalId) -> Ownership {
        let recorded = self.status.external_id.as_deref();
        match claim::ownership(self.annotation(annotations::CLAIM), recorded, &self.key.name, room) {
            Ownership::Unclaimed => self.ownership_of(None),
            written @ (Ownership::Confirmed | Ownership::Intended | Ownership::OtherAccount(_)) => written,
        }
    }

    /// Returns whose room it is; absent: nobody can tell yet which room that is.
    #[must_use]
    pub fn ownership_of(&self, room: Option<&ExternalId>) -> Ownership {
        match room {
            Some(room) => self.ownership(room),
            None if self.presumed => Ownership::Confirmed,
            None => Ownership::Unclaimed,
        }
    }

    /// Returns the room that the object claims, by annotation or status.
    #[must_use]
    pub fn claimed_room(&self) -> Option<ExternalId> {
        let annotation = self.annotation(annotations::CLAIM).and_then(Claim::parse);
        let own = annotation.filter(|claim| claim.by == self.key.name).map(|claim| claim.room);
        own.or_else(|| self.status.external_id.as_deref().and_then(ExternalId::parse))
    }

    /// Tells whether the object could ever claim its room: one that only watches is nobody's rival.
    #[must_use]
    pub fn may_claim(&self) -> bool {
        let claimed = self.annotation(annotations::CLAIM).is_some() || self.status.external_id.is_some();
        claimed
            || match &self.spec {
                Spec::Room(room) => room.spec.may_claim(),
                Spec::MeetingRoom(room) => room.spec.may_claim(),
            }
    }

    /// Returns how strong the object's word on its room is; `proven` says that its credential was accepted.
    #[must_use]
    pub fn standing(&self, ownership: &Ownership, proven: bool) -> claim::Standing {
        match ownership {
            Ownership::Confirmed => claim::Standing::Claims,
            // An annotation can be written by anybody, so it counts only with a credential behind it.
            Ownership::Intended if proven || self.settled_generation().is_some() => claim::Standing::Claims,
            Ownership::Unclaimed | Ownership::OtherAccount(_) if proven || self.settled_generation().is_some() => {
                claim::Standing::Asks
            }
            Ownership::Intended | Ownership::Unclaimed | Ownership::OtherAccount(_) => claim::Standing::Unproven,
        }
    }

    /// Returns the newest generation that was brought to `Ready=True`.
    #[must_use]
    pub fn settled_generation(&self) -> Option<i64> {
        self.status.settled_generation
    }

    /// Tells whether the last status speaks of this generation and says that all is well.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.answer().is_some_and(|ready| ready.status == ConditionStatus::True) && self.dismiss_request().is_none()
    }

    /// Tells whether the last look found that the object's room would be dismissed if the account's brake let it.
    #[must_use]
    pub fn is_held_by_brake(&self) -> bool {
        self.deletion.is_some() && self.answer().is_some_and(|ready| ready.reason == Reason::DismissalHeld.to_string())
    }

    /// Returns what `Ready` says, if it speaks of this generation and of the last look that was asked for.
    fn answer(&self) -> Option<&Condition> {
        let asked = self.annotation(annotations::RECONCILE_REQUESTED_AT);
        let ready = self.status.conditions.iter().find(|condition| condition.type_ == condition::READY);
        ready.filter(|ready| {
            ready.observed_generation == Some(self.generation)
                && asked == self.status.last_handled_reconcile_at.as_deref()
        })
    }

    /// Returns what makes a pass worth while when it changes: everything but what we write ourselves.
    #[must_use]
    pub fn fingerprint(&self) -> impl PartialEq + Send + 'static {
        let told = [
            annotations::PAUSED,
            annotations::RELEASE,
            annotations::RECONCILE_REQUESTED_AT,
            annotations::DISMISS_REQUESTED_AT,
        ];
        let told = told.map(|name| self.annotation(name).map(str::to_owned));
        (self.uid.clone(), self.generation, self.deletion, told)
    }
}

/// Decides how an object stands among those that name the same room.
#[must_use]
pub fn rivalry(this: &claim::Candidate, others: &[claim::Candidate]) -> Rivalry {
    let Some(next) = claim::winner(others) else {
        return Rivalry::Alone;
    };
    match claim::winner(&[this.clone(), next.clone()]) {
        Some(winner) if winner.uid != this.uid => Rivalry::Lost { to: next.object.clone() },
        // An object without a working credential could not keep the room, so it inherits none.
        Some(_) | None if next.standing == claim::Standing::Unproven => Rivalry::Alone,
        Some(_) | None => Rivalry::Won { over: next.object.clone() },
    }
}
