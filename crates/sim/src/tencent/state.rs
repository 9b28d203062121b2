//! What Tencent keeps for its customers, as plain data: apps, accounts, rooms, packages, and how they answer.
//! Holds no rule: tests and people may put any state here, also one that no request could bring about.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::answers::{AbsentOwner, Answers};
use super::live::Live;
use crate::clock::Moment;
use crate::secret::SecretText;

/// One application (SDKAppID) and everything in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct App {
    /// The key that UserSigs are verified with; absent: every request is refused with 70016.
    pub secret_key: Option<SecretText>,
    /// Whether requests are taken at all.
    pub state: AppState,
    /// The accounts that may call the server API. They count as imported.
    pub administrators: BTreeSet<String>,
    /// The imported accounts: only they can own or enter rooms.
    pub accounts: BTreeSet<String>,
    /// Callers that are refused with 70051.
    pub blocked_accounts: BTreeSet<String>,
    /// Callers' addresses that are refused with 60021.
    pub blocked_addresses: BTreeSet<IpAddr>,
    /// Operations, by their journal name, that are refused with 100006.
    pub denied_operations: BTreeSet<String>,
    /// Whether rooms can be created at all (100007).
    pub payment: Payment,
    /// What the customer bought.
    pub package: Package,
    /// Texts that contain one of these are refused with 100026.
    pub sensitive_words: BTreeSet<String>,
    /// Room ids that a Chat group holds (100011).
    pub group_ids: BTreeSet<String>,
    /// How often requests may come.
    pub limits: Limits,
    /// How the services answer where the vendor's pages are silent.
    pub answers: Answers,
    /// The rooms, by room id. Both engines share the ids.
    pub rooms: BTreeMap<String, Room>,
    /// When room ids were last created; only the last second is kept.
    pub last_creates: BTreeMap<String, Moment>,
    /// When verifications of callers last failed; only what still counts is kept.
    pub failed_verifications: BTreeMap<String, Vec<Moment>>,
}

impl App {
    /// Returns an app with this key and one administrator, and nothing else.
    pub fn new(secret_key: &str, administrator: &str) -> Self {
        Self {
            secret_key: Some(SecretText::from(secret_key)),
            administrators: BTreeSet::from([administrator.to_owned()]),
            ..Self::default()
        }
    }

    /// Adds imported accounts.
    #[must_use]
    pub fn with_accounts<'a>(mut self, accounts: impl IntoIterator<Item = &'a str>) -> Self {
        self.accounts.extend(accounts.into_iter().map(str::to_owned));
        self
    }

    /// Returns whether an account is imported; administrators are.
    pub fn knows(&self, account: &str) -> bool {
        self.accounts.contains(account) || self.administrators.contains(account)
    }
}

/// Whether an app's requests are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AppState {
    /// Requests are taken.
    #[default]
    Active,
    /// Refused with 60016.
    Disabled,
    /// Refused with 60017.
    RequestsDisabled,
    /// Refused with 60020.
    PackageExpired,
}

/// Whether the vendor has payment information.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Payment {
    /// Rooms can be created.
    #[default]
    Settled,
    /// Creates are refused with 100007.
    Missing,
}

/// The limits of the package that the customer bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Package {
    /// The most members of one room, and the default of a new room (100013).
    pub max_members: u32,
    /// The most seats of one room, and the default of a new room (100013).
    pub max_seats: u32,
    /// The most imported accounts; absent: no limit (70398).
    pub max_accounts: Option<u32>,
}

impl Default for Package {
    /// A paid package; its numbers are made up, the vendor's depend on the contract.
    fn default() -> Self {
        Self { max_members: 1000, max_seats: 20, max_accounts: None }
    }
}

impl Package {
    /// Returns the trial package: 20 members in a room, 100 accounts.
    pub const fn trial() -> Self {
        Self { max_members: 20, max_seats: 20, max_accounts: Some(100) }
    }
}

/// How often requests may come, in requests within any one second.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// Limits of single operations, by their journal name; an operation that is not named has the vendor's limit.
    pub per_operation: BTreeMap<String, u32>,
    /// The limit of all operations together; absent: none.
    pub together: Option<u32>,
}

/// Which engine a room belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoomType {
    /// A room of the Room Engine.
    #[default]
    Conference,
    /// A room of the Live Engine.
    Live,
}

/// How people get on a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TakeSeatMode {
    /// Everybody may take a free seat.
    FreeToTake,
    /// The owner agrees first.
    ApplyToTake,
}

/// One room.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Room {
    /// Which engine it belongs to.
    pub room_type: RoomType,
    /// At most 100 bytes.
    pub name: String,
    /// An imported account.
    pub owner: String,
    /// At most the package's limit.
    pub max_members: u32,
    /// At most the package's limit.
    pub max_seats: u32,
    /// Whether there are seats.
    pub seats_enabled: bool,
    /// How people get on a seat; absent: shown as `None`, or in a live room as `FreeToTake`.
    pub take_seat_mode: Option<TakeSeatMode>,
    /// Members cannot turn their camera on.
    pub video_disabled: bool,
    /// Members cannot turn their microphone on.
    pub audio_disabled: bool,
    /// Members cannot send messages.
    pub message_disabled: bool,
    /// Members cannot share their screen.
    pub screen_sharing_disabled: bool,
    /// The room is not recorded.
    pub cloud_recording_disabled: bool,
    /// At most 500 bytes.
    pub custom_info: String,
    /// Whether entering asks for the password.
    pub password_enabled: bool,
    /// The password in clear.
    pub password: String,
    /// Unix seconds.
    pub schedule_start: u64,
    /// Unix seconds.
    pub schedule_end: u64,
    /// Who is invited to the scheduled room.
    pub invitees: BTreeSet<String>,
    /// When it was created.
    pub created: Moment,
    /// Who is in the room now.
    pub members: BTreeSet<String>,
    /// Since when everybody is gone; absent while somebody is in, or if nobody ever was.
    pub empty_since: Option<Moment>,
    /// What only a room of the Live Engine has.
    pub live: Live,
}

impl Room {
    /// Returns a Room Engine room as a create with only these values makes it.
    pub fn conference(room_id: &str, owner: &str, package: &Package, now: Moment) -> Self {
        Self {
            name: room_id.to_owned(),
            owner: owner.to_owned(),
            max_members: package.max_members,
            max_seats: package.max_seats,
            schedule_start: now.unix_seconds(),
            schedule_end: now.unix_seconds() + super::rules::DEFAULT_SCHEDULE.as_secs(),
            created: now,
            ..Self::default()
        }
    }

    /// Returns a Live Engine room as a create with only these values makes it.
    pub fn live(room_id: &str, owner: &str, package: &Package, now: Moment) -> Self {
        Self {
            room_type: RoomType::Live,
            name: room_id.to_owned(),
            owner: owner.to_owned(),
            max_members: package.max_members,
            max_seats: package.max_seats,
            take_seat_mode: Some(TakeSeatMode::FreeToTake),
            created: now,
            ..Self::default()
        }
    }

    /// Gives the room what every room has, where it has none: a name, an owner, and limits.
    pub(crate) fn fill_in(&mut self, room_id: &str, owner: &str, package: &Package) {
        if self.name.is_empty() {
            room_id.clone_into(&mut self.name);
        }
        if self.owner.is_empty() {
            owner.clone_into(&mut self.owner);
        }
        if self.max_members == 0 {
            self.max_members = package.max_members;
        }
        if self.max_seats == 0 {
            self.max_seats = package.max_seats;
        }
    }

    /// Returns who counts as a member, in order of the account.
    pub fn counted_members(&self, answers: &Answers) -> BTreeSet<&str> {
        let mut members: BTreeSet<&str> = self.members.iter().map(String::as_str).collect();
        match answers.absent_owner {
            AbsentOwner::NotCounted => {}
            AbsentOwner::Counted => {
                members.insert(&self.owner);
            }
        }
        members
    }
}
