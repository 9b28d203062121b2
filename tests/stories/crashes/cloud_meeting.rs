//! Rooms of Cloud Meeting: edited, handed over, given back and recycled by an operator that dies on the way. Between the
//! two calls of a change of owner a room is nobody's; it never stays so.
//!
//! Each room is in an enterprise of its own, so that rooms do not wait for each other's lists.

use std::hash::{DefaultHasher, Hash, Hasher};

use futures::future::join_all;
use roomkeeper::api::MeetingRoom;
use roomkeeper::key::Kind;
use roomkeeper_sim::Effect::{self, HoldAfter, HoldBefore};
use roomkeeper_sim::huawei::meeting::room::Room as Vmr;
use roomkeeper_sim::huawei::meeting::state::{AdminType, MeetingApp, User};
use serde_json::{Value, json};

use super::Call::{First, Second, Third};
use super::{Act as _, Row, check_killed, kill, script, stage_with_operator, until_nothing_is_begun, written};
use crate::story::{Story, create, message};

pub(super) const CORP_ROOMS: &str = "search_corp_vmr";
const OWNERS_ROOMS: &str = "search_member_vmr";
const CONFERENCES: &str = "online_conferences";
pub(super) const UPDATE: &str = "update_member_vmr";
pub(super) const RECYCLE: &str = "disassociate_vmr";
pub(super) const ASSIGN: &str = "associate_vmr";

const APP_KEY: &str = "canary-app-key-0000000000";
const HOST_PASSWORD: &str = "7310042917";
const GUEST_PASSWORD: &str = "7310042918";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Edit,
    HandOver,
    /// To an owner whom the vendor refuses, so that the room goes back.
    HandOverInVain,
    /// The object is deleted, and its spec says that the room is recycled then.
    Recycle,
}

impl Act {
    fn manifest(self, name: &str) -> Value {
        let on_delete = if self == Act::Recycle { "Recycle" } else { "Retain" };
        json!({
            "apiVersion": "roomkeeper.dev/v1alpha1",
            "kind": "MeetingRoom",
            "metadata": { "name": name },
            "spec": {
                "providerConfigRef": { "name": name },
                "huaweiMeeting": {
                    "id": id(name),
                    "owner": { "userId": "alice" },
                    "name": "Board room",
                    "hostPassword": { "secretKeyRef": { "name": "board-room", "key": "host" } },
                    "onDelete": on_delete,
                },
            },
        })
    }

    /// What was done to the room in all, whatever went wrong on the way.
    fn deeds(self) -> &'static [&'static str] {
        match self {
            Act::Edit => &[UPDATE],
            Act::HandOver | Act::HandOverInVain => &[RECYCLE, ASSIGN],
            Act::Recycle => &[RECYCLE],
        }
    }

    /// The scene in the end. A room that stays when its object goes needs no finalizer.
    fn end(self) -> &'static str {
        match self {
            Act::Edit => "claimed without a finalizer, InSync, alice has Renamed",
            Act::HandOver => "claimed without a finalizer, InSync, bob has Board room",
            Act::HandOverInVain => "claimed, InvalidSpec, refused, alice has Board room",
            Act::Recycle => "no object, nobody has Board room",
        }
    }
}

impl super::Act for Act {
    const LISTS: &[&str] = &[CORP_ROOMS, OWNERS_ROOMS, CONFERENCES];

    async fn stage(name: &str) -> Story {
        let story = Story::prepare(name).await.about(Kind::MeetingRoom);
        story.create_secret("meeting", "appKey", APP_KEY).await;
        story.create_secret("board-room", "host", HOST_PASSWORD).await;
        story
    }

    async fn prepare(self, story: &Story, name: &str) {
        let app = MeetingApp::of_enterprise(APP_KEY, "corp")
            .with_user("admin@corp", User::with_password("canary-admin").administrating(AdminType::Default))
            .with_user("alice@corp", User::third_party("alice"))
            .with_user("bob@corp", User::third_party("bob"))
            .with_user("carol@corp", User::third_party("carol"))
            .with_room(&id(name), board_room().owned_by("alice@corp"));
        story.sim.world(|world| world.huawei_meeting.insert(name.to_owned(), app));
        let account = json!({
            "appId": name,
            "endpoint": story.sim.url(),
            "appKeyRef": { "name": "meeting", "key": "appKey" },
        });
        let config = json!({ "tencent": null, "huaweiMeeting": account, "rateLimit": { "percent": 100 } });
        story.create_config(name, &config).await;
        create(&story.api::<MeetingRoom>(), &self.manifest(name)).await;
        story.until_reason(name, "InSync").await;
        if self == Act::HandOverInVain {
            refuse_the_new_owner(story, name);
        }
    }

    async fn perform(self, story: &Story, name: &str) {
        match self {
            Act::Edit => edit(story, name, &json!({ "name": "Renamed" })).await,
            Act::HandOver | Act::HandOverInVain => edit(story, name, &json!({ "owner": { "userId": "bob" } })).await,
            Act::Recycle => story.delete_room(name).await,
        }
    }

    fn operation(self, call: &str) -> String {
        call.to_owned()
    }

    fn place(self, name: &str) -> String {
        id(name)
    }

    async fn scene(self, story: &Story, name: &str) -> String {
        let Vmr { owner, name: title, .. } = vmr(story, name);
        let owner = owner.as_deref().map_or("nobody", |account| account.trim_end_matches("@corp"));
        let room = format!("huaweiMeeting/{name}/{}", id(name));
        format!("{}, {owner} has {title}", written(story, name, &room).await)
    }

    /// The vendor refuses the new owner again, if nobody wrote down that it did.
    async fn meanwhile(self, story: &Story, name: &str) {
        if self == Act::HandOverInVain && self.scene(story, name).await.contains(", begun, ") {
            refuse_the_new_owner(story, name);
        }
    }

    async fn until_settled(self, story: &Story, name: &str) {
        match self {
            Act::Edit | Act::HandOver => {
                story.until_reason(name, "InSync").await;
                until_nothing_is_begun(story, name).await;
            }
            Act::HandOverInVain => {
                let message = message(&story.until_reason(name, "InvalidSpec").await).to_owned();
                assert!(message.contains("refuses to give the room to bob"), "{name}: {message}");
            }
            Act::Recycle => story.until_gone(name).await,
        }
    }

    async fn ends_well(self, story: &Story, name: &str) {
        self.until_settled(story, name).await;
        assert_eq!(deeds(story, name), self.deeds(), "{name}");
        let writes = story.sim.writes_of(&id(name));
        if self != Act::Recycle {
            story.look_again(name).await;
            assert_eq!(story.sim.writes_of(&id(name)), writes, "{name} was written to although nothing was to be done");
        }
        assert_eq!(self.scene(story, name).await, self.end(), "{name}");
        let in_vain: Vec<_> = writes.iter().filter(|entry| !entry.applied && entry.fault.is_none()).collect();
        assert!(in_vain.is_empty(), "{name} was written to in vain: {in_vain:#?}");
        let settings = |room: Vmr| Vmr { owner: None, name: String::new(), ..room };
        assert_eq!(settings(vmr(story, name)), settings(board_room()), "{name}: settings and passwords stay");
    }
}

/// Returns the id of a row's room, which is also its place in the journal.
fn id(name: &str) -> String {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    format!("{:032x}", hasher.finish())
}

/// The room as it is before the act, but for its owner. Its guest password is not managed.
fn board_room() -> Vmr {
    Vmr {
        name: "Board room".to_owned(),
        chair_pwd: HOST_PASSWORD.to_owned(),
        gust_pwd: GUEST_PASSWORD.to_owned(),
        allow_gust_first: true,
        ..Vmr::numbered("938305104")
    }
}

fn vmr(story: &Story, name: &str) -> Vmr {
    story.sim.world(|world| world.huawei_meeting[name].room(&id(name)).cloned().expect("the row's room"))
}

/// Returns the operations that changed a room, in order.
fn deeds(story: &Story, name: &str) -> Vec<String> {
    story.deeds(&id(name))
}

async fn edit(story: &Story, name: &str, settings: &Value) {
    story.patch_room(name, &json!({ "spec": { "huaweiMeeting": settings } })).await;
}

/// The vendor refuses the next one who is to get the room.
fn refuse_the_new_owner(story: &Story, name: &str) {
    script(story, Act::HandOverInVain, name, ASSIGN, Effect::refuse("USG.201040000"));
}

#[tokio::test]
async fn killed_while_it_edits_a_meeting_room_it_edits_once() {
    let before = "claimed without a finalizer, was InSync, alice has Board room";
    let after = "claimed without a finalizer, was InSync, alice has Renamed";
    check_killed(
        "killed-editing-vmr",
        Act::Edit,
        &[
            ("before-the-look", First(CORP_ROOMS), HoldBefore, before),
            ("before-the-settings-are-seen", First(OWNERS_ROOMS), HoldAfter, before),
            ("before-the-update", First(UPDATE), HoldBefore, before),
            ("before-the-reply", First(UPDATE), HoldAfter, after),
            ("between-update-and-look", Second(CORP_ROOMS), HoldBefore, after),
            ("before-the-status", Second(OWNERS_ROOMS), HoldAfter, after),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_hands_a_meeting_room_over_the_new_owner_gets_it_once() {
    let before = "claimed without a finalizer, was InSync, alice has Board room";
    let begun = "claimed, was InSync, begun, alice has Board room";
    let between = "claimed, was InSync, begun, nobody has Board room";
    let after = "claimed, was InSync, begun, bob has Board room";
    check_killed(
        "killed-handing-over-vmr",
        Act::HandOver,
        &[
            ("before-the-look", First(CORP_ROOMS), HoldBefore, before),
            ("before-it-is-written-down", First(CONFERENCES), HoldAfter, before),
            ("before-the-recycle", First(RECYCLE), HoldBefore, begun),
            ("before-the-reply-of-the-recycle", First(RECYCLE), HoldAfter, between),
            ("between-recycle-and-assign", First(ASSIGN), HoldBefore, between),
            ("before-the-reply-of-the-assign", First(ASSIGN), HoldAfter, after),
            ("between-assign-and-look", Second(CORP_ROOMS), HoldBefore, after),
            ("before-the-status", Second(OWNERS_ROOMS), HoldAfter, after),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_on_the_way_back_from_a_refused_owner_the_old_one_gets_the_room_once() {
    let begun = "claimed, was InSync, begun, nobody has Board room";
    let refused = "claimed, was InSync, refused, nobody has Board room";
    let back = "claimed, was InSync, refused, alice has Board room";
    check_killed(
        "killed-refused-vmr",
        Act::HandOverInVain,
        &[
            ("before-the-second-look", Second(CORP_ROOMS), HoldBefore, begun),
            ("before-it-is-written-down", Second(CONFERENCES), HoldAfter, begun),
            ("before-it-goes-back", First(ASSIGN), HoldBefore, refused),
            ("before-the-reply", First(ASSIGN), HoldAfter, back),
            ("before-the-third-look", Third(CORP_ROOMS), HoldBefore, back),
            ("before-the-status", Third(CONFERENCES), HoldAfter, back),
        ],
    )
    .await;
}

#[tokio::test]
async fn killed_while_it_recycles_a_meeting_room_it_does_so_once_and_lets_the_object_go() {
    let (before, after) = ("claimed, was InSync, alice has Board room", "claimed, was InSync, nobody has Board room");
    check_killed(
        "killed-recycling-vmr",
        Act::Recycle,
        &[
            ("before-the-look", First(CORP_ROOMS), HoldBefore, before),
            ("before-the-recycle", First(RECYCLE), HoldBefore, before),
            ("before-the-reply", First(RECYCLE), HoldAfter, after),
            ("between-recycle-and-look", Second(CORP_ROOMS), HoldBefore, after),
            ("before-the-finalizer-goes", Second(CONFERENCES), HoldAfter, after),
        ],
    )
    .await;
}

#[tokio::test]
async fn after_a_crash_between_recycle_and_assign_the_room_goes_where_the_spec_says_by_then() {
    let mut story = stage_with_operator::<Act>("changed-vmr").await;
    // What becomes of the object meanwhile, and who has the room in the end.
    let rows =
        [("wanted-back", "alice"), ("wanted-by-carol", "carol"), ("owner-left-open", "alice"), ("deleted", "alice")];
    let between = "claimed, was InSync, begun, nobody has Board room";
    join_all(rows.map(|(name, _)| Act::HandOver.prepare(&story, name))).await;
    let held = rows.map(|(name, _)| Row::new(name, Act::HandOver, First(ASSIGN), HoldBefore));
    join_all(held.iter().map(|row| row.begin_and_hold(&story, between))).await;
    kill(&mut story, rows.len()).await;
    edit(&story, "wanted-back", &json!({ "owner": { "userId": "alice" } })).await;
    edit(&story, "wanted-by-carol", &json!({ "owner": { "userId": "carol" } })).await;
    edit(&story, "owner-left-open", &json!({ "owner": null })).await;
    story.delete_room("deleted").await;

    story.start_operator();
    for (name, owner) in rows {
        let end = if name == "deleted" {
            story.until_gone(name).await;
            format!("no object, {owner} has Board room")
        } else {
            story.until_reason(name, "InSync").await;
            until_nothing_is_begun(&story, name).await;
            story.look_again(name).await;
            format!("claimed without a finalizer, InSync, {owner} has Board room")
        };
        assert_eq!(Act::HandOver.scene(&story, name).await, end, "{name}");
        assert_eq!(deeds(&story, name), [RECYCLE, ASSIGN], "{name}");
    }
}
