//! The stage of a story: a namespace, a simulated vendor, an operator, and the words to act and to wait.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use k8s_openapi::api::core::v1::{Event, Namespace, Secret};
use kube::Client;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::runtime::wait::{await_condition, conditions};
use roomkeeper::api::condition::{Condition, READY};
use roomkeeper::api::{
    ClusterProviderConfig, ProviderConfig, ProviderConfigStatus, Room, RoomStatus, annotations, schema,
};
use roomkeeper::key::Kind;
use roomkeeper_sim::{App, Effect, Entry, Fault, FaultId, Options, Room as VendorRoom, Simulator, World};
use serde_json::{Value, json};

use crate::foretold::{self, Scene};
use crate::operator::{Operator, Start};
use crate::rights;
use crate::support::{Audit, ControlPlane, Options as PlaneOptions, Relay, wait_for, wait_until};
use crate::versions::{self, Versions};

/// The app of every story.
pub const APP: u64 = 1_400_000_000;
/// A second app of the same vendor, for stories that open it with [`Story::open_other_account`].
pub const OTHER_APP: u64 = 1_400_000_001;
/// The secret key of both, which must never be read anywhere.
pub const KEY: &str = "canary-key-5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f";
/// The room id and object name that most stories use.
pub const ROOM: &str = "weekly-sync";
/// How long a story waits for anything; a busy machine is slow, a broken operator never gets there.
pub const DEADLINE: Duration = Duration::from_secs(40);

/// A stage.
pub struct Story {
    pub plane: &'static ControlPlane,
    pub client: Client,
    pub sim: Simulator,
    /// Where the story acts and looks.
    pub namespace: String,
    /// What the operator watches; its own is the first.
    watched: Vec<String>,
    pub operator: Option<Operator>,
    /// The kind of the objects that the story is about.
    kind: Kind,
    drift_check: &'static str,
    flags: Vec<&'static str>,
    allowed_hosts: String,
    operator_namespace: String,
    log_filter: &'static str,
    log: PathBuf,
    /// How the operator reaches the API server, if not as the story does.
    kubeconfig: Option<PathBuf>,
    /// Between the operator and the API server, if the story holds watches back.
    relay: Option<Relay>,
    /// Every version of every object; dropped last, when it judges them.
    pub versions: Versions,
    /// The same of the other namespaces.
    versions_elsewhere: Vec<Versions>,
}

impl Story {
    /// Sets the stage with a running operator that looks again only when something changes.
    pub async fn begin(name: &str) -> Self {
        let mut story = Story::prepare(name).await;
        story.start_operator();
        story
    }

    /// Sets the stage without an operator.
    pub async fn prepare(name: &str) -> Self {
        Story::on(ControlPlane::shared(), name).await
    }

    /// Sets the stage on a control plane of the story's own, which it may break, without an operator.
    pub async fn prepare_alone(name: &str) -> Self {
        let plane = ControlPlane::start(&PlaneOptions { audit: Audit::On, ..PlaneOptions::default() });
        // It ends with this process.
        Story::on(Box::leak(Box::new(plane.expect("a control plane starts"))), name).await
    }

    /// Sets the stage on this control plane, without an operator.
    pub async fn on(plane: &'static ControlPlane, name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let client = plane.client().await;
        // Applying them again changes nothing, and each control plane has its own.
        install_crds(client.clone()).await;
        rights::give(&client).await;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let namespace = format!("{name}-{}-{number}", std::process::id());
        create_namespace(client.clone(), &namespace).await;
        let versions = Versions::record(plane, &namespace).await;
        let app = App::new(KEY, "administrator").with_accounts(["alice", "bob", "carol"]);
        let sim = Simulator::start(Options::from(World::with_app(APP, app))).await.expect("the simulator starts");
        let log = std::env::temp_dir().join(format!("roomkeeper-story-{namespace}.log"));
        let (allowed_hosts, operator_namespace) = (sim.url().replace("http://", ""), namespace.clone());
        let mut story = Story {
            plane,
            client,
            sim,
            watched: vec![namespace.clone()],
            namespace,
            operator: None,
            kind: Kind::Room,
            drift_check: "1h",
            flags: Vec::new(),
            allowed_hosts,
            operator_namespace,
            log_filter: "warn,roomkeeper=trace",
            log,
            kubeconfig: None,
            relay: None,
            versions,
            versions_elsewhere: Vec::new(),
        };
        story.sim.keep_arrivals(foretold::KEPT);
        story.as_user(rights::OPERATOR);
        story.create_secret("tencent", "secretKey", KEY).await;
        story.create_config("tencent", &json!({})).await;
        story
    }

    /// Is about objects of this kind from here on.
    pub fn about(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Opens another, empty namespace that the operator watches, from its next start on, and returns its name.
    pub async fn open_namespace(&mut self, name: &str) -> String {
        let namespace = format!("{}-{name}", self.watched[0]);
        create_namespace(self.client.clone(), &namespace).await;
        self.versions_elsewhere.push(Versions::record(self.plane, &namespace).await);
        self.watched.push(namespace.clone());
        namespace
    }

    /// Acts and looks in this namespace from here on.
    pub fn go_to(&mut self, namespace: &str) {
        namespace.clone_into(&mut self.namespace);
    }

    /// Has the operator look again this often, from its next start on.
    pub fn with_drift_checks(mut self, every: &'static str) -> Self {
        self.drift_check = every;
        self
    }

    /// Starts the operator with these flags, from its next start on.
    pub fn with_flags(&mut self, flags: &[&'static str]) {
        self.flags = flags.to_vec();
    }

    /// Starts the operator with leave to call these hosts, from its next start on, instead of the simulator's address.
    pub fn allow_hosts(&mut self, hosts: &str) {
        hosts.clone_into(&mut self.allowed_hosts);
    }

    /// Has the operator live in a namespace that no story deletes, from its next start on, instead of the story's own.
    pub fn outlive_the_namespace(&mut self) {
        "default".clone_into(&mut self.operator_namespace);
    }

    /// Says that the operator lives in this namespace, whoever starts it.
    pub async fn lives_in(&mut self, namespace: &str) {
        if self.operator_namespace != namespace {
            namespace.clone_into(&mut self.operator_namespace);
            // The Secrets of shared configs are there.
            self.versions_elsewhere.push(Versions::record(self.plane, namespace).await);
        }
    }

    /// Has the operator log everything that it and its libraries can tell, from its next start on.
    pub fn with_full_log(mut self) -> Self {
        self.log_filter = "trace";
        self
    }

    /// Has the operator ask the API server as this user, from its next start on.
    pub fn as_user(&mut self, user: &str) {
        let text = std::fs::read_to_string(self.plane.kubeconfig()).expect("the kubeconfig can be read");
        let mut config: Value = serde_saphyr::from_str(&text).expect("a kubeconfig");
        for known in config["users"].as_array_mut().expect("it has users") {
            known["user"]["as"] = json!(user);
        }
        let path = std::env::temp_dir().join(format!("roomkeeper-story-{}-as.kubeconfig", self.namespace));
        std::fs::write(&path, config.to_string()).expect("the kubeconfig can be written");
        self.kubeconfig = Some(path);
    }

    /// Leads to the API server as the user of [`Story::as_user`].
    pub fn kubeconfig(&self) -> &Path {
        self.kubeconfig.as_deref().unwrap_or(self.plane.kubeconfig())
    }

    /// Puts a relay between the operator and the API server, from the operator's next start on.
    pub async fn with_relay(mut self) -> Self {
        let kubeconfig = std::env::temp_dir().join(format!("roomkeeper-story-{}.kubeconfig", self.namespace));
        self.relay = Some(Relay::start(self.client.clone(), kubeconfig).await);
        self
    }

    /// The relay of [`Story::with_relay`].
    pub fn relay(&self) -> &Relay {
        self.relay.as_ref().expect("the story has a relay")
    }

    pub fn start_operator(&mut self) {
        assert!(self.operator.is_none(), "one operator at a time");
        let own = self.kubeconfig();
        let kubeconfig = self.relay.as_ref().map_or(own, Relay::kubeconfig);
        self.operator = Some(self.operator_named("story", kubeconfig, self.log.clone()));
    }

    /// Starts another operator beside the story's, with a log of its own and its own way to the API server.
    pub fn start_another_operator(&self, name: &str) -> Operator {
        self.operator_named(name, self.kubeconfig(), self.log.with_extension(format!("{name}.log")))
    }

    fn operator_named(&self, identity: &str, kubeconfig: &Path, log: PathBuf) -> Operator {
        Operator::start(Start {
            kubeconfig,
            namespaces: &self.watched,
            operator_namespace: &self.operator_namespace,
            allowed_hosts: &self.allowed_hosts,
            drift_check: self.drift_check,
            flags: &self.flags,
            log_filter: self.log_filter,
            log,
            identity,
        })
    }

    pub async fn kill_operator(&mut self) {
        self.operator.take().expect("an operator runs").kill().await;
    }

    pub fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// The objects that the story is about.
    pub fn objects(&self) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), &self.namespace, &self.kind.resource())
    }

    /// How URLs call the kind that the story is about.
    pub fn kind_in_urls(&self) -> String {
        self.kind.resource().plural
    }

    pub async fn create_secret(&self, name: &str, key: &str, value: &str) {
        let secret = json!({ "metadata": { "name": name }, "stringData": { key: value } });
        create(&self.api::<Secret>(), &secret).await;
    }

    /// Gives a Secret another value.
    pub async fn rotate(&self, name: &str, key: &str, value: &str) {
        let patch = Patch::Merge(json!({ "stringData": { key: value } }));
        self.api::<Secret>().patch(name, &PatchParams::default(), &patch).await.expect("the Secret is there");
    }

    /// Creates a config for the story's vendor; `more` is merged over the spec.
    pub async fn create_config(&self, name: &str, more: &Value) {
        let spec = json!({ "tencent": self.account() });
        create(&self.api::<ProviderConfig>(), &config("ProviderConfig", name, spec, more)).await;
    }

    /// Creates a config for the whole cluster, which the story's namespace may use; `more` is merged over the spec. Every
    /// operator of a cluster looks at it, so the story needs a control plane of its own.
    pub async fn create_cluster_config(&self, name: &str, more: &Value) -> Api<ClusterProviderConfig> {
        let configs = Api::all(self.client.clone());
        let spec = json!({ "allowedNamespaces": [self.namespace], "tencent": self.account() });
        create(&configs, &config("ClusterProviderConfig", name, spec, more)).await;
        configs
    }

    /// The account of the story's app, as a config has it.
    fn account(&self) -> Value {
        json!({
            "sdkAppId": APP,
            "endpoint": self.sim.url(),
            "identifier": "administrator",
            "secretKeyRef": { "name": "tencent", "key": "secretKey" },
        })
    }

    /// Opens [`OTHER_APP`] with a Secret and a config of this name.
    pub async fn open_other_account(&self, name: &str) {
        let app = App::new(KEY, "administrator").with_accounts(["alice"]);
        self.sim.world(|world| world.tencent.insert(OTHER_APP, app));
        self.create_secret(name, "secretKey", KEY).await;
        let tencent = json!({ "sdkAppId": OTHER_APP, "secretKeyRef": { "name": name } });
        self.create_config(name, &json!({ "tencent": tencent })).await;
    }

    /// Creates [`ROOM`] of alice; `more` is merged over the whole object.
    pub async fn create_room(&self, more: &Value) -> Room {
        create(&self.api::<Room>(), &self.room_manifest(more)).await
    }

    /// Returns the manifest that [`Story::create_room`] sends.
    pub fn room_manifest(&self, more: &Value) -> Value {
        let mut room = json!({
            "apiVersion": "roomkeeper.dev/v1alpha1",
            "kind": "Room",
            "metadata": { "name": ROOM, "namespace": self.namespace },
            "spec": {
                "providerConfigRef": { "name": "tencent" },
                "tencentRoom": { "owner": "alice", "name": "Weekly sync", "maxMembers": 300, "audioDisabled": true },
            },
        });
        merge(&mut room, more);
        room
    }

    /// Changes an object by a merge patch.
    pub async fn patch_room(&self, name: &str, patch: &Value) {
        let patch = Patch::Merge(patch);
        self.objects().patch(name, &PatchParams::default(), &patch).await.expect("the object is there");
    }

    pub async fn annotate(&self, name: &str, annotation: &str, value: &str) {
        self.patch_room(name, &json!({ "metadata": { "annotations": { annotation: value } } })).await;
    }

    /// Asks for a look now, and returns the token that the status echoes afterwards.
    pub async fn ask_for_look(&self, name: &str) -> String {
        static TOKEN: AtomicU32 = AtomicU32::new(0);
        let token = format!("look-{}", TOKEN.fetch_add(1, Ordering::Relaxed));
        self.annotate(name, annotations::RECONCILE_REQUESTED_AT, &token).await;
        token
    }

    /// Asks for a look, and waits until it is done.
    pub async fn look_again(&self, name: &str) -> RoomStatus {
        let token = self.ask_for_look(name).await;
        let handled = |status: &RoomStatus| status.last_handled_reconcile_at.as_deref() == Some(token.as_str());
        self.until_status(name, "the look that was asked for", handled).await
    }

    pub async fn delete_room(&self, name: &str) {
        self.objects().delete(name, &DeleteParams::default()).await.expect("the object is there");
    }

    /// Returns an object of the kind that the story is about; `None`: it is gone.
    pub async fn object(&self, name: &str) -> Option<DynamicObject> {
        self.objects().get_opt(name).await.expect("the API server answers")
    }

    /// Returns an object; `None`: it is gone.
    pub async fn room(&self, name: &str) -> Option<Room> {
        self.api::<Room>().get_opt(name).await.expect("the API server answers")
    }

    /// Waits until an object's status is as wanted.
    pub async fn until_status(&self, name: &str, what: &str, wanted: impl Fn(&RoomStatus) -> bool) -> RoomStatus {
        let look = async || {
            let object = self.object(name).await?;
            let status: Option<RoomStatus> =
                serde_json::from_value(object.data["status"].clone()).expect("a status decodes");
            let status = status?;
            (Some(status.observed_generation) == object.metadata.generation && wanted(&status)).then_some(status)
        };
        self.patiently(what, wait_for(DEADLINE, what, look)).await
    }

    /// Waits until `Ready` has this reason, for the object's current generation.
    pub async fn until_reason(&self, name: &str, reason: &str) -> RoomStatus {
        let what = format!("{name} to be {reason}");
        self.until_status(name, &what, |status| ready(status).is_some_and(|ready| ready.reason == reason)).await
    }

    /// Waits until `Ready` of a config has this reason, and returns the message.
    pub async fn until_config(&self, name: &str, reason: &str) -> String {
        let what = format!("the ProviderConfig {name} to be {reason}");
        let look = async || {
            let config = self.api::<ProviderConfig>().get_opt(name).await.expect("the API server answers")?;
            let ProviderConfigStatus { conditions, .. } = config.status?;
            let ready = conditions.into_iter().find(|condition| condition.type_ == READY && condition.reason == reason);
            ready.map(|ready| ready.message)
        };
        self.patiently(&what, wait_for(DEADLINE, &what, look)).await
    }

    /// Waits until an object is gone.
    pub async fn until_gone(&self, name: &str) {
        let what = format!("{name} to be gone");
        self.patiently(&what, wait_until(DEADLINE, &what, async || self.object(name).await.is_none())).await;
    }

    /// Waits until the journal is as wanted.
    pub async fn until_journal(&self, what: &str, wanted: impl Fn(&[Entry]) -> bool) {
        if let Err(error) = self.sim.until(what, DEADLINE, wanted).await {
            panic!("{error}\n{}", self.told());
        }
    }

    /// Waits until a fault holds a request.
    pub async fn until_held(&self, fault: FaultId) {
        if let Err(error) = self.sim.until_held(fault, DEADLINE).await {
            panic!("{error}\n{}", self.told());
        }
    }

    /// Has the vendor misbehave once at this operation.
    pub fn fault(&self, operation: &str, effect: Effect) -> FaultId {
        self.sim.faults().add(Fault::at(operation, effect)).expect("the simulator knows the operation")
    }

    /// Makes a room at the vendor that is not the operator's.
    pub fn vendor_makes(&self, room: &str, change: impl FnOnce(&mut VendorRoom)) {
        let now = self.sim.clock().now();
        self.sim.world(|world| {
            let app = world.app_mut(APP).expect("the story's app");
            let mut made = VendorRoom::conference(room, "carol", &app.package, now);
            change(&mut made);
            app.rooms.insert(room.to_owned(), made);
        });
    }

    /// Returns what the vendor has; `None`: no such room.
    pub fn vendor_room(&self, room: &str) -> Option<VendorRoom> {
        self.sim.world(|world| world.room(APP, room).ok().cloned())
    }

    /// Changes a room behind the operator's back.
    pub fn vendor_changes(&self, room: &str, change: impl FnOnce(&mut VendorRoom)) {
        self.sim.world(|world| change(world.room_mut(APP, room).expect("the room is there")));
    }

    /// Returns the operations on a room that changed it, in order.
    pub fn deeds(&self, room: &str) -> Vec<String> {
        let applied = self.sim.writes_of(room).into_iter().filter(|entry| entry.applied);
        applied.map(|entry| entry.operation.trim_start_matches("room_engine/").to_owned()).collect()
    }

    /// Returns the operations that named a room, looks and changes alike, in order.
    pub fn calls_about(&self, room: &str) -> Vec<String> {
        let about = self.sim.journal().into_iter().filter(|entry| entry.room.as_deref() == Some(room));
        about.map(|entry| entry.operation.trim_start_matches("room_engine/").to_owned()).collect()
    }

    /// Returns the reasons of the events about an object, oldest first.
    pub async fn events(&self, name: &str) -> Vec<(String, String)> {
        let params = ListParams::default().fields(&format!("involvedObject.name={name}"));
        let mut events = self.api::<Event>().list(&params).await.expect("events can be listed").items;
        events.sort_by_key(|event| event.metadata.resource_version.clone());
        events.into_iter().map(|event| (event.reason.unwrap_or_default(), event.message.unwrap_or_default())).collect()
    }

    /// Waits until an event with this reason speaks of an object, with these words in its note.
    pub async fn until_event(&self, name: &str, reason: &str, words: &str) {
        let what = format!("an event {reason} with {words:?} about {name}");
        let told = async || self.events(name).await.iter().any(|(told, note)| told == reason && note.contains(words));
        self.patiently(&what, wait_until(DEADLINE, &what, told)).await;
    }

    /// Returns what the operator logged.
    pub fn log(&self) -> String {
        self.operator.as_ref().map(Operator::log).unwrap_or_default()
    }

    /// Returns what all operators of the story logged.
    fn logs(&self) -> String {
        let own = self.log.with_extension("");
        let own = format!("{}.", own.display());
        let folder = self.log.parent().expect("a log is in a folder");
        let there = std::fs::read_dir(folder).expect("the folder can be read").flatten().map(|entry| entry.path());
        let logs =
            there.filter(|path| path.to_string_lossy().starts_with(&own) && path.extension() == self.log.extension());
        logs.filter_map(|log| std::fs::read_to_string(log).ok()).collect()
    }

    /// Tells the reader of a failure what went on.
    fn told(&self) -> String {
        let journal: Vec<String> = self
            .sim
            .journal()
            .iter()
            .map(|entry| format!("{} {:?} {:?}", entry.operation, entry.code, entry.delivery))
            .collect();
        let log = self.log();
        let from = log.len().saturating_sub(6_000);
        let from = (from..log.len()).find(|at| log.is_char_boundary(*at)).unwrap_or(0);
        format!("vendor calls: {journal:#?}\noperator's log: …{}", &log[from..])
    }

    /// Waits, and tells the reader of a failure what went on.
    pub async fn patiently<T>(&self, what: &str, wait: impl Future<Output = T>) -> T {
        match futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(wait)).await {
            Ok(value) => value,
            Err(_) => {
                let rooms = self.objects().list(&ListParams::default()).await.map(|list| list.items);
                let rooms = serde_json::to_string_pretty(&rooms.unwrap_or_default()).unwrap_or_default();
                panic!("waited in vain for {what}\nobjects: {rooms}\n{}", self.told());
            }
        }
    }
}

impl Drop for Story {
    /// Holds `roomkeeper plan` to what the operator did.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        if self.relay.is_some() {
            // What its operator knew is older than what was there: that is what the story is about.
            return;
        }
        let (mut versions, mut deleted) = self.versions.all();
        for elsewhere in &self.versions_elsewhere {
            let (more, gone) = elsewhere.all();
            versions.extend(more);
            deleted.extend(gone);
        }
        let scene = Scene {
            log: self.logs(),
            versions,
            deleted,
            arrivals: self.sim.arrivals(),
            url: self.sim.url(),
            allowed_hosts: self.allowed_hosts.clone(),
            operator_namespace: self.operator_namespace.clone(),
        };
        let found = versions::watching(async move { scene.disagreements().await });
        assert!(found.is_empty(), "the plan and the operator disagree: {found:#?}");
    }
}

/// Returns the `Ready` condition.
pub fn ready(status: &RoomStatus) -> Option<&Condition> {
    status.conditions.iter().find(|condition| condition.type_ == READY)
}

/// Returns the message of `Ready`.
pub fn message(status: &RoomStatus) -> &str {
    ready(status).map_or("", |ready| ready.message.as_str())
}

/// Merges a JSON value over another, objects deeply; `null` removes.
pub fn merge(base: &mut Value, more: &Value) {
    match (base, more) {
        (Value::Object(base), Value::Object(more)) => {
            for (key, value) in more {
                if value.is_null() {
                    base.remove(key);
                } else {
                    merge(base.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (base, more) => base.clone_from(more),
    }
}

fn config(kind: &str, name: &str, mut spec: Value, more: &Value) -> Value {
    merge(&mut spec, more);
    json!({
        "apiVersion": "roomkeeper.dev/v1alpha1",
        "kind": kind,
        "metadata": { "name": name },
        "spec": spec,
    })
}

/// Creates an object, as its JSON stands.
pub async fn create<K>(api: &Api<K>, object: &Value) -> K
where
    K: kube::Resource + Clone + std::fmt::Debug + serde::de::DeserializeOwned + serde::Serialize,
{
    let object = serde_json::from_value(object.clone()).expect("the story's object decodes");
    api.create(&PostParams::default(), &object).await.expect("the API server takes the story's object")
}

async fn create_namespace(client: Client, name: &str) {
    create::<Namespace>(&Api::all(client), &json!({ "metadata": { "name": name } })).await;
}

async fn install_crds(client: Client) {
    let api = Api::all(client);
    for definition in schema::crds() {
        let name = definition.metadata.name.clone().expect("a CRD has a name");
        let apply = PatchParams::apply("stories").force();
        api.patch(&name, &apply, &Patch::Apply(definition)).await.expect("the CRD is taken");
        let established = await_condition(api.clone(), &name, conditions::is_crd_established());
        tokio::time::timeout(DEADLINE, established).await.expect("in time").expect("the CRD is established");
    }
}
