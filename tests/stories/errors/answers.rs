//! Answers that are not what was asked for: refusals, web pages, half bodies, silence.

use futures::future::join_all;
use roomkeeper_sim::{Effect, Fault, Times};
use serde_json::{Value, json};

use super::{another_room_is_served, fails_alike_again};
use crate::story::{APP, ROOM, Story, message, ready};

/// A refusal and what becomes of it.
struct Refusal {
    /// Name of the row's room.
    room: &'static str,
    /// The operation that the vendor refuses.
    call: &'static str,
    code: i64,
    /// Reason of `Ready`.
    reason: &'static str,
    /// `status.lastFailure.operation`
    verb: &'static str,
    /// What the message tells the reader.
    words: &'static str,
}

const REFUSALS: [Refusal; 8] = [
    Refusal {
        room: "no-look",
        call: "get_room_info",
        code: 100_006,
        reason: "PermissionDenied",
        verb: "Observe",
        words: "the vendor does not permit it (code 100006)",
    },
    Refusal {
        room: "no-create",
        call: "create_room",
        code: 100_006,
        reason: "PermissionDenied",
        verb: "Create",
        words: "create_room: the vendor does not permit it (code 100006)",
    },
    Refusal {
        room: "unpaid",
        call: "create_room",
        code: 100_007,
        reason: "AccountLimit",
        verb: "Create",
        words: "package, quota or payment does not allow it (code 100007)",
    },
    Refusal {
        room: "too-large",
        call: "create_room",
        code: 100_013,
        reason: "AccountLimit",
        verb: "Create",
        words: "package, quota or payment does not allow it (code 100013)",
    },
    Refusal {
        room: "rude",
        call: "create_room",
        code: 100_026,
        reason: "InvalidSpec",
        verb: "Create",
        words: "correct its values (code 100026)",
    },
    Refusal {
        room: "strange-owner",
        call: "create_room",
        code: 70_107,
        reason: "OwnerNotFound",
        verb: "Create",
        words: "the account does not exist at the vendor, import it first (code 70107)",
    },
    Refusal {
        room: "not-in-the-table",
        call: "create_room",
        code: 100_999,
        reason: "UnexpectedAnswer",
        verb: "Create",
        words: "not documented (code 100999)",
    },
    Refusal {
        room: "broken-inside",
        call: "create_room",
        code: 100_001,
        reason: "ProviderUnavailable",
        verb: "Create",
        words: "the vendor did not answer (code 100001)",
    },
];

#[tokio::test]
async fn a_refusal_is_told_by_its_meaning_with_the_vendors_code_and_request_id() {
    let story = Story::begin("refused").await;
    join_all(REFUSALS.iter().map(|row| refused(&story, row))).await;
    another_room_is_served(&story, &json!({})).await;
    story.assert_no_secret_was_told().await;
}

async fn refused(story: &Story, row: &Refusal) {
    let operation = format!("room_engine/{}", row.call);
    let refuse = |words: &str| {
        let effect = Effect::Refuse(roomkeeper_sim::Refusal::of(row.code).saying(words));
        Fault::at(&operation, effect).room(row.room)
    };
    // The vendor's own words change from call to call.
    let add = |fault| story.sim.faults().add(fault).expect("a known operation");
    add(refuse("no, said at 12:00"));
    let ever_after = add(refuse("no, said later").times(Times::UntilRemoved));
    story.create_room(&json!({ "metadata": { "name": row.room } })).await;
    let status = story.until_reason(row.room, row.reason).await;

    assert!(message(&status).contains(row.words), "{}: {}", row.room, message(&status));
    assert!(!message(&status).contains("said"), "{}: {}", row.room, message(&status));
    let failure = status.last_failure.clone().expect("a call failed");
    assert_eq!((failure.operation.as_str(), failure.code), (row.verb, Some(row.code.to_string())), "{}", row.room);
    assert!(failure.message.contains("said"), "{}: {}", row.room, failure.message);
    let journal = story.sim.journal();
    let mut refused = journal.iter().filter(|entry| entry.room.as_deref() == Some(row.room) && entry.fault.is_some());
    let known = refused.any(|entry| Some(&entry.request_id) == failure.request_id.as_ref());
    assert!(known, "{}: {:?} is no request id of a refused call", row.room, failure.request_id);
    fails_alike_again(story, row.room, &status).await;
    assert!(story.deeds(row.room).is_empty(), "{}", row.room);

    story.sim.faults().remove(ever_after).expect("the fault stands");
    story.ask_for_look(row.room).await;
    story.until_reason(row.room, "InSync").await;
    assert_eq!(story.deeds(row.room), ["create_room"], "{}", row.room);
}

#[tokio::test]
async fn an_owner_whom_the_vendor_does_not_know_is_named_and_the_room_made_once_she_is_imported() {
    let story = Story::begin("stranger").await;
    story.create_room(&json!({ "spec": { "tencentRoom": { "owner": "dora" } } })).await;
    let status = story.until_reason(ROOM, "OwnerNotFound").await;
    assert!(message(&status).contains("import it first"), "{}", message(&status));
    fails_alike_again(&story, ROOM, &status).await;
    another_room_is_served(&story, &json!({ "metadata": { "name": "bystander" } })).await;

    story.sim.world(|world| world.app_mut(APP).expect("the app").accounts.insert("dora".to_owned()));
    story.ask_for_look(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.vendor_room(ROOM).expect("there").owner, "dora");
}

/// What comes instead of an answer, and what is said of it.
struct Silence {
    room: &'static str,
    effect: fn() -> Effect,
    reason: &'static str,
    code: Option<&'static str>,
    words: &'static str,
}

const SILENCES: [Silence; 6] = [
    Silence {
        room: "bad-gateway",
        effect: || Effect::Status { code: 502 },
        reason: "ProviderUnavailable",
        code: Some("HTTP 502"),
        words: "get_room_info: the vendor did not answer (HTTP 502)",
    },
    Silence {
        room: "error-page",
        effect: || Effect::Html { status: 503 },
        reason: "ProviderUnavailable",
        code: Some("HTTP 503"),
        words: "get_room_info: the vendor did not answer (HTTP 503)",
    },
    Silence {
        room: "half-a-body",
        effect: || Effect::HalfBody,
        reason: "ProviderUnavailable",
        code: None,
        words: "get_room_info: the vendor did not answer",
    },
    Silence {
        room: "nothing",
        effect: || Effect::Status { code: 200 },
        reason: "ProviderUnavailable",
        code: Some("HTTP 200"),
        words: "get_room_info: the vendor did not answer",
    },
    Silence {
        room: "hung-up",
        effect: || Effect::DropBefore,
        reason: "ProviderUnavailable",
        code: None,
        words: "get_room_info: the vendor did not answer",
    },
    Silence {
        room: "throttled",
        effect: || Effect::Throttle,
        reason: "ProviderUnavailable",
        code: Some("60007"),
        words: "get_room_info: too many calls (code 60007)",
    },
];

#[tokio::test]
async fn two_looks_that_fail_are_no_news_and_the_third_is() {
    let story = Story::begin("silent").await;
    join_all(SILENCES.iter().map(|row| silent(&story, row))).await;
    another_room_is_served(&story, &json!({})).await;
    story.assert_no_secret_was_told().await;
}

async fn silent(story: &Story, row: &Silence) {
    let name = row.room;
    story.create_room(&json!({ "metadata": { "name": name } })).await;
    let well = story.until_reason(name, "InSync").await;
    let disturb = |times| {
        let fault = Fault::at("room_engine/get_room_info", (row.effect)()).room(name).times(times);
        story.sim.faults().add(fault).expect("a known operation")
    };

    disturb(Times::Count(2));
    let after = story.look_again(name).await;
    assert_eq!(after.conditions, well.conditions, "{name}");
    assert_eq!(after.last_failure, None, "{name}: two looks that failed are no news");

    let down = disturb(Times::UntilRemoved);
    story.ask_for_look(name).await;
    let status = story.until_reason(name, row.reason).await;
    assert!(message(&status).contains(row.words), "{name}: {}", message(&status));
    let failure = status.last_failure.clone().expect("a look failed");
    assert_eq!((failure.operation.as_str(), failure.code.as_deref()), ("Observe", row.code), "{name}");
    assert_eq!(status.observed, well.observed, "{name}: what was seen last stands");
    fails_alike_again(story, name, &status).await;

    story.sim.faults().remove(down).expect("the fault stands");
    // It would come back by itself, as the web page's room does; the pauses of six rows are long together.
    story.ask_for_look(name).await;
    story.until_reason(name, "InSync").await;
    assert_eq!(story.deeds(name), ["create_room"], "{name}: a look that failed is not an absent room");
}

#[tokio::test]
async fn a_web_page_in_the_place_of_an_answer_is_told_at_once_and_heals() {
    let story = Story::begin("html").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let page = Fault::at("room_engine/get_room_info", Effect::Html { status: 200 }).room(ROOM);
    story.sim.faults().add(page.times(Times::UntilRemoved)).expect("a known operation");

    story.ask_for_look(ROOM).await;
    let status = story.until_reason(ROOM, "UnexpectedAnswer").await;
    let failure = status.last_failure.clone().expect("a look failed");
    assert_eq!(failure.code.as_deref(), Some("HTTP 200"));
    assert!(failure.message.contains("check that the endpoint is the vendor's"), "{}", failure.message);
    fails_alike_again(&story, ROOM, &status).await;
    another_room_is_served(&story, &json!({ "metadata": { "name": "bystander" } })).await;

    story.sim.faults().clear();
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);
}

#[tokio::test]
async fn a_change_that_came_too_soon_is_sent_again_without_a_word() {
    let story = Story::begin("throttled").await;
    story.create_room(&json!({})).await;
    let well = story.until_reason(ROOM, "InSync").await;
    story.fault("room_engine/update_room_info", Effect::Throttle);

    let edit: Value = json!({ "spec": { "tencentRoom": { "maxMembers": 50 } } });
    story.patch_room(ROOM, &edit).await;
    let status = story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.vendor_room(ROOM).expect("there").max_members, 50);
    assert_eq!(story.calls_about(ROOM).iter().filter(|call| *call == "update_room_info").count(), 2);
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
    assert_eq!(status.last_failure, None);
    let since = |status: &roomkeeper::api::RoomStatus| ready(status).map(|ready| ready.last_transition_time.clone());
    assert_eq!(since(&status), since(&well), "Ready was True all the time");
    let reasons: Vec<String> = story.events(ROOM).await.into_iter().map(|(reason, _)| reason).collect();
    assert!(!reasons.contains(&"ProviderUnavailable".to_owned()), "{reasons:?}");
}
