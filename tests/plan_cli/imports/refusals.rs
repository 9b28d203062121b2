//! What cannot be imported, and what is said of it.

use roomkeeper_sim::{Effect, Fault, OtherEngine, Room, RoomType, Times};
use serde_json::json;

use super::lines;
use crate::stage::*;

const ROOM: &[&str] = &["--engine", "tencentRoom"];

fn accounts(stage: &Stage) -> Vec<serde_json::Value> {
    vec![stage.config(), secret("tencent", "secretKey", KEY)]
}

#[tokio::test]
async fn ids_of_no_room_are_errors_and_the_other_rooms_are_written() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    let now = stage.sim.clock().now();
    stage.sim.world(|world| {
        let app = world.app_mut(APP).expect("the app");
        let show = Room { room_type: RoomType::Live, ..Room::live("show", "alice", &app.package, now) };
        app.rooms.insert("show".to_owned(), show);
    });
    let long = "x".repeat(49);
    let asked = [ROOM, &["gone", "show", "café", &long, "weekly-sync"]].concat();
    let told = stage.import(&accounts(&stage), "tencent", &asked).await;
    assert_eq!(told.code, Some(ERROR));
    let gone =
        "is not there: it ended, it is in another account, or it is a room for --engine tencentLive; correct the id";
    let expected = format!(
        "error: gone: {gone}\n\
         error: show: is a room of the other engine: import it with --engine tencentLive\n\
         error: café: cannot be the id of a room: it holds 'é', the vendor takes only printable ASCII characters\n\
         error: {long}: cannot be the id of a room: it has 49 bytes, the vendor takes at most 48 (a Chinese character has \
         3)\n"
    );
    assert_eq!(told.err, expected);
    stage.has_nothing_to_do(&stage.plan_of(&told.out).await, &told.out, 1);
    // Where the vendor says no more than that there is none, the advice has both.
    stage.sim.world(|world| world.app_mut(APP).expect("the app").answers.other_engine = OtherEngine::RoomMissing);
    let told = stage.import(&accounts(&stage), "tencent", &[ROOM, &["show"]].concat()).await;
    told.fails("a show", &[gone]);
    let show = ["--engine", "tencentLive", "weekly-sync"];
    let told = stage.import(&accounts(&stage), "tencent", &show).await;
    told.fails("a room", &["it is a room for --engine tencentRoom"]);
}

#[tokio::test]
async fn a_look_that_fails_is_an_error_of_its_room_only() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    let page =
        Fault::at("room_engine/get_room_info", Effect::Html { status: 502 }).room("gone").times(Times::UntilRemoved);
    stage.sim.faults().add(page).expect("a known operation");
    let told = stage.import(&accounts(&stage), "tencent", &[ROOM, &["gone", "weekly-sync"]].concat()).await;
    assert_eq!((told.code, lines(&told.out, "kind: Room")), (Some(ERROR), 1), "{}", told.out);
    let words = "error: gone: could not be read: `get_room_info` failed: the vendor did not answer (HTTP 502)";
    assert!(told.err.starts_with(words), "{}", told.err);
}

#[tokio::test]
async fn an_account_that_cannot_be_used_is_one_error_with_what_to_do() {
    let stage = Stage::new().await;
    let (config, key) = (stage.config(), secret("tencent", "secretKey", KEY));
    let wrong = secret("tencent", "secretKey", "canary-wrong");
    let mut elsewhere = stage.config();
    elsewhere["spec"]["tencent"]["endpoint"] = json!("https://rooms.example");
    let room = &[ROOM, &["weekly-sync"]].concat()[..];
    let shared = &[ROOM, &["--cluster-config", "weekly-sync"]].concat()[..];
    let meeting = &["--engine", "huaweiMeeting"][..];
    let rows = [
        (vec![key.clone()], room, "there is no ProviderConfig events/tencent: correct --config, -n for its namespace"),
        (vec![config.clone()], shared, "there is no ClusterProviderConfig tencent: correct --config"),
        (vec![config.clone()], room, "the Secret events/tencent does not exist; create it or correct the reference"),
        (
            vec![config.clone(), wrong],
            room,
            "the credentials were rejected, check the key, the identifier and the region",
        ),
        (vec![elsewhere, key.clone()], room, "the host rooms.example:443 is not allowed; start the controller with"),
        (
            vec![config, key],
            meeting,
            "--config=tencent names the account tencent/1400000000, but huaweiMeeting needs a ProviderConfig with \
             spec.huaweiMeeting",
        ),
    ];
    for (documents, arguments, words) in rows {
        let told = stage.import(&documents, "tencent", arguments).await;
        told.fails(words, &[words]);
        assert_eq!(told.err.matches(words).count(), 1, "said twice: {}", told.err);
    }
}

#[tokio::test]
async fn a_command_line_that_means_nothing_is_refused_before_anything_is_asked() {
    let stage = Stage::new().await;
    let empty = stage.file("ids.txt", "\n");
    let rows: [(&[&str], &str); 7] = [
        (&["--engine", "tencentRoom"], "--engine=tencentRoom needs ids of rooms"),
        (&["--engine", "tencentLive"], "--engine=tencentLive needs ids of rooms"),
        (&["--engine", "huaweiRtc"], "--engine=huaweiRtc needs --app"),
        (&["--engine", "tencentRoom", "--app", "a", "b"], "--engine=tencentRoom has no --app"),
        (&["--engine", "tencentRoom", "--personal", "a", "b"], "--engine=tencentRoom has no personal meeting IDs"),
        (&["--engine", "tencentRoom", "--ids-from", &empty], "ids.txt has no ids"),
        (&["--engine", "tencentRoom", "--ids-from", "/no/such/file"], "/no/such/file cannot be read: "),
    ];
    for (arguments, words) in rows {
        stage.import(&accounts(&stage), "tencent", arguments).await.fails(words, &[words]);
    }
    let both = ["-f", "-", "--config", "a", "--engine", "tencentRoom", "--ids-from", "-"];
    stage.command("import", &both, &[], "").await.fails("one input", &["cannot both read the standard input"]);
    assert!(stage.sim.journal().is_empty());
}

#[tokio::test]
async fn an_import_slows_down_where_others_use_up_the_quota() {
    let stage = Stage::new().await;
    let now = stage.sim.clock().now();
    let ids: Vec<String> = (0..20).map(|number| format!("room-{number}")).collect();
    stage.sim.world(|world| {
        let app = world.app_mut(APP).expect("the app");
        app.limits.per_operation.insert("room_engine/get_room_info".to_owned(), 6);
        let made = ids.iter().map(|id| (id.clone(), Room::conference(id, "alice", &app.package, now)));
        app.rooms.extend(made.collect::<Vec<_>>());
    });
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let told = stage.import(&accounts(&stage), "tencent", &[ROOM, &ids].concat()).await;
    assert_eq!((told.code, told.err.as_str()), (Some(NOTHING), ""), "{}", told.out);
    assert_eq!(lines(&told.out, "kind: Room"), ids.len());
    let looks = stage.sim.journal().iter().filter(|entry| entry.calls("room_engine/get_room_info")).count();
    assert!(looks > ids.len(), "the quota was not used up");
}
