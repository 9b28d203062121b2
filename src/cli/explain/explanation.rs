//! What `roomkeeper explain` tells, as a value: the shape of `-o json`.
//!
//! It holds facts and sentences and makes none. No secret has a place in it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::Serialize;

/// What is known of one object, from the cluster alone.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Explanation {
    /// Which object it is.
    pub(crate) object: ObjectName,
    /// Whether `Ready` is True for the object as it is now. The exit code is 0 then, else 2.
    pub(crate) ready: bool,
    /// Whether the operator seems to run.
    pub(crate) operator: Operator,
    /// The object, its account, and how far the operator has come with it.
    pub(crate) about: About,
    /// What `Ready` says, what that means and what to do.
    pub(crate) summary: Summary,
    /// The conditions as they are written.
    pub(crate) conditions: Vec<Condition>,
    /// Differences between the spec and what the vendor shows.
    pub(crate) drift: Vec<Drift>,
    /// Fields that the spec manages and the vendor does not show.
    pub(crate) unverified: Vec<String>,
    /// The last call that changed something. Absent: none is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_operation: Option<Call>,
    /// The last call that failed; the conditions say whether it still matters. Absent: none is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_failure: Option<Failure>,
    /// What opens the account, and whether the vendor accepts it.
    pub(crate) credential: Credential,
    /// How much of the account may be used. Absent: the config is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limits: Option<Limits>,
    /// Who uses a config. Absent: the object is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) users: Option<Users>,
    /// What a person set, or the cluster has, that holds the object up or keeps it.
    pub(crate) holds: Vec<Hold>,
    /// What happens next and when, a sentence each.
    pub(crate) next: Vec<String>,
    /// Commands that bring it on, at most two, the most useful first.
    pub(crate) commands: Vec<Command>,
    /// The newest events about the object, at most ten, the newest last. Absent: they could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) events: Option<Vec<Event>>,
}

/// Which object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectName {
    /// `Room`, `MeetingRoom`, `ProviderConfig` or `ClusterProviderConfig`.
    pub(crate) kind: String,
    /// The namespace. Absent: the kind has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    /// The name.
    pub(crate) name: String,
}

/// Whether the operator seems to run, as its Lease tells.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operator {
    /// What the Lease tells.
    pub(crate) state: OperatorState,
    /// The same in words.
    pub(crate) message: String,
}

/// What the operator's Lease tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum OperatorState {
    /// Somebody holds the Lease and renewed it lately.
    Running,
    /// There is no Lease, nobody holds it, or it was not renewed for long.
    NotRunning,
    /// The Lease could not be read.
    Unknown,
}

/// The object, its account, and how far the operator has come with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// The engine of a room, by its field in the spec. Absent: the object is a config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) engine: Option<String>,
    /// How the spec names the room. Absent: the object is a config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) room: Option<String>,
    /// The room at the vendor, as `status.externalId` has it. Absent: the room is not the object's, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<String>,
    /// The config that the object names. Absent: it is a config itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) config: Option<String>,
    /// The account at the vendor. Absent: the config is not known, or names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    /// `metadata.generation`, which grows with each edit of the spec and with a deletion.
    pub(crate) generation: i64,
    /// The generation that the status speaks of. Absent: nobody has looked yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) observed_generation: Option<i64>,
    /// Whether the operator has not seen the object as it is now.
    pub(crate) stale: bool,
    /// When it was made. Absent: not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created: Option<Time>,
    /// Since when it is being deleted. Absent: it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deleting_since: Option<Time>,
}

/// What `Ready` says, what that means and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// The reason of `Ready`; `Unknown` if there is no such condition.
    pub(crate) reason: String,
    /// What the reason means.
    pub(crate) meaning: String,
    /// What a person should do.
    pub(crate) remedy: String,
    /// The message of `Ready`, which is about this object.
    pub(crate) message: String,
}

/// A condition as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Condition {
    /// `Ready`, `Reconciling`, `Stalled` or `Drifted`.
    #[serde(rename = "type")]
    pub(crate) type_: String,
    /// `True`, `False` or `Unknown`.
    pub(crate) status: String,
    /// Why, in one word.
    pub(crate) reason: String,
    /// Since when the status is so. Absent: it is the schema's own, and nobody has looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Time>,
    /// Why, as a sentence.
    pub(crate) message: String,
}

/// A field in which the vendor shows something else than the spec.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Drift {
    /// Name of the field in the engine's spec.
    pub(crate) field: String,
    /// What the spec wants. Of a password: only whether there shall be one.
    pub(crate) wanted: String,
    /// What the vendor shows. Of a password: only whether there is one.
    pub(crate) seen: String,
    /// When it was first seen.
    pub(crate) since: Time,
}

/// A call that changed something.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Call {
    /// What was done.
    pub(crate) verb: String,
    /// The vendor's code. Absent: it has none for success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    /// The vendor's id of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
    /// When the answer came.
    pub(crate) time: Time,
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    /// What was tried.
    pub(crate) operation: String,
    /// The vendor's code, or `HTTP` and the status. Absent: there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    /// The vendor's text.
    pub(crate) message: String,
    /// The vendor's id of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
    /// When this operation first failed with this code.
    pub(crate) time: Time,
    /// What the code means and what to do.
    pub(crate) hint: String,
}

/// What opens the account, and whether the vendor accepts it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Credential {
    /// The config, with its kind.
    pub(crate) config: String,
    /// How it fares.
    pub(crate) state: CredentialState,
    /// The same in words.
    pub(crate) message: String,
    /// The keys of Secrets that the config and the object name; never a value.
    pub(crate) secrets: Vec<SecretKey>,
}

/// How a credential fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum CredentialState {
    /// The vendor accepts it.
    Accepted,
    /// The vendor rejects it.
    Rejected,
    /// Nobody could tell yet.
    NotTried,
    /// Something that the config names is missing or not acceptable.
    NotReady,
    /// There is no such config.
    NoSuchConfig,
    /// The config does not allow the object's namespace.
    NotAllowed,
    /// The config could not be read.
    Unknown,
}

/// A key of a Secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretKey {
    /// Namespace of the Secret.
    pub(crate) namespace: String,
    /// Name of the Secret.
    pub(crate) name: String,
    /// The key.
    pub(crate) key: String,
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// Whether it is there.
    pub(crate) state: SecretState,
}

/// What a key of a Secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum Purpose {
    /// It opens the account.
    Credential,
    /// It vouches for the vendor's address.
    Authorities,
    /// It is a password of the room.
    Password,
}

/// Whether a key of a Secret is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum SecretState {
    /// It is there, with a text.
    Present,
    /// There is no such Secret.
    NoSecret,
    /// The Secret has no such key.
    NoKey,
    /// The value is empty or no text.
    NoText,
    /// The Secret could not be read.
    Unknown,
}

/// How much of an account may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limits {
    /// Share of each limit of the vendor's, in percent.
    pub(crate) rate_percent: u32,
    /// Most rooms that are dismissed in a minute.
    pub(crate) dismissals_per_minute: u32,
}

/// Who uses a config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Users {
    /// How many objects name it. Absent: they could not be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<usize>,
    /// How many of them are not ready. Absent: they could not be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_ready: Option<usize>,
    /// The first of those that are not ready, at most five.
    pub(crate) examples: Vec<User>,
}

/// An object that uses a config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    /// Kind, namespace and name.
    pub(crate) object: String,
    /// The reason of its `Ready`.
    pub(crate) reason: String,
}

/// Something that holds an object up, or keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hold {
    /// What it is.
    pub(crate) what: HoldKind,
    /// What it does.
    pub(crate) message: String,
}

/// What holds an object up, or keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum HoldKind {
    /// The annotation `roomkeeper.dev/paused`.
    Paused,
    /// The annotation `roomkeeper.dev/protect`.
    Protected,
    /// The annotation `roomkeeper.dev/release`.
    Released,
    /// An admission policy that refuses its deletion while it is in use.
    Guarded,
    /// The most dismissals that an account has in a minute.
    Brake,
    /// An operator that was started with `--observe-only`.
    ObserveOnly,
    /// The finalizer: a deletion waits for the room's end.
    Finalizer,
}

/// A command for a shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Command {
    /// The command, with the names filled in. `YOUR_VALUE` stands for what nobody else knows.
    pub(crate) command: String,
    /// What it causes.
    pub(crate) effect: String,
    /// Whether something is lost by it that cannot be had back.
    pub(crate) destructive: bool,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    /// When it came last. Absent: it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<Time>,
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    pub(crate) type_: String,
    /// What it is about, in one word.
    pub(crate) reason: String,
    /// What happened.
    pub(crate) message: String,
}
