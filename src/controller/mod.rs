//! The controller: watches feed the queue, the queue feeds passes. It runs until it is told to stop.
//!
//! It holds no decision about rooms; those are in `reconcile` and behind it.

mod configs;
mod feed;
mod passes;
mod requirements;
mod serve;
mod unreadable;

use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::{BoxFuture, select_all};
use k8s_openapi::api::core::v1::Secret;
use kube::core::{DeserializeGuard, PartialObjectMeta};
use kube::{Api, Client};
use roomkeeper_plan::ids::ObjectName;
use tokio::net::TcpListener;

use crate::accounts::{Accounts, AllowedHosts};
use crate::api::{ClusterProviderConfig, MeetingRoom, ProviderConfig, Room};
use crate::cluster::Writer;
use crate::health::{Check, Health};
use crate::key::{Key, Kind};
use crate::leadership::{self, Leadership};
use crate::lease::{Election, Stand};
use crate::metrics::Metrics;
use crate::object::Object;
use crate::objects::Objects;
use crate::queue::Queue;
use crate::reconcile::Mode;
use crate::source::ConfigKey;
use crate::source::cluster::Cluster;
use crate::telemetry::Asked;
use crate::watch::{self, Followed, follow};

pub(crate) use configs::{NEXT_CHECK, NEXT_TRIAL};
use feed::{Feed, Part};
use passes::Passes;

/// Passes at a time. A pass mostly waits for a vendor, so this bounds memory more than work.
const SLOTS: NonZeroUsize = NonZeroUsize::new(128).expect("128 is not zero");
/// How long a stop waits for the passes under way.
const STOP_DEADLINE: Duration = Duration::from_secs(20);

/// How long a stop waits for the log-outs.
const LOG_OUT_DEADLINE: Duration = Duration::from_secs(5);

/// What the controller is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Namespaces whose objects it keeps; empty: all.
    pub namespaces: Vec<String>,
    /// Labels of the configs that it serves; the objects of others are left alone. Absent: it serves all.
    pub config_labels: Option<String>,
    /// The namespace with the Secrets of `ClusterProviderConfig`s.
    pub operator_namespace: String,
    /// Endpoint hosts that a config may name besides the vendors' own.
    pub allowed_hosts: AllowedHosts,
    /// How long after a good look the next one comes, where the object does not say.
    pub drift_check: Duration,
    /// Whether anything may be changed at a vendor.
    pub mode: Mode,
    /// Name of the Lease in the operator's namespace: of all operators with this Lease one acts.
    pub lease: String,
    /// Name of this process among them; no other living one has it.
    pub identity: String,
}

/// Where the controller can be asked how it fares.
#[derive(Debug)]
pub struct Door {
    /// Takes the questions.
    pub listener: TcpListener,
    /// What is logged, which whoever is on this machine may change.
    pub log: Asked,
}

/// What the queue holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Work {
    /// A pass over an object.
    Object(Key),
    /// A look at a config.
    Config(ConfigKey),
}

/// What shares a first token: an account with the limit group of an engine's first call, or nothing known yet.
pub(crate) type Line = Option<(roomkeeper_plan::ids::Account, &'static str)>;

/// What every part of the controller works with.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) objects: Arc<Objects>,
    pub(crate) accounts: Accounts,
    pub(crate) cluster: Cluster,
    pub(crate) writer: Writer,
    pub(crate) leadership: Leadership,
    pub(crate) queue: Queue<Work, Line>,
    pub(crate) health: Health,
    pub(crate) metrics: Metrics,
    begun: AtomicU64,
}

/// Runs the controller until `stop` ends, then lets the passes under way finish. It acts only while it holds its Lease;
/// before that it keeps itself ready. Whoever asks at the `door` is told how it fares.
///
/// # Errors
/// A kind is not installed or may not be listed, as found at the start; or the Lease was lost.
pub async fn run(client: Client, settings: Settings, door: Door, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    probe(&client, &settings).await?;
    let (health, metrics) = (Health::default(), Metrics::default());
    let objects = Arc::new(Objects::default());
    let (term, leadership) = leadership::candidacy();
    let stand = Stand {
        namespace: &settings.operator_namespace,
        lease: &settings.lease,
        me: settings.identity.clone(),
        term,
        check: health.check("lease"),
    };
    let mut election = Election::new(client.clone(), stand);
    let shared = Arc::new(Shared {
        accounts: Accounts::new(settings.allowed_hosts.clone(), leadership.clone(), metrics.clone()),
        cluster: Cluster::new(client.clone(), Arc::clone(&objects), settings.operator_namespace.clone()),
        writer: Writer::new(client.clone(), Arc::clone(&objects), leadership.clone()),
        leadership,
        queue: Queue::new(SLOTS),
        objects,
        settings,
        health: health.clone(),
        metrics,
        begun: AtomicU64::new(0),
    });
    tokio::spawn(requirements::watch(client.clone(), shared.settings.clone(), health));
    let feed = Arc::new(Feed::new(Arc::clone(&shared), client.clone()));
    let watches = select_all(watches(&client, &feed));
    let passes = Arc::new(Passes::new(Arc::clone(&shared)));
    {
        let mut held = pin!(election.run());
        tokio::select! {
            () = stop => tracing::info!("stopping: no new passes"),
            lost = &mut held => anyhow::bail!(lost),
            _ = watches => anyhow::bail!("a watch ended, which it never should"),
            ended = serve::serve(door, Arc::clone(&shared)) => anyhow::bail!("probes cannot be answered any more: {ended:?}"),
            () = start_passes(&feed, &passes) => {}
        }
        shared.queue.close();
        tokio::select! {
            lost = held => anyhow::bail!(lost),
            ended = tokio::time::timeout(STOP_DEADLINE, shared.queue.idle()) => if ended.is_err() {
                tracing::warn!("passes were still under way at the deadline; what they did is looked at after the next start");
            }
        }
    }
    // First of all the next one may begin; what is given back then is this process's own.
    election.release().await;
    if tokio::time::timeout(LOG_OUT_DEADLINE, shared.accounts.log_out()).await.is_err() {
        tracing::warn!("a vendor did not answer the log-outs; the log-ins end by themselves");
    }
    Ok(())
}

impl Shared {
    /// Counts a pass that begins.
    fn begins(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns how many passes have begun.
    fn passes_begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Tells whether an object is this operator's to keep. Where it serves some configs only, nobody can tell whether another
    /// one is not there or another operator's: then the object is left alone.
    fn keeps(&self, object: &Object) -> bool {
        let config = ConfigKey::of(&object.key.name.namespace, &object.config);
        self.settings.config_labels.is_none() || self.objects.config(&config).is_some()
    }

    /// Adds a watch to what `/readyz` tells of.
    fn check(&self, kind: &str, namespace: Option<&str>) -> Arc<Check> {
        let place = namespace.map(|namespace| format!("/{namespace}")).unwrap_or_default();
        self.health.check(format!("watch/{kind}{place}"))
    }

    /// Begins without a place at each brake that held a room when the operator before this one ended: a restart gives no
    /// second burst of dismissals.
    fn use_up_brakes(&self) {
        if self.settings.mode == Mode::ObserveOnly {
            return;
        }
        let keys = self.objects.keys();
        let is_held = |key: &&Key| self.objects.get(key).is_some_and(|object| object.is_held_by_brake());
        for (account, _) in keys.iter().filter(is_held).filter_map(|key| self.line(key)) {
            self.accounts.use_up_brake(&account);
        }
    }
}

async fn start_passes(feed: &Feed, passes: &Arc<Passes>) {
    feed.synced().await;
    tracing::info!("all watches have listed");
    feed.shared.leadership.held().await;
    feed.shared.use_up_brakes();
    tracing::info!("passes start");
    passes.run().await;
}

/// Checks that each kind can be listed, so that a missing CRD or right is named at the start and not found out later.
async fn probe(client: &Client, settings: &Settings) -> anyhow::Result<()> {
    let one = kube::api::ListParams::default().limit(1);
    let served = kube::api::ListParams { label_selector: settings.config_labels.clone(), ..one.clone() };
    let failed = |kind: &'static str| {
        move |error: kube::Error| anyhow::Error::new(error).context(format!("{kind} cannot be listed"))
    };
    for namespace in scopes(settings) {
        scoped::<Room>(client, namespace).list_metadata(&one).await.map_err(failed("Room"))?;
        scoped::<MeetingRoom>(client, namespace).list_metadata(&one).await.map_err(failed("MeetingRoom"))?;
        scoped::<ProviderConfig>(client, namespace).list_metadata(&served).await.map_err(failed("ProviderConfig"))?;
    }
    let cluster = Api::<ClusterProviderConfig>::all(client.clone());
    cluster.list_metadata(&served).await.map_err(failed("ClusterProviderConfig"))?;
    Ok(())
}

/// The namespaces to watch, one by one; `None` stands for all of them.
fn scopes(settings: &Settings) -> Vec<Option<&str>> {
    if settings.namespaces.is_empty() {
        vec![None]
    } else {
        settings.namespaces.iter().map(|namespace| Some(namespace.as_str())).collect()
    }
}

fn scoped<K>(client: &Client, namespace: Option<&str>) -> Api<K>
where
    K: kube::Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>,
{
    match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    }
}

fn watches(client: &Client, feed: &Arc<Feed>) -> Vec<BoxFuture<'static, ()>> {
    let mut watches: Vec<BoxFuture<'static, ()>> = Vec::new();
    for namespace in scopes(&feed.shared.settings) {
        watches.push(watch_objects::<Room>(Kind::Room, client, feed, namespace));
        watches.push(watch_objects::<MeetingRoom>(Kind::MeetingRoom, client, feed, namespace));
        let configs = scoped::<DeserializeGuard<ProviderConfig>>(client, namespace);
        let (to, scope) = (Arc::clone(feed), feed.open(Part::Namespaced(namespace.map(str::to_owned))));
        let check = feed.shared.check("ProviderConfig", namespace);
        watches.push(Box::pin(async move {
            let key = |meta: &kube::core::ObjectMeta| ConfigKey::Namespaced(name(meta));
            let labels = to.shared.settings.config_labels.as_deref();
            let configs = Followed { check: &check, api: configs, labels };
            follow(configs, key, watch::guarded, |news| to.config(&scope, news)).await;
        }));
    }
    let configs = Api::<DeserializeGuard<ClusterProviderConfig>>::all(client.clone());
    let (to, scope) = (Arc::clone(feed), feed.open(Part::Cluster));
    let check = feed.shared.check("ClusterProviderConfig", None);
    watches.push(Box::pin(async move {
        let key = |meta: &kube::core::ObjectMeta| ConfigKey::Cluster(meta.name.clone().unwrap_or_default());
        let labels = to.shared.settings.config_labels.as_deref();
        let configs = Followed { check: &check, api: configs, labels };
        follow(configs, key, watch::guarded, |news| to.config(&scope, news)).await;
    }));
    watches
}

/// Follows the objects of one kind in a namespace, or in all.
fn watch_objects<K>(kind: Kind, client: &Client, feed: &Arc<Feed>, namespace: Option<&str>) -> BoxFuture<'static, ()>
where
    K: kube::Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>,
    K: Clone + std::fmt::Debug + serde::de::DeserializeOwned + Send + 'static,
    Object: From<K>,
{
    let objects = scoped::<DeserializeGuard<K>>(client, namespace);
    let (to, scope) = (Arc::clone(feed), feed.open(Part::Namespaced(namespace.map(str::to_owned))));
    let check = feed.shared.check(kind.as_str(), namespace);
    Box::pin(async move {
        let key = |meta: &kube::core::ObjectMeta| Key { kind, name: name(meta) };
        let objects = Followed { check: &check, api: objects, labels: None };
        follow(objects, key, watch::guarded, |news| to.object(kind, &scope, news)).await;
    })
}

/// Follows the versions of the Secrets of one namespace; their contents are read only when they are used.
async fn follow_secrets(client: Client, namespace: String, feed: Arc<Feed>) {
    let secrets = Api::<PartialObjectMeta<Secret>>::namespaced(client, &namespace);
    let read = |secret: PartialObjectMeta<Secret>| watch::News::There(feed::secret(&secret.metadata));
    let check = feed.shared.check("Secret", Some(&namespace));
    let secrets = Followed { check: &check, api: secrets, labels: None };
    follow(secrets, name, read, |news| feed.secret(&namespace, news)).await;
}

fn name(meta: &kube::core::ObjectMeta) -> ObjectName {
    ObjectName { namespace: meta.namespace.clone().unwrap_or_default(), name: meta.name.clone().unwrap_or_default() }
}
