//! Rooms and shows of Tencent: made, edited, handed over and ended by an operator that dies on the way.

use kube::api::{Api, Patch, PatchParams};
use roomkeeper::api::ProviderConfig;
use roomkeeper_sim::Effect::{HoldAfter, HoldBefore};
use roomkeeper_sim::RoomType;
use serde_json::{Value, json};

use super::Call::{First, Second, Third};
use super::{check_killed, written};
use crate::story::{APP, Story};

pub(super) const LOOK: &str = "get_room_info";
pub(super) const CREATE: &str = "create_room";
pub(super) const UPDATE: &str = "update_room_info";
pub(super) const SET_METADATA: &str = "set_room_metadata";
pub(super) const CHANGE_OWNER: &str = "change_room_owner";
pub(super) const DESTROY: &str = "destroy_room";

/// The two services that have rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Room,
    Live,
}

impl Engine {
    fn service(self) -> &'static str {
        match self {
            Engine::Room => "room_engine",
            Engine::Live => "live_engine",
        }
    }

    /// Merges over [`Story::room_manifest`].
    fn manifest(self, name: &str) -> Value {
        let show = json!({
            "owner": "alice",
            "name": "Friday show",
            "seatTemplate": "VideoDynamicGrid9Seats",
            "notice": "Be kind",
            "metadata": { "team": "events" },
        });
        match self {
            Engine::Room => json!({ "metadata": { "name": name } }),
            Engine::Live => {
                json!({ "metadata": { "name": name }, "spec": { "tencentRoom": null, "tencentLive": show } })
            }
        }
    }

    pub(super) async fn patch(self, story: &Story, name: &str, settings: &Value) {
        let field = match self {
            Engine::Room => "tencentRoom",
            Engine::Live => "tencentLive",
        };
        story.patch_room(name, &json!({ "spec": { field: settings } })).await;
    }

    async fn edit(self, story: &Story, name: &str) {
        let settings = match self {
            Engine::Room => json!({ "maxMembers": 50 }),
            Engine::Live => json!({ "notice": "Be quick", "metadata": { "team": "sales" } }),
        };
        self.patch(story, name, &settings).await;
    }

    /// A show is made without its notice and metadata, which follow.
    fn creates(self) -> &'static [&'static str] {
        match self {
            Engine::Room => &[CREATE],
            Engine::Live => &[CREATE, UPDATE, SET_METADATA],
        }
    }

    fn updates(self) -> &'static [&'static str] {
        match self {
            Engine::Room => &[UPDATE],
            Engine::Live => &[UPDATE, SET_METADATA],
        }
    }

    /// The room as it was made, in the words of [`scene`].
    fn made(self, owner: &str) -> String {
        match self {
            Engine::Room => format!("{owner}'s room for 300"),
            Engine::Live => format!("{owner}'s show of events, Be kind"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Create(Engine),
    Edit(Engine),
    HandOver(Engine),
    Delete(Engine),
}

impl Act {
    fn engine(self) -> Engine {
        let (Act::Create(engine) | Act::Edit(engine) | Act::HandOver(engine) | Act::Delete(engine)) = self;
        engine
    }

    /// What was done to the room in all, whatever went wrong on the way.
    pub(super) fn deeds(self) -> Vec<&'static str> {
        let then = match self {
            Act::Create(_) => &[],
            Act::Edit(engine) => engine.updates(),
            Act::HandOver(_) => &[CHANGE_OWNER],
            Act::Delete(_) => &[DESTROY],
        };
        [self.engine().creates(), then].concat()
    }

    /// The scene in the end.
    fn end(self) -> String {
        match self {
            Act::Create(engine) => format!("claimed, InSync, {}", engine.made("alice")),
            Act::Edit(Engine::Room) => "claimed, InSync, alice's room for 50".to_owned(),
            Act::Edit(Engine::Live) => "claimed, InSync, alice's show of sales, Be quick".to_owned(),
            Act::HandOver(engine) => format!("claimed, InSync, {}", engine.made("bob")),
            Act::Delete(_) => "no object, no room".to_owned(),
        }
    }
}

impl super::Act for Act {
    const LISTS: &[&str] = &[];

    /// The brake on dismissals is other stories' matter.
    async fn stage(name: &str) -> Story {
        let story = Story::prepare(name).await;
        loosen_the_brake(&story).await;
        story
    }

    async fn prepare(self, story: &Story, name: &str) {
        if matches!(self, Act::Create(_)) {
            return;
        }
        story.create_room(&self.engine().manifest(name)).await;
        story.until_reason(name, "InSync").await;
        if self == Act::HandOver(Engine::Room) {
            story.sim.join(APP, name, "bob").expect("bob is an account");
        }
    }

    async fn perform(self, story: &Story, name: &str) {
        match self {
            Act::Create(engine) => drop(story.create_room(&engine.manifest(name)).await),
            Act::Edit(engine) => engine.edit(story, name).await,
            Act::HandOver(engine) => engine.patch(story, name, &json!({ "owner": "bob" })).await,
            Act::Delete(_) => story.delete_room(name).await,
        }
    }

    fn operation(self, call: &str) -> String {
        format!("{}/{call}", self.engine().service())
    }

    fn place(self, name: &str) -> String {
        name.to_owned()
    }

    async fn scene(self, story: &Story, name: &str) -> String {
        scene(story, name).await
    }

    async fn until_settled(self, story: &Story, name: &str) {
        match self {
            Act::Create(_) | Act::Edit(_) | Act::HandOver(_) => drop(story.until_reason(name, "InSync").await),
            Act::Delete(_) => story.until_gone(name).await,
        }
    }

    async fn ends_well(self, story: &Story, name: &str) {
        self.until_settled(story, name).await;
        assert_eq!(scene(story, name).await, self.end(), "{name}");
        assert_eq!(deeds(story, name), self.deeds(), "{name}");
        let writes = story.sim.writes_of(name);
        let in_vain: Vec<_> = writes.iter().filter(|entry| !entry.applied && entry.fault.is_none()).collect();
        assert!(in_vain.is_empty(), "{name} was written to in vain: {in_vain:#?}");
        if !matches!(self, Act::Delete(_)) {
            story.look_again(name).await;
            assert_eq!(scene(story, name).await, self.end(), "{name}, looked at again");
            assert_eq!(story.sim.writes_of(name), writes, "{name} was written to although it was in sync");
        }
    }
}

/// Returns the operations that changed a room, in order.
pub(super) fn deeds(story: &Story, name: &str) -> Vec<String> {
    story.deeds(name).iter().map(|deed| deed.trim_start_matches("live_engine/").to_owned()).collect()
}

/// Tells in one line what stands in Kubernetes and at the vendor.
pub(super) async fn scene(story: &Story, name: &str) -> String {
    let vendor = match story.vendor_room(name) {
        None => "no room".to_owned(),
        Some(room) => match (room.room_type, room.live.notice.as_str(), room.live.metadata.get("team")) {
            (RoomType::Conference, ..) => format!("{}'s room for {}", room.owner, room.max_members),
            (RoomType::Live, "", None) => format!("{}'s show", room.owner),
            (RoomType::Live, notice, None) => format!("{}'s show, {notice}", room.owner),
            (RoomType::Live, notice, Some(team)) => format!("{}'s show of {team}, {notice}", room.owner),
        },
    };
    format!("{}, {vendor}", written(story, name, &format!("tencent/{APP}/{name}")).await)
}

pub(super) async fn loosen_the_brake(story: &Story) {
    let patch = Patch::Merge(json!({ "spec": { "dismissals": { "maxPerMinute": 600 } } }));
    let configs: Api<ProviderConfig> = story.api();
    configs.patch("tencent", &PatchParams::default(), &patch).await.expect("the config is there");
}

#[tokio::test]
async fn killed_while_it_makes_a_room_it_makes_one_room() {
    let made = "claimed, Pending, alice's room for 300";
    check_killed(
        "killed-making",
        Act::Create(Engine::Room),
        &[
            ("before-the-look", First(LOOK), HoldBefore, "unclaimed, Pending, no room"),
            ("before-the-claim", First(LOOK), HoldAfter, "unclaimed, Pending, no room"),
            ("after-the-claim", First(CREATE), HoldBefore, "claimed, Pending, no room"),
            ("before-the-reply", First(CREATE), HoldAfter, made),
            ("before-the-second-look", Second(LOOK), HoldBefore, made),
            ("before-the-status", Second(LOOK), HoldAfter, made),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_makes_a_show_it_makes_one_show_and_sets_it_up_once() {
    let made = "claimed, Pending, alice's show";
    let noticed = "claimed, Pending, alice's show, Be kind";
    let set_up = "claimed, Pending, alice's show of events, Be kind";
    check_killed(
        "killed-making-live",
        Act::Create(Engine::Live),
        &[
            ("before-the-look", First(LOOK), HoldBefore, "unclaimed, Pending, no room"),
            ("before-the-claim", First(LOOK), HoldAfter, "unclaimed, Pending, no room"),
            ("after-the-claim", First(CREATE), HoldBefore, "claimed, Pending, no room"),
            ("before-the-reply", First(CREATE), HoldAfter, made),
            ("before-the-second-look", Second(LOOK), HoldBefore, made),
            ("before-the-notice", First(UPDATE), HoldBefore, made),
            ("before-the-reply-about-the-notice", First(UPDATE), HoldAfter, noticed),
            ("before-the-metadata", First(SET_METADATA), HoldBefore, noticed),
            ("before-the-reply-about-the-metadata", First(SET_METADATA), HoldAfter, set_up),
            ("before-the-third-look", Third(LOOK), HoldBefore, set_up),
            ("before-the-status", Third(LOOK), HoldAfter, set_up),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_edits_a_room_it_edits_once() {
    let (before, after) = ("claimed, was InSync, alice's room for 300", "claimed, was InSync, alice's room for 50");
    check_killed(
        "killed-editing",
        Act::Edit(Engine::Room),
        &[
            ("before-the-look", First(LOOK), HoldAfter, before),
            ("before-the-update", First(UPDATE), HoldBefore, before),
            ("before-the-reply", First(UPDATE), HoldAfter, after),
            ("between-update-and-look", Second(LOOK), HoldBefore, after),
            ("before-the-status", Second(LOOK), HoldAfter, after),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_edits_a_show_it_makes_each_change_once() {
    let before = "claimed, was InSync, alice's show of events, Be kind";
    let between = "claimed, was InSync, alice's show of events, Be quick";
    let after = "claimed, was InSync, alice's show of sales, Be quick";
    check_killed(
        "killed-editing-live",
        Act::Edit(Engine::Live),
        &[
            ("before-the-look", First(LOOK), HoldAfter, before),
            ("before-the-notice", First(UPDATE), HoldBefore, before),
            ("before-the-reply-about-the-notice", First(UPDATE), HoldAfter, between),
            ("before-the-metadata", First(SET_METADATA), HoldBefore, between),
            ("before-the-reply-about-the-metadata", First(SET_METADATA), HoldAfter, after),
            ("between-updates-and-look", Second(LOOK), HoldBefore, after),
            ("before-the-status", Second(LOOK), HoldAfter, after),
        ],
    )
    .await;
}

async fn check_killed_handing_over(name: &str, engine: Engine) {
    let [before, after] = ["alice", "bob"].map(|owner| format!("claimed, was InSync, {}", engine.made(owner)));
    check_killed(
        name,
        Act::HandOver(engine),
        &[
            ("before-the-change", First(CHANGE_OWNER), HoldBefore, &before),
            ("before-the-reply", First(CHANGE_OWNER), HoldAfter, &after),
            ("between-change-and-look", Second(LOOK), HoldBefore, &after),
            ("before-the-status", Second(LOOK), HoldAfter, &after),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_hands_a_room_over_it_does_so_once() {
    check_killed_handing_over("killed-handing-over", Engine::Room).await;
}

#[tokio::test]
async fn killed_while_it_hands_a_show_over_it_does_so_once() {
    check_killed_handing_over("killed-handing-over-live", Engine::Live).await;
}

async fn check_killed_ending(name: &str, engine: Engine) {
    let before = format!("claimed, was InSync, {}", engine.made("alice"));
    let after = "claimed, was InSync, no room";
    check_killed(
        name,
        Act::Delete(engine),
        &[
            ("before-the-destroy", First(DESTROY), HoldBefore, &before),
            ("before-the-reply", First(DESTROY), HoldAfter, after),
            ("between-destroy-and-look", Second(LOOK), HoldBefore, after),
            ("before-the-finalizer-goes", Second(LOOK), HoldAfter, after),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_ends_a_room_it_ends_it_once_and_lets_the_object_go() {
    check_killed_ending("killed-ending", Engine::Room).await;
}

#[tokio::test]
async fn killed_while_it_ends_a_show_it_ends_it_once_and_lets_the_object_go() {
    check_killed_ending("killed-ending-live", Engine::Live).await;
}
