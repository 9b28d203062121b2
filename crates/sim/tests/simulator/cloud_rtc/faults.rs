//! Scripted faults at calls of CloudRTC.

use roomkeeper_sim::{Delivery, Effect, Fault, FaultError, Refusal, Simulator};
use serde_json::json;

use super::*;
use crate::client::DEADLINE;
use crate::control_port::control;

/// A simulator with alice in the room.
async fn prepared() -> Simulator {
    let simulator = simulator().await;
    simulator.join_rtc(ROOM, "alice").expect("she enters");
    simulator
}

fn runs(simulator: &Simulator) -> bool {
    let now = simulator.clock().now();
    simulator.world(|world| world.rtc_app(PROJECT, APP).expect("the app").running("room-1", now).is_some())
}

#[tokio::test]
async fn a_refusal_has_the_code_status_and_text_that_were_scripted() {
    let simulator = prepared().await;
    let rows = [
        (Refusal::of("RTC.00001016"), 400, "RTC.00001016", "AppDeactivation"),
        (Refusal::of("RTC.00002001"), 500, "RTC.00002001", "InternalError"),
        (Refusal::of("RTC.00001003").status(404), 404, "RTC.00001003", "InvalidParameterValue"),
        (Refusal::of("RTC.99999999").status(418).saying("own words"), 418, "RTC.99999999", "own words"),
        (Refusal::of("APIGW.0201"), 504, "APIGW.0201", "Backend timeout"),
        (Refusal::of("APIGW.0705").status(500), 500, "APIGW.0705", "refused"),
        (Refusal::of("APIG.0801").status(403).saying("no"), 403, "APIG.0801", "no"),
    ];
    for (refusal, status, code, text) in rows {
        let fault = Fault::at("dismiss_room", Effect::Refuse(refusal)).room(&format!("{APP}/room-1"));
        simulator.faults().add(fault).expect("a fault");
        let answer = Draft::post(DISMISS).send(&simulator).await;
        assert_eq!((answer.status, answer.code().as_deref()), (status, Some(code)));
        assert_eq!(answer.body["error_msg"], text);
        let entry = simulator.journal().pop().expect("an entry");
        assert_eq!((entry.fault.as_deref(), entry.applied, entry.status), (Some("refuse"), false, Some(status)));
        assert_eq!(answer.headers["x-request-id"], entry.request_id.as_str());
        // Only the gateway repeats it in the body.
        assert_eq!(answer.body.get("request_id").is_some(), code.starts_with("APIG"), "{code}");
    }
    assert!(runs(&simulator));
    let script = r#"{"operation": "dismiss_room", "effect": {"refuse": {"code": "RTC.00001003", "status": 404}}}"#;
    assert_eq!(control(&simulator, "POST", "/faults", script).await.0, 200);
    assert_eq!(Draft::post(DISMISS).send(&simulator).await.status, 404);
    let error = simulator.faults().add(Fault::anywhere(Effect::Refuse(Refusal::of("x").status(99)))).expect_err("no");
    assert_eq!(error, FaultError::UnknownStatus(99));
}

#[tokio::test]
async fn each_effect_does_to_a_dismissal_what_it_says() {
    let rows = [
        (Effect::Throttle, Some(429), false),
        (Effect::DropBefore, None, false),
        (Effect::ApplyThenDrop, None, true),
        (Effect::Html { status: 502 }, Some(502), false),
        (Effect::Status { code: 503 }, Some(503), false),
        (Effect::AcceptOnly, Some(202), false),
    ];
    for (effect, status, applied) in rows {
        let simulator = prepared().await;
        simulator.faults().add(Fault::at("dismiss_room", effect.clone())).expect("a fault");
        let answered = Draft::post(DISMISS).try_send(&simulator).await.ok().map(|response| response.status().as_u16());
        assert_eq!((answered, runs(&simulator)), (status, !applied), "{effect:?}");
        let entry = simulator.journal().pop().expect("an entry");
        assert_eq!((entry.applied, entry.fault.as_deref()), (applied, Some(effect.name())));
    }
}

#[tokio::test]
async fn half_of_an_empty_body_never_ends() {
    let simulator = prepared().await;
    simulator.faults().add(Fault::at("dismiss_room", Effect::HalfBody)).expect("a fault");
    let response = Draft::post(DISMISS).try_send(&simulator).await.expect("a head");
    assert_eq!(response.status().as_u16(), 202);
    response.bytes().await.expect_err("the connection breaks");
    assert!(!runs(&simulator));
    assert_eq!(simulator.journal().pop().expect("an entry").delivery, Delivery::CutOff);
}

#[tokio::test]
async fn a_held_dismissal_is_carried_out_when_it_is_released() {
    let simulator = prepared().await;
    let fault = simulator.faults().add(Fault::at("dismiss_room", Effect::HoldBefore)).expect("a fault");
    let draft = Draft::post(DISMISS);
    let (answer, ()) = tokio::join!(draft.send(&simulator), async {
        simulator.until_held(fault, DEADLINE).await.expect("it is held");
        assert!(runs(&simulator));
        simulator.faults().release(fault).expect("it is there");
    });
    assert_eq!((answer.status, runs(&simulator)), (202, false));
}

#[tokio::test]
async fn an_answer_that_was_held_has_the_date_of_what_it_says() {
    let simulator = prepared().await;
    let fault = simulator.faults().add(Fault::at("list_rooms", Effect::HoldAfter)).expect("a fault");
    let draft = list(ROOMS);
    let (answer, ()) = tokio::join!(draft.send(&simulator), async {
        simulator.until_held(fault, DEADLINE).await.expect("it is held");
        simulator.clock().advance(std::time::Duration::from_secs(60));
        simulator.faults().release(fault).expect("it is there");
    });
    assert_eq!(answer.headers["date"], "Fri, 15 Jan 2027 08:00:00 GMT");
}

#[tokio::test]
async fn a_stale_list_shows_the_app_before_its_last_writes() {
    let simulator = prepared().await;
    Draft::post(DISMISS).ok(&simulator, 202).await;
    let stale = || simulator.faults().add(Fault::at("list_rooms", Effect::StaleRead { writes: 1 })).expect("a fault");
    stale();
    let running = list(ROOMS).with("state", "RUNNING");
    assert_eq!(shown_rooms(&simulator, &running).await.len(), 1);
    assert!(shown_rooms(&simulator, &running).await.is_empty());
    // The people who come back are not lost by a look at what was before.
    simulator.join_rtc(ROOM, "bob").expect("he enters");
    stale();
    shown_rooms(&simulator, &running).await;
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await.len(), 2);
    assert_eq!(json!(simulator.applied("dismiss_room", &format!("{APP}/room-1"))), 1);
}
