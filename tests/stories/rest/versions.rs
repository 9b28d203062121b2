//! Records every version of every Room of a story, as a watch shows them. It judges none of them.

use std::sync::{Arc, Mutex};

use futures::{StreamExt, TryStreamExt};
use kube::api::{WatchEvent, WatchParams};
use roomkeeper::api::Room;
use tokio::task::JoinHandle;

use crate::story::{DEADLINE, Story};
use crate::support::{wait_for, wait_until};

/// A recording. It ends with this value.
pub(super) struct Versions {
    seen: Arc<Mutex<Seen>>,
    watch: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    rooms: Vec<Room>,
    deleted: Vec<String>,
}

impl Versions {
    /// Starts with what is there now.
    pub(super) async fn record(story: &Story) -> Self {
        let watched = story.api::<Room>().watch(&WatchParams::default(), "0").await.expect("Rooms can be watched");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let into = Arc::clone(&seen);
        let watch = tokio::spawn(async move {
            let mut watched = watched.boxed();
            while let Some(event) = watched.try_next().await.expect("the watch goes on") {
                into.lock().expect("nobody panicked").take(event);
            }
        });
        Versions { seen, watch }
    }

    /// Waits until the watch has caught up with an object, and returns its versions in order.
    pub(super) async fn until_now(&self, story: &Story, name: &str) -> Vec<Room> {
        let newest = story.room(name).await.expect("the object is there").metadata.resource_version;
        let caught_up = async || {
            let versions = self.of(name);
            versions.last().is_some_and(|last| last.metadata.resource_version == newest).then_some(versions)
        };
        wait_for(DEADLINE, "the watch to catch up", caught_up).await
    }

    /// Waits until the watch has shown the end of an object, and returns its versions in order.
    pub(super) async fn until_deleted(&self, name: &str) -> Vec<Room> {
        let deleted = async || self.seen().deleted.iter().any(|deleted| deleted == name);
        wait_until(DEADLINE, "the watch to show the end", deleted).await;
        self.of(name)
    }

    fn of(&self, name: &str) -> Vec<Room> {
        self.seen().rooms.iter().filter(|room| room.metadata.name.as_deref() == Some(name)).cloned().collect()
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        assert!(!self.watch.is_finished(), "the watch ended");
        self.seen.lock().expect("nobody panicked")
    }
}

impl Drop for Versions {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Seen {
    fn take(&mut self, event: WatchEvent<Room>) {
        match event {
            WatchEvent::Added(room) | WatchEvent::Modified(room) => self.rooms.push(room),
            WatchEvent::Deleted(room) => self.deleted.extend(room.metadata.name),
            WatchEvent::Bookmark(_) => {}
            WatchEvent::Error(error) => panic!("the watch failed: {error}"),
        }
    }
}
