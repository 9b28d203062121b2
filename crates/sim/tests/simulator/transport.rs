//! Listeners: HTTPS with an authority of its own, and what is left when the simulator stops.

use std::time::Duration;

use roomkeeper_sim::{Effect, Fault, Options, Room, Simulator, StartError, Tls, World};
use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn https_works_for_those_who_trust_the_authority_and_for_nobody_else() {
    let options = Options { tls: Some(Tls::default()), ..Options::from(World::with_app(APP, app())) };
    let simulator = Simulator::start(options).await.expect("free ports");
    simulator.clock().stop_at(NOON);
    create(&simulator, "weekly", json!({})).await;
    let url = simulator.https_url().expect("https");
    let pem = simulator.ca_pem().expect("an authority");
    let authority = reqwest::Certificate::from_pem(pem.as_bytes()).expect("a certificate");
    let trusting = reqwest::Client::builder().tls_certs_only([authority]).timeout(DEADLINE).build().expect("a client");
    let draft = Draft::of(GET, &json!({ "RoomId": "weekly" }));
    for base in [url.clone(), url.replace("127.0.0.1", "localhost")] {
        let answer: Value = draft.send_with(&trusting, &base).await.expect("a reply").json().await.expect("JSON");
        assert_eq!(answer["Response"]["RoomInfo"]["RoomId"], "weekly");
    }
    let untrusting = reqwest::Client::builder().tls_certs_only([]).timeout(DEADLINE).build().expect("a client");
    draft.send_with(&untrusting, &url).await.expect_err("an unknown authority");
    simulator.faults().add(Fault::anywhere(Effect::ApplyThenDrop)).expect("a fault");
    draft.send_with(&trusting, &url).await.expect_err("a dropped connection");
}

#[tokio::test]
async fn a_stopped_simulator_frees_its_ports_and_applies_nothing_that_it_held() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({})).await;
    let fault = simulator.faults().add(Fault::anywhere(Effect::HoldBefore)).expect("a fault");
    let draft = Draft::of(DESTROY, &json!({ "RoomId": "weekly" }));
    let url = simulator.url();
    let target = url.clone();
    let caller = tokio::spawn(async move { draft.send_with(&http(), &target).await });
    simulator.until_held(fault, DEADLINE).await.expect("it is held");
    drop(simulator);
    caller.await.expect("no panic").expect_err("no answer");
    // The listener ends with its task: asked until it does, within the deadline.
    let closed = async {
        while http().get(&url).send().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, closed).await.expect("the port is free");
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let simulator = simulator().await;
    let port = simulator.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let error = Simulator::start(Options { port, ..Options::default() }).await.expect_err("it is taken");
    assert!(matches!(&error, StartError::Bind { address, .. } if address.port() == port));
    assert!(error.to_string().contains("choose another port"), "{error}");
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_not_read() {
    let simulator = simulator().await;
    let draft = Draft::of(GET, &json!({})).body(&"x".repeat(1024 * 1024 + 1));
    let status = draft.send(&simulator).await.map(|response| response.status().as_u16());
    // The server may close before the caller has sent all of it.
    assert!(matches!(status, Ok(413) | Err(_)), "{status:?}");
    assert!(simulator.journal().is_empty());
}

#[tokio::test]
async fn waiting_for_the_world_sees_changes_by_requests_and_behind_their_back() {
    let simulator = simulator().await;
    let there = |world: &World| world.room(APP, "weekly").is_ok();
    let (waited, ()) = tokio::join!(simulator.until_world("the room", DEADLINE, there), async {
        create(&simulator, "weekly", json!({})).await;
    });
    waited.expect("it comes");
    let gone = |world: &World| world.room(APP, "weekly").is_err();
    let (waited, _) = tokio::join!(simulator.until_world("no room", DEADLINE, gone), async {
        simulator.world(|world| world.tencent.get_mut(&APP).and_then(|app| app.rooms.remove("weekly")))
    });
    waited.expect("it goes");
    simulator.world(|world| {
        let app = world.app_mut(APP).expect("the app");
        let room = Room { empty_since: Some(NOON), ..Room::conference("left", "alice", &app.package, NOON) };
        app.rooms.insert("left".to_owned(), room);
    });
    let ended = |world: &World| world.room(APP, "left").is_err();
    let (waited, ()) = tokio::join!(simulator.until_world("its end", DEADLINE, ended), async {
        simulator.clock().advance(Duration::from_secs(24 * 3600));
    });
    waited.expect("it ends by the clock");
    simulator.until_world("it again", Duration::from_millis(20), there).await.expect_err("it does not come back");
}

#[tokio::test]
async fn each_answer_has_the_date_of_the_simulators_clock() {
    let simulator = simulator().await;
    simulator.faults().add(Fault::anywhere(Effect::Html { status: 502 })).expect("a fault");
    simulator.faults().add(Fault::anywhere(Effect::refuse(100_001))).expect("a fault");
    let look = Draft::of(GET, &json!({ "RoomId": "weekly" }));
    let nowhere = Draft { path: "/nowhere".to_owned(), ..look.clone() };
    for draft in [&look, &look, &look, &nowhere] {
        let response = draft.send(&simulator).await.expect("a reply");
        let dates: Vec<_> = response.headers().get_all("date").iter().collect();
        assert_eq!(dates, ["Fri, 15 Jan 2027 08:00:00 GMT"], "{}", response.status());
    }
}
