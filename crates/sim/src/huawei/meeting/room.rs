//! A cloud meeting room (VMR) as plain data, and the words that a look shows of it.
//! Knows neither who may change it nor how.

use serde::{Deserialize, Serialize};

use super::ids;
use crate::clock::Moment;
use crate::secret::SecretText;

/// One room: a fixed number under which conferences are held.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Room {
    /// The fixed number (`vmrId`); empty in a seed: one is made up.
    pub number: String,
    /// 1 to 128 characters; empty in a seed: the number.
    pub name: String,
    /// 4 to 16 digits; empty in a seed: one is made up.
    pub chair_pwd: String,
    /// 4 to 16 digits; empty: none.
    pub gust_pwd: String,
    /// Whether guests may enter before the host.
    pub allow_gust_first: bool,
    /// Whether the owner is told after the room was used.
    pub gust_first_notice: bool,
    /// What kind of room it is.
    pub mode: RoomMode,
    /// What is shown as status; absent: normal where somebody or a terminal has the room, else unallocated.
    pub status: Option<RoomStatus>,
    /// The Meeting account that has the room; absent: nobody.
    pub owner: Option<String>,
    /// The terminal that has the room; absent: none.
    pub device: Option<Device>,
    /// What was bought.
    pub package: Package,
    /// When the package ends.
    pub expire_date: Moment,
}

impl Room {
    /// Returns a room with this number that nobody has.
    pub fn numbered(number: &str) -> Self {
        let mut room = Self { number: number.to_owned(), ..Self::default() };
        room.fill_in(number);
        room
    }

    /// Sets the account that has the room.
    #[must_use]
    pub fn owned_by(self, account: &str) -> Self {
        Self { owner: Some(account.to_owned()), ..self }
    }

    /// Returns what is shown as the room's status.
    pub const fn shown_status(&self) -> RoomStatus {
        match (self.status, &self.owner, &self.device) {
            (Some(status), _, _) => status,
            (None, None, None) => RoomStatus::Unallocated,
            (None, Some(_), _) | (None, None, Some(_)) => RoomStatus::Normal,
        }
    }

    /// Gives the room what every room has, where it has none.
    pub(super) fn fill_in(&mut self, id: &str) {
        if self.number.is_empty() {
            self.number = ids::number(id);
        }
        if self.name.is_empty() {
            self.name.clone_from(&self.number);
        }
        if self.chair_pwd.is_empty() {
            self.chair_pwd = ids::host_password(&self.number);
        }
    }

    /// Puts name, passwords and flags back to what a room has that was never used.
    pub(super) fn reset(&mut self) {
        *self = Self {
            number: std::mem::take(&mut self.number),
            mode: self.mode,
            status: self.status,
            owner: self.owner.take(),
            device: self.device.take(),
            package: self.package.clone(),
            expire_date: self.expire_date,
            ..Self::default()
        };
        self.fill_in("");
    }
}

/// What kind of room it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RoomMode {
    /// A user's personal meeting ID (0): nobody assigns it.
    PersonalMeetingId,
    /// A cloud meeting room (1).
    #[default]
    CloudMeetingRoom,
    /// A webinar (2).
    Webinar,
}

impl RoomMode {
    /// Returns the vendor's number.
    pub const fn number(self) -> i64 {
        match self {
            Self::PersonalMeetingId => 0,
            Self::CloudMeetingRoom => 1,
            Self::Webinar => 2,
        }
    }
}

/// What is shown as a room's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RoomStatus {
    /// It can be used (0).
    Normal,
    /// It was disabled in the console (1).
    Disabled,
    /// Nobody has it (2).
    Unallocated,
}

impl RoomStatus {
    /// Returns the vendor's number.
    pub const fn number(self) -> i64 {
        match self {
            Self::Normal => 0,
            Self::Disabled => 1,
            Self::Unallocated => 2,
        }
    }
}

/// A terminal in a meeting room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Device {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What was bought with a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Package {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many people fit into a conference.
    pub parties: u32,
}

impl Default for Package {
    /// A package for 50 people, as in the vendor's examples.
    fn default() -> Self {
        Self { id: "ff808081699b56cb0169c411a0980152".to_owned(), name: "vmr50".to_owned(), parties: 50 }
    }
}

/// The two links that lead into a room. The host's tells a secret.
pub(super) struct JoinUrls {
    pub(super) host: SecretText,
    pub(super) guest: String,
}

impl Room {
    pub(super) fn join_urls(&self) -> JoinUrls {
        let guest = format!("https://meeting.example/#/j/{}", self.number);
        let tail = ids::fingerprint(&[&self.number, &self.chair_pwd, &self.gust_pwd]);
        JoinUrls { host: SecretText::from(format!("{guest}/{tail}").as_str()), guest }
    }
}
