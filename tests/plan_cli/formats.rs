//! A plan for programs, for the comment of a pull request, and without a vendor.

use serde_json::{Value, json};

use crate::stage::*;

/// What a host or an attacker may call a room.
const HOSTILE: &str = "<b>|`@everyone` \u{1b}[2J\n# all [x](http://rooms.example) :smile: _*~";

#[tokio::test]
async fn programs_read_steps_reasons_and_differences() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|room| room.max_members = 20);
    let told = stage.plan(&[room(&json!({}))], &["--assume-owned", "-o", "json"]).await;
    let plan: Value = serde_json::from_str(&told.out).expect("it is JSON");
    let wanted = json!({
        "looked": true,
        "baseKnown": false,
        "summary": {
            "dismiss": 0, "create": 0, "update": 1, "changeOwner": 0, "nothing": 0, "errors": 0, "cannotBeUndone": 0,
        },
        "objects": [{
            "kind": "Room", "namespace": "events", "name": "weekly-sync", "file": stage.manifests(),
            "change": "unknown", "outcome": "changes",
            "room": "tencent/1400000000/weekly-sync", "ownership": "own", "basis": "told", "takesOver": false,
            "steps": [{
                "verb": "Update", "call": "update the room", "cannotBeUndone": false,
                "because": [{ "field": "maxMembers", "seen": "20", "wanted": "300" }],
            }],
            "left": [], "findings": [],
        }],
    });
    assert_eq!((told.code, &plan), (Some(CHANGES), &wanted));
    let errors = stage.plan(&[room(&json!({}))], &["-o", "json"]).await;
    let plan: Value = serde_json::from_str(&errors.out).expect("it is JSON");
    assert_eq!((errors.code, &plan["objects"][0]["reason"]), (Some(ERROR), &json!("AlreadyExists")));
}

#[tokio::test]
async fn a_comment_shows_what_cannot_be_undone_first_and_no_markup_of_strangers() {
    let stage = Stage::new().await;
    stage.vendor_has_the_room(|_| {});
    stage.vendor_has("standup", |room| room.name = HOSTILE.to_owned());
    let standup = room(&json!({ "metadata": { "name": "standup" } }));
    let account = [stage.config(), secret("tencent", "secretKey", KEY)];
    let before = stage.file("before.yaml", &yaml(&[&account[..], &[standup.clone(), room(&json!({}))]].concat()));
    let now = stage.file("now.yaml", &yaml(&[&account[..], &[standup]].concat()));
    let told = stage.run(&["-f", &now, "--base", &before, "-o", "markdown"], &[], "").await;
    let wanted = "\
<!-- roomkeeper plan -->
### Roomkeeper

> [!CAUTION]
> **1 room would be dismissed, with whoever is inside. This cannot be undone.**

Plan: 1 to dismiss, 1 to update.

<details open><summary>- <b>Room events/weekly-sync</b>: removed, and the room with it</summary>

<code>room tencent/1400000000/weekly-sync (taken for this object's&#58; it was there before)</code>

1. dismiss the room **cannot be undone**

| field | at the vendor | wanted |
|---|---|---|
| <code>roomId</code> | <code>weekly-sync</code> | <code>no room</code> |

</details>

<details open><summary>~ <b>Room events/standup</b>: change</summary>

<code>room tencent/1400000000/standup (taken for this object's&#58; it was there before)</code>

1. update the room

| field | at the vendor | wanted |
|---|---|---|
| <code>name</code> | <code>&#60;b&#62;&#124;&#96;&#64;everyone&#96; &#92;u{1b}&#91;2J&#92;n&#35; all &#91;x&#93;(http&#58;//rooms.example) \
&#58;smile&#58; &#95;&#42;&#126;</code> | <code>Weekly sync</code> |

</details>

";
    told.is("a comment", CHANGES, wanted);
    let told = stage.run(&["-f", &now, "--base", &before], &[], "").await;
    told.says("no escape reaches a terminal", CHANGES, "`@everyone` \\u{1b}[2J\\n# all");
    assert!(!told.out.contains('\u{1b}'), "{}", told.out);
}

#[tokio::test]
async fn a_comment_is_never_longer_than_a_comment_may_be() {
    let stage = Stage::new().await;
    let rooms = |number: u32| room(&json!({ "metadata": { "name": format!("room-{number:04}") } }));
    let rooms: Vec<Value> = (0..1100).map(rooms).collect();
    let told = stage.plan(&rooms, &["--offline", "-o", "markdown"]).await;
    assert!(told.out.len() < 65_536, "{} bytes", told.out.len());
    told.says("the rest is counted", NOTHING, " more objects did not fit in here");
}

#[tokio::test]
async fn without_a_vendor_manifests_are_checked_and_no_secret_is_needed() {
    let stage = Stage::new().await;
    let config = stage.config();
    let second = json!({ "metadata": { "name": "zweite" }, "spec": { "tencentRoom": { "roomId": "weekly-sync" } } });
    let rows = [
        ("good", vec![room(&json!({}))], NOTHING, "    its manifest is good; the vendor was not asked\n"),
        (
            "two objects for one room",
            vec![room(&json!({})), room(&second)],
            ERROR,
            "    DuplicateClaim: the room belongs to events/weekly-sync; ",
        ),
        (
            "a limit of the vendor's",
            vec![room(&json!({ "spec": { "tencentRoom": { "name": "周".repeat(34) } } }))],
            ERROR,
            "spec.tencentRoom.name: ",
        ),
        (
            "the same twice",
            vec![room(&json!({})), room(&json!({}))],
            ERROR,
            "    metadata.name: the same object is in ",
        ),
        (
            "a kind that is not there",
            vec![room(&json!({ "kind": "Rooms" })), room(&json!({}))],
            ERROR,
            "    kind: must be one of ClusterProviderConfig, MeetingRoom, ProviderConfig, Room\n",
        ),
        (
            "a version that is not there",
            vec![room(&json!({ "apiVersion": "roomkeeper.dev/v1" }))],
            ERROR,
            "    apiVersion: must be roomkeeper.dev/v1alpha1\n",
        ),
    ];
    for (what, objects, code, words) in rows {
        let documents = [std::slice::from_ref(&config), &objects].concat();
        let path = stage.file("manifests.yaml", &yaml(&documents));
        let told = stage.run(&["-f", &path, "--offline"], &[], "").await;
        told.says(what, code, words);
        told.says(what, code, "No vendor was asked (--offline)");
    }
    let before = stage.file("before.yaml", &yaml(&[config.clone(), room(&json!({}))]));
    let now = stage.file("now.yaml", &yaml(&[config]));
    let told = stage.run(&["-f", &now, "--base", &before, "--offline"], &[], "").await;
    told.says("removed", CHANGES, "    the room is to be ended, if it is there; the vendor was not asked\n");
    assert!(stage.sim.journal().is_empty(), "a vendor was asked");
}
