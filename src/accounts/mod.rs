//! The vendor accounts in use: clients, pacing, credential health and the brake on dismissals.
//!
//! Everything that protects an account is kept by account, not by credential: a rotated key does not fill the buckets
//! again, and two configs of one account share its quota. It decides nothing about rooms.

mod client;
mod endpoint;
mod examine;
mod session;
mod snapshot;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use roomkeeper_plan::decision::Brake;
use roomkeeper_plan::ids::{Account, ObjectName};
use roomkeeper_plan::limits;
use roomkeeper_providers::http;
use roomkeeper_providers::limit::{Limit, LimitGroup};
use tokio::time::Instant;

pub use endpoint::{AllowedHosts, EndpointError};
pub use examine::{Examined, Opinion};
pub use session::{Lists, Session, Turn};
pub use snapshot::Snapshots;

use client::{Client, Values};

use crate::api::SecretKeyRef;
use crate::config::references;
use crate::engines::Invalid;
use crate::leadership::Leadership;
use crate::metrics::Metrics;
use crate::pacing::{Bucket, Rate, Token};
use crate::source::{Config, ConfigKey, Missing, Source, value};

/// How long a rejected credential rests before one call tries it again.
const PROBE_AFTER: Duration = Duration::from_secs(60);

/// How long after a trial that nobody answered the next one may come.
const TRY_AFTER: Duration = Duration::from_secs(10);

/// Share of the vendor's limits until a config was accepted that says another, in percent.
const DEFAULT_PERCENT: u8 = limits::RATE_PERCENT_DEFAULT as u8;

/// Why an account cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The config, a Secret or a key is missing.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// The config is not acceptable.
    #[error("the {config} is not usable: {source}")]
    Config {
        /// The config.
        config: ConfigKey,
        /// The field and what is wrong with it.
        source: Invalid,
    },
    /// The vendor rejected this credential lately, and nothing has changed since.
    #[error("{0}")]
    Rejected(String),
    /// The name of the vendor leads to an address where no vendor can be.
    #[error("{0}")]
    Misdirected(String),
}

/// All accounts of this process.
#[derive(Debug)]
pub struct Accounts {
    allowed: AllowedHosts,
    leadership: Leadership,
    metrics: Metrics,
    table: Mutex<HashMap<Account, Arc<Entry>>>,
}

/// One account: what its calls share.
#[derive(Debug)]
pub struct Entry {
    account: Account,
    leadership: Leadership,
    metrics: Metrics,
    /// What each config of the account allows: the least of all holds.
    terms: Mutex<HashMap<ConfigKey, Terms>>,
    buckets: Mutex<HashMap<LimitGroup, (Limit, Arc<Bucket>)>>,
    brake: Arc<Bucket>,
    credentials: Mutex<Credentials>,
}

/// The credentials that the account's configs name, each once.
#[derive(Debug, Default)]
struct Credentials {
    of_config: HashMap<ConfigKey, CredentialKey>,
    known: HashMap<CredentialKey, Arc<Credential>>,
}

impl Credentials {
    /// Forgets the credentials that no config names any more.
    fn prune(&mut self) {
        let Credentials { of_config, known } = self;
        known.retain(|key, _| of_config.values().any(|named| named == key));
    }
}

/// What one config allows the account to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Terms {
    /// Share of the vendor's limits, in percent.
    percent: u8,
    /// Rooms dismissed in a minute.
    dismissals: u32,
}

/// What makes a client another client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CredentialKey {
    endpoint: String,
    caller: String,
    /// The Secrets of the config and their versions.
    secrets: Vec<(SecretKeyRef, String, String)>,
}

/// A client and what the vendor thinks of its credential.
struct Credential {
    client: Client,
    /// What this client may see; another credential of the account may see something else.
    lists: Lists,
    health: Mutex<Health>,
    /// Held while the credential is tried, so that it is tried by one pass at a time.
    trial: tokio::sync::Mutex<()>,
}

impl Credential {
    /// Makes one that nobody has tried.
    fn untried(client: Client) -> Self {
        Credential {
            client,
            lists: Lists::default(),
            health: Mutex::new(Health::Untried { try_at: Instant::now() }),
            trial: Default::default(),
        }
    }
}

impl Drop for Credential {
    /// Gives the log-ins back once nobody uses the credential any more, as after a rotation.
    fn drop(&mut self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let client = self.client.clone();
            runtime.spawn(async move { client.log_out().await });
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("client", &self.client).finish_non_exhaustive()
    }
}

/// What the vendor thinks of a credential.
#[derive(Clone, Debug)]
enum Health {
    /// Nobody knows. A trial that nobody answered is not repeated by every pass that waited for it.
    Untried {
        try_at: Instant,
    },
    Accepted,
    /// Nothing was sent; what the name leads to may change by itself.
    Misdirected {
        words: String,
        try_at: Instant,
    },
    Rejected {
        words: String,
        probe_at: Instant,
    },
}

impl Accounts {
    /// Makes an empty table; endpoints other than the vendors' own must be in `allowed`, and no call is made without
    /// leadership. Each call is counted.
    #[must_use]
    pub fn new(allowed: AllowedHosts, leadership: Leadership, metrics: Metrics) -> Self {
        Accounts { allowed, leadership, metrics, table: Mutex::default() }
    }

    /// Returns the account that a config names, without reading anything.
    ///
    /// # Errors
    /// The config names no vendor, several, or one that this version does not serve.
    pub fn account(config: &Config) -> Result<Account, Error> {
        client::account(&config.spec).map_err(|source| Error::Config { config: config.key.clone(), source })
    }

    /// Opens an account: reads the Secrets that the config names and returns a session with its client.
    ///
    /// # Errors
    /// Something that the config names is missing or not acceptable, or the vendor has rejected this very credential
    /// and it is too early to ask again.
    pub async fn open(&self, config: &Config, source: &impl Source) -> Result<Session, Error> {
        let refuse = |source| Error::Config { config: config.key.clone(), source };
        let account = Accounts::account(config)?;
        let endpoint = client::endpoint(&config.spec, &self.allowed).map_err(refuse)?;
        let caller = client::caller(&config.spec).map_err(refuse)?;
        let values = read(source, config).await?;
        let secrets = values
            .0
            .iter()
            .map(|(reference, _, version)| (reference.clone(), version.uid.clone(), version.resource_version.clone()));
        let key = CredentialKey { endpoint: endpoint.to_string(), caller, secrets: secrets.collect() };
        let entry = self.entry(account);
        let credential = entry.credential(&config.key, key, || {
            let http = http::Client::new(&self.connections(config, &values));
            let http = http.map_err(|error| unconnectable(config, error))?;
            client::client(&config.spec, endpoint, &values, http)
        });
        let session = Session::admit(Arc::clone(&entry), &config.key, credential.map_err(refuse)?).await?;
        if session.is_accepted() {
            // Whoever only knows the account's number has no say in its pace.
            entry.follow(config);
        }
        Ok(session)
    }

    /// Gives back what the accounts hold at their vendors: log-ins. For a graceful stop; it makes no other call.
    pub async fn log_out(&self) {
        let entries: Vec<_> = self.table.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for client in entries.iter().flat_map(|entry| entry.clients()) {
            client.log_out().await;
        }
    }

    /// Returns the bucket of a limit group, so that the queue can hold passes back until it has a token.
    pub fn gate(&self, config: &Config, group: LimitGroup, limit: Limit) -> Option<(Account, Arc<Bucket>)> {
        let account = Accounts::account(config).ok()?;
        let bucket = self.entry(account.clone()).bucket(group, limit);
        Some((account, bucket))
    }

    /// Tells whether one more room of the account may be dismissed now, without keeping the place.
    pub fn brake(&self, account: &Account) -> Brake {
        match self.entry(account.clone()).brake.try_take() {
            Ok(_given_back) => Brake::Free,
            Err(_) => Brake::Held,
        }
    }

    /// Counts a whole minute's dismissals of an account as made: from here on one more may be made every so often.
    pub fn use_up_brake(&self, account: &Account) {
        self.entry(account.clone()).brake.drain();
    }

    /// Forgets what a config allowed, because it is gone.
    pub fn forget(&self, config: &ConfigKey) {
        for entry in self.table.lock().unwrap_or_else(PoisonError::into_inner).values() {
            entry.unfollow(config);
        }
    }

    /// Returns the part of its ceiling that each limit group runs at, of the accounts that a config opens.
    pub fn headroom(&self) -> Vec<(Account, &'static str, f64)> {
        let entries: Vec<_> = self.table.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let in_use = entries.iter().filter(|entry| entry.terms().is_some());
        in_use.flat_map(|entry| entry.headroom()).collect()
    }

    /// Returns how a config's connections are made.
    fn connections(&self, config: &Config, values: &Values) -> http::Settings {
        let authority = config.spec.ca_bundle_ref.as_ref();
        http::Settings {
            extra_ca: authority.map(|bundle| values.bytes_of(bundle)),
            allowed_addresses: self.allowed.addresses(),
            ..http::Settings::default()
        }
    }

    fn entry(&self, account: Account) -> Arc<Entry> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = table.entry(account.clone()).or_insert_with(|| {
            Arc::new(Entry {
                account,
                leadership: self.leadership.clone(),
                metrics: self.metrics.clone(),
                terms: Mutex::default(),
                buckets: Mutex::default(),
                brake: Bucket::at_once(Rate::per_minute(limits::DISMISSALS_PER_MINUTE_DEFAULT)),
                credentials: Mutex::default(),
            })
        });
        Arc::clone(entry)
    }
}

impl Entry {
    /// Brings the ceilings to what the account's configs say now.
    fn follow(&self, config: &Config) {
        let said = Terms { percent: percent(config), dismissals: config.spec.dismissals_per_minute() };
        let before = self.terms();
        self.terms.lock().unwrap_or_else(PoisonError::into_inner).insert(config.key.clone(), said);
        self.apply(before);
    }

    /// Forgets what a config said that is gone.
    fn unfollow(&self, config: &ConfigKey) {
        let before = self.terms();
        self.terms.lock().unwrap_or_else(PoisonError::into_inner).remove(config);
        self.apply(before);
        let mut credentials = self.credentials.lock().unwrap_or_else(PoisonError::into_inner);
        credentials.of_config.remove(config);
        credentials.prune();
    }

    fn apply(&self, before: Option<Terms>) {
        let Some(now) = self.terms().filter(|now| Some(*now) != before) else {
            return;
        };
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        for (limit, bucket) in buckets.values() {
            bucket.set_ceiling(rate(*limit).share(now.percent));
        }
        drop(buckets);
        self.brake.set_ceiling(Rate::per_minute(now.dismissals));
    }

    /// Returns the least that the configs allow; absent: there is none.
    fn terms(&self) -> Option<Terms> {
        let terms = self.terms.lock().unwrap_or_else(PoisonError::into_inner);
        terms
            .values()
            .copied()
            .reduce(|a, b| Terms { percent: a.percent.min(b.percent), dismissals: a.dismissals.min(b.dismissals) })
    }

    fn bucket(&self, group: LimitGroup, limit: Limit) -> Arc<Bucket> {
        let percent = self.terms().map_or(DEFAULT_PERCENT, |terms| terms.percent);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, bucket) = buckets.entry(group).or_insert_with(|| (limit, Bucket::new(rate(limit).share(percent))));
        Arc::clone(bucket)
    }

    fn headroom(&self) -> Vec<(Account, &'static str, f64)> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.iter().map(|(group, (_, bucket))| (self.account.clone(), group.0, bucket.headroom())).collect()
    }

    /// Waits until a call may go out: there is a token for it, and this process is the one that acts.
    async fn take(&self, bucket: &Arc<Bucket>) -> Token {
        loop {
            self.leadership.held().await;
            let token = bucket.take().await;
            // It may have waited for long.
            if self.leadership.is_held() {
                return token;
            }
        }
    }

    fn clients(&self) -> Vec<Client> {
        let credentials = self.credentials.lock().unwrap_or_else(PoisonError::into_inner);
        credentials.known.values().map(|credential| credential.client.clone()).collect()
    }

    /// Returns the client of a config's credential; a rotated credential takes the place of the one before it.
    fn credential(
        &self,
        config: &ConfigKey,
        key: CredentialKey,
        make: impl FnOnce() -> Result<Client, Invalid>,
    ) -> Result<Arc<Credential>, Invalid> {
        let mut credentials = self.credentials.lock().unwrap_or_else(PoisonError::into_inner);
        let credential = match credentials.known.get(&key) {
            Some(known) => Arc::clone(known),
            None => Arc::new(Credential::untried(make()?)),
        };
        credentials.of_config.insert(config.clone(), key.clone());
        credentials.known.insert(key, Arc::clone(&credential));
        credentials.prune();
        Ok(credential)
    }
}

/// Reads the Secrets that a config names.
async fn read(source: &impl Source, config: &Config) -> Result<Values, Missing> {
    let mut values = Vec::new();
    for reference in references(&config.spec) {
        let secret = ObjectName { namespace: config.secrets_in.clone(), name: reference.name.clone() };
        let data = source.secret(&secret).await?;
        values.push((reference.clone(), value(&data, &secret, &reference.key)?, data.version));
    }
    Ok(Values(values))
}

/// Blames the field, or the machine, whose certificates cannot be used.
fn unconnectable(config: &Config, error: http::BuildError) -> Invalid {
    let blamed = config.spec.ca_bundle_ref.as_ref().map_or("the certificates of this machine", |_| "spec.caBundleRef");
    Invalid::new(blamed, error)
}

fn percent(config: &Config) -> u8 {
    u8::try_from(config.spec.rate_percent()).unwrap_or(100)
}

/// Returns a vendor's limit as a rate.
pub(crate) fn rate(limit: Limit) -> Rate {
    Rate::new(limit.calls, limit.period)
}
