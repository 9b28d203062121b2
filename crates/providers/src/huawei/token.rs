//! One token that many calls share: fetched once, renewed early, and fetched anew when the vendor refuses it.
//! It does not know how to log in, and never logs in twice at a time.

use std::sync::atomic::{AtomicU64, Ordering};

use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::error::Error;
use crate::reply::Reply;

/// What a log-in gives.
pub(super) struct Granted {
    pub(super) text: SecretString,
    /// After this time it is replaced, in unix seconds.
    pub(super) renew_at: u64,
}

/// A token in use.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) text: SecretString,
    made_at: u64,
    renew_at: u64,
    /// Two log-ins give two tokens, even where the vendor gives the same text.
    serial: u64,
}

/// A token, and how it came.
pub(super) struct Held {
    pub(super) token: Token,
    /// The log-in that was made for it; absent: it was there.
    pub(super) log_in: Option<Reply<()>>,
    /// The token that it replaces and that the vendor may still take.
    pub(super) replaced: Option<Token>,
}

/// The place of one token.
#[derive(Default)]
pub(super) struct Slot {
    state: Mutex<State>,
    /// Log-ins that came to an end, well or not.
    ended: AtomicU64,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// Why the last log-in failed; absent: it did not.
    failure: Option<Error>,
}

impl Slot {
    /// Returns the token, after a log-in if there is none, or it is old, or it is the one that was refused.
    ///
    /// Calls that come while somebody logs in wait for that log-in and share its outcome, also a failure. A caller that
    /// goes away in the middle leaves the log-in to the next.
    ///
    /// # Errors
    /// Those of the log-in.
    pub(super) async fn token<L>(
        &self,
        now: impl Fn() -> u64,
        refused: Option<&Token>,
        log_in: impl FnOnce() -> L,
    ) -> Result<Held, Error>
    where
        L: Future<Output = Result<Reply<Granted>, Error>>,
    {
        let seen = self.ended.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        let is_refused = |token: &Token| refused.is_some_and(|refused| refused.serial == token.serial);
        if let Some(token) = &state.token
            && token.is_young(now())
            && !is_refused(token)
        {
            return Ok(Held { token: token.clone(), log_in: None, replaced: None });
        }
        let ended = self.ended.load(Ordering::Acquire);
        if let Some(failure) = state.failure.as_ref().filter(|_| ended > seen) {
            return Err(failure.clone());
        }
        let made_at = now();
        let answer = log_in().await;
        self.ended.store(ended + 1, Ordering::Release);
        state.token = state.token.take().filter(|token| !is_refused(token));
        let Reply { value: Granted { text, renew_at }, request_id, date } =
            answer.inspect_err(|error| state.failure = Some(error.clone()))?;
        state.failure = None;
        let token = Token { text, made_at, renew_at, serial: ended };
        let replaced = state.token.replace(token.clone());
        Ok(Held { token, log_in: Some(Reply { value: (), request_id, date }), replaced })
    }

    /// Takes the token away, if there is one.
    pub(super) async fn take(&self) -> Option<Token> {
        self.state.lock().await.token.take()
    }
}

impl Token {
    /// Tells whether the token need not be replaced yet; one from the future is not trusted.
    fn is_young(&self, now: u64) -> bool {
        (self.made_at..self.renew_at).contains(&now)
    }
}
