//! What Cloud Meeting shows of a room, gathered from the enterprise's list, the owner's list and the user look-up.

use alloc::string::String;
use core::fmt;

use super::{Person, VmrId, is_password};
use crate::secret::Secret;

/// What the vendor shows of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// `id`
    pub id: VmrId,
    /// `vmrId`, the meeting number.
    pub number: String,
    /// `vmrMode`
    pub mode: Mode,
    /// `status`
    pub state: State,
    /// `vmrName` of the enterprise's list.
    pub name: String,
    /// `member` or `device`
    pub owner: SeenOwner,
    /// What the owner's list shows.
    pub settings: SeenSettings,
    /// The wanted owner, by the user look-up.
    pub heir: Heir,
    /// Whether a conference runs in the room.
    pub conference: Conference,
}

/// `vmrMode`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 0: a personal meeting ID, which stays its owner's.
    Personal,
    /// 1: a cloud meeting room.
    CloudRoom,
    /// 2: a webinar.
    Webinar,
    /// A number that nobody documents.
    Other(i64),
}

/// `status`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// 0
    Normal,
    /// 1: switched off in the console.
    Disabled,
    /// 2: nobody's.
    Unallocated,
    /// A number that nobody documents.
    Other(i64),
}

/// Whose room it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenOwner {
    /// No owner is shown.
    Nobody,
    /// A terminal in a meeting room: nobody can log in as one.
    Terminal,
    /// This user.
    Person(Person),
    /// Somebody whom the user look-up does not know by what the list shows.
    Unclear {
        /// What the list shows.
        shown: String,
    },
}

impl fmt::Display for SeenOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SeenOwner::Nobody => f.write_str("nobody"),
            SeenOwner::Terminal => f.write_str("a terminal"),
            SeenOwner::Person(person) => person.fmt(f),
            SeenOwner::Unclear { shown } => f.write_str(shown),
        }
    }
}

/// What the owner's list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenSettings {
    /// Nothing in this pass depends on it, so the vendor was not asked.
    NotAsked,
    /// Nobody can log in as the owner.
    Hidden,
    /// These.
    Shown(Settings),
}

/// The settings of a room. Absent: this answer does not have the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `vmrName`
    pub name: String,
    /// `chairPwd`
    pub host_password: SeenPassword,
    /// `gustPwd`
    pub guest_password: SeenPassword,
    /// `allowGustFirst`
    pub allow_guest_first: Option<bool>,
    /// `gustFirstNotice`
    pub notify_owner: Option<bool>,
    /// How people join.
    pub links: SeenLinks,
}

/// The links to join. Absent: not shown. Whoever has one is let in, so they are secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenLinks {
    /// `chairJoinUrl`
    pub host: Option<Secret>,
    /// `gustJoinUrl`
    pub guest: Option<Secret>,
}

/// What the vendor shows of a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenPassword {
    /// There is none.
    None,
    /// There is one, and something else stands in its place.
    Masked,
    /// This one.
    Shown(Secret),
}

impl SeenPassword {
    /// Reads a password as the list shows it: nothing, 4 to 16 digits, or a mask such as `******`.
    #[must_use]
    pub fn parse(shown: Option<&str>) -> Self {
        match shown {
            None | Some("") => SeenPassword::None,
            Some(text) if is_password(text) => SeenPassword::Shown(Secret::from(String::from(text))),
            Some(_) => SeenPassword::Masked,
        }
    }
}

/// What the user look-up shows of the wanted owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heir {
    /// The owner is not managed or has the room already, so the vendor was not asked.
    NotAsked,
    /// There is no such user.
    Unknown,
    /// This user.
    Known {
        /// Who it is.
        person: Person,
        /// Whether the account may be used.
        active: Activity,
        /// How many cloud meeting rooms the user has.
        rooms: usize,
    },
}

/// Whether a user's account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// It may.
    Active,
    /// It is disabled or was never activated.
    Inactive,
}

/// Whether a conference runs in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conference {
    /// Nothing in this pass depends on it, so the vendor was not asked.
    NotAsked,
    /// One runs.
    Running,
    /// None runs.
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_4_to_16_digits_are_a_password_that_is_known() {
        let shown = |text: &str| SeenPassword::Shown(Secret::from(String::from(text)));
        let rows = [
            (None, SeenPassword::None),
            (Some(""), SeenPassword::None),
            (Some("******"), SeenPassword::Masked),
            (Some("123"), SeenPassword::Masked),
            (Some("1234"), shown("1234")),
            (Some("1234567890123456"), shown("1234567890123456")),
            (Some("12345678901234567"), SeenPassword::Masked),
            (Some("12345a"), SeenPassword::Masked),
            (Some("١٢٣٤"), SeenPassword::Masked),
            (Some(" 1234"), SeenPassword::Masked),
        ];
        for (text, expected) in rows {
            assert_eq!(SeenPassword::parse(text), expected, "{text:?}");
        }
    }
}
