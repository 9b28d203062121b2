//! The watches are late while every other request goes through: the operator knows its own writes by their answers, so
//! it repeats nothing, and what the watches tell late takes nothing back.

use kube::ResourceExt;
use kube::api::{Patch, PatchParams};
use roomkeeper::api::ProviderConfig;
use roomkeeper::api::annotations::RECONCILE_REQUESTED_AT;
use roomkeeper_sim::{Entry, Kind};
use serde_json::json;

use super::tencent::Act as Tencent;
use super::tencent::Engine::{Live, Room};
use super::{Act, cloud_meeting, cloud_rtc};
use crate::story::{DEADLINE, Story};
use crate::support::{wait_for, wait_until};

/// How the operator hears of an act, before the watch falls silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// By the watch, which tells nothing that comes after it.
    ByTheWatch,
    /// By the answer to a write of its own, although the watch has not told of it.
    ByItsOwnWrite,
}

/// Has the watch tell nothing that comes after an act, and then everything, one version after the other. At each point
/// the operator looks again; it did everything once, and does nothing more.
async fn check_late<A: Act>(story: &str, act: A, heard: Heard) {
    const NAME: &str = "late";
    let mut story = A::stage(story).await.with_relay().await;
    story.start_operator();
    act.prepare(&story, NAME).await;

    let kind = story.kind_in_urls();
    story.relay().hold(&kind);
    let heard_until = match heard {
        Heard::ByTheWatch => {
            act.perform(&story, NAME).await;
            version(&story, NAME).await
        }
        Heard::ByItsOwnWrite => ask_and_perform(&story, act, NAME).await,
    };
    let mut nudge = Nudge::of(&story, act, NAME).await;
    story.relay().let_pass(&kind, heard_until);
    if heard == Heard::ByItsOwnWrite {
        until_answered(&story, NAME).await;
        nudge.push().await;
    }
    act.until_settled(&story, NAME).await;
    story.relay().until_held(&kind, DEADLINE).await;
    act.meanwhile(&story, NAME).await;
    let writes = story.sim.writes_of(&act.place(NAME));
    let mut repeats_nothing = async |when: &str| {
        nudge.push().await;
        assert_eq!(story.sim.writes_of(&act.place(NAME)), writes, "{act:?}, {heard:?}, {when}");
    };
    repeats_nothing("while the watch is silent").await;
    repeats_nothing("while the watch is still silent").await;
    for version in versions(&story, NAME).await.into_iter().filter(|version| *version > heard_until) {
        story.relay().let_pass(&kind, version);
        repeats_nothing(&format!("when version {version} came late")).await;
    }
    story.relay().release();
    act.ends_well(&story, NAME).await;
    repeats_nothing("when the watch had caught up").await;
}

/// Checks an act that the operator hears of in both ways.
async fn check_both<A: Act>(story: &str, act: A) {
    let (told, answered) = (format!("{story}-told"), format!("{story}-answered"));
    futures::join!(check_late(&told, act, Heard::ByTheWatch), check_late(&answered, act, Heard::ByItsOwnWrite));
}

/// Asks for a look, and lets the act happen after it; returns the version that asks. The look ends with a status write,
/// whose answer tells of the act. In between there is a version that says nothing of it, and that the watch tells later.
async fn ask_and_perform<A: Act>(story: &Story, act: A, name: &str) -> u64 {
    story.annotate(name, RECONCILE_REQUESTED_AT, "before-the-act").await;
    let asked = version(story, name).await;
    story.patch_room(name, &json!({ "metadata": { "labels": { "before": "the-act" } } })).await;
    act.perform(story, name).await;
    asked
}

/// Waits for the answer to [`ask_and_perform`].
async fn until_answered(story: &Story, name: &str) {
    let what = "the look that was asked for before the act";
    let answered = async || {
        let object = story.object(name).await.expect("the operator does not know of the act yet");
        object.data["status"]["lastHandledReconcileAt"] == "before-the-act"
    };
    story.patiently(what, wait_until(DEADLINE, what, answered)).await;
}

/// Returns the version of an object that is there.
pub(super) async fn version(story: &Story, name: &str) -> u64 {
    let object = story.object(name).await.expect("the object is there");
    object.resource_version().and_then(|version| version.parse().ok()).expect("a version is a number")
}

/// Returns all versions of an object, in order.
pub(super) async fn versions(story: &Story, name: &str) -> Vec<u64> {
    let versions = match story.object(name).await {
        Some(object) => story.versions.until_now(&object).await,
        None => story.versions.until_deleted(name).await,
    };
    let number = |version: &serde_json::Value| version["metadata"]["resourceVersion"].as_str()?.parse().ok();
    versions.iter().map(|version| number(version).expect("a version is a number")).collect()
}

/// Has the operator look at an object although the watch says nothing of it: its config is edited, in what does not matter.
pub(super) struct Nudge<'a, A> {
    story: &'a Story,
    act: A,
    name: &'a str,
    config: String,
    percent: u32,
}

impl<'a, A: Act> Nudge<'a, A> {
    pub(super) async fn of(story: &'a Story, act: A, name: &'a str) -> Self {
        let object = story.object(name).await.expect("the object is there");
        let config = object.data["spec"]["providerConfigRef"]["name"].as_str().expect("it names a config").to_owned();
        Nudge { story, act, name, config, percent: 100 }
    }

    /// Waits until the operator has looked at the config and, if the object is there, at its room.
    pub(super) async fn push(&mut self) {
        self.percent -= 1;
        let (story, act, name) = (self.story, self.act, self.name);
        let looks = |entries: &[Entry]| {
            let place = act.place(name);
            let is_about = |entry: &&Entry| {
                entry.room.as_ref() == Some(&place) || A::LISTS.iter().any(|list| entry.calls(&act.operation(list)))
            };
            entries.iter().filter(|entry| entry.kind == Kind::Read).filter(is_about).count()
        };
        let before = looks(&story.sim.journal());
        let patch = Patch::Merge(json!({ "spec": { "rateLimit": { "percent": self.percent } } }));
        let configs = story.api::<ProviderConfig>();
        let edited = configs.patch(&self.config, &PatchParams::default(), &patch).await.expect("the config is there");
        if story.object(name).await.is_some() {
            story.until_journal("one more look", |entries| looks(entries) > before).await;
        }
        wait_for(DEADLINE, "the operator to have looked at the config", async || {
            let config = configs.get(&self.config).await.expect("the config is there");
            config.status.filter(|status| Some(status.observed_generation) == edited.metadata.generation)
        })
        .await;
    }
}

#[tokio::test]
async fn late_watches_do_not_make_two_rooms() {
    check_late("late-making", Tencent::Create(Room), Heard::ByTheWatch).await;
}

#[tokio::test]
async fn late_watches_do_not_make_two_shows_nor_set_one_up_twice() {
    check_late("late-making-live", Tencent::Create(Live), Heard::ByTheWatch).await;
}

#[tokio::test]
async fn late_watches_do_not_edit_twice_nor_take_an_edit_back() {
    check_both("late-editing", Tencent::Edit(Room)).await;
}

#[tokio::test]
async fn late_watches_do_not_edit_a_show_twice_nor_take_an_edit_back() {
    check_both("late-editing-live", Tencent::Edit(Live)).await;
}

#[tokio::test]
async fn late_watches_do_not_hand_a_room_over_twice_nor_back() {
    check_both("late-handing-over", Tencent::HandOver(Room)).await;
}

#[tokio::test]
async fn late_watches_do_not_hand_a_show_over_twice_nor_back() {
    check_both("late-handing-over-live", Tencent::HandOver(Live)).await;
}

#[tokio::test]
async fn late_watches_do_not_end_a_room_twice_nor_make_it_again() {
    check_both("late-ending", Tencent::Delete(Room)).await;
}

#[tokio::test]
async fn late_watches_do_not_end_a_show_twice_nor_make_it_again() {
    check_both("late-ending-live", Tencent::Delete(Live)).await;
}

#[tokio::test]
async fn late_watches_do_not_dismiss_who_came_back_after_the_object_went() {
    check_both("late-dismissing", cloud_rtc::Act::Delete).await;
}

#[tokio::test]
async fn late_watches_do_not_dismiss_twice_what_a_person_asked_for_once() {
    check_both("late-asked", cloud_rtc::Act::Ask).await;
}

#[tokio::test]
async fn late_watches_do_not_edit_a_meeting_room_twice_nor_take_an_edit_back() {
    check_both("late-editing-vmr", cloud_meeting::Act::Edit).await;
}

#[tokio::test]
async fn late_watches_do_not_move_a_meeting_room_twice_nor_back() {
    check_both("late-handing-over-vmr", cloud_meeting::Act::HandOver).await;
}

#[tokio::test]
async fn late_watches_do_not_offer_a_meeting_room_again_to_an_owner_whom_the_vendor_refused() {
    check_both("late-refused-vmr", cloud_meeting::Act::HandOverInVain).await;
}

#[tokio::test]
async fn late_watches_do_not_recycle_a_meeting_room_twice_nor_keep_its_object() {
    check_both("late-recycling-vmr", cloud_meeting::Act::Recycle).await;
}
