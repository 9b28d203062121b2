//! Rooms and shows of Tencent.

use roomkeeper_sim::{Room as VendorRoom, RoomType};
use serde_json::{Value, json};

use super::Scene;
use crate::story::{APP, KEY, Story};

const VERBS: &[&str] = &["Create", "Adopt", "Update", "ChangeOwner", "Dismiss"];
const SEATS: &str = "VideoDynamicGrid9Seats";

/// The Room Engine.
pub struct Room;

/// The Live Engine.
pub struct Show;

impl Scene for Room {
    const VERBS: &[&str] = VERBS;
    const MAKES_ROOMS: bool = true;
    const END: &str = "destroy_room";
    const LOOK: &str = "room_engine/get_room_info";
    const TRIAL: &str = "accounts/account_check";
    const SECRET: (&str, &str) = ("tencent", "secretKey");
    const CONFIG: &str = "tencent";

    async fn stage(name: &str) -> Story {
        Story::prepare(name).await
    }

    async fn open(story: &Story) {
        open(story).await;
    }

    fn config(_story: &Story, secret: &str) -> Value {
        config(secret)
    }

    fn spec(room: &str) -> Value {
        json!({
            "providerConfigRef": { "name": Self::CONFIG },
            "tencentRoom": { "roomId": room, "owner": "alice", "name": "Weekly sync" },
        })
    }

    fn place(room: &str) -> String {
        room.to_owned()
    }

    fn external_id(room: &str) -> String {
        external_id(room)
    }

    fn stands(story: &Story, room: &str) {
        story.vendor_makes(room, another);
    }

    async fn differs(story: &Story, room: &str) {
        if story.vendor_room(room).is_some() {
            story.vendor_changes(room, another);
        }
    }
}

impl Scene for Show {
    const VERBS: &[&str] = VERBS;
    const MAKES_ROOMS: bool = true;
    const END: &str = "destroy_room";
    const LOOK: &str = "live_engine/get_room_info";
    const TRIAL: &str = "accounts/account_check";
    const SECRET: (&str, &str) = Room::SECRET;
    const CONFIG: &str = Room::CONFIG;

    async fn stage(name: &str) -> Story {
        Story::prepare(name).await
    }

    async fn open(story: &Story) {
        open(story).await;
    }

    fn config(_story: &Story, secret: &str) -> Value {
        config(secret)
    }

    fn spec(room: &str) -> Value {
        json!({
            "providerConfigRef": { "name": Self::CONFIG },
            "tencentLive": {
                "roomId": room,
                "owner": "alice",
                "name": "Friday show",
                "seatTemplate": SEATS,
                "notice": "Be kind",
                "metadata": { "team": "events" },
            },
        })
    }

    fn place(room: &str) -> String {
        room.to_owned()
    }

    fn external_id(room: &str) -> String {
        external_id(room)
    }

    fn stands(story: &Story, room: &str) {
        story.vendor_makes(room, |show| {
            show.room_type = RoomType::Live;
            show.live.seat_template = SEATS.to_owned();
            another(show);
        });
    }

    async fn differs(story: &Story, room: &str) {
        if story.vendor_room(room).is_some() {
            story.vendor_changes(room, another);
        }
    }
}

async fn open(story: &Story) {
    let (secret, key) = Room::SECRET;
    story.create_secret(secret, key, KEY).await;
    story.create_config(Room::CONFIG, &config(secret)).await;
}

fn config(secret: &str) -> Value {
    json!({ "tencent": { "secretKeyRef": { "name": secret } } })
}

fn external_id(room: &str) -> String {
    format!("tencent/{APP}/{room}")
}

/// Of another owner, under another name, and with other metadata; alice is in it, so that she can have it.
fn another(room: &mut VendorRoom) {
    room.name = "Another name".to_owned();
    room.owner = "bob".to_owned();
    room.live.metadata.insert("team".to_owned(), "sales".to_owned());
    room.members.insert("alice".to_owned());
}

/// Has everybody leave a room, if there is one.
pub fn empties(story: &Story, room: &str) {
    if story.vendor_room(room).is_some() {
        story.vendor_changes(room, |room| room.members.clear());
    }
}
