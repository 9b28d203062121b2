//! The choices that the vendor's pages leave open, so that a test can try the operator under each.
//! Only what is undocumented belongs here; what is documented is a rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::codes::Refused;

/// How the service answers where the vendor's pages are silent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Answers {
    /// How the member list shows passwords.
    pub passwords: Passwords,
    /// What a change does to the fields that it does not carry.
    pub absent_fields: Fate,
    /// What taking a room back does to its name, passwords and flags.
    pub recycled_settings: Fate,
    /// What `offset` counts.
    pub offsets: Offsets,
    /// How many rooms a list shows if the request does not say; the vendor's pages say 10 and 100.
    pub default_page: u32,
    /// The most rooms that a list shows at once, whatever the request says.
    pub largest_page: u32,
    /// What the list of the administrator shows as the id of who has a room.
    pub member_id: MemberId,
    /// Which token a renewal takes.
    pub renewal_token: RenewalToken,
    /// Seconds for which an access token lives; the vendor says 12 to 24 hours.
    pub valid_period: u64,
    /// Seconds for which a log-in can be renewed.
    pub refresh_valid_period: u64,
    /// Codes instead of the usual ones, above all where the usual one is the simulator's own.
    pub codes: BTreeMap<Refused, String>,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            passwords: Passwords::default(),
            absent_fields: Fate::default(),
            recycled_settings: Fate::default(),
            offsets: Offsets::default(),
            default_page: 10,
            largest_page: 100,
            member_id: MemberId::default(),
            renewal_token: RenewalToken::default(),
            valid_period: 56_326,
            refresh_valid_period: 2_592_000,
            codes: BTreeMap::new(),
        }
    }
}

/// How the member list shows passwords.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Passwords {
    /// As they are.
    #[default]
    Clear,
    /// As `******`, like in the vendor's example.
    Masked,
}

/// What happens to settings that nobody named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    /// They stay.
    #[default]
    Kept,
    /// They go back to those of a room that was never used.
    Reset,
}

/// What the `offset` of a list counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Offsets {
    /// Rooms.
    #[default]
    Records,
    /// Pages.
    Pages,
}

/// What stands for who has a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MemberId {
    /// The Meeting account.
    #[default]
    Account,
    /// The third-party user id, or the account where there is none.
    ThirdAccount,
}

/// Which token a renewal takes: the page says the refresh token, the vendor's SDK sends the access token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RenewalToken {
    /// Both.
    #[default]
    Either,
    /// Only the refresh token.
    RefreshToken,
    /// Only the access token.
    AccessToken,
}
