//! Each scripted fault over the wire, and what the journal says of it.

use std::time::Duration;

use roomkeeper_sim::{Delivery, Effect, Entry, Fault, FaultError, Refusal, Simulator, Times};
use serde_json::{Value, json};

use crate::client::*;

const OPERATION: &str = "room_engine/update_room_info";

/// A simulator with room `weekly`, whose name is the number of updates that were applied.
async fn prepared() -> Simulator {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({ "RoomName": "0" })).await;
    simulator
}

fn rename(name: &str) -> Draft {
    Draft::of(UPDATE, &json!({ "RoomInfo": { "RoomId": "weekly", "RoomName": name } }))
}

fn name(simulator: &Simulator) -> String {
    simulator.world(|world| world.room(APP, "weekly").expect("the room").name.clone())
}

fn last(simulator: &Simulator) -> Entry {
    simulator.journal().pop().expect("an entry")
}

#[tokio::test]
async fn refused_and_throttled_requests_change_nothing() {
    let simulator = prepared().await;
    let rows = [
        (Effect::Refuse(Refusal::of(100_001).saying("own words")), 100_001, Some("own words")),
        (Effect::refuse(123_456), 123_456, None),
        (Effect::Throttle, 60_007, None),
    ];
    for (effect, wanted, info) in rows {
        simulator.faults().add(Fault::at(OPERATION, effect.clone())).expect("a fault");
        let answer = rename("1").answer(&simulator).await;
        assert_eq!(code(&answer), wanted);
        if let Some(info) = info {
            assert_eq!(answer["ErrorInfo"], info);
        }
        let entry = last(&simulator);
        assert_eq!(
            (entry.fault.as_deref(), entry.applied, entry.code),
            (Some(effect.name()), false, Some(wanted.into()))
        );
    }
    assert_eq!(name(&simulator), "0");
}

#[tokio::test]
async fn pages_and_bare_statuses_come_from_no_service() {
    let simulator = prepared().await;
    simulator.faults().add(Fault::at(OPERATION, Effect::Html { status: 200 })).expect("a fault");
    simulator.faults().add(Fault::at(OPERATION, Effect::Status { code: 502 })).expect("a fault");
    let page = rename("1").send(&simulator).await.expect("a reply");
    assert_eq!((page.status().as_u16(), page.headers()["content-type"].to_str().ok()), (200, Some("text/html")));
    assert!(page.text().await.expect("a body").starts_with("<html>"));
    let bare = rename("1").send(&simulator).await.expect("a reply");
    assert_eq!((bare.status().as_u16(), bare.content_length()), (502, Some(0)));
    let entry = last(&simulator);
    assert_eq!((entry.fault.as_deref(), entry.code, entry.status), (Some("status"), None, Some(502)));
    assert_eq!(name(&simulator), "0");
}

#[tokio::test]
async fn a_connection_dropped_before_or_after_leaves_the_caller_without_an_answer() {
    let simulator = prepared().await;
    for (effect, applied, after) in [(Effect::DropBefore, false, "0"), (Effect::ApplyThenDrop, true, "1")] {
        simulator.faults().add(Fault::at(OPERATION, effect.clone())).expect("a fault");
        rename("1").send(&simulator).await.expect_err("no answer");
        let entry = last(&simulator);
        assert_eq!((entry.fault.as_deref(), entry.applied), (Some(effect.name()), applied));
        assert_eq!((entry.delivery, entry.status), (Delivery::CutOff, None));
        assert_eq!(name(&simulator), after);
    }
}

#[tokio::test]
async fn half_a_body_is_half_a_body() {
    let simulator = prepared().await;
    simulator.faults().add(Fault::at(OPERATION, Effect::HalfBody)).expect("a fault");
    let mut response = rename("1").send(&simulator).await.expect("a head");
    let promised = response.content_length().expect("a length");
    let mut got = 0;
    let broken = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => got += chunk.len() as u64,
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken, "the connection breaks");
    assert_eq!(got, promised / 2);
    assert_eq!(name(&simulator), "1");
    assert!(last(&simulator).applied);
}

#[tokio::test]
async fn a_delayed_answer_comes_late_and_its_change_at_once() {
    let simulator = prepared().await;
    let by = Duration::from_millis(300);
    simulator.faults().add(Fault::at(OPERATION, Effect::Delay { by })).expect("a fault");
    let start = std::time::Instant::now();
    let draft = rename("1");
    let (answer, ()) = tokio::join!(draft.answer(&simulator), async {
        let applied = |entries: &[Entry]| entries.last().is_some_and(|entry| entry.applied && entry.status.is_none());
        simulator.until("the change before the answer", DEADLINE, applied).await.expect("it happens");
        assert_eq!(name(&simulator), "1");
    });
    assert_eq!(code(&answer), 0);
    assert!(start.elapsed() >= by);
}

#[tokio::test]
async fn a_stale_look_shows_the_room_before_its_last_writes() {
    let simulator = prepared().await;
    for name in ["1", "2", "3"] {
        rename(name).answer(&simulator).await;
    }
    let look = async |writes: Option<u32>| {
        if let Some(writes) = writes {
            let fault = Fault::at("room_engine/get_room_info", Effect::StaleRead { writes }).room("weekly");
            simulator.faults().add(fault).expect("a fault");
        }
        let answer = call(&simulator, GET, json!({ "RoomId": "weekly" })).await;
        match code(&answer) {
            0 => answer["Response"]["RoomInfo"]["RoomName"].clone(),
            refused => json!(refused),
        }
    };
    // Four writes: the create and three updates. Further back than all of them is before the first.
    for (writes, wanted) in
        [(Some(1), json!("2")), (Some(3), json!("0")), (Some(4), json!(100_004)), (Some(9), json!(100_004))]
    {
        assert_eq!(look(writes).await, wanted, "{writes:?} writes back");
    }
    assert_eq!(look(None).await, "3");
    assert_eq!(name(&simulator), "3");
}

#[tokio::test]
async fn a_destroyed_room_can_still_be_seen_by_a_stale_look() {
    let simulator = prepared().await;
    ok(&simulator, DESTROY, json!({ "RoomId": "weekly" })).await;
    simulator.faults().add(Fault::anywhere(Effect::StaleRead { writes: 1 })).expect("a fault");
    assert_eq!(info(&simulator, "weekly").await["RoomName"], "0");
    assert_eq!(code(&call(&simulator, GET, json!({ "RoomId": "weekly" })).await), 100_004);
}

#[tokio::test]
async fn an_accepted_change_without_effect_answers_as_if_it_had_one() {
    let simulator = prepared().await;
    simulator.faults().add(Fault::at(OPERATION, Effect::AcceptOnly)).expect("a fault");
    simulator.faults().add(Fault::at("accounts/account_import", Effect::AcceptOnly)).expect("a fault");
    simulator.faults().add(Fault::at(OPERATION, Effect::AcceptOnly)).expect("a fault");
    assert_eq!(code(&rename("1").answer(&simulator).await), 0);
    ok(&simulator, IMPORT, json!({ "UserID": "carol" })).await;
    assert_eq!(code(&rename(&"n".repeat(101)).answer(&simulator).await), 100_002, "refused as without the fault");
    assert_eq!(name(&simulator), "0");
    assert!(!simulator.world(|world| world.tencent[&APP].knows("carol")));
    assert!(simulator.journal().iter().skip(1).all(|entry| !entry.applied));
}

#[tokio::test]
async fn a_request_held_before_is_applied_when_it_is_released() {
    let simulator = prepared().await;
    let fault = simulator.faults().add(Fault::at(OPERATION, Effect::HoldBefore)).expect("a fault");
    let draft = rename("1");
    let (answer, ()) = tokio::join!(draft.answer(&simulator), async {
        simulator.until_held(fault, DEADLINE).await.expect("it is held");
        assert_eq!((name(&simulator).as_str(), last(&simulator).delivery), ("0", Delivery::Held));
        // Others are not held meanwhile.
        ok(&simulator, GET, json!({ "RoomId": "weekly" })).await;
        simulator.faults().release(fault).expect("it is there");
    });
    assert_eq!((code(&answer), name(&simulator).as_str()), (0, "1"));
    assert_eq!(simulator.faults().release(fault), Err(FaultError::NoFault(fault.0)));
}

#[tokio::test]
async fn a_released_fault_holds_the_next_request_again() {
    let simulator = prepared().await;
    let fault = Fault::at(OPERATION, Effect::HoldBefore).times(Times::UntilRemoved);
    let fault = simulator.faults().add(fault).expect("a fault");
    for number in ["1", "2"] {
        let draft = rename(number);
        let (answer, ()) = tokio::join!(draft.answer(&simulator), async {
            simulator.until_held(fault, DEADLINE).await.expect("it is held");
            assert_ne!(name(&simulator), number);
            simulator.faults().release(fault).expect("it is there");
        });
        assert_eq!((code(&answer), name(&simulator).as_str()), (0, number));
    }
}

#[tokio::test]
async fn a_release_lets_no_other_faults_requests_go() {
    let simulator = prepared().await;
    let hold = |operation| simulator.faults().add(Fault::at(operation, Effect::HoldBefore)).expect("a fault");
    let (other, released) = (hold(OPERATION), hold("room_engine/get_room_info"));
    let (update, look) = (rename("1"), Draft::of(GET, &json!({ "RoomId": "weekly" })));
    let (answer, _, ()) = tokio::join!(update.answer(&simulator), look.answer(&simulator), async {
        for fault in [other, released] {
            simulator.until_held(fault, DEADLINE).await.expect("it is held");
        }
        simulator.faults().release(released).expect("it is there");
        let standing: Vec<_> = simulator.faults().standing().iter().map(|one| (one.id, one.held)).collect();
        assert_eq!(standing, [(other, 1)]);
        simulator.faults().release(other).expect("it is there");
    });
    assert_eq!((code(&answer), name(&simulator).as_str()), (0, "1"));
}

#[tokio::test]
async fn a_request_held_after_is_applied_before_its_answer() {
    let simulator = prepared().await;
    let fault = simulator.faults().add(Fault::at(OPERATION, Effect::HoldAfter)).expect("a fault");
    let draft = rename("1");
    let (answer, ()) = tokio::join!(draft.answer(&simulator), async {
        simulator.until_held(fault, DEADLINE).await.expect("it is held");
        let entry = last(&simulator);
        assert_eq!((entry.applied, entry.delivery, entry.status), (true, Delivery::Held, None));
        assert_eq!(name(&simulator), "1");
        simulator.faults().release(fault).expect("it is there");
    });
    assert_eq!(code(&answer), 0);
    assert_eq!(last(&simulator).delivery, Delivery::Answered);
}

#[tokio::test]
async fn a_held_request_whose_caller_went_away_is_never_applied() {
    let simulator = prepared().await;
    for (effect, after) in [(Effect::HoldBefore, "0"), (Effect::HoldAfter, "1")] {
        let fault = simulator.faults().add(Fault::at(OPERATION, effect)).expect("a fault");
        let draft = rename("1");
        let url = simulator.url();
        let caller = tokio::spawn(async move { draft.send_with(&http(), &url).await });
        simulator.until_held(fault, DEADLINE).await.expect("it is held");
        caller.abort();
        let gone = |entries: &[Entry]| entries.last().is_some_and(|entry| entry.delivery == Delivery::CallerGone);
        simulator.until("the caller to be gone", DEADLINE, gone).await.expect("it is noticed");
        simulator.faults().release(fault).expect("a hold stays until it is released");
        assert_eq!(name(&simulator), after);
    }
}

#[tokio::test]
async fn a_fault_meets_its_operation_and_room_as_often_as_it_says() {
    let simulator = prepared().await;
    create(&simulator, "other", json!({})).await;
    let fault = Fault::at("room_engine/get_room_info", Effect::Throttle).room("weekly").times(Times::Count(2));
    simulator.faults().add(fault).expect("a fault");
    let look = async |room: &str| code(&call(&simulator, GET, json!({ "RoomId": room })).await);
    assert_eq!(look("other").await, 0);
    ok(&simulator, MEMBERS, json!({ "RoomId": "weekly" })).await;
    assert_eq!((look("weekly").await, look("weekly").await, look("weekly").await), (60_007, 60_007, 0));
    assert!(simulator.faults().standing().is_empty());

    let fault = simulator.faults().add(Fault::anywhere(Effect::Throttle).times(Times::UntilRemoved)).expect("a fault");
    for _ in 0..5 {
        assert_eq!(look("other").await, 60_007);
    }
    simulator.faults().remove(fault).expect("it is there");
    assert_eq!(look("other").await, 0);
}

#[tokio::test]
async fn of_several_faults_the_oldest_meets_first() {
    let simulator = prepared().await;
    for number in [100_001, 100_102] {
        simulator.faults().add(Fault::anywhere(Effect::refuse(number))).expect("a fault");
    }
    let look = async || code(&call(&simulator, GET, json!({ "RoomId": "weekly" })).await);
    assert_eq!((look().await, look().await, look().await), (100_001, 100_102, 0));
}

#[tokio::test]
async fn a_fault_that_can_never_happen_is_refused() {
    let simulator = simulator().await;
    let misspelt = simulator.faults().add(Fault::at("room_engine/update", Effect::Throttle)).expect_err("unknown");
    assert!(misspelt.to_string().contains("room_engine/update_room_info"), "{misspelt}");
    for status in [0, 99, 199, 1000] {
        let error = simulator.faults().add(Fault::anywhere(Effect::Status { code: status })).expect_err("no status");
        assert_eq!(error, FaultError::UnknownStatus(status));
    }
}

#[tokio::test]
async fn many_requests_at_once_are_each_answered_and_noted_once() {
    let simulator = prepared().await;
    let http = http();
    let drafts: Vec<Draft> = (0..50).map(|number| rename(&number.to_string())).collect();
    let url = simulator.url();
    let replies = futures::future::join_all(drafts.iter().map(|draft| draft.send_with(&http, &url))).await;
    for reply in replies {
        let answer: Value = reply.expect("a reply").json().await.expect("JSON");
        assert_eq!(code(&answer), 0);
    }
    assert_eq!(simulator.applied(OPERATION, "weekly"), 50);
    let numbers: Vec<u64> = simulator.journal().iter().map(|entry| entry.number).collect();
    assert!(numbers.into_iter().eq(1..=51));
}

#[tokio::test]
async fn the_journal_tells_no_secret() {
    let simulator = prepared().await;
    let body = json!({ "RoomInfo": { "RoomId": "weekly", "IsPasswordEnabled": true, "Password": "hunter2" } });
    ok(&simulator, UPDATE, body).await;
    let entry = last(&simulator);
    let shown = serde_json::to_string(&simulator.journal()).expect("JSON") + &format!("{entry:?}");
    assert!(!shown.contains("hunter2") && !shown.contains(&sign(APP, KEY, ADMINISTRATOR, NOON)));
    assert_eq!(entry.body["RoomInfo"]["Password"], roomkeeper_sim::REDACTED);
    assert_eq!(entry.body["RoomInfo"]["IsPasswordEnabled"], true);
    assert_eq!(simulator.world(|world| world.tencent[&APP].rooms["weekly"].password.clone()), "hunter2");
    assert_eq!((entry.room.as_deref(), entry.account.as_deref()), (Some("weekly"), Some("1400000000")));
    assert_eq!((entry.identifier.as_deref(), entry.at), (Some(ADMINISTRATOR), NOON));
}

#[tokio::test]
async fn a_wait_that_fails_says_what_was_there_instead() {
    let simulator = prepared().await;
    let never = simulator.until("pigs to fly", Duration::from_millis(20), |_| false).await.expect_err("they do not");
    let text = never.to_string();
    assert!(text.contains("pigs to fly") && text.contains("room_engine/create_room weekly"), "{text}");
}
