//! Scripted faults meet Cloud Meeting as they meet every service.

use roomkeeper_sim::{Delivery, Effect, Fault, Simulator, Times};
use serde_json::{Value, json};

use crate::client::DEADLINE;
use crate::meeting_client::*;

async fn name(simulator: &Simulator, token: &str) -> Value {
    let list = Letter::get("/v1/usg/dcs/member/vmr?specialVmr=true").token(token).ok(simulator).await;
    list["data"][0]["vmrName"].clone()
}

fn rename(name: &str, token: &str) -> Letter {
    Letter::put(&format!("/v1/usg/dcs/member/vmr/{ROOM}"), &json!({ "vmrName": name })).token(token)
}

#[tokio::test]
async fn a_stale_list_shows_rooms_before_the_last_writes_and_knows_newer_tokens() {
    let simulator = simulator().await;
    let chief = log_in(&simulator, None).await;
    let alice = log_in(&simulator, Some("alice")).await;
    rename("first", &alice).ok(&simulator).await;
    Letter::post("/v1/usg/dcs/corp/vmr/recycle-from-member/acct-alice", &json!([ROOM]))
        .token(&chief)
        .ok(&simulator)
        .await;
    Letter::post("/v1/usg/dcs/corp/vmr/assign-to-member/acct-alice", &json!([ROOM])).token(&chief).ok(&simulator).await;
    rename("second", &alice).ok(&simulator).await;
    let later = log_in(&simulator, Some("alice")).await;
    for (writes, shown) in [(1, json!("first")), (2, Value::Null), (4, json!("Board room")), (9, json!("Board room"))] {
        simulator.faults().add(Fault::at("search_member_vmr", Effect::StaleRead { writes })).expect("an operation");
        assert_eq!(name(&simulator, &later).await, shown, "{writes} writes ago");
        assert_eq!(name(&simulator, &later).await, "second");
    }
}

#[tokio::test]
async fn a_stale_log_in_registers_all_the_same() {
    let simulator = simulator().await;
    let alice = log_in(&simulator, Some("alice")).await;
    rename("first", &alice).ok(&simulator).await;
    simulator.faults().add(Fault::at("app_auth", Effect::StaleRead { writes: 1 })).expect("an operation");
    let token = log_in(&simulator, Some("alcie")).await;
    assert!(
        simulator
            .world(|world| { world.huawei_meeting[APP_ID].enterprises[CORP].user_by_third_account("alcie").is_some() })
    );
    Letter::get("/v1/usg/dcs/member/vmr").token(&token).ok(&simulator).await;
}

#[tokio::test]
async fn a_lost_answer_leaves_the_change_and_an_empty_promise_does_not() {
    let simulator = simulator().await;
    let alice = log_in(&simulator, Some("alice")).await;
    let fault = |effect| Fault::at("update_member_vmr", effect).room(ROOM);
    simulator.faults().add(fault(Effect::ApplyThenDrop)).expect("an operation");
    rename("applied", &alice).try_send(&simulator).await.expect_err("no answer");
    assert_eq!(name(&simulator, &alice).await, "applied");
    simulator.faults().add(fault(Effect::DropBefore)).expect("an operation");
    rename("dropped", &alice).try_send(&simulator).await.expect_err("no answer");
    simulator.faults().add(fault(Effect::AcceptOnly)).expect("an operation");
    rename("promised", &alice).ok(&simulator).await;
    assert_eq!(name(&simulator, &alice).await, "applied");
    assert_eq!((simulator.applied("update_member_vmr", ROOM), simulator.writes_of(ROOM).len()), (1, 3));
}

#[tokio::test]
async fn a_hand_over_stops_between_its_two_calls() {
    let simulator = simulator().await;
    let chief = log_in(&simulator, None).await;
    let id = simulator.faults().add(Fault::at("associate_vmr", Effect::HoldBefore).room(ROOM)).expect("an operation");
    Letter::post("/v1/usg/dcs/corp/vmr/recycle-from-member/acct-alice", &json!([ROOM]))
        .token(&chief)
        .ok(&simulator)
        .await;
    let assign = Letter::post("/v1/usg/dcs/corp/vmr/assign-to-member/acct-bob", &json!([ROOM])).token(&chief);
    let (answered, ()) = tokio::join!(assign.ok(&simulator), async {
        simulator.until_held(id, DEADLINE).await.expect("it is held");
        assert_eq!(room(&simulator, ROOM).owner, None);
        simulator.faults().release(id).expect("the fault");
    });
    assert_eq!(answered, Value::Null);
    assert_eq!(room(&simulator, ROOM).owner.as_deref(), Some("acct-bob"));
    let held = simulator.journal().into_iter().find(|entry| entry.calls("associate_vmr")).expect("an entry");
    assert_eq!((held.fault.as_deref(), held.delivery), (Some("holdBefore"), Delivery::Answered));
}

#[tokio::test]
async fn every_operation_can_be_met() {
    let simulator = simulator().await;
    for operation in OPERATIONS {
        let fault = Fault::at(operation, Effect::Status { code: 503 }).times(Times::Count(2));
        simulator.faults().add(fault).expect("a known operation");
    }
    assert_eq!(LogIn::of(None).letter().send(&simulator).await.status, 503);
}

#[tokio::test]
async fn a_quota_of_the_world_counts_by_the_minute() {
    let simulator = simulator().await;
    let (alice, bob) = (log_in(&simulator, Some("alice")).await, log_in(&simulator, Some("bob")).await);
    change(&simulator, |app| {
        app.limits.per_operation.insert("search_member_vmr".to_owned(), 2);
    });
    let look = |token: &str| Letter::get("/v1/usg/dcs/member/vmr").token(token);
    look(&alice).ok(&simulator).await;
    look(&bob).ok(&simulator).await;
    let answered = look(&alice).send(&simulator).await;
    assert_eq!(answered.refusal(), (429, "APIGW.0308".to_owned()));
    assert!(answered.json()["request_id"].is_string(), "the gateway refuses it, not the service");
    simulator.clock().advance(std::time::Duration::from_secs(60));
    look(&alice).ok(&simulator).await;
    change(&simulator, |app| app.limits.together = Some(0));
    assert_eq!(LogIn::of(None).letter().refused(&simulator).await.0, 429);
}
