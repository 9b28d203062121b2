//! The CRDs on a real API server: they install, show their defaults, take what is right and refuse what is wrong, with
//! words that name the field.
//!
//! Each row is one object. No operator runs here.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall say where")]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod hostile;
mod installed;
mod meeting_rooms;
mod older;
mod rooms;
mod server;
mod status;
mod verdict;
