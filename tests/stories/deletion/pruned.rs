//! A pruned folder: hundreds of objects of one account are deleted at once, and no more rooms end in a minute than the
//! account's config allows.
//!
//! What follows in the minutes after, at the same rate, is tried with virtual time in `src/pacing/tests.rs`.

use std::time::Instant;

use futures::{StreamExt, stream};
use kube::api::{DeleteParams, ListParams};
use roomkeeper::api::Room;
use roomkeeper_sim::Entry;
use serde_json::json;

use super::{destroys, has};
use crate::rest::{events, write_requests};
use crate::story::{DEADLINE, Story, ready};
use crate::support::wait_until;

/// Objects in the folder.
const ROOMS: usize = 500;
/// Dismissals in a minute where the config says nothing.
const ALLOWED: usize = 20;
/// The label of the objects in the folder.
const FOLDER: &str = "folder=pruned";
/// A room of the account that is not in the folder. Its name is the last, so that it is served after all others.
const WITNESS: &str = "witness";

/// Makes rooms at the vendor and an object for each, all in the folder.
async fn fill_folder(story: &Story) {
    let names = (0..ROOMS).map(|number| format!("session-{number:03}"));
    let made = stream::iter(names).map(|name| async move {
        story.vendor_makes(&name, |room| {
            (room.owner, room.name) = ("alice".to_owned(), "Weekly sync".to_owned());
            (room.max_members, room.audio_disabled) = (300, true);
        });
        let policies = ["Create", "Adopt", "Update", "Dismiss"];
        let metadata = json!({ "name": name, "labels": { "folder": "pruned" } });
        story.create_room(&json!({ "metadata": metadata, "spec": { "managementPolicies": policies } })).await
    });
    made.buffer_unordered(16).collect::<Vec<_>>().await;
    until_folder_is(story, ROOMS, "InSync", |_| true).await;
}

/// Waits until so many objects are in the folder, and all of them have this reason, for the newest generation.
async fn until_folder_is(story: &Story, objects: usize, reason: &str, also: impl Fn(&Room) -> bool) {
    let says = |room: &Room| {
        let status = room.status.as_ref().filter(|status| Some(status.observed_generation) == room.metadata.generation);
        status.and_then(ready).is_some_and(|ready| ready.reason == reason) && also(room)
    };
    let what = format!("{objects} objects in the folder, all {reason}");
    let reached = async || {
        let there = folder(story).await;
        there.len() == objects && there.iter().all(says)
    };
    story.patiently(&what, wait_until(2 * DEADLINE, &what, reached)).await;
}

async fn folder(story: &Story) -> Vec<Room> {
    let listed = story.api::<Room>().list(&ListParams::default().labels(FOLDER)).await;
    listed.expect("the API server answers").items
}

/// Returns the names of what is in the folder.
async fn names(story: &Story) -> Vec<String> {
    folder(story).await.into_iter().filter_map(|room| room.metadata.name).collect()
}

/// Counts the calls about rooms of these names.
fn calls_about(entries: &[Entry], rooms: &[String]) -> usize {
    entries.iter().filter(|entry| entry.room.as_ref().is_some_and(|room| rooms.contains(room))).count()
}

#[tokio::test]
async fn a_pruned_folder_of_500_ends_as_many_rooms_in_a_minute_as_the_config_allows() {
    let mut story = Story::prepare_alone("pruned").await;
    story.start_operator();
    story.create_room(&json!({ "metadata": { "name": WITNESS } })).await;
    story.until_reason(WITNESS, "InSync").await;
    fill_folder(&story).await;

    let (called, written) = (story.sim.journal().len(), write_requests(&story).await.len());
    let all = ListParams::default().labels(FOLDER);
    story.api::<Room>().delete_collection(&DeleteParams::default(), &all).await.expect("the rooms are there");
    let goes_on = |room: &Room| room.status.as_ref().is_some_and(|status| has(status, "Reconciling"));
    until_folder_is(&story, ROOMS - ALLOWED, "DismissalHeld", goes_on).await;
    assert_eq!(destroys(&story), ALLOWED, "within less than a minute");
    let mut held = names(&story).await;

    // What waits for the brake is in nobody's way.
    let before = story.sim.journal().len();
    story.patch_room(WITNESS, &json!({ "spec": { "tencentRoom": { "maxMembers": 12 } } })).await;
    story.until_reason(WITNESS, "InSync").await;
    assert_eq!(story.vendor_room(WITNESS).expect("there").max_members, 12);
    let meanwhile = calls_about(&story.sim.journal().split_off(before), &held);
    assert!(meanwhile <= ALLOWED, "{meanwhile} calls about other rooms came before an edit");

    for (annotation, words) in [("roomkeeper.dev/release", "asks for it"), ("roomkeeper.dev/paused", "was paused")] {
        let name = held.pop().expect("many are held");
        story.annotate(&name, annotation, "true").await;
        story.until_gone(&name).await;
        story.until_event(&name, "Released", words).await;
        assert!(story.vendor_room(&name).is_some(), "{name} stays");
    }

    // A restart is no new minute.
    let ended = destroys(&story);
    story.kill_operator().await;
    let started = Instant::now();
    story.start_operator();
    story.look_again(WITNESS).await;
    let asked = held.pop().expect("many are held");
    story.look_again(&asked).await;
    let paced = started.elapsed().as_secs() as usize * ALLOWED / 60 + 1;
    let more = destroys(&story) - ended;
    assert!(more <= paced, "{more} rooms were ended right after a restart, and {paced} may be");

    let left = names(&story).await;
    held.retain(|name| left.contains(name));
    let calls = calls_about(&story.sim.journal().split_off(called), &held);
    assert!(calls <= 3 * held.len(), "{calls} calls about {} rooms that wait; a look is two", held.len());
    let requests = write_requests(&story).await.split_off(written);
    let told = events(&story).await;
    // Some have had their turn meanwhile.
    held.retain(|name| story.vendor_room(name).is_some());
    for name in &held {
        let writes = requests.iter().filter(|request| request.resource == "rooms" && request.name == *name);
        assert_eq!(writes.count(), 1, "{name}: more was written than that it is held");
        let events = told.keys().filter(|event| event.starts_with(&format!("{name}."))).count();
        assert_eq!(events, 2, "{name}: that it is in sync, and that it is held: {:?}", story.events(name).await);
    }
}
