//! One pass's way to an account: each call waits for its token and reports back how it went.
//!
//! It repeats nothing; whether to look again is the queue's affair.

use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use roomkeeper_plan::decision::Brake;
use roomkeeper_plan::ids::Account;
use roomkeeper_providers::huawei::{CloudRtc, Meeting, cloud_rtc, meeting};
use roomkeeper_providers::tencent::{self, accounts};
use roomkeeper_providers::{self as providers, Call, Class, Reply};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::{Credential, Entry, Error, Health, PROBE_AFTER, Snapshots, TRY_AFTER};
use crate::metrics::Ending;
use crate::pacing::{Bucket, Token};
use crate::patience::Patience;
use crate::source::{Config, ConfigKey};

/// Why a session has the client that its engine asks for.
const OTHER_VENDOR: &str = "a pass checks that its account is of the engine's vendor before it opens a session";

/// An open account, for one pass.
#[derive(Debug)]
pub struct Session {
    entry: Arc<Entry>,
    config: ConfigKey,
    credential: Arc<Credential>,
    first: Mutex<Option<Token>>,
    patience: Patience,
    /// Cancelled when the session's config says something else by now.
    superseded: CancellationToken,
    brake: Mutex<Option<Token>>,
}

/// What a pass brings along: the token that it got with its slot, and who counts its waits.
#[derive(Debug, Default)]
pub struct Turn {
    /// For the first call; absent: it waits for one like any other.
    pub token: Option<Token>,
    /// The waits of the pass.
    pub patience: Patience,
}

/// The lists of an account that many looks share.
#[derive(Debug, Default)]
pub struct Lists {
    /// The apps of a CloudRTC project, by their ids.
    pub rtc_apps: Snapshots<String, Reply<cloud_rtc::App>>,
    /// The running rooms of a CloudRTC app, by its id.
    pub rtc_rooms: Snapshots<String, Reply<Vec<cloud_rtc::Room>>>,
    /// The rooms of a Meeting enterprise.
    pub corp_vmrs: Snapshots<(), Reply<Vec<meeting::CorpVmr>>>,
    /// The rooms of a Meeting user, by the id to log in with.
    pub member_vmrs: Snapshots<String, Reply<Vec<meeting::MemberVmr>>>,
    /// Who a Meeting user is.
    pub members: Snapshots<meeting::Account, Reply<Option<meeting::Member>>>,
}

impl Credential {
    fn is_due(&self) -> bool {
        match self.verdict() {
            Health::Untried { try_at } | Health::Misdirected { try_at, .. } => Instant::now() >= try_at,
            Health::Accepted => false,
            Health::Rejected { probe_at, .. } => Instant::now() >= probe_at,
        }
    }

    pub(super) fn verdict(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Session {
    /// Opens a session with a credential that the vendor accepted, as far as anybody can tell.
    ///
    /// A credential that was never tried is tried alone, by one harmless read, before any pass uses it: a wrong one is
    /// refused once and not a thousand times. A rejected one is tried again after [`PROBE_AFTER`].
    pub(super) async fn admit(
        entry: Arc<Entry>,
        config: &ConfigKey,
        credential: Arc<Credential>,
    ) -> Result<Self, Error> {
        let session = Session::with(entry, config, Arc::clone(&credential));
        if credential.is_due() {
            let _alone = credential.trial.lock().await;
            if credential.is_due() {
                // What it says of the credential was kept, and is asked for below.
                drop(session.try_credential().await);
            }
        }
        match credential.verdict() {
            Health::Rejected { words, .. } => Err(Error::Rejected(words)),
            Health::Misdirected { words, .. } => Err(Error::Misdirected(words)),
            Health::Untried { .. } | Health::Accepted => Ok(session),
        }
    }

    /// Makes a session with a credential of which nothing is known.
    pub(super) fn with(entry: Arc<Entry>, config: &ConfigKey, credential: Arc<Credential>) -> Self {
        Session {
            entry,
            config: config.clone(),
            credential,
            first: Mutex::default(),
            patience: Patience::default(),
            superseded: CancellationToken::new(),
            brake: Mutex::default(),
        }
    }

    /// Tells whether the vendor has accepted the credential; a vendor that did not answer has not.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        match self.credential.verdict() {
            Health::Accepted => true,
            Health::Untried { .. } | Health::Misdirected { .. } | Health::Rejected { .. } => false,
        }
    }

    /// Gives the session what its pass brings along. The pass is given up before its next call if its config, or a
    /// Secret of it, changes meanwhile.
    #[must_use]
    pub fn with_turn(self, turn: Turn, config: &Config) -> Self {
        let superseded = config.superseded.clone();
        Session { first: Mutex::new(turn.token), patience: turn.patience, superseded, ..self }
    }

    /// Returns the account.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.entry.account
    }

    /// Returns the client of the Tencent app.
    #[must_use]
    pub fn tencent(&self) -> tencent::Client {
        match &self.credential.client {
            Client::Tencent(client) => client.clone(),
            Client::CloudRtc(_) | Client::Meeting(_) => unreachable!("{OTHER_VENDOR}"),
        }
    }

    /// Returns the client of the CloudRTC project.
    #[must_use]
    pub fn cloud_rtc(&self) -> CloudRtc {
        match &self.credential.client {
            Client::CloudRtc(client) => client.clone(),
            Client::Tencent(_) | Client::Meeting(_) => unreachable!("{OTHER_VENDOR}"),
        }
    }

    /// Returns the client of the Meeting app.
    #[must_use]
    pub fn meeting(&self) -> Meeting {
        match &self.credential.client {
            Client::Meeting(client) => client.clone(),
            Client::Tencent(_) | Client::CloudRtc(_) => unreachable!("{OTHER_VENDOR}"),
        }
    }

    /// Returns the lists that looks with this credential share.
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.credential.lists
    }

    /// Makes one harmless call; what it says of the credential is kept by `call`.
    ///
    /// # Errors
    /// The vendor's, as it is.
    pub(super) async fn try_credential(&self) -> Result<(), providers::Error> {
        match &self.credential.client {
            Client::Tencent(client) => {
                let accounts = tencent::Accounts::new(client.clone());
                let me = [client.identifier()];
                self.call(accounts::Operation::AccountCheck, accounts.account_check(&me)).await.map(drop)
            }
            Client::CloudRtc(client) => self.call(cloud_rtc::Operation::GetApps, client.get_apps(1)).await.map(drop),
            Client::Meeting(client) => {
                // With a token at hand it would log nobody in.
                client.log_out().await;
                self.call(meeting::Operation::LogInAsAdministrator, client.log_in_as_administrator()).await.map(drop)
            }
        }
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
        call: impl Into<Call>,
        request: impl Future<Output = Result<Reply<T>, providers::Error>>,
    ) -> Result<Reply<T>, providers::Error> {
        let call = call.into();
        let token = self.token(call).await;
        self.send(call, token, request).await
    }

    /// Asks for a list, or shares one that was asked for after this call began.
    ///
    /// # Errors
    /// The vendor's, as it is.
    pub async fn list<K, T, F>(
        &self,
        lists: &Snapshots<K, Reply<T>>,
        key: K,
        call: impl Into<Call>,
        request: impl FnOnce() -> F,
    ) -> Result<Arc<Reply<T>>, providers::Error>
    where
        K: Eq + Hash + Clone,
        F: Future<Output = Result<Reply<T>, providers::Error>>,
    {
        let call = call.into();
        // Somebody else may be asking already, and each page has its turn.
        let _waiting = self.patience.waiting();
        lists.get(key, self.token(call), |token| self.send(call, token, request())).await
    }

    /// Waits until a call may go out.
    async fn token(&self, call: Call) -> Token {
        let bucket = self.entry.bucket(call.limit_group(), call.limit());
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A token of another group goes back at once: one that is held takes up room in its bucket.
        match first.filter(|token| token.is_from(&bucket)) {
            Some(token) if !self.superseded.is_cancelled() && self.entry.leadership.is_held() => token,
            Some(_) | None => self.wait(&bucket).await,
        }
    }

    async fn wait(&self, bucket: &Arc<Bucket>) -> Token {
        let _waiting = self.patience.waiting();
        tokio::select! {
            biased;
            () = self.superseded.cancelled() => self.patience.give_up().await,
            token = self.entry.take(bucket) => token,
        }
    }

    async fn send<T>(
        &self,
        call: Call,
        token: Token,
        request: impl Future<Output = Result<Reply<T>, providers::Error>>,
    ) -> Result<Reply<T>, providers::Error> {
        let sent = token.spend();
        let under_way = UnderWay { session: self, call, began: Instant::now(), is_counted: false };
        let answer = request.await;
        under_way.ended(answer.as_ref().map_or_else(Ending::Bad, |_| Ending::Good));
        match answer.as_ref().map_err(providers::Error::class) {
            Err(Class::Throttled { after }) => sent.throttled(after),
            Err(Class::Unavailable | Class::Misdirected) => {}
            Ok(_) | Err(_) => sent.succeeded(),
        }
        self.learn(call, answer.as_ref().err());
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
    pub async fn pace(&self, call: impl Into<Call>) {
        let call = call.into();
        // Without a verdict: the call as a whole reports how it went.
        drop(self.wait(&self.entry.bucket(call.limit_group(), call.limit())).await.spend());
    }

    /// Remembers what an answer says about the credential.
    fn learn(&self, call: Call, error: Option<&providers::Error>) {
        let mut health = self.credential.health.lock().unwrap_or_else(PoisonError::into_inner);
        match error {
            Some(error) if self.credential.client.is_rejected_by(error) => {
                *health = Health::Rejected { words: rejection(error), probe_at: Instant::now() + PROBE_AFTER };
            }
            Some(error) if error.class() == Class::Misdirected => {
                *health = Health::Misdirected { words: misdirection(error), try_at: Instant::now() + TRY_AFTER };
            }
            Some(error) if is_silent(error.class()) => {
                if let Health::Untried { try_at } = &mut *health {
                    *try_at = Instant::now() + TRY_AFTER;
                }
            }
            Some(_) | None if self.credential.client.is_proven_by(call) => *health = Health::Accepted,
            Some(_) | None => match *health {
                // A token of an earlier log-in says nothing of the key.
                Health::Rejected { .. } => {}
                Health::Untried { .. } | Health::Misdirected { .. } | Health::Accepted => *health = Health::Accepted,
            },
        }
    }
}

/// A call that was sent. It is counted, whether its answer is waited for or not.
struct UnderWay<'a> {
    session: &'a Session,
    call: Call,
    began: Instant,
    is_counted: bool,
}

impl UnderWay<'_> {
    fn ended(mut self, ending: Ending<'_>) {
        self.is_counted = true;
        self.count(ending);
    }

    fn count(&self, ending: Ending<'_>) {
        let by = (&self.session.entry.account, &self.session.config);
        self.session.entry.metrics.called(by, self.call, ending, self.began.elapsed());
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if !self.is_counted {
            self.count(Ending::GivenUp);
        }
    }
}

/// Tells whether an answer says nothing about the credential.
fn is_silent(class: Class) -> bool {
    match class {
        Class::Unavailable | Class::Misdirected | Class::Throttled { .. } | Class::Unknown => true,
        Class::NotFound { .. }
        | Class::Exists
        | Class::NotMember
        | Class::Denied
        | Class::Credentials
        | Class::Invalid
        | Class::Quota => false,
    }
}

/// Words for every object of the account. The vendor's own stay out: they may change from call to call, and each change
/// would be written to all of those objects.
fn rejection(error: &providers::Error) -> String {
    let code = error.code().map(|code| format!(" ({code})")).unwrap_or_default();
    format!("{}: {}{code}", error.operation(), error.class())
}

/// Words for every object of the account; they are ours, and name the address.
fn misdirection(error: &providers::Error) -> String {
    format!(
        "{}, where no vendor can be, so nothing was sent; correct the name server, or allow that address by \
         --allowed-endpoint-hosts",
        error.message()
    )
}
