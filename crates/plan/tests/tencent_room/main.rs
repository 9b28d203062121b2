//! The plans of the Room Engine: golden texts, invariants and convergence.
//!
//! Rewrite the golden file with `UPDATE=1 cargo test -p roomkeeper-plan`, then review the diff like code.
#![expect(unreachable_pub, reason = "a test crate has no readers from outside")]

mod cases;
mod golden;
mod model;
mod property;
