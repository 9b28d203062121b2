//! Pure decisions: what is wanted, what was seen and what is remembered become a [`Plan`].
//!
//! Nothing here reads a clock, a vendor or Kubernetes; the dependency list of this crate is the proof.
//! The stages around it are told in ARCHITECTURE.md.
#![no_std]

extern crate alloc;

pub mod claim;
pub mod decision;
pub mod diff;
pub mod ids;
pub mod invariants;
pub mod limits;
pub mod policy;
pub mod reason;
pub mod secret;
pub mod tencent_room;
pub mod verdict;

pub use decision::{
    Blocker, Claiming, Goal, Left, Memory, Plan, Release, Rivalry, Sight, Step, Tried, Waiting, Wanted,
};
pub use diff::Change;
pub use reason::Reason;
