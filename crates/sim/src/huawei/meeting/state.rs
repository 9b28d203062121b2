//! What Cloud Meeting keeps for its customers, as plain data: App IDs, enterprises, users, rooms, and what was logged in.
//! Holds no rule: tests and people may put any state here, also one that no request could bring about.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::answers::Answers;
use super::conference::{Conference, ControlToken};
use super::room::Room;
use super::token::Token;
use crate::huawei::Tenancy;
use crate::secret::SecretText;

/// One App ID and everything that it opens.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MeetingApp {
    /// The key that log-ins are verified with; absent: every App ID log-in is refused.
    pub app_key: Option<SecretText>,
    /// Whom the App ID belongs to.
    pub tenancy: Tenancy,
    /// The enterprises, by their id. Of a single enterprise only the first one counts.
    pub enterprises: BTreeMap<String, Enterprise>,
    /// Operations, by their journal name, that are refused with HTTP 403.
    pub denied_operations: BTreeSet<String>,
    /// How often requests may come.
    pub limits: Limits,
    /// How the service answers where the vendor's pages are silent.
    pub answers: Answers,
    /// What was logged in, in its order; what expired may still be there.
    pub tokens: Vec<Token>,
    /// The tokens that control conferences, in the order of their making.
    pub control_tokens: Vec<ControlToken>,
    /// How many tokens were made so far.
    pub tokens_made: u64,
}

impl MeetingApp {
    /// Returns an App ID with this key that belongs to one enterprise, which is still empty.
    pub fn of_enterprise(app_key: &str, corp: &str) -> Self {
        Self {
            app_key: Some(SecretText::from(app_key)),
            enterprises: BTreeMap::from([(corp.to_owned(), Enterprise::default())]),
            ..Self::default()
        }
    }

    /// Returns an App ID with this key that belongs to a service provider with these enterprises, still empty.
    pub fn of_service_provider<'a>(app_key: &str, corps: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            app_key: Some(SecretText::from(app_key)),
            tenancy: Tenancy::ServiceProvider,
            enterprises: corps.into_iter().map(|corp| (corp.to_owned(), Enterprise::default())).collect(),
            ..Self::default()
        }
    }

    /// Adds a user to the first enterprise.
    #[must_use]
    pub fn with_user(mut self, account: &str, user: User) -> Self {
        if let Some(enterprise) = self.enterprises.values_mut().next() {
            enterprise.users.insert(account.to_owned(), user);
        }
        self
    }

    /// Adds a room to the first enterprise. `id` has 32 hexadecimal digits.
    #[must_use]
    pub fn with_room(mut self, id: &str, room: Room) -> Self {
        if let Some(enterprise) = self.enterprises.values_mut().next() {
            enterprise.rooms.insert(id.to_owned(), room);
        }
        self
    }

    /// Returns a room of any enterprise.
    pub fn room(&self, id: &str) -> Option<&Room> {
        self.enterprises.values().find_map(|enterprise| enterprise.rooms.get(id))
    }

    /// Returns a room of any enterprise to change it.
    pub fn room_mut(&mut self, id: &str) -> Option<&mut Room> {
        self.enterprises.values_mut().find_map(|enterprise| enterprise.rooms.get_mut(id))
    }

    /// Gives each room what every room has, where it has none: a number, a name, a host password.
    pub(crate) fn fill_in(&mut self) {
        for enterprise in self.enterprises.values_mut() {
            enterprise.rooms.iter_mut().for_each(|(id, room)| room.fill_in(id));
        }
    }
}

/// One enterprise: people, rooms, and the conferences in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Enterprise {
    /// Whether a log-in with a user id that nobody has registers a user.
    pub auto_user_create: bool,
    /// The users, by Meeting account.
    pub users: BTreeMap<String, User>,
    /// The rooms, by id: 32 hexadecimal digits.
    pub rooms: BTreeMap<String, Room>,
    /// The conferences, by conference id; also those that are over.
    pub conferences: BTreeMap<String, Conference>,
}

impl Default for Enterprise {
    /// An empty enterprise, which registers users as documented.
    fn default() -> Self {
        Self { auto_user_create: true, users: BTreeMap::new(), rooms: BTreeMap::new(), conferences: BTreeMap::new() }
    }
}

impl Enterprise {
    /// Returns the user with this third-party user id, and the account.
    pub fn user_by_third_account(&self, user_id: &str) -> Option<(&str, &User)> {
        self.users
            .iter()
            .find(|(_, user)| user.third_account.as_deref() == Some(user_id))
            .map(|(account, user)| (account.as_str(), user))
    }

    /// Returns the account of the default administrator, if that one is among the users.
    pub(crate) fn default_administrator(&self) -> Option<&str> {
        let (account, _) = self.users.iter().find(|(_, user)| user.admin_type == AdminType::Default)?;
        Some(account)
    }

    /// Returns the conference that runs in a room, and its id.
    pub fn running_in(&self, room: &str) -> Option<(&str, &Conference)> {
        self.conferences
            .iter()
            .find(|(_, conference)| conference.runs() && conference.room.as_deref() == Some(room))
            .map(|(id, conference)| (id.as_str(), conference))
    }
}

/// One user of an enterprise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct User {
    /// The id that the service gave; absent: one is made up from enterprise and account.
    pub id: Option<String>,
    /// The user id of the customer's own, by which App ID log-ins name the user; absent: they cannot.
    pub third_account: Option<String>,
    /// The display name; empty: shown as the account.
    pub name: String,
    /// The password of log-ins with the account; absent: no such log-in.
    pub password: Option<SecretText>,
    /// Whether the user may log in.
    pub status: UserStatus,
    /// What the user administrates.
    pub admin_type: AdminType,
    /// Empty: not shown.
    pub email: String,
    /// Empty: not shown.
    pub phone: String,
    /// Empty: not shown.
    pub dept_code: String,
}

impl User {
    /// Returns an active user whom App ID log-ins name by this user id.
    pub fn third_party(user_id: &str) -> Self {
        Self { third_account: Some(user_id.to_owned()), ..Self::default() }
    }

    /// Returns an active user who logs in with the account and this password.
    pub fn with_password(password: &str) -> Self {
        Self { password: Some(SecretText::from(password)), ..Self::default() }
    }

    /// Sets what the user administrates.
    #[must_use]
    pub fn administrating(self, admin_type: AdminType) -> Self {
        Self { admin_type, ..self }
    }
}

/// Whether a user may log in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UserStatus {
    /// Shown as status 0.
    #[default]
    Active,
    /// Shown as status 1; log-ins are refused with HTTP 412.
    Disabled,
    /// Log-ins are refused with HTTP 423. What a look shows then is not documented: status 0 here.
    Locked,
}

/// What a user administrates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AdminType {
    /// The default administrator of the enterprise (0), whom a log-in without a user id means.
    Default,
    /// A further administrator (1).
    Common,
    /// An ordinary member (2).
    #[default]
    None,
}

impl AdminType {
    /// Returns the vendor's number.
    pub const fn number(self) -> i64 {
        match self {
            Self::Default => 0,
            Self::Common => 1,
            Self::None => 2,
        }
    }
}

/// How often requests may come. The vendor tells no quota of these calls: absent is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// The quotas of single operations, by their journal name, in requests within any minute.
    pub per_operation: BTreeMap<String, u32>,
    /// The quota of all operations together, in requests within any minute; absent: none.
    pub together: Option<u32>,
}
