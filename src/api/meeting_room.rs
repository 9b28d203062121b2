//! The kind `MeetingRoom`: one room that its vendor's package made and that an object names.
//!
//! It holds the spec and its rules; the parts of the engine and of the policies have their own files.

use std::collections::BTreeSet;

use kube::{CustomResource, KubeSchema};
use roomkeeper_plan::limits::OBJECT_NAME_BYTES;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::config_ref::ProviderConfigRef;
use super::huawei_meeting::{self, HuaweiMeeting, MeetingName, OnDelete, OwnerName};
use super::interval::Interval;
use super::policy::{self, Dismissal, DriftCorrection, ManagementPolicy, PolicyFields};
use super::rules;
use super::secret_ref::SecretKeyRef;
use super::status::RoomStatus;

/// The verbs that may be listed.
pub const VERBS: [ManagementPolicy; 3] =
    [ManagementPolicy::Adopt, ManagementPolicy::Update, ManagementPolicy::ChangeOwner];

/// The key of the join-info Secret that holds the number by which people join.
pub const MEETING_NUMBER_KEY: &str = "meetingNumber";
/// The key of the join-info Secret that holds the link for guests.
pub const GUEST_LINK_KEY: &str = "guestLink";
/// The key of the join-info Secret that holds the link for the host.
pub const HOST_LINK_KEY: &str = "hostLink";

/// What is wanted of a meeting room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, CustomResource, KubeSchema)]
#[kube(
    group = "roomkeeper.dev",
    version = "v1alpha1",
    kind = "MeetingRoom",
    namespaced,
    status = "RoomStatus",
    derive = "PartialEq",
    derive = "Default",
    shortname = "rkm",
    category = "roomkeeper",
    selectable = ".spec.providerConfigRef.name",
    selectable = ".spec.huaweiMeeting.id",
    selectable = ".spec.huaweiMeeting.meetingNumber",
    doc = "A meeting room that a vendor's package made, kept as its spec says. The operator compares it with the vendor, \
           corrects what differs, and writes what it saw and did to the status. It makes no rooms and deletes none.",
    validation = rules::exactly_one("self.spec.huaweiMeeting", &huawei_meeting::NAMES, ".spec.huaweiMeeting"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status",
        description = "Whether the room is as wanted"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason",
        description = "Why it is ready or not"),
    printcolumn(name = "Drifted", type_ = "string", json_path = ".status.conditions[?(@.type==\"Drifted\")].status",
        description = "Whether the vendor shows something else than the spec"),
    printcolumn(name = "External-ID", type_ = "string", json_path = ".status.externalId",
        description = "Account and id of the room at the vendor"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp",
        description = "Time since this object was created"),
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.providerConfigRef.name", priority = 1,
        description = "ProviderConfig that opens the account"),
    printcolumn(name = "Owner", type_ = "string", json_path = ".status.observed.owner", priority = 1,
        description = "Owner that the vendor shows"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message",
        priority = 1, description = "What is going on, and what to do"),
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = verbs_are_those_of_a_meeting_room(),
    validation = recycling_is_allowed(),
    validation = policy::only_fields("huaweiMeeting", &huawei_meeting::CORRECTABLE_FIELDS),
    validation = policy::drift_check_interval_is_long_enough(),
    validation = join_info_has_a_secret_of_its_own(),
)]
pub struct MeetingRoomSpec {
    /// Which account the room lives in.
    /// It may be pointed to another object of the same account; another account is refused with the reason
    /// AccountChanged, and nothing is called.
    pub provider_config_ref: ProviderConfigRef,

    /// A room of Huawei Cloud Meeting. A field in it that is absent is not managed: neither compared nor changed.
    pub huawei_meeting: HuaweiMeeting,

    /// What the operator may do: any of `Adopt`, `Update` and `ChangeOwner`. It always observes.
    /// To name a room is to adopt it, so `Adopt` may be left out. Packages make rooms, so there is no `Create`; and
    /// `huaweiMeeting.onDelete` says what a deletion does, so there is no `Dismiss`.
    /// Absent: `Update` and `ChangeOwner`. An empty list: observe only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 5))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub management_policies: Option<Vec<ManagementPolicy>>,

    /// When differences between this spec and the vendor are corrected.
    /// Absent: always, at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_correction: Option<DriftCorrection>,

    /// What a deletion waits for that recycles the room (`huaweiMeeting.onDelete: Recycle`): a conference that runs in
    /// it counts as people who are in. With `whenOccupied: Dismiss` the room is recycled at once; what becomes of the
    /// conference then is not documented.
    /// Absent: it waits until no conference runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dismissal: Option<Dismissal>,

    /// How often to look at the room again, as a duration such as `10m`; at least `30s`.
    /// The looks are spread a little, so that many rooms are not looked at together.
    /// Absent: as the controller is set, `10m` if nobody set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_check_interval: Option<Interval>,

    /// Secret in this namespace that the operator fills with what people need to join: `meetingNumber` (vmrId) and
    /// `guestLink` (gustJoinUrl), and `hostLink` (chairJoinUrl) if it is asked for.
    /// Absent: no such Secret is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_join_info_to_secret_ref: Option<JoinInfoSecret>,
}

/// The Secret that gets what people need to join.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinInfoSecret {
    /// Name of the Secret; not one that a password of this object comes from.
    #[schemars(length(min = 1, max = OBJECT_NAME_BYTES), regex(pattern = rules::OBJECT_NAME))]
    pub name: String,

    /// Whether the link for the host is written too. Whoever has it runs the conference, without the host password.
    /// Absent: `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_host_link: Option<bool>,
}

impl JoinInfoSecret {
    /// Tells whether the host's link is written: what the spec says, or not.
    #[must_use]
    pub fn includes_host_link(&self) -> bool {
        self.include_host_link.unwrap_or(false)
    }
}

impl MeetingRoom {
    /// Returns the texts under which the object names its room within the account: two objects with one of them in
    /// common name the same room. Empty for a spec that the API server refuses.
    ///
    /// An object that names its room by its number, or as its owner's, has another text than one that names the same
    /// room by its id: only a look tells that they are one.
    #[must_use]
    pub fn room_names(&self) -> Vec<String> {
        let spec = &self.spec.huawei_meeting;
        let owner = || spec.owner.as_ref().and_then(|owner| owner.name().ok());
        let name = match spec.named() {
            // Hexadecimal digits are the same number in both cases.
            Ok(MeetingName::Id(id)) => Some(id.to_ascii_lowercase()),
            Ok(MeetingName::Number(number)) => Some(format!("number:{number}")),
            Ok(MeetingName::Personal) => owner().map(|owner| match owner {
                OwnerName::UserId(user) => format!("owner:user:{user}"),
                OwnerName::Account(account) => format!("owner:account:{account}"),
            }),
            Err(_) => None,
        };
        name.into_iter().collect()
    }
}

impl MeetingRoomSpec {
    /// Returns what the operator may do: what the spec lists, or all that can be listed but `Adopt`; and `Dismiss`, which
    /// stands for the recycling on deletion, if `onDelete` asks for it and `ChangeOwner` is allowed.
    #[must_use]
    pub fn policies(&self) -> BTreeSet<ManagementPolicy> {
        let mut policies: BTreeSet<ManagementPolicy> = match &self.management_policies {
            Some(listed) => VERBS.into_iter().filter(|verb| listed.contains(verb)).collect(),
            None => VERBS.into_iter().filter(|verb| *verb != ManagementPolicy::Adopt).collect(),
        };
        match self.huawei_meeting.on_delete() {
            OnDelete::Recycle if policies.contains(&ManagementPolicy::ChangeOwner) => {
                policies.insert(ManagementPolicy::Dismiss);
            }
            OnDelete::Recycle | OnDelete::Retain => {}
        }
        policies
    }

    /// Returns the policy fields as they are in effect.
    #[must_use]
    pub fn policy(&self) -> PolicyFields<'_> {
        PolicyFields {
            policies: self.policies(),
            drift_correction: self.drift_correction.as_ref(),
            dismissal: self.dismissal.as_ref(),
            drift_check_interval: self.drift_check_interval,
        }
    }

    /// Returns the keys of Secrets that the spec reads.
    #[must_use]
    pub fn secret_refs(&self) -> Vec<&SecretKeyRef> {
        let room = &self.huawei_meeting;
        let host = room.host_password.iter().map(|password| &password.secret_key_ref);
        let guest = room.guest_password.iter().filter_map(|password| password.secret_key_ref.as_ref());
        host.chain(guest).collect()
    }

    /// Tells whether the room could ever be this object's: one that only watches is nobody's rival.
    #[must_use]
    pub fn may_claim(&self) -> bool {
        !self.policies().is_empty()
    }
}

fn verbs_are_those_of_a_meeting_room() -> rules::Rule {
    let names = VERBS.map(|verb| format!("'{verb:?}'")).join(", ");
    rules::invalid(
        format!("!has(self.managementPolicies) || self.managementPolicies.all(p, p in [{names}])"),
        "managementPolicies: a meeting room has Adopt, Update and ChangeOwner; packages make rooms, and \
         huaweiMeeting.onDelete says what a deletion does: remove Create and Dismiss",
        ".managementPolicies",
    )
}

fn recycling_is_allowed() -> rules::Rule {
    rules::forbidden(
        "!has(self.huaweiMeeting.onDelete) || self.huaweiMeeting.onDelete != 'Recycle' \
         || !has(self.managementPolicies) || 'ChangeOwner' in self.managementPolicies",
        "onDelete: Recycle takes the room from its owner, which managementPolicies does not allow: list ChangeOwner \
         there, or leave onDelete out",
        ".huaweiMeeting.onDelete",
    )
}

/// What is written there would count as a change of the password, and be applied again and again.
fn join_info_has_a_secret_of_its_own() -> rules::Rule {
    rules::invalid(
        "!has(self.writeJoinInfoToSecretRef) || ((!has(self.huaweiMeeting.hostPassword) \
         || self.huaweiMeeting.hostPassword.secretKeyRef.name != self.writeJoinInfoToSecretRef.name) \
         && (!has(self.huaweiMeeting.guestPassword) || !has(self.huaweiMeeting.guestPassword.secretKeyRef) \
         || self.huaweiMeeting.guestPassword.secretKeyRef.name != self.writeJoinInfoToSecretRef.name))",
        "writeJoinInfoToSecretRef names a Secret that a password comes from: name another one",
        ".writeJoinInfoToSecretRef.name",
    )
}
