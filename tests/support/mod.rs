//! What the integration tests stand on: a real control plane, and waiting with a deadline.
//!
//! It must not know what a test tests. Each file in `tests/` includes it by `mod support;`.
#![allow(
    dead_code,
    unused_imports,
    reason = "every test file compiles this module for itself and uses another part of it; `expect` would fail where all is used"
)]

mod control_plane;
pub(crate) mod golden;
pub(crate) mod kstatus;
mod paint;
mod relay;
pub(crate) mod terminal;

use std::time::Duration;

pub(crate) use control_plane::{Audit, AuditEvent, ControlPlane, ControlPlaneError, Options, Process};
pub(crate) use relay::Relay;

/// How long to pause between two looks at a condition.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Waits until the condition holds.
///
/// `what` says, for the reader of a failure, what was waited for. A look that itself takes longer than the deadline is
/// given up too, so that a frozen server cannot hang a test.
///
/// # Panics
/// At the deadline.
pub(crate) async fn wait_until(deadline: Duration, what: &str, mut condition: impl AsyncFnMut() -> bool) {
    wait_for(deadline, what, async || condition().await.then_some(())).await;
}

/// Waits until there is a value, and returns it. Otherwise like [`wait_until`].
///
/// # Panics
/// At the deadline.
pub(crate) async fn wait_for<T>(deadline: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looks = async {
        loop {
            if let Some(value) = look().await {
                return value;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    };
    match tokio::time::timeout(deadline, looks).await {
        Ok(value) => value,
        Err(_) => panic!("not within {deadline:?}: {what}"),
    }
}
