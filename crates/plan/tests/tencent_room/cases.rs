//! Building blocks: a room in sync, and the words to change one thing about it.

use std::collections::BTreeMap;

use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::decision::{Brake, Instruction, Rivalry};
use roomkeeper_plan::ids::{RoomId, SecretVersion, Text, Timestamp, UserId};
use roomkeeper_plan::policy::{DriftCorrection, Policies, Terms, WhenEnded, WhenOccupied};
use roomkeeper_plan::secret::SecretValue;
use roomkeeper_plan::tencent_room::{
    Desired, Goal, Identity, Members, Memory, Observed, SeenPassword, Sight, Switch, Switches, Wanted,
};

pub const NOW: Timestamp = Timestamp(1_800_000_000);
pub const CALLER: &str = "administrator";

/// One question to the planner.
pub struct Case {
    pub wanted: Wanted,
    pub sight: Sight,
    pub memory: Memory,
}

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

pub fn terms() -> Terms {
    Terms {
        policies: Policies::by_default(),
        correction: DriftCorrection::default(),
        when_occupied: WhenOccupied::Wait,
        dismissal_timeout: None,
    }
}

pub fn memory() -> Memory {
    Memory {
        ownership: Ownership::Confirmed,
        rivalry: Rivalry::Alone,
        settled_generation: Some(1),
        applied_secrets: BTreeMap::new(),
        instruction: Instruction::None,
        deletion_requested: None,
        brake: Brake::Free,
        tried: Vec::new(),
        earlier: Vec::new(),
    }
}

/// A room of ours, in sync, at generation 1.
pub fn in_sync() -> Case {
    Case {
        wanted: Wanted { goal: Goal::Present(desired()), terms: terms(), generation: 1 },
        sight: Sight::Present(observed()),
        memory: memory(),
    }
}

/// The same room, whose object was deleted a minute ago.
pub fn deleted() -> Case {
    let mut case = in_sync();
    case.wanted.goal = Goal::Absent(desired().identity);
    case.memory.deletion_requested = Some(Timestamp(NOW.0 - 60));
    case
}

impl Case {
    pub fn wants(mut self, change: impl FnOnce(&mut Desired)) -> Self {
        match &mut self.wanted.goal {
            Goal::Present(desired) => change(desired),
            Goal::Absent(_) => panic!("this case deletes its room"),
        }
        self
    }

    pub fn sees(mut self, change: impl FnOnce(&mut Observed)) -> Self {
        match &mut self.sight {
            Sight::Present(observed) => change(observed),
            Sight::Absent => panic!("this case sees no room"),
        }
        self
    }

    pub fn sees_nothing(mut self) -> Self {
        self.sight = Sight::Absent;
        self
    }

    pub fn under(mut self, change: impl FnOnce(&mut Terms)) -> Self {
        change(&mut self.wanted.terms);
        self
    }

    pub fn remembers(mut self, change: impl FnOnce(&mut Memory)) -> Self {
        change(&mut self.memory);
        self
    }
}
