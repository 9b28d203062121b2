//! The vendor accounts in use: clients, pacing, credential health and the brake on dismissals.
//!
//! Everything that protects an account is kept by account, not by credential: a rotated key does not fill the buckets
//! again, and two configs of one account share its quota. It decides nothing about rooms.

mod endpoint;
mod session;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use roomkeeper_plan::ids::{Account, ObjectName, SecretVersion};
use roomkeeper_providers::limit::{Limit, LimitGroup};
use roomkeeper_providers::{SecretString, http, tencent};
use tokio::time::Instant;

pub use endpoint::{AllowedHosts, EndpointError};
pub use session::Session;

use crate::api::SecretKeyRef;
use crate::api::provider_config::VendorSpec;
use crate::api::vendor::{Tencent, TencentRegion};
use crate::engines::Invalid;
use crate::pacing::{Bucket, Rate};
use crate::source::{Config, ConfigKey, Missing, Source, value};

/// How long a rejected credential rests before one call tries it again.
const PROBE_AFTER: Duration = Duration::from_secs(60);

/// How long after a trial that nobody answered the next one may come.
const TRY_AFTER: Duration = Duration::from_secs(10);

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
}

/// All accounts of this process.
#[derive(Debug)]
pub struct Accounts {
    allowed: AllowedHosts,
    table: Mutex<HashMap<Account, Arc<Entry>>>,
}

/// One account: what its calls share.
#[derive(Debug)]
pub struct Entry {
    account: Account,
    /// What each config of the account allows: the least of all holds.
    terms: Mutex<HashMap<ConfigKey, Terms>>,
    buckets: Mutex<HashMap<LimitGroup, (Limit, Arc<Bucket>)>>,
    brake: Arc<Bucket>,
    credentials: Mutex<HashMap<CredentialKey, Arc<Credential>>>,
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
    identifier: String,
    secret: (String, String, String),
    authority: Option<(String, String, String)>,
}

impl CredentialKey {
    /// Tells whether another key is this one with newer versions of its Secrets.
    fn is_replaced_by(&self, other: &CredentialKey) -> bool {
        let named = |key: &CredentialKey| {
            let secret = (key.secret.0.clone(), key.secret.2.clone());
            (key.endpoint.clone(), key.identifier.clone(), secret)
        };
        named(self) == named(other)
    }
}

/// A client and what the vendor thinks of its credential.
struct Credential {
    client: tencent::Client,
    health: Mutex<Health>,
    /// Held while the credential is tried, so that it is tried by one pass at a time.
    trial: tokio::sync::Mutex<()>,
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
    Rejected {
        words: String,
        probe_at: Instant,
    },
}

impl Accounts {
    /// Makes an empty table; endpoints other than the vendors' own must be in `allowed`.
    #[must_use]
    pub fn new(allowed: AllowedHosts) -> Self {
        Accounts { allowed, table: Mutex::default() }
    }

    /// Returns the account that a config names, without reading anything.
    ///
    /// # Errors
    /// The config names no vendor, several, or one that this version does not serve.
    pub fn account(config: &Config) -> Result<Account, Error> {
        let refuse = |source| Error::Config { config: config.key.clone(), source };
        Ok(Account::tencent(u64::from(tencent_spec(config).map_err(refuse)?.sdk_app_id)))
    }

    /// Opens an account: reads the Secrets that the config names and returns a session with its client.
    ///
    /// # Errors
    /// Something that the config names is missing or not acceptable, or the vendor has rejected this very credential
    /// and it is too early to ask again.
    pub async fn open(&self, config: &Config, source: &impl Source) -> Result<Session, Error> {
        let refuse = |source| Error::Config { config: config.key.clone(), source };
        let spec = tencent_spec(config).map_err(refuse)?;
        let endpoint = self.endpoint(spec).map_err(refuse)?;
        let (key, key_version) = read(source, &config.secrets_in, &spec.secret_key_ref).await?;
        let authority = match &config.spec.ca_bundle_ref {
            Some(reference) => Some(read(source, &config.secrets_in, reference).await?),
            None => None,
        };
        let named = |reference: &SecretKeyRef, version: &SecretVersion| {
            (version.uid.clone(), version.resource_version.clone(), reference.key.clone())
        };
        let credential_key = CredentialKey {
            endpoint: endpoint.to_string(),
            identifier: spec.identifier.clone(),
            secret: named(&spec.secret_key_ref, &key_version),
            authority: config.spec.ca_bundle_ref.as_ref().zip(authority.as_ref()).map(|(r, (_, v))| named(r, v)),
        };
        let entry = self.entry(config, Account::tencent(u64::from(spec.sdk_app_id)));
        let credential = entry.credential(credential_key, || {
            let settings = http::Settings {
                extra_ca: authority.as_ref().map(|(pem, _)| pem.expose().as_bytes().to_vec()),
                ..http::Settings::default()
            };
            let blamed = if authority.is_some() { "spec.caBundleRef" } else { "the certificates of this machine" };
            let http = http::Client::new(&settings).map_err(|error| Invalid::new(blamed, error))?;
            tencent::Client::new(tencent::Config {
                endpoint,
                sdk_app_id: tencent::SdkAppId(u64::from(spec.sdk_app_id)),
                identifier: spec.identifier.clone(),
                key: SecretString::from(key.expose()),
                http,
            })
            .map_err(|error| Invalid::new("spec.tencent", error))
        });
        Session::admit(entry, credential.map_err(refuse)?).await
    }

    /// Returns the bucket of a limit group, so that the queue can hold passes back until it has a token.
    pub fn gate(&self, config: &Config, group: LimitGroup, limit: Limit) -> Option<(Account, Arc<Bucket>)> {
        let account = Accounts::account(config).ok()?;
        let bucket = self.entry(config, account.clone()).bucket(group, limit);
        Some((account, bucket))
    }

    /// Forgets what a config allowed, because it is gone.
    pub fn forget(&self, config: &ConfigKey) {
        for entry in self.table.lock().unwrap_or_else(PoisonError::into_inner).values() {
            entry.unfollow(config);
        }
    }

    fn entry(&self, config: &Config, account: Account) -> Arc<Entry> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = table.entry(account.clone()).or_insert_with(|| {
            Arc::new(Entry {
                account,
                terms: Mutex::default(),
                buckets: Mutex::default(),
                brake: Bucket::at_once(Rate::per_minute(config.spec.dismissals_per_minute())),
                credentials: Mutex::default(),
            })
        });
        let entry = Arc::clone(entry);
        drop(table);
        entry.follow(config);
        entry
    }

    fn endpoint(&self, spec: &Tencent) -> Result<url::Url, Invalid> {
        match (&spec.region, &spec.endpoint) {
            (Some(region), None) => Ok(vendor_region(*region).endpoint()),
            (None, Some(endpoint)) => {
                self.allowed.parse(endpoint).map_err(|error| Invalid::new("spec.tencent.endpoint", error))
            }
            (None, None) | (Some(_), Some(_)) => {
                Err(Invalid::new("spec.tencent", "set exactly one of region and endpoint"))
            }
        }
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
        let percent = self.terms().map_or(100, |terms| terms.percent);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, bucket) = buckets.entry(group).or_insert_with(|| (limit, Bucket::new(rate(limit).share(percent))));
        Arc::clone(bucket)
    }

    /// Returns the client of a credential; a rotated credential takes the place of the one before it.
    fn credential(
        &self,
        key: CredentialKey,
        make: impl FnOnce() -> Result<tencent::Client, Invalid>,
    ) -> Result<Arc<Credential>, Invalid> {
        let mut credentials = self.credentials.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = credentials.get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(Credential {
            client: make()?,
            health: Mutex::new(Health::Untried { try_at: Instant::now() }),
            trial: Default::default(),
        });
        credentials.retain(|known, _| !known.is_replaced_by(&key));
        credentials.insert(key, Arc::clone(&made));
        Ok(made)
    }
}

fn tencent_spec(config: &Config) -> Result<&Tencent, Invalid> {
    let not_served = |field| Err(Invalid::new(field, "this version of Roomkeeper does not serve this vendor yet"));
    match config.spec.vendor().map_err(|error| Invalid::new("spec", error))? {
        VendorSpec::Tencent(spec) => Ok(spec),
        VendorSpec::HuaweiMeeting(_) => not_served("spec.huaweiMeeting"),
        VendorSpec::HuaweiRtc(_) => not_served("spec.huaweiRtc"),
    }
}

async fn read(
    source: &impl Source,
    namespace: &str,
    reference: &SecretKeyRef,
) -> Result<(roomkeeper_plan::secret::Secret, SecretVersion), Missing> {
    let secret = ObjectName { namespace: namespace.to_owned(), name: reference.name.clone() };
    let data = source.secret(&secret).await?;
    Ok((value(&data, &secret, &reference.key)?, data.version))
}

fn percent(config: &Config) -> u8 {
    u8::try_from(config.spec.rate_percent()).unwrap_or(100)
}

fn rate(limit: Limit) -> Rate {
    Rate::new(limit.calls, limit.period)
}

fn vendor_region(region: TencentRegion) -> tencent::Region {
    match region {
        TencentRegion::China => tencent::Region::China,
        TencentRegion::Singapore => tencent::Region::Singapore,
        TencentRegion::Seoul => tencent::Region::Seoul,
        TencentRegion::Frankfurt => tencent::Region::Frankfurt,
        TencentRegion::SiliconValley => tencent::Region::SiliconValley,
        TencentRegion::Jakarta => tencent::Region::Jakarta,
        TencentRegion::Tokyo => tencent::Region::Tokyo,
        TencentRegion::Mumbai => tencent::Region::Mumbai,
    }
}
