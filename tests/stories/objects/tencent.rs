//! The objects of Tencent's two engines. Each state has an object of its own, named like its reason, so that they are
//! brought about side by side.

mod ends;
mod kept;
mod trouble;

use futures::future::LocalBoxFuture;
use roomkeeper::api::annotations::RECONCILE_REQUESTED_AT;
use roomkeeper_plan::reason::Reason;
use roomkeeper_sim::{Effect, Fault, FaultId, LiveOwner, RoomType, Shown, Times};
use serde_json::{Value, json};

use super::golden::Golden;
use crate::story::{OTHER_APP, Story, merge};
use crate::support::golden::file_name;

/// What tells the two engines apart here.
struct Engine {
    folder: &'static str,
    /// Name of the part of the spec.
    field: &'static str,
    service: &'static str,
    room_type: RoomType,
    settings: fn() -> Value,
    /// A setting that the vendor takes and does not show.
    unshown: fn() -> Value,
}

static ROOM: Engine = Engine {
    folder: "tencent-room",
    field: "tencentRoom",
    service: "room_engine",
    room_type: RoomType::Conference,
    // The story's manifest manages more.
    settings: || json!({ "messageDisabled": true, "maxMembers": null, "audioDisabled": null }),
    unshown: || json!({ "invitees": ["bob"] }),
};

static LIVE: Engine = Engine {
    folder: "tencent-live",
    field: "tencentLive",
    service: "live_engine",
    room_type: RoomType::Live,
    settings: || {
        json!({
            "owner": "alice",
            "name": "Friday show",
            "messageDisabled": true,
            "seatTemplate": "VideoDynamicGrid9Seats",
        })
    },
    unshown: || json!({ "notice": "Be kind" }),
};

/// A story of one engine.
#[derive(Clone, Copy)]
struct Stage<'a> {
    story: &'a Story,
    engine: &'static Engine,
    golden: Golden<'a>,
}

type Scene<'a> = LocalBoxFuture<'a, ()>;

impl<'a> Stage<'a> {
    fn of(story: &'a Story, engine: &'static Engine) -> Self {
        Stage { story, engine, golden: Golden { story, folder: engine.folder } }
    }

    /// Creates an object; `more` is merged over it.
    async fn create(self, name: &str, more: &Value) {
        let mut room = json!({ "metadata": { "name": name }, "spec": { "tencentRoom": null } });
        merge(&mut room, &self.spec(&(self.engine.settings)()));
        merge(&mut room, more);
        self.story.create_room(&room).await;
    }

    /// Creates an object that is named like the reason which it will have.
    async fn create_as(self, reason: Reason, more: &Value) -> String {
        let name = file_name(&reason.to_string());
        self.create(&name, more).await;
        name
    }

    /// Creates such an object and waits until it is in sync.
    async fn make_as(self, reason: Reason, more: &Value) -> String {
        let name = self.create_as(reason, more).await;
        self.story.until_reason(&name, "InSync").await;
        name
    }

    fn spec(self, settings: &Value) -> Value {
        json!({ "spec": { self.engine.field: settings } })
    }

    async fn edit(self, name: &str, settings: &Value) {
        self.story.patch_room(name, &self.spec(settings)).await;
    }

    /// Has the vendor misbehave at an operation on one room from here on.
    fn fault(self, operation: &str, room: &str, effect: Effect) -> FaultId {
        let operation = format!("{}/{operation}", self.engine.service);
        let fault = Fault::at(&operation, effect).room(room).times(Times::UntilRemoved);
        self.story.sim.faults().add(fault).expect("the simulator knows the operation")
    }

    /// Holds the looks at a room.
    fn hold_looks(self, room: &str) -> FaultId {
        self.fault("get_room_info", room, Effect::HoldBefore)
    }

    /// Lets one look go on, and waits for the next one.
    async fn until_next_look(self, held: FaultId) {
        self.story.sim.faults().release(held).expect("it holds");
        self.story.until_held(held).await;
    }

    async fn look(self, name: &str) {
        self.story.annotate(name, RECONCILE_REQUESTED_AT, "look").await;
    }
}

/// An account where the vendor shows less, and a second key for stories about accounts.
async fn open_reticent_account(story: &Story) {
    story.open_other_account("other").await;
    story.sim.world(|world| {
        let answers = &mut world.app_mut(OTHER_APP).expect("the other app").answers;
        answers.notice = Shown::Hidden;
        answers.live_counts = Shown::Hidden;
        answers.live_owner = LiveOwner::OnlyMembers;
    });
    story.sim.world(|world| world.app_mut(OTHER_APP).expect("the other app").accounts.insert("bob".to_owned()));
}

/// Merges over an object: it is of the other account.
fn of_the_other_account() -> Value {
    json!({ "spec": { "providerConfigRef": { "name": "other" } } })
}
