//! Tencent's error table: what a code means for a call, and whether the call may have been applied.
//! The only place that knows codes. It must not decide what to do, and an unlisted code is never guessed.
//!
//! Sources: the vendor's page of each call, its general list for 60000 to 79999 (the same for every service), and
//! the list of room codes in its open TUILiveKit manager, which both engines share. The private tables of the Room
//! Engine's `create_room` and of the Live Engine's update and destroy are not published; the room codes are taken.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Call;
use super::live_engine::Operation as Live;
use super::room_engine::Operation as Room;
use crate::error::{Class, Outcome, What};

/// The room id is in use by somebody else's room.
pub const ROOM_EXISTS: i64 = 100_003;
/// The room id is in use and the room's owner is the one that was asked for, or the caller.
///
/// It proves nothing where every room belongs to the shared administrator.
pub const ROOM_EXISTS_WITH_SAME_OWNER: i64 = 100_010;
/// The room id is in use by a chat group.
pub const ID_USED_BY_GROUP: i64 = 100_011;
/// A live room's metadata has none of the keys that were to be deleted.
pub const NO_SUCH_METADATA: i64 = 100_503;
/// The room is of the other engine.
pub const WRONG_ROOM_TYPE: i64 = 100_015;

/// Codes of the gateway and the account system, which mean the same for every service.
const COMMON: RangeInclusive<i64> = 60_000..=79_999;

/// What a code says about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What the failure means.
    pub class: Class,
    /// Whether a write may have been applied.
    pub outcome: Outcome,
}

/// Returns what a code other than 0 means as the answer to a call.
pub fn meaning(call: Call, code: i64) -> Meaning {
    let class = if COMMON.contains(&code) { common(call, code) } else { private(call, code) };
    Meaning { class, outcome: outcome(code) }
}

/// Tells whether the code says that the UserSig is too old, which a new one cures.
pub(super) fn is_expired_signature(code: i64) -> bool {
    matches!(code, 70_001 | 70_052)
}

/// Tells whether the vendor may have applied a write that it answered with this code.
fn outcome(code: i64) -> Outcome {
    match code {
        broken if is_broken(broken) => Outcome::Uncertain,
        listed if is_listed(listed) => Outcome::Refused,
        _ => Outcome::Uncertain,
    }
}

/// Tells whether a source names the code at all.
pub(crate) fn is_documented(code: i64) -> bool {
    is_broken(code) || is_listed(code)
}

/// Tells whether the service gave up or broke while it worked on the call: 60008 timed out, 60013 could not write its
/// answer, 60014, 70169 and 70202 waited too long for another part, 70500 and 100001 broke inside.
fn is_broken(code: i64) -> bool {
    matches!(code, 60_008 | 60_013 | 60_014 | 70_169 | 70_202 | 70_500 | 100_001)
}

/// Tells whether a source names the code as a refusal; what nobody names promises nothing.
fn is_listed(code: i64) -> bool {
    matches!(code,
        60_002..=60_021
        | 70_001..=70_003 | 70_005 | 70_009 | 70_013 | 70_014 | 70_016 | 70_020 | 70_050..=70_052
        | 70_107 | 70_114 | 70_398 | 70_402 | 70_403
        | 100_002..=100_020 | 100_026 | 100_102 | 100_200..=100_299 | 100_400..=100_599
    )
}

fn common(call: Call, code: i64) -> Class {
    match code {
        // The account or its signature.
        60_004 | 60_005 | 70_001..=70_003 | 70_005 | 70_009 | 70_013 | 70_014 | 70_016 | 70_051 | 70_052 | 70_114 => {
            Class::Credentials
        }
        // Verification failed too often; the vendor asks to wait a minute.
        70_050 => Class::Throttled { after: Some(Duration::from_secs(60)) },
        // No such application: a wrong number, or the host of another region.
        60_006 | 70_020 => Class::NotFound { what: What::App },
        // Not an administrator, the application or the request is switched off, the address is not allowed.
        60_010 | 60_016 | 60_017 | 60_021 | 70_403 => Class::Denied,
        60_007 | 60_011 | 60_018 | 60_019 => Class::Throttled { after: None },
        60_008 | 60_013 | 60_014 | 70_169 | 70_202 | 70_500 => Class::Unavailable,
        // The package expired; too many accounts for the trial.
        60_020 | 70_398 => Class::Quota,
        70_107 => not_imported(call),
        70_402 => Class::Invalid,
        // 60002, 60003, 60009, 60012, 60015: the URL or the body was not understood. No spec causes that, but a
        // wrong endpoint does, or a mistake of ours; the vendor's text has to be shown.
        _ => Class::Unknown,
    }
}

/// What a call does to a room, as far as the meaning of a code depends on it.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Create,
    ChangeOwner,
    SetMetadata,
    GetMetadata,
    DelMetadata,
    /// Looks, updates, destroys and lists: they name a room that is there, and nobody.
    Other,
}

/// Returns what a call does to a room; the account system knows no rooms.
fn deed(call: Call) -> Option<Deed> {
    match call {
        Call::RoomEngine(Room::CreateRoom) | Call::LiveEngine(Live::CreateRoom) => Some(Deed::Create),
        Call::RoomEngine(Room::ChangeRoomOwner) | Call::LiveEngine(Live::ChangeRoomOwner) => Some(Deed::ChangeOwner),
        Call::LiveEngine(Live::SetRoomMetadata) => Some(Deed::SetMetadata),
        Call::LiveEngine(Live::GetRoomMetadata) => Some(Deed::GetMetadata),
        Call::LiveEngine(Live::DelRoomMetadata) => Some(Deed::DelMetadata),
        Call::RoomEngine(Room::GetRoomInfo | Room::UpdateRoomInfo | Room::DestroyRoom | Room::GetRoomMemberList)
        | Call::LiveEngine(Live::GetRoomInfo | Live::UpdateRoomInfo | Live::DestroyRoom) => Some(Deed::Other),
        Call::Accounts(_) => None,
    }
}

/// Returns what "the account was never imported" means: whom the call names, or else the caller.
fn not_imported(call: Call) -> Class {
    match deed(call) {
        Some(Deed::Create | Deed::ChangeOwner) | None => Class::NotFound { what: What::Account },
        Some(Deed::SetMetadata | Deed::GetMetadata | Deed::DelMetadata | Deed::Other) => Class::Credentials,
    }
}

/// Returns the class of a code of the room services, of which the account system knows none.
fn private(call: Call, code: i64) -> Class {
    deed(call).map_or(Class::Unknown, |deed| room(deed, code))
}

fn room(deed: Deed, code: i64) -> Class {
    match code {
        // Internal error; a signal that crossed another one.
        100_001 | 100_102 => Class::Unavailable,
        // Bad values, too many tags, the type of another engine, too many administrators, sensitive words.
        100_002 | 100_009 | WRONG_ROOM_TYPE | 100_020 | 100_026 => Class::Invalid,
        ROOM_EXISTS | ROOM_EXISTS_WITH_SAME_OWNER | ID_USED_BY_GROUP => exists(deed),
        100_004 => no_room(deed),
        100_005 => not_a_member(deed),
        // No permission; banned, muted, a password asked for or wrong, none of which an administrator should meet.
        100_006 | 100_016..=100_019 => Class::Denied,
        // No payment, room full, over the package's limit.
        100_007 | 100_008 | 100_013 => Class::Quota,
        100_012 => Class::Throttled { after: Some(Duration::from_secs(1)) },
        100_500..=100_504 => metadata(deed, code),
        // Seats (1002xx) and battles (1004xx) answer calls that are not made here.
        _ => Class::Unknown,
    }
}

fn exists(deed: Deed) -> Class {
    match deed {
        Deed::Create => Class::Exists,
        Deed::ChangeOwner | Deed::SetMetadata | Deed::GetMetadata | Deed::DelMetadata | Deed::Other => Class::Unknown,
    }
}

fn no_room(deed: Deed) -> Class {
    match deed {
        Deed::Create => Class::Unknown,
        Deed::ChangeOwner | Deed::SetMetadata | Deed::GetMetadata | Deed::DelMetadata | Deed::Other => {
            Class::NotFound { what: What::Room }
        }
    }
}

/// Returns what "not a member" means: the new owner of a change of owner, and in other calls the caller.
///
/// The Live Engine's page of the change does not list the code; if it comes, it can mean nobody else.
fn not_a_member(deed: Deed) -> Class {
    match deed {
        Deed::ChangeOwner => Class::NotMember,
        Deed::SetMetadata | Deed::GetMetadata | Deed::DelMetadata | Deed::Other => Class::Denied,
        Deed::Create => Class::Unknown,
    }
}

/// Returns what a limit of the metadata means; 100503 is the wish come true, which the client tells as such.
fn metadata(deed: Deed, code: i64) -> Class {
    match (deed, code) {
        (Deed::SetMetadata, 100_500 | 100_501 | 100_502 | 100_504)
        | (Deed::GetMetadata, 100_504)
        | (Deed::DelMetadata, NO_SUCH_METADATA | 100_504) => Class::Invalid,
        (
            Deed::SetMetadata | Deed::GetMetadata | Deed::DelMetadata | Deed::Create | Deed::ChangeOwner | Deed::Other,
            _,
        ) => Class::Unknown,
    }
}

#[cfg(test)]
mod tests;
