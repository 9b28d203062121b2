//! Rate limits over the wire: per operation, per app, on the simulator's clock.

use std::time::Duration;

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn an_operation_takes_200_requests_a_second_and_account_check_100() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({})).await;
    let get = Draft::of(GET, &json!({ "RoomId": "weekly" }));
    let check = Draft::of(CHECK, &json!({ "CheckItem": [{ "UserID": "alice" }] }));
    let http = http();
    for (draft, limit) in [(&get, 200), (&check, 100)] {
        for number in 0..limit + 2 {
            let response = draft.send_with(&http, &simulator.url()).await.expect("a reply");
            let answer = response.json().await.expect("JSON");
            assert_eq!(code(&answer), if number < limit { 0 } else { 60_007 }, "request {number}");
        }
    }
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!(code(&get.answer(&simulator).await), 0);
    assert_eq!(code(&check.answer(&simulator).await), 0);
}

#[tokio::test]
async fn limits_of_the_world_replace_the_vendors() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({})).await;
    simulator.clock().advance(Duration::from_secs(1));
    simulator.world(|world| {
        let limits = &mut world.app_mut(APP).expect("the app").limits;
        limits.per_operation.insert("room_engine/get_room_info".to_owned(), 1);
        limits.together = Some(2);
    });
    let look = async || code(&call(&simulator, GET, json!({ "RoomId": "weekly" })).await);
    let list = async || code(&call(&simulator, MEMBERS, json!({ "RoomId": "weekly" })).await);
    assert_eq!((look().await, look().await, list().await, list().await), (0, 60_007, 0, 60_011));
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!((look().await, list().await), (0, 0));
}

#[tokio::test]
async fn a_throttled_write_is_not_applied() {
    let simulator = simulator().await;
    simulator.world(|world| {
        let limits = &mut world.app_mut(APP).expect("the app").limits;
        limits.per_operation.insert("room_engine/create_room".to_owned(), 1);
    });
    create(&simulator, "first", json!({})).await;
    let second = json!({ "RoomInfo": { "RoomId": "second", "RoomType": "Conference" } });
    assert_eq!(code(&call(&simulator, CREATE, second).await), 60_007);
    assert!(simulator.world(|world| world.room(APP, "second").is_err()));
    assert_eq!(simulator.applied("room_engine/create_room", "second"), 0);
    assert_eq!(simulator.writes_of("second").len(), 1);
}
