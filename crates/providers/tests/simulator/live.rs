//! The Live Engine's client against the simulator.

use std::collections::BTreeMap;
use std::time::Duration;

use roomkeeper_providers::tencent::live_engine::{
    Deleted, NewRoom, RoomUpdate, ShownTakeSeatMode, Statistic, TakeSeatMode,
};
use roomkeeper_providers::tencent::{LiveEngine, room_engine};
use roomkeeper_providers::{Class, What};
use roomkeeper_sim::{Effect, Fault, LivePages, OtherEngine, Simulator};

use crate::{ADMINISTRATOR, APP, NO_ROOM, class, client, new_room, room_engine, settings, simulator};

fn live_engine(simulator: &Simulator) -> LiveEngine {
    LiveEngine::new(client(&simulator.url(), &ADMINISTRATOR, &settings(None)))
}

fn show(owner: &str) -> NewRoom {
    NewRoom {
        room_id: "launch".into(),
        owner: Some(owner.into()),
        seat_template: Some("AudioSalon".into()),
        ..NewRoom::default()
    }
}

#[tokio::test]
async fn a_show_lives_from_create_to_destroy() {
    let simulator = simulator(&["alice", "bob"]).await;
    let engine = live_engine(&simulator);
    assert_eq!(class(engine.create_room(&show("carol")).await), Class::NotFound { what: What::Account });
    let wanted = NewRoom {
        max_seats: Some(4),
        take_seat_mode: Some(TakeSeatMode::ApplyToTake),
        public_visible: Some(false),
        cover_url: Some("https://c.example/1.png".into()),
        category: Some(vec![1, 2]),
        activity_status: Some(7),
        ..show("alice")
    };
    assert!(engine.create_room(&wanted).await.expect("created").request_id.is_some());

    let update = RoomUpdate {
        room_id: "launch".into(),
        name: Some("新品".into()),
        max_members: Some(7),
        message_disabled: Some(true),
        notice: Some("at eight".into()),
        category: Some(vec![]),
        ..RoomUpdate::default()
    };
    engine.update_room_info(&update).await.expect("updated");
    let room = engine.get_room_info("launch").await.expect("shown").value;
    assert_eq!((room.room_type.as_deref(), room.owner.as_deref()), (Some("Live"), Some("alice")));
    assert_eq!((room.name.as_deref(), room.max_members, room.max_seats), (Some("新品"), Some(7), Some(4)));
    assert_eq!((room.message_disabled, room.public_visible), (Some(true), Some(false)));
    assert_eq!(
        (room.cover_url.as_deref(), room.notice.as_deref()),
        (Some("https://c.example/1.png"), Some("at eight"))
    );
    assert_eq!((room.category, room.activity_status), (Some(vec![]), Some(7)));
    assert_eq!(room.take_seat_mode, Some(ShownTakeSeatMode::Mode(TakeSeatMode::ApplyToTake)));
    assert_eq!(room.seat_template.as_deref(), Some("AudioSalon"));
    assert_eq!((room.member_count, room.online_count, room.view_count), (Some(0), Some(0), Some(0)));

    engine.change_room_owner("launch", "bob").await.expect("handed over to somebody who is not in");
    assert_eq!(engine.get_room_info("launch").await.expect("shown").value.owner.as_deref(), Some("bob"));
    assert_eq!(class(engine.change_room_owner("launch", "carol").await), Class::NotFound { what: What::Account });

    simulator.join(APP, "launch", "alice").expect("alice enters");
    simulator.leave(APP, "launch", "alice").expect("alice leaves");
    simulator.join(APP, "launch", "alice").expect("alice enters again");
    let told = Statistic {
        viewers: Some(2),
        gifts_sent: Some(0),
        gift_coins: Some(0),
        gift_senders: Some(0),
        likes_received: Some(0),
    };
    assert_eq!(engine.destroy_room("launch").await.expect("destroyed").value, told);
    assert_eq!(class(engine.destroy_room("launch").await), NO_ROOM);
    assert_eq!(class(engine.get_room_info("launch").await), NO_ROOM);
}

#[tokio::test]
async fn metadata_comes_back_as_it_was_set() {
    let simulator = simulator(&["alice"]).await;
    let engine = live_engine(&simulator);
    engine.create_room(&show("alice")).await.expect("created");
    let texts = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    };
    engine.set_room_metadata("launch", &texts(&[("a", "1"), ("b", "二")])).await.expect("set");
    engine.set_room_metadata("launch", &texts(&[("a", "3")])).await.expect("set");
    let shown = engine.get_room_metadata("launch", &[]).await.expect("shown").value;
    assert_eq!(shown, texts(&[("a", "3"), ("b", "二")]));
    assert_eq!(engine.get_room_metadata("launch", &["b", "x"]).await.expect("shown").value, texts(&[("b", "二")]));
    assert_eq!(engine.del_room_metadata("launch", &["a", "x"]).await.expect("deleted").value, Deleted::Some);
    assert_eq!(engine.del_room_metadata("launch", &["a", "x"]).await.expect("wished for").value, Deleted::Nothing);
    let long = texts(&[("a", &"x".repeat(2049))]);
    assert_eq!(class(engine.set_room_metadata("launch", &long).await), Class::Invalid);
    assert_eq!(class(engine.get_room_metadata("other", &[]).await), NO_ROOM);
}

#[tokio::test]
async fn one_id_is_created_once_a_second_and_belongs_to_one_engine() {
    let simulator = simulator(&["alice"]).await;
    simulator.clock().stop();
    let (live, rooms) = (live_engine(&simulator), room_engine(&simulator));
    let missing = NewRoom { seat_template: None, ..show("alice") };
    assert_eq!(class(live.create_room(&missing).await), Class::Invalid);
    live.create_room(&show("alice")).await.expect("created");
    let again = live.create_room(&show("alice")).await;
    assert_eq!(class(again), Class::Throttled { after: Some(Duration::from_secs(1)) });
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!(class(live.create_room(&show("alice")).await), Class::Exists);
    simulator.clock().advance(Duration::from_secs(1));
    let stolen = room_engine::NewRoom { room_id: "launch".into(), ..new_room("alice") };
    assert_eq!(class(rooms.create_room(&stolen).await), Class::Exists);
    rooms.create_room(&new_room("alice")).await.expect("created");

    assert_eq!(class(rooms.get_room_info("launch").await), Class::Invalid);
    assert_eq!(class(live.destroy_room("weekly").await), Class::Invalid);
    simulator.world(|world| world.app_mut(APP).expect("the app").answers.other_engine = OtherEngine::RoomMissing);
    assert_eq!(class(rooms.get_room_info("launch").await), NO_ROOM);
    assert_eq!(class(live.destroy_room("weekly").await), NO_ROOM);
}

#[tokio::test]
async fn the_older_pages_are_understood_too() {
    let simulator = simulator(&["alice"]).await;
    simulator.world(|world| world.app_mut(APP).expect("the app").answers.live_pages = LivePages::Older);
    let engine = live_engine(&simulator);
    let room = NewRoom { seat_template: None, take_seat_mode: Some(TakeSeatMode::ApplyToTake), ..show("alice") };
    engine.create_room(&room).await.expect("created without a template");
    let shown = engine.get_room_info("launch").await.expect("shown").value;
    assert_eq!(shown.take_seat_mode, Some(ShownTakeSeatMode::Mode(TakeSeatMode::ApplyToTake)));
    assert_eq!(shown.seat_template, None);
    assert_eq!(engine.destroy_room("launch").await.expect("destroyed").value, Statistic::default());
}

#[tokio::test]
async fn a_show_is_over_half_an_hour_after_the_last_one_left() {
    let simulator = simulator(&["alice"]).await;
    simulator.clock().stop();
    let engine = live_engine(&simulator);
    engine.create_room(&show("alice")).await.expect("created");
    simulator.clock().advance(Duration::from_secs(7200));
    engine.get_room_info("launch").await.expect("nobody entered yet, so it stays");
    simulator.join(APP, "launch", "alice").expect("alice enters");
    simulator.leave(APP, "launch", "alice").expect("alice leaves");
    simulator.clock().advance(Duration::from_secs(1799));
    engine.get_room_info("launch").await.expect("not yet over");
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!(class(engine.get_room_info("launch").await), NO_ROOM);
}

#[tokio::test]
async fn a_change_of_owner_whose_answer_is_lost_was_made_once() {
    let simulator = simulator(&["alice", "bob"]).await;
    let engine = live_engine(&simulator);
    engine.create_room(&show("alice")).await.expect("created");
    let fault = Fault::at("live_engine/change_room_owner", Effect::ApplyThenDrop).room("launch");
    simulator.faults().add(fault).expect("a fault");
    let error = engine.change_room_owner("launch", "bob").await.expect_err("no answer");
    assert_eq!(error.class(), Class::Unavailable);
    assert_eq!(simulator.applied("live_engine/change_room_owner", "launch"), 1);
    assert_eq!(engine.get_room_info("launch").await.expect("shown").value.owner.as_deref(), Some("bob"));
}
