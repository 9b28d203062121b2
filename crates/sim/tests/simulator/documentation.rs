//! The examples of docs/simulator.md, carried out as they stand, and the seed file that they begin with.

use std::collections::BTreeSet;

use roomkeeper_sim::{Options, Simulator, World, control::routes};
use serde_json::json;

use crate::client::*;
use crate::control_port::control;

const PAGE: &str = include_str!("../../../../docs/simulator.md");
const SEED: &str = include_str!("../../examples/seed.yaml");

/// One `curl` line of the page.
struct Example {
    method: String,
    path: String,
    body: String,
}

/// Reads a line of the form `curl [-X METHOD] "$CONTROL/path" [-d 'body']`.
fn example(line: &str) -> Option<Example> {
    let line = line.strip_prefix("curl ")?;
    let (method, line) = match line.strip_prefix("-X ") {
        Some(rest) => rest.split_once(' ').expect("a method and a URL"),
        None => ("GET", line),
    };
    let (path, rest) = line.strip_prefix("\"$CONTROL").and_then(|rest| rest.split_once('"')).expect("a quoted URL");
    let body = match rest {
        "" => "",
        _ => rest.strip_prefix(" -d '").and_then(|rest| rest.strip_suffix('\'')).expect("a quoted body"),
    };
    Some(Example { method: method.to_owned(), path: path.to_owned(), body: body.to_owned() })
}

/// Returns whether a path is one of a route with `{names}`.
fn is_of(path: &str, route: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (path, route): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), route.split('/').collect());
    path.len() == route.len()
        && path.iter().zip(&route).all(|(part, name)| part == name || (name.starts_with('{') && !part.is_empty()))
}

async fn seeded() -> Simulator {
    let world = World::from_yaml(SEED).expect("the example is a seed");
    Simulator::start(Options::from(world)).await.expect("free ports")
}

#[tokio::test]
async fn the_examples_of_the_page_work_in_their_order() {
    let simulator = seeded().await;
    let mut count = 0;
    for example in PAGE.lines().filter_map(example) {
        let Example { method, path, body } = &example;
        let (status, answer) = control(&simulator, method, path, body).await;
        assert_eq!(status, 200, "curl -X {method} {path} -d '{body}': {answer}");
        count += 1;
    }
    assert!(count >= routes().count(), "the page has {count} examples");
}

#[test]
fn the_page_has_an_example_of_every_request() {
    let examples: Vec<Example> = PAGE.lines().filter_map(example).collect();
    let missing: Vec<String> = routes()
        .filter(|(method, route, _)| !examples.iter().any(|one| one.method == *method && is_of(&one.path, route)))
        .map(|(method, route, _)| format!("{method} {route}"))
        .collect();
    assert!(missing.is_empty(), "without an example: {missing:?}");
}

#[tokio::test]
async fn the_example_seed_is_as_its_comments_say() {
    let simulator = seeded().await;
    simulator.clock().stop_at(NOON);
    let room = info(&simulator, "town-hall").await;
    assert_eq!((&room["Owner_Account"], &room["RoomStatus"]), (&json!("carol"), &json!("Running")));
    create(&simulator, "weekly", json!({ "Owner_Account": "bob", "MaxMemberCount": 1000 })).await;
}

#[test]
fn a_seeded_room_has_what_every_room_has() {
    let seed = "tencent: {7: {administrators: [root], accounts: [alice], package: {maxMembers: 3}, rooms: {a: {}}}}";
    let mut world = World::from_yaml(seed).expect("a seed");
    let room = world.room(7, "a").expect("the room");
    assert_eq!((room.name.as_str(), room.owner.as_str(), room.max_members, room.max_seats), ("a", "root", 3, 20));
    world.join(7, "a", "alice").expect("there is a place");
}

#[test]
fn the_page_names_every_field_of_the_world() {
    let mut room = serde_json::to_value(roomkeeper_sim::Room::default()).expect("JSON");
    let mut app = serde_json::to_value(roomkeeper_sim::App::default()).expect("JSON");
    let answers = app["answers"].take();
    let statistic = room["live"]["statistic"].clone();
    let live = room["live"].clone();
    let mut fields: BTreeSet<String> = BTreeSet::new();
    for object in [room.take(), app.take(), answers, live, statistic] {
        fields.extend(object.as_object().expect("an object").keys().cloned());
    }
    // Bookkeeping that nobody seeds.
    for unseeded in ["lastCreates", "failedVerifications"] {
        assert!(fields.remove(unseeded), "{unseeded}");
    }
    let missing: Vec<&String> = fields.iter().filter(|field| !PAGE.contains(&format!("`{field}`"))).collect();
    assert!(missing.is_empty(), "the page does not tell of {missing:?}");
}

#[test]
fn a_seed_with_a_mistake_is_refused_and_the_mistake_is_named() {
    for (seed, word) in [
        ("tencent:\n  7:\n    secretkey: a\n", "secretkey"),
        ("tencent:\n  seven: {}\n", "seven"),
        ("huawei: {}\n", "huawei"),
        ("tencent:\n  7:\n    state: asleep\n", "asleep"),
    ] {
        let error = World::from_yaml(seed).expect_err("a mistake");
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(source.contains(word), "{seed}: {source}");
    }
    assert_eq!(World::from_yaml("tencent: {}\n").expect("an empty world"), World::default());
}
