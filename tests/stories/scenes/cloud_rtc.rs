//! Rooms of Huawei CloudRTC. Nothing in them can differ from a spec: people only want them dismissed.

use std::time::Duration;

use roomkeeper::api::annotations::DISMISS_REQUESTED_AT;
use roomkeeper_sim::RtcRoom;
use serde_json::{Value, json};

use super::Scene;
use crate::cloud_rtc::{self, PROJECT, RTC_APP};
use crate::story::Story;

pub struct CloudRtc;

impl Scene for CloudRtc {
    const VERBS: &[&str] = &["Dismiss"];
    const MAKES_ROOMS: bool = false;
    const END: &str = "dismiss_room";
    const LOOK: &str = "list_rooms";
    const TRIAL: &str = "list_apps";
    const SECRET: (&str, &str) = ("rtc-key", "secret");
    const CONFIG: &str = "rtc";

    async fn stage(name: &str) -> Story {
        cloud_rtc::stage(name).await
    }

    async fn open(story: &Story) {
        cloud_rtc::open(story).await;
    }

    fn config(story: &Story, secret: &str) -> Value {
        cloud_rtc::config(story, PROJECT, secret)
    }

    fn spec(room: &str) -> Value {
        json!({
            "providerConfigRef": { "name": Self::CONFIG },
            "huaweiRtc": { "appId": RTC_APP, "roomId": room },
            "dismissal": { "whenOccupied": "Dismiss" },
        })
    }

    fn place(room: &str) -> String {
        format!("{RTC_APP}/{room}")
    }

    fn external_id(room: &str) -> String {
        format!("huaweiRtc/{PROJECT}/{RTC_APP}/{room}")
    }

    /// Somebody joins, in another second than what was before: the vendor's records have whole seconds.
    fn stands(story: &Story, room: &str) {
        story.sim.clock().advance(Duration::from_secs(2));
        story.sim.join_rtc(RtcRoom { project: PROJECT, app: RTC_APP, room }, "alice").expect("the app lets people in");
    }

    async fn differs(story: &Story, room: &str) {
        story.annotate(room, DISMISS_REQUESTED_AT, "now").await;
    }
}
