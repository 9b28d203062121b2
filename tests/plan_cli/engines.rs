//! A plan over rooms of all engines: each vendor shows or repeats a secret, and none is printed.

use std::path::PathBuf;

use roomkeeper::accounts::Accounts;
use roomkeeper::leadership::Leadership;
use roomkeeper::metrics::Metrics;
use roomkeeper::source::Source as _;
use roomkeeper::source::files::documents::{self, Depth};
use roomkeeper::source::files::subject::Subject;
use roomkeeper::source::files::{Files, Inputs};
use roomkeeper_plan::ids::Timestamp;
use roomkeeper_sim::huawei::meeting::room::Room as Vmr;
use roomkeeper_sim::huawei::meeting::state::{AdminType, MeetingApp, User};
use roomkeeper_sim::{Effect, Fault, Project, Refusal};
use serde_json::{Value, json};

use crate::given_out;
use crate::stage::{CHANGES, KEY, PASSWORD, Stage, Told, secret, yaml};

const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const RTC_APP: &str = "5ff9701f2346968bb306cb43";
const MEETING_APP: &str = "fdb8e4699586458bbd10c834872dcc62";
const ID: &str = "ff80808167ef1edf0167f33d650c0662";
/// Passwords have digits only.
const HOST: &str = "7310042917";
const WANTED: &str = "7310042918";

/// Has Huawei's services there, with a meeting room and an app whose key is shown.
fn huawei(stage: &Stage) {
    let room = Vmr { name: "Board room".into(), chair_pwd: HOST.into(), ..Vmr::numbered("938305104") };
    let app = MeetingApp::of_enterprise("canary-app-key", "corp")
        .with_user("admin@corp", User::with_password("canary-admin").administrating(AdminType::Default))
        .with_user("alice@corp", User::third_party("alice"))
        .with_room(ID, room.owned_by("alice@corp"));
    let mut project = Project::new("AKPLAN", "canary-sk", RTC_APP);
    project.apps.get_mut(RTC_APP).expect("it has the app").app_key = Some("canary-rtc-app-key".into());
    stage.sim.world(|world| {
        world.huawei_meeting.insert(MEETING_APP.to_owned(), app);
        world.huawei_rtc.insert(PROJECT.to_owned(), project);
    });
}

fn config(name: &str, account: &Value) -> Value {
    json!({
        "apiVersion": "roomkeeper.dev/v1alpha1",
        "kind": "ProviderConfig",
        "metadata": { "name": name, "namespace": "events" },
        "spec": account,
    })
}

fn object(kind: &str, name: &str, config: &str, engine: &Value) -> Value {
    let mut object = json!({
        "apiVersion": "roomkeeper.dev/v1alpha1",
        "kind": kind,
        "metadata": { "name": name, "namespace": "events" },
        "spec": { "providerConfigRef": { "name": config } },
    });
    json_patch::merge(&mut object["spec"], engine);
    object
}

/// Manifests of one object for each engine, with their configs and Secrets.
fn manifests(stage: &Stage) -> Vec<Value> {
    let endpoint = stage.sim.url();
    let key = |name: &str, key: &str| json!({ "name": name, "key": key });
    let password = |name: &str| json!({ "secretKeyRef": key(name, "code") });
    let rtc = json!({ "huaweiRtc": {
        "projectId": PROJECT,
        "endpoint": endpoint,
        "accessKey": { "idRef": key("rtc", "id"), "secretRef": key("rtc-key", "secret") },
    }});
    let meeting = json!({ "huaweiMeeting": { "appId": MEETING_APP, "endpoint": endpoint, "appKeyRef": key("meeting", "appKey") } });
    vec![
        stage.config(),
        config("rtc", &rtc),
        config("meeting", &meeting),
        secret("tencent", "secretKey", KEY),
        secret("rtc", "id", "AKPLAN"),
        secret("rtc-key", "secret", "canary-sk"),
        secret("meeting", "appKey", "canary-app-key"),
        secret("door", "code", PASSWORD),
        secret("board-room", "code", WANTED),
        object(
            "Room",
            "room",
            "tencent",
            &json!({ "tencentRoom": { "owner": "alice", "password": password("door") } }),
        ),
        object("Room", "show", "tencent", &json!({ "tencentLive": { "owner": "alice" } })),
        object(
            "Room",
            "stand-up",
            "rtc",
            &json!({ "huaweiRtc": { "appId": RTC_APP }, "dismissal": { "whenOccupied": "Wait" } }),
        ),
        object(
            "MeetingRoom",
            "board-room",
            "meeting",
            &json!({ "huaweiMeeting": { "id": ID, "hostPassword": password("board-room") } }),
        ),
    ]
}

async fn plan(stage: &Stage) -> Told {
    let path = stage.file("manifests.yaml", &yaml(&manifests(stage)));
    stage.run(&["-f", &path], &[], "").await
}

#[tokio::test]
async fn a_plan_over_all_engines_shows_that_passwords_differ_and_prints_none() {
    let stage = Stage::new().await;
    huawei(&stage);
    let told = plan(&stage).await;
    assert_eq!(told.code, Some(CHANGES), "{}{}", told.out, told.err);
    for words in ["create the room", "hostPassword: other -> set", "InSync"] {
        assert!(told.out.contains(words), "{words:?} is not in {}", told.out);
    }
    for (operation, code) in [("search_corp_vmr", "USG.000000003"), ("list_rooms", "RTC.00001001")] {
        let refusal = Refusal::of(code).saying("you asked https://rooms.example/?token=canary");
        stage
            .sim
            .faults()
            .add(Fault::at(operation, Effect::Refuse(refusal)))
            .expect("the simulator knows the operation");
    }
    let told = plan(&stage).await;
    assert!(told.out.contains("2 with an error"), "{}", told.out);
}

/// An object of each engine that goes: what is planned for its room stands on top, by the words of its vendor's calls.
#[tokio::test]
async fn removed_objects_of_all_engines_are_planned_as_their_ends() {
    let stage = Stage::new().await;
    huawei(&stage);
    stage.vendor_has("room", |_| {});
    let mut before = manifests(&stage);
    let board_room = before.last_mut().expect("the meeting room is the last");
    json_patch::merge(&mut board_room["spec"]["huaweiMeeting"], &json!({ "onDelete": "Recycle" }));
    let now: Vec<Value> =
        before.iter().filter(|document| document["spec"]["providerConfigRef"].is_null()).cloned().collect();
    let (before, now) = (stage.file("before.yaml", &yaml(&before)), stage.file("now.yaml", &yaml(&now)));
    let told = stage.run(&["-f", &now, "--base", &before], &[], "").await;
    let lines = [
        "1 room would be dismissed, with whoever is inside; 1 meeting room would be taken from the owner. This cannot be \
         undone.\n",
        "- Room events/room (removed)\n",
        "    1. dismiss the room  cannot be undone\n",
        "- MeetingRoom events/board-room (removed)\n",
        "    1. recycle the room from alice  cannot be undone\n",
        // Nobody made these two.
        "- Room events/show (removed)\n",
        "- Room events/stand-up (removed)\n",
        "Plan: 2 to dismiss, 2 with nothing to do.\n",
    ];
    for line in lines {
        told.says("all engines", CHANGES, line);
    }
    let kept = told.out.find("events/show").expect("it is told of");
    assert!(told.out.rfind("cannot be undone\n").expect("two are") < kept, "what ends comes first: {}", told.out);
}

/// What a panic prints is what `Debug` shows of the things around it.
#[tokio::test]
async fn nothing_that_a_panic_could_print_of_an_open_account_holds_a_secret() {
    let stage = Stage::new().await;
    huawei(&stage);
    let path = stage.file("manifests.yaml", &yaml(&manifests(&stage)));
    let documents = documents::read(&[PathBuf::from(&path)], Depth::Folder).expect("the manifests can be read");
    let mut printed = format!("{documents:?}");
    let files = Files::of(Inputs { documents, ..Inputs::default() }, Timestamp(0)).expect("they are manifests");
    let host = stage.sim.url().trim_start_matches("http://").to_owned();
    let accounts = Accounts::new([host].into_iter().collect(), Leadership::unrivalled(), Metrics::default());
    printed.push_str(&format!("{files:?}"));
    for Subject { object, .. } in &files.subjects {
        let config = files.config(&object.key.name.namespace, &object.config).expect("each has its config");
        let session = accounts.open(&config, &files).await.expect("each credential is good");
        assert!(session.is_accepted(), "{session:?}");
        printed.push_str(&format!("{config:?} {session:?}"));
    }
    printed.push_str(&format!("{accounts:?}"));
    let is_logged_in = stage.sim.world(|world| world.huawei_meeting.values().any(|app| !app.tokens.is_empty()));
    assert!(is_logged_in, "a session holds a token");
    let mut secrets = stage.sim.world(|world| given_out::by(world));
    secrets.extend(["canary", WANTED].map(str::to_owned));
    let told = secrets.iter().find(|secret| printed.contains(secret.as_str()));
    assert_eq!(told, None, "a secret can be printed: {printed}");
}
