//! A conference as plain data, and the tokens that control one.
//! A room is a fixed number; a conference is what people hold under it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::secret::SecretText;

/// One conference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Conference {
    /// The id of the room it is held in; absent: in none, under a random number.
    pub room: Option<String>,
    /// What it is about.
    pub subject: String,
    /// The Meeting account of who holds it.
    pub host: String,
    /// How far it is.
    pub state: ConferenceState,
    /// When it began or is to begin.
    pub start: Moment,
    /// Who is in it now.
    pub people: BTreeSet<String>,
    /// The host's password, where it is held in no room.
    pub chair_pwd: String,
}

impl Conference {
    /// Returns whether people are held together by it now.
    pub fn runs(&self) -> bool {
        self.state == ConferenceState::Created
    }

    /// Ends it: everybody is out.
    pub fn end(&mut self) {
        self.state = ConferenceState::Destroyed;
        self.people.clear();
    }
}

/// How far a conference is, in the vendor's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConferenceState {
    /// It was booked and did not begin yet.
    Schedule,
    /// It runs.
    #[default]
    Created,
    /// It is over.
    Destroyed,
}

/// A token that controls one conference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ControlToken {
    /// What a call carries.
    pub token: SecretText,
    /// The conference.
    pub conference: String,
    /// When it was made.
    pub created: Moment,
}

/// How long a control token lives; documented.
pub const CONTROL_TOKEN_LIFETIME: Duration = Duration::from_secs(30 * 60);

impl ControlToken {
    /// Returns whether it still controls anything.
    pub fn lives(&self, now: Moment) -> bool {
        now < self.created.plus(CONTROL_TOKEN_LIFETIME)
    }
}
