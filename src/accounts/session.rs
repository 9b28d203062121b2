//! One pass's way to an account: each call waits for its token and reports back how it went.
//!
//! It repeats nothing; whether to look again is the queue's affair.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use roomkeeper_plan::decision::Brake;
use roomkeeper_plan::ids::Account;
use roomkeeper_providers as providers;
use roomkeeper_providers::tencent::{self, accounts};
use roomkeeper_providers::{Class, Reply, What};
use tokio::time::Instant;

use super::{Credential, Entry, Error, Health, PROBE_AFTER, TRY_AFTER};
use crate::pacing::Token;

/// An open account, for one pass.
#[derive(Debug)]
pub struct Session {
    entry: Arc<Entry>,
    credential: Arc<Credential>,
    first: Mutex<Option<Token>>,
    brake: Mutex<Option<Token>>,
}

impl Credential {
    fn is_due(&self) -> bool {
        match self.verdict() {
            Health::Untried { try_at } => Instant::now() >= try_at,
            Health::Accepted => false,
            Health::Rejected { probe_at, .. } => Instant::now() >= probe_at,
        }
    }

    fn verdict(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Session {
    /// Opens a session with a credential that the vendor accepted, as far as anybody can tell.
    ///
    /// A credential that was never tried is tried alone, by one harmless read, before any pass uses it: a wrong one is
    /// refused once and not a thousand times. A rejected one is tried again after [`PROBE_AFTER`].
    pub(super) async fn admit(entry: Arc<Entry>, credential: Arc<Credential>) -> Result<Self, Error> {
        let session =
            Session { entry, credential: Arc::clone(&credential), first: Mutex::default(), brake: Mutex::default() };
        if credential.is_due() {
            let _alone = credential.trial.lock().await;
            if credential.is_due() {
                let accounts = tencent::Accounts::new(session.tencent());
                let me = [session.identifier()];
                // The answer is of no interest; what it says of the credential is kept by `call`.
                drop(session.call(accounts::Operation::AccountCheck, accounts.account_check(&me)).await);
            }
        }
        match credential.verdict() {
            Health::Rejected { words, .. } => Err(Error::Rejected(words)),
            Health::Untried { .. } | Health::Accepted => Ok(session),
        }
    }

    /// Tells whether the vendor has accepted the credential; a vendor that did not answer has not.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        match self.credential.verdict() {
            Health::Accepted => true,
            Health::Untried { .. } | Health::Rejected { .. } => false,
        }
    }

    /// Gives the session the token that the pass got with its slot.
    #[must_use]
    pub fn with_token(self, token: Option<Token>) -> Self {
        Session { first: Mutex::new(token), ..self }
    }

    /// Returns the account.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.entry.account
    }

    /// Returns the vendor account that calls are made as.
    #[must_use]
    pub fn identifier(&self) -> &str {
        self.credential.client.identifier()
    }

    /// Returns the client of the Tencent app.
    #[must_use]
    pub fn tencent(&self) -> tencent::Client {
        self.credential.client.clone()
    }

    /// Tells whether one more room may be dismissed now, and keeps the place until the session ends.
    pub fn brake(&self) -> Brake {
        let mut place = self.brake.lock().unwrap_or_else(PoisonError::into_inner);
        if place.is_none() {
            *place = self.entry.brake.try_take().ok();
        }
        if place.is_some() { Brake::Free } else { Brake::Held }
    }

    /// Counts one dismissal against the account's brake.
    pub fn spend_brake(&self) {
        let place = self.brake.lock().unwrap_or_else(PoisonError::into_inner).take();
        place.map(Token::spend);
    }

    /// Makes one call: waits for a token of its limit group first, and learns from the answer.
    ///
    /// # Errors
    /// The vendor's, as it is.
    pub async fn call<T>(
        &self,
        call: impl Into<tencent::Call>,
        request: impl Future<Output = Result<Reply<T>, providers::Error>>,
    ) -> Result<Reply<T>, providers::Error> {
        let call = call.into();
        let bucket = self.entry.bucket(call.limit_group(), call.limit());
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A token of another group goes back at once: one that is held takes up room in its bucket.
        let token = match first.filter(|token| token.is_from(&bucket)) {
            Some(token) => token,
            None => bucket.take().await,
        };
        let sent = token.spend();
        let answer = request.await;
        match answer.as_ref().map_err(providers::Error::class) {
            Err(Class::Throttled { after }) => sent.throttled(after),
            Err(Class::Unavailable) => {}
            Ok(_) | Err(_) => sent.succeeded(),
        }
        self.learn(answer.as_ref().err());
        tracing::debug!(
            account = %self.entry.account,
            operation = call.name(),
            error = answer.as_ref().err().map(tracing::field::display),
            request_id = match &answer {
                Ok(reply) => reply.request_id.as_deref(),
                Err(error) => error.request_id(),
            },
            "vendor call"
        );
        answer
    }

    /// Waits until one more request of a call's limit group may go out, for a call that makes several.
    pub async fn pace(&self, call: impl Into<tencent::Call>) {
        let call = call.into();
        // Without a verdict: the call as a whole reports how it went.
        drop(self.entry.bucket(call.limit_group(), call.limit()).take().await.spend());
    }

    /// Remembers what an answer says about the credential.
    fn learn(&self, error: Option<&providers::Error>) {
        let mut health = self.credential.health.lock().unwrap_or_else(PoisonError::into_inner);
        match error.map(|error| (error.class(), error)) {
            // An app that is not there is what a wrong region looks like.
            Some((Class::Credentials | Class::NotFound { what: What::App }, error)) => {
                *health = Health::Rejected { words: rejection(error), probe_at: Instant::now() + PROBE_AFTER };
            }
            Some((Class::Unavailable | Class::Throttled { .. } | Class::Unknown, _)) => {
                if let Health::Untried { try_at } = &mut *health {
                    *try_at = Instant::now() + TRY_AFTER;
                }
            }
            Some(_) | None => *health = Health::Accepted,
        }
    }
}

/// Words for every object of the account. The vendor's own stay out: they may change from call to call, and each change
/// would be written to all of those objects.
fn rejection(error: &providers::Error) -> String {
    let code = error.code().map(|code| format!(" ({code})")).unwrap_or_default();
    format!("{}: {}{code}", error.operation(), error.class())
}
