//! CloudRTC and IAM over the wire.

mod apps;
mod client;
mod documentation;
mod faults;
mod refusals;
mod rooms;
mod statistics;
mod tokens;

pub(crate) use client::*;
