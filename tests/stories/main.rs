//! Stories: the real operator as a process of its own, on a real API server, against the simulator.
//!
//! The simulator's journal is the witness of what the operator did, the API server of what it said. Each story has its
//! own namespace, vendor and operator, so they run side by side.
#![expect(unreachable_pub, reason = "a test crate has no readers from outside")]

#[path = "../support/given_out.rs"]
mod given_out;
#[path = "../support/mod.rs"]
mod support;

mod bundle;
mod chart;
mod cloud_meeting;
mod cloud_rtc;
mod crashes;
mod deletion;
mod doctor;
mod errors;
mod explain;
mod foretold;
mod import;
mod kubectl;
mod leaders;
mod lifecycle;
mod live;
mod logs;
mod metrics;
mod monitoring;
mod objects;
mod operator;
mod ownership;
mod plan;
mod policies;
mod probes;
mod releases;
mod rest;
mod rights;
mod scenes;
mod secrets;
mod story;
mod tenancy;
mod versions;
