//! Records every version of every object and Secret of a story, as a watch shows them, from its first moment to its last.
//!
//! In every story it holds each version to one rule: none looks well to a GitOps tool that nobody has looked at. What
//! else is true of the versions is the matter of single stories.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ApiResource, DynamicObject, ListParams, TypeMeta};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use roomkeeper::api::{ClusterProviderConfig, ProviderConfig};
use roomkeeper::key::Kind;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::story::DEADLINE;
use crate::support::{ControlPlane, kstatus, wait_for};

/// The watches go on while a story's own runtime waits, and are asked when it is over.
static WATCHING: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime starts")
});

/// Does something on the runtime of the watches, for whoever has none of their own or cannot wait with it.
pub fn watching<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let (answer, answered) = mpsc::channel();
    WATCHING.spawn(async move { answer.send(work.await) });
    answered.recv().expect("the work comes to its end")
}

/// A recording. Where it is dropped it judges what it has seen.
pub struct Versions {
    seen: Arc<Mutex<Seen>>,
    watches: Arc<Watches>,
}

/// One watch for each kind.
struct Watches {
    apis: Vec<Api<DynamicObject>>,
    tasks: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    /// All versions of an object in their order, by its UID.
    versions: BTreeMap<String, Vec<Value>>,
    /// The version at which an object went, by its UID.
    deleted: BTreeMap<String, u64>,
    /// How many watches have shown what was there first.
    begun: usize,
    /// What looked well too early.
    premature: Vec<String>,
    /// Whether the objects are held to the rule.
    is_lenient: bool,
}

impl Versions {
    /// Begins to record all rooms, configs and Secrets of a namespace, and the configs of the cluster, which are everybody's.
    pub async fn record(plane: &'static ControlPlane, namespace: &str) -> Self {
        let (seen, namespace) = (Arc::new(Mutex::new(Seen::default())), namespace.to_owned());
        let into = Arc::clone(&seen);
        let watches = WATCHING.spawn(async move {
            // A client belongs to the runtime that made it.
            let client = plane.client().await;
            let api = |kind: ApiResource| (Api::namespaced_with(client.clone(), &namespace, &kind), kind);
            let everywhere = |kind: ApiResource| (Api::all_with(client.clone(), &kind), kind);
            let apis: Vec<(Api<DynamicObject>, ApiResource)> = vec![
                api(Kind::Room.resource()),
                api(Kind::MeetingRoom.resource()),
                api(ApiResource::erase::<ProviderConfig>(&())),
                api(ApiResource::erase::<Secret>(&())),
                everywhere(ApiResource::erase::<ClusterProviderConfig>(&())),
            ];
            let follow = |(api, kind): &(Api<DynamicObject>, ApiResource)| {
                tokio::spawn(follow(api.clone(), kind.clone(), Arc::clone(&into)))
            };
            let tasks = apis.iter().map(follow).collect();
            Watches { tasks, apis: apis.into_iter().map(|(api, _)| api).collect() }
        });
        let watches = Arc::new(watches.await.expect("the watches begin"));
        let versions = Versions { seen, watches };
        let begun = async || (versions.seen().begun >= versions.watches.tasks.len()).then_some(());
        wait_for(DEADLINE, "the watches to begin", begun).await;
        versions
    }

    /// Holds the objects to nothing: the story has an API server without our schemas.
    pub fn judge_nothing(&self) {
        self.seen().is_lenient = true;
    }

    /// Waits until the watch has caught up with an object, and returns its versions in order.
    pub async fn until_now(&self, object: &DynamicObject) -> Vec<Value> {
        let uid = object.metadata.uid.clone().expect("it comes from the API server");
        let version = object.metadata.resource_version.as_deref();
        wait_for(DEADLINE, "the watch to catch up", async || {
            let versions = self.seen().versions.get(&uid).cloned()?;
            let last = versions.last().and_then(|last| last["metadata"]["resourceVersion"].as_str());
            (last == version).then_some(versions)
        })
        .await
    }

    /// Waits until the watch has shown the end of the one object of this name, and returns its versions in order.
    pub async fn until_deleted(&self, name: &str) -> Vec<Value> {
        wait_for(DEADLINE, "the watch to show the end", async || {
            let seen = self.seen();
            let is_it = |versions: &&Vec<Value>| versions.iter().any(|version| version["metadata"]["name"] == name);
            let deleted = seen.deleted.keys().filter_map(|uid| seen.versions.get(uid));
            deleted.into_iter().find(is_it).cloned()
        })
        .await
    }

    /// Returns all versions seen so far, by the UID of their object, and when objects went.
    pub fn all(&self) -> (BTreeMap<String, Vec<Value>>, BTreeMap<String, u64>) {
        let seen = self.seen();
        (seen.versions.clone(), seen.deleted.clone())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Versions {
    fn drop(&mut self) {
        let (answer, answered) = mpsc::channel();
        let (watches, seen) = (Arc::clone(&self.watches), Arc::clone(&self.seen));
        WATCHING.spawn(async move {
            let missed = watches.missed(&seen).await;
            watches.tasks.iter().for_each(JoinHandle::abort);
            answer.send(missed)
        });
        if std::thread::panicking() {
            return;
        }
        // A control plane that the story has stopped answers nobody: then what was seen before counts.
        let missed = answered.recv_timeout(2 * DEADLINE).unwrap_or_default();
        assert!(missed.is_empty(), "the watch missed versions: {missed:?}");
        let premature = std::mem::take(&mut self.seen().premature);
        assert!(premature.is_empty(), "looked well too early: {premature:#?}");
    }
}

impl Watches {
    /// Waits until everything was seen that is there now, and returns what was not.
    async fn missed(&self, seen: &Mutex<Seen>) -> Vec<String> {
        let deadline = tokio::time::Instant::now() + DEADLINE;
        let mut missed = Vec::new();
        for api in &self.apis {
            let Ok(Ok(listed)) = tokio::time::timeout_at(deadline, api.list(&ListParams::default())).await else {
                continue;
            };
            for object in listed.items {
                let is_seen = || seen.lock().unwrap_or_else(PoisonError::into_inner).has(&object);
                while !is_seen() && tokio::time::Instant::now() < deadline {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                if !is_seen() {
                    missed.push(format!("{:?}", object.metadata));
                }
            }
        }
        missed
    }
}

async fn follow(api: Api<DynamicObject>, kind: ApiResource, into: Arc<Mutex<Seen>>) {
    // It begins anew by itself where a story stops the API server.
    let mut events = watcher(api, watcher::Config::default()).default_backoff().boxed();
    while let Some(event) = events.next().await {
        if let Ok(event) = event {
            into.lock().unwrap_or_else(PoisonError::into_inner).take(event, &kind);
        }
    }
}

impl Seen {
    fn take(&mut self, event: Event<DynamicObject>, kind: &ApiResource) {
        match event {
            Event::InitApply(object) | Event::Apply(object) => {
                // A list does not say of each item what it is.
                let types = TypeMeta { api_version: kind.api_version.clone(), kind: kind.kind.clone() };
                self.add(DynamicObject { types: Some(types), ..object });
            }
            Event::Delete(object) => {
                let version = object.metadata.resource_version.and_then(|version| version.parse().ok());
                self.deleted.extend(object.metadata.uid.zip(version));
            }
            Event::Init => {}
            Event::InitDone => self.begun += 1,
        }
    }

    fn add(&mut self, mut object: DynamicObject) {
        object.metadata.managed_fields = None;
        let version = serde_json::to_value(&object).expect("an object is JSON");
        let versions = self.versions.entry(object.metadata.uid.unwrap_or_default()).or_default();
        let known = versions.last().is_some_and(|last| {
            number(&last["metadata"]["resourceVersion"]) >= number(&version["metadata"]["resourceVersion"])
        });
        if known {
            return;
        }
        let is_ours = version["apiVersion"] != "v1";
        if let (Some(why), true) = (kstatus::premature(&version), is_ours && !self.is_lenient) {
            self.premature.push(format!("{}: {why}: {}", version["metadata"]["name"], version["status"]));
        }
        versions.push(version);
    }

    /// Tells whether this version of an object was seen, or a later one.
    fn has(&self, object: &DynamicObject) -> bool {
        let uid = object.metadata.uid.as_deref().unwrap_or_default();
        let last = self.versions.get(uid).and_then(|versions| versions.last());
        let version = object.metadata.resource_version.as_deref().and_then(|version| version.parse().ok());
        self.deleted.contains_key(uid)
            || last.is_some_and(|last| number(&last["metadata"]["resourceVersion"]) >= version)
    }
}

fn number(version: &Value) -> Option<u64> {
    version.as_str()?.parse().ok()
}
