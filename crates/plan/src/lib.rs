//! Pure decisions: what is wanted, what was seen and what is remembered become a [`Plan`].
//!
//! Nothing here reads a clock, a vendor or Kubernetes; the dependency list of this crate is the proof.
//! The stages around it are told in ARCHITECTURE.md.
#![no_std]

extern crate alloc;

pub mod begun;
pub mod claim;
pub mod decision;
pub mod diff;
pub mod huawei_meeting;
pub mod huawei_rtc;
pub mod ids;
pub mod invariants;
pub mod keeping;
pub mod left;
pub mod limits;
pub mod policy;
pub mod reason;
pub mod secret;
pub mod shortcut;
pub mod tencent;
pub mod tencent_live;
pub mod tencent_room;
pub mod verdict;

pub use begun::{Begun, Followed, Proof, Purpose};
pub use decision::{Claiming, Goal, Memory, Plan, Rivalry, Sight, Step, Tried, Wanted};
pub use diff::Change;
pub use keeping::Act;
pub use left::{Blocker, Left, Release, Waiting};
pub use reason::Reason;
pub use shortcut::without_looking;
