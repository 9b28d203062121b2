//! Building blocks: a room in sync, and the words to change one thing about it.

use roomkeeper_plan::ids::{RoomId, SecretVersion, Text, Timestamp, UserId};
use roomkeeper_plan::policy::WhenEnded;
use roomkeeper_plan::secret::SecretValue;
use roomkeeper_plan::tencent_room::{Desired, Identity, Members, Observed, SeenPassword, Switch, Switches};

use super::model::RoomEngine;
use crate::stage::{self, CALLER};

/// A case of the Room Engine.
pub type Case = stage::Case<RoomEngine>;

pub fn user(id: &str) -> UserId {
    UserId::parse(id).expect("a user id of the test")
}

pub fn name<const BYTES: usize>(text: &str) -> Text<BYTES> {
    Text::parse(text).expect("a text of the test")
}

pub fn secret(value: &str, resource_version: &str) -> SecretValue {
    SecretValue {
        value: value.to_owned().into(),
        version: SecretVersion { uid: "uid-1".into(), resource_version: resource_version.into() },
    }
}

/// A room called "Weekly sync" of alice for at most 300 people, muted.
pub fn desired() -> Desired {
    Desired {
        identity: Identity {
            room: RoomId::parse("weekly-sync").expect("a room id of the test"),
            owner: Some(user("alice")),
            name: Some(name("Weekly sync")),
        },
        max_members: Some(300),
        switches: Switches::default().with(Switch::Audio, Some(true)),
        custom_info: None,
        take_seat_mode: None,
        password: None,
        schedule: None,
        seats: None,
        invitees: Vec::new(),
        when_ended: WhenEnded::Recreate,
    }
}

/// What the vendor shows when all of [`desired`] holds and nobody is in the room.
pub fn observed() -> Observed {
    let switches = Switch::ALL.into_iter().fold(Switches::default(), |all, switch| all.with(switch, Some(false)));
    Observed {
        caller: CALLER.into(),
        room_type: Some("Conference".into()),
        owner: "alice".into(),
        name: "Weekly sync".into(),
        max_members: Some(300),
        switches: switches.with(Switch::Audio, Some(true)),
        custom_info: Some(String::new()),
        take_seat_mode: Some("None".into()),
        password: SeenPassword::Off,
        schedule_start: Some(Timestamp(1_799_990_000)),
        schedule_end: Some(Timestamp(1_799_993_600)),
        seats_enabled: Some(false),
        max_seats: Some(0),
        room_status: Some("None".into()),
        member_count: Some(1),
        members: Members::Listed(Vec::new()),
    }
}

/// A room of ours, in sync, at generation 1.
pub fn in_sync() -> Case {
    Case::present(desired(), observed())
}

/// The same room, whose object was deleted a minute ago.
pub fn deleted() -> Case {
    in_sync().deleted(desired().identity)
}
