//! Waiting for something to become true: a condition that is looked at again after each change, and a deadline.
//! Never polls by time.

use std::time::Duration;

use thiserror::Error;
use tokio::sync::watch;

/// Something that was waited for did not happen in time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("waited {waited:?} for {what}, and it did not happen; {seen}")]
pub struct WaitError {
    /// What was waited for, in the words of the caller.
    pub what: String,
    /// For how long, in real time.
    pub waited: Duration,
    /// What was there instead.
    pub seen: String,
}

/// Counts changes of journal and world, so that waiting tasks know when to look again.
#[derive(Debug)]
pub(crate) struct Changes(watch::Sender<u64>);

impl Default for Changes {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Changes {
    /// Tells waiting tasks that something changed.
    pub(crate) fn tell(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Waits until `check` holds; returns whether it did before the deadline, which is real time.
    pub(crate) async fn until(&self, deadline: Duration, mut check: impl FnMut() -> bool) -> bool {
        // Subscribed before the first look: a change between look and wait is not lost.
        let mut changes = self.0.subscribe();
        let looks = async {
            loop {
                changes.mark_unchanged();
                if check() {
                    return;
                }
                if changes.changed().await.is_err() {
                    return std::future::pending().await;
                }
            }
        };
        tokio::time::timeout(deadline, looks).await.is_ok()
    }
}
