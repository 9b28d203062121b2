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
