//! Rooms of Huawei Cloud Meeting: a package made them, and each name has its own.

use roomkeeper::key::Kind;
use roomkeeper_sim::huawei::meeting::room::Room as Vmr;
use serde_json::{Value, json};

use super::Scene;
use crate::cloud_meeting::{self, HOST, MEETING_APP};
use crate::story::Story;

pub struct CloudMeeting;

impl Scene for CloudMeeting {
    const KIND: Kind = Kind::MeetingRoom;
    const VERBS: &[&str] = &["Adopt", "Update", "ChangeOwner"];
    const MAKES_ROOMS: bool = false;
    const END: &str = "disassociate_vmr";
    const LOOK: &str = "search_corp_vmr";
    const TRIAL: &str = "app_auth";
    const SECRET: (&str, &str) = ("meeting", "appKey");
    const CONFIG: &str = "meeting";

    async fn stage(name: &str) -> Story {
        cloud_meeting::stage(name).await
    }

    async fn open(story: &Story) {
        cloud_meeting::open(story).await;
    }

    fn config(story: &Story, secret: &str) -> Value {
        cloud_meeting::config(story, MEETING_APP, secret)
    }

    fn spec(room: &str) -> Value {
        json!({
            "providerConfigRef": { "name": Self::CONFIG },
            "huaweiMeeting": { "id": id(room), "owner": { "userId": "alice" }, "name": "Board room" },
        })
    }

    fn ends_with_its_object() -> Value {
        json!({ "spec": { "huaweiMeeting": { "onDelete": "Recycle" } } })
    }

    fn place(room: &str) -> String {
        id(room)
    }

    fn external_id(room: &str) -> String {
        format!("huaweiMeeting/{MEETING_APP}/{}", id(room))
    }

    fn stands(story: &Story, room: &str) {
        add_room(story, MEETING_APP, room, another);
    }

    async fn differs(story: &Story, room: &str) {
        story.sim.world(|world| {
            let app = world.huawei_meeting.get_mut(MEETING_APP).expect("the story's app");
            if let Some(room) = app.room_mut(&id(room)) {
                another(room);
            }
        });
    }
}

/// Of another owner and under another name.
fn another(room: &mut Vmr) {
    (room.name, room.owner) = ("Another name".to_owned(), Some("bob@corp".to_owned()));
}

/// Returns the id of the room of an object: its name in hexadecimal digits, as far as there is room for it.
pub fn id(name: &str) -> String {
    let digits: String = name.bytes().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{digits:0<32}")
}

/// Returns the number of that room.
pub fn number(name: &str) -> String {
    let sum = name.bytes().fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 100_000_000);
    format!("9{sum:08}")
}

/// Adds a room of alice's for an object of this name.
pub fn add_room(story: &Story, app: &str, name: &str, change: impl FnOnce(&mut Vmr)) {
    let mut room = Vmr { name: "Board room".into(), chair_pwd: HOST.into(), ..Vmr::numbered(&number(name)) };
    room = room.owned_by("alice@corp");
    change(&mut room);
    story.sim.world(|world| {
        let app = world.huawei_meeting.get_mut(app).expect("the App ID is there");
        app.enterprises.get_mut("corp").expect("the enterprise is there").rooms.insert(id(name), room);
    });
}

/// Changes the room of an object behind the operator's back.
pub fn change_room(story: &Story, name: &str, change: impl FnOnce(&mut Vmr)) {
    story.sim.world(|world| {
        let app = world.huawei_meeting.get_mut(MEETING_APP).expect("the story's app");
        change(app.room_mut(&id(name)).expect("the object's room"));
    });
}
