//! Whether this process may act: call a vendor, or write to Kubernetes. Of several operators one does.
//!
//! It only keeps what `lease` found out, and waits for nothing but that.

use tokio::sync::watch;
use tokio::time::Instant;

/// Leadership as those see it who act. Clones say the same.
#[derive(Clone, Debug)]
pub struct Leadership(Option<watch::Receiver<Option<Instant>>>);

/// Leadership as it is held: whoever has it says until when the process may act.
#[derive(Debug)]
pub struct Term(watch::Sender<Option<Instant>>);

/// Returns both ends of a leadership that nobody has yet.
#[must_use]
pub fn candidacy() -> (Term, Leadership) {
    let (term, leadership) = watch::channel(None);
    (Term(term), Leadership(Some(leadership)))
}

impl Leadership {
    /// Leadership of a process that has no rivals: one that changes nothing.
    #[must_use]
    pub fn unrivalled() -> Self {
        Leadership(None)
    }

    /// Tells whether the process may act at this moment.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.0.as_ref().is_none_or(|leadership| is_running(*leadership.borrow()))
    }

    /// Waits until the process may act.
    pub async fn held(&self) {
        let Some(leadership) = &self.0 else { return };
        let held = leadership.clone().wait_for(|until| is_running(*until)).await.is_ok();
        if !held {
            // Nobody is left to say that it begins.
            std::future::pending::<()>().await;
        }
    }
}

impl Term {
    /// Lets the process act until then.
    pub fn extend(&self, until: Instant) {
        self.0.send_replace(Some(until));
    }

    /// Lets the process act no more.
    pub fn end(&self) {
        self.0.send_replace(None);
    }
}

fn is_running(until: Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() < until)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{advance, timeout};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_process_may_act_until_its_term_is_over_and_again_when_it_is_extended() {
        let (term, leadership) = candidacy();
        assert!(!leadership.is_held());
        let waits = tokio::spawn({
            let leadership = leadership.clone();
            async move { leadership.held().await }
        });
        term.extend(Instant::now() + SECOND);
        waits.await.expect("it begins");
        assert!(leadership.is_held());
        advance(SECOND).await;
        assert!(!leadership.is_held(), "nobody had to say so");
        assert!(timeout(SECOND, leadership.held()).await.is_err());
        term.extend(Instant::now() + SECOND);
        assert!(leadership.is_held());
        term.end();
        assert!(!leadership.is_held());
        drop(term);
        assert!(timeout(SECOND, leadership.held()).await.is_err(), "it never begins again");
        assert!(Leadership::unrivalled().is_held());
    }
}
