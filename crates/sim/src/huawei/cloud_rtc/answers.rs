//! The choices that the vendor's pages of CloudRTC leave open, so that a test can try the operator under each.
//! Only what is undocumented belongs here; what is documented is a rule.

use serde::{Deserialize, Serialize};

/// How CloudRTC answers where the vendor's pages are silent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Answers {}
