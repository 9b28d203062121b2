//! Secrets of every kind, in every place where a vendor shows or repeats one, with a log of all that can be logged.

use roomkeeper::key::Kind;
use roomkeeper_sim::{Effect, Refusal, User, UserState, VendorCode};
use serde_json::{Value, json};

use crate::cloud_meeting::{self, GUEST};
use crate::cloud_rtc::{self, PROJECT, RTC_APP};
use crate::story::{ROOM, Story};

/// A password that Tencent takes.
const DOOR: &str = "canary-314159";
/// The password of an IAM user.
const IAM: &str = "canary-password";
/// What people are signed in with at CloudRTC; its app list shows it.
const RTC_KEY: &str = "canary-rtc-app-key";

/// Lets an IAM user and an app with a key be there, and adds configs for both ways to log in.
async fn open_cloud_rtc(story: &Story) {
    cloud_rtc::begin_project(story).await;
    story.sim.world(|world| {
        let domain = world.iam.users.entry("example".to_owned()).or_default();
        domain.insert("robot".to_owned(), User { password: IAM.into(), state: UserState::Active });
        let project = world.project_mut(PROJECT).expect("the story's project");
        project.apps.get_mut(RTC_APP).expect("the story's app").app_key = Some(RTC_KEY.into());
    });
    story.create_secret("iam", "password", IAM).await;
    let login = json!({ "domain": "example", "user": "robot", "passwordRef": { "name": "iam", "key": "password" } });
    let account = json!({ "projectId": PROJECT, "endpoint": story.sim.url(), "password": login });
    story.create_config("iam", &json!({ "tencent": null, "huaweiRtc": account })).await;
}

fn refusal(code: impl Into<VendorCode>, repeated: &str) -> Effect {
    let info = format!("you sent {repeated} to https://rooms.example/?usersig=eJ{repeated}");
    Effect::Refuse(Refusal::of(code).saying(&info))
}

#[tokio::test]
async fn no_secret_of_any_vendor_is_told_or_logged_whatever_is_logged() {
    let mut story = cloud_meeting::stage("canaries").await.with_full_log();
    open_cloud_rtc(&story).await;
    story.create_secret("door", "code", DOOR).await;
    story.start_operator();

    let password = |name: &str, key: &str| json!({ "secretKeyRef": { "name": name, "key": key } });
    let with_password = json!({ "spec": { "tencentRoom": { "password": password("door", "code") } } });
    story.fault("room_engine/create_room", refusal(100_002, DOOR));
    story.create_room(&with_password).await;
    for (name, config) in [("signed", "rtc"), ("logged-in", "iam")] {
        let config = json!({ "metadata": { "name": name }, "spec": { "providerConfigRef": { "name": config } } });
        story.create_room(&cloud_rtc::room(&config)).await;
    }
    story.fault("update_member_vmr", refusal("MMC.111070005", GUEST));
    let meeting: Value = json!({
        "spec": {
            "writeJoinInfoToSecretRef": { "name": "join", "includeHostLink": true },
            "huaweiMeeting": { "guestPassword": password("guests", "guest") },
        },
    });
    cloud_meeting::create_room(&story, &meeting).await;
    let story = story.about(Kind::MeetingRoom);
    story.until_reason("board-room", "InvalidSpec").await;
    story.patch_room("board-room", &json!({ "spec": { "huaweiMeeting": { "allowGuestFirst": true } } })).await;
    story.until_reason("board-room", "InSync").await;
    let story = story.about(Kind::Room);
    story.until_reason(ROOM, "InvalidSpec").await;
    story.assert_no_secret_was_told().await;
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 50 } } })).await;
    for name in [ROOM, "signed", "logged-in"] {
        story.until_reason(name, "InSync").await;
    }
    story.assert_no_secret_was_told().await;

    // What is rejected is not told either.
    for (secret, key) in [("tencent", "secretKey"), ("meeting", "appKey"), ("rtc-key", "secret"), ("iam", "password")] {
        story.rotate(secret, key, "canary-of-another-account-0000000000").await;
    }
    for config in ["tencent", "meeting", "rtc", "iam"] {
        story.until_config(config, "CredentialsRejected").await;
    }
    story.assert_no_secret_was_told().await;
}
