//! The spec of a room of Huawei Cloud Meeting, which packages make: a cloud meeting room or a personal meeting ID.
//!
//! Field names are ours; each field names Huawei's where it differs. Digits of passwords are not checked here: a Secret
//! is not seen.

use kube::KubeSchema;
use roomkeeper_plan::limits::{HUAWEI_USER_ID_CHARS, MEETING_NUMBER_DIGITS, VMR_ID_DIGITS, VMR_NAME_CHARS};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NotExactlyOne;
use super::rules;
use super::secret_ref::{self, Password, SecretKeyRef};

/// The fields that can be compared and corrected, by the names that `driftCorrection.fields` takes.
pub const CORRECTABLE_FIELDS: [&str; 6] =
    ["owner", "name", "hostPassword", "guestPassword", "allowGuestFirst", "notifyOwner"];

/// The fields of which one names the room.
pub(super) const NAMES: [&str; 3] = ["id", "meetingNumber", "personalMeetingId"];

/// A room of Huawei Cloud Meeting (VMR). Exactly one of `id`, `meetingNumber` and `personalMeetingId` names it.
///
/// A field that is absent is not managed: neither compared nor changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = rules::same_or_absent("id", cannot_change("id")),
    validation = rules::same_or_absent("meetingNumber", cannot_change("meetingNumber")),
    validation = personal_meeting_id_stays(),
    validation = owner_is_one_choice(),
    validation = personal_meeting_id_needs_its_owner(),
    validation = personal_meeting_id_keeps_its_owner(),
    validation = personal_meeting_id_is_not_recycled(),
    validation = secret_ref::one_source("guestPassword"),
    validation = passwords_differ(),
)]
pub struct HuaweiMeeting {
    /// Id of the room (id): 32 hexadecimal digits, such as `ff80808167ef1edf0167f33d650c0662`. It cannot change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = VMR_ID_DIGITS, max = VMR_ID_DIGITS), regex(pattern = rules::HEXADECIMAL))]
    pub id: Option<String>,

    /// Number by which people join the room (vmrId): 1 to 32 digits, in quotes. It cannot change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MEETING_NUMBER_DIGITS), regex(pattern = rules::DIGITS))]
    pub meeting_number: Option<String>,

    /// Written as `personalMeetingId: {}`: the personal meeting ID of `owner`, who must be named then (vmrMode 0).
    /// Its owner cannot change, and it cannot be recycled. It cannot become another room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal_meeting_id: Option<PersonalMeetingId>,

    /// User whom the room belongs to. A new owner is brought about by two calls, recycle-from-member and
    /// assign-to-member, while no conference runs in the room; it must be an active user with fewer than 32 rooms.
    /// Required with `personalMeetingId`, and cannot change then.
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<MeetingOwner>,

    /// Name that people see (vmrName).
    /// 1 to 128 characters. Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = VMR_NAME_CHARS))]
    pub name: Option<String>,

    /// Password of the host (chairPwd): 4 to 16 digits, from a Secret; another one than the guests'.
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_password: Option<HostPassword>,

    /// Password of guests (gustPwd): 4 to 16 digits, from a Secret and another one than the host's, or none.
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest_password: Option<Password>,

    /// Whether guests may join before the host (allowGustFirst).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_guest_first: Option<bool>,

    /// Whether the owner is notified after the room was used (gustFirstNotice).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_owner: Option<bool>,

    /// What becomes of the room when this object is deleted. `Retain`: nothing, it stays with its owner as it is.
    /// `Recycle`: it is taken from its owner and goes back to the enterprise's rooms, not allocated to anybody
    /// (recycle-from-member). Nothing ever deletes the room itself.
    /// `Recycle` counts as a change of the owner: it is done if managementPolicies is absent or lists `ChangeOwner`, and
    /// refused with a list that does not. It is refused for a personal meeting ID. Huawei does not say whether a
    /// recycled room keeps its settings and bookings.
    /// Absent: `Retain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<OnDelete>,

    /// Whether a setting may be changed although a password would be lost with it. Each update sends all settings, and
    /// Huawei shows passwords masked at times: a password that is not managed here and not shown cannot be sent back,
    /// and what Huawei then makes of it is not documented. `true` updates without it; `false` waits, with the reason
    /// PasswordUnknown.
    /// Absent: `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept_password_loss: Option<bool>,
}

/// Nothing: an object without fields, which names the personal meeting ID of the owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonalMeetingId {}

/// A user of Huawei Cloud Meeting. Exactly one of `userId` and `account` names the user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeetingOwner {
    /// Id that your own system gave the user (third-party user id, accountType 1): 1 to 64 characters without slashes,
    /// and without a dot in front. The settings of a room can only be read and changed if its owner has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = HUAWEI_USER_ID_CHARS), regex(pattern = rules::MEETING_USER))]
    pub user_id: Option<String>,

    /// Name of the user's Huawei Cloud Meeting account (accountType 0): 1 to 64 characters without slashes, and without
    /// a dot in front.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = HUAWEI_USER_ID_CHARS), regex(pattern = rules::MEETING_USER))]
    pub account: Option<String>,
}

/// A password that a room must have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostPassword {
    /// The key of a Secret in this namespace that holds the password.
    /// A change of the Secret is applied to the room.
    pub secret_key_ref: SecretKeyRef,
}

/// What becomes of a meeting room when its object is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum OnDelete {
    /// It stays with its owner.
    #[default]
    Retain,
    /// It is taken from its owner.
    Recycle,
}

/// How a spec names its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeetingName<'a> {
    /// By its id, 32 hexadecimal digits.
    Id(&'a str),
    /// By the number that people join with.
    Number(&'a str),
    /// As the personal meeting ID of the owner.
    Personal,
}

/// How a spec names an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerName<'a> {
    /// By a third-party user id.
    UserId(&'a str),
    /// By a Meeting account.
    Account(&'a str),
}

impl<'a> OwnerName<'a> {
    /// Returns the id or the account, whichever it is.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        match self {
            Self::UserId(name) | Self::Account(name) => name,
        }
    }
}

impl MeetingOwner {
    /// Returns how the owner is named.
    ///
    /// # Errors
    /// [`NotExactlyOne`] if both or neither of the fields are set, which the API server refuses.
    pub fn name(&self) -> Result<OwnerName<'_>, NotExactlyOne> {
        match (&self.user_id, &self.account) {
            (Some(user), None) => Ok(OwnerName::UserId(user)),
            (None, Some(account)) => Ok(OwnerName::Account(account)),
            (None, None) | (Some(_), Some(_)) => {
                Err(NotExactlyOne { choices: &["spec.huaweiMeeting.owner.userId", "spec.huaweiMeeting.owner.account"] })
            }
        }
    }
}

impl HuaweiMeeting {
    /// Returns how the room is named.
    ///
    /// # Errors
    /// [`NotExactlyOne`] if none or several of the names are set, which the API server refuses.
    pub fn named(&self) -> Result<MeetingName<'_>, NotExactlyOne> {
        match (&self.id, &self.meeting_number, self.personal_meeting_id) {
            (Some(id), None, None) => Ok(MeetingName::Id(id)),
            (None, Some(number), None) => Ok(MeetingName::Number(number)),
            (None, None, Some(PersonalMeetingId {})) => Ok(MeetingName::Personal),
            (None, None, None) | (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
                Err(NotExactlyOne {
                    choices: &[
                        "spec.huaweiMeeting.id",
                        "spec.huaweiMeeting.meetingNumber",
                        "spec.huaweiMeeting.personalMeetingId",
                    ],
                })
            }
        }
    }

    /// Returns what becomes of the room when the object is deleted: what the spec says, or `Retain`.
    #[must_use]
    pub fn on_delete(&self) -> OnDelete {
        self.on_delete.unwrap_or_default()
    }

    /// Tells whether an update may lose a password that nobody knows: what the spec says, or not.
    #[must_use]
    pub fn accepts_password_loss(&self) -> bool {
        self.accept_password_loss.unwrap_or(false)
    }
}

fn cannot_change(field: &str) -> String {
    format!("{field} says which room this is and cannot change: create another MeetingRoom")
}

fn personal_meeting_id_stays() -> rules::Rule {
    rules::forbidden(
        "has(self.personalMeetingId) == has(oldSelf.personalMeetingId)",
        cannot_change("personalMeetingId"),
        ".personalMeetingId",
    )
}

fn owner_is_one_choice() -> rules::Rule {
    rules::invalid(
        "!has(self.owner) || has(self.owner.userId) != has(self.owner.account)",
        "owner: set exactly one of userId and account; leave owner out if it is not yours to manage",
        ".owner",
    )
}

fn personal_meeting_id_needs_its_owner() -> rules::Rule {
    rules::required(
        "!has(self.personalMeetingId) || has(self.owner)",
        "owner is required with personalMeetingId: it says whose meeting ID this is",
        ".owner",
    )
}

fn personal_meeting_id_keeps_its_owner() -> rules::Rule {
    rules::forbidden(
        "!has(self.personalMeetingId) || !has(self.owner) || !has(oldSelf.owner) || self.owner == oldSelf.owner",
        "owner says whose personal meeting ID this is and cannot change: create another MeetingRoom",
        ".owner",
    )
}

fn personal_meeting_id_is_not_recycled() -> rules::Rule {
    rules::forbidden(
        "!has(self.personalMeetingId) || !has(self.onDelete) || self.onDelete != 'Recycle'",
        "onDelete: a personal meeting ID cannot be taken from its owner: leave onDelete out",
        ".onDelete",
    )
}

/// Two keys can still hold one password, which is found out when they are read.
fn passwords_differ() -> rules::Rule {
    rules::invalid(
        "!has(self.hostPassword) || !has(self.guestPassword) || !has(self.guestPassword.secretKeyRef) \
         || self.hostPassword.secretKeyRef.name != self.guestPassword.secretKeyRef.name \
         || self.hostPassword.secretKeyRef.key != self.guestPassword.secretKeyRef.key",
        "guestPassword: Huawei refuses a guest password that is the host password: name another key",
        ".guestPassword",
    )
}
