//! Roomkeeper.
fn main() {}
