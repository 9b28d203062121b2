//! Roomkeeper.
