//! The admission policies on a real API server: each refuses with its words and lets the rest pass, and what it keeps
//! goes in the end.
//!
//! No operator runs here: a test writes what one would write.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall say where")]

#[path = "../support/mod.rs"]
mod support;

mod endings;
mod objects;
mod rights;
mod secrets;
mod stage;
