//! The plans of every engine: golden texts, invariants and convergence.
//!
//! Rewrite the golden files with `UPDATE=1 cargo test -p roomkeeper-plan`, then review the diff like code.
#![expect(unreachable_pub, reason = "a test crate has no readers from outside")]

mod huawei_meeting;
mod huawei_rtc;
mod stage;
mod tencent_live;
mod tencent_room;
