//! What a room of the Live Engine has besides what every room has, as plain data.
//! Holds no rule; a room of the Room Engine has it too, and nothing ever reads it there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The part of a room that only the Live Engine knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Live {
    /// How the seats are laid out; empty: made after the older pages, which know no template.
    pub seat_template: String,
    /// The picture in the list of shows; at most 200 bytes.
    pub cover_url: String,
    /// At most 3 numbers of the customer's own.
    pub category: Vec<i64>,
    /// A number of the customer's own.
    pub activity_status: i64,
    /// Whether the room is in the list of shows.
    pub public_visible: bool,
    /// At most 100 bytes.
    pub notice: String,
    /// At most 10 keys of 50 bytes, values of 2 KB, 16 KB together.
    pub metadata: BTreeMap<String, String>,
    /// What is counted while the show runs, and told when it is destroyed.
    pub statistic: Statistic,
}

/// What is counted while a show runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Statistic {
    /// How often somebody entered; shown as `ViewCount` while the room is there.
    pub viewers: u64,
    /// Gifts that were sent.
    pub gifts_sent: u64,
    /// What the gifts cost.
    pub gift_coins: u64,
    /// How many people sent gifts.
    pub gift_senders: u64,
    /// Likes that were sent.
    pub likes_received: u64,
}

impl Default for Live {
    /// What a create without these fields gives: all of it empty, and the room in the list of shows.
    fn default() -> Self {
        Self {
            seat_template: String::new(),
            cover_url: String::new(),
            category: Vec::new(),
            activity_status: 0,
            public_visible: true,
            notice: String::new(),
            metadata: BTreeMap::new(),
            statistic: Statistic::default(),
        }
    }
}
