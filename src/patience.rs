//! How long a pass may take, waits for its turn aside: a vendor's quota makes many passes wait, and none of them hangs.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::select;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// The longest that waits are excused; a quota that is smaller still makes the pass begin anew.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// The waits of one pass. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Patience {
    waits: Arc<Mutex<Waits>>,
    given_up: CancellationToken,
}

/// Why some work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It took too long.
    TooLong,
    /// There was no sense in it any more.
    GivenUp,
}

#[derive(Debug, Default)]
struct Waits {
    over: Duration,
    /// Since when it waits, and how many waits are within one another.
    now: Option<(Instant, usize)>,
}

/// A wait; it ends with this value.
#[derive(Debug)]
pub struct Waiting(Arc<Mutex<Waits>>);

impl Patience {
    /// Counts the time from here to the end of the value as a wait.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.now = match waits.now {
            Some((since, depth)) => Some((since, depth + 1)),
            None => Some((Instant::now(), 1)),
        };
        Waiting(Arc::clone(&self.waits))
    }

    /// Lets some work run for so long, waits aside.
    ///
    /// # Errors
    /// It was not done by then, or [given up](Patience::give_up); it is dropped where it stood.
    pub async fn run<T>(&self, allowed: Duration, work: impl Future<Output = T>) -> Result<T, Cut> {
        let began = Instant::now();
        let mut work = pin!(work);
        loop {
            select! {
                done = &mut work => return Ok(done),
                () = self.given_up.cancelled() => return Err(Cut::GivenUp),
                () = sleep_until(began + allowed + self.waited()) => {}
            }
            // Else it waited meanwhile.
            if began + allowed + self.waited() <= Instant::now() {
                return Err(Cut::TooLong);
            }
        }
    }

    /// Ends the work that [`Patience::run`] lets run, from within: it does not go on from here.
    pub async fn give_up<T>(&self) -> T {
        self.given_up.cancel();
        std::future::pending().await
    }

    fn waited(&self) -> Duration {
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let now = waits.now.map_or(Duration::ZERO, |(since, _)| since.elapsed());
        (waits.over + now).min(LONGEST_WAIT)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waits.now = match waits.now {
            Some((since, 1)) => {
                waits.over += since.elapsed();
                None
            }
            Some((since, depth)) => Some((since, depth.saturating_sub(1))),
            None => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn waits_do_not_count_and_work_does() {
        let patience = Patience::default();
        let waits = patience.clone();
        let done = patience.run(MINUTE, async {
            let outer = waits.waiting();
            let inner = waits.waiting();
            sleep(2 * MINUTE).await;
            drop(inner);
            sleep(MINUTE).await;
            drop(outer);
            sleep(MINUTE / 2).await;
        });
        assert_eq!(done.await, Ok(()));
        let patience = Patience::default();
        let waits = patience.clone();
        let hangs = patience.run(MINUTE, async {
            let waiting = waits.waiting();
            sleep(MINUTE).await;
            drop(waiting);
            sleep(2 * MINUTE).await;
        });
        assert_eq!(hangs.await, Err(Cut::TooLong));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_without_an_end_is_not_excused() {
        let patience = Patience::default();
        let waits = patience.clone();
        let never = patience.run(MINUTE, async {
            let _waiting = waits.waiting();
            std::future::pending::<()>().await;
        });
        assert_eq!(never.await, Err(Cut::TooLong));
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_is_given_up_ends_at_once_and_not_at_its_deadline() {
        let patience = Patience::default();
        let work = patience.clone();
        let began = Instant::now();
        let cut = patience.run(MINUTE, async {
            let _waiting = work.waiting();
            work.give_up::<()>().await;
        });
        assert_eq!(cut.await, Err(Cut::GivenUp));
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
