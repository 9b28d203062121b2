//! What Cloud Meeting keeps for its customers, as plain data.
//! Holds no rule: tests and people may put any state here, also one that no request could bring about.

use serde::{Deserialize, Serialize};

/// One App ID and everything behind it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MeetingApp {}
