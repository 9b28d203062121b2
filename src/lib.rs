//! Roomkeeper.

pub mod api;
pub mod generate;
pub mod pacing;
pub mod queue;

