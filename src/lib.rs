//! Roomkeeper: a Kubernetes operator that keeps rooms at video vendors as Git says they should be.
//!
//! The flow, the places of things and what must always hold are in ARCHITECTURE.md; start reading at [`reconcile`].

pub mod accounts;
pub mod api;
pub mod begun;
pub mod claim;
pub mod cli;
pub mod cluster;
pub mod config;
pub mod controller;
pub mod engines;
pub mod events;
pub mod execute;
pub mod generate;
pub mod health;
pub mod join_info;
pub mod key;
pub mod leadership;
pub mod lease;
pub mod listing;
pub mod manifest;
pub mod metrics;
pub mod object;
pub mod objects;
pub mod pacing;
pub mod pass;
pub mod patience;
pub mod preview;
pub mod queue;
pub mod reconcile;
pub mod report;
pub mod requirements;
pub mod rights;
pub mod schedule;
pub mod settled;
pub mod source;
pub mod status;
pub mod telemetry;
pub mod terms;
pub mod watch;
pub mod yaml;
