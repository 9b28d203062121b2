//! `roomkeeper plan -f` and `roomkeeper import` as a user runs them: the binary, manifests in files, and the simulator as the vendor.
//!
//! No cluster is needed. Each run is checked to have written nothing and told no secret.
#![expect(unreachable_pub, reason = "a test crate has no readers from outside")]

#[path = "../support/given_out.rs"]
mod given_out;

mod base;
mod engines;
mod formats;
mod imports;
mod inputs;
mod pull_requests;
mod readme;
mod refusals;
mod rooms;
mod stage;
