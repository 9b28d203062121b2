//! Lists of a vendor that many looks share: one list of an account shows all of its rooms.
//!
//! An answer serves a look only if it was asked for after the look began, so a look never sees what was there before it,
//! nor before a write that came first. Nothing is kept once nobody waits for it: lists hold secrets.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use roomkeeper_providers::Error;
use tokio::time::Instant;

/// The lists of one kind, by what is listed.
#[derive(Debug)]
pub struct Snapshots<K, V>(Mutex<HashMap<K, Arc<Shelf<V>>>>);

/// The last answer for one key, held while it is asked for anew.
type Shelf<V> = tokio::sync::Mutex<Option<Taken<V>>>;

/// An answer, and when it was asked for.
#[derive(Debug)]
struct Taken<V> {
    began: Instant,
    answer: Result<Arc<V>, Error>,
}

impl<K, V> Default for Snapshots<K, V> {
    fn default() -> Self {
        Snapshots(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, V> Snapshots<K, V> {
    /// Returns an answer that was asked for after this call began: somebody else's, or one of its own.
    ///
    /// `turn` waits until the vendor may be asked, `ask` asks. Looks that come while another waits for its turn share its
    /// answer, good or bad.
    ///
    /// # Errors
    /// The vendor's, as it is.
    pub async fn get<T, F: Future<Output = Result<V, Error>>>(
        &self,
        key: K,
        turn: impl Future<Output = T>,
        ask: impl FnOnce(T) -> F,
    ) -> Result<Arc<V>, Error> {
        let began = Instant::now();
        let visit = self.visit(key);
        let shelf = visit.shelf.as_ref().expect("a visit has its shelf until it ends");
        let mut last = shelf.lock().await;
        if let Some(taken) = last.as_ref().filter(|taken| taken.began >= began) {
            return taken.answer.clone();
        }
        let turn = turn.await;
        let began = Instant::now();
        let answer = ask(turn).await.map(Arc::new);
        *last = Some(Taken { began, answer: answer.clone() });
        answer
    }

    fn visit(&self, key: K) -> Visit<'_, K, V> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shelf = Arc::clone(table.entry(key.clone()).or_default());
        Visit { snapshots: self, key, shelf: Some(shelf) }
    }
}

/// One look's interest in a list; the last one to go clears the shelf.
struct Visit<'a, K: Eq + Hash, V> {
    snapshots: &'a Snapshots<K, V>,
    key: K,
    /// There until the visit ends.
    shelf: Option<Arc<Shelf<V>>>,
}

impl<K: Eq + Hash, V> Drop for Visit<'_, K, V> {
    fn drop(&mut self) {
        let mut table = self.snapshots.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Given back under the lock, so that one of two visits that end together is the last.
        self.shelf = None;
        if table.get(&self.key).is_some_and(|shelf| Arc::strong_count(shelf) == 1) {
            table.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn looks_that_wait_share_one_list_and_a_later_look_gets_its_own() {
        let lists = Arc::new(Snapshots::<&str, usize>::default());
        let (asked, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let look = || {
            let (lists, asked, gate) = (Arc::clone(&lists), Arc::clone(&asked), Arc::clone(&gate));
            tokio::spawn(async move {
                let ask = |()| async {
                    let number = asked.fetch_add(1, Ordering::SeqCst);
                    gate.notified().await;
                    Ok(number)
                };
                *lists.get("rooms", async {}, ask).await.expect("the vendor answers")
            })
        };
        // The first asks at once; the others come while it is answered, so its answer is too old for them.
        let first = look();
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        let later = [look(), look(), look()];
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        gate.notify_one();
        assert_eq!(first.await.expect("no panic"), 0);
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        gate.notify_one();
        for look in later {
            assert_eq!(look.await.expect("no panic"), 1);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert!(lists.0.lock().expect("no panic").is_empty(), "nothing is kept that nobody waits for");
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_is_given_up_leaves_the_list_to_the_next() {
        let lists = Snapshots::<&str, usize>::default();
        let never = lists.get("rooms", async {}, |()| std::future::pending());
        let given_up = tokio::time::timeout(std::time::Duration::from_secs(1), never).await;
        assert!(given_up.is_err());
        assert_eq!(lists.get("rooms", async {}, |()| async { Ok(7) }).await.map(|answer| *answer).ok(), Some(7));
    }
}
