//! The choices that the vendor's pages leave open, so that a test can try the operator under each.
//! Only what is undocumented belongs here; what is documented is a rule.

use serde::{Deserialize, Serialize};

/// How the services answer where the vendor's pages are silent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Answers {
    /// What an update without `RoomName` does to the name.
    pub absent_room_name: AbsentRoomName,
    /// What an update does to the other fields that it does not carry.
    pub absent_fields: AbsentFields,
    /// Whether a look at a room shows its password.
    pub passwords: Shown,
    /// Whether a look at a room shows how many people are in it.
    pub member_count: Shown,
    /// Whether an owner who never entered counts as a member.
    pub absent_owner: AbsentOwner,
    /// What one engine says of a room of the other.
    pub other_engine: OtherEngine,
    /// Which edition of its pages the Live Engine follows.
    pub live_pages: LivePages,
    /// Whether a look at a live room shows `MemberCount` and `OnlineCount`, which no page has.
    pub live_counts: Shown,
    /// Whether a look at a live room shows its notice.
    pub notice: Shown,
    /// Whether a look at a live room shows if it is in the list of shows.
    pub public_visible: Shown,
    /// Who can become the owner of a live room.
    pub live_owner: LiveOwner,
}

/// What an update without `RoomName` does to the name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AbsentRoomName {
    /// The name stays.
    #[default]
    Kept,
    /// The name becomes the room id: one page says that it "defaults" to it.
    ResetToId,
}

/// What an update does to fields that it does not carry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AbsentFields {
    /// They stay.
    #[default]
    Kept,
    /// They go back to the defaults of a new room.
    Reset,
}

/// Whether something is part of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Shown {
    /// It is there.
    #[default]
    Shown,
    /// It is left out.
    Hidden,
}

/// Whether an owner who never entered is in the member count and in the member list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AbsentOwner {
    /// Only people who entered count.
    #[default]
    NotCounted,
    /// The owner counts from the creation on.
    Counted,
}

/// What one engine says of a room of the other. Creating under the id of such a room is refused either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OtherEngine {
    /// The type is wrong (100015).
    #[default]
    TypeInvalid,
    /// There is no such room (100004).
    RoomMissing,
}

/// Which edition of its pages the Live Engine follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LivePages {
    /// 2026: a create needs `SeatTemplate`, seats are taken by a word, a destroy tells statistics.
    #[default]
    Newest,
    /// 2024: there is no `SeatTemplate`, seats are taken by a number, a destroy tells nothing.
    Older,
}

/// Who can become the owner of a live room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LiveOwner {
    /// Any imported account: the page states no rule.
    #[default]
    Anybody,
    /// Only who is in the room (100005), as in the other engine.
    OnlyMembers,
}
