//! Takes the news of the watches into [`Objects`](crate::objects::Objects) and queues what they concern.
//!
//! It only decides who is looked at again, never what is done.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Client;
use roomkeeper_plan::ids::{ObjectName, SecretVersion};
use tokio::sync::Notify;

use super::{Line, Shared, Work, follow_secrets, name};
use crate::accounts::Accounts;
use crate::config::StoredConfig;
use crate::engines::Served;
use crate::key::{Key, Kind};
use crate::object::Object;
use crate::objects::Arrival;
use crate::queue::Lane;
use crate::source::ConfigKey;
use crate::watch::News;

/// The part of the cluster that one watch shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The namespaced objects of one namespace, or of all.
    Namespaced(Option<String>),
    /// The objects without a namespace.
    Cluster,
}

/// One watch: what it shows, and whether it has listed that once.
pub(super) struct Scope {
    part: Part,
    listed: AtomicBool,
}

impl Scope {
    fn covers(&self, name: &ObjectName) -> bool {
        match &self.part {
            Part::Namespaced(namespace) => namespace.as_ref().is_none_or(|namespace| *namespace == name.namespace),
            Part::Cluster => false,
        }
    }

    fn covers_config(&self, key: &ConfigKey) -> bool {
        match key {
            ConfigKey::Namespaced(name) => self.covers(name),
            ConfigKey::Cluster(_) => self.part == Part::Cluster,
        }
    }
}

/// Where the watches tell their news.
pub(super) struct Feed {
    pub(super) shared: Arc<Shared>,
    client: Client,
    unlisted: AtomicUsize,
    listed: Notify,
    secrets_watched: Mutex<HashSet<String>>,
}

impl Feed {
    pub(super) fn new(shared: Arc<Shared>, client: Client) -> Self {
        Feed { shared, client, unlisted: AtomicUsize::new(0), listed: Notify::new(), secrets_watched: Mutex::default() }
    }

    /// Announces one more watch that must have listed before the first pass.
    pub(super) fn open(&self, part: Part) -> Scope {
        self.unlisted.fetch_add(1, Ordering::SeqCst);
        Scope { part, listed: AtomicBool::new(false) }
    }

    /// Waits until every announced watch has listed once: a pass must see all rivals and all configs.
    pub(super) async fn synced(&self) {
        loop {
            let listed = self.listed.notified();
            if self.unlisted.load(Ordering::SeqCst) == 0 {
                return;
            }
            listed.await;
        }
    }

    fn mark(&self, scope: &Scope) {
        if !scope.listed.swap(true, Ordering::SeqCst) {
            self.unlisted.fetch_sub(1, Ordering::SeqCst);
            self.listed.notify_waiters();
        }
    }

    /// Takes in news of an object of this kind.
    pub(super) fn object(self: &Arc<Self>, kind: Kind, scope: &Scope, news: News<Object, Key>) {
        match news {
            News::There(object) => self.there(object),
            News::Unreadable(meta) => self.unreadable(kind, *meta),
            News::Gone(key) => self.gone(&key),
            News::Listed(keys) => {
                let known = self.shared.objects.keys().into_iter();
                let known = known.filter(|key| key.kind == kind && scope.covers(&key.name));
                for key in known.filter(|key| !keys.contains(key)) {
                    self.gone(&key);
                }
                self.mark(scope);
            }
        }
    }

    fn there(self: &Arc<Self>, object: Object) {
        let key = object.key.clone();
        let config = ConfigKey::of(&key.name.namespace, &object.config);
        let calm = object.deletion.is_none() && object.is_settled();
        self.watch_secrets(&key.name.namespace);
        let before = self.shared.objects.told_config(&key).filter(|before| *before != config);
        match self.shared.objects.apply(object) {
            Arrival::New => self.queue(&key, if calm { Lane::Drift } else { Lane::Edit }),
            Arrival::Changed => self.queue(&key, Lane::Edit),
            Arrival::Same => return,
        }
        // The one that it named before may not be in use any more.
        before.into_iter().chain([config]).for_each(|config| self.queue_config(config));
    }

    fn gone(&self, key: &Key) {
        let known = self.shared.objects.get(key);
        self.shared.objects.remove(key);
        self.parted(key, known.as_deref());
    }

    /// Queues what an object concerned that is not known any more.
    fn parted(&self, key: &Key, known: Option<&Object>) {
        self.shared.queue.forget(&Work::Object(key.clone()));
        // A last pass finds nothing, and what is remembered of the object goes.
        self.queue(key, Lane::Drift);
        let Some(object) = known else {
            // Nobody knows which config it named.
            self.shared.objects.config_keys().into_iter().for_each(|config| self.queue_config(config));
            return;
        };
        // Whoever waited for the room may have it now.
        for rival in self.shared.objects.of_room(&object.names()) {
            self.queue(&rival.key, Lane::Edit);
        }
        self.queue_config(ConfigKey::of(&key.name.namespace, &object.config));
    }

    /// Reports an object that cannot be decoded on the object itself.
    fn unreadable(self: &Arc<Self>, kind: Kind, meta: ObjectMeta) {
        let client = self.client.clone();
        let key = Key { kind, name: name(&meta) };
        let known = self.shared.objects.get(&key);
        self.shared.objects.lose(&key);
        if known.is_some() {
            self.parted(&key, known.as_deref());
        }
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            shared.leadership.held().await;
            super::unreadable::report(&shared, client, kind, meta).await;
        });
    }

    /// Takes in news of a config.
    pub(super) fn config(self: &Arc<Self>, scope: &Scope, news: News<StoredConfig, ConfigKey>) {
        match news {
            News::There(config) => self.config_there(config),
            News::Unreadable(meta) => {
                tracing::error!(config = %name(&meta), "a config cannot be decoded; its CRD is another version's");
            }
            News::Gone(key) => self.config_gone(&key),
            News::Listed(keys) => {
                let known = self.shared.objects.config_keys().into_iter();
                for key in known.filter(|key| scope.covers_config(key) && !keys.contains(key)) {
                    self.config_gone(&key);
                }
                self.mark(scope);
            }
        }
    }

    fn config_there(self: &Arc<Self>, config: StoredConfig) {
        let key = config.key.clone();
        self.watch_secrets(key.secrets_in(&self.shared.settings.operator_namespace));
        let usable = self.shared.cluster.usable(&config);
        for served in Served::ALL {
            let Some(first) = served.first_call() else { continue };
            let group = first.limit_group();
            let gate = self.shared.accounts.gate(&usable, group, first.limit());
            if let Some((account, gate)) = gate.filter(|(account, _)| account.vendor() == served.vendor()) {
                self.shared.queue.set_gate(Some((account, group.0)), gate);
            }
        }
        match self.shared.objects.apply_config(config) {
            Arrival::New | Arrival::Changed => self.config_changed(key),
            Arrival::Same => {}
        }
    }

    fn config_gone(&self, key: &ConfigKey) {
        self.shared.objects.remove_config(key);
        self.shared.accounts.forget(key);
        self.shared.queue.forget(&Work::Config(key.clone()));
        for object in self.shared.objects.of_config(key) {
            self.queue(&object, Lane::Edit);
        }
    }

    fn config_changed(&self, key: ConfigKey) {
        for object in self.shared.objects.of_config(&key) {
            let calm = self.shared.objects.get(&object).is_some_and(|object| object.is_settled());
            self.queue(&object, if calm { Lane::Drift } else { Lane::Edit });
        }
        self.queue_config(key);
    }

    /// Takes in news of the Secrets of a namespace.
    pub(super) fn secret(&self, namespace: &str, news: News<(ObjectName, SecretVersion), ObjectName>) {
        match news {
            News::There((secret, version)) => self.secret_changed(&secret, Some(version)),
            News::Unreadable(_) => {}
            News::Gone(secret) => self.secret_changed(&secret, None),
            News::Listed(secrets) => {
                let known = self.shared.objects.secrets_in(namespace).into_iter();
                for secret in known.filter(|secret| !secrets.contains(secret)) {
                    self.secret_changed(&secret, None);
                }
            }
        }
    }

    /// Takes in the version of a Secret; absent: it is gone.
    fn secret_changed(&self, secret: &ObjectName, version: Option<SecretVersion>) {
        // Asked first: once the version is known, a pass may read it by itself, and nobody would hear of it.
        let is_news = self.shared.cluster.is_news(secret, version.as_ref());
        match version {
            Some(version) => self.shared.objects.apply_secret(secret.clone(), version),
            None => self.shared.objects.remove_secret(secret),
        }
        if !is_news {
            return;
        }
        for object in self.shared.objects.of_secret(secret) {
            self.queue(&object, Lane::Edit);
        }
        let operator_namespace = &self.shared.settings.operator_namespace;
        for config in self.shared.objects.configs_of_secret(secret, operator_namespace) {
            self.shared.objects.renew_config(&config);
            self.config_changed(config);
        }
    }

    /// Starts to watch the Secrets of a namespace, the first time that something of ours is in it.
    fn watch_secrets(self: &Arc<Self>, namespace: &str) {
        let mut watched = self.secrets_watched.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.insert(namespace.to_owned()) {
            tokio::spawn(follow_secrets(self.client.clone(), namespace.to_owned(), Arc::clone(self)));
        }
    }

    fn queue(&self, key: &Key, lane: Lane) {
        let line = self.shared.line(key);
        self.shared.queue.add(Work::Object(key.clone()), line, lane);
    }

    fn queue_config(&self, key: ConfigKey) {
        self.shared.queue.add(Work::Config(key), None, Lane::Edit);
    }
}

impl Shared {
    /// Returns the line that an object waits in: its account's, as far as that is known.
    pub(super) fn line(&self, key: &Key) -> Line {
        let object = self.objects.get(key)?;
        let config = self.objects.config(&ConfigKey::of(&key.name.namespace, &object.config))?;
        let account = Accounts::account(&self.cluster.usable(&config)).ok()?;
        let served = Served::of(&object);
        // Where one list serves many objects, no object needs a token of its own.
        Some((account, served.first_call().map_or(served.vendor(), |call| call.limit_group().0)))
    }
}

/// Returns the name and version of a Secret.
pub(super) fn secret(meta: &ObjectMeta) -> (ObjectName, SecretVersion) {
    let version = SecretVersion {
        uid: meta.uid.clone().unwrap_or_default(),
        resource_version: meta.resource_version.clone().unwrap_or_default(),
    };
    (name(meta), version)
}
