//! The newest known version of every object, config and Secret version, and who refers to whom.
//!
//! It is fed by the watches and by our own writes; the newer resourceVersion wins, so no pass starts from an object
//! older than our last write to it. It reads nothing itself.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use roomkeeper_plan::ids::{ObjectName, SecretVersion};
use tokio_util::sync::CancellationToken;

use crate::api::annotations;
use crate::config::{StoredConfig, references};
use crate::key::Key;
use crate::object::Object;
use crate::source::ConfigKey;

/// What an event brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was not known, or is another object of the same name.
    New,
    /// It asks for a pass: spec, deletion or an annotation changed.
    Changed,
    /// Nothing that asks for a pass.
    Same,
}

/// Everything that is known of the cluster.
#[derive(Debug, Default)]
pub struct Objects(RwLock<State>);

#[derive(Debug, Default)]
struct State {
    /// The newest version of each object, from a watch or from our own write.
    objects: HashMap<Key, Arc<Object>>,
    /// The last version of each object that a watch brought.
    told: HashMap<Key, Arc<Object>>,
    /// Objects that are there and cannot be decoded.
    unreadable: BTreeSet<Key>,
    configs: HashMap<ConfigKey, Arc<StoredConfig>>,
    /// The last version of each config that a watch brought.
    told_configs: HashMap<ConfigKey, Arc<StoredConfig>>,
    secrets: HashMap<ObjectName, SecretVersion>,
    by_room: HashMap<String, BTreeSet<Key>>,
    by_config: HashMap<ConfigKey, BTreeSet<Key>>,
    by_secret: HashMap<ObjectName, BTreeSet<Key>>,
}

impl Objects {
    /// Takes in an object from a watch.
    pub fn apply(&self, object: Object) -> Arrival {
        let mut state = self.write();
        let object = Arc::new(object);
        // Compared with what a watch told last, not with what is stored: an answer to our own write may have brought an
        // edit before the watch did, and nobody would hear of it.
        let arrival = match state.told.get(&object.key) {
            Some(told) if told.uid != object.uid => Arrival::New,
            Some(told) if told.resource_version > object.resource_version => return Arrival::Same,
            Some(told) if told.fingerprint() == object.fingerprint() && !was_stripped(told, &object) => Arrival::Same,
            Some(_) => Arrival::Changed,
            None => Arrival::New,
        };
        state.told.insert(object.key.clone(), Arc::clone(&object));
        state.unreadable.remove(&object.key);
        let stored = state.objects.get(&object.key);
        let newer_is_stored =
            stored.is_some_and(|known| known.uid == object.uid && known.resource_version > object.resource_version);
        if !newer_is_stored {
            state.put(object);
        }
        arrival
    }

    /// Takes in an object as our own write or look returned it; one that has gone meanwhile does not come back.
    ///
    /// An answer of the same version counts, too: the one without the last finalizer, which ends the object, has no new one.
    pub fn written(&self, object: Object) {
        let mut state = self.write();
        let newer = state
            .objects
            .get(&object.key)
            .is_some_and(|known| known.uid == object.uid && known.resource_version <= object.resource_version);
        if newer {
            state.put(Arc::new(object));
        }
    }

    /// Removes an object.
    pub fn remove(&self, key: &Key) {
        let mut state = self.write();
        state.told.remove(key);
        state.unreadable.remove(key);
        state.take(key);
    }

    /// Removes an object that cannot be decoded any more, and keeps in mind that it is there.
    pub fn lose(&self, key: &Key) {
        self.remove(key);
        self.write().unreadable.insert(key.clone());
    }

    /// Returns an object.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Arc<Object>> {
        self.read().objects.get(key).cloned()
    }

    /// Returns the keys of all objects, of those that cannot be decoded too.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        let state = self.read();
        state.objects.keys().chain(&state.unreadable).cloned().collect()
    }

    /// Returns every object.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Object>> {
        self.read().objects.values().cloned().collect()
    }

    /// Returns the objects that are there and cannot be decoded.
    #[must_use]
    pub fn unreadable(&self) -> Vec<Key> {
        self.read().unreadable.iter().cloned().collect()
    }

    /// Returns the config that an object named when a watch told of it last.
    #[must_use]
    pub fn told_config(&self, key: &Key) -> Option<ConfigKey> {
        self.read().told.get(key).map(|told| ConfigKey::of(&key.name.namespace, &told.config))
    }

    /// Returns the objects that call their room by one of these names, whatever their accounts.
    #[must_use]
    pub fn of_room(&self, names: &[String]) -> Vec<Arc<Object>> {
        let state = self.read();
        let keys: BTreeSet<&Key> = names.iter().filter_map(|name| state.by_room.get(name)).flatten().collect();
        keys.into_iter().filter_map(|key| state.objects.get(key).cloned()).collect()
    }

    /// Returns the objects that name a config.
    #[must_use]
    pub fn of_config(&self, config: &ConfigKey) -> Vec<Key> {
        self.read().by_config.get(config).into_iter().flatten().cloned().collect()
    }

    /// Tells whether an object that cannot be decoded may name a config: nobody knows what it names.
    #[must_use]
    pub fn unreadable_may_name(&self, config: &ConfigKey) -> bool {
        self.read().unreadable.iter().any(|key| match config {
            ConfigKey::Namespaced(name) => name.namespace == key.name.namespace,
            ConfigKey::Cluster(_) => true,
        })
    }

    /// Returns the objects whose specs name a Secret.
    #[must_use]
    pub fn of_secret(&self, secret: &ObjectName) -> Vec<Key> {
        self.read().by_secret.get(secret).into_iter().flatten().cloned().collect()
    }

    /// Takes in a config from a watch.
    pub fn apply_config(&self, config: StoredConfig) -> Arrival {
        let mut state = self.write();
        // Compared with what a watch told last, as an object is.
        let arrival = match state.told_configs.get(&config.key) {
            Some(told) if told.uid != config.uid => Arrival::New,
            Some(told) if told.resource_version > config.resource_version => return Arrival::Same,
            Some(told) if told.generation == config.generation => Arrival::Same,
            Some(_) => Arrival::Changed,
            None => Arrival::New,
        };
        state.told_configs.insert(config.key.clone(), Arc::new(config.clone()));
        let stored = state.configs.get(&config.key);
        let newer_is_stored =
            stored.is_some_and(|known| known.uid == config.uid && known.resource_version > config.resource_version);
        if !newer_is_stored {
            state.put_config(config);
        }
        arrival
    }

    /// Takes in a config as our own write returned it; one that has gone meanwhile does not come back.
    pub fn config_written(&self, config: StoredConfig) {
        let mut state = self.write();
        let newer = state
            .configs
            .get(&config.key)
            .is_some_and(|known| known.uid == config.uid && known.resource_version < config.resource_version);
        if newer {
            state.put_config(config);
        }
    }

    /// Removes a config.
    pub fn remove_config(&self, key: &ConfigKey) {
        let mut state = self.write();
        state.told_configs.remove(key);
        if let Some(known) = state.configs.remove(key) {
            known.superseded.cancel();
        }
    }

    /// Ends what goes on as a config said, because a Secret that it names changed; it can be taken anew at once.
    pub fn renew_config(&self, key: &ConfigKey) {
        if let Some(known) = self.write().configs.get_mut(key) {
            known.superseded.cancel();
            *known = Arc::new(StoredConfig { superseded: CancellationToken::new(), ..StoredConfig::clone(known) });
        }
    }

    /// Returns a config.
    #[must_use]
    pub fn config(&self, key: &ConfigKey) -> Option<Arc<StoredConfig>> {
        self.read().configs.get(key).cloned()
    }

    /// Returns the keys of all configs.
    #[must_use]
    pub fn config_keys(&self) -> Vec<ConfigKey> {
        self.read().configs.keys().cloned().collect()
    }

    /// Returns the configs that name a Secret; those of the cluster name Secrets of the operator's namespace.
    #[must_use]
    pub fn configs_of_secret(&self, secret: &ObjectName, operator_namespace: &str) -> Vec<ConfigKey> {
        let state = self.read();
        let names = |config: &StoredConfig| {
            config.key.secrets_in(operator_namespace) == secret.namespace
                && references(&config.spec).iter().any(|known| known.name == secret.name)
        };
        state.configs.values().filter(|config| names(config)).map(|config| config.key.clone()).collect()
    }

    /// Takes in the version of a Secret.
    pub fn apply_secret(&self, secret: ObjectName, version: SecretVersion) {
        self.write().secrets.insert(secret, version);
    }

    /// Removes a Secret.
    pub fn remove_secret(&self, secret: &ObjectName) {
        self.write().secrets.remove(secret);
    }

    /// Returns the version of a Secret; absent: no watch has shown it.
    #[must_use]
    pub fn secret_version(&self, secret: &ObjectName) -> Option<SecretVersion> {
        self.read().secrets.get(secret).cloned()
    }

    /// Returns the Secrets of a namespace that are known.
    #[must_use]
    pub fn secrets_in(&self, namespace: &str) -> Vec<ObjectName> {
        self.read().secrets.keys().filter(|secret| secret.namespace == namespace).cloned().collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, object: Arc<Object>) {
        self.take(&object.key);
        let key = &object.key;
        for name in object.names() {
            self.by_room.entry(name).or_default().insert(key.clone());
        }
        let config = ConfigKey::of(&key.name.namespace, &object.config);
        self.by_config.entry(config).or_default().insert(key.clone());
        for (secret, _) in object.secret_keys() {
            self.by_secret.entry(secret).or_default().insert(key.clone());
        }
        self.objects.insert(key.clone(), Arc::clone(&object));
    }

    /// Keeps a config; what goes on as the one before said ends, if this one says another thing.
    fn put_config(&mut self, mut config: StoredConfig) {
        match self.configs.get(&config.key) {
            Some(known) if known.uid == config.uid && known.generation == config.generation => {
                config.superseded = known.superseded.clone();
            }
            Some(known) => known.superseded.cancel(),
            None => {}
        }
        self.configs.insert(config.key.clone(), Arc::new(config));
    }

    fn take(&mut self, key: &Key) {
        let Some(object) = self.objects.remove(key) else {
            return;
        };
        for name in object.names() {
            unlink(&mut self.by_room, &name, key);
        }
        unlink(&mut self.by_config, &ConfigKey::of(&key.name.namespace, &object.config), key);
        for (secret, _) in object.secret_keys() {
            unlink(&mut self.by_secret, &secret, key);
        }
    }
}

/// Tells whether somebody took away our finalizer or the claim, as `kubectl replace` does: they are put back at once,
/// for without them a deletion would leave the room.
fn was_stripped(known: &Object, now: &Object) -> bool {
    let lost_claim = known.annotation(annotations::CLAIM).is_some() && now.annotation(annotations::CLAIM).is_none();
    now.deletion.is_none() && (lost_claim || known.held && !now.held)
}

fn unlink<K: std::hash::Hash + Eq>(index: &mut HashMap<K, BTreeSet<Key>>, from: &K, key: &Key) {
    if let Some(keys) = index.get_mut(from) {
        keys.remove(key);
        if keys.is_empty() {
            index.remove(from);
        }
    }
}

#[cfg(test)]
mod tests {
    use kube::core::ObjectMeta;

    use super::*;
    use crate::api::{ProviderConfig, Room};

    fn room(uid: &str, resource_version: u64, generation: i64) -> Object {
        let metadata = ObjectMeta {
            name: Some("sync".to_owned()),
            namespace: Some("events".to_owned()),
            uid: Some(uid.to_owned()),
            resource_version: Some(resource_version.to_string()),
            generation: Some(generation),
            ..ObjectMeta::default()
        };
        Object::from(Room { metadata, ..Room::default() })
    }

    #[test]
    fn the_newest_version_wins_whether_it_came_by_a_watch_or_by_our_own_write() {
        let objects = Objects::default();
        let key = room("a", 1, 1).key;
        assert_eq!(objects.apply(room("a", 5, 1)), Arrival::New);
        assert_eq!(objects.apply(room("a", 6, 1)), Arrival::Same, "only a status changed");
        objects.written(room("a", 9, 1));
        assert_eq!(
            objects.apply(room("a", 7, 2)),
            Arrival::Changed,
            "older than our own write, and an edit all the same"
        );
        assert_eq!(objects.get(&key).map(|object| object.resource_version), Some(9));
        assert_eq!(objects.apply(room("a", 10, 2)), Arrival::Same, "the edit was told with version 7");
        assert_eq!(objects.apply(room("b", 3, 1)), Arrival::New, "another object of the same name");
        assert_eq!(objects.get(&key).map(|object| object.uid.clone()), Some("b".to_owned()));
    }

    #[test]
    fn an_edit_is_heard_of_although_the_answer_to_our_own_write_brought_it_first() {
        let objects = Objects::default();
        objects.apply(room("a", 1, 1));
        objects.written(room("a", 3, 2));
        assert_eq!(objects.apply(room("a", 2, 2)), Arrival::Changed);
        assert_eq!(objects.apply(room("a", 3, 2)), Arrival::Same);
    }

    #[test]
    fn a_watch_tells_which_config_an_object_named_before_although_our_own_write_brought_the_edit_first() {
        let objects = Objects::default();
        let naming = |config: &str, resource_version| {
            let mut room = room("a", resource_version, 1);
            room.config.name = config.to_owned();
            room
        };
        let key = naming("first", 1).key;
        objects.apply(naming("first", 1));
        objects.written(naming("second", 3));
        let named = |config: &str| ConfigKey::Namespaced(ObjectName { name: config.to_owned(), ..key.name.clone() });
        assert_eq!(objects.told_config(&key), Some(named("first")));
        assert_eq!(objects.of_config(&named("first")), []);
        objects.apply(naming("second", 2));
        assert_eq!(objects.told_config(&key), Some(named("second")));
    }

    fn config(uid: &str, resource_version: u64, generation: i64) -> StoredConfig {
        let metadata = ObjectMeta {
            name: Some("tencent".to_owned()),
            namespace: Some("events".to_owned()),
            uid: Some(uid.to_owned()),
            resource_version: Some(resource_version.to_string()),
            generation: Some(generation),
            ..ObjectMeta::default()
        };
        StoredConfig::from(ProviderConfig { metadata, ..ProviderConfig::default() })
    }

    #[test]
    fn an_edit_of_a_config_is_heard_of_although_the_answer_to_our_own_write_brought_it_first() {
        let objects = Objects::default();
        let key = config("a", 1, 1).key;
        let stored = || objects.config(&key).map(|config| (config.uid.clone(), config.resource_version));
        assert_eq!(objects.apply_config(config("a", 1, 1)), Arrival::New);
        objects.config_written(config("a", 4, 3));
        assert_eq!(objects.apply_config(config("a", 2, 2)), Arrival::Changed);
        assert_eq!(stored(), Some(("a".to_owned(), 4)), "the answer was newer");
        assert_eq!(objects.apply_config(config("a", 3, 3)), Arrival::Changed);
        assert_eq!(objects.apply_config(config("a", 4, 3)), Arrival::Same, "only a status changed");
        assert_eq!(objects.apply_config(config("b", 3, 1)), Arrival::New, "another config of the same name");
        objects.config_written(config("a", 9, 3));
        assert_eq!(stored(), Some(("b".to_owned(), 3)));
        objects.remove_config(&key);
        objects.config_written(config("b", 10, 1));
        assert_eq!(stored(), None, "it does not come back");
    }

    #[test]
    fn an_object_that_cannot_be_decoded_may_name_every_config_that_it_can() {
        let objects = Objects::default();
        let key = room("a", 1, 1).key;
        let elsewhere = ObjectName { namespace: "elsewhere".to_owned(), ..key.name.clone() };
        let all = [ConfigKey::Namespaced(key.name.clone()), ConfigKey::Cluster("b".to_owned())];
        let may_name = || all.iter().all(|config| objects.unreadable_may_name(config));
        objects.apply(room("a", 1, 1));
        assert!(!may_name());
        objects.lose(&key);
        assert!(may_name() && objects.get(&key).is_none() && objects.keys() == [key.clone()]);
        assert!(!objects.unreadable_may_name(&ConfigKey::Namespaced(elsewhere)));
        objects.apply(room("a", 2, 1));
        assert!(!may_name(), "it can be read again");
        objects.lose(&key);
        objects.remove(&key);
        assert!(!may_name() && objects.keys().is_empty(), "it is gone");
    }

    #[test]
    fn the_answer_that_shows_an_object_without_its_finalizer_counts_although_it_is_not_newer() {
        let objects = Objects::default();
        let key = room("a", 1, 1).key;
        let mut held = room("a", 5, 1);
        held.held = true;
        objects.apply(held);
        // Who takes away the last finalizer is shown an object that was never stored, so it has the last version.
        objects.written(room("a", 5, 1));
        assert_eq!(objects.get(&key).map(|object| object.held), Some(false));
    }

    #[test]
    fn an_answer_to_our_write_does_not_bring_back_an_object_that_is_gone() {
        let objects = Objects::default();
        let key = room("a", 1, 1).key;
        objects.apply(room("a", 1, 1));
        objects.remove(&key);
        objects.written(room("a", 2, 1));
        assert!(objects.get(&key).is_none());
        objects.apply(room("b", 3, 1));
        objects.written(room("a", 9, 1));
        assert_eq!(objects.get(&key).map(|object| object.uid.clone()), Some("b".to_owned()));
    }
}
