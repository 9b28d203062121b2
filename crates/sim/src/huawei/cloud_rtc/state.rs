//! What CloudRTC keeps for its customers, as plain data: projects, apps, and the records of their rooms.
//! Knows neither requests nor limits; what people do in rooms is here, because it makes the records.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::answers::Answers;
use super::records::Room;
use crate::clock::Moment;
use crate::secret::SecretText;

/// One project, which is the customer's part of one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Project {
    /// Its name, which is the region's.
    pub name: String,
    /// The account ("domain") that it belongs to; the users of IAM with the same account can log in to it.
    pub domain: String,
    /// The access keys that can sign, by their id.
    pub access_keys: BTreeMap<String, KnownKey>,
    /// Operations, by their journal name, that are refused with RTC.00001021.
    pub denied_operations: BTreeSet<String>,
    /// The most apps that there can be (RTC.00001017).
    pub most_apps: u32,
    /// How often requests may come.
    pub limits: Limits,
    /// How far the lists of rooms and users are behind, in seconds.
    pub list_lag_seconds: u64,
    /// How long an accepted dismissal or removal takes, in seconds.
    pub effect_seconds: u64,
    /// The largest page of the lists of rooms and users; not documented.
    pub largest_page: u32,
    /// How the service answers where the vendor's pages are silent.
    pub answers: Answers,
    /// The apps, by app id.
    pub apps: BTreeMap<String, RtcApp>,
}

impl Default for Project {
    fn default() -> Self {
        Self {
            name: "cn-north-4".to_owned(),
            domain: "example".to_owned(),
            access_keys: BTreeMap::new(),
            denied_operations: BTreeSet::new(),
            most_apps: super::rules::MOST_APPS,
            limits: Limits::default(),
            list_lag_seconds: 0,
            effect_seconds: 0,
            largest_page: super::rules::LARGEST_PAGE,
            answers: Answers::default(),
            apps: BTreeMap::new(),
        }
    }
}

impl Project {
    /// Returns a project with one access key and one active app without rooms.
    pub fn new(access_key: &str, secret: &str, app_id: &str) -> Self {
        let key = KnownKey { secret: SecretText::from(secret), security_token: None };
        Self {
            access_keys: BTreeMap::from([(access_key.to_owned(), key)]),
            apps: BTreeMap::from([(app_id.to_owned(), RtcApp { name: app_id.to_owned(), ..RtcApp::default() })]),
            ..Self::default()
        }
    }
}

/// What belongs to the id of an access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KnownKey {
    /// The secret access key (SK).
    pub secret: SecretText,
    /// The token without which a temporary key is refused; absent for a permanent key.
    #[serde(default)]
    pub security_token: Option<SecretText>,
}

/// How often requests may come, in requests within any minute. The vendor's page gives the numbers, not their scope:
/// here it is the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// Calls about apps.
    pub app_management: u32,
    /// Dismissals and removals.
    pub room_management: u32,
    /// Lists of rooms and users, and the scale.
    pub statistics: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { app_management: 60, room_management: 60, statistics: 30 }
    }
}

/// Whether an app can be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RtcAppState {
    /// It can.
    #[default]
    Activation,
    /// It was stopped: nobody enters any more, whoever is in stays.
    Deactivation,
    /// It was stopped, because a bill is not paid.
    Arrears,
}

/// One app with its rooms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RtcApp {
    /// Its name, unique in the project.
    pub name: String,
    /// Whether it can be used.
    pub state: RtcAppState,
    /// The key that signs what people enter rooms with; absent: entering needs none.
    pub app_key: Option<SecretText>,
    /// When it was created.
    pub created: Moment,
    /// When its state last changed.
    pub state_changed: Moment,
    /// The records of its rooms in any order. A room id has one for each time that it ran.
    pub rooms: Vec<Room>,
}
